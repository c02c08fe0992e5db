"""The rows of a comparison as they are drawn: one line per provision, one cell per resolution (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from corpus.diff import word_diff
from corpus.readable import readable
from qa.api.compare import ComparedClause, PieceOut, RowOut


@dataclass(frozen=True, slots=True)
class Shown:
    """A clause in its cell. ``pieces`` are its words against those of the leftmost clause of its line, None for that
    one itself; ``amended`` its words in force against those proposed, where they differ."""

    clause: ComparedClause
    pieces: tuple[PieceOut, ...] | None
    amended: tuple[PieceOut, ...] | None

    @property
    def same(self) -> bool:
        """Are its words those of the leftmost?"""
        return self.pieces is not None and all(piece.op == "equal" for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Line:
    """One provision across the columns of a row; ``elsewhere`` are ids of its parallels in other rows, ``lacking``
    those of the resolutions that have none."""

    cells: tuple[tuple[Shown, ...], ...]
    elsewhere: tuple[str, ...]
    lacking: tuple[str, ...]


def lines(row: RowOut) -> list[Line]:
    """The lines of ``row``, in the order of its groups."""
    homes = {clause.clause_id: (n, clause) for n, column in enumerate(row.columns) for clause in column.clauses}
    found = []
    for group in row.groups:
        pieces = {difference.clause: tuple(difference.diff) for difference in group.differences}
        cells: list[list[Shown]] = [[] for _ in row.columns]
        for one in group.clauses:
            column, clause = homes[one]
            cells[column].append(Shown(clause, pieces.get(one), amendment(clause)))
        found.append(Line(tuple(map(tuple, cells)), tuple(group.elsewhere), tuple(group.lacking)))
    return found


def amendment(clause: ComparedClause) -> tuple[PieceOut, ...] | None:
    """The words of ``clause`` against those that a draft proposes for it."""
    if clause.text_proposed is None:
        return None
    pieces = word_diff(readable(clause.text), readable(clause.text_proposed))
    return tuple(PieceOut(op=piece.op, text=piece.text) for piece in pieces)


def heading(row: RowOut) -> str:
    """What a row is about: the headings of its clauses, each once, at most two."""
    firsts: Sequence[str] = [column.clauses[0].context for column in row.columns if column.clauses]
    return " / ".join(list(dict.fromkeys(text.partition(":")[0] for text in firsts))[:2])


def keywords(row: RowOut) -> str:
    """Likewise in a few words: ``instructs / invites``, ``Annex 1 / Annex A``."""
    places = [column.clauses[0].provenance for column in row.columns if column.clauses]
    short = (f"Annex {place.annex}" if place.annex else place.keyword for place in places)
    return " / ".join(dict.fromkeys(text for text in short if text))
