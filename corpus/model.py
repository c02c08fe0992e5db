"""The values that pass between the stages: all frozen, none knows how it was read or will be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Part = Literal["preamble", "operative", "annex", "footnote"]
Status = Literal["in_force", "proposed", "deleted", "uncertain"]

PARTS: tuple[Part, ...] = ("preamble", "operative", "annex", "footnote")
STATUSES: tuple[Status, ...] = ("in_force", "proposed", "deleted", "uncertain")


class Span(NamedTuple):
    """Half-open character range ``[start, end)`` into a document's canonical text, 0-based."""

    start: int
    end: int


NOWHERE = Span(0, 0)


class Line(NamedTuple):
    """One line of a cell: its 1-based number, its text without the cell mark, and where that text starts."""

    number: int
    text: str
    start: int


class Cell(NamedTuple):
    """A run of lines that belong together: a table cell, or the whole of a document without a table."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One source file. ``text`` is canonical: every span of every clause points into it."""

    name: str
    sha256: str
    text: str
    cells: tuple[Cell, ...] = field(repr=False)

    def at(self, span: Span) -> str:
        """The verbatim words at ``span``."""
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One resolution in one version.

    ``revision`` is what stands in brackets in its heading ("Rev. New Delhi, 2024"); ``adopted`` what its enacting
    formula says, which may differ. ``draft`` is true when the text is a draft revision, so that a clause of it may
    be a mere proposal; ``draft_of`` then names the place and year proposed.
    """

    id: str
    body: str
    number: str
    revision: str | None
    title: str
    adopted: str | None
    draft: bool = False
    draft_of: str | None = None
    column: int = 1
    span: Span = NOWHERE

    @property
    def name(self) -> str:
        """As ITU cites it: ``Resolution 18 (Rev. New Delhi, 2024)``, ``Resolution ITU-R 75 (2023)``."""
        number = f"ITU-R {self.number}" if self.body == "RA" else self.number
        return f"Resolution {number}" + (f" ({self.revision})" if self.revision else "")


class Step(NamedTuple):
    """One step of the way from an instrument down to a clause.

    ``kind`` is one of section (``num`` the keyword, ``addressee`` beside it), annex, heading (a numbered heading
    inside an annex), principle, note, item (``num`` a printed label without its bracket) and paragraph (``num`` its
    place among the unlabelled paragraphs at the same level, counted from 1).
    """

    kind: Literal["section", "annex", "heading", "principle", "note", "item", "paragraph", "footnote"]
    num: str
    addressee: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """The smallest citable unit, with its provenance.

    ``text`` is the document's text at ``span``, to the letter; list punctuation at its end (``;`` and ``,``) is left
    out of both. ``heading`` is the section heading or annex title; ``lead_in`` the words that a nested item hangs on.
    ``labels`` are those in force where the clause is in force, else those proposed; ``labels_proposed`` and
    ``keyword_proposed`` are set where a draft gives the clause another number, or its section another keyword.
    """

    id: str
    instrument: str
    document: str
    reference: str
    part: Part
    path: tuple[Step, ...]
    text: str
    span: Span
    line_start: int
    line_end: int
    row: int
    column: int
    heading: str
    lead_in: str | None = None
    status: Status = "in_force"
    labels_proposed: tuple[str, ...] | None = None
    keyword_proposed: str | None = None
    evidence: str | None = None

    def step(self, kind: str) -> Step | None:
        """The first step of that kind on the clause's path."""
        return next((s for s in self.path if s.kind == kind), None)

    @property
    def keyword(self) -> str | None:
        """The section's keyword, e.g. ``instructs``."""
        section = self.step("section")
        return section.num if section else None

    @property
    def addressee(self) -> str | None:
        """Whom the section's heading names, e.g. ``the Secretary-General``."""
        section = self.step("section")
        return section.addressee if section else None

    @property
    def annex(self) -> str | None:
        """The annex's number or letter."""
        annex = self.step("annex")
        return annex.num if annex else None

    @property
    def labels(self) -> tuple[str, ...]:
        """The label path as printed: ``("2", "i)")``; in an annex also ``("Principle 2", "NOTE 1")``."""
        printed = {"item": printed_label, "principle": "Principle {}".format, "note": "NOTE {}".format}
        return tuple(printed[s.kind](s.num) for s in self.path if s.kind in printed)

    @property
    def context(self) -> str:
        """What a reader must know before the quote: the heading, and the lead-in of a nested item."""
        return self.heading if self.lead_in is None else f"{self.heading}: {self.lead_in}"


def printed_label(num: str) -> str:
    """``2`` prints bare, letters and roman numerals with their bracket: ``a`` -> ``a)``."""
    return num if num[0].isdigit() else f"{num})"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a document that a person should know of: not understood, mended or contradictory."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """What one document holds. ``footnotes`` are clauses of part ``footnote``; they are not counted as clauses."""

    document: Document
    instruments: tuple[Instrument, ...]
    clauses: tuple[Clause, ...]
    footnotes: tuple[Clause, ...]
    remarks: tuple[Remark, ...] = ()

    def instrument_of(self, clause: Clause) -> Instrument:
        """The instrument that ``clause`` belongs to."""
        return self.by_id[clause.instrument]

    @property
    def by_id(self) -> Mapping[str, Instrument]:
        """Instruments by id."""
        return {i.id: i for i in self.instruments}
