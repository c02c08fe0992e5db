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
    ("question", "before", "alone"),
    [
        ("Who does that for ITU-D?", ANNUAL, "Who reports annually to TDAG?"),
        ("and who does it for the Radiocommunication Sector?", ANNUAL, "Who reports annually to RAG?"),
        ("And for ITU-D?", ANNUAL, "Who reports annually to TDAG?"),
        ("same for ITU-R", "What must the Director of TSB do each year?", "What must the Director of BR do each year?"),
        ("And in the BDT?", "What must the Director of TSB do?", "What must the Director of BDT do?"),
        ("and in WTDC Resolution 59?", ANNUAL, "Who reports annually to TDAG in WTDC Resolution 59?"),
        ("what about ITU-T?", "What must ITU-D do for ISCG?", "What must ITU-T do for ISCG?"),
    ],
)
def test_a_sector_means_the_counterpart_there(question: str, before: str, alone: str) -> None:
    assert in_context(question, [before]) == alone


@pytest.mark.parametrize(
    ("question", "before", "alone"),
    [
        ("And in Resolution 59?", ANNUAL, "Who reports annually to the Sector advisory group in Resolution 59?"),
        (
            "and Resolution 59?",
            "What must the Director of TSB do?",
            "What must the Director of the Bureau do in Resolution 59?",
        ),
        ("And under Resolution 59?", "Who supports ISCG?", "Who supports ISCG under Resolution 59?"),
        (
            "Is it the same in Resolution 18?",
            "What does Resolution ITU-R 75 say about rapporteur groups?",
            "What does Resolution 18 say about rapporteur groups?",
        ),
        (
            "What does Resolution 59 say about that?",
            "What must the Secretary-General do about regional offices?",
            "What must the Secretary-General do about regional offices in Resolution 59?",
        ),
    ],
)
def test_another_resolution_may_be_that_of_another_sector(question: str, before: str, alone: str) -> None:
    assert in_context(question, [before]) == alone


def test_what_a_question_is_about_gives_way_to_its_like_only() -> None:
    before = "Who may set up an inter-Sector rapporteur group?"
    assert in_context("what about WTSA?", [before]) == "Who may set up an inter-Sector rapporteur group for WTSA?"


@pytest.mark.parametrize(
    "question", ["List all clauses on regional offices", "Compare Resolution 18 and Resolution 59 on rapporteur groups"]
)
def test_a_whole_request_is_left_alone(question: str) -> None:
    assert in_context(question, [ANNUAL]) == question


@pytest.mark.parametrize("question", ["list them all", "tell me more", "who does that?", "compare that with Annex C"])
def test_a_request_that_points_back_is_none(question: str) -> None:
    assert in_context(question, [ANNUAL]).endswith("(Who reports annually to TSAG)")


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
