"""How clauses relate to each other: frozen values, apart from what finds them, which serving need not load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from corpus.model import TEXT_VERSIONS, Span, TextVersion

Kind = Literal["provision", "resolution", "annex", "treaty", "recommendation", "self"]
KINDS: tuple[Kind, ...] = ("provision", "resolution", "annex", "treaty", "recommendation", "self")

State = Literal["resolved", "external", "dangling", "stale"]
STATES: tuple[State, ...] = ("resolved", "external", "dangling", "stale")

Basis = Literal["row", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A reference that the clause with id ``clause`` makes.

    ``text`` is readable; ``span`` is where the canonical text has it, in a draft together with words of the other
    version that stand between. ``versions`` are the texts of the clause that make it. ``cited`` names in full what is
    cited: the same words for the same thing. ``targets`` are ids of clauses: those meant exactly, then those below
    them; ``instrument`` is the resolution that they belong to, or that is cited as a whole.

    ``state`` is resolved; external: no document holds what is cited; dangling: the resolution is held, but has no such
    provision; or stale: it is held in another revision than the one cited, and ``targets`` are of that one. ``note``
    says more in a sentence.
    """

    clause: str
    versions: tuple[TextVersion, ...]
    span: Span
    text: str
    kind: Kind
    cited: str
    state: State
    targets: tuple[str, ...] = ()
    instrument: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Parallel:
    """Two clauses of different instruments that make the same provision, in the order of the corpus.

    ``score`` in [0, 1] says how alike they are, ``basis`` whether their document puts them side by side or only
    their words do, ``versions`` in which texts they are parallel.
    """

    clauses: tuple[str, str]
    score: float
    basis: Basis
    versions: tuple[TextVersion, ...] = TEXT_VERSIONS

    def other(self, clause: str) -> str:
        """The one of the two that is not ``clause``."""
        return self.clauses[self.clauses[0] == clause]
