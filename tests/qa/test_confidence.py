"""Confidence grows with what speaks for the best clause, and falls where the thing asked for is not in it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.confidence import THRESHOLD, Signals, confidence, measure

share = st.floats(0, 1)
signals = st.builds(Signals, **dict.fromkeys(Signals.__slots__, share))
FOR = [name for name in Signals.__slots__ if name != "missing"]


@settings(max_examples=200, deadline=None, derandomize=True)
@given(one=signals)
def test_it_is_a_probability(one: Signals) -> None:
    assert 0 < confidence(one) < 1


@pytest.mark.parametrize("name", FOR)
@settings(max_examples=100, deadline=None, derandomize=True)
@given(one=signals, more=share)
def test_it_never_falls_with_a_signal_for_the_clause(name: str, one: Signals, more: float) -> None:
    better = replace(one, **{name: max(more, getattr(one, name))})
    assert confidence(better) >= confidence(one)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(one=signals)
def test_it_is_lower_where_the_thing_asked_for_is_missing(one: Signals) -> None:
    assert confidence(replace(one, missing=1.0)) < confidence(replace(one, missing=0.0))


def test_the_best_is_answered_and_nothing_is_refused() -> None:
    nothing = Signals(**dict.fromkeys(Signals.__slots__, 0.0))
    assert confidence(replace(nothing, **dict.fromkeys(FOR, 1.0))) > 0.95 > THRESHOLD
    assert confidence(nothing) < 0.05


REPORT = "the Director of TSB to report annually to TSAG on the implementation of this resolution"


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("who reports annually to TSAG?", REPORT, False),
        ("who reports each year to TSAG?", REPORT, False),
        ("who reports monthly to TSAG?", REPORT, True),
        ("what is the deadline for the annual report to TSAG?", REPORT, True),
        ("when does the Director report to TSAG?", REPORT, False),
        ("what is the deadline?", "contributions shall arrive not later than two weeks before", False),
        ("how many Directors report to TSAG?", REPORT, True),
        ("how many chairs has an ICG?", "the ICG has two chairs", False),
        ("how many chairs has an ICG?", "the ICG of Resolution 18 has chairs", True),
        ("what is the address of TSB?", REPORT, True),
        ("what is the role of TSB?", REPORT, False),
    ],
)
def test_what_is_asked_for_must_be_there(question: str, text: str, missing: bool) -> None:
    found = measure(question, text, text, 0.5, 0.5, lambda _: 0.1)
    assert bool(found.missing) is missing


def test_coverage_is_the_share_of_the_words_that_the_clause_holds() -> None:
    def coverage(question: str) -> float:
        return measure(question, REPORT, REPORT, 0.5, 0.5, lambda _: 0.1).coverage

    assert coverage("report annually implementation") == 1
    assert coverage("lighthouse albatross") == 0
    assert 0 < coverage("report albatross") < 1
