"""Clauses and their provenance in SQLite, with filters and look-ups. The only file that imports sqlite3."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.chunks import Passage
from corpus.errors import BundleDamaged, NoSpace, UnknownClause
from corpus.model import Clause, Corpus, Instrument, Span, Step

_SCHEMA = """
CREATE TABLE documents (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, remarks TEXT NOT NULL);
CREATE TABLE instruments (
    id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents, body TEXT NOT NULL, number TEXT NOT NULL,
    revision TEXT, title TEXT NOT NULL, adopted TEXT, draft INTEGER NOT NULL, draft_of TEXT, col INTEGER NOT NULL,
    char_start INTEGER NOT NULL, char_end INTEGER NOT NULL
);
CREATE TABLE clauses (
    n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, instrument TEXT NOT NULL REFERENCES instruments,
    document TEXT NOT NULL REFERENCES documents, reference TEXT NOT NULL, part TEXT NOT NULL, path TEXT NOT NULL,
    keyword TEXT, annex TEXT, text TEXT NOT NULL, char_start INTEGER NOT NULL, char_end INTEGER NOT NULL,
    line_start INTEGER NOT NULL, line_end INTEGER NOT NULL, row INTEGER NOT NULL, col INTEGER NOT NULL,
    heading TEXT NOT NULL, lead_in TEXT, status TEXT NOT NULL, labels_proposed TEXT,
    keyword_proposed TEXT, evidence TEXT
);
CREATE INDEX clauses_by_instrument ON clauses (instrument);
CREATE TABLE passages (
    n INTEGER PRIMARY KEY, clause INTEGER NOT NULL REFERENCES clauses, char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL, digest TEXT NOT NULL
);
CREATE TABLE spellings (word TEXT PRIMARY KEY, clauses INTEGER NOT NULL);
"""
_CLAUSE = (
    "id, instrument, document, reference, part, path, text, char_start, char_end, line_start, line_end, row, col, "
    "heading, lead_in, status, labels_proposed, keyword_proposed, evidence"
)
CLAUSES_DB = "clauses.db"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which clauses are meant: any of the values of each kind, all of the kinds. Empty means no restriction.

    ``instrument`` holds instrument ids; the others the stored values.
    """

    instrument: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    annex: tuple[str, ...] = ()
    status: tuple[str, ...] = ()

    def where(self) -> tuple[str, list[str]]:
        """A condition on ``clauses`` and its parameters."""
        terms, values = ["1"], []
        for column in ("instrument", "part", "keyword", "annex", "status"):
            if wanted := getattr(self, column):
                marks = ",".join("?" * len(wanted))
                terms.append(f"clauses.{column} IN ({marks})")
                values += wanted
                if column == "keyword":  # of a section that a draft renames, either
                    terms[-1] = f"({terms[-1]} OR clauses.keyword_proposed IN ({marks}))"
                    values += wanted
        return " AND ".join(terms), values


ALL = Filters()


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause as it is to be indexed: its texts by field, and its passages with their digests."""

    clause: Clause
    fields: tuple[str, ...]
    passages: tuple[tuple[Passage, str], ...]
    spellings: frozenset[str]


def write_store(path: Path, corpora: Sequence[Corpus], entries: Sequence[Entry]) -> None:
    """A new database at ``path``; clause and passage numbers are their places in ``entries``, from 0."""
    with _mapped(path):
        db = sqlite3.connect(path)
        try:
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
            db.executescript(_SCHEMA)
            _fill(db, corpora, entries)
            db.commit()
        finally:
            db.close()


def _fill(db: sqlite3.Connection, corpora: Sequence[Corpus], entries: Sequence[Entry]) -> None:
    def insert(table: str, rows: Iterable[Sequence[Any]]) -> None:
        rows = list(rows)
        if rows:
            db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)

    for corpus in corpora:
        remarks = json.dumps([[r.line, r.message] for r in corpus.remarks])
        insert("documents", [(corpus.document.name, corpus.document.sha256, remarks)])
        insert("instruments", [_instrument_row(corpus.document.name, i) for i in corpus.instruments])
    insert("clauses", [(n, *_clause_row(e.clause)) for n, e in enumerate(entries)])
    places = [(n, p, digest) for n, e in enumerate(entries) for p, digest in e.passages]
    insert("passages", [(m, n, *p.span, digest) for m, (n, p, digest) in enumerate(places)])
    counts: dict[str, int] = {}
    for entry in entries:
        for word in entry.spellings:
            counts[word] = counts.get(word, 0) + 1
    insert("spellings", sorted(counts.items()))


def _instrument_row(document: str, i: Instrument) -> tuple[Any, ...]:
    return (
        *(i.id, document, i.body, i.number, i.revision, i.title, i.adopted),
        *(i.draft, i.draft_of, i.column, *i.span),
    )


def _clause_row(c: Clause) -> tuple[Any, ...]:
    return (
        *(c.id, c.instrument, c.document, c.reference, c.part, json.dumps(c.path), c.keyword, c.annex, c.text),
        *(*c.span, c.line_start, c.line_end, c.row, c.column, c.heading, c.lead_in, c.status),
        *(json.dumps(c.labels_proposed) if c.labels_proposed else None, c.keyword_proposed, c.evidence),
    )


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

    def values(self, column: str) -> list[str]:
        """The distinct values of a filterable column."""
        return [v for (v,) in self.rows(f"SELECT DISTINCT {column} FROM clauses WHERE {column} NOT NULL ORDER BY 1")]

    def numbers(self, filters: Filters) -> NDArray[np.int64]:
        """Numbers of the clauses that pass ``filters``."""
        where, values = filters.where()
        return np.array([n for (n,) in self.rows(f"SELECT n FROM clauses WHERE {where} ORDER BY n", values)], np.int64)

    def passage_owners(self) -> NDArray[np.int64]:
        """For each passage the number of its clause."""
        return np.array([n for (n,) in self.rows("SELECT clause FROM passages ORDER BY n")], np.int64)

    def passage_digests(self) -> dict[str, int]:
        """Passage number by digest of the encoded text."""
        return {digest: n for n, digest in self.rows("SELECT n, digest FROM passages")}

    def spellings(self) -> dict[str, int]:
        """Every word of the corpus as written (lower case), with the number of clauses that hold it."""
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
    heading, lead_in, status, proposed, keyword_proposed, evidence = row[13:]
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
    )


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
