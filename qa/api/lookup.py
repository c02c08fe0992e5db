"""Routes that look things up: clauses for a question without an answer, clauses in their order, resolutions."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from corpus.model import Clause
from qa.answer import Answerer
from qa.api.listing import (
    ClauseItem,
    ClauseList,
    ClauseParameters,
    InstrumentItem,
    InstrumentList,
    SearchParameters,
    SearchResponse,
)
from qa.api.state import answerer_of
from qa.filters import resolve_filters
from qa.model import MAX_K, Question, Version

router = APIRouter()
CLAUSE_PARTS = ("preamble", "operative", "annex")


@router.get("/v1/search", tags=["ask"])
def search(request: Request, wanted: Annotated[SearchParameters, Query()]) -> SearchResponse:
    """The best clauses for a question, without an answer."""
    answerer = answerer_of(request)
    asked, found = answerer.search(Question(wanted.q, MAX_K, wanted.filters(), wanted.version))
    limit, index = wanted.k or wanted.limit, answerer.bundle.manifest.id
    return SearchResponse.of(asked, found, index, limit=limit, offset=wanted.offset, explain=wanted.explain)


@router.get("/v1/clauses", tags=["look up"])
def clauses(request: Request, wanted: Annotated[ClauseParameters, Query()]) -> ClauseList:
    """Clauses in the order of their documents. Footnotes are listed when asked for by ``part=footnote``."""
    answerer = answerer_of(request)
    store = answerer.bundle.store
    filters = resolve_filters(store, {"part": CLAUSE_PARTS, **wanted.filters()}, wanted.version)
    found = store.select(filters, limit=wanted.limit, offset=wanted.offset)
    return ClauseList(
        items=[_item(answerer, c, wanted.version) for c in found],
        total=store.count(filters),
        limit=wanted.limit,
        offset=wanted.offset,
    )


@router.get("/v1/instruments", tags=["look up"])
def instruments(request: Request) -> InstrumentList:
    """The resolutions of the corpus."""
    items = [InstrumentItem.of(i) for i in answerer_of(request).bundle.store.instruments.values()]
    return InstrumentList(items=items, total=len(items), limit=len(items), offset=0)


def _item(answerer: Answerer, clause: Clause, version: Version = "all") -> ClauseItem:
    evidence = answerer.evidence_for(clause)
    return ClauseItem.of(evidence.clause, evidence.instrument, evidence.sha256, version)
