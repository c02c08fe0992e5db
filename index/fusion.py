"""Scores of several rankings -> one ranking (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause's number with its fused score and the scores it came from; 0 where a ranking lacks it."""

    number: int
    score: float
    dense: float
    lexical: float


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float], weight: float) -> list[Hit]:
    """A convex combination of both, each divided by its largest score; best first, at most 1.

    ``weight`` is that of the dense scores. Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval"
    (ACM TOIS 2023), find that it beats rank fusion and hardly depends on how the scores are scaled.
    """
    scaled = [(scale(dense), weight), (scale(lexical), 1 - weight)]
    hits = [
        Hit(n, sum(part * scores.get(n, 0.0) for scores, part in scaled), dense.get(n, 0.0), lexical.get(n, 0.0))
        for n in dense.keys() | lexical.keys()
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.number))


def scale(scores: Mapping[int, float]) -> dict[int, float]:
    """``scores`` divided by the largest; negative ones, and all where none is positive, become 0."""
    top = max(scores.values(), default=0.0)
    return {n: max(0.0, s / top) if top > 0 else 0.0 for n, s in scores.items()}
