"""Query and filters in, scored clause numbers out: the one door to retrieval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from index.dense import DenseIndex
from index.encoder import Encoder
from index.fusion import Hit, fuse
from index.lexical import search_words
from index.store import ALL, Filters, Store

DEPTH = 100  # candidates of each ranking that are fused
DENSE_WEIGHT = 0.3  # chosen on the development questions


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: ``text`` for the encoder, ``terms`` for the words."""

    text: str
    terms: tuple[str, ...]


class Searcher:
    """Dense and lexical search over one bundle, fused; filters hold in both."""

    def __init__(self, store: Store, dense: DenseIndex, encoder: Encoder) -> None:
        self._store, self._dense, self._encoder = store, dense, encoder
        self._owners = store.passage_owners()
        self._allowed = lru_cache(maxsize=64)(store.passages_of)

    def search(self, query: Query, k: int, filters: Filters = ALL, *, dense_weight: float = DENSE_WEIGHT) -> list[Hit]:
        """The ``k`` best clauses; ``dense_weight`` 1 and 0 leave one ranking alone."""
        lexical = dict(search_words(self._store, query.terms, DEPTH, filters)) if dense_weight < 1 else {}
        dense = self.dense_scores(query.text, filters, list(lexical)) if dense_weight > 0 else {}
        return fuse(dense, lexical, dense_weight)[:k]

    def dense_scores(self, text: str, filters: Filters = ALL, also: Sequence[int] = ()) -> dict[int, float]:
        """Cosine of ``text`` with each of the nearest clauses, and with the clauses ``also``; a clause counts by its
        best passage."""
        allowed: NDArray[np.int64] | None = None if filters == ALL else self._allowed(filters)
        query = self._encoder.encode([text])[0]
        positions, scores = self._dense.search(query, DEPTH, allowed)
        best: dict[int, float] = {}
        for clause, score in zip(self._owners[positions].tolist(), scores.tolist(), strict=True):
            best.setdefault(clause, score)  # best first
        missing = np.flatnonzero(np.isin(self._owners, [n for n in also if n not in best]))
        for clause, score in zip(
            self._owners[missing].tolist(), self._dense.scores(query, missing).tolist(), strict=True
        ):
            best[clause] = max(score, best.get(clause, -1.0))
        return best
