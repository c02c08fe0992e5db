"""Every measure agrees with an independent reference."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from eval.metrics import MEASURES, Estimate, auroc, by_rank, calibration_error, estimate, rank_scores
from eval.questions import Labelled

QUESTION = Labelled(
    id="q1",
    split="dev",
    question="?",
    type="fact",
    style="plain",
    fact="f",
    answerable=True,
    answer="",
    accept=("x",),
    relevant={"a": 3, "b": 2, "c": 1},
    note="",
)


def dcg(grades: list[int]) -> float:
    """Discounted cumulative gain with linear gain, as trec_eval has it."""
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


@given(st.permutations(["a", "b", "c", "x", "y"]))
def test_ranking_measures_agree_with_their_definitions(ranking: list[str]) -> None:
    scores = rank_scores({"q1": [(clause, 1.0) for clause in ranking]}, [QUESTION])
    grades = [QUESTION.relevant.get(clause, 0) for clause in ranking]
    assert scores["nDCG@10"]["q1"] == pytest.approx(dcg(grades) / dcg([3, 2, 1]))
    assert scores["success@1"]["q1"] == (ranking[0] == "a")
    assert scores["RR"]["q1"] == pytest.approx(1 / (ranking.index("a") + 1))
    assert scores["recall@5"]["q1"] == 1


def test_a_question_without_results_scores_nothing() -> None:
    other = replace(QUESTION, id="q2")
    scores = rank_scores({"q1": [("a", 1.0)], "q2": []}, [QUESTION, other])
    assert all(scores[measure] == {"q1": scores[measure]["q1"], "q2": 0.0} for measure in MEASURES)


def test_ties_keep_their_order() -> None:
    assert by_rank([("b", 0.5), ("a", 0.5)]) == [("b", 2.0), ("a", 1.0)]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=2, max_size=40))
def test_auroc_agrees_with_scikit_learn(rows: list[tuple[float, bool]]) -> None:
    scores, positive = [s for s, _ in rows], [p for _, p in rows]
    if len(set(positive)) < 2:
        assert math.isnan(auroc(scores, positive))
    else:
        assert auroc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))


def test_calibration_error_of_a_known_case() -> None:
    assert calibration_error([0.85, 0.85, 0.15, 0.15], [True, False, False, False]) == pytest.approx(0.25)


def test_an_interval_holds_its_mean_and_narrows_with_more_questions() -> None:
    few, many = estimate([0, 1] * 5), estimate([0, 1] * 500)
    assert few.low <= few.value <= few.high
    assert many.high - many.low < few.high - few.low
    assert few == estimate([0, 1] * 5)


def test_an_interval_is_near_the_normal_one_for_many_questions() -> None:
    scores = np.random.default_rng(7).random(2000)
    found, half = estimate(scores.tolist()), 1.96 * scores.std() / math.sqrt(len(scores))
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.1)


def test_nothing_measured_is_not_a_number() -> None:
    assert estimate([]).n == 0
    assert math.isnan(estimate([]).value)
    assert str(Estimate(0.5, 0.25, 0.75, 4)) == "0.500 [0.250, 0.750]"
