"""Cells -> instruments and clauses, by the rules of ITU texts (pure).

The first row of a comparison table holds the headings of its resolutions and so tells how many columns there are; the
cells after it run left to right. A column is read top to bottom: a section may go on in a later row. Nothing here
knows a document, a line number or a resolution.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import NamedTuple

from corpus.keywords import Opening, find_run_in, match_heading, match_opening, part_of
from corpus.labels import Label, Level, match_label, place
from corpus.model import NOWHERE, Cell, Document, Line, Part, Remark, Span, Step
from corpus.readable import FOOTNOTE_BODY, readable
from corpus.titles import Title, is_title, opens_a_resolution, parse_title

_ANNEX = re.compile(r"annex (?P<num>\d+|[A-Z])", re.I)
_ANNEX_ORIGIN = re.compile(r"\(to Resolution .*\)", re.I)
_PRINCIPLE = re.compile(r"Principle (?P<num>\d+)")
_NOTE = re.compile(r"\s*NOTE(?:\s+(?P<num>\d+))?\s*[–—-]\s*")
_TERMINAL = (".", ";", ":", ",", "?", "!")
_TAIL = re.compile(r"(?:\s|[;,]|\[\d+: [^\[\]]+\])+$")  # list punctuation and footnote bodies


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A clause as it stands in its column, before versions, ids and references are worked out."""

    part: Part
    path: tuple[Step, ...]
    span: Span
    line_start: int
    line_end: int
    row: int
    heading: str
    heading_span: Span
    lead_in_spans: tuple[Span, ...] = ()
    lead_in: str | None = None
    keyword_proposed: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One resolution as it stands in its document; ``lines`` are all of its lines that are not blank."""

    number: int
    title: Title
    lines: tuple[Line, ...]
    found: tuple[Found, ...]
    footnotes: tuple[Found, ...]
    remarks: tuple[Remark, ...]


class Layout(NamedTuple):
    """Where a table begins, as the number of its first cell, and how many columns it has; 1 is no table."""

    first: int
    width: int


def find_layout(document: Document) -> Layout:
    """The layout of ``document``: the title cells that stand together tell the columns."""
    titles = [is_title(cell) for cell in document.cells]
    first = titles.index(True) if True in titles else len(titles)
    return Layout(first, next((n for n, title in enumerate(titles[first:]) if not title), len(titles) - first))


def parse_columns(document: Document, layout: Layout | None = None) -> tuple[Column, ...]:
    """All columns of ``document`` that have a title; none where no line is the heading of a resolution."""
    layout = layout or find_layout(document)
    return tuple(
        _read_column(document, number, parse_title(rows[0][1].lines), rows)
        for number, rows in enumerate(_columns(document, layout), 1)
        if is_title(rows[0][1])
    )


def _columns(document: Document, layout: Layout) -> list[list[tuple[int, Cell]]]:
    """Per column its cells with their 1-based row, title cell first."""
    cells, width = document.cells[layout.first :], layout.width
    if width > 1:
        return [[(n // width + 1, cells[n]) for n in range(c, len(cells), width)] for c in range(width)]
    return [[(1, Cell(lines))] for lines in _resolutions(document)]


def _resolutions(document: Document) -> Iterator[tuple[Line, ...]]:
    """Without a table, the document's lines from one heading in capitals to the next."""
    lines = [line for cell in document.cells for line in cell.lines]
    headings = [n for n, line in enumerate(lines) if is_title(Cell((line,)))]
    starts = [n for n in headings if opens_a_resolution(readable(lines[n].text))] or headings[:1]
    for start, end in pairwise([*starts, len(lines)]):
        yield tuple(lines[start:end])


def _read_column(document: Document, number: int, title: Title, rows: list[tuple[int, Cell]]) -> Column:
    reader = _ColumnReader(document)
    for row, cell in rows:
        lines = title.rest if cell is rows[0][1] else cell.lines
        reader.read_cell(row, lines)
    footnotes = tuple(f for row, cell in rows for f in _footnotes(row, cell))
    found = tuple(_split_run_ins(document, reader.found, reader.remarks))
    lines = tuple(line for _, cell in rows for line in cell.lines if line.text.strip())
    return Column(number, title, lines, found, footnotes, tuple(reader.remarks))


