"""``GET /v1/compare``: parallel provisions side by side, their differences marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from corpus.diff import Op
from corpus.model import Clause, Instrument
from qa.answer import Answerer
from qa.api.listing import ClauseItem
from qa.api.schemas import Values
from qa.api.state import answerer_of
from qa.compare import (
    DEFAULT_LIMIT,
    MAX_LIMIT,
    MAX_OFFSET,
    Column,
    CompareQuery,
    Difference,
    Group,
    Lacked,
    Match,
    Matches,
    Row,
    Rows,
    amended,
    comparison_of,
    shown,
)
from qa.model import Version

router = APIRouter()


class CompareParameters(BaseModel):
    """What ``GET /v1/compare`` takes: ``row`` (and ``document``), or ``clause``, or ``only``, or none of them."""

    model_config = ConfigDict(extra="forbid")

    row: int | None = Field(None, description="one row of the comparison table")
    document: str | None = Field(None, max_length=500, description="of which document, where several have such a row")
    clause: str | None = Field(None, max_length=500, description="its parallels; an id or a reference")
    only: str | None = Field(None, max_length=200, description="what this resolution has and the others lack")
    among: Annotated[Values, Field(description="compare just these resolutions")] = []
    version: Version = Field("all", description="which text: in force, proposed, or any, each marked")
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT)
    offset: int = Field(0, ge=0, le=MAX_OFFSET)

    def query(self) -> CompareQuery:
        """What is asked for."""
        given = {name: getattr(self, name) for name in CompareQuery.__slots__}
        return CompareQuery(**{**given, "among": tuple(name for name in self.among if name)})


class ComparedClause(ClauseItem):
    """A clause in one version: ``text`` is the document's text at the span given, less the words of the other version.

    Where any version is asked for, ``version`` is the one in force if there is one, and ``text_proposed`` what a draft
    makes of it, if that differs.
    """

    version: Literal["in_force", "proposed"]

    @classmethod
    def shown(cls, clause: Clause, answerer: Answerer, version: Version) -> ComparedClause:
        """``clause`` as it stands where ``version`` is asked for."""
        evidence = answerer.evidence_for(clause)
        item = ClauseItem.of(evidence.clause, evidence.instrument, evidence.sha256)
        own = shown(clause, version)
        return cls(
            **item.model_dump()
            | {
                "text": clause.text_of(own),
                "text_proposed": clause.text_of("proposed") if amended(clause, version) else None,
            },
            version=own,
        )


class PieceOut(BaseModel):
    """A run of words that are equal in both texts, or deleted from the first, or inserted in the second."""

    op: Op
    text: str


class DifferenceOut(BaseModel):
    """How the words of ``clause`` differ from those of ``base``, both ids; the texts are readable."""

    base: str
    clause: str
    diff: list[PieceOut]


class ColumnOut(BaseModel):
    """What one resolution has in a row."""

    instrument: str
    body: str
    resolution: str
    name: str
    clauses: list[ComparedClause]


class GroupOut(BaseModel):
    """Clauses of a row (ids) that make the same provision, each compared with the first. ``elsewhere`` are their
    parallels in other rows, ``lacking`` the resolutions (ids) that have it nowhere."""

    clauses: list[str]
    differences: list[DifferenceOut]
    elsewhere: list[str]
    lacking: list[str]


class RowOut(BaseModel):
    """One row of a comparison table; a document without a table is one row."""

    row: int
    document: str
    columns: list[ColumnOut]
    groups: list[GroupOut]


class RowList(BaseModel):
    """A page of rows in the order of their documents."""

    items: list[RowOut]
    total: int
    limit: int
    offset: int


class ParallelOut(BaseModel):
    """A parallel of a clause. ``score`` in [0, 1] says how alike the two are, ``basis`` whether their document puts
    them side by side (``row``) or only their words do (``content``), ``versions`` in which texts they are parallel;
    ``diff`` compares them in the first of these."""

    clause: ComparedClause
    score: float
    basis: Literal["row", "content"]
    versions: list[Literal["in_force", "proposed"]]
    diff: list[PieceOut]


class ClauseComparison(BaseModel):
    """A clause, its parallels, the most alike first, and the resolutions (ids) that have none."""

    clause: ComparedClause
    parallels: list[ParallelOut]
    lacking: list[str]


class ComparedList(BaseModel):
    """A page of clauses in the order of their documents."""

    items: list[ComparedClause]
    total: int
    limit: int
    offset: int


Compared = RowList | ClauseComparison | ComparedList


@router.get("/v1/compare", tags=["look up"])
def compare(request: Request, wanted: Annotated[CompareParameters, Query()]) -> Compared:
    """The parallel provisions of all rows or of one, of one clause, or what one resolution has and the others lack."""
    answerer = answerer_of(request)
    return compared(answerer, wanted.query())


def compared(answerer: Answerer, query: CompareQuery) -> Compared:
    """What HTTP answers to ``query``."""
    found = comparison_of(answerer).answer(query)
    page = {"limit": query.limit, "offset": query.offset}
    match found:
        case Rows(items, total):
            return RowList(items=[_row(row, answerer, query.version) for row in items], total=total, **page)
        case Lacked(items, total):
            clauses = [ComparedClause.shown(clause, answerer, query.version) for clause in items]
            return ComparedList(items=clauses, total=total, **page)
        case Matches(clause, parallels, lacking):
            return ClauseComparison(
                clause=ComparedClause.shown(clause, answerer, query.version),
                parallels=[_parallel(match, answerer, query.version) for match in parallels],
                lacking=_ids(lacking),
            )


def _row(row: Row, answerer: Answerer, version: Version) -> RowOut:
    return RowOut(
        row=row.number,
        document=row.document,
        columns=[_column(column, answerer, version) for column in row.columns],
        groups=[_group(group) for group in row.groups],
    )


def _column(column: Column, answerer: Answerer, version: Version) -> ColumnOut:
    home = column.instrument
    clauses = [ComparedClause.shown(clause, answerer, version) for clause in column.clauses]
    return ColumnOut(instrument=home.id, body=home.body, resolution=home.number, name=home.name, clauses=clauses)


def _group(group: Group) -> GroupOut:
    return GroupOut(
        clauses=_ids(group.clauses),
        differences=[_difference(difference) for difference in group.differences],
        elsewhere=_ids(group.elsewhere),
        lacking=_ids(group.lacking),
    )


def _difference(difference: Difference) -> DifferenceOut:
    base, clause = difference.base.id, difference.clause.id
    return DifferenceOut(base=base, clause=clause, diff=_pieces(difference))


def _parallel(match: Match, answerer: Answerer, version: Version) -> ParallelOut:
    return ParallelOut(
        clause=ComparedClause.shown(match.clause, answerer, version),
        score=match.parallel.score,
        basis=match.parallel.basis,
        versions=list(match.parallel.versions),
        diff=_pieces(match.difference),
    )


def _pieces(difference: Difference) -> list[PieceOut]:
    return [PieceOut(op=piece.op, text=piece.text) for piece in difference.pieces]


def _ids(things: Sequence[Clause] | Sequence[Instrument]) -> list[str]:
    return [thing.id for thing in things]
