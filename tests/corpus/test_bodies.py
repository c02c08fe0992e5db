"""Bodies under the names people use for them."""

from __future__ import annotations

import pytest

from corpus.bodies import Body, bodies, expanded, find_bodies


def named(text: str) -> list[str]:
    return [body.id for body in find_bodies(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("who reports to TSAG?", ["tsag"]),
        ("who reports to tsag?", ["tsag"]),
        ("the Telecommunication Standardization Advisory Group", ["tsag"]),
        ("telecommunication development advisory group", ["tdag"]),
        ("the TSB Director reports to TSAG", ["dir-tsb", "tsag"]),
        ("the Director of TSB", ["dir-tsb"]),
        ("the Director of the Telecommunication Standardization Bureau", ["dir-tsb"]),
        ("the Directors of the three Bureaux", ["directors"]),
        ("the Secretary-General and the Deputy Secretary-General", ["sg", "dsg"]),
        ("TSAG, RAG and again TSAG", ["tsag", "rag"]),
        ("ITU-T and ITU", ["itu-t", "itu"]),
        ("ITU-R's budget", ["itu-r"]),
        ("TSAG\u2019s meeting", ["tsag"]),
        ("member state or Member States", ["member-states"]),
        ("nobody at all", []),
    ],
)
def test_bodies_are_found_under_their_names_and_acronyms(text: str, found: list[str]) -> None:
    assert named(text) == found


@pytest.mark.parametrize("body", bodies().values(), ids=lambda body: body.id)
def test_every_body_is_found_under_its_full_name(body: Body) -> None:
    assert body in find_bodies(f"what must the {body.name} do?")


def test_the_longest_name_wins() -> None:
    assert named("Director of the Radiocommunication Bureau") == ["dir-br"]
    assert named("Radiocommunication Bureau") == ["br"]
    assert named("study groups of all Sectors") == ["sgs"]
    assert named("the General Secretariat and the Secretary-General") == ["gs", "sg"]


@pytest.mark.parametrize(("capitals", "body"), [("BR", "br"), ("SG", "sg"), ("PP", "pp"), ("RA", "ra")])
def test_acronyms_of_two_letters_are_known_in_capitals_only(capitals: str, body: str) -> None:
    assert named(f"the {capitals} meets") == [body]
    assert named(f"the {capitals.lower()} meets") == []
    assert named(f"the {capitals.capitalize()} meets") == []


@pytest.mark.parametrize("text", ["TSAGs-like", "xTSAG", "BRIDGE", "the SGX", "pre-WTSA"])
def test_an_acronym_within_a_word_names_nobody(text: str) -> None:
    assert "tsag" not in named(text)
    assert {"br", "sg", "wtsa"}.isdisjoint(named(text))


@pytest.mark.parametrize("text", ["İTU", "the Unıon", "TſAG", "K\u212a"])
def test_letters_that_only_look_like_others_do_no_harm(text: str) -> None:
    assert named(text) == []


def test_a_kind_of_group_is_not_the_group_of_that_name() -> None:
    assert named("the Inter-Sector Coordination Group") == ["iscg"]
    assert named("an inter-Sector coordination group") == ["icg-coordination"]


def test_members_of_a_collective_are_bodies_too() -> None:
    known = bodies()
    assert known["directors"].members == ("dir-br", "dir-tsb", "dir-bdt")
    assert {member for body in known.values() for member in body.members} <= set(known)


@pytest.mark.parametrize(
    ("text", "spelled_out"),
    [
        ("to inform TDAG annually", "to inform Telecommunication Development Advisory Group (TDAG) annually"),
        ("tdag", "Telecommunication Development Advisory Group (TDAG)"),
        ("TDAG, then TDAG", "Telecommunication Development Advisory Group (TDAG), then TDAG"),
        (
            "the Telecommunication Development Advisory Group (TDAG)",
            "the Telecommunication Development Advisory Group (TDAG)",
        ),
        ("to inform nobody", "to inform nobody"),
    ],
)
def test_acronyms_are_spelled_out_once_for_the_encoder(text: str, spelled_out: str) -> None:
    assert expanded(text) == spelled_out
