"""Bodies as resolutions name them: by what they are to each other, and several at a time."""

from __future__ import annotations

import pytest

from corpus.bodies import bodies, implied_by, members_of
from corpus.language.actors import find_actors
from corpus.language.named_bodies import Standpoint, find_bodies_in, find_named, sectors_named
from corpus.model import Span


@pytest.mark.parametrize(
    ("text", "adopting", "named"),
    [
        ("the Directors of the other two Bureaux", "wtsa", ("dir-br", "dir-bdt")),
        ("the other two Bureaux' Directors", "wtdc", ("dir-br", "dir-tsb")),
        ("the Directors of the other Bureaux", "pp", ("directors",)),
        ("the other Sectors", "ra", ("itu-t", "itu-d")),
        ("the study groups of the other two Sectors", "ra", ("itu-t-sgs", "itu-d-sgs")),
        ("this assembly", "ra", ("ra",)),
        ("this conference", "wtdc", ("wtdc",)),
        ("this conference", None, ()),
        ("its Director", "wtsa", ("dir-tsb",)),
        ("the Director", "ra", ("dir-br",)),
        ("the Director of the Institute", "ra", ()),
        ("the Directors of BR and BDT", "pp", ("dir-br", "dir-bdt")),
        ("the Directors of BR, TSB and BDT", "pp", ("directors",)),
        ("the Radiocommunication and Telecommunication Standardization Sectors", "pp", ("itu-r", "itu-t")),
        ("the Radiocommunication and Telecommunication Standardization Advisory Groups", "pp", ("rag", "tsag")),
        ("ITU-T and ITU-R study groups", "wtdc", ("itu-t-sgs", "itu-r-sgs")),
        ("each Sector’s advisory group", "wtsa", ("advisory-groups",)),
        ("the Secretary-General", "pp", ("sg",)),
        ("the Secretary-General", "unga", ("unsg",)),
        ("the Secretary-General of the United Nations", "pp", ("unsg",)),
    ],
)
def test_names_mean_what_they_mean_to_the_body_that_speaks(
    text: str, adopting: str | None, named: tuple[str, ...]
) -> None:
    assert find_bodies_in(text, adopting) == named


def test_two_sectors_are_those_that_the_text_is_about() -> None:
    pair = sectors_named("Coordination of radiocommunication and telecommunication standardization activities")
    assert [name.ids for name in find_named("the two Directors", Standpoint("ra", pair))] == [("dir-br", "dir-tsb")]
    assert [name.ids for name in find_named("the two Directors", Standpoint("ra"))] == [("directors",)]


def test_what_reaches_a_collective_reaches_its_members() -> None:
    assert implied_by("tsag") == ("advisory-groups",)
    assert set(members_of("advisory-groups")) == {"rag", "tsag", "tdag"}
    assert (implied_by("council"), members_of("council")) == ((), ())
    assert all(body in members_of(whole) for body in bodies() for whole in implied_by(body))


@pytest.mark.parametrize(
    ("phrase", "actors"),
    [
        ("the Director of BR, assisted by the Study Groups", ("dir-br",)),
        ("TDAG, in collaboration with RAG", ("tdag",)),
        ("RAG, TSAG and TDAG", ("rag", "tsag", "tdag")),
        ("the study groups or working parties concerned in ITU-T", ("itu-t-sgs", "working-parties")),
        ("each meeting of TSAG", ("tsag",)),
        ("experts of both Sectors", ()),
    ],
)
def test_a_noun_phrase_is_about_its_heads(phrase: str, actors: tuple[str, ...]) -> None:
    found = find_actors(phrase, Span(0, len(phrase)), Standpoint("pp"))
    assert found is not None
    assert found.ids == actors


@pytest.mark.parametrize("phrase", ["the work of ITU-T", "TSAG's mandate", "the cost of an ICG", "BR activities"])
def test_a_thing_is_no_actor(phrase: str) -> None:
    assert find_actors(phrase, Span(0, len(phrase)), Standpoint("pp")) is None
