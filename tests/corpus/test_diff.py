"""Word diffs: both texts can be put together again to the letter, and a reader sees whole words and phrases."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.diff import Piece, word_diff
from corpus.model import Corpus
from corpus.readable import readable

WORDS = st.lists(st.sampled_from(["the", "Director", "director", "of", "TSB", ",", " ", "  ", "ITU-R", "'", "_", ""]))


def before_of(pieces: tuple[Piece, ...]) -> str:
    return "".join(p.text for p in pieces if p.op != "inserted")


def after_of(pieces: tuple[Piece, ...]) -> str:
    return "".join(p.text for p in pieces if p.op != "deleted")


@given(st.text(), st.text())
def test_any_two_texts_can_be_put_together_again(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert (before_of(pieces), after_of(pieces)) == (before, after)


@given(WORDS.map(" ".join), WORDS.map("".join))
def test_texts_that_share_words_too(before: str, after: str) -> None:
    pieces = word_diff(before, after)
    assert (before_of(pieces), after_of(pieces)) == (before, after)
    assert all(p.text for p in pieces)
    assert all(one.op != other.op for one, other in pairwise(pieces))


@given(st.text())
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert word_diff(text, text) == ((Piece("equal", text),) if text else ())


@pytest.mark.parametrize(
    ("before", "after", "marked"),
    [
        ("report to TSAG", "report annually to TSAG", "report[+ annually] to TSAG"),
        ("", "new words", "[+new words]"),
        ("old words", "", "[-old words]"),
        ("in ITU-R only", "in ITU-T only", "in[- ITU-R][+ ITU-T] only"),  # never within a word
        ("the Study Groups concerned", "the study groups concerned", "the[- Study Groups][+ study groups] concerned"),
        ("one new of one", "old old of old", "[-one new][+old old] of[- one][+ old]"),
        ("one new of one new", "old old of old old", "[-one new of one new][+old old of old old]"),
        ("the end;", "the end.", "the end[-;][+.]"),
    ],
)  # fmt: skip
def test_what_a_reader_sees(before: str, after: str, marked: str) -> None:
    marks = {"equal": "{}", "deleted": "[-{}]", "inserted": "[+{}]"}
    assert "".join(marks[op].format(text) for op, text in word_diff(before, after)) == marked


def test_what_is_deleted_stands_before_what_is_inserted_in_its_place() -> None:
    assert [p.op for p in word_diff("a X b", "a Y b")] == ["equal", "deleted", "inserted", "equal"]


def test_all_clauses_of_the_compilation(corpus: Corpus) -> None:
    texts = [readable(c.text) for c in corpus.clauses]
    for before, after in pairwise(texts):
        pieces = word_diff(before, after)
        assert (before_of(pieces), after_of(pieces)) == (before, after)
