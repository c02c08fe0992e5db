"""Word files: paragraphs, tables, lists, footnotes and tracked changes.

Our own walk over the XML, since pandoc, which reads tracked changes too, loses what provenance needs: the tab after a
label typed by hand, labels such as ``1.1``, tracked rows, moves, and which side of a change a space is on. Headers,
footers and page breaks are no text. What a paragraph holds beside words is left out with a remark.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace
from xml.etree.ElementTree import Element

from corpus.errors import Unreadable
from corpus.model import Document
from corpus.readers.canonical import IN_FORCE, PLAIN, PROPOSED, Mark, Paragraph, Places, Run, make_cell, make_document
from corpus.readers.limits import Archive, parse_xml
from corpus.readers.numbering import Count, Numbering
from corpus.readers.wordml import W, children, find, get, is_on, number, value

_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_TRANSITIONAL = W[1:-1].encode()
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PRESERVE = "{http://www.w3.org/XML/1998/namespace}space"
_WIDEST = 63  # columns of a table, by Word's own limit

_REVISED = {
    f"{W}ins": PROPOSED,
    f"{W}del": IN_FORCE,
    f"{W}moveTo": replace(PROPOSED, moved=True),
    f"{W}moveFrom": replace(IN_FORCE, moved=True),
    f"{W}cellIns": PROPOSED,
    f"{W}cellDel": IN_FORCE,
}
_WORDS = {f"{W}t", f"{W}delText", f"{_MATH}t"}
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}softHyphen": "\u00ad",
}
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_SILENT = {f"{W}{name}" for name in ("pPr", "rPr", "instrText", "delInstrText", "sdtPr", "rt")} | {_FALLBACK}
_LEFT_OUT = {
    f"{W}drawing": "a picture",
    f"{W}pict": "a picture",
    f"{W}object": "an embedded object",
    f"{W}altChunk": "an embedded document",
    f"{W}commentReference": "a comment",
}
_IN_BODY = str.maketrans("[]\t\n", "()  ")  # a footnote stands between brackets, on one line


def read_docx(raw: bytes, name: str) -> Document:
    """The document in ``raw``, a Word file named ``name``; raises :class:`Unreadable`."""
    parts = _Parts(raw, name)
    body = find(parts.main, "body")
    if body is None:
        raise Unreadable(f"{name} is a Word file without a body; save it anew in Word")
    numbering = Numbering(parts.other("numbering"), parts.other("styles"))
    paragraphs = _Reader(parts, numbering).paragraphs(body, PLAIN)
    return make_document(paragraphs, raw, name, lambda: Count(numbering).label)


class _Parts:
    """The parts of a Word file, found by their relations."""

    def __init__(self, raw: bytes, name: str) -> None:
        self._archive, self._name = Archive(raw, name), name
        path = self._related("").get("officeDocument", "word/document.xml")
        main = self._parse(path)
        if main is None:
            raise Unreadable(f"{name} is a zip file, but no Word document; unpack it, or save it as .docx")
        self.main: Element = main
        self._others = self._related(path)

    def other(self, kind: str) -> Element | None:
        """The root of the part that is the document's ``kind``: styles, numbering, footnotes, endnotes."""
        return self._parse(self._others[kind]) if kind in self._others else None

    def _related(self, path: str) -> dict[str, str]:
        folder, file = posixpath.split(path)
        root = self._parse(posixpath.join(folder, "_rels", f"{file}.rels"))
        return {
            one.get("Type", "").rpartition("/")[2]: posixpath.normpath(
                posixpath.join("/", folder, one.get("Target", ""))
            ).lstrip("/")
            for one in (() if root is None else root)
        }

    def _parse(self, path: str) -> Element | None:
        raw = self._archive.read(path)
        return None if raw is None else parse_xml(raw.replace(_STRICT, _TRANSITIONAL), f"{self._name}, {path},")


