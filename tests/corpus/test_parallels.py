"""Parallels: the same provision is found in another row, under other names of the bodies, and in the right version."""

from __future__ import annotations

from itertools import combinations

import pytest

from corpus.model import Corpus
from corpus.parallels import align, stands_in
from corpus.parse import parse_document
from corpus.readers.text import document_from
from corpus.relations import Parallel

ENACTING = {
    "PP": "The Plenipotentiary Conference of the International Telecommunication Union (Doha, 2026),",
    "WTSA": "The World Telecommunication Standardization Assembly (New Delhi, 2024),",
    "WTDC": "The World Telecommunication Development Conference (Baku, 2025),",
}
T = "itu-wtsa/res-18/2024"
D = "itu-wtdc/res-59/2025"


def document(number: int, body: str, *lines: str, year: int = 2024) -> Corpus:
    """One resolution in a document of its own."""
    text = "\n".join((f"RESOLUTION {number} (Rev. Place, {year})", "On matters", ENACTING[body], *lines))
    return parse_document(document_from(text.encode(), f"{body}-{number}-{year}.txt"))


def pairs(*corpora: Corpus) -> set[tuple[str, str]]:
    """What is parallel, as section and item of each side: ``("instructs 1", "resolves 2")``."""
    places = {c.id: c.reference.partition(" of Resolution")[0] for corpus in corpora for c in corpus.clauses}
    return {(places[p.clauses[0]], places[p.clauses[1]]) for p in align(corpora)}


@pytest.fixture(scope="module")
def found(corpus: Corpus) -> dict[frozenset[str], Parallel]:
    return {frozenset(p.clauses): p for p in align([corpus])}


class TestCompilation:
    def test_parallels_are_of_different_resolutions_and_each_is_named_once(
        self, corpus: Corpus, found: dict[frozenset[str], Parallel]
    ) -> None:
        home = {c.id: c.instrument for c in corpus.clauses}
        assert len(found) == len(align([corpus]))
        assert all(len({home[c] for c in pair}) == 2 for pair in found)
        assert all(0 <= p.score <= 1 for p in found.values())

    def test_a_provision_beside_another(self, found: dict[frozenset[str], Parallel]) -> None:
        pair = frozenset((f"{T}/taking-into-account__para_a", f"{D}/taking-into-account__para_a"))
        assert found[pair] == Parallel(tuple(sorted(pair, reverse=True)), 1.0, "row")  # type: ignore[arg-type]

    def test_a_provision_in_another_row_under_another_keyword(self, found: dict[frozenset[str], Parallel]) -> None:
        pair = frozenset((f"{T}/considering__para_c", f"{D}/taking-into-account__para_f"))
        assert found[pair].basis == "content"

    def test_a_proposed_clause_is_parallel_in_the_proposed_text_alone(
        self, corpus: Corpus, found: dict[frozenset[str], Parallel]
    ) -> None:
        clauses = {c.id: c for c in corpus.clauses}
        for pair, parallel in found.items():
            for version in parallel.versions:
                assert all(stands_in(clauses[c], version) for c in pair)
        assert any(p.versions == ("proposed",) for p in found.values())

    def test_items_of_the_annexes_go_together_in_order(self, found: dict[frozenset[str], Parallel]) -> None:
        for one, other in (
            ("itu-ra/res-75/2023/annex_3", f"{T}/annex_b"),
            ("itu-ra/res-75/2023/annex_4", f"{T}/annex_c"),
        ):
            for letter in "bcdefgh":
                assert frozenset((f"{one}__para_{letter}", f"{other}__para_{letter}")) in found

    def test_the_principles_have_no_parallel(self, found: dict[frozenset[str], Parallel]) -> None:
        assert not [c for pair in found for c in pair if "annex_1" in c]

    def test_the_same_corpus_gives_the_same_parallels(self, corpus: Corpus) -> None:
        assert align([corpus]) == align([corpus])


class TestAcrossDocuments:
    def test_bodies_of_the_sectors_answer_to_each_other(self) -> None:
        two = document(2, "WTDC", "resolves", "to inform delegates", "instructs the Director of BDT",
                       "1\tto report every year to members on finances",
                       "2\tto report annually to the ITU-D advisory group on progress made")  # fmt: skip
        one = document(1, "WTSA", "instructs the Director of TSB", "1\tto report annually to TSAG on the progress made",
                       "2\tto publish a handbook on spectrum")  # fmt: skip
        assert pairs(one, two) == {("instructs the Director of TSB 1", "instructs the Director of BDT 2")}

    def test_recitals_of_different_resolutions_are_not_parallel(self) -> None:
        title = "on strengthening cooperation among the three Sectors"
        one = document(1, "WTSA", "recalling", f"a)\tResolution 59 (Rev. Kigali, 2022) {title}",
                       f"b)\tResolution 191 (Rev. Bucharest, 2022) {title}")  # fmt: skip
        two = document(2, "WTDC", "recalling", f"a)\tResolution 191 (Rev. Dubai, 2018) {title}")
        assert pairs(one, two) == {("recalling b)", "recalling a)")}

    def test_one_clause_may_be_split_in_two(self) -> None:
        first = "to maintain a public register of numbering resources assigned to operators"
        second = "to train experts of administrations in emergency planning"
        one = document(1, "WTSA", "resolves", f"1\t{first} and {second}", "2\tto close the meeting at noon")
        two = document(2, "WTDC", "resolves", f"1\t{first}", f"2\t{second}", "3\tto open the exhibition on Monday")
        assert pairs(one, two) == {("resolves 1", "resolves 1"), ("resolves 1", "resolves 2")}

    def test_two_revisions_of_one_resolution_are_different_instruments(self) -> None:
        lines = ("resolves", "1\tthat the secretariat shall publish the list of members")
        old, new = document(9, "PP", *lines, year=2018), document(9, "PP", *lines, year=2022)
        assert pairs(old, new) == {("resolves 1", "resolves 1")}

    def test_a_document_without_a_table_puts_nothing_side_by_side(self) -> None:
        corpora = [
            document(n, "PP", "resolves", "1\tthat the list of members be published", year=2000 + n) for n in (1, 2)
        ]
        assert [p.basis for p in align(corpora)] == ["content"]

    @pytest.mark.parametrize("corpora", [[], [document(1, "PP", "resolves", "1\tthat it be so")]])
    def test_nothing_to_compare(self, corpora: list[Corpus]) -> None:
        assert align(corpora) == ()

    def test_unrelated_resolutions_have_no_parallels(self) -> None:
        one = document(1, "WTSA", "resolves", "1\tto number telephones", "2\tto protect children online")
        two = document(2, "WTDC", "resolves", "1\tto lend satellites to islands", "2\tto count women engineers")
        assert pairs(one, two) == set()


def test_all_pairs_of_equal_clauses_are_found() -> None:
    corpora = [
        document(n, "PP", "resolves", "1\tthat the list of members be published", year=2000 + n) for n in range(5)
    ]
    assert len(align(corpora)) == len(list(combinations(corpora, 2)))