@dataclass
class _ColumnReader:
    """Reads one column line by line; the state is where it stands: base path, open list levels, last clause."""

    document: Document
    found: list[Found] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    base: tuple[Step, ...] = ()
    heading: str = ""
    heading_span: Span = NOWHERE
    keyword_proposed: str | None = None
    levels: tuple[Level, ...] = ()
    lead_ins: tuple[tuple[Span, ...], ...] = ()  # by level, outermost words first
    paragraphs: Counter[tuple[Step, ...]] = field(default_factory=Counter)
    row: int = 1
    in_title: bool = False  # between an annex's heading and its first clause
    unfinished: bool = False  # the line before ended without punctuation, so the next one may go on with it

    def read_cell(self, row: int, lines: tuple[Line, ...]) -> None:
        self.row, self.unfinished = row, False
        for line in lines:
            if text := readable(line.text):
                self._read_line(line, text)
            else:
                self.unfinished = False

    def _read_line(self, line: Line, text: str) -> None:
        label = match_label(line.text)
        if opened := None if self.base and self.base[0].kind == "annex" else match_opening(line.text):
            self._open(line, opened)
        elif opening := _ANNEX.fullmatch(text):
            self._enter(line, (Step("annex", opening["num"].upper()),), f"Annex {opening['num'].upper()}")
            self.in_title = True
        elif self.in_title and _ANNEX_ORIGIN.fullmatch(text):
            pass
        elif principle := _PRINCIPLE.fullmatch(text):
            annex = tuple(s for s in self.base if s.kind == "annex")
            self._enter(line, (*annex, Step("principle", principle["num"])), self.heading)
        elif self.in_title and not label and not text.endswith(_TERMINAL):
            joint = ": " if self.heading == f"Annex {self.base[0].num}" else " "
            self.heading += joint + text
            self.heading_span = Span(self.heading_span.start, line.start + len(line.text))
        elif label and self._is_annex_heading(label, text):
            above = self.heading.partition("; ")[0]
            self._enter(line, (*self.base[:1], Step("heading", label.num)), f"{above}; {text}")
        elif label and self.base:
            self._item(line, label)
        elif heading := match_heading(text):
            keyword, addressee, proposed = heading
            name = f"{keyword} {addressee}" if addressee else keyword
            self._enter(line, (Step("section", keyword, addressee),), name)
            self.keyword_proposed = proposed
        elif self.base and (note := _NOTE.match(line.text)):
            self._add(line, note.end(), (*self.base, Step("note", note["num"] or "1")))
        elif self.found and self.unfinished and not label:
            self._continue(line)
        elif self.base:
            self.paragraphs[self.base] += 1
            self.levels, self.lead_ins = (), ()
            self._add(line, _indent(line), (*self.base, Step("paragraph", str(self.paragraphs[self.base]))))
        else:
            self.remarks.append(Remark(line.number, f"stands outside every section: {text[:60]!r}"))
        self.unfinished = bool(self.found) and self.found[-1].line_end == line.number and not text.endswith(_TERMINAL)

    def _enter(self, line: Line, base: tuple[Step, ...], heading: str) -> None:
        self.base, self.heading, self.in_title = base, heading, False
        self.heading_span = Span(line.start + _indent(line), line.start + len(line.text.rstrip()))
        self.levels, self.lead_ins, self.keyword_proposed = (), (), None

    def _open(self, line: Line, opened: Opening) -> None:
        """A clause that its keyword opens, as ``5. Requests the Secretary-General to ...``: a section of its own, whose
        items may follow. Numbers run on through the sections."""
        name = f"{opened.keyword} {opened.addressee}" if opened.addressee else opened.keyword
        self._enter(line, (Step("section", opened.keyword, opened.addressee),), name)
        self.heading_span = Span(line.start + opened.start, line.start + opened.heading_end)
        if opened.num:
            self.levels, self.lead_ins = (Level("decimal", opened.num),), ((),)
            step = Step("item", opened.num)
        else:
            self.paragraphs[self.base] += 1
            step = Step("paragraph", str(self.paragraphs[self.base]))
        self._add(line, opened.width, (*self.base, step))

    def _is_annex_heading(self, label: Label, text: str) -> bool:
        """A numbered line without closing punctuation inside an annex, as ``2  Roles of the Sectors``."""
        return bool(self.base) and self.base[0].kind == "annex" and label.num.isdigit() and not text.endswith(_TERMINAL)

    def _item(self, line: Line, label: Label) -> None:
        before = self._last_text() if self.found and self.found[-1].path[: len(self.base)] == self.base else ""
        levels = place(label.num, self.levels, before.endswith(":"))
        if len(levels) > len(self.levels):
            outer = self.lead_ins[-1] if self.lead_ins else ()
            self.lead_ins = (*self.lead_ins, (*outer, self.found[-1].span) if before.endswith(":") else ())
        self.levels, self.lead_ins = levels, self.lead_ins[: len(levels)]
        inner = [level.last for level in levels[1:]] + [""]
        steps = tuple(  # 2.1 is cited without the 2 above it
            Step("item", level.last)
            for level, below in zip(levels, inner, strict=True)
            if not below.startswith(f"{level.last}.")
        )
        self._add(line, label.width, (*self.base, *steps), self.lead_ins[-1])

    def _last_text(self) -> str:
        return readable(self.document.at(self.found[-1].span))

    def _add(self, line: Line, offset: int, path: tuple[Step, ...], lead_in: tuple[Span, ...] = ()) -> None:
        self.in_title = False
        self.found.append(
            Found(
                part="annex" if self.base[0].kind == "annex" else part_of(self.base[0].num),
                path=path,
                span=_trim(self.document, Span(line.start + offset, line.start + len(line.text))),
                line_start=line.number,
                line_end=line.number,
                row=self.row,
                heading=self.heading,
                heading_span=self.heading_span,
                lead_in_spans=lead_in,
                lead_in=" ".join(readable(self.document.at(span)) for span in lead_in) or None,
                keyword_proposed=self.keyword_proposed,
            )
        )

    def _continue(self, line: Line) -> None:
        last = self.found[-1]
        span = _trim(self.document, Span(last.span.start, line.start + len(line.text)))
        self.found[-1] = replace(last, span=span, line_end=line.number)


