"""Fits ranking and confidence on the development questions: ``python -m eval.calibrate [BUNDLE]`` prints the weights
that belong in :mod:`qa.find` and :mod:`qa.confidence`, how well they do in cross-validation, and how often yes and no
are right.

Ranking is fitted on pairs of clauses of which one answers better (a linear RankNet; Burges et al. 2005), confidence on
whether the best clause answers. Both are logistic regressions whose weights keep their sign and are drawn towards a
guess (a Gaussian prior), so that a part which few questions show keeps a sensible weight. Folds never split a fact.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize  # type: ignore[import-untyped]

from eval.estimates import auroc, calibration_error
from eval.metrics import DEPTH, Run, rank_scores
from eval.questions import ANSWERS, Labelled, default_questions, load_questions
from index.bundle import Bundle
from qa.answer import Answerer
from qa.confidence import THRESHOLD, is_worth_reading
from qa.find import POOL, Finder, Found
from qa.settings import read_settings
from qa.verdict import verdict

Matrix = NDArray[np.float64]

FOLDS = 10
DRAWN = 5.0  # how strongly weights are drawn to the guess, per standardised unit
RANKING_DRAWN = 1.0  # the same of those of the ranking, of which many pairs tell
WORTH = np.array([0.0, 0.5, 1.5, 3.0])  # of a clause by its grade: pairs count by the difference
# Guesses: what a part ought to weigh before any question is seen.
RANKING: Mapping[str, float] = {
    "lexical": 2.0, "late": 2.0, "prototype": 2.0, "matter": 1.0, "own": 0.5, "bearer": 0.5, "recipient": 1.0,
    "frequency": 1.0, "defines": 2.0, "scope": 1.5, "cited": 1.0, "version": 1.0,
}  # fmt: skip
CONFIDENCE: Mapping[str, float] = {
    "likeness": 3.0, "absent": -1.5, "margin": 1.0, "weakest": 2.0, "first": 1.0, "asked": 2.0, "silent": -2.0,
    "unanswered": -2.0, "nothing": -3.0, "worded": 0.5, "strange": -10.0, "misfit": -2.0, "unnamed": -1.5,
    "missing": -5.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A labelled question with what was found for it."""

    labelled: Labelled
    found: Found
    grades: NDArray[np.int64]  # of the ranked clauses, shape (n,)


def fit(rows: Matrix, weights: Matrix, guess: Matrix, signs: Matrix, right: Matrix, drawn: float = DRAWN) -> Matrix:
    """Coefficients for ``rows`` (shape ``(n, parts)``) that tell ``right`` (n) from the rest, each row counted
    ``weights`` times; a sign of 0 leaves a coefficient free."""
    spread = np.maximum(rows.std(0), 0.15)
    scaled, start, sides = rows / spread, guess * spread, np.where(right > 0, 1.0, -1.0)

    def loss(w: Matrix) -> tuple[float, Matrix]:
        margins = sides * (scaled @ w)
        slope = -(weights * sides / (1 + np.exp(margins))) @ scaled
        away = w - start
        return float((weights * np.logaddexp(0, -margins)).sum() + drawn * away @ away), slope + 2 * drawn * away

    bounds = [(None, None) if s == 0 else (0, None) if s > 0 else (None, 0) for s in signs]
    found: Matrix = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x / spread
    return found


def fit_ranking(asked: Sequence[Asked]) -> Matrix:
    """Weights in the order of :data:`RANKING`."""
    rows, weights = [], []
    for one in asked:
        parts = np.array([[getattr(r.fit, name) for name in RANKING] for r in one.found.ranked])
        better, worse = np.nonzero(one.grades[:, None] > one.grades[None, :])
        if one.found.cited.asked_for or not len(better):
            continue
        counts = (WORTH[one.grades[better]] - WORTH[one.grades[worse]]) * np.where(
            one.grades[better] == ANSWERS, 2.0, 1.0
        )
        rows.append(parts[better] - parts[worse])
        weights.append(counts / counts.sum())
    guess = np.array(list(RANKING.values()))
    pairs = np.concatenate(rows)
    return fit(pairs, np.concatenate(weights), guess, np.sign(guess), np.ones(len(pairs)), RANKING_DRAWN)


