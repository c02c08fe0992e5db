"""The provisions of one instrument as elements of Akoma Ntoso, each in its part of the document (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

from corpus.akn.lines import Part
from corpus.akn.words import Words
from corpus.eids import eid, slug
from corpus.keywords import part_of
from corpus.model import Clause, Span
from corpus.readable import readable

OF_WORDS = frozenset("p num heading subheading crossHeading".split())  # elements in which white space counts
_HIERARCHY = frozenset("hcontainer section paragraph".split())


@dataclass
class Node:
    """A provision or container in the making. ``head`` are its number and headings, ``lines`` its own words; its
    ``children`` come after them. ``row`` is where it begins, in a comparison table."""

    tag: str
    row: int
    attributes: dict[str, str] = field(default_factory=dict)
    head: list[Element] = field(default_factory=list)
    lines: list[Element] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    clause: Clause | None = None

    def element(self, row: int = 1) -> Element:
        """The element; ``row`` is that of what it stands in."""
        tag, attributes = self.tag, dict(self.attributes)
        if self.row != row:
            attributes["clauseqa:row"] = str(self.row)
        if tag == "recitals" and not self.children:  # AKN has none without a recital
            tag = "container"
            attributes["name"] = "recital-group"
            for heading in self.head:
                heading.tag = "p"
        element = Element(tag, attributes)
        element.extend(self.head)
        if tag in OF_WORDS:
            element.text, element[:] = self.lines[0].text, self.lines[0][:]
        elif tag in _HIERARCHY and self.lines:
            SubElement(element, "intro" if self.children else "content").extend(self.lines)
        else:
            element.extend(self.lines)
        inside = SubElement(element, "blockList") if self.children and tag in ("recital", "item") else element
        inside.extend(child.element(self.row) for child in self.children)
        return element

    def walk(self) -> Iterator[Node]:
        """The node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Annex:
    """An attachment, and what is in it."""

    node: Node
    body: list[Node] = field(default_factory=list)


