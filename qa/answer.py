"""The use case: understand, search, compose, verify; or refuse."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus.bodies import bodies, find_bodies
from corpus.errors import BundleDamaged
from corpus.model import Clause, TextVersion
from corpus.readable import readable
from corpus.references import Citation, resolve
from index.bundle import REBUILD, Bundle
from index.filters import ALL, Filters
from index.fusion import Hit
from index.search import Query
from index.text import STOPWORDS, lexical_fields, words
from qa.compose import compose, refusal
from qa.confidence import THRESHOLD, Signals, confidence, measure
from qa.filters import resolve_filters
from qa.model import Answer, Evidence, Interpretation, Question, Version
from qa.spelling import Speller
from qa.understand import KNOWN, understand

_POOL = 100  # hits that are reordered by scope and version
_SCOPE_BONUS = 0.15  # for a clause of the resolution or provision that the question names
_DEFINITION_BONUS = 0.3  # for a clause that introduces the acronym that is asked about
_BEARER_BONUS = 0.2  # for a clause addressed to the body of which is asked what it must do
_PROPOSED_FACTOR = 0.9  # text in force first where the two tie
_OTHER_VERSION_FACTOR = 0.5  # for a clause of the version that the question does not ask for
_FIFTH = 4  # the place whose score the best clause's is compared with
_SENTENCES = 4  # the most that an answer has; of more clauses that are asked for, fewer are quoted
_LOOKUP_CONFIDENCE = 0.99  # of a clause that was asked for by its reference
_INSIDE = ("provision", "annex")  # references that lead to a place, not to a whole resolution
_BEFORE_BEARER = re.compile(r"(?:that )?(?:the )?", re.I)
# Words around a citation that ask for nothing but its text.
_PLAIN_LOOKUP = frozenset(
    "read reads quote quoted text show content provision clause exactly full say says said does".split()
)


@dataclass(frozen=True, slots=True)
class Cited:
    """The provisions that a question cites: numbers of the clauses meant exactly, of those below them, and the
    citations that no clause of the corpus fits."""

    exact: tuple[int, ...]
    below: tuple[int, ...]
    dangling: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search saw: ranked evidence, the best clause's signals, what the question cites, how many of the first
    clauses it asks for by their reference, and how many after those they lead to."""

    evidence: tuple[Evidence, ...]
    signals: Signals
    cited: Cited
    asked_for: int
    led_to: int


