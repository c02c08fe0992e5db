"""What each line of a resolution is, for writing it down in another format (pure).

A document's lines become parts in the order of the text: titles, headings, and the clauses with the lines that go on
with them. Only where a draft breaks lines in one version and not in the other need the breaks themselves be known.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from corpus.grammar import find_layout
from corpus.keywords import match_heading, match_opening
from corpus.labels import match_label
from corpus.model import (
    NO_BODY,
    TEXT_VERSIONS,
    Change,
    Clause,
    Corpus,
    Document,
    Instrument,
    Line,
    Span,
    Step,
    TextVersion,
)  # fmt: skip
from corpus.readable import readable
from corpus.titles import ADOPTING
from corpus.views import Text, read_versions

Role = Literal["title", "formula", "section", "annex", "annex title", "heading", "principle", "clause", "rest", "other"]

TERMINAL = (".", ";", ":", ",", "?", "!")  # what does not close a line with one of these may go on in the next
_ANNEX = re.compile(r"annex (?P<num>\d+|[A-Z])", re.I)
_NOTE = re.compile(r"\s*NOTE(?:\s+\d+)?\s*[–—-]\s*")
_PRINCIPLE = re.compile(r"Principle (?P<num>\d+)")


@dataclass(frozen=True, slots=True)
class Part:
    """A line or a piece of one, at ``spans`` of the canonical text.

    ``path`` is what a heading opens; ``label`` the stretches that a clause or heading has before its words. ``breaks``
    are the line breaks after it, each with the change that made it, where they are not the usual: one for a version
    that has words in the line, an empty line before the next clause or heading.
    """

    spans: tuple[Span, ...]
    row: int
    role: Role = "other"
    clause: Clause | None = None
    path: tuple[Step, ...] = ()
    label: tuple[Span, ...] = ()
    breaks: tuple[Change | None, ...] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The parts of one instrument; ``table`` tells whether it is a column of a comparison table."""

    instrument: Instrument
    parts: tuple[Part, ...]
    table: bool


