"""Every measure of a ranking agrees with its definition."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import MEASURES, by_rank, rank_scores, trec_qrels, trec_run
from eval.questions import Labelled

Make = Callable[..., Labelled]


def dcg(grades: list[int]) -> float:
    """Discounted cumulative gain with linear gain, as trec_eval has it."""
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))


@given(st.permutations(["a", "b", "c", "x", "y"]))
def test_ranking_measures_agree_with_their_definitions(a_question: Make, ranking: list[str]) -> None:
    question = a_question()
    scores = rank_scores({"q1": [(clause, 1.0) for clause in ranking]}, [question])
    grades = [question.relevant.get(clause, 0) for clause in ranking]
    assert scores["nDCG@10"]["q1"] == pytest.approx(dcg(grades) / dcg([3, 2, 1]))
    assert scores["success@1"]["q1"] == (ranking[0] == "a")
    assert scores["RR"]["q1"] == pytest.approx(1 / (ranking.index("a") + 1))
    assert scores["recall@5"]["q1"] == scores["recall@10"]["q1"] == 1
    assert scores["judged@10"]["q1"] == pytest.approx(3 / 5)


def test_recall_ends_at_its_depth(a_question: Make) -> None:
    ranking = [(clause, 1.0) for clause in ("v", "w", "x", "y", "z", "a")]
    scores = rank_scores({"q1": ranking}, [a_question()])
    assert (scores["recall@5"]["q1"], scores["recall@10"]["q1"]) == (0, 1)


@pytest.mark.parametrize("found", [[("a", 1.0)], []])
def test_a_question_without_results_scores_nothing(a_question: Make, found: list[tuple[str, float]]) -> None:
    scores = rank_scores({"q1": found, "q2": []}, [a_question(), a_question("q2")])
    assert all(scores[measure]["q2"] == 0 for measure in MEASURES)


def test_ties_keep_their_order() -> None:
    assert by_rank([("b", 0.5), ("a", 0.5)]) == [("b", 2.0), ("a", 1.0)]


def test_files_are_written_as_trec_has_them(a_question: Make) -> None:
    assert trec_run({"q1": [("b", 0.5), ("a", 0.5)]}, "words") == "q1 Q0 b 1 2 words\nq1 Q0 a 2 1 words\n"
    labels = [a_question(relevant={"a": 3}), a_question("q2", answerable=False, relevant={"a": 1})]
    assert trec_qrels(labels) == "q1 0 a 3\n"
