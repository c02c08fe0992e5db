"""Intervals, calibration and tests agree with independent references and with what is known of them."""

from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel
from sklearn.metrics import roc_auc_score

from eval.estimates import Estimate, auroc, calibration_error, estimate, holm, randomisation_test, reliability

SHARES = st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40)


def of(scores: list[float]) -> Estimate:
    found = estimate(scores)
    assert found is not None
    return found


class TestInterval:
    def test_it_holds_its_mean_and_narrows_with_more_questions(self) -> None:
        few, many = of([0, 1] * 5), of([0, 1] * 500)
        assert few.low <= few.value <= few.high
        assert many.high - many.low < few.high - few.low

    def test_it_is_the_same_each_time(self) -> None:
        assert of([0, 1] * 5) == of([0, 1] * 5)

    def test_it_is_near_the_normal_one_for_many_questions(self) -> None:
        scores = np.random.default_rng(7).random(2000)
        found, half = of(scores.tolist()), 1.96 * scores.std() / math.sqrt(len(scores))
        assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.1)

    def test_it_holds_the_truth_in_about_95_of_100_samples(self) -> None:
        random = np.random.default_rng(11)
        samples = [of(random.binomial(1, 0.7, 100).tolist()) for _ in range(300)]
        held = sum(s.low <= 0.7 <= s.high for s in samples)
        assert 0.9 * 300 < held < 0.99 * 300

    def test_nothing_measured_has_no_figure(self) -> None:
        assert estimate([]) is None

    def test_it_is_printed_in_brackets(self) -> None:
        assert str(Estimate(0.5, 0.25, 0.75, 4)) == "0.500 [0.250, 0.750]"


class TestSeparation:
    @given(SHARES)
    def test_it_agrees_with_scikit_learn(self, rows: list[tuple[float, bool]]) -> None:
        scores, positive = [s for s, _ in rows], [p for _, p in rows]
        found = auroc(scores, positive)
        if len(set(positive)) < 2:
            assert found is None
        else:
            assert found is not None
            assert found.value == pytest.approx(roc_auc_score(positive, scores))
            assert 0 <= found.low <= found.high <= 1 + 1e-9

    def test_its_interval_is_near_the_one_of_hanley_and_mcneil(self) -> None:
        random = np.random.default_rng(3)
        high, low = random.normal(1, 1, 150), random.normal(0, 1, 150)
        found = auroc([*high, *low], [True] * 150 + [False] * 150)
        assert found is not None
        a, q1, q2 = found.value, found.value / (2 - found.value), 2 * found.value**2 / (1 + found.value)
        error = math.sqrt((a * (1 - a) + 149 * (q1 - a**2) + 149 * (q2 - a**2)) / 150**2)
        assert (found.high - found.low) / 2 == pytest.approx(1.96 * error, rel=0.15)


class TestCalibration:
    def test_its_error_in_a_known_case(self) -> None:
        found = calibration_error([0.85, 0.85, 0.15, 0.15], [True, False, False, False])
        assert found is not None
        assert found.value == pytest.approx(0.25)

    def test_nothing_asked_has_no_error(self) -> None:
        assert calibration_error([], []) is None

    def test_the_curve_counts_every_question_once(self) -> None:
        bins = reliability([0.0, 0.05, 0.1, 0.95, 1.0], [False, False, True, True, False])
        assert [(b.low, b.n, b.right) for b in bins] == [(0.0, 2, 0.0), (0.1, 1, 1.0), (0.9, 2, 0.5)]
        assert bins[-1].confidence == pytest.approx(0.975)
        assert bins[-1].right_low < 0.5 < bins[-1].right_high

    @given(SHARES)
    def test_the_error_is_the_mean_gap_of_the_curve(self, rows: list[tuple[float, bool]]) -> None:
        sure, right = [s for s, _ in rows], [r for _, r in rows]
        gaps = sum(abs(b.confidence - b.right) * b.n for b in reliability(sure, right)) / len(rows)
        found = calibration_error(sure, right)
        assert found is not None
        assert found.value == pytest.approx(gaps)


class TestDifference:
    def test_equal_runs_do_not_differ(self) -> None:
        assert randomisation_test([0.0] * 20) == randomisation_test([]) == 1.0

    def test_chance_is_counted_as_all_assignments_of_signs_would(self) -> None:
        differences = [0.5, 0.2, -0.1, 0.4, 0.3, -0.2, 0.6, 0.1]
        sums = [sum(s * d for s, d in zip(signs, differences, strict=True)) for signs in product((1, -1), repeat=8)]
        exact = sum(abs(s) >= abs(sum(differences)) - 1e-9 for s in sums) / len(sums)
        assert randomisation_test(differences) == pytest.approx(exact, abs=0.01)

    def test_it_agrees_with_the_t_test_where_that_holds(self) -> None:
        random = np.random.default_rng(5)
        a = random.normal(0.5, 0.1, 200)
        b = a + random.normal(0.012, 0.1, 200)
        assert randomisation_test((b - a).tolist()) == pytest.approx(ttest_rel(a, b).pvalue, abs=0.02)

    def test_it_does_not_matter_which_run_is_first(self) -> None:
        differences = [0.5, 0.25, -0.1, 0.4]
        assert randomisation_test(differences) == randomisation_test([-d for d in differences])

    def test_the_correction_of_a_known_case(self) -> None:
        assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])

    def test_a_correction_never_exceeds_one_and_keeps_the_order(self) -> None:
        assert holm([0.9, 0.8, 0.001]) == pytest.approx([1.0, 1.0, 0.003])
        assert holm([]) == []
