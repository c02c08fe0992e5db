"""The words of a line in Akoma Ntoso: changes, references and notes marked, marks of an extraction gone (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from corpus.akn.lines import Marked
from corpus.model import Change, Clause, Span
from corpus.readable import FOOTNOTE_BODY, MARKS

_SPACES = re.compile(r"[ \t\n\r\x0b\x0c\x1c-\x1f\x85]+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?)?")  # as XML Schema writes it
_BOOKMARK, _, _FOOTNOTE_MARK, _SUPERSCRIPT = MARKS


class Reference(NamedTuple):
    """The words at ``span`` refer to what the attributes of ``<ref>`` say."""

    span: Span
    attributes: Mapping[str, str]


class _Token(NamedTuple):
    """Something in a line that is not plain words; ``body`` is that of a footnote."""

    start: int
    end: int
    kind: str
    body: re.Match[str] | None = None
    reference: Reference | None = None


class Words:
    """Writes the words of one instrument into elements; keeps book of who changed them, and when."""

    def __init__(self, marked: Marked, references: Iterable[Reference], footnotes: Iterable[Clause]) -> None:
        self.marked = marked
        self._text = marked.document.text
        self._references = sorted(references, key=lambda r: (r.span.start, -r.span.end))
        self._footnotes = {clause.span.start: clause for clause in footnotes}
        self.people: dict[str, str] = {}  # author -> eId
        self.events: dict[tuple[str, str], str] = {}  # author and date -> eId

    def write(
        self, parent: Element, spans: Sequence[Span], breaks: Sequence[Change | None] = (), goes_on: bool = False
    ) -> Element:
        """Put the words at ``spans``, and the line breaks after them, into ``parent``. Spaces count where a line may go
        on with the one before it, or the next with it."""
        for span in spans:
            self._fill(parent, span, self._tokens(span))
        _strip(parent, not goes_on, not breaks)
        for change in breaks:
            SubElement(self._host(parent, change), "eol")
        return parent

    def _tokens(self, span: Span) -> list[_Token]:
        """What stands out at ``span``, in its order, outer before inner. A footnote goes where it is referred to."""
        bodies = {body["n"]: body for body in FOOTNOTE_BODY.finditer(self._text, *span)}
        marks = list(_FOOTNOTE_MARK.finditer(self._text, *span))
        noted = {num: body for mark in marks if (body := bodies.get(num := _number(mark))) and self._alike(mark, body)}
        found = [_Token(*m.span(), "gone") for m in _BOOKMARK.finditer(self._text, *span)]
        found += [_Token(*m.span(), "note", noted.get(_number(m))) for m in marks]
        found += [_Token(*b.span(), "gone" if num in noted else "note", b) for num, b in bodies.items()]
        found += [_Token(*m.span(), "sup") for m in _SUPERSCRIPT.finditer(self._text, *span)]
        found += [
            _Token(*r.span, "ref", reference=r)
            for r in self._references
            if span.start <= r.span.start and r.span.end <= span.end
        ]
        return sorted(found, key=lambda t: (t.start, -t.end))

    def _alike(self, mark: re.Match[str], body: re.Match[str]) -> bool:
        """Do a footnote and the reference to it belong to the same versions?"""
        one, other = (self.marked.at(found.start()) for found in (mark, body))
        return (one and one.kind) == (other and other.kind)

    def _fill(self, parent: Element, span: Span, tokens: Sequence[_Token]) -> None:
        at = span.start
        for token in tokens:
            if token.start < at or token.end > span.end:
                continue
            self._say(parent, Span(at, token.start))
            inside = Span(token.start, token.end)
            if token.reference:
                within = [t for t in tokens if t.kind != "ref" and inside.start <= t.start and t.end <= inside.end]
                self._fill(SubElement(parent, "ref", dict(token.reference.attributes)), inside, within)
            elif token.kind == "sup":
                self._say(SubElement(parent, "sup"), inside)
            elif token.kind == "note":
                self._note(self._host(parent, self.marked.at(token.start)), token)
            at = token.end
        self._say(parent, Span(at, span.end))

    def _note(self, parent: Element, token: _Token) -> None:
        body = token.body
        if body is None:
            num = re.sub(r"\D", "", self._text[token.start : token.end].partition("]")[0])
            SubElement(parent, "noteRef", {"marker": num, "href": f"#fn_{num}"})
            return
        attributes = {"marker": body["mark"] or body["n"], "placement": "bottom"}
        if token.start == body.start():
            attributes["class"] = "detached"
        if clause := self._footnotes.get(body.start("text")):
            attributes["eId"] = clause.id.removeprefix(f"{clause.instrument}/")
        words = SubElement(SubElement(parent, "authorialNote", attributes), "p")
        outer = self.marked.at(body.start())
        for piece, change in self.marked.pieces(Span(*body.span("text"))):
            _add(self._host(words, None if change == outer else change), self._clean(piece))
        _strip(words)

    def _say(self, parent: Element, span: Span) -> None:
        for piece, change in self.marked.pieces(span):
            if words := self._clean(piece):
                _add(self._host(parent, change), words)

    def _clean(self, span: Span) -> str:
        return _SPACES.sub(" ", self._text[span.start : span.end])

    def _host(self, parent: Element, change: Change | None) -> Element:
        """``parent``, or the element in it for words under ``change``."""
        if change is None:
            return parent
        tag, attributes = "ins" if change.kind == "inserted" else "del", self._made(change)
        if len(parent) and (parent[-1].tag, parent[-1].attrib) == (tag, attributes) and not parent[-1].tail:
            return parent[-1]
        return SubElement(parent, tag, attributes)

    def _made(self, change: Change) -> dict[str, str]:
        """Who made ``change`` and when, as references to the metadata; a date that AKN cannot hold stays as it is."""
        author, date = change.author, change.date
        attributes = {"class": "moved"} if change.moved else {}
        if author is not None:
            person = self.people.setdefault(author, f"person_{len(self.people) + 1}")
            attributes["refersTo"] = f"#{person}"
            if date and _is_date(date):
                event = self.events.setdefault((author, date), f"event_{len(self.events) + 1}")
                attributes["refersTo"] += f" #{event}"
                return attributes
        if date is not None:
            attributes["clauseqa:date"] = date
        return attributes


def _number(mark: re.Match[str]) -> str:
    """The number in ``[footnoteRef:2]2`` by which its body goes."""
    return mark[0].partition("]")[0].rpartition(":")[2]


def _is_date(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return _DATE.fullmatch(text) is not None


def _add(parent: Element, words: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + words
    else:
        parent.text = (parent.text or "") + words


def _strip(parent: Element, left: bool = True, right: bool = True) -> None:
    """Take out the spaces at its beginning and end."""
    first = last = parent
    while not first.text and len(first):
        first = first[0]
    if left:
        first.text = (first.text or "").lstrip(" ") or None
    while len(last) and not last[-1].tail:
        last = last[-1]
    if right and len(last):
        last[-1].tail = (last[-1].tail or "").rstrip(" ")
    elif right:
        last.text = (last.text or "").rstrip(" ") or None
