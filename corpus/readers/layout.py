"""Printed lines with their places on the page -> paragraphs and cells (pure).

This is inference: a line goes on with the one before it unless that one had room for its first word, or it stands
lower than lines do, stands elsewhere across the page, or opens an item or a section.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from statistics import median, quantiles
from typing import NamedTuple

from corpus.keywords import match_heading
from corpus.model import Cell
from corpus.model import Line as TextLine
from corpus.readable import readable
from corpus.titles import is_title

_EDGE = 3  # lines at the head and the foot of a page that may be running ones
_RETURNS = 3  # a running line stands on every third page at least
_LONGEST_HEADING = 6  # lines
_LOWER = 1.25  # times the usual distance between lines
_SMALL = 0.95  # times the usual size of letters, for footnotes
_FAR = 2.5  # times the size of letters, for footnotes that stand apart
_ASIDE = 1.0  # times the size of the letters, for a line that stands elsewhere across the page
_TIGHT = 0.05  # times that size, too close to call
_PAGE_NUMBER = re.compile(r"[-–\s]*(?:page )?\d+(?:(?:/| of )\d+)?[-–\s]*", re.I)
_FINISHED = (".", ";", ":", ",", "?", "!")
_OPENING = re.compile(
    r"(?:[a-z]{1,2}|[ivx]{3,5}|[a-z](?:bis|ter))\)(?:bis|ter)?[\t \u00a0]|[\d.]+\t|NOTE\b"
)  # not "user) "
_ALONE = re.compile(r"annex (?:\d+|[A-Z])|principle \d+|\(to resolution .*\)|\((?:Rev\. )?(?:[^(),]+, )?\d{4}\)", re.I)
_SURE = re.compile(r"RESOLUTION |A(?:NNEX|nnex) \S+$|Principle ")  # no sentence goes on so
_CONTENT = re.compile(r"(?:to|that) ")  # follows the heading of a section, and never goes on with it
_IN_NOTE = re.compile(r"\x01")
_ROUND = str.maketrans("[]\t", "() ")
_WORD = re.compile(r"[\w-]+")

RAISED = "\x01{}\x01"
"""How a raised number stands in a line, before it is known whether a footnote belongs to it."""

_MARK = re.compile(RAISED.format(r"(\d+)"))
_NOTE = re.compile(r"\x01?(?P<num>\d+)\x01?\s*(?P<text>\S.*)")


class Line(NamedTuple):
    """A printed line. ``first`` is the width of its first word, ``space`` that of its spaces, ``begins`` where the text
    after its label starts; ``font`` is its one font, empty where it has several; ``left`` and ``right`` are the margins
    around it."""

    text: str
    page: int
    x0: float
    x1: float
    bottom: float
    size: float
    first: float
    space: float
    begins: float
    font: str = ""
    left: float = 0
    right: float = 0

    @property
    def plain(self) -> str:
        """As it reads."""
        return readable(_MARK.sub("", self.text))

    @property
    def opens(self) -> bool:
        """Does an item with a label begin here, or a note?"""
        return _OPENING.match(self.text) is not None

    @property
    def finished(self) -> bool:
        """Does it end with punctuation?"""
        return self.plain.endswith(_FINISHED)

    @property
    def heads(self) -> bool:
        """Is it the heading of a section or a resolution?"""
        return match_heading(self.plain) is not None or _stands_alone([self])

    def has_room_for(self, other: Line) -> bool:
        """Would the first word of ``other`` have fitted on it?"""
        centred = abs(self.x0 - self.left - self.right + self.x1) < self.size / 2 and abs(self.x0 - other.x0) > 1
        end = self.left + self.x1 - self.x0 if centred else self.x1
        return end + self.space + other.first < self.right - _TIGHT * self.size


Row = list[list[Line]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells of lines; ``edges`` are the left ends of its columns."""

    edges: tuple[float, ...]
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page: lines and tables in their order, and the bodies of footnotes by number."""

    number: int
    width: float
    blocks: list[list[Line] | Table]
    notes: dict[str, str] = field(default_factory=dict)


def leave_running(pages: Sequence[Page]) -> tuple[list[Page], list[str]]:
    """``pages`` without the lines that return at the same height on many of them, and what they were."""
    places: Counter[tuple[str, int]] = Counter()
    for page in pages:
        places.update({key for line in _edges(page) for key in _running(line)})
    least = max(2, -(-len(pages) // _RETURNS))
    left: dict[object, list[Line]] = defaultdict(list)

    def runs(line: Line) -> bool:
        key = max(_running(line), key=places.__getitem__)
        if _PAGE_NUMBER.fullmatch(line.plain):
            left["page numbers"].append(line)
        elif places[key] >= least and not line.heads and not line.opens:
            left[key].append(line)
        else:
            return False
        return True

    kept = []
    for page in pages:
        dropped = {line for line in _edges(page) if runs(line)}
        blocks = [b if isinstance(b, Table) else [line for line in b if line not in dropped] for b in page.blocks]
        kept.append(replace(page, blocks=[b for b in blocks if isinstance(b, Table) or b]))
    return kept, [
        f"{'page numbers were' if what == 'page numbers' else f'the running line {of[0].plain!r} was'} left out "
        f"({len(of)} times)"
        for what, of in left.items()
    ]


def _edges(page: Page) -> list[Line]:
    lines = [line for block in page.blocks if not isinstance(block, Table) for line in block]
    return [*lines[:_EDGE], *lines[max(len(lines) - _EDGE, _EDGE) :]]


def _running(line: Line) -> Iterator[tuple[str, int]]:
    """What a line has in common with those that return elsewhere: its words, or those around a page's number."""
    text, height = line.plain, round(line.bottom / 4)
    yield text, height
    for found in re.finditer(r"\d{1,4}", text):
        yield f"{text[: found.start()]}{int(found[0]) - line.page:+}{text[found.end() :]}", height