class _Reader:
    """Walks the body of a document; ``_remarks`` and ``_pending`` belong to the paragraph being read."""

    def __init__(self, parts: _Parts, numbering: Numbering) -> None:
        self._numbering = numbering
        self._notes = {
            (kind, get(note, "id")): note
            for kind in _NOTES.values()
            for note in children(parts.other(f"{kind}s"), kind)
        }
        self._count = self._automatic = 0
        self._in_cell = False
        self._remarks: list[str] = []
        self._pending: list[tuple[str, Element, Mark]] = []

    def paragraphs(self, parent: Element, mark: Mark) -> Iterator[Paragraph]:
        """The paragraphs in ``parent``, those of tables row by row."""
        for child in parent:
            if child.tag == f"{W}p":
                yield self._paragraph(child, mark)
            elif child.tag == f"{W}tbl":
                yield from self._table(child, mark)
            elif child.tag in _LEFT_OUT:
                yield Paragraph(remarks=(f"{_LEFT_OUT[child.tag]} was left out",))
            elif child.tag not in _SILENT:
                yield from self.paragraphs(child, _marked(child, mark))

    def _table(self, table: Element, mark: Mark) -> Iterator[Paragraph]:
        """A table within a cell is read as lines of that cell."""
        nested, self._in_cell = self._in_cell, True
        if nested:
            yield Paragraph(remarks=("a table within a table was read as the lines of its cell",))
        for paragraph in self._cells(table, mark):
            yield replace(paragraph, cell=None) if nested else paragraph
        self._in_cell = nested

    def _cells(self, table: Element, mark: Mark) -> Iterator[Paragraph]:
        for row in _inside(table, f"{W}tr"):
            row_mark = _revised(find(row, "trPr"), mark)
            for _ in range(_width(row, "trPr/gridBefore", 0)):
                yield from make_cell((), row_mark)
            for cell in _inside(row, f"{W}tc"):
                cell_mark = _revised(find(cell, "tcPr"), row_mark)
                inside = list(self.paragraphs(cell, cell_mark))
                yield from make_cell(inside, cell_mark, _width(cell, "tcPr/gridSpan", 1))
            for _ in range(_width(row, "trPr/gridAfter", 0)):
                yield from make_cell((), row_mark)

    def _paragraph(self, element: Element, mark: Mark) -> Paragraph:
        properties = find(element, "pPr")
        self._remarks, self._pending = [], []
        runs = list(self._words(element, mark))
        for opening, note, around in self._pending:
            runs += self._body(opening, note, around)
        end = _revised(find(properties, "rPr"), mark)
        return Paragraph(tuple(runs), end, None, self._places(properties), tuple(self._remarks))

    def _places(self, properties: Element | None) -> Places:
        """A tracked change of the paragraph's format keeps the one in force."""
        proposed = self._numbering.place(properties)
        before = find(properties, "pPrChange/pPr")
        if find(properties, "numPr/ins") is not None:
            return Places(None, proposed)
        return Places(proposed if before is None else self._numbering.place(before), proposed)

    def _words(self, element: Element, mark: Mark) -> Iterator[Run]:
        for child in element:
            tag = child.tag
            if tag in _WORDS:
                text = child.text or ""
                yield Run((text if child.get(_PRESERVE) == "preserve" else text.strip(" \n")).replace("\n", " "), mark)
            elif tag in _SIGNS:
                yield Run(_SIGNS[tag], mark)
            elif tag in _NOTES:
                yield from self._reference(child, mark)
            elif tag == f"{W}sym":
                yield Run(self._symbol(child), mark)
            elif tag in _LEFT_OUT:
                box = next(child.iter(f"{W}txbxContent"), None) is not None
                self._remarks.append(f"{'a text box' if box else _LEFT_OUT[tag]} was left out")
            elif tag == f"{W}r" and is_on(find(child, "rPr/vanish")):
                self._remarks.append("hidden text was left out")
            elif tag not in _SILENT:
                if tag == f"{_MATH}oMath":
                    self._remarks.append("a formula was read without its layout")
                yield from self._words(child, _marked(child, mark))

    def _symbol(self, element: Element) -> str:
        try:
            sign = chr(int(get(element, "char"), 16))
        except (ValueError, OverflowError):
            sign = "\uf000"
        if "\ue000" <= sign <= "\uf8ff" or not sign.isprintable():
            self._remarks.append(f"a sign of the font {get(element, 'font') or '?'} was left out")
            return ""
        return sign

    def _reference(self, element: Element, mark: Mark) -> Iterator[Run]:
        """A footnote's mark as flattened texts have it; its body follows at the end of the paragraph."""
        self._count += 1
        custom = get(element, "customMarkFollows") in ("1", "true", "on")
        self._automatic += not custom
        shown = "" if custom else str(self._automatic)
        yield Run(f"[footnoteRef:{self._count}]{shown}", mark)
        note = self._notes.pop((_NOTES[element.tag], get(element, "id")), None)
        if note is None:
            self._remarks.append(f"footnote {self._count} has no text of its own")
        else:
            self._pending.append((f" [{self._count}: {shown}{' ' if shown else ''}", note, mark))

    def _body(self, opening: str, note: Element, mark: Mark) -> Iterator[Run]:
        yield Run(opening, mark)
        for n, paragraph in enumerate(note.iter(f"{W}p")):
            yield Run(" " * (n > 0), mark)
            for text, inner in self._words(paragraph, mark):
                if "[" in text or "]" in text:
                    self._remarks.append("brackets in a footnote were written as parentheses")
                yield Run(text.translate(_IN_BODY), inner)
        yield Run("]", mark)


def _inside(parent: Element, tag: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, content controls around them looked through."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag not in (f"{W}tc", f"{W}tbl"):
            yield from _inside(child, tag)


def _marked(element: Element, mark: Mark) -> Mark:
    """``mark`` for the words in ``element``, which may be a change."""
    kind = _REVISED.get(element.tag)
    if kind is None:
        return mark
    return replace(kind, author=get(element, "author") or None, date=get(element, "date") or None).within(mark)


def _revised(properties: Element | None, mark: Mark) -> Mark:
    """``mark`` for what has these properties: a paragraph's end, a row or a cell."""
    for child in () if properties is None else properties:
        mark = _marked(child, mark)
    return mark


def _width(element: Element, path: str, default: int) -> int:
    """A number of columns."""
    return min(number(value(element, path), default), _WIDEST)
