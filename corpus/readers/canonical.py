"""Paragraphs of any format -> a document: its canonical text, cells and tracked changes (pure).

Every reader hands over :class:`Paragraph` values; this module alone knows how the canonical text is laid out. Words
that a draft inserts and words that it strikes both stand in it, each in its place; so each version is had by leaving
out the other's, down to the line breaks, labels and cell marks.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, zip_longest
from typing import NamedTuple

from corpus.errors import Unreadable
from corpus.model import Change, Document, Remark, Span
from corpus.readers.text import CELL_MARK, split_cells

MAX_PARAGRAPHS = 300_000  # empty cells counted; a document of 500 pages has some 10,000

_PIECE = re.compile(r"[\t\n]|[^\t\n]+")
_FINISHED = (".", ";", ":", ",", "?", "!")
_CLOSING = re.compile(r"\W*$")  # of a label


@dataclass(frozen=True, slots=True)
class Mark:
    """In which versions words stand, and who made it so."""

    in_force: bool = True
    proposed: bool = True
    author: str | None = None
    date: str | None = None
    moved: bool = False

    def within(self, outer: Mark) -> Mark:
        """This mark on words inside words marked ``outer``; inserted by one and struck by another is in no version."""
        return (outer if all(self.versions) else self).only(*self.versions).only(*outer.versions)

    def only(self, in_force: bool, proposed: bool) -> Mark:
        """This mark, at most in these versions."""
        return replace(self, in_force=self.in_force and in_force, proposed=self.proposed and proposed)

    @property
    def versions(self) -> tuple[bool, bool]:
        """In force, proposed."""
        return self.in_force, self.proposed


PLAIN, IN_FORCE, PROPOSED = Mark(), Mark(proposed=False), Mark(in_force=False)


class Run(NamedTuple):
    """Words under one mark; a ``\\n`` among them is a line broken by hand."""

    text: str
    mark: Mark = PLAIN


class Place(NamedTuple):
    """Where an item stands: a list, by a name of the reader's own, and a level of it, from 0."""

    list: str
    level: int = 0


class Places(NamedTuple):
    """The place of a paragraph by version; None outside every list."""

    in_force: Place | None = None
    proposed: Place | None = None


NO_PLACES = Places()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``end`` marks the line break after it; ``cell`` the start of a table cell, where the paragraph opens one."""

    runs: tuple[Run, ...] = ()
    end: Mark = PLAIN
    cell: Mark | None = None
    places: Places = NO_PLACES
    remarks: tuple[str, ...] = ()

    def says(self, version: int) -> bool:
        """Has it any words in that version: 0 in force, 1 proposed?"""
        return any(mark.versions[version] and text.strip() for text, mark in self.runs)


Counter = Callable[[Place], str]
"""Gives the label of the next item at a place, empty where it shows none."""


def make_cell(paragraphs: Sequence[Paragraph], mark: Mark, width: int = 1) -> Iterator[Paragraph]:
    """``paragraphs`` as one cell, opened and closed as its row is, whatever was tracked inside; one that spans several
    columns is followed by empty ones."""
    first, *rest = paragraphs or (Paragraph(),)
    *before, last = replace(first, cell=mark), *rest
    yield from before
    yield replace(last, end=mark)
    for _ in range(width - 1):
        yield Paragraph(end=mark, cell=mark)


def make_document(
    found: Iterable[Paragraph], raw: bytes, name: str, count: Callable[[], Counter] | None = None
) -> Document:
    """The document that the paragraphs ``found`` in ``raw`` make up; ``count`` starts a count of all lists.

    Raises :class:`Unreadable` where there are no words, or far too many paragraphs.
    """
    paragraphs = list(islice(found, MAX_PARAGRAPHS + 1))
    if len(paragraphs) > MAX_PARAGRAPHS:
        raise Unreadable(f"{name} has more than {MAX_PARAGRAPHS:,} paragraphs and cells; split it")
    writer = _Writer()
    labels = (_labels(paragraphs, version, count() if count else None) for version in (0, 1))
    for paragraph, old, new in zip(paragraphs, *labels, strict=True):
        writer.write(paragraph, old, new)
    text = "".join(writer.pieces)
    if not text.strip():
        raise Unreadable(f"{name} holds no text; if it shows scanned pages, run OCR over them first")
    return Document(
        name=name,
        sha256=hashlib.sha256(raw).hexdigest(),
        text=text,
        cells=split_cells(text),
        changes=tuple(writer.changes),
        remarks=tuple(dict.fromkeys(writer.remarks)),
    )


def _labels(paragraphs: Sequence[Paragraph], version: int, count: Counter | None) -> list[str]:
    """The label that each paragraph shows in that version, where one whose end is not there goes on with the next."""
    labels = [""] * len(paragraphs)
    head: int | None = None
    for n, (paragraph, following) in enumerate(zip_longest(paragraphs, paragraphs[1:])):
        if head is None and paragraph.says(version):
            head = n
        if paragraph.end.versions[version] or following is None or following.cell:
            place = paragraphs[n if head is None else head].places[version]
            label = count(place) if count and place else ""
            if head is not None:
                labels[head] = label
            head = None
    return labels


@dataclass
class _Writer:
    """Lays out paragraphs; ``begun`` says per version whether the line it stands in holds anything yet."""

    pieces: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    length: int = 0
    line: int = 1
    begun: tuple[bool, bool] = (False, False)

    def write(self, paragraph: Paragraph, old: str, new: str) -> None:
        if paragraph.cell:
            self._put("\n", PLAIN.only(*self.begun))
            self._put(CELL_MARK, paragraph.cell)
            self.begun = (False, False)
        self.remarks += (Remark(self.line, message) for message in paragraph.remarks)
        self._label(paragraph, old, new)
        last = ""
        for text, mark in paragraph.runs:
            for piece in _PIECE.findall(text):
                if piece == "\n":  # a break after closing punctuation is no more than a space
                    self._put(" " if last.endswith(_FINISHED) else "\n", mark)
                elif piece == "\t":  # at the start of a line it would open a cell
                    self._put("\t", mark.only(*self.begun))
                else:
                    self._put(piece, mark)
                    last = piece.rstrip() or last
        self._put("\n", paragraph.end)

    def _label(self, paragraph: Paragraph, old: str, new: str) -> None:
        """Two labels are run together, what closes both printed once; one alone is marked as the words beside it."""
        if old and new and old != new:
            closing = _CLOSING.findall(old)[0] if _CLOSING.findall(old) == _CLOSING.findall(new) else ""
            self._put(old.removesuffix(closing), IN_FORCE)
            self._put(new.removesuffix(closing), PROPOSED)
            self._put(f"{closing}\t", PLAIN)
        elif label := old or new:
            mark = PLAIN if old == new else IN_FORCE if old else PROPOSED
            beside = (run.mark for run in paragraph.runs if run.mark.versions == mark.versions)
            self._put(f"{label}\t", next(beside, mark))

    def _put(self, text: str, mark: Mark) -> None:
        if not text or not any(mark.versions):
            return
        span = Span(self.length, self.length + len(text))
        self.pieces.append(text)
        self.length = span.end
        self.line += text == "\n"
        old, new = (text != "\n" if has else begun for has, begun in zip(mark.versions, self.begun, strict=True))
        self.begun = (old, new)
        if all(mark.versions):
            return
        change = Change("deleted" if mark.in_force else "inserted", span, mark.author, mark.date, mark.moved)
        last = self.changes[-1] if self.changes else None
        if last and last.span.end == span.start and replace(last, span=span) == change:
            change = replace(self.changes.pop(), span=Span(last.span.start, span.end))
        self.changes.append(change)
