"""Citations as ITU prints them and as people write them in questions."""

from __future__ import annotations

import pytest

from corpus.model import Clause, Corpus
from corpus.references import Citation, find_citations, parse_reference, resolve


def meant(corpus: Corpus, text: str) -> list[Clause]:
    """What the one citation in ``text`` means exactly."""
    citation = parse_reference(text)
    assert citation is not None
    return resolve(citation, (*corpus.clauses, *corpus.footnotes), corpus.instruments)[0]


def ids(clauses: list[Clause]) -> list[str]:
    return [c.id.removeprefix("itu-") for c in clauses]


def test_every_printed_reference_leads_back_to_its_clause_first(corpus: Corpus) -> None:
    for clause in (*corpus.clauses, *corpus.footnotes):
        assert meant(corpus, clause.reference)[0].id == clause.id, clause.reference


def test_every_printed_reference_is_printed_once(corpus: Corpus) -> None:
    references = [c.reference for c in (*corpus.clauses, *corpus.footnotes)]
    assert len(set(references)) == len(references)


@pytest.mark.parametrize(
    ("written", "clause"),
    [
        ("resolves 2 i) of Resolution 18", "wtsa/res-18/2024/resolves__para_2__para_i"),
        ("resolves 2 i) of Resolution 18 (Rev. New Delhi, 2024)", "wtsa/res-18/2024/resolves__para_2__para_i"),
        ("Resolves 2 ii) of WTSA Resolution 18", "wtsa/res-18/2024/resolves__para_2__para_ii"),
        ("resolves 3a) of Resolution ITU-R 75", "ra/res-75/2023/resolves__para_3__para_a"),
        ("resolves 3 a) of ITU-R 75", "ra/res-75/2023/resolves__para_3__para_a"),
        ("resolves 7 of Resolution ITU\u2011R\u00a075", "ra/res-75/2023/resolves__para_7"),
        ("what does resolves 3 in Res. 18 say?", "wtsa/res-18/2024/resolves__para_3"),
        ("WTSA Resolution 18 instructs 2", "wtsa/res-18/2024/instructs__para_2"),
        ("WTSA-24 Resolution 18, instructs 2", "wtsa/res-18/2024/instructs__para_2"),
        ("taking into account f) of WTDC 59", "wtdc/res-59/2025/taking-into-account__para_f"),
        ("instructs the Secretary-General 4 of Resolution 191", "pp/res-191/2022/instructs_secretary-general__para_4"),
        ("instructs the ITU Council of Resolution 191", "pp/res-191/2022/instructs_itu-council__para_nn_1"),
        ("noting of Resolution 18", "wtsa/res-18/2024/noting__para_nn_1"),
        ("Annex C of Resolution 18", "wtsa/res-18/2024/annex_c__para_nn_1"),
        ("Annex C, d) of Resolution 18", "wtsa/res-18/2024/annex_c__para_d"),
        ("annex c d) to Resolution 18", "wtsa/res-18/2024/annex_c__para_d"),
        ("Annex 2 of Resolution ITU-R 75", "ra/res-75/2023/annex_2__para_nn_1"),
        ("Principle 5", "ra/res-75/2023/annex_1__principle_5__para_nn_1"),
        ("Principle 7", "ra/res-75/2023/annex_1__principle_7__para_nn_1"),
        ("what does principle 7 of Annex 1 mean?", "ra/res-75/2023/annex_1__principle_7__para_nn_1"),
        ("Annex 1, Principle 7, paragraph 3", "ra/res-75/2023/annex_1__principle_7__para_nn_3"),
        ("Annex 1, Principle 2, NOTE 1", "ra/res-75/2023/annex_1__principle_2__note_1"),
        ("section 3 of Annex 1", "ra/res-75/2023/annex_1__sec_3__para_nn_1"),
        ("footnote 2 of Resolution 18", "wtsa/res-18/2024/fn_2"),
    ],
)
def test_a_citation_in_a_question_means_one_clause(corpus: Corpus, written: str, clause: str) -> None:
    assert ids(meant(corpus, written)) == [clause]


