"""Scores of several rankings -> one ranking (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.model import TextVersion


class Hit(NamedTuple):
    """The number of a clause (of a text, before they are told apart by clause) with its fused score and the scores it
    came from, 0 where a ranking lacks it; ``version`` is that of the words that were found, ``late`` the match token by
    token (:mod:`index.late`) and ``weakest`` that of what matches worst, ``prototype`` the likeness with what says the
    same in other words (:mod:`index.prototypes`, :mod:`index.classifier`); 0 where they were not worked out."""

    number: int
    score: float
    dense: float
    lexical: float
    version: TextVersion | None = None
    late: float = 0.0
    weakest: float = 0.0
    prototype: float = 0.0


class Match(NamedTuple):
    """How well a text matches a question token by token, and how well what of it matches worst."""

    score: float
    weakest: float = 0.0


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float], weight: float, k: int) -> list[Hit]:
    """The ``k`` best by a convex combination of both, each divided by its largest score; best first, at most 1.

    ``weight`` is that of the dense scores; negative scores count as 0. Bruch, Gai, Ingber, "An Analysis of Fusion
    Functions for Hybrid Retrieval" (ACM TOIS 2023), find that it beats rank fusion and hardly depends on how the
    scores are scaled.
    """
    numbers = np.array(sorted(dense.keys() | lexical.keys()), np.int64)
    columns = [np.array([scores.get(n, 0.0) for n in numbers.tolist()]) for scores in (dense, lexical)]
    return combine(numbers, columns[0], columns[1], weight, k)


def combine(
    numbers: NDArray[np.int64], dense: NDArray[np.float64], lexical: NDArray[np.float64], weight: float, k: int
) -> list[Hit]:
    """The same, given the ``numbers``, ascending, and the scores of each, all of one shape ``(n,)``."""
    fused = weight * scale(dense) + (1 - weight) * scale(lexical)
    best = np.argsort(-fused, kind="stable")[:k]
    columns = (column[best].tolist() for column in (numbers, fused, dense, lexical))
    return [Hit(*row) for row in zip(*columns, strict=True)]


def rescore(hits: Sequence[Hit], late: Sequence[Match], weight: float) -> list[Hit]:
    """``hits``, best first, ranked anew where they have a match in ``late``: as many of the first as there are matches.

    Their score is a convex combination of the one they had with that in ``late``, of this ``weight`` and divided by the
    largest. What the others had counts as much as it does there, so that none of them passes one that was rescored.
    """
    shares = scale(np.array([match.score for match in late], np.float64)).tolist()
    first = [
        hit._replace(score=(1 - weight) * hit.score + weight * share, late=match.score, weakest=match.weakest)
        for hit, match, share in zip(hits, late, shares, strict=False)
    ]
    rest = [hit._replace(score=(1 - weight) * hit.score) for hit in hits[len(late) :]]
    return [*sorted(first, key=lambda hit: -hit.score), *rest]


def scale(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """``scores`` divided by the largest; negative ones, and all where none is positive, become 0."""
    top = scores.max(initial=0.0)
    return np.maximum(scores / top, 0.0) if top > 0 else np.zeros_like(scores)
