"""A follow-up is understood as the question that it stands for."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer import Answerer
from qa.followup import in_context
from qa.model import Question

ANNUAL = "Who reports annually to TSAG?"


@pytest.mark.parametrize(
    ("question", "before", "alone"),
    [
        ("And to TDAG?", [ANNUAL], "Who reports annually to TDAG?"),
        ("what about RAG", [ANNUAL], "Who reports annually to RAG?"),
        ("And for RAG?", [ANNUAL, "and to TDAG?"], "Who reports annually to RAG?"),
        ("and the Director of BDT?", ["What must the Director of TSB do?"], "What must the Director of BDT do?"),
        (
            "What about Resolution 59?",
            ["What does Resolution 18 say about regional offices?"],
            "What does Resolution 59 say about regional offices?",
        ),
        ("and at PP-26?", ["What is decided on handbooks?"], "What is decided on handbooks at PP-26?"),
    ],
)
def test_what_it_names_takes_the_place_of_its_like(question: str, before: list[str], alone: str) -> None:
    assert in_context(question, before) == alone


@pytest.mark.parametrize(
    "question", ["By when?", "How often does it meet?", "And who pays for it?", "why", "is that in force?"]
)
def test_what_points_back_is_read_together_with_what_it_points_to(question: str) -> None:
    alone = in_context(question, ["Can study groups set up an ICG?"])
    assert alone.endswith("(Can study groups set up an ICG)")
    assert alone.startswith(question.removeprefix("And ").rstrip("?"))


@pytest.mark.parametrize(
    "question",
    [
        "Who chairs the joint meeting of the advisory groups?",
        "what does Annex C of Resolution 18 say?",
        "who reports to RAG?",
        "What do the three Sectors have in common?",
    ],
)
def test_a_whole_question_is_left_alone(question: str) -> None:
    assert in_context(question, [ANNUAL]) == question
    assert in_context(f"And {question}", [ANNUAL]) == question


@given(st.text(min_size=1, max_size=60))
def test_without_a_conversation_nothing_changes(question: str) -> None:
    assert in_context(question, []) == question


def test_the_answer_follows_the_conversation(answerer: Answerer, ask: Callable[..., object]) -> None:
    answer = answerer.ask(Question("And to TDAG?", before=(ANNUAL,)))
    assert answer.answered
    assert answer.interpretation.text == "Who reports annually to TDAG?"
    assert answer.evidence[0].clause.id.startswith("itu-wtdc/res-59/2025/instructs_director")