def with_notes(page: Page) -> Page:
    """``page`` with the bodies of its footnotes taken out of its last lines. The first of them begins with a number
    that is raised further up; it is raised there too, or the letters are smaller from there on, or it stands apart."""
    last = page.blocks[-1] if page.blocks else None
    if not isinstance(last, list):
        return page
    lines = [line for block in page.blocks for line in all_lines(block)]
    small = _SMALL * median(line.size for line in lines)
    marks = {num for line in lines for num in _MARK.findall(line.text)[line.text.startswith("\x01") :]}
    notes: dict[str, str] = {}
    start = len(last)
    for n, line in enumerate(last):
        found = _NOTE.fullmatch(line.text)
        apart = n > 0 and not line.opens and line.bottom - last[n - 1].bottom > _FAR * line.size
        first = line.text.startswith("\x01") or apart or all(below.size <= small for below in last[n:])
        if found and found["num"] in marks - notes.keys() and (first or notes):
            start = min(start, n)
            notes[num := found["num"]] = found["text"]
        elif notes:
            notes[num] += f" {line.text}"
    if not notes:
        return page
    return replace(page, blocks=[*page.blocks[:-1], *([last[:start]] if start else [])], notes=notes)


def with_margins(pages: Sequence[Page]) -> list[Page]:
    """``pages`` whose lines outside tables know the margins that pages of their width have in common."""
    margins: dict[float, tuple[float, float]] = {}
    for page in pages:
        for line in (line for block in page.blocks if isinstance(block, list) for line in block):
            left, right = margins.get(page.width, (line.x0, line.x1))
            margins[page.width] = min(left, line.x0), max(right, line.x1)

    def within(block: list[Line] | Table, width: float) -> list[Line] | Table:
        if isinstance(block, Table):
            return block
        return [line._replace(left=margins[width][0], right=margins[width][1]) for line in block]

    return [replace(page, blocks=[within(block, page.width) for block in page.blocks]) for page in pages]


class Notes:
    """Numbers the footnotes of a document as they come up."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._bodies = {(page.number, num): text for page in pages for num, text in page.notes.items()}
        self._numbers: dict[tuple[int, str], int] = {}

    def resolve(self, lines: Iterable[Line]) -> tuple[list[Line], str]:
        """``lines`` with marks for the raised numbers that have a footnote, and the bodies of those that are new."""
        bodies = ""
        resolved = []
        for line in lines:
            pieces = _MARK.split(line.text)
            for n, num in enumerate(pieces[1::2]):
                if (body := self._bodies.get((line.page, num))) is None:
                    continue
                if (key := (line.page, num)) not in self._numbers:
                    self._numbers[key] = len(self._numbers) + 1
                    bodies += f" [{self._numbers[key]}: {num} {_IN_NOTE.sub('', body).translate(_ROUND)}]"
                pieces[2 * n + 1] = f"[footnoteRef:{self._numbers[key]}]{num}"
            resolved.append(line._replace(text="".join(pieces)))
        return resolved, bodies


def all_lines(block: list[Line] | Table) -> list[Line]:
    """The lines of a block, cell by cell."""
    return block if isinstance(block, list) else [line for row in block.rows for cell in row for line in cell]


def joined(pages: Iterable[Page]) -> list[list[Line] | Table]:
    """The blocks of all pages, text and tables that go on over a page's end in one piece."""
    whole: list[list[Line] | Table] = []
    for page in pages:
        for n, block in enumerate(page.blocks):
            last = whole[-1] if whole else None
            if isinstance(last, list) and isinstance(block, list):
                whole[-1] = [*last, *block]
            elif n == 0 and isinstance(last, Table) and isinstance(block, Table) and _same_columns(last, block):
                whole[-1] = replace(last, rows=_rows(last.rows, block.rows))
            else:
                whole.append(block)
    return whole


