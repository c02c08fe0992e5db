"""Figures with their uncertainty: intervals by the bootstrap, calibration, tests between paired scores (pure).

Random draws have fixed seeds, so that the same scores give the same figures. Questions are taken as independent; those
that paraphrase one fact are not quite, so that the true intervals are somewhat wider.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from eval.parallels import Share

RESAMPLES = 2000  # of the bootstrap
PERMUTATIONS = 10_000  # of the randomisation test
BINS = 10  # of equal width, of the confidence
SEED = 20261122

Floats = NDArray[np.float64]
Numbers = Sequence[float] | Floats
Flags = Sequence[bool] | NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval (percentile bootstrap; Efron, Tibshirani, An Introduction to the Bootstrap,
    1993) and the number of questions that it rests on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions with a confidence from ``low`` to ``high``: how many, their mean confidence, and the share of them
    whose best clause is right, with its 95 % interval (Wilson 1927)."""

    low: float
    high: float
    n: int
    confidence: float
    right: float
    right_low: float
    right_high: float


def estimate(scores: Numbers) -> Estimate | None:
    """The mean of ``scores`` with its interval; None where there are none."""
    if not len(scores):
        return None
    values = np.asarray(scores, float)
    return _estimate(float(values.mean()), _counts(len(values)) @ values / len(values), len(values))


def auroc(scores: Numbers, positive: Flags) -> Estimate | None:
    """The probability that a positive scores higher than a negative, ties counting half (Mann-Whitney U over the number
    of pairs); None without both kinds. Resamples draw positives and negatives apart."""
    values, is_positive = np.asarray(scores, float), np.asarray(positive, bool)
    high, low = values[is_positive], values[~is_positive]
    if not len(high) or not len(low):
        return None
    wins = (high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])
    resampled = ((_counts(len(high)) @ wins) * _counts(len(low), 1)).sum(1) / wins.size
    return _estimate(float(wins.mean()), resampled, len(values))


def calibration_error(confidences: Numbers, right: Flags) -> Estimate | None:
    """Expected calibration error (Naeini, Cooper, Hauskrecht, AAAI 2015): the mean gap, over bins of equal width and
    weighted by their counts, between the confidence and the share that is right. None where there are no questions.

    Its resamples lean upwards, as chance makes gaps too: the interval may lie above the figure.
    """
    if not len(confidences):
        return None
    sure, hit = np.asarray(confidences, float), np.asarray(right, float)
    gaps = np.zeros((len(sure), BINS))
    gaps[np.arange(len(sure)), _bin_of(sure)] = sure - hit
    value = float(np.abs(gaps.sum(0)).sum()) / len(sure)
    return _estimate(value, np.abs(_counts(len(sure)) @ gaps).sum(1) / len(sure), len(sure))


def reliability(confidences: Numbers, right: Flags) -> list[Bin]:
    """The bins that hold a question, from the lowest confidence up: the points of a reliability curve."""
    sure, hit = np.asarray(confidences, float), np.asarray(right, bool)
    place = _bin_of(sure)
    bins = []
    for number in sorted(set(place.tolist())):
        inside = place == number
        share = Share(int(hit[inside].sum()), int(inside.sum()))
        ends = number / BINS, (number + 1) / BINS
        bins.append(Bin(*ends, share.n, float(sure[inside].mean()), share.value, *share.interval))
    return bins


def randomisation_test(differences: Sequence[float]) -> float:
    """The two-sided p of paired differences under the hypothesis that each could as well have the other sign.

    Smucker, Allan, Carterette, "A Comparison of Statistical Significance Tests for Information Retrieval Evaluation"
    (CIKM 2007); the p counts the observed assignment among those drawn, so that it is never 0.
    """
    values = np.asarray([d for d in differences if d], float)  # a sign changes nothing at 0
    if not len(values):
        return 1.0
    random = np.random.default_rng(SEED)
    observed = abs(values.sum()) * (1 - 1e-9)  # sums of the same numbers in another order differ in their last digits
    as_large = 0
    for _ in range(PERMUTATIONS // 1000):
        signs = 2.0 * random.integers(0, 2, (1000, len(values))) - 1
        as_large += int((np.abs(signs @ values) >= observed).sum())
    return (as_large + 1) / (PERMUTATIONS + 1)


def holm(p_values: Sequence[float]) -> list[float]:
    """``p_values`` corrected for their number (Holm, Scandinavian Journal of Statistics 1979), in the order given."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.asarray(p_values, float)[order] * np.arange(len(order), 0, -1)
    corrected = np.empty(len(order))
    corrected[order] = np.minimum(np.maximum.accumulate(stepped), 1.0)
    return [float(p) for p in corrected]


def _estimate(value: float, resampled: Floats, n: int) -> Estimate:
    low, high = np.percentile(resampled, [2.5, 97.5])
    return Estimate(value, float(low), float(high), n)


@lru_cache(maxsize=64)
def _counts(n: int, stream: int = 0) -> Floats:
    """How often each of ``n`` questions is drawn in each resample, (RESAMPLES, n); another ``stream``, other draws."""
    draws = np.random.default_rng((SEED, stream)).integers(0, n, (RESAMPLES, n))
    flat = (draws + n * np.arange(RESAMPLES)[:, None]).ravel()
    return np.bincount(flat, minlength=RESAMPLES * n).reshape(RESAMPLES, n).astype(float)


def _bin_of(confidences: Floats) -> NDArray[np.int64]:
    return np.minimum((confidences * BINS).astype(np.int64), BINS - 1)
