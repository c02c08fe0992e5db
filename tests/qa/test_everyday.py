"""Everyday words find what texts say for them; the list is sound."""

from __future__ import annotations

from collections.abc import Callable

from index.text import tokens
from qa.everyday import entries, find_synonyms
from qa.model import Answer


def test_an_inflected_word_is_known() -> None:
    (found,) = find_synonyms("who is paying for it?")
    assert "cost" in {stem for other in found.others for stem in other}


def test_of_entries_that_overlap_the_longest_counts() -> None:
    assert [s.stems for s in find_synonyms("their double work")] == [("doubl", "work")]


def test_what_is_not_everyday_is_left_alone() -> None:
    assert find_synonyms("TSAG") == ()
    assert find_synonyms("") == ()


def test_every_entry_is_found_and_says_something_else() -> None:
    assert len(entries()) > 3000
    for phrase in entries():
        found = {s.stems: s.others for s in find_synonyms(phrase)}
        key = tuple(tokens(phrase))
        assert key in found, phrase
        assert all(other and other != key for other in found[key]), phrase


def test_everyday_words_find_the_clause(ask: Callable[..., Answer]) -> None:
    answer = ask("who bears the expense of an inter-Sector coordination group?")
    assert answer.answered
    assert "on an equal basis" in answer.text
