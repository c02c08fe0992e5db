"""How well a clause fits what a question asks for, part by part (pure)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import chain
from typing import NamedTuple

from corpus.bodies import implied_by, members_of, without_bodies
from index.text import stem as stem_of
from index.text import tokens
from qa.asked import parts_of
from qa.kinds import focus_of
from qa.model import Interpretation
from qa.profile import Profile
from qa.wording import vocabulary

_UNKNOWN_SHARE = 1e-3  # a word of no clause counts as one in a thousand
_LIGHT = 0.5  # the weight of a word that says little
_SYNONYM = 0.6  # how far a word is covered by another that is said for it
_GLOSSED = 0.8  # how far a word is covered by a gloss of the clause that holds it
_ONE_OF = 0.9  # how far a collective is named by one of its members
_IMPLIED = 0.6  # how far a body is named by a collective that it belongs to


def _weight(stem: str, share: float) -> float:
    """By rarity, where a part ``share`` of all clauses holds the stem; light words of everyday English weigh little."""
    return _LIGHT if stem in _light() else 1 - math.log(share or _UNKNOWN_SHARE)


@cache
def _light() -> frozenset[str]:
    return frozenset(map(stem_of, vocabulary("light")))


class Term(NamedTuple):
    """A stem of the question, its weight by rarity, whether any clause holds it, whether it says more than the name of
    a body, the groups of stems that texts may hold for it, and all of those stems."""

    stem: str
    weight: float
    known: bool
    matters: bool
    others: tuple[tuple[str, ...], ...]
    any_other: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sought:
    """A question as clauses are measured by it: its words, with the weight of those of its matter, and the noun that it
    asks for, if it says one."""

    asked: Interpretation
    terms: tuple[Term, ...]
    focus: str | None
    matter: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "matter", sum(t.weight for t in self.terms if t.matters))


def sought(asked: Interpretation, share: Callable[[str], float]) -> Sought:
    """``share`` tells which part of all clauses holds a stem."""
    matter = frozenset(tokens(without_bodies(asked.sought)))
    others = {stem: s.others for s in asked.synonyms for stem in s.stems}

    def term(stem: str) -> Term:
        held, said = share(stem), others.get(stem, ())
        return Term(stem, _weight(stem, held), held > 0, stem in matter, said, frozenset(chain.from_iterable(said)))

    terms = tuple(map(term, dict.fromkeys(tokens(asked.sought))))
    return Sought(asked, terms, focus_of(parts_of(asked.text)[0]))


class Fit(NamedTuple):
    """Parts of a fit; more is better (but for ``gap`` and ``absent``), 0 where nothing of the kind is asked.

    ``lexical``, ``late`` and ``prototype`` are shares of the best clause's scores, ``cosine`` and
    ``likeness`` the dense score and that of the prototypes as they are. ``matter`` is the share of the question's words
    but for names of bodies, weighted by their rarity, that the clause
    or what it stands under holds; ``own`` the same in the clause's own
    words; ``gap`` the weight of the heaviest word that is missing, as a share, ``absent`` that of all missing words
    which other clauses hold. ``joint`` is the least of matter, bodies and parties: all must fit. ``bearer``,
    ``recipient`` and ``frequency`` say whether the clause lays a duty on those that the question names, or towards
    them, as often; ``defines`` whether it introduces the body that is to be defined. ``scope``,
    ``cited`` and ``version`` say whether it stands in the resolution, provision and version asked about.
    """

    lexical: float
    late: float
    prototype: float
    cosine: float
    likeness: float
    matter: float
    own: float
    gap: float
    absent: float
    joint: float
    bearer: float
    recipient: float
    frequency: float
    defines: float
    scope: float
    cited: float
    version: float


class Place(NamedTuple):
    """Where a clause stands, seen from the question: shares in [-1, 1]."""

    scope: float = 0.0
    cited: float = 0.0
    version: float = 0.0


class Scores(NamedTuple):
    """Those of a clause by the searches: as shares of the best clause's, and the cosines as they are."""

    lexical: float = 0.0
    late: float = 0.0
    prototype: float = 0.0
    cosine: float = 0.0
    likeness: float = 0.0


