"""Kinds of thing that a question asks for and a clause may leave out: a number, a date, a place, a person (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from corpus.bodies import without_bodies
from index.text import STOPWORDS, words
from qa.wording import pattern, rows, vocabulary

_HOW_OFTEN = ("each ", "every ")  # how kinds of frequency are called


@dataclass(frozen=True, slots=True)
class Kind:
    """How to say that it is not there, how it is asked for, and what holds it."""

    said: str
    asked: re.Pattern[str]
    held: re.Pattern[str]


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of ``wording.toml``."""
    return tuple(Kind(row["said"], row["asked"], row["held"]) for row in rows("kind"))


def missing_kinds(question: str, text: str) -> tuple[Kind, ...]:
    """The kinds of thing that ``question`` asks for and ``text`` does not hold; numbers in references do not count."""
    bare = pattern("reference").sub(" ", text)
    found = [kind for kind in kinds() if kind.asked.search(question) and not kind.held.search(bare)]
    if counted := pattern("counted").search(question):
        things = re.escape(counted["things"].rstrip("s"))
        many = re.compile(rf"\b(?:\d+|an?|one|two|three|four|five|six|ten|twelve) (?:[\w-]+ ){{0,3}}{things}", re.I)
        found += [Kind("how many", counted.re, many)] if not many.search(bare) else []
    asked = pattern("reference").sub(" ", pattern("brackets").sub(" ", question))
    there = pattern("brackets").sub(" ", text)
    years = [year for year in pattern("year").findall(asked) if year not in there]
    return (*found, *(Kind(f"what was in {year}", pattern("year"), pattern("year")) for year in years))


def is_missing(question: str, text: str) -> bool:
    """Is the kind of thing that ``question`` asks for not in ``text`` at all?"""
    if missing_kinds(question, text):
        return True
    person = pattern("person").search(question)
    # Texts name offices and never who holds them.
    return person is not None and not words(without_bodies(person["name"]))


def is_frequency_missing(question: str, text: str) -> bool:
    """Does ``question`` ask for something done as often as ``text`` does not say?"""
    return any(kind.said.startswith(_HOW_OFTEN) for kind in missing_kinds(question, text))


def focus_of(question: str) -> str | None:
    """The noun that is asked for, if it says what is looked for and is not of a kind that has its own test.

    >>> [focus_of(q) for q in ("What is the address of TSB?", "What is the role of TSB?", "who reports?")]
    ['address', None, None]
    """
    if any(kind.asked.search(question) for kind in kinds()):
        return None
    focus = pattern("focus").search(" ".join(without_bodies(question).lower().split()))
    nouns = [w for w in words(focus["focus"]) if w not in STOPWORDS] if focus else []
    return nouns[-1] if nouns and not vocabulary("empty_focus") & {*nouns} else None
