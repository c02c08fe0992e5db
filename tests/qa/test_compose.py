"""Sentences made of a frame and the clause's own words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pytest

from corpus.model import Clause, Corpus, Instrument, Span, Status, Step
from corpus.readable import readable
from qa.compose import compose, differences, enumeration, holds, in_list, quotes, refusal, third_person
from qa.model import Evidence

DRAFT = Instrument(
    id="itu-pp/res-900/2022",
    body="PP",
    number="900",
    revision="Rev. Bucharest, 2022",
    title="On light",
    adopted="Bucharest, 2022",
    draft=True,
    draft_of="Doha, 2026",
)


WORDS = "that\u00a0lighthouses[bookmark: b] be lit"


def evidence(status: Status = "in_force", path: Iterable[Step] = (), lead_in: str | None = None) -> Evidence:
    clause = Clause(
        id="x",
        instrument=DRAFT.id,
        document="d",
        reference="resolves 2 of Resolution 900",
        part="operative",
        path=(*path, Step("item", "2")),
        text=WORDS,
        span=Span(0, len(WORDS)),
        line_start=1,
        line_end=1,
        row=1,
        column=1,
        heading="resolves",
        lead_in=lead_in,
        status=status,
    )
    return Evidence(clause=clause, instrument=DRAFT, sha256="", score=1.0, version=clause.versions[0])


RESOLVES = (Step("section", "resolves"),)


def test_an_item_that_is_only_proposed_says_so_below_an_introduction_in_force() -> None:
    items = [(2, evidence(path=RESOLVES)), (3, evidence("proposed", path=RESOLVES))]
    said = enumeration(evidence(path=RESOLVES), items, 1)
    assert said.endswith(
        "(resolves 2) [1]: 2 “that lighthouses be lit” [2]; 2 “that lighthouses be lit” (not in force) [3]."
    )
    assert holds(said, [e for _, e in [(1, evidence(path=RESOLVES)), *items]])


def test_a_plain_clause() -> None:
    who = "Resolution 900 (Rev. Bucharest, 2022) of PP, in force,"
    assert compose(evidence(path=RESOLVES), 3) == f"{who} resolves “that lighthouses be lit” (resolves 2) [3]."


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (
            "proposed",
            "The draft revision of Resolution 900 (Rev. Bucharest, 2022) of PP, "
            "proposed for Doha, 2026 and not in force,",
        ),
        ("uncertain", "may be partly proposed and not in force"),
        ("deleted", "; a draft revision proposed for Doha, 2026 would strike this"),
    ],
)
def test_the_status_is_said_in_words(status: Status, words: str) -> None:
    assert words in compose(evidence(status, RESOLVES), 1)
    assert words not in compose(evidence("in_force", RESOLVES), 1)


def test_what_an_item_hangs_on_is_quoted_before_it() -> None:
    sentence = compose(evidence(path=RESOLVES, lead_in="that, at dusk:"), 1)
    assert "resolves “that, at dusk:” “that lighthouses be lit”" in sentence


def test_the_addressee_is_named() -> None:
    sentence = compose(evidence(path=(Step("section", "instructs", "the Secretary-General"),)), 1)
    assert "instructs the Secretary-General “that lighthouses be lit”" in sentence


def test_a_clause_of_an_annex_names_the_annex() -> None:
    sentence = compose(evidence("proposed", (Step("annex", "C"),)), 1)
    assert sentence.startswith("Annex C of the draft revision of Resolution 900")
    assert sentence.endswith(" says: “that lighthouses be lit” (Annex C, 2) [1].")


@pytest.mark.parametrize(
    ("keyword", "verb"),
    [
        ("resolves", "resolves"),
        ("instructs", "instructs"),
        ("considering", "considers"),
        ("recalling", "recalls"),
        ("noting", "notes"),
        ("recognizing", "recognizes"),
        ("taking into account", "takes into account"),
        ("bearing in mind", "bears in mind"),
        ("considering further", "considers further"),
        ("reaffirming", "reaffirms"),
    ],
)
def test_keywords_in_the_third_person(keyword: str, verb: str) -> None:
    assert third_person(keyword) == verb


def test_every_clause_of_the_compilation_makes_one_sentence_of_its_own_words(corpus: Corpus) -> None:
    for clause, version in ((c, v) for c in (*corpus.clauses, *corpus.footnotes) for v in c.versions):
        instrument = corpus.instrument_of(clause)
        shown = Evidence(clause=clause, instrument=instrument, sha256="", score=1.0, version=version)
        made = compose(shown, 1)
        words = re.sub(r"[,;]? (?:or|and)$", "", readable(clause.text_of(version)))
        made, _, change = made.partition("; the draft would ")
        assert bool(change) <= (clause.amended and version == "proposed")
        *lead_in, quote = re.findall(r"“(.*?)”(?= |$|;)", made.replace(words, "TEXT"))
        assert quote == "TEXT"
        assert lead_in == ([clause.lead_in] if clause.lead_in and "the following" not in clause.lead_in else [])
        assert f"{made}{change}".endswith(" [1].")
        texts = [readable(clause.text_of(v)) for v in clause.versions]
        assert all(any(words in text for text in texts) for words in quotes(change))
        assert ("not in force" in made) is (shown.status in ("proposed", "uncertain"))
        assert corpus.instrument_of(clause).name in made


def test_what_only_announces_a_list_of_sentences_is_not_quoted() -> None:
    sentence = compose(evidence(path=RESOLVES, lead_in="the following procedure shall be applied:"), 1)
    assert "procedure" not in sentence


def test_an_item_of_a_list_says_where_it_stands_and_whether_it_is_in_force() -> None:
    assert in_list(evidence(path=RESOLVES), 2) == "resolves 2 of Resolution 900: “that lighthouses be lit” [2]"
    assert " (not in force): “" in in_list(evidence("proposed", RESOLVES), 1)


class TestDifferences:
    def test_they_quote_what_only_one_side_says(self) -> None:
        one, other = evidence(), replace(evidence(), clause=replace(evidence().clause, text="that lamps be lit"))
        place = "resolves 2 of Resolution 900"
        said = f"Only {place} says “lighthouses” [1]; only {place} says “lamps” [3]."
        assert differences(one, other, (1, 3)) == said

    def test_there_may_be_none(self) -> None:
        assert differences(evidence(), evidence(), (1, 2)) == "Both say the same [2]."


class TestChecking:
    def test_a_sentence_that_quotes_its_clause_holds(self) -> None:
        assert holds(compose(evidence(path=RESOLVES), 1), [evidence(path=RESOLVES)])

    @pytest.mark.parametrize(
        "text",
        [
            "It resolves “that lighthouses be dark” [1].",
            "It resolves “that lighthouses be lit” [2].",
            "It resolves “that lighthouses be lit” [1]. And “more” [1].",
            "It resolves “that lighthouses be lit”, “as ever” [1]; and so on [1].",
        ],
    )
    def test_one_that_quotes_what_is_not_there_does_not(self, text: str) -> None:
        assert not holds(text, [evidence(path=RESOLVES)])

    def test_words_in_quotation_marks_within_a_clause_are_its_own(self) -> None:
        clause = replace(evidence().clause, text="the words “lamp” and “light” mean lamps")
        shown = replace(evidence(), clause=clause)
        assert holds(compose(shown, 1), [shown])


def test_a_refusal_names_the_nearest_clauses_as_just_that() -> None:
    said = refusal(None, [evidence(path=RESOLVES)])
    assert said.startswith("No clause was found that answers this")
    assert "The nearest is resolves 2 of Resolution 900" in said
    assert "The nearest are resolves 2 of Resolution 900 and resolves 2 of" in refusal(None, [evidence()] * 2)
    assert refusal("Because.", []) == "Because."
