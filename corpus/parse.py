"""The whole road from a file to a corpus: read, parse, settle versions, name (the package's front door)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path

from corpus.annotations import Annotations, load_annotations
from corpus.eids import eid, unique
from corpus.errors import NoClauses
from corpus.grammar import Found, parse_columns
from corpus.model import Change, Clause, Corpus, Document, Ground, Instrument, Remark
from corpus.readers.read import read_document
from corpus.references import print_reference
from corpus.revisions import reconstruct
from corpus.titles import Title, instrument_id
from corpus.views import Text, Versioned, changes_in, read_versions

DEFAULT_CORPUS = "compilation.txt"


def default_source() -> Path:
    """The compilation that comes with the product."""
    return Path(str(resources.files("corpus") / "data" / DEFAULT_CORPUS))


def parse_file(path: Path, annotations: Annotations | None = None) -> Corpus:
    """Everything in the file at ``path``. Raises the :class:`~corpus.errors.SourceError` that says what is wrong."""
    return parse_document(read_document(path), annotations)


def parse_document(document: Document, annotations: Annotations | None = None) -> Corpus:
    """Instruments, clauses and footnotes of ``document``; ``annotations`` default to the product's own.

    Raises :class:`NoClauses` where the text holds no resolution or no clause.
    """
    document = _with_changes(document, load_annotations() if annotations is None else annotations)
    instruments: list[Instrument] = []
    clauses: list[Clause] = []
    footnotes: list[Clause] = []
    remarks: list[Remark] = [*document.remarks]
    texts = read_versions(document)
    plain = [_instrument(document, text) for text in texts]
    for text, bare, name in zip(texts, plain, unique(i.id for i in plain), strict=True):
        instrument = replace(bare, id=name)
        instruments.append(instrument)
        clauses += _clauses(document, text.clauses, instrument, document.grounds)
        footnotes += _clauses(document, text.footnotes, instrument, {})
        remarks += [*text.remarks, *_contradictions(document, instrument)]
    if not clauses:
        raise NoClauses(
            f"{document.name}: no clause and no paragraph found; a resolution needs its heading (RESOLUTION 18 "
            "(Rev. Place, Year)) and sections such as 'resolves' on lines of their own, any other text some sentences"
        )
    clauses.sort(key=lambda c: (c.row, c.column, c.span.start))
    return Corpus(document, tuple(instruments), tuple(clauses), tuple(footnotes), tuple(remarks))


def _with_changes(document: Document, annotations: Annotations) -> Document:
    """``document`` with the changes that a flattened draft in it lets be known and their grounds, where its file
    records none itself."""
    if document.changes or document.grounds:
        return document
    columns = parse_columns(document)
    names = unique(instrument_id(c.title.body, c.title.number, c.title.revision) for c in columns)
    known = [reconstruct(column, annotations.get(name, {})) for column, name in zip(columns, names, strict=True)]
    changes = sorted((change for one in known for change in one.changes), key=lambda change: change.span)
    grounds = {line: ground for one in known for line, ground in one.grounds.items()}
    return replace(document, changes=tuple(changes), grounds=grounds)


def _instrument(document: Document, text: Text) -> Instrument:
    """The instrument in force, where there is one; of a draft the place and year proposed too."""
    title = text.in_force or text.proposed
    assert title is not None
    draft = _named(text.in_force) != _named(text.proposed) or any(
        row.status != "in_force"
        or row.labels_proposed
        or row.found.keyword_proposed
        or changes_in(document.changes, row.found.span)
        for row in text.clauses
    )
    return Instrument(
        id=instrument_id(title.body, title.number, title.revision),
        body=title.body or "unknown",
        number=title.number,
        revision=title.revision,
        title=title.title,
        adopted=title.place,
        draft=draft,
        draft_of=_proposed_for(text) if draft else None,
        column=text.number,
        span=title.span,
    )


def _named(title: Title | None) -> tuple[str | None, ...]:
    return (title.number, title.body, title.revision, title.title, title.place) if title else ()


def _proposed_for(text: Text) -> str | None:
    """The place and year that a draft is proposed for: those of its title, where they are new."""
    before, after = text.in_force, text.proposed
    if after is None:
        return None
    if before is None or after.place != before.place:
        return after.place or after.revision
    return after.revision if after.revision != before.revision else None


def _clauses(
    document: Document, rows: Sequence[Versioned], instrument: Instrument, grounds: Mapping[int, Ground]
) -> list[Clause]:
    """Ids go to clauses in force first, so that a proposal never takes the name of one."""
    order = sorted(range(len(rows)), key=lambda n: rows[n].status == "proposed")
    ids = dict(zip(order, unique(eid(rows[n].found.path) for n in order), strict=True))
    paragraphs = Counter(r.found.path[:-1] for r in rows if r.found.path[-1].kind == "paragraph")
    return [
        _clause(document, instrument, row, ids[n], paragraphs[row.found.path[:-1]] == 1, grounds)
        for n, row in enumerate(rows)
    ]


def _clause(
    document: Document,
    instrument: Instrument,
    row: Versioned,
    name: str,
    alone: bool,
    grounds: Mapping[int, Ground],
) -> Clause:
    found = row.found
    changes = changes_in(document.changes, found.span)
    ground = _ground(found, grounds) or _recorded(row, changes)
    status = row.status if ground is None or ground.settled else "uncertain"
    return Clause(
        id=f"{instrument.id}/{name}",
        instrument=instrument.id,
        document=document.name,
        reference=print_reference(found.path, instrument, status, alone),
        part=found.part,
        path=found.path,
        text=document.at(found.span),
        span=found.span,
        line_start=found.line_start,
        line_end=found.line_end,
        row=found.row,
        column=instrument.column,
        heading=found.heading,
        lead_in=found.lead_in,
        status=status,
        labels_proposed=row.labels_proposed,
        keyword_proposed=found.keyword_proposed,
        evidence=ground.evidence if ground else None,
        confidence=ground.confidence if ground else None,
        changes=changes,
        span_in_force=row.span_in_force,
        span_proposed=row.span_proposed,
        heading_span=found.heading_span,
        lead_in_spans=found.lead_in_spans,
    )


def _ground(found: Found, grounds: Mapping[int, Ground]) -> Ground | None:
    """What the clause's status rests on: the first ground that settles nothing, else the first of its lines."""
    of_lines = [grounds[n] for n in range(found.line_start, found.line_end + 1) if n in grounds]
    return next((g for g in of_lines if not g.settled), next(iter(of_lines), None))


def _recorded(row: Versioned, changes: Sequence[Change]) -> Ground | None:
    """The ground where a file records its changes: who made them, and when."""
    made = {f"{c.author or 'unnamed'}" + (f" on {c.date[:10]}" if c.date else "") for c in changes}
    if not made:
        return None
    what = {"proposed": "inserted", "deleted": "struck"}.get(row.status, "amended")
    if all(c.moved for c in changes):
        what = {"proposed": "moved here", "deleted": "moved away"}.get(row.status, what)
    return Ground(f"tracked change: {what} by {' and '.join(sorted(made))}", True, "high")


def _contradictions(document: Document, instrument: Instrument) -> list[Remark]:
    if not (instrument.adopted and instrument.revision) or instrument.adopted in instrument.revision:
        return []
    line = document.text.count("\n", 0, instrument.span.start) + 1
    return [Remark(line, f"{instrument.name} says in its enacting formula ({instrument.adopted})")]