def fit_bias(asked: Sequence[Asked], weights: Matrix) -> float:
    """What makes scores by ``weights`` add up to how many clauses answer."""
    rows = [[getattr(r.fit, name) for name in RANKING] for one in asked for r in one.found.ranked]
    right = sum(int((one.grades == ANSWERS).sum()) for one in asked)
    sums = np.array(rows) @ weights
    found: float = brentq(lambda bias: (1 / (1 + np.exp(-sums - bias))).sum() - right, -50.0, 50.0)
    return found


def fit_confidence(signals: Matrix, right: Matrix) -> Matrix:
    """Weights in the order of :data:`CONFIDENCE`, then the intercept."""
    guess = np.array([*CONFIDENCE.values(), -5.0])
    rows = np.c_[signals, np.ones(len(signals))]
    return fit(rows, np.ones(len(rows)), guess, np.array([*np.sign(guess[:-1]), 0]), right)


def folds(asked: Sequence[Asked]) -> Iterator[tuple[list[int], list[int]]]:
    """Numbers of the questions to fit on and to measure on; those of one fact stay together."""
    facts = sorted({one.labelled.fact for one in asked})
    fold = {fact: n % FOLDS for n, fact in enumerate(np.random.default_rng(0).permutation(facts).tolist())}
    for n in range(FOLDS):
        held_out = [i for i, one in enumerate(asked) if fold[one.labelled.fact] == n]
        yield [i for i in range(len(asked)) if i not in set(held_out)], held_out


def main(arguments: Sequence[str]) -> None:
    """Fit, and print."""
    bundle = Bundle.open(Path(arguments[0]) if arguments else read_settings().bundle)
    questions = load_questions(default_questions(), split="dev")
    rankable = list(ask_all(Finder(bundle), [q for q in questions if q.answerable]))
    print_ranking(bundle, rankable)
    answerer = Answerer(bundle, Finder(bundle, named(fit_ranking(rankable))))
    again = ask_all(answerer.finder, questions)
    once_more = list(again)
    print_confidence(answerer, [one for one in once_more if one.found.ranked and not one.found.cited.asked_for])
    print_verdict(answerer, [one for one in once_more if is_decided(one)])


def ask_all(finder: Finder, questions: Sequence[Labelled]) -> Iterator[Asked]:
    """Each question with what is found for it."""
    for q in questions:
        found = finder.find(q.asked(POOL))
        grades = [q.relevant.get(finder.clauses[r.number].id, 0) for r in found.ranked]
        yield Asked(q, found, np.array(grades, np.int64))


def named(weights: Matrix) -> dict[str, float]:
    """Weights of ranking by name, rounded as they are written down."""
    return dict(zip(RANKING, np.round(weights, 2).tolist(), strict=True))


def print_ranking(bundle: Bundle, asked: Sequence[Asked]) -> None:
    """How good the ranking is in cross-validation, and the weights on all."""
    run: Run = {}
    for fitted_on, held_out in folds(asked):
        finder = Finder(bundle, named(fit_ranking([asked[i] for i in fitted_on])))
        for i in held_out:
            ranked = finder.find(asked[i].labelled.asked(DEPTH)).ranked[:DEPTH]
            run[asked[i].labelled.id] = [(finder.clauses[r.number].id, r.score) for r in ranked]
    scores = rank_scores(run, [one.labelled for one in asked])
    said = ", ".join(f"{name} {np.mean(list(scores[name].values())):.3f}" for name in ("nDCG@10", "success@1"))
    weights = fit_ranking(asked)
    print(f"{len(asked)} questions; in {FOLDS}-fold cross-validation {said}")
    print("qa.find.WEIGHTS =", named(weights), "BIAS =", round(fit_bias(asked, weights), 1))


