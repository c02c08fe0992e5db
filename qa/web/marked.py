"""A text cut where marks begin and end (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from corpus.model import Span


class Mark(NamedTuple):
    """Something to be shown of the characters at ``span``."""

    kind: str
    span: Span


class Run(NamedTuple):
    """Characters that carry the same ``kinds`` of marks."""

    text: str
    kinds: frozenset[str]


def runs(text: str, start: int, marks: Iterable[Mark]) -> list[Run]:
    """``text``, which stands at ``start`` of its document, in runs; put together they are the text to the letter.

    >>> [(r.text, sorted(r.kinds)) for r in runs("of 2022 2025", 10, [Mark("deleted", Span(13, 17))])]
    [('of ', []), ('2022', ['deleted']), (' 2025', [])]
    """
    end = start + len(text)
    inside = [Mark(kind, Span(max(a, start), min(b, end))) for kind, (a, b) in marks if a < end and start < b]
    cuts = sorted({start, end, *(at for mark in inside for at in mark.span)})
    return [
        Run(text[a - start : b - start], frozenset(m.kind for m in inside if m.span.start <= a and b <= m.span.end))
        for a, b in pairwise(cuts)
    ]
