"""The use case: understand, find, reply, verify; or refuse."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import MappingProxyType

from corpus.errors import BundleDamaged
from corpus.model import Clause, TextVersion
from index.bundle import REBUILD, Bundle
from index.reader import Reading
from index.text import read_aloud
from qa.compose import holds, refusal
from qa.confidence import NOTHING, THRESHOLD, Judged, Signals, confidence, is_worth_reading, reread, signals
from qa.find import Finder, Found, Ranked, is_outside, parts
from qa.kinds import missing_kinds
from qa.model import Answer, Evidence, Interpretation, Question, Version, Written
from qa.profile import Profile
from qa.reply import Candidate, Reply, compare, look_up, reply, survey
from qa.watch import stage, tell_outcome, tell_question

_LOOKUP_CONFIDENCE = 0.99  # of a clause that was asked for by its reference
_NEAREST = 2  # clauses that a refusal names

Write = Callable[[Interpretation, Sequence[Evidence], Reply], tuple[Reply, Written]]
"""What may put another answer in the place of the composed one, and says whether it did."""


class Answerer:
    """Answers questions from one bundle. Immutable but for caches, and safe to use from several threads.

    ``write`` is handed the answers that are composed, to write them better; never a refusal.
    """

    def __init__(self, bundle: Bundle, finder: Finder | None = None, write: Write | None = None) -> None:
        self.bundle = bundle
        self._write = write
        self.finder = finder or Finder(bundle)
        self._instruments = bundle.store.instruments
        self._sha256 = {name: sha for name, sha, _ in bundle.store.documents()}
        self._text = lru_cache(maxsize=16)(bundle.document)

    def ask(self, question: Question) -> Answer:
        """The answer to ``question``, or the refusal. Raises a :class:`~corpus.errors.QueryError`."""
        started = time.perf_counter()
        tell_question(question.text)
        with stage("find"):
            found = self.finder.find(question)
        with stage("verify"):
            evidence = self._evidence(found, question.k)
        with stage("reply"):
            judged = self.judged(found)
            made = self._reply(found, evidence, judged) if evidence and judged.sure >= THRESHOLD else None
        written = Written()
        if made is not None and self._write is not None:
            with stage("write"):
                made, written = self._write(found.interpretation, evidence, made)
        tell_outcome(answered=made is not None)
        if made is None:
            told = found.whole is not None and found.whole.instead
            text = refusal(self._reason(found), () if told else evidence[:_NEAREST])
        else:
            text = made.text
            evidence = tuple(
                replace(e, supports_answer=True) if n in made.rests_on else e for n, e in enumerate(evidence, 1)
            )
        return Answer(
            question=question,
            interpretation=found.interpretation,
            answered=made is not None,
            confidence=judged.sure,
            text=text,
            evidence=evidence,
            index_id=self.bundle.manifest.id,
            took_ms=(time.perf_counter() - started) * 1000,
            written=written,
        )

    def search(self, question: Question) -> tuple[Interpretation, tuple[Evidence, ...]]:
        """Ranked clauses without an answer. Raises a :class:`~corpus.errors.QueryError`."""
        tell_question(question.text)
        with stage("find"):
            found = self.finder.find(question)
        with stage("verify"):
            return found.interpretation, self._evidence(found, question.k)

    def evidence_for(
        self,
        clause: Clause,
        version: TextVersion | None = None,
        *,
        score: float = 1.0,
        parts: Mapping[str, float] = MappingProxyType({}),
    ) -> Evidence:
        """``clause`` as evidence, in ``version`` where it has words of its own there, verified against the document.
        Raises :class:`BundleDamaged` if it is not there."""
        if self._text(clause.document)[slice(*clause.span)] != clause.text:
            raise BundleDamaged(f"{clause.reference} is not in {clause.document} where the index has it; {REBUILD}")
        return Evidence(
            clause=clause,
            instrument=self._instruments[clause.instrument],
            sha256=self._sha256[clause.document],
            version=version if version in clause.versions else clause.versions[0],
            score=score,
            parts=parts,
            verified=True,
        )

    def judged(self, found: Found) -> Judged:
        """How surely the first clause answers; not at all where what is asked for cannot be in the corpus. It is read
        together with the question where yes or no is asked, and where that is in doubt."""
        if found.interpretation.foreign or not found.ranked or (found.cited.dangling and not found.cited.exact):
            return Judged(0.0)
        if found.whole:
            return Judged(_LOOKUP_CONFIDENCE if found.whole.keys else 0.0)
        if is_outside(found.ranked[0].fit):
            return Judged(0.0)  # nothing stands in the version or the resolution that is asked about
        polar = found.interpretation.polar
        if found.cited.asked_for:
            return Judged(_LOOKUP_CONFIDENCE, self.read(found) if polar else None)
        first = confidence(self.signals(found))
        reading = self.read(found) if is_worth_reading(first, polar=polar) else None
        return Judged(first) if reading is None else reread(first, reading)

    def read(self, found: Found) -> Reading | None:
        """The question read together with the best clause; None where there is no reader."""
        if self.bundle.reader is None:
            return None
        clause, words = self.finder.clauses[found.best.number], self._best(found).words
        text = read_aloud(clause, self._instruments[clause.instrument], words)
        return self.bundle.reader.read(found.interpretation.text, text)

    def signals(self, found: Found) -> Signals:
        """What the confidence rests on."""
        if not found.ranked:
            return NOTHING
        return signals(found, self._best(found))

    def _best(self, found: Found) -> Profile:
        return self.finder.profile(found.best.number, found.best.version)

    def _reply(self, found: Found, evidence: Sequence[Evidence], judged: Judged) -> Reply | None:
        candidates = [
            Candidate(e, self.finder.profile(r.number, e.version), r.fit)
            for e, r in zip(evidence, found.ranked, strict=False)
        ]
        if found.whole:
            made = survey(found.interpretation, candidates, found.whole)
        elif (compared := compare(found.sought, candidates, self.finder.alike)) is not None:
            made = compared
        elif found.cited.asked_for and not found.interpretation.status:
            clauses = (self.finder.clauses[n] for n in found.cited.asked_for)
            homes = tuple(dict.fromkeys(self._instruments[clause.instrument].name for clause in clauses))
            made = look_up(candidates, found.cited, homes)
        else:
            made = reply(found.sought, candidates, self.finder.alike, found.near, judged)
        return made if holds(made.text, evidence) else None

    def _evidence(self, found: Found, k: int) -> tuple[Evidence, ...]:
        return tuple(self._one(ranked, found.interpretation.version) for ranked in found.ranked[:k])

    def _one(self, ranked: Ranked, asked: Version) -> Evidence:
        clause = self.finder.clauses[ranked.number]
        version = asked if asked != "all" and asked in clause.versions else ranked.version
        return self.evidence_for(clause, version, score=ranked.score, parts=parts(ranked))

    def _reason(self, found: Found) -> str | None:
        asked = found.interpretation
        if asked.foreign:
            return f"The corpus does not hold {' or '.join(asked.foreign)}; it can only be cited there."
        if found.cited.dangling:
            return "The corpus has no such provision as the one cited, or the filters leave it out."
        if found.whole:
            return found.whole.instead or f"No clause was found {found.whole.said}."
        if found.ranked:
            first = found.ranked[0]
            missing = missing_kinds(asked.text, self.finder.profile(first.number, first.version).words)
            if missing:
                return f"No clause was found that says {missing[0].said}."
        return None
