"""Provisions that stand in several resolutions, aligned clause by clause (pure).

A comparison table puts parallel provisions into one row, but a row may hold whole sections, and a provision may stand
in another row, section or part. So the words decide which clause goes with which, and a shared row lowers the bar.
Names that differ from Sector to Sector are made alike first: TSAG, RAG and TDAG are each an advisory group.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import NamedTuple

from corpus.bodies import Body, bodies, replace_bodies
from corpus.model import TEXT_VERSIONS, Clause, Corpus, Instrument, TextVersion
from corpus.readable import readable
from corpus.relations import Parallel

# Set on the development part of the hand-made groups; the figures change little around them.
_WORDS, _WITHIN, _IN_ORDER = 0.5, 0.25, 0.25  # shares of a score: words of both, of the shorter, pairs of neighbours
_BAR, _BAR_IN_ROW = 0.5, 0.35  # the least score of parallels, and of those that stand in one row
_BEST = 0.95  # of the best score that either of the two has in the other's instrument
_RIVAL = 0.7  # of the best score that both have: where one resolution splits what another joins

_CANDIDATES = 40  # clauses that are compared with each one, besides those in its row
_COMMON = 400  # words that more clauses hold than this find no candidates
_LEAST = 0.2  # of the weight of a clause, that a candidate shares

_STOPWORDS = frozenset(
    "a also among an and any are as at be been between both by for from has have he her his in inter into is it its "
    "may not of on or other shall should so such that the their them these they this those three to two under was "
    "which will with within would".split()
)
_PREFIX = 6  # characters of a word that count: cooperate, cooperation
_CITED = re.compile(r"\bResolution (?P<itur>ITU-R )?(?P<number>\d+)(?:-\d+)?(?: \([^()]*\d{4}\))?", re.I)
_ANNEX = re.compile(r"\b(annex)(?:es)? (?:\d+|[A-Z])\b(?: and (?:annex )?(?:\d+|[A-Z])\b)?", re.I)
_LABEL = re.compile(r"(?<![\w(/-])\w{1,3}\)")
_CHAIR = re.compile(r"\bchair(?:man|men|person|persons|woman)\b", re.I)
_WORD = re.compile(r"@?[^\W_]+")


@dataclass(frozen=True, slots=True)
class _Unit:
    """A clause with the words that count, and how often each occurs, alone and in pairs of neighbours."""

    clause: Clause
    words: Mapping[str, int]
    pairs: Mapping[str, int]
    subject: str | None  # the resolution that the clause opens with


def align(corpora: Iterable[Corpus]) -> tuple[Parallel, ...]:
    """The parallels among all clauses of ``corpora``; footnotes have none."""
    corpora = list(corpora)
    homes = {i.id: i for corpus in corpora for i in corpus.instruments}
    return align_clauses([c for corpus in corpora for c in corpus.clauses], homes)


def align_clauses(clauses: Sequence[Clause], homes: Mapping[str, Instrument]) -> tuple[Parallel, ...]:
    """The parallels among ``clauses``, whose instruments are ``homes``; each version is aligned by itself."""
    order = {c.id: n for n, c in enumerate(clauses)}
    drafts = any(c.changes or c.status in ("proposed", "deleted") for c in clauses)
    texts = [(version,) for version in TEXT_VERSIONS] if drafts else [TEXT_VERSIONS]
    found: dict[tuple[str, str], Parallel] = {}
    for versions in texts:
        held = [c for c in clauses if c.part != "footnote" and stands_in(c, versions[0])]
        for one in _Aligner([_unit(c, homes[c.instrument], versions[0]) for c in held]).parallels():
            known = found.get(one.clauses)
            found[one.clauses] = replace(
                one,
                score=max(one.score, known.score) if known else one.score,
                versions=(*known.versions, *versions) if known else versions,
            )
    return tuple(sorted(found.values(), key=lambda p: (order[p.clauses[0]], -p.score, order[p.clauses[1]])))


def stands_in(clause: Clause, version: TextVersion) -> bool:
    """Does the resolution hold ``clause`` in ``version``, in whatever words? An uncertain one may stand in both."""
    return clause.status != ("proposed" if version == "in_force" else "deleted")


class _Aligner:
    """Weighs the words of one version's clauses and pairs the clauses up. Clauses go by their number."""

    def __init__(self, units: Sequence[_Unit]) -> None:
        self._units = units
        self._homes = [unit.clause.instrument for unit in units]
        self._holders: dict[str, list[int]] = defaultdict(list)
        tables = Counter(document for document, _ in {(u.clause.document, u.clause.row) for u in units})
        self._rows = [  # a document of one row puts nothing side by side
            (u.clause.document, u.clause.row) if tables[u.clause.document] > 1 else None for u in units
        ]
        self._in_row: dict[tuple[str, int] | None, list[int]] = defaultdict(list)
        for n, (unit, row) in enumerate(zip(units, self._rows, strict=True)):
            if row:
                self._in_row[row].append(n)
            for term in (*unit.words, *unit.pairs):
                self._holders[term].append(n)
        self._words = [self._weighed(unit.words) for unit in units]
        self._pairs = [self._weighed(unit.pairs) for unit in units]

    def _weighed(self, terms: Mapping[str, int]) -> _Weighed:
        """``terms`` by how often they occur and how rare they are (inverse document frequency)."""
        weights = {t: n * log((1 + len(self._units)) / len(self._holders[t])) for t, n in terms.items()}
        return _Weighed(weights, sum(weights.values()))

    def parallels(self) -> Iterator[Parallel]:
        """Pairs that are alike enough, and of which either is the best that the other's instrument has for it."""
        scores = {pair: self._score(*pair) for pair in self._candidates()}
        best: dict[tuple[int, str], float] = defaultdict(float)
        for (a, b), score in scores.items():
            best[a, self._homes[b]] = max(best[a, self._homes[b]], score)
            best[b, self._homes[a]] = max(best[b, self._homes[a]], score)
        for (a, b), score in scores.items():
            low, high = sorted((best[a, self._homes[b]], best[b, self._homes[a]]))
            beside = self._rows[a] is not None and self._rows[a] == self._rows[b]
            if score >= max(_BAR_IN_ROW if beside else _BAR, _BEST * low, _RIVAL * high):
                ids = self._units[a].clause.id, self._units[b].clause.id
                yield Parallel(ids, round(score, 3), "row" if beside else "content")

    def _candidates(self) -> list[tuple[int, int]]:
        """Pairs of different instruments that stand in one row or share many words, the smaller number first."""
        found = set()
        for n, home in enumerate(self._homes):
            for m in (*self._in_row.get(self._rows[n], ()), *self._alike(n)):
                if self._homes[m] != home:
                    found.add((min(n, m), max(n, m)))
        return sorted(found)

    def _alike(self, n: int) -> list[int]:
        """The clauses of other instruments that share most with clause ``n``."""
        shared: dict[int, float] = defaultdict(float)
        for weights in (self._words[n].weights, self._pairs[n].weights):
            for term, weight in weights.items():
                if len(holders := self._holders[term]) <= _COMMON:
                    for m in holders:
                        shared[m] += weight
        least = _LEAST * (self._words[n].total + self._pairs[n].total)
        others = [m for m, weight in shared.items() if weight >= least and self._homes[m] != self._homes[n]]
        return nlargest(_CANDIDATES, others, key=lambda m: (shared[m], -m))

    def _score(self, a: int, b: int) -> float:
        one, other = self._units[a].subject, self._units[b].subject
        if one and other and one != other:
            return 0.0
        alike, within = _overlap(self._words[a], self._words[b])
        in_order, _ = _overlap(self._pairs[a], self._pairs[b])
        return _WORDS * alike + _WITHIN * within + _IN_ORDER * in_order


