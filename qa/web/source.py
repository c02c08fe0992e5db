"""A clause in its place in the document: the cells of its resolution, line by line, to the letter (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from corpus.model import Cell, Clause, Line, Span
from corpus.readers.text import split_cells
from qa.web.marked import Mark, Run, runs

AROUND = 250  # lines shown on either side of a quote
_NOISE = re.compile(r"\[(?:bookmark: |footnoteRef:)[^\]]*\]")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line with its 1-based number. ``clause`` begins in it, where one does; ``quoted`` marks the first line of
    the quote."""

    number: int
    runs: tuple[Run, ...]
    clause: Clause | None
    quoted: bool


@dataclass(frozen=True, slots=True)
class SourceCell:
    """A cell of the document, or what is shown of it. ``row`` is None where no clause stands in it."""

    row: int | None
    lines: tuple[SourceLine, ...]


@dataclass(frozen=True, slots=True)
class SourceView:
    """The cells of one resolution. ``above`` and ``below`` say how many of its lines are left out on either side."""

    cells: tuple[SourceCell, ...]
    above: int
    below: int


def source_view(text: str, clauses: Sequence[Clause], clause: Clause, quote: Span) -> SourceView:
    """The canonical ``text`` of the document of ``clause`` around ``quote``, as far as it belongs to the same
    resolution. ``clauses`` are those of that resolution, footnotes among them."""
    cells = [(cell, own) for cell in split_cells(text) if (own := _in_cell(cell, clauses))]
    lines = [line for cell, _ in cells for line in cell.lines]
    at = next((n for n, line in enumerate(lines) if quote.start <= line.start + len(line.text)), 0)
    shown = lines[max(0, at - AROUND) : at + AROUND]
    numbers = {line.number for line in shown}
    kept = [(Cell(tuple(line for line in cell.lines if line.number in numbers)), own) for cell, own in cells]
    return SourceView(
        cells=tuple(_cell(cell, own, clause, quote) for cell, own in kept if cell.lines),
        above=max(0, at - AROUND),
        below=max(0, len(lines) - at - AROUND),
    )


def _in_cell(cell: Cell, clauses: Iterable[Clause]) -> list[Clause]:
    """The clauses that stand in ``cell``."""
    first, last = cell.lines[0], cell.lines[-1]
    return [c for c in clauses if first.start <= c.span.start <= last.start + len(last.text)]


def _cell(cell: Cell, clauses: Sequence[Clause], clause: Clause, quote: Span) -> SourceCell:
    marks = [*_marks(clauses), Mark("clause", clause.span), Mark("quote", quote)]
    first = next((line.number for line in cell.lines if quote.start < line.start + len(line.text)), None)
    lines = tuple(_line(line, clauses, marks, line.number == first) for line in _closed_up(cell.lines))
    return SourceCell(next((c.row for c in clauses if c.part != "footnote"), None), lines)


def _closed_up(lines: Sequence[Line]) -> list[Line]:
    """``lines`` without the empty ones, which only align the columns of a table."""
    return [line for line in lines if line.text.strip()]


def _line(line: Line, clauses: Iterable[Clause], marks: Sequence[Mark], first: bool) -> SourceLine:
    noise = [Mark("noise", Span(line.start + m.start(), line.start + m.end())) for m in _NOISE.finditer(line.text)]
    own = tuple(runs(line.text, line.start, (*marks, *noise)))
    begins = next((c for c in clauses if c.line_start == line.number), None)
    quoted = first and any("quote" in run.kinds for run in own)
    return SourceLine(line.number, own, begins, quoted)


def _marks(clauses: Iterable[Clause]) -> Iterator[Mark]:
    """The words of one version only; the whole of a clause that stands in one only."""
    for clause in clauses:
        whole = {"proposed": "inserted", "deleted": "deleted"}.get(clause.status)
        if whole:
            yield Mark(whole, clause.span)
        yield from (Mark(change.kind, change.span) for change in clause.changes)
