"""Readable text that knows where each of its characters stands in the canonical text (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from corpus.model import NOWHERE, Clause, Phrase, Span, TextVersion
from corpus.readable import MARKS, PLAIN


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
    places = [n for piece in pieces for n in range(*piece)]
    chars = _spaced((plain, n) for n in places if (plain := text[n - start].translate(PLAIN)))
    for mark in MARKS:
        for found in reversed(list(mark.finditer("".join(char for char, _ in chars)))):
            del chars[found.start() : found.end()]
    chars = _spaced(chars)
    while chars and chars[0][0] == " ":
        del chars[0]
    while chars and chars[-1][0] == " ":
        del chars[-1]
    return Reading("".join(char for char, _ in chars), tuple(n for _, n in chars))


def _spaced(chars: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """One plain space for every run of white space."""
    result: list[tuple[str, int]] = []
    for char, n in chars:
        if not char.isspace():
            result.append((char, n))
        elif not result or result[-1][0] != " ":
            result.append((" ", n))
    return result


def read_clause(clause: Clause, version: TextVersion) -> Reading:
    """The words of ``clause`` in ``version``."""
    return read_span(clause.text, clause.pieces(version), clause.span.start)