def _same_columns(one: Table, other: Table) -> bool:
    return len(one.edges) == len(other.edges) and all(
        abs(a - b) < 5 for a, b in zip(one.edges, other.edges, strict=True)
    )


def _rows(before: list[Row], after: list[Row]) -> list[Row]:
    """A repeated first row is dropped; a row that a page's end cut in two is made whole."""
    texts = [[[line.text for line in cell] for cell in row] for row in (before[0], after[0])]
    if texts[0] == texts[1]:
        return [*before, *after[1:]]
    if any(a and b and _goes_on(a[-1], b[0]) for a, b in zip(before[-1], after[0], strict=True)):
        return [*before[:-1], [[*a, *b] for a, b in zip(before[-1], after[0], strict=True)], *after[1:]]
    return [*before, *after]


def _goes_on(before: Line, line: Line) -> bool:
    """Does ``line`` on a new page go on with the paragraph that ``before`` is the last line of?"""
    return not (line.opens or line.heads) and not (before.finished and before.has_room_for(line))


def usual_distance(lines: Iterable[Line]) -> float:
    """Between the feet of two lines of one paragraph, as a multiple of the size of their letters."""
    steps = [
        step for a, b in pairwise(lines) if a.page == b.page and 0.9 < (step := (b.bottom - a.bottom) / b.size) < 3
    ]
    return quantiles(steps, n=10)[0] if len(steps) > 1 else 1.2


def paragraphs(lines: Sequence[Line], distance: float) -> Iterator[list[Line]]:
    """``lines`` cut where a new paragraph begins."""
    start = 0
    for n, (before, line) in enumerate(pairwise(lines), 1):
        so_far = lines[start:n]
        if _is_whole(so_far, line) or _breaks(before, line, distance, first=len(so_far) == 1):
            yield list(lines[start:n])
            start = n
    if lines:
        yield list(lines[start:])


def _is_whole(lines: Sequence[Line], following: Line) -> bool:
    """Are ``lines`` a heading that does not go on?"""
    if _stands_alone(lines):
        return not _stands_alone([*lines, following])
    return _CONTENT.match(following.plain) is not None and match_heading(_plain(lines)) is not None


def _stands_alone(lines: Sequence[Line]) -> bool:
    """The heading of a resolution, an annex or a principle, or the line of a date."""
    text = _plain(lines)
    return _ALONE.fullmatch(text) is not None or is_title(Cell((TextLine(1, text, 0),)))


def _plain(lines: Sequence[Line]) -> str:
    return " ".join(line.plain for line in lines[:_LONGEST_HEADING])


def _breaks(before: Line, line: Line, distance: float, first: bool) -> bool:
    if line.opens or before.has_room_for(line):
        return True
    if before.font and line.font and before.font != line.font:
        return True
    if line.heads and (before.finished or _SURE.match(line.plain)):
        return True
    lower = line.bottom - before.bottom > _LOWER * distance * max(line.size, before.size)
    aside = min(abs(line.x0 - x) for x in (before.x0, before.begins)) > _ASIDE * line.size
    in_line = not aside or (first and line.x0 < before.x0) or abs(before.x0 + before.x1 - line.x0 - line.x1) < line.size
    return before.page == line.page and (lower or not in_line)


def text_of(lines: Sequence[Line], words: frozenset[str]) -> str:
    """The text of one paragraph. A hyphen at the end of a line goes where the word stands unbroken elsewhere, among
    ``words``, and its halves do not stand with one."""
    text = lines[0].text if lines else ""
    for line in lines[1:]:
        first, last = _WORD.match(line.text), _WORD.search(text[::-1])
        if not text.endswith(("-", "\u2010", "\u2011", "\u00ad")) or not first or not last:
            text += f" {line.text}"
            continue
        head = last[0][::-1].rstrip("-")
        broken = text.endswith("\u00ad") or (head + first[0] in words and f"{head}-{first[0]}" not in words)
        text = (text[:-1] if broken else text) + line.text
    return text


def words_of(lines: Iterable[Line]) -> frozenset[str]:
    """All words that stand within a line."""
    return frozenset(word for line in lines for word in _WORD.findall(line.text))
