"""The register as HTTP gives it, and ``clauseqa obligations --format json`` prints it."""

from __future__ import annotations

from pydantic import BaseModel, Field

from corpus.bodies import bodies
from corpus.model import Phrase, Span
from index.store import Registered
from qa.answer import Answerer
from qa.api.schemas import Provenance
from qa.register import RegisterPage


class BodyRef(BaseModel):
    """A body of the Union; ``acronym`` is null where it has none."""

    id: str
    name: str
    acronym: str | None

    @classmethod
    def of(cls, body_id: str) -> BodyRef:
        """The body with that id."""
        body = bodies()[body_id]
        return cls(id=body.id, name=body.name, acronym=body.acronym)


class Characters(BaseModel):
    """Half-open span of characters in the canonical text, 0-based."""

    char_start: int
    char_end: int

    @classmethod
    def of(cls, span: Span) -> Characters:
        """``span`` as it is shown."""
        return cls(char_start=span.start, char_end=span.end)


class Spans(BaseModel):
    """Where the phrases stand; what stands in no words is null."""

    bearer: Characters | None
    action: Characters
    object: Characters | None
    recipient: Characters | None
    frequency: Characters | None
    deadline: Characters | None
    condition: list[Characters]


class ObligationItem(BaseModel):
    """One duty, recommendation, permission or prohibition.

    ``quote`` is the document's text at the span given in ``provenance``, to the letter; the other texts are readable,
    and ``spans`` says where they were read.
    """

    clause_id: str
    url: str
    reference: str
    status: str = Field(description="of the words it was read from: in_force, proposed, deleted or uncertain")
    version: str = Field(description="of the text that it was read from: in_force or proposed")
    modality: str
    bearer: list[BodyRef]
    bearer_text: str | None = Field(description="null where the text implies the bearer")
    action: str
    object: str | None
    recipient: list[BodyRef]
    recipient_text: str | None
    frequency: str | None
    deadline: str | None
    condition: list[str]
    quote: str
    matched: str | None = Field(
        description="direct: names the bodies asked for; implied: reaches them as members of one that it names; null "
        "where no bearer or recipient was asked for"
    )
    spans: Spans
    provenance: Provenance

    @classmethod
    def of(cls, row: Registered, answerer: Answerer) -> ObligationItem:
        """``row`` as an item. Raises :class:`~corpus.errors.BundleDamaged` where its clause is not in the document."""
        clause, obligation = row.clause, row.obligation
        evidence = answerer.evidence_for(clause, obligation.version)
        return cls(
            clause_id=clause.id,
            url=f"/clauses/{clause.id}",
            reference=evidence.reference,
            status=evidence.status,
            version=obligation.version,
            modality=obligation.modality,
            bearer=[BodyRef.of(i) for i in obligation.bearer],
            bearer_text=_text(obligation.bearer_phrase),
            action=obligation.action.text,
            object=_text(obligation.object),
            recipient=[BodyRef.of(i) for i in obligation.recipient],
            recipient_text=_text(obligation.recipient_phrase),
            frequency=obligation.frequency,
            deadline=_text(obligation.deadline),
            condition=[phrase.text for phrase in obligation.condition],
            quote=row.quote,
            matched=None if row.direct is None else "direct" if row.direct else "implied",
            spans=Spans(
                bearer=_span(obligation.bearer_phrase),
                action=Characters.of(obligation.action.span),
                object=_span(obligation.object),
                recipient=_span(obligation.recipient_phrase),
                frequency=_span(obligation.frequency_phrase),
                deadline=_span(obligation.deadline),
                condition=[Characters.of(phrase.span) for phrase in obligation.condition],
            ),
            provenance=Provenance.of(clause, evidence.instrument, evidence.sha256, obligation.quote),
        )


def _text(phrase: Phrase | None) -> str | None:
    return phrase.text if phrase else None


def _span(phrase: Phrase | None) -> Characters | None:
    return Characters.of(phrase.span) if phrase else None


class ObligationList(BaseModel):
    """A page of the register."""

    items: list[ObligationItem]
    total: int
    limit: int
    offset: int

    @classmethod
    def of(cls, page: RegisterPage, answerer: Answerer) -> ObligationList:
        """``page`` as HTTP gives it."""
        items = [ObligationItem.of(row, answerer) for row in page.rows]
        return cls(items=items, total=page.total, limit=page.limit, offset=page.offset)
