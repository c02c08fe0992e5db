"""Clauses -> passages that fit an encoder, with their spans (langchain-text-splitters lives here)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from corpus.model import Clause, Span
from corpus.readable import readable


class Passage(NamedTuple):
    """A piece of a clause to be encoded; ``span`` is where it stands in the document."""

    span: Span
    text: str


def passages(clause: Clause, context: str, limit: int, count: Callable[[str], int]) -> tuple[Passage, ...]:
    """``clause`` as one passage, or as several where it is longer than ``limit`` by ``count``.

    ``context`` is put before each of them: it is found with them, and quoted with none. Where the context alone takes
    more than half of the limit, its end is kept. Pieces overlap by an eighth of the limit so that no sentence falls
    between two.
    """
    while count(context) > limit // 2:
        context = context.partition(" ")[2]
    whole = f"{context} {readable(clause.text)}".strip()
    if count(whole) <= limit:
        return (Passage(clause.span, whole),)
    # Costly to import and seldom needed: hardly a clause is longer than an encoder's limit.
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    room = limit - count(context)
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=room,
        chunk_overlap=room // 8,
        length_function=lambda text: count(readable(text)),
        separators=["; ", ". ", ", ", " ", ""],
        keep_separator="end",
        add_start_index=True,
        strip_whitespace=True,
    )
    pieces = splitter.create_documents([clause.text])
    start = clause.span.start
    return tuple(
        Passage(
            Span(start + piece.metadata["start_index"], start + piece.metadata["start_index"] + len(piece.page_content)),
            f"{context} {readable(piece.page_content)}".strip(),
        )
        for piece in pieces
    )
