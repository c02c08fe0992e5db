"""What corpora hold, and which resolution of theirs a citation means (pure)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from corpus.citing.mentions import Citation
from corpus.model import NO_BODY, TEXT_VERSIONS, Clause, Corpus, Instrument, Status, Step, TextVersion
from corpus.relations import State


@dataclass(frozen=True, slots=True)
class Placed:
    """A clause under the labels of one version."""

    id: str
    instrument: str
    path: tuple[Step, ...]
    status: str = "in_force"
    keyword_proposed: str | None = None


class Home(NamedTuple):
    """The resolution that a citation names, as far as it is held."""

    name: str
    instrument: Instrument | None
    state: State
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the corpora hold, and what they let know of the bodies of resolutions.

    ``instruments`` are by number, without edition; ``venues`` are bodies by the place and year of their meeting,
    ``cited`` bodies by the resolution that cites and the number that it cites.
    """

    instruments: Mapping[str, Sequence[Instrument]]
    places: Mapping[tuple[str, TextVersion], tuple[Placed, ...]]
    venues: Mapping[str, frozenset[str]]
    cited: Mapping[tuple[str, str], frozenset[str]]

    def home(self, citation: Citation, own: Instrument) -> Home:
        """The resolution that ``citation``, made in ``own``, names."""
        number = citation.number
        if number is None:
            return Home(own.name if own.body == NO_BODY else name_of(_as_cited(own)), own, "resolved")
        body = citation.body
        for known in (self.venues.get(venue_of(citation.revision)), self.cited.get((own.id, number))):
            body = body or (next(iter(known)) if known and len(known) == 1 else None)
        name = name_of(replace(citation, body=body))
        same = [i for i in self.instruments.get(_base(number), ()) if body is None or body_of(i) in (None, body)]
        same.sort(key=lambda i: (i.id == own.id, i.body == own.body, _year(i.revision)), reverse=True)
        if not same:
            return Home(name, None, "external")
        if len({i.body for i in same}) > 1 and same[0].body != own.body:
            bodies = " or ".join(sorted({i.body for i in same}))
            return Home(name, None, "external", f"{name} may be of {bodies}; the text names no body")
        held = next((i for i in same if _is_revision(citation, i)), None)
        unnamed = None if body else f"the text names no body for {name}; the corpus holds one of {same[0].body} only"
        if held:
            return Home(name, held, "resolved", unnamed)
        return Home(name, same[0], "stale", "; ".join(filter(None, (_stale(citation, same[0]), unnamed))))


def _stale(citation: Citation, held: Instrument) -> str:
    cited = citation.revision or f"Resolution ITU-R {citation.number}"
    other = held.revision if citation.revision else held.name
    formula = held.adopted is not None and held.adopted == venue_of(citation.revision)
    return f"{name_of(replace(_as_cited(held), revision=None))} is cited as {cited}; the corpus holds {other}" + (
        f", whose enacting formula says {held.adopted}" if formula else ""
    )


def _as_cited(held: Instrument) -> Citation:
    return Citation(number=held.number, body=body_of(held), revision=held.revision)


def holdings_of(corpora: Sequence[Corpus], citations: Iterable[tuple[Instrument, Citation]]) -> Holdings:
    """What ``corpora`` hold; ``citations``, with the resolution that makes each, tell bodies."""
    venues: dict[str, set[str]] = defaultdict(set)
    cited: dict[tuple[str, str], set[str]] = defaultdict(set)
    instruments = {i.id: i for corpus in corpora for i in corpus.instruments}
    numbers: dict[str, list[Instrument]] = defaultdict(list)
    for i in instruments.values():
        numbers[_base(i.number)].append(i)
        for revision in filter(None, (i.revision, i.adopted, i.draft_of)):
            venues[venue_of(revision)] |= {body for body in (body_of(i),) if body}
    for home, citation in citations:
        if citation.body and citation.number:
            venues[venue_of(citation.revision)].add(citation.body)
            cited[home.id, citation.number].add(citation.body)
    places: dict[tuple[str, TextVersion], list[Placed]] = defaultdict(list)
    for clause in (c for corpus in corpora for c in (*corpus.clauses, *corpus.footnotes)):
        for version in versions_of(clause, instruments[clause.instrument]):
            places[clause.instrument, version].append(placed(clause, version))
    return Holdings(
        numbers,
        {key: tuple(found) for key, found in places.items()},
        {venue: frozenset(bodies) for venue, bodies in venues.items() if "," in venue},
        {key: frozenset(bodies) for key, bodies in cited.items()},
    )


def placed(clause: Clause, version: TextVersion) -> Placed:
    """``clause`` under the keyword and labels that ``version`` gives it."""
    path = clause.path
    if version == "proposed" and clause.keyword_proposed:
        path = (path[0]._replace(num=clause.keyword_proposed), *path[1:])
    if version == "proposed" and clause.labels_proposed:
        items = iter(Step("item", label.rstrip(")")) for label in clause.labels_proposed)
        path = (*(s for s in path if s.kind != "item"), *items)
    return Placed(clause.id, clause.instrument, path)


def versions_of(clause: Clause, home: Instrument) -> tuple[TextVersion, ...]:
    """The texts of ``home`` that hold ``clause``, in whatever words; a resolution that is no draft has one text."""
    known: dict[Status, tuple[TextVersion, ...]] = {"proposed": ("proposed",), "deleted": ("in_force",)}
    return known.get(clause.status, TEXT_VERSIONS if home.draft else TEXT_VERSIONS[:1])


def name_of(resolution: Citation) -> str:
    """As people write it: ``Resolution 59 (Rev. Kigali, 2022) of WTDC``."""
    number = f"ITU-R {resolution.number}" if resolution.body == "RA" else resolution.number
    revision = f" ({resolution.revision})" if resolution.revision else ""
    return f"Resolution {number}{revision}" + (f" of {resolution.body}" if resolution.body not in (None, "RA") else "")


def body_of(instrument: Instrument) -> str | None:
    """Its body; None where its text does not tell."""
    return instrument.body if instrument.body not in ("unknown", NO_BODY) else None


def _base(number: str) -> str:
    """ITU-R numbers the editions of a resolution: 6-3 is the third revision of 6."""
    return number.partition("-")[0]


def venue_of(revision: str | None) -> str:
    """``Rev. Kigali, 2022`` -> ``Kigali, 2022``."""
    return re.sub(r"^Rev\. ?", "", revision or "")


def _year(revision: str | None) -> str:
    found = re.search(r"\d{4}", revision or "")
    return found[0] if found else ""


def _is_revision(citation: Citation, held: Instrument) -> bool:
    """Does ``citation`` mean the revision that is held, or the one that it proposes? It may leave out the place."""
    edition = (citation.number or "").partition("-")[2]
    if edition and edition != held.number.partition("-")[2]:
        return False
    known = [venue_of(revision) for revision in (held.revision, held.draft_of) if revision]
    cited = venue_of(citation.revision)
    return not cited or not known or any(_same_venue(cited, venue) for venue in known)


def _same_venue(a: str, b: str) -> bool:
    return a.lower() == b.lower() or (_year(a) == _year(b) and not ("," in a and "," in b))
