"""Web pages: paragraphs, tables, numbered lists, and ``<ins>`` and ``<del>`` as tracked changes.

White space is read as a browser shows it; the gap after a label typed by hand becomes the tab that HTML has not. The
items of ``<ol>`` are labelled as ITU texts are: ``1``, ``a)``, ``i)``.
"""

from __future__ import annotations

import re
from collections import Counter as Tally
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from lxml import etree
from lxml import html as markup

from corpus.errors import Unreadable
from corpus.model import Document
from corpus.readers.canonical import (
    IN_FORCE,
    PLAIN,
    PROPOSED,
    Counter,
    Mark,
    Paragraph,
    Place,
    Places,
    Run,
    make_cell,
    make_document,
)
from corpus.readers.numbering import printed

Element = Any  # lxml's have no types

MAX_DEPTH = 200  # elements within elements; at 256 the parser itself leaves out what is deeper, and says nothing
_WIDEST, _TALLEST = 63, 1000  # columns and rows that one cell may span

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hr html legend li main menu ol p pre search section summary table "
    "tbody td tfoot th thead tr ul".split()
)
_SILENT = frozenset("head script style template noscript button datalist select rp rt".split())
_LEFT_OUT = {
    **dict.fromkeys(("img", "svg", "canvas"), "a picture was left out"),
    **dict.fromkeys(("iframe", "object", "embed", "audio", "video"), "an embedded object was left out"),
    "math": "a formula was left out",
    "nav": "a list of links was left out",
}
_STRUCK = frozenset(("s", "strike"))
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_WORDS_LABEL = re.compile(r"mso-list\s*:\s*ignore", re.I)  # in a page saved by Word
_EDGES = ("header", "footer")  # titles of what LibreOffice exports of them
# Links to the body of a footnote and back from there, as LibreOffice, Word and pandoc write them.
_TO_NOTE = re.compile(r"#(?:sdfootnote\d+sym|_ftn\d+|fn:?\d+)")
_FROM_NOTE = re.compile(r"#(?:sdfootnote\d+anc|_ftnref\d+|fnref:?\d+)")
_IN_NOTE = str.maketrans("[]", "()")
_PIECES = re.compile(r"[ \t\n\r\f]+|[^ \t\n\r\f]+")
# After a number a single space is a gap only where the text goes on in small letters.
_GAP = re.compile(r"\s*(?:[a-z]{1,4}\)|\d{1,4}(?:\.\d{1,4})*(?=\s[a-z]|\s\s|[\t\u2002\u2003]))(?P<gap>\s+)(?=\S)")


def read_html(raw: bytes, name: str) -> Document:
    """The document in the page ``raw`` named ``name``; raises :class:`Unreadable`."""
    try:
        root = markup.document_fromstring(raw, parser=_parser(raw))
    except (etree.LxmlError, ValueError) as exc:
        raise Unreadable(f"{name} is no HTML that can be read ({exc}); open it in a browser and save it anew") from exc
    reader = _Reader(name, _notes(root))
    reader.read(root, PLAIN)
    return make_document(reader.paragraphs, raw, name, reader.count)


def _notes(root: Element) -> dict[str, Element]:
    """The bodies of footnotes by the links that lead to them."""
    named = {name: e for e in root.iter() for name in (e.get("id"), e.get("name")) if name}
    links = {a.get("href") for a in root.iter("a") if _TO_NOTE.fullmatch(a.get("href", ""))}
    targets = {link: named[link[1:]] for link in links if link[1:] in named}
    return {link: next(_around(target), target) for link, target in targets.items()}


def _around(target: Element) -> Iterator[Element]:
    """The whole body that ``target`` opens: what is named beside it, else its paragraph."""
    around = [target, *target.iterancestors()]
    yield from (e for e in around if e.tag in ("div", "li") and e.get("id"))
    yield from (e for e in around if e.tag == "p")


def _parser(raw: bytes) -> Any:
    """UTF-8 where it can be that, else what the page says of itself."""
    try:
        raw.decode()
    except UnicodeDecodeError:
        return markup.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    return markup.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)


