"""The whole road from a file to a corpus: read, parse, settle versions, name (the package's front door)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from corpus.annotations import Annotations, load_annotations
from corpus.eids import eid, unique
from corpus.errors import NoClauses
from corpus.grammar import Column, parse_columns
from corpus.model import Clause, Corpus, Document, Instrument, Remark
from corpus.readers.text import read_text
from corpus.references import print_reference
from corpus.revisions import Versioned, versions
from corpus.titles import instrument_id

DEFAULT_CORPUS = "compilation.txt"


def default_source() -> Path:
    """The compilation that comes with the product."""
    return Path(str(resources.files("corpus") / "data" / DEFAULT_CORPUS))


def parse_file(path: Path, annotations: Annotations | None = None) -> Corpus:
    """Everything in the file at ``path``. Raises the :class:`~corpus.errors.SourceError` that says what is wrong."""
    return parse_document(read_text(path), annotations)


def parse_document(document: Document, annotations: Annotations | None = None) -> Corpus:
    """Instruments, clauses and footnotes of ``document``; ``annotations`` default to the product's own.

    Raises :class:`NoClauses` where the text holds no resolution or no clause.
    """
    known = load_annotations() if annotations is None else annotations
    columns = parse_columns(document)
    instruments: list[Instrument] = []
    clauses: list[Clause] = []
    footnotes: list[Clause] = []
    remarks: list[Remark] = []
    plain = [_instrument(column) for column in columns]
    for column, instrument, name in zip(columns, plain, unique(i.id for i in plain), strict=True):
        rows = versions(document, column, known.get(instrument.id, {}))
        instrument = replace(instrument, id=name)
        instruments.append(instrument)
        clauses += _clauses(document, column, instrument, rows)
        footnotes += _clauses(document, column, instrument, [Versioned(f, "in_force") for f in column.footnotes])
        remarks += [*column.remarks, *_contradictions(document, instrument)]
    if not clauses:
        raise NoClauses(
            f"{document.name}: no clause found; a resolution needs its heading (RESOLUTION 18 (Rev. Place, Year)) "
            "and sections such as 'resolves' or 'instructs the Secretary-General' on lines of their own"
        )
    clauses.sort(key=lambda c: (c.row, c.column, c.span.start))
    return Corpus(document, tuple(instruments), tuple(clauses), tuple(footnotes), tuple(remarks))


def _instrument(column: Column) -> Instrument:
    title = column.title
    return Instrument(
        id=instrument_id(title.body, title.number, title.revision),
        body=title.body or "unknown",
        number=title.number,
        revision=title.revision,
        title=title.title,
        adopted=title.place,
        draft=title.place_proposed is not None,
        draft_of=title.place_proposed,
        column=column.number,
        span=title.span,
    )


def _clauses(document: Document, column: Column, instrument: Instrument, rows: Sequence[Versioned]) -> list[Clause]:
    """Ids go to clauses in force first, so that a proposal never takes the name of one."""
    order = sorted(range(len(rows)), key=lambda n: rows[n].status == "proposed")
    ids = dict(zip(order, unique(eid(rows[n].found.path) for n in order), strict=True))
    paragraphs = Counter(r.found.path[:-1] for r in rows if r.found.path[-1].kind == "paragraph")
    return [
        _clause(document, column, instrument, row, ids[n], paragraphs[row.found.path[:-1]] == 1)
        for n, row in enumerate(rows)
    ]


def _clause(
    document: Document, column: Column, instrument: Instrument, row: Versioned, name: str, alone: bool
) -> Clause:
    found = row.found
    return Clause(
        id=f"{instrument.id}/{name}",
        instrument=instrument.id,
        document=document.name,
        reference=print_reference(found.path, instrument, row.status, alone),
        part=found.part,
        path=found.path,
        text=document.at(found.span),
        span=found.span,
        line_start=found.line_start,
        line_end=found.line_end,
        row=found.row,
        column=column.number,
        heading=found.heading,
        lead_in=found.lead_in,
        status=row.status,
        labels_proposed=row.labels_proposed,
        keyword_proposed=found.keyword_proposed,
        evidence=row.evidence,
        heading_span=found.heading_span,
        lead_in_spans=found.lead_in_spans,
    )


def _contradictions(document: Document, instrument: Instrument) -> list[Remark]:
    if not (instrument.adopted and instrument.revision) or instrument.adopted in instrument.revision:
        return []
    line = document.text.count("\n", 0, instrument.span.start) + 1
    return [Remark(line, f"{instrument.name} says in its enacting formula ({instrument.adopted})")]
