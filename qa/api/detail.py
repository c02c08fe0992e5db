"""``GET /v1/clauses/{id}``: one clause with everything that the index knows of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from corpus.diff import word_diff
from corpus.errors import UnknownClause
from corpus.model import Change, Clause
from corpus.readable import readable
from corpus.relations import Link
from index.filters import Filters
from qa.answer import Answerer
from qa.api.compare import PieceOut
from qa.api.listing import ClauseItem
from qa.api.obligations import Characters, ObligationItem
from qa.api.state import answerer_of
from qa.compare import comparison_of
from qa.model import Version

router = APIRouter()


class ChangeOut(Characters):
    """Words that a draft inserts or strikes in the clause. ``author`` and ``date`` where its file records them."""

    kind: str
    text: str
    author: str | None
    date: str | None
    moved: bool

    @classmethod
    def in_clause(cls, change: Change, clause: Clause) -> ChangeOut:
        """``change`` with its words, which stand in ``clause``."""
        start, end = change.span
        return cls(
            kind=change.kind,
            text=clause.text[start - clause.span.start : end - clause.span.start],
            author=change.author,
            date=change.date,
            moved=change.moved,
            char_start=start,
            char_end=end,
        )


class ClauseRef(BaseModel):
    """A clause that another one leads to."""

    clause_id: str
    url: str
    reference: str
    status: str

    @classmethod
    def to(cls, clause: Clause) -> ClauseRef:
        """The way to ``clause``."""
        return cls(clause_id=clause.id, url=f"/clauses/{clause.id}", reference=clause.reference, status=clause.status)


class ReferenceOut(Characters):
    """A reference that the clause makes. ``state`` is resolved, external (the corpus does not hold what is cited),
    dangling (the resolution is held and has no such provision) or stale (it is held in another revision)."""

    text: str
    kind: str
    cited: str
    state: str
    note: str | None
    versions: list[str]
    instrument: str | None
    targets: list[ClauseRef]

    @classmethod
    def made(cls, link: Link, targets: list[ClauseRef]) -> ReferenceOut:
        """``link`` with the clauses that it leads to."""
        return cls(
            text=link.text,
            kind=link.kind,
            cited=link.cited,
            state=link.state,
            note=link.note,
            versions=list(link.versions),
            instrument=link.instrument,
            targets=targets,
            char_start=link.span.start,
            char_end=link.span.end,
        )


class ReferringOut(ClauseRef):
    """A clause that refers to this one, with the words that do."""

    text: str
    state: str


class ParallelRef(ClauseRef):
    """The same provision in another resolution. ``score`` in [0, 1] says how alike they are; ``basis`` is row where
    the document puts them side by side, else content."""

    score: float
    basis: str


class ClauseDetail(ClauseItem):
    """A clause with its neighbours (the clause it hangs on, those that hang on it, the one before and the one after),
    both of its texts and the words that differ, its references both ways, its parallels and its obligations."""

    lead_in: str | None
    above: str | None
    below: list[str]
    previous: str | None
    next: str | None
    diff: list[PieceOut] | None = Field(description="the readable text in force against the one proposed")
    changes: list[ChangeOut]
    references: list[ReferenceOut]
    referenced_by: list[ReferringOut]
    parallels: list[ParallelRef]
    obligations: list[ObligationItem]


@router.get("/v1/clauses/{clause_id:path}", tags=["look up"])
def clause(request: Request, clause_id: str, version: Version = "all") -> ClauseDetail:
    """One clause with its neighbours, texts, references, parallels and obligations."""
    return detail(answerer_of(request), clause_id, version)


def detail(answerer: Answerer, clause_id: str, version: Version = "all") -> ClauseDetail:
    """What the index knows of a clause. Raises :class:`UnknownClause`, also where ``version`` has no such clause."""
    store = answerer.bundle.store
    found = store.clause(clause_id)
    if (version == "in_force" and found.status == "proposed") or (version == "proposed" and found.status == "deleted"):
        held = "only proposed" if found.status == "proposed" else "struck by the draft"
        raise UnknownClause(f"{found.reference} is {held}; ask for version=all to see it")
    evidence = answerer.evidence_for(found)
    item = ClauseItem.of(found, evidence.instrument, evidence.sha256, version)
    column = [c for c in store.select(Filters(instrument=(found.instrument,))) if c.part != "footnote"]
    around = [c.id for c in sorted(column, key=lambda c: c.span.start)]
    at = around.index(clause_id) if clause_id in around else None
    above = [c.id for c in column if len(found.path) > 1 and c.path == found.path[:-1]]
    return ClauseDetail(
        **item.model_dump(),
        lead_in=found.lead_in,
        above=above[0] if above else None,
        below=[c.id for c in column if len(c.path) == len(found.path) + 1 and c.path[:-1] == found.path],
        previous=around[at - 1] if at else None,
        next=around[at + 1] if at is not None and at + 1 < len(around) else None,
        diff=_diff(item),
        changes=[ChangeOut.in_clause(change, found) for change in found.changes],
        references=[
            ReferenceOut.made(link, [ClauseRef.to(store.clause(target)) for target in link.targets])
            for link in store.links_from(clause_id)
        ],
        referenced_by=[
            ReferringOut(**ClauseRef.to(store.clause(link.clause)).model_dump(), text=link.text, state=link.state)
            for link in store.links_to(clause_id)
        ],
        parallels=[
            ParallelRef(**ClauseRef.to(m.clause).model_dump(), score=m.parallel.score, basis=m.parallel.basis)
            for m in (comparison_of(answerer).matches(found, "all").parallels if found.part != "footnote" else ())
        ],
        obligations=[ObligationItem.of(row, answerer) for row in store.obligations_of(clause_id)],
    )


def _diff(item: ClauseItem) -> list[PieceOut] | None:
    if item.text_in_force is None or item.text_proposed in (None, item.text_in_force):
        return None
    pieces = word_diff(readable(item.text_in_force), readable(item.text_proposed or ""))
    return [PieceOut(op=piece.op, text=piece.text) for piece in pieces]
