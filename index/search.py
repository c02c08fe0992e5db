"""Query and filters in, scored clause numbers out: the one door to retrieval."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from corpus.model import TextVersion
from index.classifier import Classifier
from index.dense import DenseIndex
from index.encoder import Encoded, Encoder, Vectors
from index.filters import ALL, Filters
from index.fusion import Hit, Match, combine, rescore, scale
from index.glosses import NOT_NEAR, GlossIndex, Near
from index.late import LateIndex
from index.lexical import LexicalIndex
from index.prototypes import Prototypes
from index.store import Key, Store
from index.text import Synonym

DEPTH = 120  # candidates of each ranking that are fused: a hundred clauses, some in two versions
DENSE_WEIGHT = 0.5  # of the vectors against the words; between 0.4 and 0.6 little changes, here and on the benchmark
OWN_WEIGHT = 0.4  # of a text's own vectors among them, which leaves 0.6 for its prototype
LATE_DEPTH = 12  # how many of the fused candidates are compared with the question token by token
LATE_WEIGHT = 0.4  # of the sum, which leaves 0.3 for the vectors and 0.3 for the words


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for: a text, words that belong to it, and others that the texts may hold for some of its own."""

    text: str
    also: tuple[str, ...] = ()
    synonyms: tuple[Synonym, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """A query as the encoder sees it, its vector where the prototypes lie, what the classifier takes it to be about,
    and what waits for how near it is to what any text is silent on, which is found meanwhile."""

    encoded: Encoded
    moved: Vectors
    about: Vectors
    unanswered: Callable[[], float]


class Searcher:
    """Dense and lexical search over one bundle, fused, the best of it compared token by token; filters hold in all."""

    def __init__(
        self,
        store: Store,
        dense: DenseIndex,
        lexical: LexicalIndex,
        late: LateIndex,
        prototypes: Prototypes,
        classifier: Classifier,
        glosses: GlossIndex,
        encoder: Encoder,
    ) -> None:
        self._dense, self._lexical, self._late, self._encoder = dense, lexical, late, encoder
        self._prototypes, self._classifier, self._glosses = prototypes, classifier, glosses
        self._owners, self._texts = store.passage_owners(), store.texts()
        self._numbers = {text: number for number, text in enumerate(self._texts)}
        self._numbers_of = {clause: number for (clause, _), number in reversed(self._numbers.items())}
        self._firsts = np.searchsorted(prototypes.owners, np.arange(len(self._texts)))
        self._allowed = lru_cache(maxsize=64)(store.numbers)
        self._aside = ThreadPoolExecutor(1, "search")

    def search(self, query: Query, k: int, filters: Filters = ALL, *, dense_weight: float = DENSE_WEIGHT) -> list[Hit]:
        """The ``k`` best clauses, each in the version of its that fits best.

        The :data:`LATE_DEPTH` best by vectors and words, the former of ``dense_weight``, are ranked anew with their
        match token by token, which counts :data:`LATE_WEIGHT`; the others follow. ``dense_weight`` 1 and 0 leave one
        ranking alone, without that.
        """
        return self.find(query, k, filters, dense_weight=dense_weight)[0]

    def find(
        self, query: Query, k: int, filters: Filters = ALL, *, dense_weight: float = DENSE_WEIGHT
    ) -> tuple[list[Hit], Seen | None]:
        """The same, and how the encoder sees the query, if it was asked."""
        texts = None if filters == ALL else self._allowed(filters)
        # The encoder leaves the interpreter to others while it computes.
        searching = self._aside.submit(self._lexical.search, query.text, DEPTH, query.also, texts, query.synonyms)
        encoded = self._encoder.encode_tokens([query.text])[0] if dense_weight > 0 else None
        lexical = searching.result() if dense_weight < 1 else {}
        seen = self._seen(encoded) if encoded else None
        numbers, own, told = self._vectors(seen, texts, lexical)
        words = np.array([lexical.get(n, 0.0) for n in numbers.tolist()], np.float64)
        mixed = OWN_WEIGHT * scale(own) + (1 - OWN_WEIGHT) * scale(told)
        hits = combine(numbers, mixed, words, dense_weight, max(2 * k, LATE_DEPTH))  # a clause has two texts at most
        if encoded and dense_weight < 1:
            hits = rescore(hits, self._matches(encoded, [hit.number for hit in hits[:LATE_DEPTH]]), LATE_WEIGHT)
        best: dict[int, Hit] = {}
        for hit in hits:
            clause, version = self._texts[hit.number]
            if clause not in best:
                at = int(np.searchsorted(numbers, hit.number))
                best[clause] = hit._replace(
                    number=clause, version=version, dense=float(own[at]), prototype=float(told[at])
                )
                if len(best) == k:
                    break
        return list(best.values()), seen

    def _seen(self, encoded: Encoded) -> Seen:
        moved = self._prototypes.moved(encoded.vector[None, :])[0]
        unanswered = self._aside.submit(self._glosses.unanswered, moved)
        return Seen(encoded, moved, self._classifier.scores(encoded), unanswered.result)

    def near(self, query: Seen, clause: int, version: TextVersion | None) -> Near:
        """How near a query is to the glosses of a clause in one version."""
        text = self._numbers.get((clause, version))
        return NOT_NEAR if text is None else self._glosses.near(query.moved, text, query.unanswered())

    def nothing(self, query: Seen, clause: int, version: TextVersion | None) -> float:
        """How much rather a query is about what no text answers than about a clause in one version, by the classifier;
        0 where that does not know the clause."""
        text = self._numbers.get((clause, version))
        at = int(np.searchsorted(self._classifier.texts, -1 if text is None else text))
        known = at < len(self._classifier.texts) and self._classifier.texts[at] == text
        return float(query.about[-1] - query.about[at]) if known else 0.0

    def likeness(self, one: Key, others: Sequence[Key]) -> list[float]:
        """How like a text each of ``others`` is, as the cosine of their prototypes: in [-1, 1]."""
        rows = self._firsts[[self._text_of(key) for key in (one, *others)]]
        vectors = self._prototypes.vectors[rows]
        found: list[float] = (vectors[1:] @ vectors[0]).tolist()
        return found

    def _text_of(self, key: Key) -> int:
        return self._numbers[key] if key in self._numbers else self._numbers_of[key[0]]

    def _vectors(
        self,
        query: Seen | None,
        texts: NDArray[np.int64] | None,
        lexical: Collection[int],
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Numbers of the candidates, ascending: those that are ``lexical``, and of ``texts`` those whose passages or
        prototypes are nearest to the ``query``; the cosine of each with its best passage, and with its prototype, or in
        its place what the classifier gives it."""
        if query is None:
            numbers = np.array(sorted(lexical), np.int64)
            return numbers, np.zeros(len(numbers)), np.zeros(len(numbers))
        likeness = self._prototypes.scores_of(query.moved)
        likeness[self._classifier.texts] = query.about[:-1]
        allowed = None if texts is None else np.flatnonzero(self._among(texts)[self._owners])
        near, scores = self._dense.search(query.encoded.vector, DEPTH, allowed)
        unseen = self._among([*lexical, *_best(likeness, DEPTH, texts)])
        unseen[self._owners[near]] = False
        more = np.flatnonzero(unseen[self._owners])
        own = np.full(len(self._texts), -np.inf)
        np.maximum.at(own, self._owners[near], scores)
        np.maximum.at(own, self._owners[more], self._dense.scores(query.encoded.vector, more))
        numbers = np.flatnonzero(own > -np.inf)
        return numbers, own[numbers], likeness[numbers].astype(np.float64)

    def _among(self, texts: Sequence[int] | NDArray[np.int64]) -> NDArray[np.bool_]:
        """For each text whether it is one of ``texts``."""
        among = np.zeros(len(self._texts), np.bool_)
        among[texts] = True
        return among

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
