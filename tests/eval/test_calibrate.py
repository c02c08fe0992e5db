"""What is fitted on the development questions: weights keep their sign, and tell right from wrong."""

from __future__ import annotations

import numpy as np
import pytest

from eval.ablate import by_ranks, systems
from eval.calibrate import CONFIDENCE, RANKING, Asked, fit, folds
from eval.questions import Labelled, default_questions, load_questions
from index.bundle import Bundle
from qa.answer import Answerer
from qa.confidence import Signals
from qa.find import WEIGHTS
from qa.fit import Fit


def test_every_part_that_is_weighed_is_fitted() -> None:
    assert set(RANKING) == set(WEIGHTS) <= set(Fit._fields)
    assert set(CONFIDENCE) == set(Signals.__slots__)


def test_weights_tell_right_from_wrong_and_keep_their_sign() -> None:
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(400, 3))
    right = (rows[:, 0] - rows[:, 1] + 0.1 * rng.normal(size=400) > 0).astype(float)
    guess = np.array([0.1, 0.1, 0.0])  # the second is guessed to speak for it, and does not
    found = fit(rows, np.ones(400), guess, np.array([1, 1, 0]), right)
    assert found[0] > 1
    assert found[1] == pytest.approx(0, abs=1e-6)


def test_without_evidence_the_guess_stands() -> None:
    guess = np.array([0.5, -0.7])
    found = fit(np.zeros((5, 2)), np.ones(5), guess, np.sign(guess), np.ones(5))
    assert found == pytest.approx(guess, abs=1e-6)


def test_a_fact_is_never_on_both_sides_of_a_fold(answerer: Answerer) -> None:
    questions: list[Labelled] = load_questions(default_questions(), split="dev")[:60]
    asked = [Asked(q, None, np.zeros(0)) for q in questions]  # type: ignore[arg-type]
    seen: list[int] = []
    for fitted_on, held_out in folds(asked):
        assert not {questions[i].fact for i in fitted_on} & {questions[i].fact for i in held_out}
        seen += held_out
    assert sorted(seen) == list(range(60))


def test_every_variant_ranks(answerer: Answerer) -> None:
    bundle: Bundle = answerer.bundle
    (question,) = (q for q in load_questions(default_questions(), split="dev") if q.id == "q158")
    found = {name: system(question)[0][0] for name, system in systems(bundle)}
    assert len(found) > 12
    assert found["service"].endswith("__para_f")


def test_ranks_are_fused() -> None:
    (question, *_) = load_questions(default_questions(), split="dev")
    fused = by_ranks(lambda _: [("a", 9.0), ("b", 8.0)], lambda _: [("b", 1.0), ("c", 0.5)])(question)
    assert [clause for clause, _ in fused] == ["b", "a", "c"]