@pytest.mark.parametrize(
    ("written", "number", "body"),
    [
        ("Resolution 18", "18", None),
        ("res 59", "59", None),
        ("WTDC 59", "59", "WTDC"),
        ("WTDC-25 Resolution 59", "59", "WTDC"),
        ("PP Resolution 191", "191", "PP"),
        ("Resolution 191 of the Plenipotentiary Conference", "191", "PP"),
        ("Resolution 18 of WTDC", "18", "WTDC"),
        ("Resolution 18 (Rev. New Delhi, 2024) of the World Telecommunication Standardization Assembly", "18", "WTSA"),
        ("ITU-R 75", "75", "RA"),
        ("Resolution ITU\u2011R 6-3", "6-3", "RA"),
        ("Resolution 018", "18", None),
    ],
)
def test_a_resolution_is_named_in_many_ways(written: str, number: str, body: str | None) -> None:
    (citation,) = find_citations(f"what is {written} about?")
    assert (citation.number, citation.body) == (number, body)
    assert not citation.names_provision


@pytest.mark.parametrize(
    "question",
    [
        "who instructs the Director of TSB?",
        "who reports annually to TSAG?",
        "what does the Council have to do in 2024?",
        "who invites Member States to support inter-Sector coordination",
        "what is the Union considering?",
        "which annex deals with rapporteur groups",
        "which principles guide the allocation of work",
        "",
    ],
)
def test_a_question_without_a_citation_cites_nothing(question: str) -> None:
    assert find_citations(question) == ()
    assert parse_reference(question) is None


@pytest.mark.parametrize(
    "written",
    [
        "Resolution 18 of WTDC",
        "WTSA 59",
        "resolves 2 of Resolution 18 of WTDC",
        "Resolution 59 (Rev. Kigali, 2022)",
        "Resolution 5 (Rev. Baku, 2025)",
        "resolves 9 of Resolution 18",
        "Annex D of Resolution 18",
        "Principle 9",
    ],
)
def test_what_the_compilation_does_not_hold_is_not_found(corpus: Corpus, written: str) -> None:
    assert meant(corpus, written) == []


@pytest.mark.parametrize("dangling", ["resolves 4a)", "resolves 4 c)", "resolves 4a) of Resolution 191"])
def test_the_dangling_references_of_the_draft_annexes_lead_nowhere(corpus: Corpus, dangling: str) -> None:
    assert meant(corpus, dangling) == []


def test_a_number_alone_may_mean_resolutions_of_several_bodies() -> None:
    assert find_citations("Resolution 18") != find_citations("Resolution 18 of WTSA")
    assert Citation(number="18") in find_citations("Resolution 18")


def test_an_item_brings_those_below_it_with_it(corpus: Corpus) -> None:
    citation = parse_reference("resolves 2 of Resolution 18")
    assert citation is not None
    exact, below = resolve(citation, corpus.clauses, corpus.instruments)
    assert [c.labels for c in exact] == [("2",)]
    assert [c.labels for c in below] == [("2", "i)"), ("2", "ii)"), ("2", "iii)")]


def test_an_annex_means_its_opening_and_brings_all_below_with_it(corpus: Corpus) -> None:
    citation = parse_reference("Annex C of Resolution 18")
    assert citation is not None
    exact, below = resolve(citation, corpus.clauses, corpus.instruments)
    assert [c.line_start for c in exact] == [591]
    assert [c.labels for c in below] == [(f"{letter})",) for letter in "abcdefgh"]


def test_a_section_without_addressee_is_preferred_where_none_is_named(corpus: Corpus) -> None:
    assert [c.addressee for c in meant(corpus, "invites 2 of Resolution 191")] == [None]
    assert meant(corpus, "instructs 3 of Resolution 191")[0].addressee == "the Secretary-General"


def test_two_provisions_of_one_resolution_are_two_citations() -> None:
    found = find_citations("how do resolves 2 i) and instructs 1 of Resolution 18 differ?")
    assert [(c.number, c.keyword, c.items) for c in found] == [
        ("18", "resolves", ("2", "i")),
        ("18", "instructs", ("1",)),
    ]
    assert parse_reference("resolves 2 i) and instructs 1 of Resolution 18") is None


def test_provisions_of_two_resolutions_keep_their_own() -> None:
    found = find_citations("compare resolves 2 of Resolution 18 with resolves 3 of Resolution ITU-R 75")
    assert [(c.number, c.keyword, c.items) for c in found] == [("18", "resolves", ("2",)), ("75", "resolves", ("3",))]


