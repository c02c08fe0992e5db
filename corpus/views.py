"""The two texts of a draft, in force and proposed, read apart and put together again (pure).

Each version of a document is read by the grammar on its own, without the words of the other; so neither text can take a
label, a heading or a word from the other. Clauses that share words, or stand under the same label on the same line,
are one clause in two versions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus.grammar import Column, Found, find_layout, parse_columns
from corpus.model import NOWHERE, Cell, Change, Document, Line, Remark, Span, Status, Step, TextVersion, printed_label
from corpus.plain import plain_column
from corpus.titles import Title

_SHARED = 0.3  # of the words of the shorter version, for two versions to be of one clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Versioned:
    """A clause with its version: ``found`` is that in force, where there is one, over the words of both versions."""

    found: Found
    status: Status
    labels_proposed: tuple[str, ...] | None = None
    span_in_force: Span | None = None
    span_proposed: Span | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """One resolution in both versions: its column, its titles (None where a version lacks it) and its clauses."""

    number: int
    in_force: Title | None
    proposed: Title | None
    clauses: tuple[Versioned, ...]
    footnotes: tuple[Versioned, ...]
    remarks: tuple[Remark, ...]


def read_versions(document: Document) -> tuple[Text, ...]:
    """The resolutions of ``document``, each clause with its status by ``document.changes``; of a document without a
    resolution its paragraphs."""
    layout = find_layout(document)
    texts = _read(document, lambda view: parse_columns(view, layout), layout.width > 1)
    return texts or _read(document, lambda view: (plain_column(view),), True)


def _read(document: Document, columns: Callable[[Document], tuple[Column, ...]], table: bool) -> tuple[Text, ...]:
    if not document.changes:
        return tuple(_unchanged(column) for column in columns(document))
    old, new = (
        [_placed(column, view, document) for column in columns(view.document)]
        for view in (view_of(document, "in_force"), view_of(document, "proposed"))
    )
    inside = frozenset(n for change in document.changes for n in range(*change.span))
    return tuple(_text(*pair, inside) for pair in _pairs(old, new, table))


@dataclass(frozen=True, slots=True)
class View:
    """One version of a document as a document of its own; its character ``n`` stands at ``at[n]`` in the canonical
    text. It has the same cells, and lines have their numbers in the canonical text."""

    document: Document
    at: tuple[int, ...]

    def canonical(self, span: Span) -> Span:
        """Where the canonical text has the words at ``span``."""
        if span.start < span.end:
            return Span(self.at[span.start], self.at[span.end - 1] + 1)
        return NOWHERE


def view_of(document: Document, version: TextVersion) -> View:
    """``document`` less what belongs to the other version only. A line whose end is dropped goes on with the next."""
    other = "inserted" if version == "in_force" else "deleted"
    dropped = {n for change in document.changes if change.kind == other for n in range(*change.span)}
    at: list[int] = []
    parts: list[str] = []
    cells = []
    for cell in document.cells:
        lines: list[Line] = []
        open_line = False
        for line in cell.lines:
            end = line.start + len(line.text)
            places, words = list(range(line.start, end)), line.text
            if not dropped.isdisjoint(places):
                places = [n for n in places if n not in dropped]
                words = "".join(document.text[n] for n in places)
            if open_line:
                last = lines[-1]
                lines[-1] = Line(last.number, last.text + words, last.start)
                at.pop()  # the line break
                parts.pop()
            else:
                lines.append(Line(line.number, words, len(at)))
            at += [*places, end]
            parts += [words, "\n"]
            open_line = end in dropped
        cells.append(Cell(tuple(lines)))
    return View(replace(document, text="".join(parts), cells=tuple(cells), changes=()), tuple(at))


def _placed(column: Column, view: View, document: Document) -> Column:
    """``column`` of a view, its spans and lines those of the canonical text."""

    def placed(found: Found) -> Found:
        span = view.canonical(found.span)
        return replace(
            found,
            span=span,
            line_start=_line_at(document, span.start),
            line_end=_line_at(document, span.end),
            heading_span=view.canonical(found.heading_span),
            lead_in_spans=tuple(map(view.canonical, found.lead_in_spans)),
        )

    return replace(
        column,
        title=replace(column.title, span=view.canonical(column.title.span)),
        found=tuple(placed(found) for found in column.found if found.span.start < found.span.end),
        footnotes=tuple(map(placed, column.footnotes)),
    )


def _line_at(document: Document, offset: int) -> int:
    return document.text.count("\n", 0, offset) + 1


def _pairs(old: Sequence[Column], new: Sequence[Column], table: bool) -> list[tuple[Column | None, Column | None]]:
    """Columns that are one resolution in two versions: by their place in a table, else by their order, or where one
    version has more of them, by where their titles stand."""
    if table or len(old) == len(new):
        before, after = {c.number: c for c in old}, {c.number: c for c in new}
    else:
        before, after = ({c.title.span.end: c for c in columns} for columns in (old, new))
    return [(before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]


def _unchanged(column: Column) -> Text:
    clauses, footnotes = (
        tuple(Versioned(found=found, status="in_force") for found in rows) for rows in (column.found, column.footnotes)
    )
    return Text(column.number, column.title, column.title, clauses, footnotes, column.remarks)


def _text(old: Column | None, new: Column | None, inside: frozenset[int]) -> Text:
    known = [column for column in (old, new) if column]
    return Text(
        number=known[-1].number,
        in_force=old.title if old else None,
        proposed=new.title if new else None,
        clauses=_merged(old.found if old else (), new.found if new else (), inside),
        footnotes=_merged(old.footnotes if old else (), new.footnotes if new else (), inside),
        remarks=tuple(sorted({remark for column in known for remark in column.remarks}, key=lambda r: r.line)),
    )


def _merged(before: Sequence[Found], after: Sequence[Found], inside: frozenset[int]) -> tuple[Versioned, ...]:
    same = _matches(before, after, inside)
    taken = set(same.values())
    both = [_both(found, after[same[n]], inside) for n, found in enumerate(before) if n in same]
    struck = [Versioned(found=found, status="deleted") for n, found in enumerate(before) if n not in same]
    new = [Versioned(found=found, status="proposed") for n, found in enumerate(after) if n not in taken]
    return tuple(sorted((*both, *struck, *new), key=lambda row: row.found.span.start))


def _matches(before: Sequence[Found], after: Sequence[Found], inside: frozenset[int]) -> dict[int, int]:
    """Which clause of ``before`` is which of ``after``: those that share most words first."""
    owner = {at: n for n, found in enumerate(before) for at in range(*found.span) if at not in inside}
    sizes = Counter(owner.values())
    shares: list[tuple[int, int, int]] = []
    for m, found in enumerate(after):
        kept = [at for at in range(*found.span) if at not in inside]
        for n, shared in Counter(owner[at] for at in kept if at in owner).items():
            if shared >= _SHARED * min(sizes[n], len(kept)):
                shares.append((shared, n, m))
    where = {(found.line_start, found.path): n for n, found in enumerate(before)}
    shares += [(0, n, m) for m, f in enumerate(after) if (n := where.get((f.line_start, f.path), -1)) >= 0]
    matches: dict[int, int] = {}
    taken: set[int] = set()
    for _, n, m in sorted(shares, key=lambda share: (-share[0], share[1:])):
        if n not in matches and m not in taken:
            matches[n] = m
            taken.add(m)
    return matches


def _both(old: Found, new: Found, inside: frozenset[int]) -> Versioned:
    labels, labels_proposed = _labels(old), _labels(new)
    keyword, keyword_proposed = _keyword(old), _keyword(new)
    found = replace(
        old,
        span=Span(min(old.span.start, new.span.start), max(old.span.end, new.span.end)),
        line_start=min(old.line_start, new.line_start),
        line_end=max(old.line_end, new.line_end),
        keyword_proposed=keyword_proposed if keyword_proposed != keyword else None,
    )
    amended = old.span != new.span or not inside.isdisjoint(range(*found.span))
    return Versioned(
        found=found,
        status="in_force",
        labels_proposed=labels_proposed if labels_proposed != labels else None,
        span_in_force=old.span if amended else None,
        span_proposed=new.span if amended else None,
    )


def _labels(found: Found) -> tuple[str, ...]:
    return tuple(printed_label(step.num) for step in found.path if step.kind == "item")


def _keyword(found: Found) -> str | None:
    section: Step | None = next((step for step in found.path if step.kind == "section"), None)
    return section.num if section else None


def changes_in(changes: Sequence[Change], span: Span) -> tuple[Change, ...]:
    """The parts of ``changes`` that lie in ``span``."""
    return tuple(
        replace(c, span=Span(max(c.span.start, span.start), min(c.span.end, span.end)))
        for c in changes
        if c.span.start < span.end and span.start < c.span.end
    )
