"""The register for people at a terminal (pure)."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, zip_longest

from corpus.bodies import bodies
from corpus.model import Phrase
from index.store import Registered
from qa.parties import short_name
from qa.register import RegisterPage
from qa.terminal import STATUS

HEADS = ("Who", "Modality", "What", "To whom", "How often")
_GAP = "  "
_ACTION = 30  # characters that the action should have
_NOTHING = "–"
_IMPLIED = "\nby implication: a group is named that the body asked for belongs to"


def show_register(page: RegisterPage, width: int) -> str:
    """The rows of ``page`` as a table: each clause by its reference and status, its obligations below it."""
    if not page.rows:
        return "no obligation matches" + (f" beyond {page.offset}; there are {page.total}" if page.total else "")
    cells = [_cells(row) for row in page.rows]
    widths = _widths(cells, width)
    lines = [*_wrapped(HEADS, widths), "─" * width]
    for title, rows in groupby(zip(page.rows, cells, strict=True), key=lambda pair: _title(pair[0])):
        lines += textwrap.wrap(title, width, subsequent_indent=_GAP)
        for _, row in rows:
            lines += _wrapped(row, widths)
        lines.append("")
    return "\n".join((*lines, _footer(page)))


def _title(row: Registered) -> str:
    status = STATUS[row.clause.status]
    if row.obligation.version == "proposed" and row.clause.status == "in_force":
        status = "PROPOSED wording, not in force"
    elif row.obligation.version == "proposed" and row.clause.status == "uncertain":
        status = "UNCERTAIN, in the wording proposed"
    return f"{row.clause.reference}: {status}" + (", by implication" if row.direct is False else "")


def _cells(row: Registered) -> tuple[str, ...]:
    duty = row.obligation
    return (
        _named(duty.bearer, duty.bearer_phrase),
        duty.modality,
        duty.action.text,
        _named(duty.recipient, duty.recipient_phrase),
        (duty.frequency or _NOTHING).replace("-", " "),
    )


def _named(ids: Sequence[str], phrase: Phrase | None) -> str:
    return ", ".join(short_name(bodies()[i]) for i in ids) or (phrase.text if phrase else _NOTHING)


def _widths(cells: Iterable[Sequence[str]], width: int) -> list[int]:
    """As wide as the longest word for the modality and how often; the rest is shared, bodies' names kept from being
    broken while enough is left for the action."""
    who, modality, _, whom, often = (max(map(_longest, column)) for column in zip(HEADS, *cells, strict=True))
    often = max(often, len(HEADS[-1]))
    rest = width - modality - often - len(_GAP) * len(HEADS)
    share = max(10, rest // 5)
    who, whom = (min(longest, max(share, (rest - _ACTION) // 2)) for longest in (max(who, share), max(whom, share)))
    return [who, modality, max(10, rest - who - whom), whom, often]


def _longest(cell: str) -> int:
    return max(map(len, cell.replace("-", "- ").split()))


def _wrapped(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    columns = [textwrap.wrap(_hyphenated(cell, width), width) for cell, width in zip(cells, widths, strict=True)]
    for parts in zip_longest(*columns, fillvalue=""):
        yield (_GAP + _GAP.join(part.ljust(width) for part, width in zip(parts, widths, strict=True))).rstrip()


def _hyphenated(cell: str, width: int) -> str:
    """``cell`` with a hyphen wherever a word is too long for ``width``."""
    return re.sub(rf"(\w{{{width - 1}}})(?=\w\w)", r"\1-", cell)


def _footer(page: RegisterPage) -> str:
    first, last = page.offset + 1, page.offset + len(page.rows)
    counted = f"{page.total} obligation{'s' * (page.total != 1)}"
    if len(page.rows) < page.total:
        counted = f"{first} to {last} of {counted}" + (f"; the next: --offset {last}" if last < page.total else "")
    return counted + (_IMPLIED if any(row.direct is False for row in page.rows) else "")
