"""What HTTP takes and gives where something is looked up, and ``--json`` prints: the shapes of the contract."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from corpus.model import TEXT_VERSIONS, Clause, Corpus, Instrument
from qa.api.schemas import Citation, IndexRef, InterpretationOut, Provenance, Values
from qa.filters import NAMES
from qa.model import MAX_K, Evidence, Interpretation, Version


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
