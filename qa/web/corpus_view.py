"""What is indexed: documents, their resolutions, and what a check of their references found (pure over the store)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from corpus.model import STATUSES, Clause
from corpus.relations import STATES, Link
from qa.answer import Answerer
from qa.api.listing import InstrumentItem


@dataclass(frozen=True, slots=True)
class Flaw:
    """A reference that leads nowhere, or to another revision than the one cited."""

    clause: Clause
    link: Link


@dataclass(frozen=True, slots=True)
class Held:
    """A resolution of the corpus: clauses by status, references by state, those among them that are flawed."""

    instrument: InstrumentItem
    clauses: Mapping[str, int]
    references: Mapping[str, int]
    flaws: Sequence[Flaw]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its sha256, its parser's remarks (line, message) and its resolutions."""

    name: str
    sha256: str
    remarks: Sequence[tuple[int, str]]
    held: Sequence[Held]


@lru_cache(maxsize=1)
def documents(answerer: Answerer) -> tuple[DocumentView, ...]:
    """The documents of the index that ``answerer`` answers from."""
    store = answerer.bundle.store
    clauses = store.select()
    links = {clause.id: store.links_from(clause.id) for clause in clauses}
    found = []
    for name, sha256, remarks in store.documents():
        own = [c for c in clauses if c.document == name]
        homes = dict.fromkeys(c.instrument for c in own)
        held = [
            _held(InstrumentItem.of(store.instruments[home]), [c for c in own if c.instrument == home], links)
            for home in homes
        ]
        found.append(DocumentView(name, sha256, remarks, held))
    return tuple(found)


def _held(instrument: InstrumentItem, clauses: Sequence[Clause], links: Mapping[str, Sequence[Link]]) -> Held:
    made = [Flaw(clause, link) for clause in clauses for link in links[clause.id]]
    statuses = Counter(c.status for c in clauses if c.part != "footnote")
    states = Counter(one.link.state for one in made)
    return Held(
        instrument=instrument,
        clauses={status: statuses[status] for status in STATUSES if statuses[status]},
        references={state: states[state] for state in STATES if states[state]},
        flaws=[one for one in made if one.link.state in ("dangling", "stale")],
    )