def _indent(line: Line) -> int:
    return len(line.text) - len(line.text.lstrip())


def _trim(document: Document, span: Span) -> Span:
    """``span`` without closing list punctuation, spaces and footnote bodies."""
    tail = _TAIL.search(document.text, span.start, span.end)
    return Span(span.start, tail.start() if tail else span.end)


def _split_run_ins(document: Document, found: list[Found], remarks: list[Remark]) -> Iterator[Found]:
    """The clauses, those with a heading run into them split there, with a remark."""
    for clause in found:
        run_in = find_run_in(document.at(clause.span)) if clause.part == "operative" else None
        if run_in is None:
            yield clause
            continue
        start = clause.span.start
        yield replace(clause, span=_trim(document, Span(start, start + run_in.start())))
        keyword, addressee = run_in["keyword"], readable(run_in["addressee"])
        remarks.append(Remark(clause.line_end, f"the heading '{keyword} {addressee}' was run into the item before it"))
        yield replace(
            clause,
            path=(Step("section", keyword, addressee), Step("paragraph", "1")),
            span=Span(start + run_in.end(), clause.span.end),
            heading=f"{keyword} {addressee}",
            heading_span=Span(start + run_in.start("keyword"), start + run_in.end("addressee")),
            lead_in_spans=(),
            lead_in=None,
        )


def _footnotes(row: int, cell: Cell) -> Iterator[Found]:
    for line in cell.lines:
        for body in FOOTNOTE_BODY.finditer(line.text):
            num = body["mark"] or body["n"]
            yield Found(
                part="footnote",
                path=(Step("footnote", num),),
                span=Span(line.start + body.start("text"), line.start + body.end("text")),
                line_start=line.number,
                line_end=line.number,
                row=row,
                heading=f"footnote {num}",
                heading_span=NOWHERE,
            )
