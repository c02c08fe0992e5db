"""Long clauses in passages that fit an encoder."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.chunks import Passage, passages
from corpus.model import Clause, Corpus, Document
from corpus.parse import parse_document
from corpus.readable import readable
from corpus.readers.text import document_from
from corpus.readings import read_clause

HEADING = "RESOLUTION 7\nOn bicycles\nThe Radiocommunication Assembly,\nresolves\n1\t"


def clause_of(words: str) -> tuple[Document, Clause]:
    document = document_from(f"{HEADING}{words};\n2\tto walk.".encode(), "made-up.txt")
    return document, parse_document(document, {}).clauses[0]


def tokens(text: str) -> int:
    """As an encoder counts: a word takes a token for every four letters, the whole two more."""
    return 2 + sum(-(-len(word) // 4) for word in text.split())


def under_heading(piece: str) -> str:
    return f"resolves: {readable(piece)}"


def split(words: str, limit: int = 40) -> tuple[Document, Clause, tuple[Passage, ...]]:
    document, clause = clause_of(words)
    return document, clause, passages(read_clause(clause, "in_force"), under_heading, limit, tokens)


def hold(document: Document, clause: Clause, found: tuple[Passage, ...], limit: int) -> None:
    """Each passage is verbatim, fits, and together they cover the clause."""
    for span, text in found:
        assert document.at(span) in clause.text
        assert text == under_heading(document.at(span))
        assert tokens(text) <= limit
    assert found[0].span.start == clause.span.start
    assert found[-1].span.end == clause.span.end
    for (one, _), (other, _) in pairwise(found):
        assert one.start < other.start
        assert document.text[one.end : other.start].strip() == ""


def test_a_short_clause_is_one_passage() -> None:
    document, clause, found = split("to ride to the end of the road")
    assert found == (Passage(clause.span, "resolves: to ride to the end of the road"),)
    assert document.at(found[0].span) == clause.text


LONG = (
    " ".join(f"bicycle-{n}" for n in range(200)),
    " ".join(f"international-{n}" for n in range(200)),
    ". ".join(f"Ride {n} miles, and walk {n} more; rest for {n} days" for n in range(60)),
    "to ride " * 300,
    "x" * 3000,
    ("that the\u00a0road is\u2011long;\u00a0" * 80).strip(),
)


@pytest.mark.parametrize("limit", [20, 40, 256])
@pytest.mark.parametrize("words", LONG, ids=["words", "long words", "sentences", "repeated", "one word", "no-break"])
def test_a_long_clause_is_split_into_verbatim_passages_that_cover_it(words: str, limit: int) -> None:
    document, clause, found = split(words.strip(), limit)
    assert len(found) > 1
    hold(document, clause, found, limit)


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(
    st.lists(st.sampled_from(["ride", "internationally", "a", "walk;", "rest.", "then,", "ITU\u2011R"]), max_size=150),
    st.integers(20, 80),
)
@example(["internationally"] * 150, 20)
def test_whatever_is_split_is_covered_to_the_letter(words: list[str], limit: int) -> None:
    document, clause, found = split(" ".join(["to", *words, "end"]), limit)
    hold(document, clause, found, limit)


def test_passages_overlap_so_that_no_sentence_falls_between_two() -> None:
    _, _, found = split(" ".join(f"bicycle-{n}" for n in range(200)))
    assert all(other.span.start < one.span.end for one, other in pairwise(found))


def test_a_passage_is_cut_at_the_end_of_a_sentence_where_there_is_one() -> None:
    document, _, found = split("; ".join(f"to ride {n} miles on the left" for n in range(20)))
    assert all(document.at(span).startswith("to ride") for span, _ in found)


def test_passages_are_as_long_as_they_may_be() -> None:
    _, _, found = split(" ".join(f"bicycle-{n}" for n in range(200)), 60)
    assert all(tokens(text) > 50 for _, text in found[:-1])


def test_the_context_is_encoded_with_each_passage_and_quoted_with_none() -> None:
    document, _, found = split("to ride and " * 60 + "rest")
    assert all(text.startswith("resolves: ") for _, text in found)
    assert not any("resolves" in document.at(span) for span, _ in found)


def test_a_context_too_long_for_the_encoder_is_left_out() -> None:
    document, clause = clause_of("to ride " * 30)
    found = passages(read_clause(clause, "in_force"), lambda piece: f"{'instructs everybody ' * 20}{piece}", 40, tokens)
    assert all("instructs" not in text and tokens(text) <= 40 for _, text in found)
    assert [text for _, text in found] == [readable(document.at(span)) for span, _ in found]


def test_every_clause_of_the_compilation_can_be_split(corpus: Corpus) -> None:
    for clause in corpus.clauses:
        for version in clause.versions:
            reading = read_clause(clause, version)
            found = passages(reading, under_heading, 32, tokens)
            assert all(text.removeprefix("resolves: ") in reading.text for _, text in found)
            if not clause.amended:
                hold(corpus.document, clause, found, 32)
