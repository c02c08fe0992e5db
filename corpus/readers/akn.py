"""Akoma Ntoso: every block of words becomes a line, its number before it; ``<ins>`` and ``<del>`` are tracked changes.

Any element that is not inline begins a line, so that acts, bills and statements read alike; what a provision is, stays
the grammar's to say. Line breaks (``<eol/>``) at the end of a block tell in which version the line ends there, see
:mod:`corpus.akn.lines`; elsewhere they are spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from xml.etree.ElementTree import Element

from corpus.akn.meta import OWN
from corpus.errors import Unreadable
from corpus.keywords import match_heading, match_opening
from corpus.labels import match_label
from corpus.model import Cell, Confidence, Document, Ground, Line
from corpus.readable import readable
from corpus.readers.canonical import IN_FORCE, MAX_PARAGRAPHS, PLAIN, PROPOSED, Mark, Paragraph, Run, make_document
from corpus.readers.limits import parse_xml
from corpus.titles import ADOPTING, is_title, opens_a_resolution

_INLINE = frozenset(
    "a abbr affectedDocument argument authorialNote b change concept courtType date decoration def del docAuthority "
    "docCommittee docDate docIntroducer docJurisdiction docNumber docProponent docPurpose docStage docStatus docTitle "
    "docType docketNumber embeddedText entity eol eop event fillIn i inline ins judge lawyer legislature location mmod "
    "mod mref neutralCitation noteRef object omissis opinion organization outcome party person placeholder process "
    "quantity quotedText recordedTime ref relatedDocument remark rmod role rref session shortTitle signature span sub "
    "sup term time u vote".split()
)
_SILENT = frozenset("meta toc presentation componentRef documentRef".split())
# Blocks within a provision; all others open one, and what they open stands apart from what is before it.
_WITHIN = frozenset("block blockList content heading intro list num ol p subheading table tr ul wrapUp".split())
_EMPHASIS = frozenset("b concept i inline span term u".split())
_COLLECTIONS = ("documentCollection", "officialGazette")
_PEOPLE = ("TLCPerson", "TLCRole", "TLCOrganization")
_SPACES = re.compile(r"[ \t\n\r]+")
_NUM = re.compile(r"\(?(?P<num>\d{1,4}(?:\.\d{1,4})*|[a-z]{1,4})[.)]*")
_NUMBER = re.compile(r"\d+(?:[-/]\d+)*")
_MOST_ROWS, _MOST_COLUMNS = 10_000, 63
_CONFIDENCES: Mapping[str | None, Confidence] = {"high": "high", "medium": "medium", "low": "low"}


@dataclass(frozen=True, slots=True)
class _Read:
    """A line with the breaks that are told of it. ``apart`` says that it opens a provision, ``row`` where in a table it
    stands, ``ground`` what its version rests on."""

    runs: tuple[Run, ...]
    breaks: tuple[Mark, ...] = ()
    apart: bool = True
    row: int = 1
    ground: Ground | None = None

    def text(self, *versions: int) -> str:
        """Its words in all of ``versions``."""
        return "".join(text for text, mark in self.runs if all(mark.versions[v] for v in versions))


def read_akn(raw: bytes, name: str) -> Document:
    """The document in the XML ``raw`` named ``name``; nothing outside it is fetched. Raises :class:`Unreadable` where
    it is no Akoma Ntoso, has a document type, or goes beyond the bounds of :mod:`corpus.readers.limits`."""
    root = parse_xml(raw, name)
    if _tag(root) != "akomaNtoso":
        raise Unreadable(f"{name} is XML with the root <{_tag(root)}>; of XML only Akoma Ntoso can be read")
    documents = list(_held(root))
    opening = [line for part in _before(root) for line in _Reader(root, name).read(part)]
    texts = [
        (_own(d, "column", "number", _MOST_COLUMNS, name), _titled(d, len(documents) > 1, name)) for d in documents
    ]
    width = _own(root, "table", "columns", _MOST_COLUMNS, name)
    if width > 1 and sorted(column for column, _ in texts) == list(range(1, width + 1)):
        cells = _cells(dict(texts), width)
        lines = [_paragraphs(opening), *(_paragraphs(cell, PLAIN) for cell in cells)]
        read = [*opening, *chain.from_iterable(cells)]
    else:
        read = [*opening, *(line for _, found in texts for line in found)]
        lines = [_paragraphs(read)]
    document = make_document(chain.from_iterable(lines), raw, name)
    numbers = (number for number, line in enumerate(document.text.split("\n"), 1) if line.strip())
    grounds = {number: line.ground for number, line in zip(numbers, read, strict=True) if line.ground}
    return replace(document, grounds=grounds)


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _held(element: Element) -> Iterator[Element]:
    """The documents in ``element``, in order; not those that are parts of one."""
    for child in element:
        if _tag(child) not in _COLLECTIONS and any(_tag(part) == "meta" for part in child):
            yield child
        elif _tag(child) != "meta":
            yield from _held(child)


def _before(root: Element) -> Iterator[Element]:
    """What stands before the documents of a collection."""
    for main in root:
        if _tag(main) in _COLLECTIONS:
            yield from (part for part in main if _tag(part) in ("coverPage", "preface", "preamble"))


def _own(document: Element, tag: str, attribute: str, most: int, name: str) -> int:
    """A number of our own metadata; 0 where there is none."""
    element = next(document.iter(f"{{{OWN}}}{tag}"), None)
    return 0 if element is None else _number(element.get(attribute, ""), most, name)


def _number(text: str, most: int, name: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,6}", text, re.A) or int(text) > most:
        raise Unreadable(f"{name}: a table in it has a row or column {text[:20]!r}; mend it to a number up to {most:,}")
    return int(text)


def _cells(columns: Mapping[int, Sequence[_Read]], width: int) -> list[list[_Read]]:
    """The cells of a comparison table, row by row."""
    cells: dict[tuple[int, int], list[_Read]] = {}
    for column, lines in columns.items():
        for line in lines:
            cells.setdefault((line.row, column), []).append(line)
    last = max((row for row, _ in cells), default=0)
    return [cells.get((row, column), []) for row in range(1, last + 1) for column in range(1, width + 1)]


def _paragraphs(lines: Sequence[_Read], cell: Mark | None = None) -> Iterator[Paragraph]:
    """``lines`` with their breaks: where none are told, a line ends in the versions that have words in it, and an empty
    one stands before each provision."""
    begun, told = [False, False], True
    if cell and not lines:
        yield Paragraph(cell=cell)
    for line in lines:
        if line.apart and not told:
            yield Paragraph()
        begun = [has or bool(line.text(version).strip()) for version, has in enumerate(begun)]
        same = (m for text, m in reversed(line.runs) if text.strip() and list(m.versions) == begun)
        ends = line.breaks or (next(same, PLAIN.only(*begun)),)
        yield Paragraph(line.runs, ends[0], cell)
        yield from (Paragraph(end=end) for end in ends[1:])
        begun = [has and not any(end.versions[version] for end in ends) for version, has in enumerate(begun)]
        told, cell = bool(line.breaks), None


def _titled(document: Element, many: bool, name: str) -> list[_Read]:
    """The lines of ``document`` under the heading of a resolution, made from its metadata where its text has none; of
    several, each heading opens a resolution."""
    lines = _Reader(document, name).read(document)
    for n, line in enumerate(lines):
        if any(_is_title(text) for text in (line.text(), line.text(0), line.text(1))):
            first, *rest = line.runs
            if many and not opens_a_resolution(readable(line.text())) and first.text.startswith("Resolution"):
                lines[n] = replace(
                    line, runs=(first._replace(text=first.text.replace("Resolution", "RESOLUTION", 1)), *rest)
                )
            return lines
    work = next((e for e in document.iter() if _tag(e) == "FRBRWork"), None)
    known = {} if work is None else {_tag(e): e for e in reversed(work)}
    number = _NUMBER.search(known["FRBRnumber"].get("value", "")) if "FRBRnumber" in known else None
    if number is None or "resolution" not in document.get("name", "").lower():
        return lines
    year = known["FRBRdate"].get("date", "")[:4] if "FRBRdate" in known else ""
    made = [f"RESOLUTION {number[0]}" + (f" ({year})" if year.isdecimal() and year > "1000" else "")]
    if not any(body in line.text() for line in lines for body in ADOPTING):
        shown = " ".join(element.get("showAs", "") for element in document.iter())
        made += [f"The {body}," for body in ADOPTING if body in shown][:1]
    return [*(_Read((Run(text),)) for text in made), *lines]


def _is_title(text: str) -> bool:
    return is_title(Cell((Line(1, text, 0),)))


class _Reader:
    """Walks one document; the state is the line that is being filled."""

    def __init__(self, document: Element, name: str) -> None:
        self._name = name
        self._namespace = str(document.tag).rpartition("}")[0]
        named = {f"#{element.get('eId')}": element for element in document.iter() if element.get("eId")}
        self._people = {name: e.get("showAs", "") for name, e in named.items() if _tag(e) in _PEOPLE}
        self._dates = {name: e.get("date", "") for name, e in named.items() if _tag(e) == "eventRef"}
        self._grounds = {e.get("href", ""): _ground(e) for e in document.iter(f"{{{OWN}}}ground")}
        self._lines: list[_Read] = []
        self._runs: list[Run] = []
        self._notes: list[Run] = []
        self._count = 0  # of notes
        self._num: list[Run] = []
        self._begun = False  # has the line any words yet?
        self._lead: int | None = None  # how many runs the emphasis takes that opens the line
        self._apart = True
        self._ground_at_hand: Ground | None = None

    def read(self, element: Element) -> list[_Read]:
        """The lines of ``element``."""
        self._block(element, PLAIN, 1)
        return self._lines

    def _block(self, element: Element, mark: Mark, row: int) -> None:
        tag = _tag(element)
        row = _number(element.get(f"{{{OWN}}}row", str(row)), _MOST_ROWS, self._name)
        self._finish(row)
        if tag not in _WITHIN:
            self._number_alone(row)
            self._apart = True
        self._ground_at_hand = self._grounds.get(f"#{element.get('eId')}", self._ground_at_hand)
        self._say(element.text, mark)
        for child in element:
            self._child(child, mark, row)
            if tag == "attachment" and _tag(child) == "num":
                self._number_alone(row)
            self._say(child.tail, mark)
        if tag == "num":
            self._num, self._runs = [*self._num, *self._runs], []
            return
        self._finish(row)
        if tag not in _WITHIN:
            self._number_alone(row)
            self._apart = True

    def _child(self, child: Element, mark: Mark, row: int) -> None:
        tag = _tag(child)
        if tag in _SILENT or str(child.tag).rpartition("}")[0] != self._namespace:
            return
        if tag not in _INLINE:
            self._block(child, mark, row)
            return
        opens = tag in _EMPHASIS and not self._begun
        if tag == "eol":
            self._runs.append(Run("\n", mark))
        elif tag in ("authorialNote", "noteRef"):
            self._note(child, mark)
        else:
            if tag in ("docType", "docNumber", "docTitle") and self._runs and not self._runs[-1].text[-1:].isspace():
                self._runs.append(Run(" ", mark))
            mark = self._marked(child, mark)
            self._say(child.text, mark)
            for inner in child:
                self._child(inner, mark, row)
                self._say(inner.tail, mark)
        if opens and self._begun:
            self._lead = len(self._runs)

    def _marked(self, element: Element, mark: Mark) -> Mark:
        """``mark`` for what is in ``element``."""
        kind = {"ins": PROPOSED, "del": IN_FORCE}.get(_tag(element))
        if kind is None:
            return mark
        refers = element.get("refersTo", "").split()
        author = next((self._people[ref] for ref in refers if ref in self._people), None)
        date = next((self._dates[ref] for ref in refers if ref in self._dates), element.get(f"{{{OWN}}}date"))
        return replace(kind, author=author, date=date, moved=element.get("class") == "moved").within(mark)

    def _note(self, element: Element, mark: Mark) -> None:
        """A footnote: its mark here, its words at the end of the line."""
        marker = element.get("marker", "")
        if _tag(element) == "noteRef":
            self._runs += (
                [Run(f"[footnoteRef:{marker}]{marker}", mark)] if re.fullmatch(r"\d{1,4}", marker, re.A) else []
            )
            return
        runs, notes = self._runs, self._notes
        self._runs, self._notes = [], []
        self._words_of(element, mark)
        words, inner = _stripped(self._runs), self._notes
        self._runs, self._notes = runs, notes
        if not any(run.text.strip() for run in words):
            return
        self._count += 1
        marker = marker if re.fullmatch(r"\d{1,4}", marker, re.A) else str(self._count)
        if element.get("class") != "detached":  # from where it is referred to
            self._runs.append(Run(f"[footnoteRef:{self._count}]{marker}", mark))
        self._notes.append(Run(f"[{self._count}: {marker} ", mark))
        self._notes += [Run(text.translate(_NO_BRACKETS), made) for text, made in words]
        self._notes += [Run("]", mark), *inner]

    def _words_of(self, element: Element, mark: Mark) -> None:
        """The words in ``element``, blocks and all, as one run of text."""
        self._say(element.text, mark)
        for child in element:
            if _tag(child) in _INLINE:
                self._child(child, mark, 1)
            else:
                self._say(" ", mark)
                self._words_of(child, mark)
            self._say(child.tail, mark)

    def _say(self, text: str | None, mark: Mark) -> None:
        if text:
            self._runs.append(Run(_SPACES.sub(" ", text), mark))
            self._begun = self._begun or not text.isspace()

    def _finish(self, row: int) -> None:
        """Close the line, if it has any words."""
        (kept, breaks), notes, lead = _broken(self._runs), self._notes, self._lead
        self._runs, self._notes, self._lead, self._begun = [], [], None, False
        if not _said([*kept, *notes]):
            return
        if lead and match_heading(readable("".join(text for text, _ in kept[:lead]))) and _said(kept[lead:]):
            self._add(kept[:lead], [], row)
            kept = kept[lead:]
        elif match_heading(readable("".join(text for text, _ in kept))):
            self._number_alone(row)
        if not (self._lines and self._lines[-1].breaks):
            kept = _stripped(kept)
        if not breaks:
            kept = _stripped([run._replace(text=run.text[::-1]) for run in kept[::-1]])
            kept = [run._replace(text=run.text[::-1]) for run in kept[::-1]]
        num, self._num = self._num, []
        gap = [Run(" ", notes[0].mark)] if notes and not breaks else []
        self._add([*_labelled(_broken(num)[0], kept), *gap, *notes], breaks, row)

    def _number_alone(self, row: int) -> None:
        """A number that has no words beside it."""
        (num, breaks), self._num = _broken(self._num), []
        if _said(num):
            self._add(num, breaks, row)

    def _add(self, runs: Sequence[Run], breaks: Sequence[Mark], row: int) -> None:
        self._lines.append(
            _Read(tuple(filter(_has_version, runs)), tuple(breaks), self._apart, row, self._ground_at_hand)
        )
        self._apart, self._ground_at_hand = False, None
        if len(self._lines) > MAX_PARAGRAPHS:
            raise Unreadable(f"{self._name} has more than {MAX_PARAGRAPHS:,} paragraphs; split it")


_NO_BRACKETS = str.maketrans("[]\n", "() ")


def _ground(element: Element) -> Ground:
    return Ground(element.text or "", element.get("settled") == "true", _CONFIDENCES.get(element.get("confidence")))


def _broken(runs: Sequence[Run]) -> tuple[list[Run], list[Mark]]:
    """``runs`` as one line, and the breaks at its end."""
    end = len(runs)
    while end and runs[end - 1].text == "\n":
        end -= 1
    breaks = [mark for _, mark in runs[end:] if any(mark.versions)]
    return [Run(text.replace("\n", " "), mark) for text, mark in runs[:end]], breaks


def _has_version(run: Run) -> bool:
    return any(run.mark.versions) and run.text != ""


def _said(runs: Sequence[Run]) -> bool:
    return any(run.text.strip() and any(run.mark.versions) for run in runs)


def _stripped(runs: Sequence[Run]) -> list[Run]:
    """``runs`` without the spaces that they begin with."""
    n = next((n for n, run in enumerate(runs) if run.text.strip(" ")), len(runs))
    return [run._replace(text=run.text.lstrip(" ")) if k == n else run for k, run in enumerate(runs) if k >= n]


def _labelled(num: Sequence[Run], words: Sequence[Run]) -> list[Run]:
    """``words`` after their number, which is written as ITU writes it unless the grammar knows it as it is."""
    if not _said(num):
        return list(words)
    said = "".join(text for text, _ in num)
    line = said.strip() + "\t" + "".join(text for text, _ in words)
    found = _NUM.fullmatch(said.strip())
    if found and len({run.mark for run in num}) == 1 and not match_opening(line) and not match_label(line):
        plain = found["num"]
        num = [Run(plain if plain[0].isdigit() else f"{plain})", num[0].mark)]
    versions = (any(run.mark.versions[version] for run in num) for version in (0, 1))
    return [*num, Run("\t", num[-1].mark if len(num) == 1 else PLAIN.only(*versions)), *words]
