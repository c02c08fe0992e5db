"""Confidence grows with what speaks for the best clause, and falls where the thing asked for is not in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bundle import Bundle
from index.reader import Reader, Reading
from qa.answer import Answerer
from qa.confidence import NOTHING, THRESHOLD, Signals, confidence, reread
from qa.kinds import focus_of, is_missing, missing_kinds
from qa.model import Answer, Question

share = st.floats(0, 1)
AGAINST = ("absent", "silent", "unanswered", "nothing", "strange", "misfit", "unnamed", "missing")
FOR = [name for name in Signals.__slots__ if name not in AGAINST]
signals = st.builds(Signals, **dict.fromkeys(Signals.__slots__, share))


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


@pytest.mark.parametrize("name", AGAINST)
@settings(max_examples=100, deadline=None, derandomize=True)
@given(one=signals)
def test_it_is_lower_where_something_is_missing(name: str, one: Signals) -> None:
    assert confidence(replace(one, **{name: 1.0})) < confidence(replace(one, **{name: 0.0}))


def test_the_best_is_answered_and_nothing_is_refused() -> None:
    assert confidence(replace(NOTHING, **dict.fromkeys(FOR, 1.0))) > 0.95 > THRESHOLD
    assert confidence(NOTHING) < THRESHOLD / 2


REPORT = "the Director of TSB to report annually to TSAG on the implementation of this resolution"


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("who reports annually to TSAG?", REPORT, False),
        ("who reports each year to TSAG?", REPORT, False),
        ("who reports monthly to TSAG?", REPORT, True),
        ("what is the deadline for the annual report to TSAG?", "contributions to TSAG", True),
        ("when does the Director report to TSAG?", REPORT, False),
        ("what is the deadline?", "contributions shall arrive not later than two weeks before", False),
        ("how many Directors report to TSAG?", REPORT, True),
        ("how many chairs has an ICG?", "the ICG has two chairs", False),
        ("how many chairs has an ICG?", "the ICG of Resolution 18 has chairs", True),
        ("how many chairs has an ICG?", "each of the two Sectors designates a person", True),
        ("how long is the mandate?", "the mandate is limited to two years", False),
        ("how long is the mandate?", "the mandate once more, of two Sectors", True),
        ("where does ISCG meet?", "ISCG meets regularly", True),
        ("where does ISCG meet?", "ISCG meets by electronic means", False),
        ("where are the responsibilities laid down?", "they are enshrined in the Constitution", False),
        ("what was identified in 2019?", "subjects of Resolution 18 (Rev. Geneva, 2019) were identified", True),
        ("who is the Secretary-General?", "the Secretary-General shall report", True),
    ],
)
def test_what_is_asked_for_must_be_there(question: str, text: str, missing: bool) -> None:
    assert is_missing(question, text) is missing


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("what is the address of the ISCG website?", "address"),
        ("what quorum does the meeting need?", None),  # a number is asked for
        ("what is the role of TSB?", None),
        ("which Sector leads the work?", None),
        ("who reports?", None),
    ],
)
def test_the_noun_that_is_asked_for(question: str, noun: str | None) -> None:
    assert focus_of(question) == noun


def test_a_noun_is_no_verb(answerer: Answerer) -> None:
    found = answerer.finder.find(Question("what is the address of the subjects of common interest?"))
    assert "addressed" in answerer.finder.profile(found.ranked[0].number, found.ranked[0].version).words
    assert answerer.signals(found).unnamed == 1


def test_what_is_missing_can_be_said() -> None:
    assert [kind.said for kind in missing_kinds("when, and how much does it cost?", REPORT)] == ["how much"]
    assert [kind.said for kind in missing_kinds("by when?", REPORT)] == ["by when"]


class Noting:
    """Reads nothing, and keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str]] = []

    def read(self, question: str, text: str) -> Reading:
        self.given.append((question, text))
        return Reading(0.0, 0.0)


@pytest.mark.parametrize(
    ("question", "read"),
    [
        ("who reports annually to TSAG?", False),
        ("may an ICG develop Recommendations?", True),
        ("what is the best pizza in Geneva?", False),
    ],
)
def test_a_clause_is_read_with_the_question_for_yes_or_no_and_not_where_all_is_clear(
    real: Path, question: str, read: bool
) -> None:
    bundle, noting = Bundle.open(real), Noting()
    bundle.reader = cast("Reader", noting)
    Answerer(bundle).ask(Question(question))
    assert len(noting.given) == read
    assert all(asked == question and "shall not develop Recommendations" in text for asked, text in noting.given)


def test_what_is_in_doubt_is_read(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    found = answerer.finder.find(Question("who reports annually to TSAG?"))
    assert answerer.judged(found).reading is None
    monkeypatch.setattr("qa.confidence.DOUBTED", (0.0, 1.0))
    assert answerer.judged(found).reading is not None


def test_the_more_a_reading_speaks_for_an_answer_the_surer_it_is() -> None:
    sure = [reread(0.5, Reading(odds, 0.0)).sure for odds in (-8.0, -1.0, 0.0, 1.0, 8.0)]
    assert sure == sorted(sure)
    assert sure[0] < THRESHOLD < sure[-1]


def test_the_confidence_of_an_answer_is_that_of_its_signals(answerer: Answerer, ask: Callable[..., Answer]) -> None:
    question = "who reports annually to TSAG?"
    found = answerer.finder.find(Question(question))
    assert ask(question).confidence == confidence(answerer.signals(found)) > THRESHOLD
