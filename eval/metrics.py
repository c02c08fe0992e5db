"""Measures of ranking, answers and refusals. The only file that imports ir_measures.

Ranking is measured on the questions that the corpus answers. A clause counts as right with grade 3 (it answers the
question); nDCG also credits parallel provisions (2) and related clauses (1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, Success, nDCG
from numpy.typing import NDArray

from eval.questions import Labelled

ANSWERS = 3
MEASURES = {
    "nDCG@10": nDCG @ 10,
    "success@1": Success(rel=ANSWERS) @ 1,
    "RR": RR(rel=ANSWERS),
    "recall@5": R(rel=ANSWERS) @ 5,
}
DEPTH = 10  # clauses of a ranking that are kept
RESAMPLES = 2000
SEED = 20261122

Run = dict[str, list[tuple[str, float]]]
"""Question id -> clause ids with their scores, best first."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval (percentile bootstrap over questions; Efron, Tibshirani 1993) and their number."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def rank_scores(run: Run, questions: Sequence[Labelled]) -> dict[str, dict[str, float]]:
    """Measure -> question id -> score; a question without results scores 0."""
    labels = [ir_measures.Qrel(q.id, clause, grade) for q in questions for clause, grade in q.relevant.items()]
    docs = [ir_measures.ScoredDoc(q, clause, score) for q, hits in run.items() for clause, score in by_rank(hits)]
    names = {str(measure): name for name, measure in MEASURES.items()}
    scores = {name: {q.id: 0.0 for q in questions} for name in MEASURES}
    for found in ir_measures.iter_calc(list(MEASURES.values()), labels, docs):
        scores[names[str(found.measure)]][found.query_id] = float(found.value)
    return scores


def by_rank(hits: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """``hits`` with scores that fall with the rank, so that tools which sort by score keep the order of ties."""
    return [(clause, float(len(hits) - place)) for place, (clause, _) in enumerate(hits)]


def estimate(scores: Sequence[float]) -> Estimate:
    """The mean of ``scores`` with its interval; the resamples are the same in every call."""
    values: NDArray[np.float64] = np.array(scores, float)
    if not len(values):
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    draws = np.random.default_rng(SEED).integers(0, len(values), (RESAMPLES, len(values)))
    low, high = np.percentile(values[draws].mean(1), [2.5, 97.5])
    return Estimate(float(values.mean()), float(low), float(high), len(values))


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float:
    """The probability that a positive scores higher than a negative, ties counting half (Mann-Whitney U)."""
    high = np.array([s for s, p in zip(scores, positive, strict=True) if p])
    low = np.array([s for s, p in zip(scores, positive, strict=True) if not p])
    if not len(high) or not len(low):
        return float("nan")
    ahead = (high[:, None] > low[None, :]).mean() + 0.5 * (high[:, None] == low[None, :]).mean()
    return float(ahead)


def calibration_error(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> float:
    """Expected calibration error over ``bins`` bins of equal width (Naeini, Cooper, Hauskrecht 2015)."""
    sure, hit = np.array(confidences), np.array(right, float)
    place = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(sure[place == b].mean() - hit[place == b].mean()) * (place == b).mean() for b in set(place.tolist())]
    return float(sum(gaps))
