"""Readable text that knows where each of its characters stands in the canonical text (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from corpus.model import NOWHERE, Clause, Phrase, Span, TextVersion
from corpus.readable import MARKS, PLAIN

_DROPPED = re.compile("|".join(re.escape(chr(char)) for char, plain in PLAIN.items() if plain is None))
_ODD_SPACES = re.compile(r"\s{2,}|[^\S ]")


@dataclass(frozen=True, slots=True)
class Reading:
    """``text`` is readable; its character ``n`` was read from the canonical text at ``at[n]``."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> Span:
        """Where the canonical text holds ``text[start:end]``: from its first character to its last."""
        return Span(self.at[start], self.at[end - 1] + 1) if start < end else NOWHERE

    def phrase(self, start: int, end: int) -> Phrase:
        """``text[start:end]`` with its span."""
        return Phrase(self.text[start:end], self.span(start, end))


def read_span(text: str, pieces: Iterable[Span], start: int = 0) -> Reading:
    """The words at ``pieces`` as :func:`corpus.readable.readable` gives them; ``text`` is the canonical text from its
    character ``start`` on."""
    known = tuple(pieces)
    at = [n for piece in known for n in range(*piece)]
    words = "".join(text[a - start : b - start] for a, b in known)
    words = _cut(_DROPPED, words, at).translate(PLAIN)
    words = _spaced(words, at)
    for mark in MARKS:
        words = _cut(mark, words, at)
    words = _spaced(words, at)
    left = len(words) - len(words.lstrip())
    return Reading(words.strip(), tuple(at[left : left + len(words.strip())]))


def _cut(pattern: re.Pattern[str], words: str, at: list[int]) -> str:
    """``words`` without the matches of ``pattern``, which are taken out of ``at`` too."""
    for found in reversed(list(pattern.finditer(words))):
        words = words[: found.start()] + words[found.end() :]
        del at[found.start() : found.end()]
    return words


def _spaced(words: str, at: list[int]) -> str:
    """One plain space for every run of white space, which stands where the run begins."""
    for found in reversed(list(_ODD_SPACES.finditer(words))):
        words = f"{words[: found.start()]} {words[found.end() :]}"
        del at[found.start() + 1 : found.end()]
    return words


def read_clause(clause: Clause, version: TextVersion) -> Reading:
    """The words of ``clause`` in ``version``."""
    return read_span(clause.text, clause.pieces(version), clause.span.start)
