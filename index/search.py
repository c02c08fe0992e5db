"""Query and filters in, scored clause numbers out: the one door to retrieval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.bodies import expanded
from index.dense import DenseIndex
from index.encoder import Encoder
from index.filters import ALL, Filters
from index.fusion import Hit, fuse
from index.lexical import LexicalIndex
from index.store import Store
from index.text import Synonym

DEPTH = 120  # candidates of each ranking that are fused: a hundred clauses, some in two versions
DENSE_WEIGHT = 0.4  # chosen on the development questions; between 0.3 and 0.5 little changes, here and on the benchmark


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a text, words that belong to it, and others that the texts may hold for some of its own."""

    text: str
    also: tuple[str, ...] = ()
    synonyms: tuple[Synonym, ...] = ()


class Searcher:
    """Dense and lexical search over one bundle, fused; filters hold in both."""

    def __init__(self, store: Store, dense: DenseIndex, lexical: LexicalIndex, encoder: Encoder) -> None:
        self._dense, self._lexical, self._encoder = dense, lexical, encoder
        self._owners, self._texts = store.passage_owners(), store.texts()
        self._allowed = lru_cache(maxsize=64)(store.numbers)

    def search(self, query: Query, k: int, filters: Filters = ALL, *, dense_weight: float = DENSE_WEIGHT) -> list[Hit]:
        """The ``k`` best clauses, each in the version of its that fits best; ``dense_weight`` 1 and 0 leave one ranking
        alone."""
        texts = None if filters == ALL else self._allowed(filters)
        lexical = self._lexical.search(query.text, DEPTH, query.also, texts, query.synonyms) if dense_weight < 1 else {}
        dense = self._cosines(query.text, texts, list(lexical)) if dense_weight > 0 else {}
        best: dict[int, Hit] = {}
        for hit in fuse(dense, lexical, dense_weight, 2 * k):  # a clause has two texts at most
            clause, version = self._texts[hit.number]
            if clause not in best:
                best[clause] = Hit(clause, hit.score, hit.dense, hit.lexical, version)
                if len(best) == k:
                    break
        return list(best.values())

    def _cosines(self, text: str, texts: NDArray[np.int64] | None, also: Sequence[int]) -> dict[int, float]:
        """Cosine of ``text`` with the nearest of ``texts`` and with ``also``; one counts by its best passage."""
        allowed = None if texts is None else np.flatnonzero(np.isin(self._owners, texts))
        query = self._encoder.encode([expanded(text)])[0]
        near, near_scores = self._dense.search(query, DEPTH, allowed)
        found = set(self._owners[near].tolist())
        more = np.flatnonzero(np.isin(self._owners, [n for n in also if n not in found]))
        owners = self._owners[np.concatenate([near, more])].tolist()
        best: dict[int, float] = {}
        for owner, score in zip(
            owners, [*near_scores.tolist(), *self._dense.scores(query, more).tolist()], strict=True
        ):
            best[owner] = max(score, best.get(owner, -1.0))
        return best
