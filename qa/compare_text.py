"""Comparisons for people at a terminal (pure).

Differences are marked as ``[-struck-]`` and ``{+added+}``, with colour besides where there is one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby, zip_longest
from typing import NamedTuple

from corpus.diff import Op, Piece, word_diff
from corpus.model import Clause, Instrument, TextVersion
from corpus.readable import readable
from qa.compare import TEXTS, CompareQuery, Difference, Group, Lacked, Match, Matches, Row, Rows, amended, shown
from qa.model import Version
from qa.terminal import STATUS

_NARROWEST = 22  # characters of a column; where less is left, columns stand one below the other
_GAP = " │ "
_MARKS: dict[Op, tuple[str, str]] = {"equal": ("", ""), "deleted": ("[-", "-]"), "inserted": ("{+", "+}")}
_AMENDED = "AS PROPOSED, these words are not in force"
_BASIS = {"row": "side by side", "content": "by its words"}
_LOOKS = {"head": "1", "deleted": "31;9", "inserted": "32;1"}  # SGR parameters of ECMA-48: bold, red struck, green bold


class Run(NamedTuple):
    """Words that look alike: ``head``, ``deleted``, ``inserted``, or else plain."""

    text: str
    look: str = ""


Line = tuple[Run, ...]


class Entry(NamedTuple):
    """One clause: its place and status, then its words in paragraphs."""

    head: list[Run]
    body: list[list[Run]]


class Screen(NamedTuple):
    """How wide a line may be, and whether the terminal has colours."""

    width: int
    colour: bool = False


def show_comparison(found: Rows | Matches | Lacked, query: CompareQuery, screen: Screen) -> str:
    """What was found, for people."""
    if isinstance(found, Matches):
        lines = _matches(found, query.version, screen.width)
    elif isinstance(found, Lacked):
        lines = [line for clause in found.items for line in (*_whole(clause, query.version, screen.width), ())]
        lines += _paged(query, found, "clauses that the other resolutions lack", screen.width)
    else:
        lines = [line for row in found.items for line in (*_row(row, query.version, screen.width), ())]
        lines += _paged(query, found, "rows", screen.width)
    return "\n".join("".join(_painted(run, screen.colour) for run in line).rstrip() for line in lines)


def _painted(run: Run, colour: bool) -> str:
    look = _LOOKS.get(run.look)
    return f"\x1b[{look}m{run.text}\x1b[0m" if colour and look else run.text


def _paged(query: CompareQuery, found: Rows | Lacked, what: str, width: int) -> list[Line]:
    last = query.offset + len(found.items)
    page = f"{query.offset + 1} to {last}" if found.items else "0"
    more = f"; --offset {last} shows more" if last < found.total else ""
    return _wrapped([Run(f"{page} of {found.total} {what}{more}")], width)


def _row(row: Row, version: Version, width: int) -> list[Line]:
    columns = [column for column in row.columns if column.clauses]
    each = (width - len(_GAP) * (len(columns) - 1)) // max(len(columns), 1)
    names = [column.instrument for column in columns]
    beside = each >= _NARROWEST
    lines: list[Line] = [(Run(f"Row {row.number} of {row.document}", "head"),)]
    if beside:
        lines += [(), *_beside([_wrapped([Run(f"{home.body} {home.name}")], each) for home in names], each)]
    for group in row.groups:
        joint = beside and len({clause.instrument for clause in group.clauses}) > 1
        cells = [_cell(group, home, version, joint) for home in names]
        lines.append((Run("─" * width),))
        if joint:
            lines += _beside([_stacked(cell, each) for cell in cells], each)
        else:
            lines += _stacked([clause for cell in cells for clause in cell], width, "    ")
        lines += _elsewhere(group, row, width)
    return lines


def _cell(group: Group, home: Instrument, version: Version, headed: bool) -> list[Entry]:
    """The clauses of one resolution in a group; ``headed`` where a heading above names the resolution."""
    differences = {d.clause.id: d for d in group.differences}
    own = [clause for clause in group.clauses if clause.instrument == home.id]
    return [_entry(clause, differences.get(clause.id), version, headed) for clause in own]


def _entry(clause: Clause, difference: Difference | None, version: Version, headed: bool = False) -> Entry:
    own = shown(clause, version)
    words = _marked(difference.pieces) if difference else [Run(readable(clause.text_of(own)))]
    place = clause.reference.partition(" of Resolution")[0] if headed else clause.reference
    body = [words]
    if amended(clause, version):
        change = word_diff(*(readable(clause.text_of(v)) for v in ("in_force", "proposed")))
        body.append([Run("as proposed: "), *_marked(change)])
    return Entry([_head(place, clause, own)], body)


def _head(place: str, clause: Clause, version: TextVersion) -> Run:
    """``place`` and what becomes of the words shown, which are those of ``version``."""
    amended_words = version == "proposed" and amended(clause, "all")
    return Run(f"{place}, {_AMENDED if amended_words else STATUS[clause.status]}:", "head")


def _marked(pieces: Sequence[Piece]) -> list[Run]:
    """``pieces`` with their marks; the spaces around changed words stay outside the marks."""
    runs: list[Run] = []
    for before, (op, text) in zip((None, *pieces), pieces, strict=False):
        opening, closing = _MARKS[op]
        word = text.strip()
        start = text.index(word)
        replaces = op == "inserted" and before is not None and before.op == "deleted"
        runs.append(Run(text[:start] or " " * replaces))
        if word:
            runs.append(Run(f"{opening}{word}{closing}", op))
        runs.append(Run(text[start + len(word) :]))
    return runs


def _stacked(entries: Iterable[Entry], width: int, indent: str = "") -> list[Line]:
    """The lines of ``entries`` one below the other, an empty line between them."""
    lines: list[Line] = []
    for n, entry in enumerate(entries):
        lines += [*([()] if n else []), *_wrapped(entry.head, width)]
        lines += [line for runs in entry.body for line in _wrapped(runs, width, indent)]
    return lines


def _wrapped(runs: Iterable[Run], width: int, indent: str = "") -> list[Line]:
    """A paragraph in lines of ``width`` characters at most."""
    source = [(char, run.look) for run in runs for char in run.text]
    lines: list[Line] = []
    at = 0
    for line in textwrap.wrap("".join(char for char, _ in source), width - len(indent)):
        looks: list[tuple[str, str]] = []
        for char in line:
            while source[at][0] != char:  # a space where the line was broken
                at += 1
            looks.append(source[at])
            at += 1
        parts = groupby(looks, lambda pair: pair[1])
        lines.append((Run(indent), *(Run("".join(c for c, _ in run), look) for look, run in parts)))
    return lines


def _beside(cells: Sequence[Sequence[Line]], width: int) -> list[Line]:
    """The lines of ``cells`` side by side, each padded to ``width``."""
    lines: list[Line] = []
    for parts in zip_longest(*cells, fillvalue=()):
        line: list[Run] = []
        for n, part in enumerate(parts):
            line += [*([Run(_GAP)] if n else []), *part]
            line.append(Run(" " * (width - sum(len(run.text) for run in part))))
        lines.append(tuple(line))
    return lines


def _elsewhere(group: Group, row: Row, width: int) -> list[Line]:
    places = "; ".join(f"{c.reference} ({_place(c, row)})" for c in group.elsewhere)
    lacking = "; ".join(home.name for home in group.lacking)
    notes = [f"elsewhere: {places}"] * bool(places) + [f"not in: {lacking}"] * bool(lacking)
    return [line for note in notes for line in _wrapped([Run(note)], width, "  ")]


def _place(clause: Clause, row: Row) -> str:
    return f"row {clause.row}" + (f" of {clause.document}" if clause.document != row.document else "")


def _whole(clause: Clause, version: Version, width: int) -> list[Line]:
    return _stacked([_entry(clause, None, version)], width, "    ")


def _matches(found: Matches, version: Version, width: int) -> list[Line]:
    lines = _whole(found.clause, version, width)
    for match in found.parallels:
        lines += [(), *_match(match, version, width)]
    if not found.parallels:
        lines += [(), (Run("No other resolution has a parallel provision."),)]
    elif found.lacking:
        names = "; ".join(home.name for home in found.lacking)
        lines += [(), *_wrapped([Run(f"Not in: {names}")], width)]
    return lines


def _match(match: Match, version: Version, width: int) -> list[Line]:
    clause, parallel = match.clause, match.parallel
    own = parallel.versions[0] if version == "all" else version
    text = f", in the text {TEXTS[own]} only" if len(parallel.versions) == 1 else ""
    place = (
        f"{_BASIS[parallel.basis]}{text}, likeness {parallel.score:.2f}, {clause.document}, line {clause.line_start}"
    )
    entry = Entry([_head(clause.reference, clause, own)], [_marked(match.difference.pieces), [Run(f"({place})")]])
    return _stacked([entry], width, "    ")