class _Reader:
    """Walks a page; the state is the paragraph that is being filled, and the lists that are open."""

    def __init__(self, name: str, notes: Mapping[str, Element]) -> None:
        self.paragraphs: list[Paragraph] = []
        self._name = name
        self._notes = notes
        self._bodies = set(notes.values())
        self._noted: list[str] = []  # the links followed so far
        self._pending: list[Run] = []  # bodies of footnotes of the paragraph
        self._runs: list[Run] = []
        self._spaced = (True, True)  # per version: does a space stand before, so that another one does not show?
        self._remarks: list[str] = []
        self._place: Place | None = None  # of an item whose first words are awaited
        self._lists: list[tuple[str, int]] = []  # form and start
        self._open: list[int | None] = [None]

    def count(self) -> Counter:
        """A count of the items of all lists."""
        counts: Tally[int] = Tally()

        def label(place: Place) -> str:
            form, start = self._lists[place.level]
            counts[place.level] += 1
            number = printed(start + counts[place.level] - 1, form)
            return number if form == "decimal" else f"{number})"

        return label

    def read(self, element: Element, mark: Mark, depth: int = 0) -> None:
        """Read ``element`` with all that is in it."""
        tag = element.tag
        if depth > MAX_DEPTH:
            raise Unreadable(f"{self._name}: its elements are nested more than {MAX_DEPTH} deep; simplify it")
        style = element.get("style", "")
        if tag in _LEFT_OUT:
            self._remarks.append(_LEFT_OUT[tag])
        elif tag not in _SILENT and (element.get("hidden") is not None or _HIDDEN.search(style)):
            self._remarks.append("hidden text was left out")
        elif element.get("title") in _EDGES and tag == "div":
            self._remarks.append(f"the {element.get('title')} of its pages was left out")
        elif tag == "br":
            self._put("\n", mark)
        elif element in self._bodies:  # stands where its mark is
            return
        elif tag == "a" and (link := element.get("href", "")) in self._notes and link not in self._noted:
            self._note(link, _words(element).strip("[]() "), mark)
        elif _WORDS_LABEL.search(style):
            self._say(element.text_content().strip(), mark)
            self._put("\t", mark)
        elif tag not in _SILENT:
            if tag in _STRUCK:
                self._remarks.append("words struck through were read as they stand; mark them with <del>")
            mark = _marked(element, mark)
            if tag in _BLOCKS:
                self._block(element, mark, depth)
            else:
                self._inside(element, mark, depth)

    def _note(self, link: str, shown: str, mark: Mark) -> None:
        """A footnote's mark as flattened texts have it, and its body for the end of the paragraph."""
        self._noted.append(link)
        number = len(self._noted)
        self._put(f"[footnoteRef:{number}]{shown}", mark)
        body = _words(self._notes[link]).removeprefix(f"[{shown}]").removeprefix(f"{shown} ").strip()
        self._pending.append(Run(f" [{number}: {shown} {body.translate(_IN_NOTE)}]", mark))

    def _block(self, element: Element, mark: Mark, depth: int) -> None:
        self._finish()
        if element.tag == "table" and element.find(".//table") is None:
            self._table(element, mark, depth)
        elif element.tag == "pre":
            for line in element.text_content().split("\n"):
                self._put(line, mark)
                self._finish()
        elif element.tag == "li":
            self._item(element, mark, depth)
        elif element.tag in ("ol", "ul", "menu"):
            self._open.append(self._list(element) if element.tag == "ol" else None)
            self._inside(element, mark, depth)
            self._open.pop()
        else:
            self._inside(element, mark, depth)
        self._finish()

    def _inside(self, element: Element, mark: Mark, depth: int) -> None:
        self._say(element.text or "", mark)
        for child in element:
            self.read(child, mark, depth + 1)
            self._say(child.tail or "", mark)

    def _item(self, element: Element, mark: Mark, depth: int) -> None:
        """An item is counted even if it has no words of its own before those of a list in it."""
        self._number_blank()
        if (value := element.get("value", "")).isdecimal() and self._open[-1] is not None:
            self._open[-1] = self._another(self._lists[self._open[-1]][0], value)
        if (one := self._open[-1]) is not None:
            self._place = Place("ol", one)
        self._inside(element, mark, depth)
        self._finish()
        self._number_blank()

    def _number_blank(self) -> None:
        if self._place:
            self.paragraphs.append(Paragraph(places=Places(self._place, self._place)))
            self._place = None

    def _list(self, element: Element) -> int:
        return self._another(_FORMS.get(element.get("type", ""), "decimal"), element.get("start", ""))

    def _another(self, form: str, start: str) -> int:
        self._lists.append((form, int(start) if start.isdecimal() and len(start) < 6 else 1))
        return len(self._lists) - 1

    def _table(self, table: Element, mark: Mark, depth: int) -> None:
        """Cell by cell; what a cell spans beyond its own column and row is empty cells."""
        for caption in _within(table, "caption"):
            self.read(caption, mark, depth + 1)
        below: Tally[int] = Tally()  # by column, how many rows a cell above still takes
        for row in _within(table, "tr"):
            column = self._spanned(below, 0)
            for cell in _within(row, "td", "th"):
                first, width = len(self.paragraphs), _span(cell, "colspan", _WIDEST)
                self._inside(cell, mark, depth + 1)
                self._finish()
                self.paragraphs[first:] = make_cell(self.paragraphs[first:], mark, width)
                below.update(dict.fromkeys(range(column, column + width), _span(cell, "rowspan", _TALLEST) - 1))
                column = self._spanned(below, column + width)

    def _spanned(self, below: Tally[int], column: int) -> int:
        """Empty cells from ``column`` on as far as cells above reach down; the column after them."""
        while below[column] > 0:
            below[column] -= 1
            self.paragraphs += make_cell((), PLAIN)
            column += 1
        return column

    def _say(self, text: str, mark: Mark) -> None:
        """Add words, white space run together as a browser shows it; a bare tab is kept."""
        for piece in _PIECES.findall(text):
            self._put(
                piece if piece.strip(" \t\n\r\f") else "\t" if set(piece) <= set(" \t") and "\t" in piece else " ", mark
            )

    def _put(self, text: str, mark: Mark) -> None:
        blank = text in (" ", "\n", "\t")
        if text == " ":  # where one stands already, it belongs to the other version, as the words before it do
            mark = mark.only(*(not spaced for spaced in self._spaced))
            before = self._runs[-1].mark if self._runs else mark
            mark = before if before.versions == mark.versions else mark
        self._runs.append(Run(text, mark))
        old, new = (blank if has else before for has, before in zip(mark.versions, self._spaced, strict=True))
        self._spaced = old, new

    def _finish(self) -> None:
        """Close the paragraph, if it has any words; its end belongs to the versions in which it has some."""
        runs, self._runs, self._spaced = self._runs, [], (True, True)
        said = [run for run in runs if run.text.strip() and any(run.mark.versions)]
        if not said:
            return
        versions = tuple(any(run.mark.versions[version] for run in said) for version in (0, 1))
        end = next((run.mark for run in said if run.mark.versions == versions), PLAIN)
        places = Places(self._place, self._place)
        words = (*_tabbed(runs), *self._pending)
        self.paragraphs.append(Paragraph(words, end, None, places, tuple(self._remarks)))
        self._remarks, self._pending, self._place = [], [], None


