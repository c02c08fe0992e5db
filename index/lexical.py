"""BM25F over the words of clauses, with bigrams: scores worked out when the index is built, added up when it is asked.

Ours rather than a library's by measurement: on a public benchmark of regulatory questions (figures in ARCHITECTURE.md)
it found more than SQLite FTS5, tantivy and bm25s, of which none has fields, bigrams and a free k1 together.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.stored import store_all
from index.text import FIELDS, Synonym, bigrams, is_asking, tokens

# Chosen on the development questions (weights of the fields) and on the benchmark (the rest).
WEIGHTS: Mapping[str, float] = {
    "text": 1.0, "heading": 0.5, "lead_in": 0.2, "names": 0.5, "instrument": 0.3, "glosses": 0.4,
}  # fmt: skip
K1 = 0.6
B = 0.75
BIGRAM = 0.5
ASKED = 0.5  # of the score of a word of asking (index.text.ASKING), and of a bigram with one
SYNONYM = 0.6  # of the score of the words that are said for it; chosen on the development questions

_ASKED = np.float32(ASKED)
_GLOSSES = FIELDS.index("glosses")


class LexicalIndex:
    """Postings in compressed rows: of term ``t``, clauses ``clauses[starts[t]:starts[t + 1]]`` and their impacts."""

    def __init__(
        self,
        vocabulary: Sequence[str],
        starts: NDArray[np.int64],
        clauses: NDArray[np.int32],
        impacts: NDArray[np.float32],
        size: int,
    ) -> None:
        self._terms = {term: n for n, term in enumerate(vocabulary)}
        self._starts, self._clauses, self._impacts, self.size = starts, clauses, impacts, size

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]]) -> LexicalIndex:
        """An index of clauses, each given as its texts by field, in the order of :data:`index.text.FIELDS`.

        Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), 3.6: a term's frequencies
        are added up over the fields, each normalised by that field's length and weighted, before they saturate.
        """
        cut = [[tokens(text) for text in row] for row in rows]
        mean = [max(1.0, sum(len(row[f]) for row in cut) / max(1, len(cut))) for f in range(len(FIELDS))]
        # Most bigrams of glosses were said once, and would be most of all terms for next to nothing.
        often = Counter(pair for row in cut for stems in row[_GLOSSES:] for pair in bigrams(stems))
        postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for number, row in enumerate(cut):
            frequency: Counter[str] = Counter()
            for f, stems in enumerate(row):
                share = WEIGHTS[FIELDS[f]] / (1 - B + B * len(stems) / mean[f])
                pairs = [pair for pair in bigrams(stems) if f != _GLOSSES or often[pair] > 1]
                for term in (*stems, *pairs):
                    frequency[term] += share  # type: ignore[assignment]
            for term, weight in frequency.items():
                postings[term].append((number, weight))
        vocabulary = sorted(postings)
        starts = np.cumsum([0, *(len(postings[t]) for t in vocabulary)], dtype=np.int64)
        numbers = np.array([n for t in vocabulary for n, _ in postings[t]], np.int32)
        impacts = [_impact(t, w, len(postings[t]), len(cut)) for t in vocabulary for _, w in postings[t]]
        return cls(vocabulary, starts, numbers, np.array(impacts, np.float32), len(cut))

    @classmethod
    def load(cls, path: Path) -> LexicalIndex:
        """The index saved at ``path``. Raises :class:`BundleDamaged`."""
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                vocabulary = stored["vocabulary"].tobytes().decode().split("\n")
                return cls(vocabulary, stored["starts"], stored["clauses"], stored["impacts"], int(stored["size"]))
        except Exception as exc:  # zipfile and numpy raise whatever their reading trips over
            raise BundleDamaged(f"{path} cannot be read; build the index again") from exc

    def save(self, path: Path) -> None:
        """Write to ``path``; what the disk refuses is an ``OSError``."""
        store_all(
            path,
            vocabulary=np.frombuffer("\n".join(self._terms).encode(), np.uint8),
            starts=self._starts,
            clauses=self._clauses,
            impacts=self._impacts,
            size=np.array(self.size, np.int64),
        )

    def scores(self, text: str, also: Sequence[str] = (), synonyms: Sequence[Synonym] = ()) -> NDArray[np.float32]:
        """The score of every clause for the words and bigrams of ``text`` and the words ``also``, each counted once,
        words of asking less; of ``synonyms``, words of the text and what is said for them, whichever says more."""
        stems = tokens(text)
        scores = self._sum((*stems, *bigrams(stems), *tokens(" ".join(also))))
        for synonym in synonyms:
            said = self._sum(synonym.stems)
            best = np.max([self._sum(other) * (len(synonym.stems) / len(other)) for other in synonym.others], axis=0)
            scores += np.maximum(SYNONYM * best - said, 0)
        return scores

    def _sum(self, terms: Iterable[str]) -> NDArray[np.float32]:
        """The impacts of different ``terms`` added up, for every clause; words of asking count less."""
        scores = np.zeros(self.size, np.float32)
        for term in dict.fromkeys(terms):
            at = self._terms.get(term)
            if at is not None:
                row = slice(self._starts.item(at), self._starts.item(at + 1))
                impacts = self._impacts[row]
                scores[self._clauses[row]] += impacts * _ASKED if is_asking(term) else impacts
        return scores

    def search(
        self,
        text: str,
        k: int,
        also: Sequence[str] = (),
        allowed: NDArray[np.int64] | None = None,
        synonyms: Sequence[Synonym] = (),
    ) -> dict[int, float]:
        """The ``k`` best clauses that share a word with ``text``, and their scores; ``allowed`` limits the clauses."""
        scores = self.scores(text, also, synonyms)
        if allowed is not None:
            kept = np.zeros_like(scores)
            kept[allowed] = scores[allowed]
            scores = kept
        best = np.argsort(-scores, kind="stable")[:k]
        best = best[scores[best] > 0]
        return dict(zip(best.tolist(), scores[best].tolist(), strict=True))

    def __contains__(self, term: str) -> bool:
        """Does any clause hold this stem?"""
        return term in self._terms

    def clauses_with(self, term: str) -> int:
        """How many clauses hold this stem."""
        at = self._terms.get(term)
        return 0 if at is None else int(self._starts[at + 1] - self._starts[at])


def _impact(term: str, weight: float, holders: int, size: int) -> float:
    rarity = math.log(1 + (size - holders + 0.5) / (holders + 0.5))
    return (BIGRAM if " " in term else 1.0) * rarity * weight * (1 + K1) / (K1 + weight)
