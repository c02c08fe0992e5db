"""Question -> ranked clauses: search, measure how each fits what is asked, rank, and bring parallels together."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter, mul
from typing import NamedTuple

from corpus.model import Clause, TextVersion
from index.bundle import Bundle
from index.encoder import is_word
from index.filters import ALL, Filters
from index.fusion import Hit
from index.glosses import NOT_NEAR, Near
from index.search import Query
from index.store import Key
from qa.cited import Citations, Cited
from qa.filters import resolve_filters
from qa.fit import Fit, Place, Scores, Sought, fit, sought
from qa.model import Interpretation, Question
from qa.profiles import Profiles
from qa.spelling import Speller
from qa.understand import KNOWN, Heard, hear, interpret
from qa.whole import Whole, Wholes
from qa.wording import misspelled

POOL = 12  # hits whose fit is measured
_REACH = 40  # hits of which some more are measured, if they are like the best one
BESIDE = 5  # how many of them
_SAME = 0.7  # how alike parallels are that say the same
_AS_GOOD = 0.1  # how much less of what is asked one of them may hold
LIFT = 0.9  # of the score of a parallel, weighted by how alike they are
ALIKE = 6.5  # log-odds that a clause loses for being wholly unlike the best one; between 5 and 8 little changes
# The fit of a clause that has no words in the version asked for, or is not in a resolution asked about: it comes last.
OTHER_VERSION = -3.0
ELSEWHERE = -1.0
_SCORES = ("lexical", "late", "prototype")  # what vectors say is in the last; their own score found the clause
_of = attrgetter(*_SCORES)
# Fitted on the development questions by ``python -m eval.calibrate``.
BIAS = -11.2
WEIGHTS: Mapping[str, float] = {
    "lexical": 3.69,
    "late": 0.48,
    "prototype": 6.38,
    "matter": 1.3,
    "own": 0.6,
    "bearer": 0.6,
    "recipient": 0.86,
    "frequency": 0.37,
    "defines": 2.65,
    "scope": 1.3,
    "cited": 1.67,
    "version": 0.75,
}


class Ranked(NamedTuple):
    """A clause by its number with the version of its words that was found, its score in [0, 1], and where that comes
    from: its fit, the scores of the searches, and the log-odds lost for being unlike the best clause."""

    number: int
    version: TextVersion | None
    score: float
    fit: Fit
    hit: Hit
    away: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """Ranked clauses for a question, first those that it asks for by their reference or as all of a kind, and those
    that these lead to. ``near`` are the glosses of the ``best``, and ``nothing`` says how much rather the question is
    about what no clause answers."""

    interpretation: Interpretation
    sought: Sought
    ranked: tuple[Ranked, ...]
    cited: Cited
    whole: Whole | None = None
    near: Near = NOT_NEAR
    nothing: float = 0.0

    @property
    def best(self) -> Ranked:
        """The clause that fits best: the first one, or the draft that gave way to it, being the same but proposed."""
        return best_of(self.ranked)


class Finder:
    """Finds clauses in one bundle. Immutable but for a cache, and safe to use from several threads."""

    def __init__(
        self,
        bundle: Bundle,
        weights: Mapping[str, float] | None = None,
        *,
        lift: float = LIFT,
        alike: float = ALIKE,
        synonyms: bool = True,
    ) -> None:
        """``weights`` of the parts of a fit (default: :data:`WEIGHTS`), ``lift`` of parallels, how much it counts to be
        ``alike`` the best clause, and whether everyday words are looked up: to measure what each is worth."""
        self._weights, self._lift, self._synonyms = in_order(WEIGHTS if weights is None else weights), lift, synonyms
        self._alike = alike
        self._bundle, self._store = bundle, bundle.store
        self._speller = Speller(bundle.store.spellings(), KNOWN, partial(is_word, bundle.encoder), misspelled())
        self._instruments = bundle.store.instruments
        self._profiles = Profiles(bundle.store)
        self._citations = Citations(bundle.store, self._profiles)
        self._wholes = Wholes(bundle.store, self._profiles)
        self._aside = ThreadPoolExecutor(1, "find")
        self.clauses, self.profile = self._profiles.clauses, self._profiles.of
        self._numbers = self._profiles.numbers
        self._parallels: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for one, other, alike in bundle.store.parallel_numbers():
            self._parallels[one].append((other, alike))
            self._parallels[other].append((one, alike))

    def find(self, question: Question) -> Found:
        """The ranked clauses: at least ``question.k``, where there are so many. Raises a
        :class:`~corpus.errors.QueryError`."""
        heard = hear(question, self._speller, self._instruments.values())
        filters = resolve_filters(self._store, question.filters, question.version)
        if not self._synonyms:
            heard = replace(heard, synonyms=())
        # The encoder leaves the interpreter to others while it computes.
        measuring = self._aside.submit(self._measure, heard, filters)
        query = Query(heard.sought, heard.also, heard.synonyms)
        most = max(POOL, question.k)
        hits, seen = self._bundle.searcher.find(query, max(_REACH, most), filters)
        measured, cited, whole = measuring.result()
        first = whole.keys if whole else [(number, None) for number in (*cited.asked_for, *cited.led_to)]
        ranked = self._rank(measured, hits, cited, first, most=most, everywhere=filters == ALL)
        near, nothing = NOT_NEAR, 0.0
        if ranked and seen is not None:
            best = best_of(ranked)
            near = self._bundle.searcher.near(seen, best.number, best.version)
            nothing = self._bundle.searcher.nothing(seen, best.number, best.version)
        return Found(measured.asked, measured, tuple(ranked), cited, whole, near, nothing)

    def _measure(self, heard: Heard, filters: Filters) -> tuple[Sought, Cited, Whole | None]:
        """What clauses are measured by, and those that are asked for by name or kind, whatever is found."""
        asked = interpret(heard, self._instruments.values())
        cited = self._citations.of(asked, filters)
        return sought(asked, self.share), cited, self._wholes.of(asked, cited, filters)

    def sought(self, question: Question) -> Sought:
        """What clauses are measured by for ``question``."""
        heard = hear(question, self._speller, self._instruments.values())
        return sought(interpret(heard, self._instruments.values()), self.share)

    def share(self, stem: str) -> float:
        """The part of all clauses that holds ``stem``."""
        return self._bundle.lexical.clauses_with(stem) / len(self.clauses)

    def alike(self, one: str, other: str) -> float:
        """How alike two clauses are as parallel provisions, by their ids; 0 where they are not."""
        a, b = self._numbers[one], self._numbers[other]
        return next((alike for n, alike in self._parallels.get(a, ()) if n == b), 0.0)

    def _rank(
        self, question: Sought, hits: Sequence[Hit], cited: Cited, first: Sequence[Key], *, most: int, everywhere: bool
    ) -> list[Ranked]:
        """The ``most`` best ``hits`` and what is cited, by their fit; the clauses ``first``, in these versions, come
        before all. Where there are none, what is like the best clause follows it sooner, some of the further hits too.
        Of an enumeration whose introduction is found come all items, if clauses ``everywhere`` may."""
        pool = {hit.number: hit for hit in hits[:most]}
        further = {hit.number: hit for hit in hits[most:]}
        items = [n for n in pool if everywhere for n in self._items(n)]
        for number in (*cited.all, *(n for n, _ in first), *items):
            pool.setdefault(number, further.pop(number, Hit(number, 0.0, 0.0, 0.0)))
        for number, version in first:
            pool[number] = pool[number]._replace(version=version or pool[number].version)
        top = [max(scores, default=0.0) or 1.0 for scores in zip(*map(_of, pool.values()), strict=True)]
        drafts = self._drafts(question.asked, (*pool.values(), *further.values()))
        fits = self._fits(question, pool, cited, top)
        scores = self._lifted({n: score(f, self._weights) for n, f in fits.items()}, fits, drafts)
        place = {n: at for at, (n, _) in enumerate(first)}
        order = sorted(pool, key=lambda n: (place.get(n, len(place)), is_outside(fits[n]), -scores[n], n in drafts, n))
        away: Mapping[int, float] = {}
        if order and not place:
            best = order[0]
            away = self._away(pool[best], (*pool.values(), *further.values()))
            beside = {n: further[n] for n in sorted(further, key=away.__getitem__, reverse=True)[:BESIDE]}
            pool |= beside
            fits |= self._fits(question, beside, cited, top)
            scores = self._lifted({n: score(f, self._weights, away[n]) for n, f in fits.items()}, fits, drafts)
            order = [best, *sorted(pool.keys() - {best}, key=lambda n: (-scores[n], n in drafts, n))]
            order = self._with_items(order, [n for n in pool if not is_outside(fits[n])])
        ranked: list[Ranked] = []
        for n in order:  # a score never passes that of the clause before
            own = 1.0 if n in place else scores[n]
            shown = min(own, ranked[-1].score) if ranked else own
            ranked.append(Ranked(n, pool[n].version, shown, fits[n], pool[n], away.get(n, 0.0)))
        return ranked

    def _fits(self, question: Sought, hits: Mapping[int, Hit], cited: Cited, top: Sequence[float]) -> dict[int, Fit]:
        """How each of ``hits`` fits; ``top`` are the best scores, in the order of :data:`_SCORES`."""
        profiles = self._profiles.load((n, hit.version) for n, hit in hits.items())
        return {
            n: fit(question, profiles[n, hit.version], self._place(n, hit, question.asked, cited), _scores(hit, top))
            for n, hit in hits.items()
        }

    def _drafts(self, asked: Interpretation, hits: Iterable[Hit]) -> set[int]:
        """The numbers of those ``hits`` that are, or may be, only proposed, where the question is for either text."""
        either = asked.version == "all" and not asked.status
        return {
            hit.number
            for hit in hits
            if either and (hit.version == "proposed" or self.clauses[hit.number].status == "uncertain")
        }

    def _away(self, best: Hit, hits: Sequence[Hit]) -> dict[int, float]:
        """What each of ``hits`` loses, in log-odds, for being unlike the ``best`` one, which loses nothing."""
        likeness = self._bundle.searcher.likeness((best.number, best.version), [(h.number, h.version) for h in hits])
        return {h.number: self._alike * (like - 1) for h, like in zip(hits, likeness, strict=True)}

    def _with_items(self, order: Sequence[int], inside: Collection[int]) -> list[int]:
        """``order`` with those items ``inside`` that the first clause introduces right after it."""
        under = [n for n in (self._items(order[0]) if order else ()) if n in inside]
        return [*order[:1], *under, *(n for n in order[1:] if n not in under)]

    def _items(self, introduction: int) -> range:
        """Numbers of the clauses that a clause introduces: those below it, where it ends in a colon."""
        first, last = self.clauses[introduction], introduction
        if first.text.rstrip().endswith(":"):
            while last + 1 < len(self.clauses) and is_under(self.clauses[last + 1], first):
                last += 1
        return range(introduction + 1, last + 1)

    def _lifted(
        self, scores: Mapping[int, float], fits: Mapping[int, Fit], drafts: Collection[int]
    ) -> dict[int, float]:
        """``scores`` with each clause near its best parallel: what says the same belongs together. What one of the
        ``drafts`` only proposes is no better than the same in force."""

        def share(number: int, other: int, alike: float) -> float:
            tie = alike >= _SAME and other in drafts and number not in drafts
            return 1.0 if tie and _is_as_good(fits[number], fits[other]) else self._lift * alike**0.5

        def lift(number: int) -> float:
            others = ((n, alike) for n, alike in self._parallels.get(number, ()) if n in scores)
            return max((share(number, n, alike) * scores[n] for n, alike in others), default=0.0)

        return {number: max(own, lift(number)) for number, own in scores.items()}

    def _place(self, number: int, hit: Hit, asked: Interpretation, cited: Cited) -> Place:
        versions = self.clauses[number].versions
        if asked.version == "all":
            version = -1.0 if hit.version == "proposed" else 0.0
        else:
            version = 0.0 if asked.version in versions else OTHER_VERSION
        if not cited.all:
            named = 0.0
        elif number in cited.all:
            named = 1.0 if number in cited.exact else 0.5
        else:  # beside what is cited of the same resolution
            home = self.clauses[number].instrument
            named = -1.0 if any(self.clauses[n].instrument == home for n in cited.all) else 0.0
        return Place(self._scope(number, asked), named, version)

    def _scope(self, number: int, asked: Interpretation) -> float:
        """Does the clause stand in a resolution that is asked about, and cite those that it is asked to cite?"""
        clause = self.clauses[number]
        if asked.homes and clause.instrument not in asked.homes:
            return ELSEWHERE
        if asked.mentioned:
            text = clause.text.replace("\u00a0", " ")
            return 1.0 if all(re.search(rf"\b{n}\b", text) for n in asked.mentioned) else -0.5
        return float(bool(asked.homes))


def best_of(ranked: Sequence[Ranked]) -> Ranked:
    """See :attr:`Found.best`."""
    first = ranked[0]
    gave_way = [o for o in ranked if o.score == first.score and o.version == "proposed" != first.version]
    return max((first, *gave_way), key=lambda one: score(one.fit))


def _scores(hit: Hit, top: Sequence[float]) -> Scores:
    """The scores of ``hit``, also as shares of the ``top`` ones, in the order of :data:`_SCORES`."""
    lexical, late, prototype = (max(value, 0.0) / best for value, best in zip(_of(hit), top, strict=True))
    return Scores(lexical, late, prototype, hit.dense, hit.prototype)


def _is_as_good(one: Fit, other: Fit) -> bool:
    """Do its own words hold what is asked, and it those that are asked about, as ``other`` does? What else is said of
    a provision holds of all that say the same."""
    pairs = ((one.own, other.own), (one.bearer, other.bearer), (one.recipient, other.recipient))
    return all(a >= b - _AS_GOOD for a, b in pairs)


def is_under(clause: Clause, introduction: Clause) -> bool:
    """Does ``clause`` stand below ``introduction``, as one of its items?"""
    depth = len(introduction.path)
    within = clause.instrument == introduction.instrument and clause.path[:depth] == introduction.path
    return within and len(clause.path) > depth


def is_outside(fit: Fit) -> bool:
    """Is the clause not one that the question asks about, by its version or its resolution?"""
    return fit.version <= OTHER_VERSION or fit.scope <= ELSEWHERE


def in_order(weights: Mapping[str, float]) -> tuple[float, ...]:
    """``weights`` in the order of the parts of a fit, 0 where there is none."""
    return tuple(weights.get(name, 0.0) for name in Fit._fields)


_IN_ORDER = in_order(WEIGHTS)


def score(fit: Fit, weights: Sequence[float] = _IN_ORDER, away: float = 0.0) -> float:
    """The weighted sum of the parts of ``fit``, with what is lost by being ``away`` from the best clause, as a
    probability, in (0, 1)."""
    return 1 / (1 + math.exp(-(BIAS + sum(map(mul, fit, weights)) + away)))


def parts(ranked: Ranked) -> dict[str, float]:
    """What each part of the fit adds to the log-odds of the score, and being unlike the best clause."""
    added = zip(Fit._fields, map(mul, ranked.fit, _IN_ORDER), strict=True)
    return {name: value for name, value in added if name in WEIGHTS} | {"away": ranked.away}
