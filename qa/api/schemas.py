"""What HTTP takes and gives where a question is asked, and ``--json`` prints: the shapes of the contract."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from corpus.model import Clause, Instrument, Span
from qa.filters import NAMES
from qa.model import (
    DEFAULT_K,
    MAX_K,
    MAX_QUESTION,
    Answer,
    Author,
    Evidence,
    FellBack,
    Interpretation,
    Version,
    Written,
)


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Values = Annotated[list[Annotated[str, Field(strict=True, max_length=200)]], BeforeValidator(_as_list)]


class AskRequest(BaseModel):
    """A question. Filter values may be given as people write them ("WTSA Resolution 18")."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"question": "who reports annually to TSAG?", "k": 5}]}
    )

    question: Annotated[str, Field(strict=True, description="in words; 2000 characters at most")]
    k: Annotated[int, Field(strict=True, ge=1, le=MAX_K, description="how many citations")] = DEFAULT_K
    filters: Annotated[dict[str, Values], Field(description=f"any of: {', '.join(NAMES)}", max_length=20)] = {}
    version: Annotated[Version, Field(description="which text: in force, proposed, or both, each marked")] = "all"
    before: Annotated[
        list[Annotated[str, Field(strict=True, max_length=MAX_QUESTION)]],
        Field(max_length=20, description="questions asked before this one, which a follow-up rests on"),
    ] = []
    explain: Annotated[bool, Field(strict=True, description="say where each score comes from")] = False


class Provenance(BaseModel):
    """Where a clause stands. Lines are 1-based and inclusive; characters 0-based, half-open, in the canonical text."""

    document: str
    sha256: str
    body: str
    resolution: str
    revision: str | None
    part: str
    keyword: str | None
    addressee: str | None
    labels: list[str]
    annex: str | None
    row: int
    column: int
    line_start: int
    line_end: int
    char_start: int
    char_end: int

    @classmethod
    def of(cls, clause: Clause, instrument: Instrument, sha256: str, span: Span | None = None) -> Provenance:
        """The provenance of ``clause``, or of the quote at ``span`` in it."""
        start, end = span or clause.span
        first = clause.line_start + clause.text.count("\n", 0, start - clause.span.start)
        return cls(
            document=clause.document,
            sha256=sha256,
            body=instrument.body,
            resolution=instrument.number,
            revision=instrument.revision,
            part=clause.part,
            keyword=clause.keyword,
            addressee=clause.addressee,
            labels=list(clause.labels),
            annex=clause.annex,
            row=clause.row,
            column=clause.column,
            line_start=first,
            line_end=first + clause.text.count("\n", start - clause.span.start, end - clause.span.start),
            char_start=start,
            char_end=end,
        )


class Citation(BaseModel):
    """A clause as evidence, in one version of its words. ``quote`` is the document's text at the span given in
    ``provenance``, to the letter; ``text`` is the whole clause, of which it is a part where a draft amends it.
    ``explain``, where asked for, tells what each part of the fit adds to the log-odds of the score."""

    rank: int
    score: float
    supports_answer: bool
    clause_id: str
    url: str
    reference: str
    quote: str
    text: str
    context: str
    status: str
    version: str
    verified: bool
    provenance: Provenance
    explain: dict[str, float] | None = Field(default=None, exclude_if=lambda shown: shown is None)

    @classmethod
    def of(cls, evidence: Evidence, rank: int, *, explain: bool = False) -> Citation:
        """``evidence`` as the citation with that rank."""
        clause, place = evidence.clause, evidence.quote
        return cls(
            rank=rank,
            score=round(evidence.score, 4),
            supports_answer=evidence.supports_answer,
            clause_id=clause.id,
            url=f"/clauses/{clause.id}",
            reference=evidence.reference,
            quote=clause.at(place),
            text=clause.text_of(evidence.version),
            context=clause.context,
            status=evidence.status,
            version=evidence.version,
            verified=evidence.verified,
            provenance=Provenance.of(clause, evidence.instrument, evidence.sha256, place),
            explain={name: round(value, 4) for name, value in evidence.parts.items()} if explain else None,
        )


class InterpretationOut(BaseModel):
    """How the question was understood."""

    slot: str
    text: str
    version: str
    bodies: list[str]
    bearer: list[str]
    recipient: list[str]
    modality: str | None
    frequency: str | None
    yes_no: bool
    negated: bool
    references: list[dict[str, Any]]
    corrected: dict[str, str]

    @classmethod
    def of(cls, interpretation: Interpretation) -> InterpretationOut:
        """``interpretation`` as it is shown."""
        return cls(
            slot=interpretation.slot,
            text=interpretation.text,
            version=interpretation.version,
            bodies=list(interpretation.bodies),
            bearer=list(interpretation.bearer),
            recipient=list(interpretation.recipient),
            modality=interpretation.modality,
            frequency=interpretation.frequency,
            yes_no=interpretation.polar,
            negated=interpretation.negated,
            references=[
                {name: value for name in r.__slots__ if (value := getattr(r, name))} for r in interpretation.references
            ],
            corrected=dict(interpretation.corrected),
        )


class IndexRef(BaseModel):
    """Which index answered."""

    id: str


class WrittenOut(BaseModel):
    """How an answer's text came about. ``tries`` is how often a language model was asked for it; ``fell_back`` says why
    its answer was not taken: it did not hold against the clauses (``check``), it took too long (``timeout``), too many
    asked at once (``busy``), or it gave nothing that could be used (``failure``)."""

    by: Author = Field(description="composed of quotations, or by the language model and checked against the clauses")
    tries: int
    fell_back: FellBack | None

    @classmethod
    def of(cls, written: Written) -> WrittenOut:
        """``written`` as HTTP gives it."""
        return cls(by=written.by, tries=written.tries, fell_back=written.fell_back)


class AskResponse(BaseModel):
    """An answer with the k best clauses in rank order, whether or not it was answered."""

    question: str
    answered: bool
    confidence: float
    answer: str
    citations: list[Citation]
    interpretation: InterpretationOut
    index: IndexRef
    took_ms: float
    written: WrittenOut

    @classmethod
    def of(cls, answer: Answer, *, explain: bool = False) -> AskResponse:
        """``answer`` as HTTP gives it."""
        return cls(
            question=answer.question.text,
            answered=answer.answered,
            confidence=round(answer.confidence, 4),
            answer=answer.text,
            citations=[Citation.of(e, rank, explain=explain) for rank, e in enumerate(answer.evidence, 1)],
            interpretation=InterpretationOut.of(answer.interpretation),
            index=IndexRef(id=answer.index_id),
            took_ms=round(answer.took_ms, 2),
            written=WrittenOut.of(answer.written),
        )


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