class Tree:
    """Puts the parts of one instrument in their places, in their order; the state is what is open."""

    def __init__(self, words: Words, clauses: Iterable[Clause]) -> None:
        self.preface: list[Node] = []
        self.preamble: list[Node] = []
        self.body: list[Node] = []
        self.annexes: list[Annex] = []
        self._words = words
        self._eids = {_eid(clause) for clause in clauses}
        self._written: set[str] = set()
        self._container: Node | None = None
        self._open: list[Node] = []  # the clauses that a nested item may belong to, outermost first
        self._before: Part | None = None

    def nodes(self) -> Iterator[Node]:
        """Every node but the attachments."""
        for zone in (self.preface, self.preamble, self.body, *(annex.body for annex in self.annexes)):
            for node in zone:
                yield from node.walk()

    def add(self, part: Part) -> None:
        """Add the next part."""
        match part.role:
            case "title" if not (self.preamble or self.body or self.annexes):
                self._title(part)
            case "formula" if not (self.body or self.annexes):
                name = {"name": "enactingFormula", "eId": self._free("formula_1")}
                self.preamble.append(Node("formula", part.row, name, lines=[self._element("p", part)]))
            case "section" | "heading" | "principle":
                self._heading(part)
            case "annex":
                name = {"eId": self._free(eid(part.path))}
                self.annexes.append(Annex(Node("attachment", part.row, name, [self._element("num", part)])))
                self._container, self._open = None, []
            case "clause" if part.clause:
                self._clause(part, part.clause)
            case "rest" if self._open:
                self._open[-1].lines.append(self._element("p", part))
            case _:
                self._other(part)
        self._before = part

    def _element(self, tag: str, part: Part) -> Element:
        goes_on = self._before is not None and bool(self._before.breaks)
        return self._words.write(Element(tag), list(_without(part.spans, part.label)), part.breaks or (), goes_on)

    def _num(self, part: Part) -> list[Element]:
        return [self._words.write(Element("num"), part.label)] if part.label else []

    def _free(self, name: str) -> str:
        """``name``, numbered where something has it already."""
        free, n = name, 1
        while free in self._eids:
            n += 1
            free = f"{name}_{n}"
        self._eids.add(free)
        return free

    def _place(self, node: Node, zone: list[Node]) -> None:
        (self.annexes[-1].body if self.annexes else zone).append(node)

    def _title(self, part: Part) -> None:
        line = Element("p")
        title = self._words.write(SubElement(line, "docTitle" if self.preface else "docNumber"), part.spans)
        self._words.write(line, (), part.breaks or ())
        if len(title) or title.text:
            self.preface.append(Node("p", part.row, lines=[line]))

    def _heading(self, part: Part) -> None:
        heading = self._element("num" if part.role == "principle" else "heading", part)
        before = self._before
        if part.role == "section" and before and before.role == "section" and self._container:
            self._container.head.append(heading)  # the other version's
            return
        attributes = {"eId": self._free(eid(part.path))}
        zone = self.body
        if part.role == "heading":
            tag = "section"
        elif part.role == "section" and self._is_recital(part.path[0].num):
            tag, zone = "recitals", self.preamble
        else:
            tag = "hcontainer"
            attributes = {"name": "principle" if part.role == "principle" else slug(part.path[0].num), **attributes}
        node = Node(tag, part.row, attributes, [*self._num(part), heading])
        self._place(node, zone)
        self._container, self._open = node, []

    def _is_recital(self, keyword: str) -> bool:
        return part_of(keyword) == "preamble" and not self.body and not self.annexes

    def _clause(self, part: Part, clause: Clause) -> None:
        if part.spans[0].start <= clause.heading_span.start < clause.span.start:  # its keyword opens it
            self._opened(part, clause)
        while self._open and not _is_below(clause, self._open[-1].clause):
            self._open.pop()
        above = self._open[-1] if self._open else self._container
        tag = {"recitals": "recital", "recital": "item", "item": "item"}.get(above.tag if above else "", "paragraph")
        attributes = {}
        if tag == "paragraph" and clause.path[-1].kind == "note":
            tag, attributes["name"] = "hcontainer", "note"
        if clause.id not in self._written:  # it may begin on one line in force, and on another as proposed
            attributes["eId"] = _eid(clause)
            self._written.add(clause.id)
        if clause.status == "uncertain":
            attributes["status"] = "unknown"
        node = Node(tag, part.row, attributes, self._num(part), [self._element("p", part)], clause=clause)
        if above:
            above.children.append(node)
        else:
            self._place(node, self.body)
        self._open.append(node)

    def _opened(self, part: Part, clause: Clause) -> None:
        """Make room for a clause in a section without a heading."""
        self._open = []
        if not self._is_recital(clause.path[0].num):
            self._container = None
        elif not (self._container and self._container.tag == "recitals" and not self._container.head):
            self._container = Node("recitals", part.row)
            self.preamble.append(self._container)

    def _other(self, part: Part) -> None:
        annex = self.annexes[-1] if self.annexes else None
        if annex and not annex.body:
            origin = readable(self._words.marked.document.at(part.spans[0])).startswith("(to ")
            if origin or part.role == "annex title":
                annex.node.head.append(self._element("subheading" if origin else "heading", part))
                return
        node = Node("p", part.row, lines=[self._element("p", part)])
        if not len(node.lines[0]) and not node.lines[0].text:
            return
        if self._container:
            node.tag = "recital" if self._container.tag == "recitals" else "crossHeading"
            self._container.children.append(node)
        else:
            self._place(node, self.body or self.preamble or self.preface)
        self._open = []


def _eid(clause: Clause) -> str:
    return clause.id.removeprefix(f"{clause.instrument}/")


def _is_below(clause: Clause, above: Clause | None) -> bool:
    """Is ``clause`` an item nested in ``above``?"""
    if above is None or above.path[-1].kind != "item":
        return False
    return len(above.path) < len(clause.path) and clause.path[: len(above.path)] == above.path


def _without(spans: Iterable[Span], cut: Sequence[Span]) -> Iterator[Span]:
    """``spans`` less ``cut``."""
    for start, end in spans:
        at = start
        for gap in cut:
            if at <= gap.start < end:
                yield Span(at, gap.start)
                at = gap.end
        yield Span(at, end)
