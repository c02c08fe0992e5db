"""Filters as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UnknownFilter
from corpus.model import TextVersion
from index.filters import ALL, Filters
from index.store import Store
from qa.filters import resolve_filters

IDS = {
    "191": "itu-pp/res-191/2022",
    "75": "itu-ra/res-75/2023",
    "18": "itu-wtsa/res-18/2024",
    "59": "itu-wtdc/res-59/2025",
}


@pytest.fixture(scope="module")
def store(hashed: Path) -> Store:
    return Store(hashed / "clauses.db")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("18", "18"),
        ("Resolution 18", "18"),
        ("resolution 18", "18"),
        ("Res. 18", "18"),
        ("WTSA Resolution 18", "18"),
        ("WTSA-24 Resolution 18", "18"),
        ("Resolution 18 of WTSA", "18"),
        ("Resolution 18 (Rev. New Delhi, 2024)", "18"),
        ("Resolution\u00a018", "18"),
        ("itu-wtsa/res-18/2024", "18"),
        ("75", "75"),
        ("ITU-R 75", "75"),
        ("Resolution ITU-R 75", "75"),
        ("Resolution ITU-R 75 (2023)", "75"),
        ("PP Resolution 191", "191"),
    ],
)
def test_a_resolution_by_the_names_it_goes_by(store: Store, value: str, number: str) -> None:
    assert resolve_filters(store, {"resolution": [value]}) == Filters(instrument=(IDS[number],))


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("WTSA", "18"),
        ("wtsa", "18"),
        ("World Telecommunication Standardization Assembly", "18"),
        ("the World Telecommunication Standardization Assembly", "18"),
        ("the Plenipotentiary Conference", "191"),
        ("RA", "75"),
        ("radiocommunication assembly", "75"),
    ],
)
def test_a_body_by_the_names_it_goes_by(store: Store, value: str, number: str) -> None:
    assert resolve_filters(store, {"body": [value]}) == Filters(instrument=(IDS[number],))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ALL),
        ({"part": ["Operative", "annex"]}, Filters(part=("operative", "annex"))),
        ({"keyword": ["RESOLVES"]}, Filters(keyword=("resolves",))),
        ({"annex": ["Annex C", "c", "1"]}, Filters(annex=("C", "1"))),
        ({"resolution": ["18", "59"]}, Filters(instrument=(IDS["18"], IDS["59"]))),
        ({"resolution": ["18", "59"], "body": ["WTDC", "RA"]}, Filters(instrument=(IDS["59"],))),
        ({"resolution": ["18"], "body": ["RA"]}, Filters(instrument=("",))),
        ({"body": ["PP", "RA", "WTSA", "WTDC"]}, ALL),
        ({"body": [], "part": ["", " ", "\u00ad"]}, ALL),
    ],
)
def test_what_is_meant(store: Store, wanted: dict[str, list[str]], expected: Filters) -> None:
    assert resolve_filters(store, wanted) == expected


@pytest.mark.parametrize(
    ("version", "versions"), [("all", ()), ("in_force", ("in_force",)), ("proposed", ("proposed",))]
)
def test_a_version_is_a_filter(store: Store, version: str, versions: tuple[TextVersion, ...]) -> None:
    assert resolve_filters(store, {}, version) == Filters(version=versions)


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        ({"colour": ["red"]}, "resolution, body"),
        ({"resolution": ["99"]}, "18, 191, 59, 75"),
        ({"resolution": ["Resolution 18 of WTDC"]}, "18, 191, 59, 75"),
        ({"resolution": ["18", "99"]}, "18, 191, 59, 75"),
        ({"body": ["IETF"]}, "PP, RA, WTDC, WTSA"),
        ({"part": ["appendix"]}, "preamble, operative, annex, footnote"),
        ({"keyword": ["begs"]}, "resolves"),
        ({"annex": ["Z"]}, "1, 2, 3, 4, A, B, C"),
    ],
)
def test_what_is_unknown_is_named_with_what_is_known(store: Store, wanted: dict[str, list[str]], known: str) -> None:
    with pytest.raises(UnknownFilter) as caught:
        resolve_filters(store, wanted)
    assert known in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_version_is_named_with_what_is_known(store: Store) -> None:
    with pytest.raises(UnknownFilter, match="known: all, in_force, proposed"):
        resolve_filters(store, {}, "old")
