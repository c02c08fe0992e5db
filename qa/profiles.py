"""Clauses by number, and what each offers to a question, worked out once."""

from __future__ import annotations

from collections.abc import Iterable

from corpus.language.named_bodies import mentioned
from corpus.model import TextVersion
from index.store import Key, Store
from qa.profile import Profile, profile

_KEPT = 20_000  # profiles


class Profiles:
    """The clauses of a store with their profiles. Immutable but for a cache, and safe to use from several threads."""

    def __init__(self, store: Store) -> None:
        self.clauses = store.select()
        self.numbers = {clause.id: number for number, clause in enumerate(self.clauses)}
        self._store = store
        self._known: dict[Key, Profile] = {}

    def of(self, number: int, version: TextVersion | None = None) -> Profile:
        """What a clause offers in a version."""
        return self.load([(number, version)])[number, version]

    def load(self, wanted: Iterable[Key]) -> dict[Key, Profile]:
        """The profiles that are ``wanted``, at least; another thread may begin a new cache meanwhile."""
        known = self._known
        if len(known) > _KEPT:
            known = self._known = {}
        missing = [key for key in wanted if key not in known]
        numbers = [number for number, _ in missing]
        duties = self._store.duties(numbers) if missing else {}
        glosses = self._store.glosses(numbers) if missing else {}
        bodies = self._store.mentioned(numbers) if missing else {}
        for number, version in missing:
            clause = self.clauses[number]
            home = self._store.instruments[clause.instrument]
            said = [(kind, words) for _, kind, words in glosses.get((number, version), ())]
            own = version or clause.versions[0]
            named = bodies.get((number, own)) or bodies.get((number, version)) or mentioned(clause, home, own)
            known[number, version] = profile(clause, home, own, named, duties.get(number, ()), said)
        return known
