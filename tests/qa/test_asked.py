"""Yes-or-no questions, negations, questions in parts, status, and who is asked about in which role."""

from __future__ import annotations

import pytest

from qa.asked import asks_status, asks_status_alone, is_negated, is_polar, key_of, modality_of, parts_of, roles_of


@pytest.mark.parametrize(
    ("question", "polar"),
    [
        ("May an ICG develop Recommendations?", True),
        ("is the ICG allowed to write Recommendations", True),
        ("And do the Directors report to TSAG?", True),
        ("Who reports to TSAG?", False),
        ("Can you tell me who reports to TSAG?", False),
        ("were are the responsibilities laid down", False),  # meant to be: where are
        ("Is it WTSA or WTDC that decides?", False),
        ("Only annually?", True),
        ("isn't it the Directors who report to TSAG?", True),
        ("Aren’t the advisory groups instructed here?", True),
        ("can't an ICG write Recommendations", True),
        ("Under Res 191 is the Director of BDT to be consulted?", True),
        ("which Sector isn't involved?", False),
        ("Three Sectors, but only two chairs - which one goes without?", False),
    ],
)
def test_yes_or_no(question: str, polar: bool) -> None:
    assert is_polar(question) is polar


@pytest.mark.parametrize(
    ("question", "negated"),
    [("May an ICG not meet?", True), ("which Sector isn't involved?", True), ("who notes it?", False)],
)
def test_negation(question: str, negated: bool) -> None:
    assert is_negated(question) is negated


@pytest.mark.parametrize(
    ("question", "modality"),
    [
        ("must TSAG report?", "obligation"),
        ("is TSAG obliged to report?", "obligation"),
        ("does TSAG have to report?", "obligation"),
        ("may TSAG report?", "permission"),
        ("is TSAG forbidden to report?", "prohibition"),
        ("should TSAG report?", "recommendation"),
        ("who reports?", None),
    ],
)
def test_the_words_of_duty(question: str, modality: str | None) -> None:
    assert modality_of(question) == modality


@pytest.mark.parametrize(
    ("question", "bearer", "recipient"),
    [
        ("What must the Director of TSB do?", ("dir-tsb",), ()),
        ("Does the Director of TSB report to TSAG?", ("dir-tsb",), ("tsag",)),
        ("Which duties fall to RAG?", ("rag",), ()),
        ("What does the draft add for the Secretary-General?", ("sg",), ()),
        ("Is there a way for TDAG to take part?", ("tdag",), ()),
        ("Is it possible for TDAG to be informed?", (), ("tdag",)),
        ("Does TDAG have to be informed?", (), ("tdag",)),
        ("Is ISC-TF headed by the Secretary-General?", ("sg",), ()),
        ("What is the Secretary-General instructed to do?", ("sg",), ()),
        ("How often must TDAG be informed?", (), ("tdag",)),
        ("Who informs TDAG?", (), ()),
        ("ISCG website languages", (), ()),
        ("TSAG must report to whom?", ("tsag",), ()),
    ],
)
def test_who_acts_and_who_is_acted_upon(question: str, bearer: tuple[str, ...], recipient: tuple[str, ...]) -> None:
    assert roles_of(question) == (bearer, recipient)


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("who reports to TSAG, and by when?", 2),
        ("who reports to TSAG and how often and why?", 3),
        ("who reports to TSAG and TDAG?", 1),
        ("According to Resolution 18, who reports?", 1),
    ],
)
def test_the_parts_of_a_question(question: str, parts: int) -> None:
    assert len(parts_of(question)) == parts


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("Does Annex 2 to Resolution 191 already apply?", True),
        ("Are the annexes of Resolution 191 only proposed?", True),
        ("Is the ICG, under the text in force, allowed to develop Recommendations?", False),
        ("Does Resolution 18, which is in force, oblige TSAG?", False),
    ],
)
def test_status_alone_or_what_a_text_in_force_says(question: str, alone: bool) -> None:
    assert asks_status(question)
    assert asks_status_alone(question) is alone


@pytest.mark.parametrize(
    ("question", "status"),
    [
        ("Is the annual report to the advisory groups in force yet?", True),
        ("are the annexes of Resolution 191 only proposed?", True),
        ("Has the Doha revision of Resolution 191 been adopted?", True),
        ("Has a target date been approved?", False),
        ("What is in force on annual reports?", False),
        ("Is there an annual report?", False),
    ],
)
def test_questions_of_status(question: str, status: bool) -> None:
    assert asks_status(question) is status


def test_the_word_that_says_what_is_done() -> None:
    assert [key_of(q) for q in ("Who elects the Chair?", "must TSAG pay?", "TSAG")] == ["elects", "pay", None]