def test_the_reference_of_a_proposal_says_that_it_is_one(corpus: Corpus) -> None:
    for clause in corpus.clauses:
        proposed = clause.reference.endswith(", proposed for Doha, 2026")
        assert proposed == (clause.status == "proposed")


def test_a_reference_means_the_clause_in_force_unless_it_says_proposed(corpus: Corpus) -> None:
    plain = meant(corpus, "considering f) of Resolution 191 (Rev. Bucharest, 2022)")
    proposed = meant(corpus, "considering f) of Resolution 191 (Rev. Bucharest, 2022), proposed for Doha, 2026")
    assert [c.line_start for c in plain] == [88, 86]
    assert [c.line_start for c in proposed] == [86]


def test_a_section_that_a_draft_renames_is_found_by_either_keyword(corpus: Corpus) -> None:
    assert ids(meant(corpus, "recalling a) of Resolution 191")) == ids(meant(corpus, "noting a) of Resolution 191"))


def test_each_provision_belongs_to_the_resolution_beside_it() -> None:
    found = find_citations("Resolution 18 resolves 2 i) and Resolution 59 resolves 3")
    assert [(c.number, c.items) for c in found] == [("18", ("2", "i")), ("59", ("3",))]


def test_several_annexes_are_several_citations() -> None:
    found = find_citations("How do Annex 2 of Resolution ITU-R 75 and Annex A of Resolution 18 differ?")
    assert [(c.annex, c.number) for c in found] == [("2", "75"), ("A", "18")]


@pytest.mark.parametrize(
    ("written", "clause"),
    [
        ("considering a of Resolution ITU-R 75", "ra/res-75/2023/considering__para_a"),
        ("resolves 3(a) of ITU-R 75", "ra/res-75/2023/resolves__para_3__para_a"),
        ("Annex C(d) of Resolution 18", "wtsa/res-18/2024/annex_c__para_d"),
        (
            "invites Member States 2 in Resolution 59",
            "wtdc/res-59/2025/invites_member-states-and-sector-members__para_2",
        ),
        (
            "instructs the Director of BDT 3 of Resolution 59",
            "wtdc/res-59/2025/instructs_director-of-the-telecommunication-development-bureau__para_3",
        ),
    ],
)
def test_labels_and_addressees_may_be_written_in_other_ways(corpus: Corpus, written: str, clause: str) -> None:
    assert ids(meant(corpus, written)) == [clause]


@pytest.mark.parametrize(
    ("written", "paths"),
    [
        ("resolves 1, 2 and 3", [("1",), ("2",), ("3",)]),
        ("resolves 1 to 3", [("1",), ("2",), ("3",)]),
        ("resolves 2 i) and iii)", [("2", "i"), ("2", "iii")]),
        ("resolves 4a), 4c)", [("4", "a"), ("4", "c")]),
        ("considering c) ii) and e) above", [("c", "ii"), ("e",)]),
        ("considering h), i) and j)", [("h",), ("i",), ("j",)]),
        ("recalling a) to c)", [("a",), ("b",), ("c",)]),
    ],
)
def test_a_list_of_labels_is_a_citation_for_each(written: str, paths: list[tuple[str, ...]]) -> None:
    assert [c.items for c in find_citations(f"what do {written} say?")] == paths


def test_a_list_of_annexes_is_a_citation_for_each() -> None:
    assert [c.annex for c in find_citations("Annexes B and C to Resolution 18")] == ["B", "C"]
    assert [c.principle for c in find_citations("Principles 2 to 4")] == ["2", "3", "4"]
    assert [c.number for c in find_citations("Resolutions 5 and 59 (Rev. Kigali, 2022)")] == ["5", "59"]


@pytest.mark.parametrize("question", ["who instructs 4 people?", "which body invites 2 experts and 3 observers?"])
def test_a_number_that_counts_something_is_no_label(question: str) -> None:
    assert find_citations(question) == ()


def test_resolutions_recalled_are_no_addressees() -> None:
    (citation,) = find_citations("recalling Resolution 5 (Rev. Kigali, 2022) of WTDC")
    assert (citation.number, citation.names_provision) == ("5", False)
