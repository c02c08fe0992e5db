"""The values that pass between the stages: all frozen, none knows how it was read or will be stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Part = Literal["preamble", "operative", "annex", "footnote", "passage"]
Status = Literal["in_force", "proposed", "deleted", "uncertain"]
TextVersion = Literal["in_force", "proposed"]
Confidence = Literal["high", "medium", "low"]
Modality = Literal["obligation", "recommendation", "permission", "prohibition"]

PARTS: tuple[Part, ...] = ("preamble", "operative", "annex", "footnote", "passage")
STATUSES: tuple[Status, ...] = ("in_force", "proposed", "deleted", "uncertain")
TEXT_VERSIONS: tuple[TextVersion, ...] = ("in_force", "proposed")
FREQUENCIES = ("annual", "regular", "each-meeting", "continuous", "occasional", "once")
MODALITIES: tuple[Modality, ...] = ("obligation", "recommendation", "permission", "prohibition")


class Span(NamedTuple):
    """Half-open character range ``[start, end)`` into a document's canonical text, 0-based."""

    start: int
    end: int


NOWHERE = Span(0, 0)
NO_BODY = "none"  # of a text that no body has adopted


class Line(NamedTuple):
    """One line of a cell: its 1-based number, its text without the cell mark, and where that text starts."""

    number: int
    text: str
    start: int


class Cell(NamedTuple):
    """A run of lines that belong together: a table cell, or the whole of a document without a table."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a document that a person should know of: not understood, mended or contradictory."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """Words that a draft inserts or strikes; ``author`` and ``date`` (ISO 8601) where the file records them.

    The text in force is the canonical text less what is inserted, the text proposed that less what is deleted.
    ``moved`` marks the halves of a move: deleted where it was, inserted where it goes.
    """

    kind: Literal["inserted", "deleted"]
    span: Span
    author: str | None = None
    date: str | None = None
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What the version of a line's words rests on; ``settled`` is false where some of them remain unknown."""

    evidence: str
    settled: bool = False
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One source file. ``text`` is canonical: every span of every clause points into it.

    ``changes`` are in the order of their spans and do not overlap; ``grounds`` say by line number what they rest on,
    where the file does not record them; ``remarks`` are what its reader left out.
    """

    name: str
    sha256: str
    text: str
    cells: tuple[Cell, ...] = field(repr=False)
    changes: tuple[Change, ...] = ()
    grounds: Mapping[int, Ground] = field(default_factory=dict, repr=False)
    remarks: tuple[Remark, ...] = ()

    def at(self, span: Span) -> str:
        """The verbatim words at ``span``."""
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One resolution in one version; or, of ``body`` ``NO_BODY``, a text of another kind, its number the file's name.

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
        if self.body == NO_BODY:
            return self.number
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
    ``changes`` are the words within ``span`` that belong to one version only; a clause that a draft amends is
    ``in_force`` and has some, and ``span_in_force`` and ``span_proposed`` then bound each of its texts. ``confidence``
    and ``evidence`` say how sure the status of a draft's clause is, and why. ``heading_span`` is where the words of
    the heading stand, ``lead_in_spans`` those of the lead-in, outermost first.
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
    confidence: Confidence | None = None
    changes: tuple[Change, ...] = ()
    span_in_force: Span | None = None
    span_proposed: Span | None = None
    heading_span: Span = NOWHERE
    lead_in_spans: tuple[Span, ...] = ()

    @property
    def versions(self) -> tuple[TextVersion, ...]:
        """The versions with words of their own: of a clause in force the proposed one only if a draft amends it; of
        an uncertain one, both."""
        if self.status == "proposed":
            return ("proposed",)
        return TEXT_VERSIONS if self.status == "uncertain" or self.amended else ("in_force",)

    @property
    def amended(self) -> bool:
        """Does a draft insert or strike words in a clause that stays?"""
        return self.status not in ("proposed", "deleted") and bool(self.changes)

    def pieces(self, version: TextVersion) -> tuple[Span, ...]:
        """The stretches of ``span`` that are text of ``version``: each verbatim, and free of the other version."""
        start, end = (self.span_in_force if version == "in_force" else self.span_proposed) or self.span
        if not self.changes:
            return (Span(start, end),)
        other = "inserted" if version == "in_force" else "deleted"
        cuts = [c.span for c in self.changes if c.kind == other]
        starts = (start, *(max(start, cut.end) for cut in cuts))
        ends = (*(min(end, cut.start) for cut in cuts), end)
        return tuple(Span(a, b) for a, b in zip(starts, ends, strict=True) if a < b)

    def text_of(self, version: TextVersion) -> str:
        """The words of ``version``: the pieces put together."""
        return "".join(map(self.at, self.pieces(version)))

    def at(self, place: Span) -> str:
        """The document's text at ``place``, which lies within the clause's, to the letter."""
        return self.text[place.start - self.span.start : place.end - self.span.start]

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


class Phrase(NamedTuple):
    """Readable words with the span of the canonical text that they were read from."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """What a clause lays on someone, recommends, allows or forbids (the words are LegalRuleML's).

    ``bearer`` and ``recipient`` are ids of bodies, as exact as the text names them; ``bearer_phrase`` is None where
    the text implies the bearer (bare "to continue ..." under *resolves*). ``action`` is the whole predicate without
    its modal verb; ``frequency`` one of :data:`FREQUENCIES`. ``version`` is
    the text it was read from, and ``quote`` a stretch of that text alone.
    """

    clause: str
    version: TextVersion
    modality: Modality
    bearer: tuple[str, ...]
    bearer_phrase: Phrase | None
    action: Phrase
    quote: Span
    object: Phrase | None = None
    recipient: tuple[str, ...] = ()
    recipient_phrase: Phrase | None = None
    frequency: str | None = None
    frequency_phrase: Phrase | None = None
    deadline: Phrase | None = None
    condition: tuple[Phrase, ...] = ()


def printed_label(num: str) -> str:
    """``2`` prints bare, letters and roman numerals with their bracket: ``a`` -> ``a)``."""
    return num if num[0].isdigit() else f"{num})"


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
