"""What HTTP takes and gives, and ``--json`` prints: the shapes of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)

from corpus.model import TEXT_VERSIONS, Clause, Corpus, Instrument, Span
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


class FilterParameters(BaseModel):
    """The filters of a list, each with one or more values as people write them."""

    model_config = ConfigDict(extra="forbid")

    resolution: Values = []
    body: Values = []
    part: Values = []
    keyword: Values = []
    annex: Values = []
    modality: Values = []
    bearer: Values = []
    recipient: Values = []
    frequency: Values = []
    version: Version = "all"

    def filters(self) -> dict[str, tuple[str, ...]]:
        """The filters that were given."""
        return {name: tuple(values) for name in NAMES if (values := getattr(self, name))}


class SearchParameters(FilterParameters):
    """What ``GET /v1/search`` takes; ``k`` is another name for ``limit``."""

    q: str = Field("", description="a question or keywords")
    limit: int = Field(10, ge=1, le=MAX_K)
    k: int | None = Field(None, ge=1, le=MAX_K)
    offset: int = Field(0, ge=0, le=MAX_K)
    explain: bool = Field(False, description="say where each score comes from")


class ClauseParameters(FilterParameters):
    """What ``GET /v1/clauses`` takes."""

    limit: int = Field(50, ge=1, le=500)
    offset: int = Field(0, ge=0, le=1_000_000)


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


class ClauseItem(BaseModel):
    """A clause. ``text`` is the document's text at the span given, to the letter; of a clause that a draft amends that
    is the words of both versions, or where one is asked for the words of that one. ``text_in_force`` and
    ``text_proposed`` are what each version reads, null where it has no such clause or there is no draft. ``context`` is
    what the clause stands under."""

    clause_id: str
    url: str
    reference: str
    text: str
    context: str
    status: str
    text_in_force: str | None
    text_proposed: str | None
    evidence: str | None = Field(description="why a clause of a draft has its status")
    confidence: str | None = Field(description="how sure the status of a draft's clause is: high, medium or low")
    labels_proposed: list[str] | None = Field(description="the number that a draft gives to a clause in force")
    keyword_proposed: str | None = Field(description="the keyword that a draft gives to its section")
    provenance: Provenance

    @classmethod
    def of(cls, clause: Clause, instrument: Instrument, sha256: str, version: Version = "all") -> ClauseItem:
        """``clause`` as an item of a list; ``version`` is the one asked for."""
        stands = {"in_force": clause.status != "proposed", "proposed": instrument.draft and clause.status != "deleted"}
        texts = {v: clause.text_of(v) if stands[v] else None for v in TEXT_VERSIONS}
        return cls(
            clause_id=clause.id,
            url=f"/clauses/{clause.id}",
            reference=clause.reference,
            text=clause.text if version == "all" else clause.text_of(version),
            context=clause.context,
            status=clause.status,
            text_in_force=texts["in_force"],
            text_proposed=texts["proposed"],
            evidence=clause.evidence,
            confidence=clause.confidence,
            keyword_proposed=clause.keyword_proposed,
            labels_proposed=list(clause.labels_proposed) if clause.labels_proposed else None,
            provenance=Provenance.of(clause, instrument, sha256),
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
    explain: dict[str, float] | None = None

    @model_serializer(mode="wrap")
    def _without_explanation(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        shown: dict[str, Any] = serialize(self)
        if self.explain is None:
            shown.pop("explain", None)
        return shown

    @classmethod
    def of(cls, evidence: Evidence, rank: int, *, explain: bool = False) -> Citation:
        """``evidence`` as the citation with that rank."""
        clause = evidence.clause
        return cls(
            rank=rank,
            score=round(evidence.score, 4),
            supports_answer=evidence.supports_answer,
            clause_id=clause.id,
            url=f"/clauses/{clause.id}",
            reference=evidence.reference,
            quote=evidence.quoted,
            text=clause.text_of(evidence.version),
            context=clause.context,
            status=evidence.status,
            version=evidence.version,
            verified=evidence.verified,
            provenance=Provenance.of(clause, evidence.instrument, evidence.sha256, evidence.quote),
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


class SearchResponse(BaseModel):
    """Hits without an answer."""

    items: list[Citation]
    total: int
    limit: int
    offset: int
    interpretation: InterpretationOut
    index: IndexRef

    @classmethod
    def of(
        cls, asked: Interpretation, found: Sequence[Evidence], index_id: str, *, limit: int, offset: int, explain: bool
    ) -> Self:
        """A page of what was ``found``, best first; its ranks are those of the whole."""
        page = found[offset : offset + limit]
        return cls(
            items=[Citation.of(evidence, rank, explain=explain) for rank, evidence in enumerate(page, offset + 1)],
            total=len(found),
            limit=limit,
            offset=offset,
            interpretation=InterpretationOut.of(asked),
            index=IndexRef(id=index_id),
        )


class ClauseList(BaseModel):
    """A page of clauses in the order of their documents."""

    items: list[ClauseItem]
    total: int
    limit: int
    offset: int


class InstrumentItem(BaseModel):
    """A resolution in one version. ``draft_of`` names the place and year that a draft revision is proposed for."""

    id: str
    body: str
    resolution: str
    revision: str | None
    name: str
    title: str
    adopted: str | None
    draft: bool
    draft_of: str | None
    column: int

    @classmethod
    def of(cls, instrument: Instrument) -> InstrumentItem:
        """``instrument`` as an item of a list."""
        return cls(
            id=instrument.id,
            body=instrument.body,
            resolution=instrument.number,
            revision=instrument.revision,
            name=instrument.name,
            title=instrument.title,
            adopted=instrument.adopted,
            draft=instrument.draft,
            draft_of=instrument.draft_of,
            column=instrument.column,
        )


class InstrumentList(BaseModel):
    """All resolutions."""

    items: list[InstrumentItem]
    total: int
    limit: int
    offset: int


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str


def parsed(corpus: Corpus) -> dict[str, Any]:
    """What ``clauseqa corpus parse FILE --json`` prints."""
    document, homes = corpus.document, corpus.by_id

    def items(clauses: tuple[Clause, ...]) -> list[dict[str, Any]]:
        return [ClauseItem.of(c, homes[c.instrument], document.sha256).model_dump() for c in clauses]

    return {
        "document": {
            "name": document.name,
            "sha256": document.sha256,
            "characters": len(document.text),
            "lines": document.text.count("\n") + 1,
        },
        "instruments": [InstrumentItem.of(i).model_dump() for i in corpus.instruments],
        "clauses": items(corpus.clauses),
        "footnotes": items(corpus.footnotes),
        "remarks": [{"line": r.line, "message": r.message} for r in corpus.remarks],
    }
