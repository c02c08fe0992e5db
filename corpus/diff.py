"""What differs between two readable texts, word by word (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal, NamedTuple

Op = Literal["equal", "deleted", "inserted"]

# A word keeps its inner hyphens, points and apostrophes ("ITU-R", "8.1.2") and the spaces before it.
_TOKEN = re.compile(r"\s*[^\W_]+(?:[-‑.'’/][^\W_]+)*(?:(?<=s)['’])?|\s*[^\w\s]|\s*_+|\s+\Z")
_PATIENCE = 2  # words of change on both sides that outweigh one equal word


class Piece(NamedTuple):
    """A run of words that both texts have, or only the text before or only the text after."""

    op: Op
    text: str


class _Change(NamedTuple):
    """Words before and after in the same place; alike where both texts have them."""

    alike: bool
    before: str
    after: str

    @property
    def size(self) -> int:
        """How many words the longer side has; punctuation counts for none."""
        return max(len(re.findall(r"[^\W_]+", side)) for side in (self.before, self.after))


def word_diff(before: str, after: str) -> tuple[Piece, ...]:
    """The pieces of both texts in order, what is deleted before what is inserted in its place.

    The pieces equal and deleted make up ``before``, those equal and inserted ``after``, to the letter. Words are
    never cut, and a few equal words between longer changes count as changed, so that a reader sees whole phrases.

    >>> [tuple(p) for p in word_diff("report to TSAG", "report annually to TSAG")]
    [('equal', 'report'), ('inserted', ' annually'), ('equal', ' to TSAG')]
    """
    return tuple(_pieces(_whole_phrases(_changes(_TOKEN.findall(before), _TOKEN.findall(after)))))


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[_Change]:
    """Matched without regard to case and spaces, so that words stand beside their counterparts; then compared to the
    letter."""
    old, new = ([token.strip().casefold() for token in side] for side in (before, after))
    for op, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            for one, other in zip(before[a:b], after[c:d], strict=True):
                yield from _same_word(one, other)
        else:
            yield _Change(False, "".join(before[a:b]), "".join(after[c:d]))


def _same_word(one: str, other: str) -> Iterator[_Change]:
    word = one.strip()
    if one == other or word != other.strip() or not word:
        yield _Change(one == other, one, other)
    else:  # the same word with other spaces before it
        yield _Change(False, one[: one.index(word)], other[: other.index(word)])
        yield _Change(True, word, word)


def _whole_phrases(changes: Iterable[_Change]) -> list[_Change]:
    """``changes`` in runs; those equal runs are dissolved that the changes on either side outweigh."""
    runs = _joined(changes)
    while len(merged := _joined(_outweighed(runs))) < len(runs):
        runs = merged
    return runs


def _outweighed(runs: Sequence[_Change]) -> Iterator[_Change]:
    sizes = [run.size for run in runs]
    for n, run in enumerate(runs):
        inner = 0 < n < len(runs) - 1
        dissolves = run.alike and inner and _PATIENCE * sizes[n] <= min(sizes[n - 1], sizes[n + 1])
        yield run._replace(alike=False) if dissolves else run


def _joined(changes: Iterable[_Change]) -> list[_Change]:
    return [
        _Change(alike, "".join(c.before for c in run), "".join(c.after for c in run))
        for alike, run in ((alike, list(group)) for alike, group in groupby(changes, lambda c: c.alike))
    ]


def _pieces(runs: Iterable[_Change]) -> Iterator[Piece]:
    for run in runs:
        if run.alike:
            yield Piece("equal", run.before)
            continue
        if run.before:
            yield Piece("deleted", run.before)
        if run.after:
            yield Piece("inserted", run.after)
