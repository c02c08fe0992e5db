"""Answers as a colleague would write them: lists are complete, comparisons say what differs, yes is yes."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from qa.answer import Answerer
from qa.compose import holds
from qa.model import Answer, Question

Ask = Callable[..., Answer]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("May an ICG develop Recommendations?", "No: "),
        ("Is an ICG allowed to develop Recommendations?", "No: "),
        ("May an ICG not develop Recommendations?", "Yes: "),
        ("Does Resolution 59 oblige Member States to share best practices?", "No: "),
        ("Should the results of the IRG represent the consensus?", "Yes: "),
        ("May an IRG develop draft new Recommendations?", "Yes: "),
        ("Does the Director of TSB report annually to TSAG?", "Yes: "),
        ("Must the Secretary-General report annually to Sector advisory groups?", "No, this is only proposed: "),
        ("Would the draft have the Secretary-General report annually to Sector advisory groups?", "Yes: "),
        ("Is the annual report to Sector advisory groups by the Secretary-General in force yet?", "No: "),
        ("Is the annual report to TSAG by the Director of TSB in force?", "Yes: "),
    ],
)
def test_yes_and_no(ask: Ask, question: str, first: str) -> None:
    answer = ask(question)
    assert answer.answered
    assert answer.text.startswith(first), answer.text


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("who reports annually to TSAG?", "The Director of TSB: "),
        ("how often must TDAG be informed?", "Annually: "),
        ("who receives the annual report under Resolution 18?", "TSAG: "),
        ("whom does the Director of BDT inform?", "TDAG: "),
        ("who approves the distribution of work among the three Sectors?", "Member States: "),
        ("to whom does the Secretary-General present a report on the implementation?", "The next plenipotentiary"),
    ],
)
def test_the_answer_in_a_word_comes_first(ask: Ask, question: str, first: str) -> None:
    assert ask(question).text.startswith(first)


@pytest.mark.parametrize(
    "question",
    [
        "Who chairs the ICG?",
        "Who approves the Recommendations made by an IRG?",
        "Besides the Council, who receives the Secretary-General's reports on the coordination activities?",
    ],
)
def test_who_does_something_else_in_the_clause_does_not_come_first_as_the_answer(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert not answer.answered or answer.text.startswith(("Resolution ", "Annex ", "The draft "))


def test_a_list_names_every_resolution(ask: Ask) -> None:
    text = ask("Which resolutions invite Member States to support efforts to improve inter-Sector coordination?").text
    assert text.startswith("4 clauses of 4 resolutions:\n- ")
    for name in ("Resolution 191", "Resolution ITU-R 75", "Resolution 18", "Resolution 59"):
        assert name in text


def test_a_list_says_what_is_not_in_force(ask: Ask) -> None:
    text = ask("List the clauses that instruct study groups to avoid duplication of effort", k=10).text
    assert re.search(r"proposed for Doha, 2026 \(not in force\): “", text)


def test_a_comparison_says_what_differs(ask: Ask) -> None:
    answer = ask(
        "How do Annex 2 of Resolution ITU-R 75 and Annex A of Resolution 18 differ on who nominates the lead Sector?"
    )
    assert {e.instrument.number for e in answer.evidence if e.supports_answer} == {"75", "18"}
    assert "nly Annex 2, a) of Resolution ITU-R 75 (2023) says “" in answer.text
    assert "may jointly" in answer.text


def test_parallel_provisions_are_cited_together(ask: Ask) -> None:
    answer = ask("who designates the chair of the ICG?")
    assert [e.instrument.number for e in answer.evidence if e.supports_answer] == ["18", "75", "191"]
    assert answer.text.count("says: “") == 3


def test_what_of_a_question_is_not_answered_is_said(ask: Ask) -> None:
    answer = ask("who reports annually to TSAG, and by when?")
    assert answer.answered
    assert answer.text.endswith("No clause was found that says by when.")


def test_a_refusal_says_what_no_clause_says(ask: Ask) -> None:
    text = ask("how many members does TDAG have?").text
    assert text.startswith("No clause was found that says how many. The nearest are ")


@pytest.mark.parametrize(
    "question",
    [
        "who reports annually to TSAG?",
        "list all clauses on remote participation",
        "compare Annex B of Resolution 18 with Annex 3 of Resolution ITU-R 75 on the cost of an ICG",
        "may an ICG develop Recommendations?",
        "resolves 2 of Resolution 18",
        "what is ISCG?",
    ],
)
def test_every_sentence_rests_on_the_clause_it_cites(answerer: Answerer, question: str) -> None:
    answer = answerer.ask(Question(question, k=10))
    assert answer.answered
    assert holds(answer.text, answer.evidence)
    cited = {int(n) for n in re.findall(r"\[(\d+)\]", answer.text)}
    assert cited == {n for n, e in enumerate(answer.evidence, 1) if e.supports_answer}


def test_the_score_of_a_clause_is_explained(ask: Ask) -> None:
    for evidence in ask("who reports annually to TSAG?").evidence:
        assert {"lexical", "late", "recipient", "frequency"} <= evidence.parts.keys()
    best = ask("who reports annually to TSAG?").evidence[0].parts
    assert best["recipient"] > 0
    assert best["frequency"] > 0