def _marked(element: Element, mark: Mark) -> Mark:
    """``mark`` for what is in ``element``; Word writes the author of a change as a ``mailto:`` in its ``cite``."""
    kind = {"ins": PROPOSED, "del": IN_FORCE}.get(element.tag)
    if kind is None:
        return mark
    cite = element.get("cite", "")
    author = element.get("data-author") or (unquote(cite.removeprefix("mailto:")) if cite.startswith("mailto:") else "")
    made = Mark(*kind.versions, author=author or None, date=element.get("datetime") or None)
    return made.within(mark)


def _words(element: Element) -> str:
    """The words in ``element``, but not those of a link that leads back from a footnote."""
    own = element.text or ""
    inner = ("" if _FROM_NOTE.fullmatch(e.get("href", "")) else _words(e) for e in element)
    return " ".join((own + "".join(map(str.__add__, inner, (e.tail or "" for e in element)))).split())


def _tabbed(runs: Sequence[Run]) -> Iterator[Run]:
    """``runs`` with a tab for the gap after a label."""
    found = _GAP.match("".join(run.text for run in runs if any(run.mark.versions)))
    start, end = found.span("gap") if found else (0, 0)
    at = 0
    for text, mark in runs:
        if not any(mark.versions):
            continue
        after = at + len(text)
        if at < end and start < after:
            tab = "\t" if at <= start else ""
            text = text[: max(start - at, 0)] + tab + text[end - at :]
        yield Run(text, mark)
        at = after


def _within(parent: Element, *tags: str) -> Iterator[Element]:
    """The rows of a table or the cells of a row, whatever stands between them."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag not in ("td", "th", "table", "caption"):
            yield from _within(child, *tags)


def _span(cell: Element, name: str, most: int) -> int:
    text = cell.get(name, "")
    return min(max(int(text), 1), most) if text.isdecimal() and len(text) < 6 else 1
