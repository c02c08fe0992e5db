"""Corpora -> the database that :mod:`index.store` reads."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple, dataclass
from pathlib import Path
from typing import Any

from corpus.bodies import bodies
from corpus.chunks import Passage
from corpus.language.named_bodies import NOBODY, Mentioned
from corpus.model import Clause, Corpus, Instrument, Obligation, TextVersion
from corpus.relations import Link, Parallel
from index.filters import ROLES
from index.store import SPANS, Database, new_database

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
    keyword_proposed TEXT, evidence TEXT, confidence TEXT, changes TEXT NOT NULL, spans TEXT NOT NULL
);
CREATE INDEX clauses_by_instrument ON clauses (instrument);
-- What is searched: the words of a clause in one version, or in both where nobody can tell them apart.
CREATE TABLE texts (
    n INTEGER PRIMARY KEY, clause INTEGER NOT NULL REFERENCES clauses, version TEXT, mentioned TEXT NOT NULL
);
CREATE INDEX texts_by_clause ON texts (clause);
CREATE TABLE passages (
    n INTEGER PRIMARY KEY, text INTEGER NOT NULL REFERENCES texts, char_start INTEGER NOT NULL,
    char_end INTEGER NOT NULL, digest TEXT NOT NULL
);
CREATE TABLE glosses (
    n INTEGER PRIMARY KEY, text INTEGER NOT NULL REFERENCES texts, kind TEXT NOT NULL, words TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE INDEX glosses_by_text ON glosses (text);
CREATE TABLE obligations (
    n INTEGER PRIMARY KEY, clause INTEGER NOT NULL REFERENCES clauses, version TEXT NOT NULL, modality TEXT NOT NULL,
    frequency TEXT, deadline TEXT, bearer TEXT, recipient TEXT, quote TEXT NOT NULL, stems TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX obligations_by_clause ON obligations (clause);
CREATE TABLE parties (
    role TEXT NOT NULL, body TEXT NOT NULL, obligation INTEGER NOT NULL REFERENCES obligations,
    PRIMARY KEY (obligation, role, body)
) WITHOUT ROWID;
CREATE TABLE links (n INTEGER PRIMARY KEY, clause TEXT NOT NULL, record TEXT NOT NULL);
CREATE INDEX links_by_clause ON links (clause);
CREATE TABLE link_targets (
    target TEXT NOT NULL, link INTEGER NOT NULL REFERENCES links, PRIMARY KEY (target, link)
) WITHOUT ROWID;
CREATE TABLE parallels (one TEXT NOT NULL, other TEXT NOT NULL, score REAL NOT NULL, record TEXT NOT NULL);
CREATE TABLE spellings (word TEXT PRIMARY KEY, clauses INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class ObligationEntry:
    """One obligation as it is to be stored: its verbatim quote, and the stems of the words to find it by."""

    obligation: Obligation
    quote: str
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextEntry:
    """The words of a clause in one version (None: in both) as they are to be indexed: by field, and as passages with
    their digests; its glosses, each with its kind and digest; and the bodies that it mentions."""

    version: TextVersion | None
    fields: tuple[str, ...]
    passages: tuple[tuple[Passage, str], ...]
    glosses: tuple[tuple[str, str, str], ...] = ()
    mentioned: Mentioned = NOBODY


@dataclass(frozen=True, slots=True)
class Entry:
    """One clause as it is to be indexed; ``spellings`` are its words as written, ``said`` those of its glosses that
    are spelled right."""

    clause: Clause
    texts: tuple[TextEntry, ...]
    spellings: frozenset[str]
    said: frozenset[str] = frozenset()
    obligations: tuple[ObligationEntry, ...] = ()


def write_store(
    path: Path,
    corpora: Sequence[Corpus],
    entries: Sequence[Entry],
    links: Sequence[Link] = (),
    parallels: Sequence[Parallel] = (),
) -> None:
    """A new database at ``path``; numbers of clauses, texts and passages are their places in ``entries``, from 0."""
    with new_database(path) as db:
        db.executescript(_SCHEMA)
        _fill(db, corpora, entries)
        _fill_relations(db, links, parallels)


def _fill(db: Database, corpora: Sequence[Corpus], entries: Sequence[Entry]) -> None:
    def insert(table: str, rows: Iterable[Sequence[Any]]) -> None:
        rows = list(rows)
        if rows:
            db.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)

    for corpus in corpora:
        remarks = json.dumps([[r.line, r.message] for r in corpus.remarks])
        insert("documents", [(corpus.document.name, corpus.document.sha256, remarks)])
        insert("instruments", [_instrument_row(corpus.document.name, i) for i in corpus.instruments])
    insert("clauses", [(n, *_clause_row(e.clause)) for n, e in enumerate(entries)])
    texts = [(clause, text) for clause, e in enumerate(entries) for text in e.texts]
    insert("texts", [(n, clause, text.version, json.dumps(text.mentioned)) for n, (clause, text) in enumerate(texts)])
    places = [(n, p, digest) for n, (_, text) in enumerate(texts) for p, digest in text.passages]
    insert("passages", [(m, n, *p.span, digest) for m, (n, p, digest) in enumerate(places)])
    said = [(n, *gloss) for n, (_, text) in enumerate(texts) for gloss in text.glosses]
    insert("glosses", [(m, *row) for m, row in enumerate(said)])
    counts = dict.fromkeys((word for entry in entries for word in entry.said), 0)
    for entry in entries:
        for word in entry.spellings:
            counts[word] = counts.get(word, 0) + 1
    insert("spellings", sorted(counts.items()))
    held = [(clause, o) for clause, e in enumerate(entries) for o in e.obligations]
    insert("obligations", [(n, clause, *_obligation_row(o)) for n, (clause, o) in enumerate(held)])
    roles = [(n, role, getattr(o.obligation, role)) for n, (_, o) in enumerate(held) for role in ROLES]
    insert("parties", [(role, body, n) for n, role, named in roles for body in dict.fromkeys(named)])


def _fill_relations(db: Database, links: Sequence[Link], parallels: Sequence[Parallel]) -> None:
    rows = [(n, link.clause, json.dumps(asdict(link))) for n, link in enumerate(links)]
    db.executemany("INSERT INTO links VALUES (?, ?, ?)", rows)
    targets = {(target, n) for n, link in enumerate(links) for target in link.targets}
    db.executemany("INSERT INTO link_targets VALUES (?, ?)", sorted(targets))
    pairs = [(*parallel.clauses, parallel.score, json.dumps(asdict(parallel))) for parallel in parallels]
    db.executemany("INSERT INTO parallels VALUES (?, ?, ?, ?)", pairs)


def _instrument_row(document: str, i: Instrument) -> tuple[Any, ...]:
    return (
        *(i.id, document, i.body, i.number, i.revision, i.title, i.adopted),
        *(i.draft, i.draft_of, i.column, *i.span),
    )


def _clause_row(c: Clause) -> tuple[Any, ...]:
    spans = {name: getattr(c, name) for name in ("lead_in_spans", *SPANS)}
    return (
        *(c.id, c.instrument, c.document, c.reference, c.part, json.dumps(c.path), c.keyword, c.annex, c.text),
        *(*c.span, c.line_start, c.line_end, c.row, c.column, c.heading, c.lead_in, c.status),
        *(json.dumps(c.labels_proposed) if c.labels_proposed else None, c.keyword_proposed, c.evidence, c.confidence),
        *(json.dumps([astuple(change) for change in c.changes]), json.dumps(spans)),
    )


def _obligation_row(entry: ObligationEntry) -> tuple[Any, ...]:
    o = entry.obligation
    names = [", ".join(bodies()[body].name for body in getattr(o, role)) or None for role in ROLES]
    return (
        *(o.version, o.modality, o.frequency, o.deadline.text if o.deadline else None, *names, entry.quote),
        *(f" {' '.join(entry.stems)} ", json.dumps(asdict(o))),
    )
