"""Clauses, their provenance and obligations in SQLite: filters and look-ups. The only file that
imports sqlite3; what is in the database is written by :mod:`index.store_writer`."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleDamaged, NoSpace, UnknownClause
from corpus.language.named_bodies import Mentioned
from corpus.model import (
    FREQUENCIES,
    MODALITIES,
    Change,
    Clause,
    Instrument,
    Obligation,
    Phrase,
    Span,
    Step,
    TextVersion,
)
from corpus.relations import Link, Parallel
from index.filters import ALL, Condition, Filters

_CLAUSE = (
    "id, instrument, document, reference, part, path, text, char_start, char_end, line_start, line_end, row, col, "
    "heading, lead_in, status, labels_proposed, keyword_proposed, evidence, confidence, changes, spans"
)
SPANS = ("heading_span", "span_in_force", "span_proposed")
_PHRASES = ("bearer_phrase", "action", "object", "recipient_phrase", "frequency_phrase", "deadline")
CLAUSES_DB = "clauses.db"
Database = sqlite3.Connection
Key = tuple[int, TextVersion | None]
"""A clause by its number, in one version; None is the first that it has."""


# How the register may be sorted; ties, and what has no value, come in the order of the documents, the latter last.
SORTS = {
    "resolution": "(SELECT rowid FROM instruments WHERE instruments.id = clauses.instrument)",
    "bearer": "obligations.bearer COLLATE NOCASE",
    "recipient": "obligations.recipient COLLATE NOCASE",
    "modality": f"instr('{' '.join(MODALITIES)}', obligations.modality)",
    "frequency": f"nullif(instr('{' '.join(FREQUENCIES)}', obligations.frequency), 0)",
    "deadline": "obligations.deadline COLLATE NOCASE",
}


@dataclass(frozen=True, slots=True)
class Registered:
    """An obligation in the register with its verbatim quote and its clause.

    ``direct`` says whether it names the bodies asked for, or reaches them as members of one that it names; it is None
    where no body was asked for.
    """

    obligation: Obligation
    quote: str
    clause: Clause
    direct: bool | None


def phrases_of(obligation: Obligation) -> tuple[Phrase, ...]:
    """Every phrase that was read from the text."""
    return (*(p for name in _PHRASES if (p := getattr(obligation, name))), *obligation.condition)


class Store:
    """The database of a bundle, read-only; safe to use from several threads."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, Lock()
        with _mapped(path):
            self._db = sqlite3.connect(
                f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
            self._instruments = {i.id: i for i in self._read_instruments()}

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock, _mapped(self._path):
            return self._db.execute(sql, values).fetchall()

    @property
    def instruments(self) -> dict[str, Instrument]:
        """All instruments by id, in the order of their documents' columns."""
        return self._instruments

    def documents(self) -> list[tuple[str, str, list[tuple[int, str]]]]:
        """Name, sha256 and the parser's remarks (line, message) of each document."""
        rows = self.rows("SELECT name, sha256, remarks FROM documents ORDER BY name")
        return [(name, sha, [(r[0], r[1]) for r in json.loads(remarks)]) for name, sha, remarks in rows]

    def clauses(self, numbers: Sequence[int]) -> list[Clause]:
        """The clauses with these numbers, in this order."""
        marks = ",".join("?" * len(numbers))
        rows = self.rows(f"SELECT n, {_CLAUSE} FROM clauses WHERE n IN ({marks})", numbers)
        found = {row[0]: _clause(row[1:]) for row in rows}
        return [found[n] for n in numbers]

    def clause(self, clause_id: str) -> Clause:
        """The clause with this id. Raises :class:`UnknownClause`."""
        rows = self.rows(f"SELECT {_CLAUSE} FROM clauses WHERE id = ?", [clause_id])
        if not rows:
            raise UnknownClause(f"no clause has the id {clause_id!r}; /v1/clauses lists them all")
        return _clause(rows[0])

    def select(self, filters: Filters = ALL, *, limit: int = -1, offset: int = 0) -> list[Clause]:
        """The clauses that pass ``filters``, in the order of their documents."""
        where, values = filters.where()
        sql = f"SELECT {_CLAUSE} FROM clauses WHERE {where} ORDER BY n LIMIT ? OFFSET ?"
        return [_clause(row) for row in self.rows(sql, [*values, limit, offset])]

    def numbers_of(self, ids: Sequence[str]) -> list[int]:
        """Clause numbers for clause ids."""
        rows = self.rows(f"SELECT id, n FROM clauses WHERE id IN ({','.join('?' * len(ids))})", ids)
        found: dict[str, int] = dict(rows)
        return [found[i] for i in ids]

    def count(self, filters: Filters = ALL) -> int:
        """How many clauses pass ``filters``."""
        where, values = filters.where()
        return int(self.rows(f"SELECT count(*) FROM clauses WHERE {where}", values)[0][0])

    def obligations(
        self, filters: Filters = ALL, *, sort: str = "resolution", limit: int = -1, offset: int = 0
    ) -> list[Registered]:
        """The obligations that pass ``filters.duties``, of clauses that pass the rest. Those that name the bodies asked
        for come first; each lot is sorted by a name of :data:`SORTS`, with ``-`` before it in reverse."""
        where, values = _register(filters)
        direct, more = filters.duties.where_direct()
        key, order = SORTS[sort.removeprefix("-")], "DESC" if sort.startswith("-") else "ASC"
        sql = (
            f"SELECT obligations.record, obligations.quote, {direct} AS direct, {_CLAUSE} "
            f"FROM obligations JOIN clauses ON clauses.n = obligations.clause WHERE {where} "
            f"ORDER BY direct DESC, {key} {order} NULLS LAST, obligations.n LIMIT ? OFFSET ?"
        )
        rows = self.rows(sql, [*more, *values, limit, offset])
        return [
            Registered(_obligation(record), quote, _clause(clause), None if direct is None else bool(direct))
            for record, quote, direct, *clause in rows
        ]

    def obligations_of(self, clause_id: str) -> list[Registered]:
        """The obligations that a clause lays on someone, in its order."""
        clause = self.clause(clause_id)
        sql = (
            "SELECT record, obligations.quote FROM obligations JOIN clauses ON clauses.n = obligations.clause "
            "WHERE clauses.id = ? ORDER BY obligations.n"
        )
        rows = self.rows(sql, [clause_id])
        return [Registered(_obligation(record), quote, clause, None) for record, quote in rows]

    def count_obligations(self, filters: Filters = ALL) -> int:
        """How many obligations pass ``filters``."""
        where, values = _register(filters)
        sql = f"SELECT count(*) FROM obligations JOIN clauses ON clauses.n = obligations.clause WHERE {where}"
        return int(self.rows(sql, values)[0][0])

    def links_from(self, clause_id: str) -> list[Link]:
        """The references that a clause makes, in its order."""
        rows = self.rows("SELECT record FROM links WHERE clause = ? ORDER BY n", [clause_id])
        return [_link(record) for (record,) in rows]

    def links_to(self, clause_id: str) -> list[Link]:
        """The references of other clauses that lead to a clause, in the order of the documents."""
        sql = "SELECT record FROM links JOIN link_targets ON link = n WHERE target = ? ORDER BY n"
        return [_link(record) for (record,) in self.rows(sql, [clause_id])]

    def parallels(self) -> list[Parallel]:
        """All pairs of parallel provisions."""
        return [_parallel(record) for (record,) in self.rows("SELECT record FROM parallels ORDER BY rowid")]

    def parallel_numbers(self) -> list[tuple[int, int, float]]:
        """All pairs of parallel provisions by the numbers of their clauses, with how alike they are."""
        sql = (
            "SELECT a.n, b.n, score FROM parallels JOIN clauses AS a ON a.id = one JOIN clauses AS b ON b.id = other "
            "ORDER BY parallels.rowid"
        )
        return [(one, other, score) for one, other, score in self.rows(sql)]

    def duties(self, numbers: Collection[int]) -> dict[int, list[Obligation]]:
        """The obligations of the clauses with these numbers, in their order."""
        marks = ",".join("?" * len(numbers))
        found: dict[int, list[Obligation]] = defaultdict(list)
        for clause, record in self.rows(
            f"SELECT clause, record FROM obligations WHERE clause IN ({marks}) ORDER BY n", [*numbers]
        ):
            found[clause].append(_obligation(record))
        return found

    def parties(self, role: str) -> list[str]:
        """Ids of the bodies that are ``bearer`` or ``recipient`` of an obligation."""
        return [b for (b,) in self.rows("SELECT DISTINCT body FROM parties WHERE role = ? ORDER BY 1", [role])]

    def values(self, column: str) -> list[str]:
        """The distinct values of a filterable column."""
        return [v for (v,) in self.rows(f"SELECT DISTINCT {column} FROM clauses WHERE {column} NOT NULL ORDER BY 1")]

    def numbers(self, filters: Filters) -> NDArray[np.int64]:
        """Numbers of the texts of the clauses that pass ``filters``."""
        (clause, values), (text, more) = filters.where(), filters.where_text()
        sql = f"SELECT texts.n FROM texts JOIN clauses ON clauses.n = texts.clause WHERE {clause} AND {text} ORDER BY 1"
        return np.array([n for (n,) in self.rows(sql, [*values, *more])], np.int64)

    def texts(self) -> list[Key]:
        """For each text the number of its clause, and its version."""
        return [(clause, version) for clause, version in self.rows("SELECT clause, version FROM texts ORDER BY n")]

    def passage_owners(self) -> NDArray[np.int64]:
        """For each passage the number of its text."""
        return np.array([n for (n,) in self.rows("SELECT text FROM passages ORDER BY n")], np.int64)

    def passage_digests(self) -> dict[str, int]:
        """Passage number by digest of the encoded text."""
        return {digest: n for n, digest in self.rows("SELECT n, digest FROM passages")}

    def gloss_digests(self) -> dict[str, int]:
        """Gloss number by digest of its words."""
        return {digest: n for n, digest in self.rows("SELECT n, digest FROM glosses")}

    def glosses(self, clauses: Sequence[int]) -> dict[Key, list[tuple[int, str, str]]]:
        """Glosses of the clauses with these numbers, by clause and version: number, kind and words of each."""
        marks = ",".join("?" * len(clauses))
        sql = (
            "SELECT texts.clause, texts.version, glosses.n, kind, words FROM glosses JOIN texts ON texts.n = text "
            f"WHERE texts.clause IN ({marks}) ORDER BY glosses.n"
        )
        found: dict[Key, list[tuple[int, str, str]]] = defaultdict(list)
        for clause, version, *gloss in self.rows(sql, clauses):
            found[clause, version].append((gloss[0], gloss[1], gloss[2]))
        return found

    def mentioned(self, clauses: Sequence[int]) -> dict[Key, Mentioned]:
        """The bodies that the clauses with these numbers mention, by clause and version."""
        marks = ",".join("?" * len(clauses))
        rows = self.rows(f"SELECT clause, version, mentioned FROM texts WHERE clause IN ({marks})", clauses)
        return {(clause, version): Mentioned(*map(tuple, json.loads(bodies))) for clause, version, bodies in rows}

    def spellings(self) -> dict[str, int]:
        """Every word of the corpus as written (lower case), with the number of clauses that hold it: 0 of what only
        glosses say."""
        return dict(self.rows("SELECT word, clauses FROM spellings"))

    def _read_instruments(self) -> Iterator[Instrument]:
        columns = "id, body, number, revision, title, adopted, draft, draft_of, col, char_start, char_end"
        for row in self.rows(f"SELECT {columns} FROM instruments ORDER BY rowid"):
            *head, draft, draft_of, column, start, end = row
            names = ("id", "body", "number", "revision", "title", "adopted")
            span = Span(start, end)
            yield Instrument(
                **dict(zip(names, head, strict=True)), draft=bool(draft), draft_of=draft_of, column=column, span=span
            )


def _clause(row: Sequence[Any]) -> Clause:
    (id_, instrument, document, reference, part, path, text, start, end, first, last, at, column) = row[:13]
    heading, lead_in, status, proposed, keyword_proposed, evidence, confidence, changes, spans = row[13:]
    where: dict[str, Any] = json.loads(spans)
    spans_of: dict[str, Any] = {name: Span(*place) if (place := where[name]) else None for name in SPANS}
    return Clause(
        id=id_,
        instrument=instrument,
        document=document,
        reference=reference,
        part=part,
        path=tuple(Step(*step) for step in json.loads(path)),
        text=text,
        span=Span(start, end),
        line_start=first,
        line_end=last,
        row=at,
        column=column,
        heading=heading,
        lead_in=lead_in,
        status=status,
        labels_proposed=tuple(json.loads(proposed)) if proposed else None,
        keyword_proposed=keyword_proposed,
        evidence=evidence,
        confidence=confidence,
        changes=tuple(Change(kind, Span(*at), *more) for kind, at, *more in json.loads(changes)),
        lead_in_spans=tuple(Span(*at) for at in where["lead_in_spans"]),
        **spans_of,
    )


def _register(filters: Filters) -> Condition:
    (clause, values), (held, more) = filters.where_clause(), filters.duties.where()
    return f"{clause} AND {held}", [*values, *more]


def _obligation(record: str) -> Obligation:
    data: dict[str, Any] = json.loads(record)
    phrases = {name: _phrase(*value) for name in _PHRASES if (value := data[name])}
    several = {"bearer": tuple(data["bearer"]), "recipient": tuple(data["recipient"])}
    condition = tuple(_phrase(*value) for value in data["condition"])
    return Obligation(**{**data, **phrases, **several, "condition": condition, "quote": Span(*data["quote"])})


def _link(record: str) -> Link:
    data: dict[str, Any] = json.loads(record)
    plain = {"span": Span(*data["span"]), "versions": tuple(data["versions"]), "targets": tuple(data["targets"])}
    return Link(**{**data, **plain})


def _parallel(record: str) -> Parallel:
    data: dict[str, Any] = json.loads(record)
    one, other = data["clauses"]
    return Parallel(**{**data, "clauses": (one, other), "versions": tuple(data["versions"])})


def _phrase(text: str, span: Sequence[int]) -> Phrase:
    return Phrase(text, Span(*span))


@contextmanager
def new_database(path: Path) -> Iterator[Database]:
    """A new database at ``path``, which is kept if nothing is raised. What the disk refuses is a :class:`NoSpace`."""
    with _mapped(path):
        db = sqlite3.connect(path)
        try:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            yield db
            db.commit()
        finally:
            db.close()


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    """SQLite's errors as ours."""
    try:
        yield
    except sqlite3.OperationalError as exc:
        if "full" in str(exc) or "disk I/O" in str(exc):
            raise NoSpace(f"no space to write {path}; free some and build again, the old index is untouched") from exc
        raise BundleDamaged(f"{path}: {exc}; build the index again") from exc
    except sqlite3.DatabaseError as exc:
        raise BundleDamaged(f"{path}: {exc}; build the index again") from exc