class Marked:
    """A document's text with its changes at hand."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._changes = document.changes
        self._starts = [change.span.start for change in document.changes]

    def pieces(self, *spans: Span) -> Iterator[tuple[Span, Change | None]]:
        """``spans`` cut where a change begins or ends, each piece with its change."""
        for start, end in spans:
            at = start
            n = max(bisect_right(self._starts, start) - 1, 0)
            while at < end:
                while n < len(self._changes) and self._changes[n].span.end <= at:
                    n += 1
                change = self._changes[n] if n < len(self._changes) and self._changes[n].span.start < end else None
                if change and change.span.start <= at:
                    stop = min(end, change.span.end)
                    yield Span(at, stop), change
                else:
                    stop = change.span.start if change else end
                    yield Span(at, stop), None
                at = stop

    def at(self, position: int) -> Change | None:
        """The change that the character at ``position`` belongs to."""
        return next(change for _, change in self.pieces(Span(position, position + 1)))

    def places(self, version: TextVersion, *spans: Span) -> list[int]:
        """Where the characters of ``version`` stand within ``spans``."""
        return [n for piece, change in self.pieces(*spans) if is_of(change, version) for n in range(*piece)]

    def text(self, version: TextVersion, *spans: Span) -> str:
        """The words of ``version`` within ``spans``."""
        return "".join(self.document.text[n] for n in self.places(version, *spans))


def is_of(change: Change | None, version: TextVersion) -> bool:
    """Are words under ``change`` text of ``version``?"""
    return change is None or (change.kind == "deleted") == (version == "in_force")


def read_sheets(corpus: Corpus) -> tuple[tuple[Line, ...], tuple[Sheet, ...]]:
    """The lines before the first title, and the instruments of ``corpus`` line by line."""
    document = corpus.document
    marked, layout, texts = Marked(document), find_layout(document), read_versions(document)
    table = layout.width > 1
    cells = document.cells
    if table:
        before = [line for cell in cells[: layout.first] for line in cell.lines]
        rest = cells[layout.first :]
        groups = [
            [(n // layout.width + 1, list(rest[n].lines)) for n in range(text.number - 1, len(rest), layout.width)]
            for text in texts
        ]
    else:
        titles = [min(t.span.start for t in (text.in_force, text.proposed) if t) for text in texts]
        starts = [document.text.rfind("\n", 0, title) + 1 for title in titles]
        bounds = [*starts, len(document.text) + 1]
        before = [line for cell in cells for line in cell.lines if line.start < starts[0]]
        groups = [
            [(1, [line for line in cell.lines if start <= line.start < end]) for cell in cells]
            for start, end in pairwise(bounds)
        ]
    sheets = []
    for instrument, text, group in zip(corpus.instruments, texts, groups, strict=True):
        reader = _Reader(marked, instrument, text, _clauses(corpus, instrument))
        for row, lines in group:
            reader.read(row, [line for line in lines if line.text.strip()])
        sheets.append(Sheet(instrument, tuple(_with_breaks(marked, reader.parts, not table)), table))
    return tuple(line for line in before if readable(line.text)), tuple(sheets)


def _clauses(corpus: Corpus, instrument: Instrument) -> list[Clause]:
    return [clause for clause in corpus.clauses if clause.instrument == instrument.id]


@dataclass
class _Reader:
    """Reads one instrument; the state is where it stands: in an annex, right after its heading."""

    marked: Marked
    instrument: Instrument
    text: Text
    clauses: Sequence[Clause]
    parts: list[Part] = field(default_factory=list)
    annex: tuple[Step, ...] = ()
    in_title: bool = False

    def __post_init__(self) -> None:
        text = self.marked.document.text
        self.newlines = [found.start() for found in re.finditer("\n", text)]
        self.starting: dict[int, list[Clause]] = defaultdict(list)
        self.going_on: set[int] = set()
        for clause in self.clauses:
            versions = ("in_force",) if clause.status == "deleted" else clause.versions
            for version in versions:
                if pieces := clause.pieces(version):
                    first, last = self._line_at(pieces[0].start), self._line_at(pieces[-1].end - 1)
                    if clause not in self.starting[first]:
                        self.starting[first].append(clause)
                    self.going_on |= set(range(first + 1, last + 1))
        titles = (self.text.in_force, self.text.proposed)
        self.titles = [title.span for title in titles if title and self.instrument.body != NO_BODY]

    def _line_at(self, position: int) -> int:
        return bisect_right(self.newlines, position - 1)

    def read(self, row: int, lines: Sequence[Line]) -> None:
        """Add the lines of one cell."""
        for line in lines:
            span = Span(line.start, line.start + len(line.text))
            number = self._line_at(line.start)
            clauses = sorted(self.starting.get(number, ()), key=lambda c: (c.status == "proposed", c.span.start))
            if clauses:
                self.in_title = False
                self.parts += self._starting(span, row, clauses)
            elif (heading := self._heading(span, row)).role != "other":
                self.parts.append(heading)
            elif any(title.start <= span.start < title.end for title in self.titles):
                self.parts.append(replace(heading, role=self._title_role(span)))
            elif number in self.going_on and self.parts and self.parts[-1].role in ("clause", "rest"):
                self.parts.append(Part((span,), row, "rest", self.parts[-1].clause))
            else:
                self.parts.append(heading)

    def _title_role(self, span: Span) -> Role:
        text = readable(self.marked.document.at(span))
        return "formula" if text.startswith("The ") and any(name in text for name in ADOPTING) else "title"

    def _starting(self, span: Span, row: int, clauses: Sequence[Clause]) -> Iterator[Part]:
        """The clause that starts in a line; or two, where a draft puts one in the place of another, or where a heading
        was run into the line and closes its section."""
        clause, *others = clauses
        pieces = [(piece, change) for piece, change in self.marked.pieces(span)]
        changes = {change for piece, change in pieces if self.marked.document.at(piece).strip()}
        if len(others) == 1 and clause.status == "deleted" and others[0].status == "proposed" and None not in changes:
            for one, kind in ((clause, "deleted"), (others[0], "inserted")):
                spans = tuple(piece for piece, change in pieces if change and change.kind == kind)
                yield Part(spans, row, "clause", one, label=self._labels(spans))
            return
        whole = None not in changes or {"proposed", "deleted"}.isdisjoint(c.status for c in clauses)
        if len(others) == 1 and len(changes) == 1 and whole and self._is_run_in(clause, others[0]):
            heading = others[0].heading_span
            yield from self._starting(Span(span.start, heading.start), row, [clause])
            yield Part((heading,), row, "section", path=others[0].path[:1])
            yield Part((Span(heading.end, span.end),), row, "clause", others[0])
            return
        yield Part((span,), row, "clause", clause, label=self._labels((span,)))

    def _is_run_in(self, clause: Clause, other: Clause) -> bool:
        after = self.clauses.index(other) + 1
        below = [c.path[0] for c in self.clauses[after : after + 1]]
        inside = clause.span.start < other.heading_span.start < other.span.start
        return inside and all(step.kind in ("section", "annex") and step != clause.path[0] for step in below)

    def _labels(self, spans: tuple[Span, ...]) -> tuple[Span, ...]:
        """The label in either version, with the space after it that no version needs."""
        text = self.marked.document.text
        places = [self.marked.places(version, *spans) for version in TEXT_VERSIONS]
        widths = [_label_width("".join(text[n] for n in found)) for found in places]
        needed = {n for found, width in zip(places, widths, strict=True) if not width for n in found}
        taken = {n for found, width in zip(places, widths, strict=True) for n in found[:width]}
        signs = sorted(n for n in taken if not text[n].isspace())
        if signs and not text[signs[0]].isdigit() and not needed.isdisjoint(signs):
            return ()  # the other version has it among its words; only a number needs to be set apart
        runs: list[Span] = []
        for n in sorted(n for n in taken if not (n in needed and text[n].isspace())):
            if runs and runs[-1].end == n:
                runs[-1] = Span(runs[-1].start, n + 1)
            else:
                runs.append(Span(n, n + 1))
        return tuple(runs)

    def _heading(self, span: Span, row: int) -> Part:
        """What a line is that is no clause's: by its words in force, or else those proposed."""
        text = next(filter(None, (readable(self.marked.text(v, span)) for v in TEXT_VERSIONS)), "")
        plain = Part((span,), row)
        if self.instrument.body == NO_BODY:
            return self._passage_heading(plain)
        if annex := _ANNEX.fullmatch(text):
            self.annex, self.in_title = (Step("annex", annex["num"].upper()),), True
            return replace(plain, role="annex", path=self.annex)
        if principle := _PRINCIPLE.fullmatch(text):
            self.in_title = False
            return replace(plain, role="principle", path=(*self.annex, Step("principle", principle["num"])))
        label = self._labels((span,))
        if self.in_title and not label and not text.endswith(TERMINAL):
            return replace(plain, role="annex title", path=self.annex)
        if label and self.annex:
            num = re.sub(r"\W", "", self.marked.document.at(label[0]))
            self.in_title = False
            return replace(plain, role="heading", path=(*self.annex, Step("heading", num)), label=label)
        if heading := match_heading(text):
            self.annex, self.in_title = (), False
            return replace(plain, role="section", path=(Step("section", *heading[:2]),))
        return plain

    def _passage_heading(self, part: Part) -> Part:
        """The heading of passages, if it has any."""
        found = next((c for c in self.clauses if c.heading_span == part.spans[0] and len(c.path) > 1), None)
        return replace(part, role="heading", path=found.path[:1]) if found else part