class _Weighed(NamedTuple):
    """Terms with their weights, and the sum of these."""

    weights: dict[str, float]
    total: float


def _overlap(one: _Weighed, other: _Weighed) -> tuple[float, float]:
    """How much is common: of both (Dice's coefficient), and of the lesser (containment)."""
    common = sum(min(one.weights[t], other.weights[t]) for t in one.weights.keys() & other.weights.keys())
    return (2 * common / (one.total + other.total), common / min(one.total, other.total)) if common else (0.0, 0.0)


def _unit(clause: Clause, home: Instrument, version: TextVersion) -> _Unit:
    own = _words(readable(clause.text_of(version)), home)
    subject = own[0] if own and own[0].startswith("@res") else None
    words = [*_words(readable(clause.addressee or ""), home), *own]
    return _Unit(clause, Counter(words), Counter(f"{a} {b}" for a, b in pairwise(words)), subject)


def _words(text: str, home: Instrument) -> list[str]:
    """The words of ``text`` that count, cut to stems; what goes by other names in other resolutions is made alike."""
    text = _CITED.sub(lambda m: _cited(m, home), text)
    text = _LABEL.sub(" ", _ANNEX.sub(r"\1", _CHAIR.sub("chair", text)))
    text = replace_bodies(text, lambda body: f" @{_role(body)} ")
    words = [w if w[0] == "@" else w[:_PREFIX] for w in _WORD.findall(text.lower())]
    words = [w for w in words if len(w) > 1 and w not in _STOPWORDS]
    return [w for n, w in enumerate(words) if w[0] != "@" or n == 0 or w != words[n - 1]]


def _cited(match: re.Match[str], home: Instrument) -> str:
    own = match["number"] == home.number and bool(match["itur"]) == (home.body == "RA")
    return "resolution" if own else f"@res{'r' if match['itur'] else ''}{match['number']}"


def _role(body: Body) -> str:
    """What ``body`` is in its Sector; a body of the whole Union is itself."""
    body = bodies()[body.members[0]] if body.members else body
    return (body.kind if body.sector else body.id).replace("_", "").replace("-", "")
