"""Query and filters in, scored clause numbers out: the one door to retrieval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.model import TextVersion
from index.dense import DenseIndex
from index.encoder import Encoded, Encoder, Vectors
from index.filters import ALL, Filters
from index.fusion import Hit, Match, fuse, rescore, scale
from index.glosses import NOT_NEAR, GlossIndex, Near
from index.late import LateIndex
from index.lexical import LexicalIndex
from index.prototypes import Prototypes
from index.store import Store
from index.text import Synonym

DEPTH = 120  # candidates of each ranking that are fused: a hundred clauses, some in two versions
DENSE_WEIGHT = 0.6  # of the vectors against the words; chosen on the development questions, where it is flat
OWN_WEIGHT = 0.4  # of a text's own vectors among them, which leaves 0.6 for its prototype
LATE_DEPTH = 20  # how many of the fused candidates are compared with the question token by token
LATE_WEIGHT = 0.4  # of the sum, which leaves 0.36 for the vectors and 0.24 for the words


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a text, words that belong to it, and others that the texts may hold for some of its own."""

    text: str
    also: tuple[str, ...] = ()
    synonyms: tuple[Synonym, ...] = ()


class Searcher:
    """Dense and lexical search over one bundle, fused, the best of it compared token by token; filters hold in all."""

    def __init__(
        self,
        store: Store,
        dense: DenseIndex,
        lexical: LexicalIndex,
        late: LateIndex,
        prototypes: Prototypes,
        glosses: GlossIndex,
        encoder: Encoder,
    ) -> None:
        self._dense, self._lexical, self._late, self._encoder = dense, lexical, late, encoder
        self._prototypes, self._glosses = prototypes, glosses
        self._owners, self._texts = store.passage_owners(), store.texts()
        self._numbers = {text: number for number, text in enumerate(self._texts)}
        self._allowed = lru_cache(maxsize=64)(store.numbers)

    def search(self, query: Query, k: int, filters: Filters = ALL, *, dense_weight: float = DENSE_WEIGHT) -> list[Hit]:
        """The ``k`` best clauses, each in the version of its that fits best.

        The :data:`LATE_DEPTH` best by vectors and words, the former of ``dense_weight``, are ranked anew with their
        match token by token, which counts :data:`LATE_WEIGHT`; the others follow. ``dense_weight`` 1 and 0 leave one
        ranking alone, without that.
        """
        return self.find(query, k, filters, dense_weight=dense_weight)[0]

    def find(
        self, query: Query, k: int, filters: Filters = ALL, *, dense_weight: float = DENSE_WEIGHT
    ) -> tuple[list[Hit], Encoded | None]:
        """The same, and what the encoder made of the query, where it was asked."""
        texts = None if filters == ALL else self._allowed(filters)
        lexical = self._lexical.search(query.text, DEPTH, query.also, texts, query.synonyms) if dense_weight < 1 else {}
        encoded = self._encoder.encode_tokens([query.text])[0] if dense_weight > 0 else None
        likeness = self._prototypes.scores(encoded.vector) if encoded else np.zeros(0, np.float32)
        dense = self._cosines(encoded, texts, [*lexical, *_best(likeness, DEPTH, texts)]) if encoded else {}
        told = {n: float(likeness[n]) for n in dense}
        hits = fuse(
            _mixed(dense, told), lexical, dense_weight, max(2 * k, LATE_DEPTH)
        )  # a clause has two texts at most
        if encoded and dense_weight < 1:
            hits = rescore(hits, self._matches(encoded, [hit.number for hit in hits[:LATE_DEPTH]]), LATE_WEIGHT)
        best: dict[int, Hit] = {}
        for hit in hits:
            clause, version = self._texts[hit.number]
            if clause not in best:
                scores = dense.get(hit.number, 0.0), told.get(hit.number, 0.0)
                best[clause] = hit._replace(number=clause, version=version, dense=scores[0], prototype=scores[1])
                if len(best) == k:
                    break
        return list(best.values()), encoded

    def near(self, encoded: Encoded, clause: int, version: TextVersion | None) -> Near:
        """How near a question is to the glosses of a clause in one version."""
        text = self._numbers.get((clause, version))
        return NOT_NEAR if text is None else self._glosses.near(encoded.vector, text)

    def _cosines(self, encoded: Encoded, texts: NDArray[np.int64] | None, also: Sequence[int]) -> dict[int, float]:
        """Cosine of ``encoded`` with the nearest of ``texts`` and with ``also``; one counts by its best passage."""
        allowed = None if texts is None else np.flatnonzero(np.isin(self._owners, texts))
        query = encoded.vector
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

    def _matches(self, encoded: Encoded, texts: Sequence[int]) -> list[Match]:
        """How well each of ``texts`` matches token by token; one counts by its best passage."""
        first, end = (np.searchsorted(self._owners, texts, side) for side in ("left", "right"))
        passages = [np.arange(*span) for span in zip(first.tolist(), end.tolist(), strict=True)]
        scores, weakest = self._late.match(encoded, np.concatenate([np.zeros(0, np.int64), *passages]))
        best = [Match(0.0)] * len(texts)
        owners = np.repeat(np.arange(len(texts)), end - first).tolist()
        for owner, match in zip(owners, map(Match, scores.tolist(), weakest.tolist()), strict=True):
            best[owner] = max(best[owner], match)
        return best


def _best(scores: Vectors, k: int, allowed: NDArray[np.int64] | None) -> list[int]:
    """The numbers of the ``k`` best ``scores``, of those ``allowed``; in no order."""
    numbers = np.arange(len(scores)) if allowed is None else allowed
    if len(numbers) > k:
        numbers = numbers[np.argpartition(-scores[numbers], k - 1)[:k]]
    found: list[int] = numbers.tolist() if len(scores) else []
    return found


def _mixed(own: Mapping[int, float], prototypes: Mapping[int, float]) -> dict[int, float]:
    """What both say of the same texts: a convex combination of their shares of the best."""
    numbers = list(own)
    shares = [scale(np.array([scores[n] for n in numbers], np.float64)) for scores in (own, prototypes)]
    return dict(zip(numbers, (OWN_WEIGHT * shares[0] + (1 - OWN_WEIGHT) * shares[1]).tolist(), strict=True))
