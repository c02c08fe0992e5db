"""Scores of several rankings -> one ranking (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause's number with its fused score in [0, 1] and the scores it came from; 0 where a ranking lacks it."""

    number: int
    score: float
    dense: float
    lexical: float


def fuse(dense: Mapping[int, float], lexical: Mapping[int, float], weight: float) -> list[Hit]:
    """A convex combination of both, each scaled to [0, 1] by its own largest and smallest score; best first.

    ``weight`` is that of the dense scores. Bruch, Gai, Ingber, "An Analysis of Fusion Functions for Hybrid Retrieval"
    (ACM TOIS 2023), find that it beats rank fusion and hardly depends on the scaling.
    """
    scaled_dense, scaled_lexical = scale(dense), scale(lexical)
    numbers = dense.keys() | lexical.keys()
    hits = [
        Hit(
            n,
            weight * scaled_dense.get(n, 0.0) + (1 - weight) * scaled_lexical.get(n, 0.0),
            dense.get(n, 0.0),
            lexical.get(n, 0.0),
        )
        for n in numbers
    ]
    return sorted(hits, key=lambda hit: (-hit.score, hit.number))


def scale(scores: Mapping[int, float]) -> dict[int, float]:
    """``scores`` mapped onto [0, 1]; all 1 where they are equal."""
    if not scores:
        return {}
    low, high = min(scores.values()), max(scores.values())
    return {n: (s - low) / (high - low) if high > low else 1.0 for n, s in scores.items()}