def print_confidence(answerer: Answerer, asked: Sequence[Asked]) -> None:
    """AUROC, calibration and the choice of a threshold in cross-validation, and the weights on all."""
    signals = np.array([[getattr(answerer.signals(one.found), name) for name in CONFIDENCE] for one in asked])
    readings = [answerer.read(one.found) for one in asked]
    read = np.array([0.0 if reading is None else reading.answers for reading in readings])
    polar = np.array([one.found.interpretation.polar for one in asked])
    right = np.array([float(one.labelled.answerable and one.grades[0] >= 2) for one in asked])
    known = np.array([one.labelled.answerable for one in asked])
    first, guessed = np.zeros(len(asked)), np.zeros(len(asked))
    for fitted_on, held_out in folds(asked):
        once, again = fit_twice(signals[fitted_on], read[fitted_on], right[fitted_on])
        first[held_out], guessed[held_out] = twice(once, again, signals[held_out], read[held_out], polar[held_out])
    print(f"{len(asked)} questions, {right.sum():.0f} successes; in cross-validation:")
    for name, values in (("by signals", first), ("and by reading", guessed)):
        print(f"{name}: AUROC best clause right {auroc(values, right > 0)}, answerable {auroc(values, known)}")
    print(f"calibration error {calibration_error(guessed, right > 0)}; read {np.mean(is_read(first, polar)):.2f}")
    for threshold in np.arange(0.3, 0.75, 0.05):
        refused = guessed < threshold
        print(
            f"  threshold {threshold:.2f}: refusal precision {np.mean(~known[refused]):.3f} recall "
            f"{np.mean(refused[~known]):.3f}, citation precision {np.mean(right[~refused]):.3f}, "
            f"right answers {np.mean(right[known] * ~refused[known]):.3f}"
        )
    once, again = fit_twice(signals, read, right)
    weights = np.round(once, 2).tolist()
    print("qa.confidence.WEIGHTS =", dict(zip(CONFIDENCE, weights, strict=False)), "INTERCEPT =", weights[-1])
    print("qa.confidence.FIRST, READ, READ_INTERCEPT =", np.round(again, 2).tolist())


def fit_twice(signals: Matrix, read: Matrix, right: Matrix) -> tuple[Matrix, Matrix]:
    """Weights of the confidence by ``signals``, with the intercept, and those of its log-odds and of what is ``read``,
    with another."""
    once = fit_confidence(signals, right)
    odds = np.c_[signals, np.ones(len(signals))] @ once
    rows = np.c_[odds, read, np.ones(len(odds))]
    return once, fit(rows, np.ones(len(rows)), np.array([1.0, 0.2, 0.0]), np.array([1.0, 1.0, 0.0]), right)


def twice(
    once: Matrix, again: Matrix, signals: Matrix, read: Matrix, polar: NDArray[np.bool_]
) -> tuple[Matrix, Matrix]:
    """The confidence by ``signals``, and that after reading what is in doubt or asks for yes or no."""
    odds = np.c_[signals, np.ones(len(signals))] @ once
    first = 1 / (1 + np.exp(-odds))
    second = 1 / (1 + np.exp(-(np.c_[odds, read, np.ones(len(odds))] @ again)))
    return first, np.where(is_read(first, polar), second, first)


def is_read(first: Matrix, polar: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which questions are read with the best clause."""
    return np.array([is_worth_reading(sure, polar=p) for sure, p in zip(first.tolist(), polar.tolist(), strict=True)])


def is_decided(one: Asked) -> bool:
    """Is the question answered yes or no by the clause that was found, and not by that clause's status?"""
    asked = one.found.interpretation
    return bool(one.labelled.polarity and len(one.grades) and one.grades[0] >= 2 and asked.polar and not asked.status)


def print_verdict(answerer: Answerer, asked: Sequence[Asked]) -> None:
    """How often yes and no are said, and how often they are right; nothing about them is fitted here."""
    says: list[bool | None] = []
    for one in asked:
        best = answerer.finder.profile(one.found.best.number, one.found.best.version)
        sure, reading = answerer.judged(one.found)
        says.append(verdict(one.found.sought, best, one.found.near, sure, reading) if sure >= THRESHOLD else None)
    for said, name in ((True, "yes"), (False, "no")):
        labels = [one.labelled.polarity for one, told in zip(asked, says, strict=True) if told is said]
        print(f"{name}: said {len(labels)} times of {len(asked)}, {labels.count(name)} rightly")


if __name__ == "__main__":
    main(sys.argv[1:])
