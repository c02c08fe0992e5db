"""References inside clauses: found, and resolved to the clauses or the resolution that they point to (pure).

A provision that is cited without a resolution is one of the clause's own; "of this assembly" is of the body that
adopted it. Numbers of resolutions are per body: where a citation names none, the place and year of its revision tell
the body, or the same number cited in full elsewhere in the resolution.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.citing.cited import UNNUMBERED, Named, names_in, print_place
from corpus.citing.holdings import Holdings, Home, Placed, body_of, holdings_of, placed, venue_of, versions_of
from corpus.citing.mentions import Citation, find_resolutions
from corpus.model import (
    NO_BODY,
    NOWHERE,
    TEXT_VERSIONS,
    Clause,
    Corpus,
    Instrument,
    Span,
    Step,
    TextVersion,
    printed_label,
)
from corpus.readings import Reading, read_clause
from corpus.references import resolve
from corpus.relations import Link
from corpus.views import changes_in

_POINTS = re.compile(r"\)|(?:above|below)$")  # marks of a reference, where an item is cited without its section


@dataclass(frozen=True, slots=True)
class Around:
    """The links of one clause: those it makes, and those of other clauses that lead to it."""

    outgoing: tuple[Link, ...]
    incoming: tuple[Link, ...]


def links_around(clause: str, links: Iterable[Link]) -> Around:
    """The links of the clause with that id, both ways."""
    known = tuple(links)
    return Around(
        outgoing=tuple(link for link in known if link.clause == clause),
        incoming=tuple(link for link in known if clause in link.targets),
    )


def find_links(corpora: Sequence[Corpus]) -> tuple[Link, ...]:
    """The references in the clauses, footnotes and annex headings of ``corpora``, in the order of the texts.

    A reference in an annex's heading, as ``(to Resolution 18)``, counts as one of its first clause.
    """
    passages = [passage for corpus in corpora for passage in _passages(corpus)]
    holdings = holdings_of(corpora, ((p.home, named.citation) for p in passages for named in p.named))
    links: dict[Link, list[TextVersion]] = {}
    for passage in passages:
        for named in passage.named:
            if link := _link(holdings, passage, named):
                links.setdefault(link, []).append(passage.version)
    merged = [replace(k, versions=tuple(v for v in TEXT_VERSIONS if v in found)) for k, found in links.items()]
    return tuple(_settled(merged, {c.id for corpus in corpora for c in corpus.clauses if c.status == "uncertain"}))


def _settled(links: Sequence[Link], uncertain: set[str]) -> Iterator[Link]:
    """Where the version of a clause is unknown, a reference does not dangle if it leads somewhere in either."""
    held = {(link.clause, link.span) for link in links if link.targets}
    return (
        link
        for link in links
        if not (link.state == "dangling" and link.clause in uncertain and (link.clause, link.span) in held)
    )


@dataclass(frozen=True, slots=True)
class _Passage:
    """The words of a clause in one version, and what they name."""

    clause: Clause
    home: Instrument
    version: TextVersion
    reading: Reading
    named: tuple[Named, ...]


def _passages(corpus: Corpus) -> Iterator[_Passage]:
    homes = corpus.by_id
    headings: set[Span] = set()
    for clause in (*corpus.clauses, *corpus.footnotes):
        home = homes[clause.instrument]
        if clause.heading_span not in {NOWHERE, *headings}:
            headings.add(clause.heading_span)
            span, document = clause.heading_span, corpus.document
            changes = changes_in(document.changes, span)
            heading = replace(
                clause, span=span, text=document.at(span), changes=changes, span_in_force=None, span_proposed=None
            )
            for version in versions_of(clause, home):
                reading = read_clause(heading, version)
                named = (Named(*m[:2], "resolution", m.citation) for m in find_resolutions(reading.text, body_of(home)))
                yield _Passage(clause, home, version, reading, tuple(named))
        known: dict[tuple[Span, ...], tuple[Reading, tuple[Named, ...]]] = {}
        for version in versions_of(clause, home):
            pieces = clause.pieces(version)
            if pieces not in known:
                reading = read_clause(clause, version)
                known[pieces] = reading, tuple(names_in(reading.text, body_of(home)))
            yield _Passage(clause, home, version, *known[pieces])


def _link(holdings: Holdings, passage: _Passage, named: Named) -> Link | None:
    """The link that ``named`` makes; None where it only looked like one: a keyword without a label that heads no
    section, "item 5" where the list at hand has no such item, "resolves 2" in a text that is no resolution."""
    clause, own = passage.clause, passage.home
    stands_alone = own.body == NO_BODY and named.citation.number is None
    if named.kind == "self" and stands_alone:
        return None
    link = Link(
        clause=clause.id,
        versions=(),
        span=passage.reading.span(named.start, named.end),
        text=passage.reading.text[named.start : named.end],
        kind=named.kind,
        cited=named.outside or "",
        state="external",
    )
    if named.outside:
        return link
    home = holdings.home(named.citation, own)
    if home.instrument:
        link = replace(link, instrument=home.instrument.id)
    if named.kind in ("resolution", "self"):
        return replace(link, cited=home.name, state=home.state, note=home.note)
    if home.instrument is None:
        return replace(link, cited=_cited(named.citation, home), note=home.note)
    version = passage.version
    wanted = [*_completed(named.citation, placed(clause, version).path)]
    if home.instrument.id != own.id:
        proposed = home.instrument.draft and venue_of(named.citation.revision) == home.instrument.draft_of
        version, wanted = "proposed" if proposed else "in_force", [named.citation]
    places = holdings.places.get((home.instrument.id, version), ())
    for citation in wanted:
        if targets := _targets(citation, places, home.instrument):
            return replace(link, cited=_cited(citation, home), targets=targets, state=home.state, note=home.note)
    if stands_alone or not _insists(named.citation, link.text):
        return None
    there = _what_there_is(wanted[0], places, home.instrument, version)
    note = f"{home.note}; {there}" if home.note else there
    return replace(
        link, cited=_cited(wanted[0], home), state="stale" if home.state == "stale" else "dangling", note=note
    )


def _insists(citation: Citation, text: str) -> bool:
    """Is ``text`` a reference for sure, even if it leads nowhere? A keyword without a label and "item 5" may not be."""
    if citation.keyword:
        return bool(citation.items or citation.paragraph)
    return citation.names_provision or not citation.items or bool(_POINTS.search(text))


def _targets(citation: Citation, places: Iterable[Placed], home: Instrument) -> tuple[str, ...]:
    if citation.annex == UNNUMBERED:
        return tuple(place.id for place in places if place.path[0].kind == "annex")
    exact, below = resolve(replace(citation, number=None, body=None, revision=None), places, [home])
    if not citation.names_provision and len(exact) != 1:  # items alone: of whichever section has them, if only one does
        return ()
    return tuple(place.id for place in (*exact, *below))


def _cited(citation: Citation, home: Home) -> str:
    return f"{print_place(citation)} of {home.name}"


def _completed(citation: Citation, path: Sequence[Step]) -> Iterator[Citation]:
    """What ``citation`` may mean in a clause at ``path``, likeliest first: items are those of the list at hand, a
    Principle is one of the same annex, a NOTE one of the same Principle."""
    around = {s.kind: s.num for s in path}
    place = Citation(
        keyword=around.get("section"),
        addressee=path[0].addressee,
        annex=around.get("annex"),
        heading=around.get("heading"),
        principle=around.get("principle"),
    )
    if citation.items and not citation.names_provision:
        items = tuple(s.num for s in path if s.kind == "item")
        for depth in range(max(len(items) - 1, 0), -1, -1):
            yield replace(place, items=(*items[:depth], *citation.items))
    elif citation.keyword is None and citation.annex is None and place.annex:
        inner = citation.note is not None and citation.principle is None
        yield replace(citation, annex=place.annex, principle=place.principle if inner else citation.principle)
    yield citation


def _what_there_is(citation: Citation, places: Sequence[Placed], home: Instrument, version: TextVersion) -> str:
    """What ``home`` has in the place where ``citation`` finds nothing."""
    text = f" as {'proposed' if version == 'proposed' else 'in force'}" if home.draft else ""
    name = f"{home.name}{text}"
    if citation.keyword:
        there = [p.path for p in places if p.path[0].num == citation.keyword]
        if not there:
            return f"{name} has no section {citation.keyword!r}"
        labels = [[s.num for s in path if s.kind == "item"] for path in there]
        tops = list(dict.fromkeys(nums[0] for nums in labels if nums))
        leaf = any(tuple(nums) == citation.items[:-1] for nums in labels) and len(citation.items) > 1
        nothing = f", with nothing below {_printed(citation.items[:-1])}" if leaf else ""
        if not tops:
            return f"{name} has no labels under {citation.keyword!r}"
        return f"{name} has {citation.keyword} {_listed(map(printed_label, tops))}{nothing}"
    annexes = dict.fromkeys(p.path[0].num for p in places if p.path[0].kind == "annex")
    if citation.annex in annexes:
        return f"Annex {citation.annex} of {name} has no such place"
    return f"{name} has " + (f"Annex {_listed(annexes)}" if annexes else "no annex")


def _printed(items: Iterable[str]) -> str:
    return " ".join(map(printed_label, items))


def _listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