def _label_width(text: str) -> int:
    if label := match_label(text):
        return label.width
    if note := _NOTE.match(text):
        return note.end()
    opening = match_opening(text)
    return opening.start if opening and opening.num else 0


def _with_breaks(marked: Marked, parts: Sequence[Part], running: bool) -> Iterator[Part]:
    """``parts`` with the line breaks after them where a reader could not tell them.

    The state is kept by version: has the line any words yet, and may the next line go on with the last words?
    """
    begun, unfinished = [False, False], [False, False]
    for before, part, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        for v, version in enumerate(TEXT_VERSIONS):
            raw = marked.text(version, *part.spans)
            if raw.strip():
                begun[v] = True
                text = readable(raw)
                unfinished[v] = bool(text) and part.role in ("clause", "rest") and not text.endswith(TERMINAL)
        breaks = _breaks(marked, part, after, running)
        if before and (made := _in_place_of(marked, before, part)):  # the break in force stands before it
            breaks = [*((change or made) for change in breaks[:1] if is_of(change, "proposed")), *breaks[1:]]
        counts = [sum(is_of(change, version) for change in breaks) for version in TEXT_VERSIONS]
        apart = after is None or after.role != "rest"
        told = any(
            (begun[v] and not counts[v]) or (apart and unfinished[v] and counts[v] < (2 if begun[v] else 1))
            for v in (0, 1)
        )
        yield replace(part, breaks=tuple(breaks) if told and after else None)
        for v in (0, 1):
            if counts[v] >= (2 if begun[v] else 1):
                unfinished[v] = False
            if counts[v]:
                begun[v] = False


def _in_place_of(marked: Marked, before: Part, part: Part) -> Change | None:
    """The change that puts ``part`` in the place of ``before`` in one line."""
    first, second = (next((c for _, c in marked.pieces(*one.spans)), None) for one in (before, part))
    same_line = "\n" not in marked.document.text[before.spans[0].start : part.spans[-1].end]
    return second if same_line and first and second and first.kind != second.kind else None


def _breaks(marked: Marked, part: Part, after: Part | None, running: bool) -> list[Change | None]:
    """The changes of the line breaks between two parts, at most two in either version."""
    plain: list[Change | None] = [None, None]
    if after is None or (after.row != part.row and not running):
        return plain
    first, last = part.spans[-1].end, after.spans[0].start
    text = marked.document.text
    if "\n" not in text[first:last]:  # two parts of one line
        change = next((c for _, c in marked.pieces(*part.spans)), None)
        return [change] if change else plain
    breaks = [marked.at(n) for n in range(first, last) if text[n] == "\n"]
    if text[last - 1] == "\t":  # the end of a cell
        breaks[-1] = None
    kept: list[Change | None] = []
    counts = [0, 0]
    for change in breaks:
        of = [is_of(change, version) for version in TEXT_VERSIONS]
        if any(has and count < 2 for has, count in zip(of, counts, strict=True)):
            kept.append(change)
            counts = [count + has for has, count in zip(of, counts, strict=True)]
    return kept
