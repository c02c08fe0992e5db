"""What a page can be narrowed down to, and where one is in a list (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.model import MODALITIES, NO_BODY, Instrument
from qa.web import words
from qa.web.links import Chip, Pairs, address, chip, having

PARTS = {"preamble": "Preamble", "operative": "Operative part", "annex": "Annexes", "footnote": "Footnotes"}
_NOT_NARROWING = ("text", "sort", "direct", "k")

Instruments = Mapping[str, Instrument]


@dataclass(frozen=True, slots=True)
class Pages:
    """Numbers of the first and last item shown, counted from 1, and the ways to those before and after."""

    first: int
    last: int
    total: int
    previous: str | None
    next: str | None


def label(instruments: Instruments, name: str, value: str) -> str:
    """A value of the filter ``name`` as people say it."""
    if name in ("bearer", "recipient"):
        return words.body(value)
    if name == "resolution" and value in instruments:
        return short(instruments[value])
    if name == "version":
        return words.version(value)
    return PARTS.get(value, value) if name == "part" else words.plain(value)


def short(instrument: Instrument) -> str:
    """A resolution in two words: ``WTSA 18``."""
    return instrument.number if instrument.body == NO_BODY else f"{instrument.body} {instrument.number}"


def offered(instruments: Instruments, chosen: Pairs, thread: Pairs) -> list[Chip]:
    """What a question can be narrowed down to, and whatever else is ``chosen``; ``thread`` is the question with those
    before it."""
    always = [
        *(("resolution", i) for i in instruments),
        *(("part", part) for part in PARTS),
        *(("modality", modality) for modality in MODALITIES),
    ]
    known = dict.fromkeys((*always, *(pair for pair in chosen if pair[0] not in _NOT_NARROWING)))
    return [chip("/", (*chosen, *thread), *pair, label(instruments, *pair)) for pair in known]


def narrowed(instruments: Instruments, path: str, chosen: Pairs) -> list[Chip]:
    """The values that the list at ``path`` is narrowed down to; each leads to the list without it."""
    shown = {pair: label(instruments, *pair) if pair[0] != "text" else f"“{pair[1]}”" for pair in chosen}
    return [chip(path, chosen, *pair, text) for pair, text in shown.items() if pair[0] not in _NOT_NARROWING[1:]]


def facet(instruments: Instruments, path: str, chosen: Pairs, name: str, counts: Mapping[str, int]) -> list[Chip]:
    """The values of one facet with their counts; each leads to the list with it alone chosen, or with none."""
    return [
        Chip(
            name,
            value,
            label(instruments, name, value),
            address(path, having(chosen, name, *(() if (name, value) in chosen else (value,)))),
            (name, value) in chosen,
            count,
        )
        for name, value, count in ((name, *item) for item in counts.items())
    ]


def turned(sort: str, name: str) -> str:
    """The order that a click on a column's head gives: by ``name``, or in reverse where it is that already.

    >>> turned("bearer", "bearer"), turned("-bearer", "bearer")
    ('-bearer', 'bearer')
    """
    return f"-{name}" if sort == name else name


def pages(path: str, pairs: Pairs, total: int, limit: int, offset: int) -> Pages:
    """Where one is in a list of ``total`` items, shown ``limit`` at a time."""
    before, after = max(0, offset - limit), offset + limit
    return Pages(
        first=min(offset + 1, total),
        last=min(after, total),
        total=total,
        previous=address(path, having(pairs, "offset", *_number(before))) if offset else None,
        next=address(path, having(pairs, "offset", *_number(after))) if after < total else None,
    )


def _number(n: int) -> Iterable[str]:
    return (str(n),) if n else ()
