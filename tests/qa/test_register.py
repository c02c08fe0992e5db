"""The register: who must do what for whom, found by what people know of it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import QueryError, UnknownFilter
from corpus.model import MODALITIES
from index.bundle import Bundle, verify
from index.store import SORTS, Registered, Store
from qa.filters import resolve_filters
from qa.parties import find_body
from qa.register import RegisterQuery, look_up


@pytest.fixture(scope="module")
def small(lamps: Path) -> Store:
    return Bundle.open(lamps).store


@pytest.fixture(scope="module")
def store(hashed: Path) -> Store:
    return Bundle.open(hashed).store


def rows(store: Store, **query: Any) -> list[Registered]:
    filters = {name: (v,) if isinstance(v, str) else v for name, v in query.pop("filters", {}).items()}
    return list(look_up(store, RegisterQuery(**{"limit": None, **query}, filters=filters)).rows)


def actions(store: Store, **query: Any) -> list[str]:
    return [row.obligation.action.text for row in rows(store, **query)]


LIGHT, SHIPS, REVIEW, OUT = (
    "+ lighting their coasts",
    "report on ships",
    "review all lamps regularly",
    "extinguish any lamp",
)
REPORT, FOGS, STORMS = (
    "report annually to TSAG on lamps",
    "inform the Sector advisory groups, before 2027, of fogs",
    "tell RAG, TSAG and TDAG of storms",
)
ALL = [LIGHT, SHIPS, REVIEW, OUT, REPORT, REPORT, FOGS, STORMS]


class TestFilters:
    def test_without_any_everything_is_listed_in_the_order_of_the_texts(self, small: Store) -> None:
        assert actions(small) == ALL
        assert {row.direct for row in rows(small)} == {None}

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            ({"modality": "obligation"}, [REPORT, FOGS, STORMS]),
            ({"modality": ("obligation", "prohibition")}, [OUT, REPORT, FOGS, STORMS]),
            ({"modality": "shall not"}, [OUT]),
            ({"frequency": "annually"}, [REPORT]),
            ({"frequency": ("every year", "regularly")}, [REVIEW, REPORT]),
            ({"bearer": "TSB Director"}, [REPORT, REPORT, FOGS, STORMS]),
            ({"bearer": "TSB Director", "modality": "may"}, [REPORT]),
            ({"bearer": ("Member States", "study groups")}, [LIGHT, SHIPS, OUT]),
            ({"resolution": "WTSA Resolution 900", "modality": "should"}, [REVIEW]),
            ({"body": "the World Telecommunication Development Conference"}, [LIGHT, SHIPS]),
            ({"body": "WTDC", "resolution": "900"}, []),
            ({"recipient": "the Council"}, []),
        ],
    )
    def test_any_value_of_each_and_every_kind(self, small: Store, filters: dict[str, Any], expected: list[str]) -> None:
        assert actions(small, filters=filters) == expected

    @pytest.mark.parametrize("name", ["TSB Director", "Director of TSB", "dir-tsb", "Director, TSB", "TSB's director"])
    def test_a_body_may_be_given_as_people_write_it(self, small: Store, name: str) -> None:
        full = "the Director of the Telecommunication Standardization Bureau"
        assert actions(small, filters={"bearer": name}) == actions(small, filters={"bearer": full})

    @pytest.mark.parametrize(
        ("filters", "known"),
        [
            ({"bearer": "banana"}, "known: Director of TSB, Member States, Sector advisory groups"),
            ({"recipient": "RAG and TSAG"}, "known: RAG, Sector advisory groups, TDAG, TSAG"),
            ({"modality": "wish"}, "known: obligation, recommendation, permission, prohibition"),
            ({"frequency": "hourly"}, "known: annual, regular, each-meeting, continuous, occasional, once"),
            ({"resolution": "18"}, "known: 900, 901"),
        ],
    )
    def test_what_is_unknown_is_named_with_what_is_known(
        self, small: Store, filters: dict[str, Any], known: str
    ) -> None:
        with pytest.raises(UnknownFilter) as caught:
            rows(small, filters=filters)
        assert known in str(caught.value)
        assert "\n" not in str(caught.value)


class TestReach:
    def test_what_names_the_body_comes_first_then_what_reaches_it_as_a_member(self, small: Store) -> None:
        found = rows(small, filters={"recipient": "TSAG"})
        assert [(row.obligation.action.text, row.direct) for row in found] == [
            (REPORT, True),
            (REPORT, True),
            (STORMS, True),
            (FOGS, False),
        ]

    def test_what_is_implied_can_be_left_out(self, small: Store) -> None:
        assert actions(small, filters={"recipient": "TSAG"}, direct=True) == [REPORT, REPORT, STORMS]
        assert actions(small, filters={"bearer": "TSAG"}, direct=True) == []

    def test_a_group_is_named_by_its_own_name_or_by_all_its_members(self, small: Store) -> None:
        found = rows(small, filters={"recipient": "Sector advisory groups"})
        assert [(row.obligation.action.text, row.direct) for row in found] == [(FOGS, True), (STORMS, True)]

    def test_a_row_that_reaches_one_of_two_bodies_by_implication_is_marked_so(self, small: Store) -> None:
        found = rows(small, filters={"bearer": "TSB Director", "recipient": "TDAG"})
        assert [(row.obligation.action.text, row.direct) for row in found] == [(STORMS, True), (FOGS, False)]


class TestVersions:
    def test_each_version_shows_what_was_read_from_its_own_text(self, small: Store) -> None:
        assert actions(small, version="proposed") == [REPORT]
        in_force = rows(small, version="in_force")
        assert len(in_force) == len(ALL) - 1
        assert {row.obligation.version for row in in_force} == {"in_force"}
        assert {row.obligation.version for row in rows(small)} == {"in_force", "proposed"}

    def test_filters_hold_within_one_version(self, small: Store) -> None:
        assert actions(small, version="in_force", filters={"modality": "permission"}) == []


class TestText:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("lamp", [REVIEW, OUT, REPORT, REPORT]),
            ("LAMPS reporting", [REPORT, REPORT]),
            ("lamps fog", []),
            ("invited states", [LIGHT, SHIPS]),
            ("the of", ALL),
            ("%", ALL),
            ("lam", []),
        ],
    )
    def test_every_word_must_occur_in_any_inflection(self, small: Store, text: str, expected: list[str]) -> None:
        assert actions(small, text=text) == expected


class TestOrder:
    @pytest.mark.parametrize(
        ("sort", "expected"),
        [
            ("resolution", ALL),
            ("-resolution", [*ALL[2:], LIGHT, SHIPS]),
            ("bearer", [REPORT, REPORT, FOGS, STORMS, LIGHT, SHIPS, REVIEW, OUT]),
            ("-bearer", [OUT, REVIEW, LIGHT, SHIPS, REPORT, REPORT, FOGS, STORMS]),
            ("recipient", [STORMS, FOGS, REPORT, REPORT, LIGHT, SHIPS, REVIEW, OUT]),
            ("modality", [REPORT, FOGS, STORMS, LIGHT, SHIPS, REVIEW, REPORT, OUT]),
            ("frequency", [REPORT, REVIEW, LIGHT, SHIPS, OUT, REPORT, FOGS, STORMS]),
            ("-frequency", [REVIEW, REPORT, LIGHT, SHIPS, OUT, REPORT, FOGS, STORMS]),
            ("deadline", [FOGS, LIGHT, SHIPS, REVIEW, OUT, REPORT, REPORT, STORMS]),
            ("-deadline", [FOGS, LIGHT, SHIPS, REVIEW, OUT, REPORT, REPORT, STORMS]),
        ],
    )
    def test_ties_keep_the_order_of_the_texts_and_what_has_no_value_comes_last(
        self, small: Store, sort: str, expected: list[str]
    ) -> None:
        assert actions(small, sort=sort) == expected

    @pytest.mark.parametrize("size", [1, 3, 8, 100])
    @pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
    def test_pages_put_together_are_the_whole(self, small: Store, sort: str, size: int) -> None:
        pages = [look_up(small, RegisterQuery(sort=sort, limit=size, offset=n)) for n in range(0, len(ALL), size)]
        assert [row for page in pages for row in page.rows] == rows(small, sort=sort)
        assert {page.total for page in pages} == {len(ALL)}

    @pytest.mark.parametrize(
        ("query", "mend"),
        [
            ({"sort": "colour"}, "known: resolution, bearer, recipient, modality, frequency, deadline"),
            ({"sort": "--bearer"}, "cannot sort by '--bearer'"),
            ({"sort": ""}, "cannot sort by ''"),
            ({"limit": 0}, "between 1 and 500"),
            ({"limit": 501}, "between 1 and 500"),
            ({"offset": -1}, "between 0 and"),
            ({"version": "old"}, "known: all, in_force, proposed"),
        ],
    )
    def test_what_cannot_be_looked_up_is_refused(self, query: dict[str, Any], mend: str) -> None:
        with pytest.raises(QueryError) as caught:
            RegisterQuery(**query)
        assert mend in str(caught.value)


class TestClausesByTheirObligations:
    """The filters of questions and searches: clauses that hold such an obligation."""

    @pytest.mark.parametrize(
        ("wanted", "version", "expected"),
        [
            ({"modality": ["obligation"]}, "all", [REPORT, FOGS, STORMS]),
            ({"recipient": ["TSAG"]}, "all", [REPORT, FOGS, STORMS]),
            ({"recipient": ["TSAG"], "frequency": ["annual"]}, "all", [REPORT]),
            ({"bearer": ["Member States"], "modality": ["obligation"]}, "all", []),
            ({"modality": ["permission"], "frequency": ["annual"]}, "all", []),
            ({"modality": ["permission"]}, "in_force", []),
        ],
    )
    def test_one_obligation_must_fit_them_all(
        self, small: Store, wanted: dict[str, list[str]], version: str, expected: list[str]
    ) -> None:
        found = small.select(resolve_filters(small, wanted, version))
        assert len(found) == len(expected)
        assert all(action in clause.text for clause, action in zip(found, expected, strict=True))


class TestBodies:
    @pytest.mark.parametrize(
        ("text", "body"),
        [
            ("TSAG", "tsag"),
            ("ITU TSAG", "tsag"),
            ("the Telecommunication Standardization Advisory Group (TSAG)", "tsag"),
            ("Director of the Telecommunication Standardization Bureau (TSB)", "dir-tsb"),
            ("sector advisory group", "advisory-groups"),
            ("Directors of the Bureaux", "directors"),
            ("Secretary General", "sg"),
            ("Member State", "member-states"),
            ("Inter-Sector Coordination Group", "iscg"),
        ],
    )
    def test_a_body_goes_by_many_names(self, text: str, body: str) -> None:
        found = find_body(text)
        assert found is not None
        assert found.id == body

    @pytest.mark.parametrize("text", ["", "the", "of", "banana", "RAG and TSAG", "TSAGG", "'; DROP TABLE"])
    def test_what_names_no_one_body_is_none(self, text: str) -> None:
        assert find_body(text) is None


class TestCompilation:
    """The register of the compilation, whatever it holds."""

    def test_quotes_are_verbatim_and_phrases_lie_in_the_document(self, hashed: Path, store: Store) -> None:
        assert verify(hashed) == []
        text = Bundle.open(hashed).document("compilation.txt")
        found = rows(store)
        assert found
        assert all(text[slice(*row.obligation.quote)] == row.quote for row in found)

    def test_no_quote_mixes_the_versions(self, store: Store) -> None:
        for row in rows(store):
            start, end = row.obligation.quote
            assert any(a <= start and end <= b for a, b in row.clause.pieces(row.obligation.version))

    def test_filters_split_the_register(self, store: Store) -> None:
        whole = rows(store)
        by_modality = [row for m in MODALITIES for row in rows(store, filters={"modality": m})]
        by_resolution = [row for n in store.instruments for row in rows(store, filters={"resolution": n})]
        by_version = [row for v in ("in_force", "proposed") for row in rows(store, version=v)]
        for parts in (by_modality, by_resolution, by_version):
            assert len(parts) == len(whole)
            assert all(part in whole for part in parts)

    def test_every_bearer_and_recipient_finds_its_rows(self, store: Store) -> None:
        for role in ("bearer", "recipient"):
            for body in store.parties(role):
                found = rows(store, filters={role: body})
                named = [row for row in rows(store) if body in getattr(row.obligation, role)]
                assert all(any(row.obligation == f.obligation and f.direct for f in found) for row in named)
                assert all(one.direct or not other.direct for one, other in pairwise(found))

    def test_who_reports_annually_to_tsag(self, store: Store) -> None:
        found = rows(store, filters={"recipient": "TSAG", "frequency": "annual"}, version="in_force", direct=True)
        assert "instructs 2 of Resolution 18 (Rev. New Delhi, 2024)" in [row.clause.reference for row in found]