class Answerer:
    """Answers questions from one bundle. Immutable, and safe to use from several threads."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self._speller = Speller(bundle.store.spellings(), KNOWN)
        self._instruments = bundle.store.instruments
        self._sha256 = {name: sha for name, sha, _ in bundle.store.documents()}
        self._text = lru_cache(maxsize=16)(bundle.document)
        self._clauses = bundle.store.select()

    def ask(self, question: Question) -> Answer:
        """The answer to ``question``, or the refusal. Raises a :class:`~corpus.errors.QueryError`."""
        started = time.perf_counter()
        interpretation, found = self.find(question)
        sure = 0.0 if interpretation.foreign else self._confidence(found)
        answered = bool(found.evidence) and sure >= THRESHOLD
        evidence = found.evidence
        if answered:
            meant = (found.asked_for, len(found.cited.exact) if found.asked_for else 0, 1)
            support = next(n for n in meant if 1 <= n <= _SENTENCES) + (found.asked_for > 0 and found.led_to > 0)
            evidence = tuple(replace(e, supports_answer=n < support) for n, e in enumerate(evidence))
            text = " ".join(compose(e, n) for n, e in enumerate(evidence, 1) if e.supports_answer)
        else:
            text = refusal(self._reason(interpretation, found), evidence[0] if evidence else None)
        return Answer(
            question=question,
            interpretation=interpretation,
            answered=answered,
            confidence=sure,
            text=text,
            evidence=evidence,
            index_id=self.bundle.manifest.id,
            took_ms=(time.perf_counter() - started) * 1000,
        )

    def find(self, question: Question) -> tuple[Interpretation, Found]:
        """Ranked clauses without an answer. Raises a :class:`~corpus.errors.QueryError`."""
        interpretation = understand(question, self._speller, self._instruments.values())
        filters = resolve_filters(self.bundle.store, question.filters, question.version)
        hits = self.bundle.searcher.search(Query(interpretation.sought, interpretation.also), _POOL, filters)
        cited = self._cited([r for r in interpretation.references if r.names_provision], filters)
        asked_for = self._asked_for(interpretation, cited)
        led_to = self._led_to(interpretation, cited, filters) if asked_for else []
        first = [*asked_for, *led_to]
        ranked = self._rank(hits, interpretation, cited, first, max(question.k, _FIFTH + 1))
        evidence = tuple(self._evidence(hit, interpretation.version) for hit in ranked[: question.k])
        signals = self._signals(interpretation, ranked, evidence)
        return interpretation, Found(evidence, signals, cited, len(asked_for), len(led_to))

    def evidence_for(self, clause: Clause, version: TextVersion | None = None) -> Evidence:
        """``clause`` as evidence, in ``version`` where it has words of its own there, verified against the document.
        Raises :class:`BundleDamaged` if it is not there."""
        if self._text(clause.document)[slice(*clause.span)] != clause.text:
            raise BundleDamaged(f"{clause.reference} is not in {clause.document} where the index has it; {REBUILD}")
        return Evidence(
            clause=clause,
            instrument=self._instruments[clause.instrument],
            sha256=self._sha256[clause.document],
            version=version if version in clause.versions else clause.versions[0],
            score=1.0,
            verified=True,
        )

    def _cited(self, citations: Sequence[Citation], filters: Filters) -> Cited:
        pool = self._clauses if filters == ALL else self.bundle.store.select(filters)
        exact: list[str] = []
        below: list[str] = []
        dangling: list[Citation] = []
        for citation in citations:
            meant, under = resolve(citation, pool, self._instruments.values())
            exact += [c.id for c in meant]
            below += [c.id for c in under]
            if not meant and not under:
                dangling.append(citation)
        numbers = self.bundle.store.numbers_of
        return Cited(tuple(numbers(exact)), tuple(numbers(below)), tuple(dangling))

    def _rank(
        self, hits: Sequence[Hit], interpretation: Interpretation, cited: Cited, asked_for: Sequence[int], keep: int
    ) -> list[Hit]:
        """The first ``keep`` hits by scope and version; clauses ``asked_for`` come before all."""
        scores = {hit.number: hit for hit in hits}
        wanted = dict.fromkeys((*cited.exact, *cited.below, *asked_for))
        for n in wanted:
            scores.setdefault(n, Hit(n, 0.0, 0.0, 0.0))

        introduced = _introduced(interpretation)

        def score(hit: Hit) -> float:
            in_scope = hit.number in wanted if wanted else self._in_scope(hit.number, interpretation)
            defines = any(name in self._clauses[hit.number].text for name in introduced)
            bound = interpretation.slot == "action" and self._binds(hit.number, interpretation.bodies)
            value = hit.score + _SCOPE_BONUS * in_scope + _DEFINITION_BONUS * defines + _BEARER_BONUS * bound
            return value * self._version_factor(hit, interpretation.version)

        first = {n: place for place, n in enumerate(asked_for)}
        worth = {hit.number: score(hit) for hit in scores.values()}
        order = sorted(scores.values(), key=lambda h: (first.get(h.number, len(first)), -worth[h.number], h.number))
        top = max((1.0, *worth.values()))  # also where the filters leave nothing
        return [replace(h, score=1.0 if h.number in first else worth[h.number] / top) for h in order[:keep]]

    def _version_factor(self, hit: Hit, version: Version) -> float:
        if version == "all":
            return _PROPOSED_FACTOR if hit.version == "proposed" else 1.0
        return 1.0 if version in self._clauses[hit.number].versions else _OTHER_VERSION_FACTOR

    def _binds(self, number: int, asked: Sequence[str]) -> bool:
        """Is one of the bodies ``asked`` about the addressee of the clause's section, or does it open the clause?"""
        clause = self._clauses[number]
        if clause.addressee:
            return any(body.id in asked for body in find_bodies(readable(clause.addressee)))
        opening = _BEFORE_BEARER.sub("", readable(clause.text), count=1).lower()
        return any(opening.startswith(name.lower()) for body in asked for name in bodies()[body].names)

    def _in_scope(self, number: int, interpretation: Interpretation) -> bool:
        home = self._instruments[self._clauses[number].instrument]
        return any(r.number == home.number and r.body in (None, home.body) for r in interpretation.references)

    def _asked_for(self, interpretation: Interpretation, cited: Cited) -> list[int]:
        """The cited clauses, if the question asks for them and not for something within a whole annex or section."""
        wanted = list(dict.fromkeys((*cited.exact, *cited.below)))
        if any(r.items or r.paragraph or r.note for r in interpretation.references):
            return wanted
        return wanted if not self._beyond_text(interpretation, wanted) else []

    def _beyond_text(self, interpretation: Interpretation, wanted: Sequence[int]) -> set[str]:
        """The words of a question that ask for more than what the clauses ``wanted`` say."""
        rest = {w for w in words(interpretation.text) if w not in STOPWORDS | _PLAIN_LOOKUP and not w.isdigit()}
        clauses = [self._clauses[n] for n in wanted]
        named = {w for c in clauses for w in words(f"{c.reference} {self._instruments[c.instrument].body}")}
        return rest - named - {"itu", "r", "res", "section"}

    def _led_to(self, interpretation: Interpretation, cited: Cited, filters: Filters) -> list[int]:
        """What the cited clauses point to, then what points to them, where a question asks for more than their text:
        the procedure that applies under a clause stands in the annex that it names."""
        store = self.bundle.store
        exact = [self._clauses[n].id for n in cited.exact]
        if not self._beyond_text(interpretation, cited.exact):
            return []
        targets = [t for i in exact for link in store.links_from(i) if link.kind in _INSIDE for t in link.targets]
        sources = [link.clause for i in exact for link in store.links_to(i) if link.targets[0] == i]
        allowed = None if filters == ALL else {c.id for c in store.select(filters)}
        found = [i for i in dict.fromkeys((*targets, *sources)) if allowed is None or i in allowed]
        return [n for n in store.numbers_of(found) if n not in cited.exact]

    def _evidence(self, hit: Hit, asked: Version) -> Evidence:
        clause = self._clauses[hit.number]
        plain = self.evidence_for(clause, asked if asked != "all" and asked in clause.versions else hit.version)
        return replace(plain, score=hit.score, dense=hit.dense, lexical=hit.lexical)

    def _signals(self, interpretation: Interpretation, ranked: Sequence[Hit], evidence: Sequence[Evidence]) -> Signals:
        if not ranked:
            return Signals(0.0, 0.0, 0.0, 0.0, 1.0)
        best = evidence[0]
        fifth = ranked[_FIFTH].score if len(ranked) > _FIFTH else 0.0
        held = " ".join((best.reference, *lexical_fields(best.clause, best.instrument, best.words)))
        return measure(
            interpretation.sought,
            best.words,
            held,
            ranked[0].dense,
            ranked[0].score - fifth,
            self._share,
        )

    def _share(self, term: str) -> float:
        return self.bundle.lexical.clauses_with(term) / len(self._clauses)

    def _confidence(self, found: Found) -> float:
        if not found.evidence or (found.cited.dangling and not found.cited.exact):
            return 0.0
        if found.asked_for:
            return _LOOKUP_CONFIDENCE
        return confidence(found.signals)

    def _reason(self, interpretation: Interpretation, found: Found) -> str | None:
        if interpretation.foreign:
            return f"The corpus does not hold {' or '.join(interpretation.foreign)}; it can only be cited there."
        if found.cited.dangling:
            return "The corpus has no such provision as the one cited, or the filters leave it out."
        return None


def _introduced(interpretation: Interpretation) -> tuple[str, ...]:
    """The acronyms whose meaning is asked, as texts introduce them: in brackets after the name in full."""
    if interpretation.slot != "definition":
        return ()
    return tuple(f"({acronym})" for body in interpretation.bodies if (acronym := bodies()[body].acronym))
