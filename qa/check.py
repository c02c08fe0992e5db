"""What is to know of documents before they are trusted: references that lead nowhere, versions, remarks (pure)."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from corpus.model import NO_BODY, STATUSES, Clause, Corpus, Instrument
from corpus.references import proposed_for
from corpus.relations import STATES, Link

_WORDS = {"in_force": "in force"}


class _Row(NamedTuple):
    """A link with the clause that makes it."""

    corpus: Corpus
    clause: Clause
    link: Link

    @property
    def line(self) -> int:
        return self.corpus.document.text.count("\n", 0, self.link.span.start) + 1


def _rows(corpora: Sequence[Corpus], links: Iterable[Link]) -> list[_Row]:
    owners = {c.id: (corpus, c) for corpus in corpora for c in (*corpus.clauses, *corpus.footnotes)}
    return [_Row(*owners[link.clause], link) for link in links]


def check_as_json(corpora: Sequence[Corpus], links: Iterable[Link]) -> Any:
    """What ``clauseqa corpus check --json`` prints: an object for a document, a list of them for several."""
    from qa.api.listing import parsed

    found = []
    rows = _rows(corpora, links)
    for corpus in corpora:
        whole = parsed(corpus)
        items = [_item(row) for row in rows if row.corpus is corpus]
        found.append({"document": whole["document"], "links": items, "remarks": whole["remarks"]})
    return found[0] if len(found) == 1 else found


def _item(row: _Row) -> dict[str, Any]:
    link = row.link
    return {
        "clause_id": link.clause,
        "reference": row.clause.reference,
        "versions": list(link.versions),
        "text": link.text,
        "line": row.line,
        "char_start": link.span.start,
        "char_end": link.span.end,
        "kind": link.kind,
        "cited": link.cited,
        "state": link.state,
        "note": link.note,
        "instrument": link.instrument,
        "targets": list(link.targets),
    }


def show_check(corpora: Sequence[Corpus], links: Iterable[Link], width: int) -> str:
    """For each document its resolutions: counts, references that dangle or are stale, those to texts outside, those
    that are resolved, and what other resolutions cite of it; then the remarks of its reader."""
    rows = _rows(corpora, links)
    return "\n\n".join("\n".join(_document(corpus, rows, width)) for corpus in corpora)


def _document(corpus: Corpus, rows: Sequence[_Row], width: int) -> Iterator[str]:
    own = [row for row in rows if row.corpus is corpus]
    yield (
        f"{corpus.document.name}: {_counted(corpus.instruments, 'resolution')}, {_counted(corpus.clauses, 'clause')}, "
        f"{_counted(corpus.footnotes, 'footnote')}; {_references(own)}"
    )
    for instrument in corpus.instruments:
        made = [row for row in own if row.clause.instrument == instrument.id]
        yield from ("", *_instrument(corpus, instrument, made))
        for state in ("dangling", "stale", "external", "resolved"):
            yield from _grouped(state, [(row.link, _place(row)) for row in made if row.link.state == state], width)
        citing = [row for row in rows if row.link.instrument == instrument.id != row.clause.instrument]
        places = [(row.link, f"{row.clause.reference}, line {row.line}") for row in citing]
        yield from _grouped("cited by other resolutions", places, width, noted=False)
    if corpus.remarks:
        yield from ("", "remarks", *(f"  line {r.line}: {r.message}" for r in corpus.remarks))


def _instrument(corpus: Corpus, instrument: Instrument, rows: Sequence[_Row]) -> Iterator[str]:
    draft = f", draft revision {proposed_for(instrument)}" if instrument.draft else ""
    body = f", {instrument.body}" if instrument.body != NO_BODY else ""
    yield f"{instrument.name}{body}{draft}"
    clauses = [c for c in corpus.clauses if c.instrument == instrument.id]
    statuses = Counter(c.status for c in clauses)
    counts = [f"{statuses[status]} {_WORDS.get(status, status)}" for status in STATUSES if statuses[status]]
    yield f"  {_with(_counted(clauses, 'clause'), counts)}"
    yield f"  {_references(rows)}"


def _references(rows: Sequence[_Row]) -> str:
    states = Counter(row.link.state for row in rows)
    return _with(_counted(rows, "reference"), [f"{states[state]} {state}" for state in STATES if states[state]])


def _with(total: str, parts: Sequence[str]) -> str:
    return f"{total}: {', '.join(parts)}" if parts else total


def _counted(things: Collection[object], name: str) -> str:
    return f"{len(things)} {name}" + ("" if len(things) == 1 else "s")


def _grouped(title: str, rows: Sequence[tuple[Link, str]], width: int, noted: bool = True) -> Iterator[str]:
    """``rows`` (a link and where it stands) under the names of what they cite, in the order of their first citation."""
    groups: dict[str, list[tuple[Link, str]]] = {}
    for row in rows:
        groups.setdefault(row[0].cited, []).append(row)
    if groups:
        yield f"  {title}"
    for cited, members in groups.items():
        yield _wrapped(cited, width, 4)
        for note in dict.fromkeys(link.note for link, _ in members if link.note) if noted else ():
            yield _wrapped(f"({note})", width, 6)
        for link, place in members:
            yield _wrapped(f"{place}: “{link.text}”", width, 6)


def _wrapped(text: str, width: int, indent: int) -> str:
    first, rest = " " * indent, " " * (indent + 4)
    return textwrap.fill(text, max(width, 40), initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _place(row: _Row) -> str:
    """The clause within its resolution, and which text of a draft makes the reference, where only one does."""
    only = row.link.versions if row.corpus.instrument_of(row.clause).draft and len(row.link.versions) == 1 else ()
    version = "".join(f", {_WORDS.get(v, v)}" for v in only)
    return f"{row.clause.reference.partition(' of Resolution')[0]}, line {row.line}{version}"
