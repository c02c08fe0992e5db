"""Clauses -> passages that fit an encoder, with their spans (langchain-text-splitters lives here)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from corpus.model import Span
from corpus.readings import Reading


class Passage(NamedTuple):
    """A piece of a clause to be encoded; ``span`` is where it stands in the document."""

    span: Span
    text: str


def passages(
    reading: Reading, render: Callable[[str], str], limit: int, count: Callable[[str], int]
) -> tuple[Passage, ...]:
    """``reading`` as one passage, or as several where it is longer than ``limit`` by ``count``.

    ``render`` makes the text to encode from a piece of it, adding what the piece is found with and not quoted
    with; where that alone takes more than half of the limit, it is left out. Pieces overlap by an eighth of their
    length so that no sentence falls between two.
    """
    if count(render("")) > limit // 2:
        render = str
    whole = render(reading.text)
    if count(whole) <= limit:
        return (Passage(reading.span(0, len(reading.text)), whole),)
    # Costly to import and seldom needed: hardly a clause is longer than an encoder's limit.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    room = limit - count(render(""))
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=room,
        chunk_overlap=room // 8,
        length_function=lambda piece: count(render(piece)) - count(render("")),
        separators=["; ", ". ", ", ", " ", ""],
        keep_separator="end",
        strip_whitespace=True,
    )
    return tuple(
        Passage(reading.span(start, end), render(reading.text[start:end]))
        for start, end in _places(reading.text, splitter.split_text(reading.text))
    )


def _places(text: str, pieces: Iterable[str]) -> Iterator[Span]:
    """Where each of ``pieces`` stands in ``text``: as late as it can without leaving a gap to the one before, so that
    together they cover it; a piece that adds nothing, in a text that repeats itself, is left out. (The splitter's own
    start index takes tokens for characters and misses.)"""
    end = 0
    for piece in pieces:
        latest = len(text) - len(text[end:].lstrip())
        start = text.rfind(piece, 0, latest + len(piece))
        if start + len(piece) > end:
            end = start + len(piece)
            yield Span(start, end)