def fit(question: Sought, clause: Profile, place: Place, scores: Scores) -> Fit:
    """How well ``clause`` fits ``question``, given where it stands and its scores."""
    asked, words = question.asked, _covered(question, clause)
    bodies = _mean([_named(b, clause.named) for b in asked.bodies])
    bearer, recipient = _bearer(asked.bearer, clause), _recipient(asked.recipient, clause)
    joint = min(
        words.matter,
        bodies if asked.bodies else 1.0,
        bearer if asked.bearer and clause.bearers else 1.0,
        recipient if asked.recipient else 1.0,
    )
    defines = asked.slot == "definition" and (clause.footnote or bool(clause.introduces & frozenset(asked.bodies)))
    return Fit(
        *scores,
        *words,
        joint,
        bearer,
        recipient,
        _frequency(asked.frequency, clause),
        float(defines),
        *place,
    )


class _Words(NamedTuple):
    """The parts of a fit that count words."""

    matter: float
    own: float
    gap: float
    absent: float


def _covered(question: Sought, clause: Profile) -> _Words:
    """In one pass over the words of the question: it is made for every candidate."""
    own = missing = absent = gap = 0.0
    for term in question.terms:
        if term.matters:
            covered, weight = covered_by(term, clause.held, clause.said), term.weight
            own += covered_by(term, clause.own) * weight
            if covered < 1:
                lacking = (1 - covered) * weight
                missing += lacking
                gap = max(gap, lacking)
                absent += lacking if term.known else 0.0
    matter = question.matter
    return _Words(
        matter=1 - missing / matter if matter else 1.0,
        own=own / matter if matter else 1.0,
        gap=gap / (matter or 1.0),
        absent=absent / (matter or 1.0),
    )


def coverage(terms: Sequence[Term], stems: frozenset[str], said: frozenset[str] = frozenset()) -> float:
    """The share of ``terms``, weighted by rarity, among ``stems``; 1 where there is nothing to cover."""
    total = sum(t.weight for t in terms)
    return sum(t.weight * covered_by(t, stems, said) for t in terms) / total if total else 1.0


def covered_by(term: Term, stems: frozenset[str], said: frozenset[str] = frozenset()) -> float:
    """How far ``stems`` hold the term, or something that is said for it, in [0, 1]; ``said`` are stems of glosses."""
    if term.stem in stems:
        return 1.0
    if term.stem in said:
        return _GLOSSED
    if term.any_other.isdisjoint(stems):
        return 0.0
    return _SYNONYM * max(sum(s in stems for s in other) / len(other) for other in term.others)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


@lru_cache(maxsize=1024)
def _members(body: str) -> frozenset[str]:
    return frozenset(members_of(body))


@lru_cache(maxsize=1024)
def _collectives(body: str) -> frozenset[str]:
    return frozenset(implied_by(body))


def _named(body: str, among: frozenset[str]) -> float:
    if body in among:
        return 1.0
    if _members(body) & among:
        return _ONE_OF
    return _IMPLIED if _collectives(body) & among else 0.0


def is_among(body: str, others: frozenset[str]) -> bool:
    """Is the body one of ``others``, or do they name a collective that it belongs to or consists of?"""
    return _named(body, others) > 0


def is_named(body: str, clause: Profile) -> bool:
    """Does ``clause`` name the body, or a collective that it belongs to or consists of?"""
    return _named(body, clause.named) > 0


def _bearer(wanted: Sequence[str], clause: Profile) -> float:
    if not wanted:
        return 0.0
    return max(_named(b, clause.bound) for b in wanted) or (-1.0 if clause.bearers else 0.0)


def _recipient(wanted: Sequence[str], clause: Profile) -> float:
    if not wanted:
        return 0.0
    return max(max(_named(b, clause.recipients), 0.5 * _named(b, clause.bodies)) for b in wanted) or -1.0


def _frequency(wanted: str | None, clause: Profile) -> float:
    if wanted is None or wanted in clause.frequencies:
        return float(wanted is not None)
    return -1.0 if clause.frequencies or clause.duties else -0.5
