"""What a question asks for."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.model import Interpretation

Understood = Callable[[str], Interpretation]


@pytest.mark.parametrize(
    ("slot", "questions"),
    [
        (
            "bearer",
            ["who reports annually to TSAG?", "whose task is it to designate a chair?", "which Director informs TDAG?"],
        ),
        (
            "recipient",
            [
                "to whom does the Director of TSB report?",
                "who does the Director of TSB report to?",
                "which group must the Director brief?",
            ],
        ),
        ("frequency", ["how often must TDAG be informed?", "how regularly do the groups meet?"]),
        ("deadline", ["by when must the report be ready?", "what is the deadline for contributions?"]),
        ("action", ["what must the Secretary-General do?", "what should study groups do?"]),
        ("permission", ["may the ICG develop Recommendations?", "can an IRG meet electronically?"]),
        ("definition", ["what does ISCG stand for?", "what is an IRG?", "what is meant by developing countries?"]),
        ("membership", ["who sits in the ISCG?", "what is the ISCG composed of?"]),
        ("reason", ["why is coordination needed?", "for what purpose was ISCG set up?"]),
        ("list", ["list the clauses on remote participation", "which resolutions mention ISC-TF?"]),
        ("comparison", ["how do Resolution 18 and Resolution 59 differ?", "compare Annex B with Annex 3"]),
        ("fact", ["remote participation in meetings", "resolves 2 of Resolution 18"]),
    ],
)
def test_the_slot_that_is_asked_for(understood: Understood, slot: str, questions: list[str]) -> None:
    assert {q: understood(q).slot for q in questions} == dict.fromkeys(questions, slot)


@pytest.mark.parametrize(
    ("question", "bodies"),
    [
        ("who reports to TSAG?", ("tsag",)),
        ("who reports to the Telecommunication Standardization Advisory Group?", ("tsag",)),
        ("does the TSB Director report to RAG or to TDAG?", ("dir-tsb", "rag", "tdag")),
        ("what must the Secretary-General do?", ("sg",)),
        ("what does the ITU Council look at?", ("council",)),
        ("who lights lighthouses?", ()),
    ],
)
def test_bodies_by_any_of_their_names(understood: Understood, question: str, bodies: tuple[str, ...]) -> None:
    assert understood(question).bodies == bodies


@pytest.mark.parametrize(
    ("question", "recipient"),
    [
        ("who reports annually to TSAG?", ("tsag",)),
        ("who sends the report to the Secretary-General?", ("sg",)),
        ("does the BDT Director report to the ITU Council?", ("council",)),
        ("what does TSAG receive?", ("tsag",)),
        ("how often must TDAG be informed?", ("tdag",)),
        ("what does TSAG do?", ()),
    ],
)
def test_the_recipient_is_told_something(understood: Understood, question: str, recipient: tuple[str, ...]) -> None:
    assert understood(question).recipient == recipient


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        ("annual", ["annually", "annual", "yearly", "every year", "each year", "once a year", "per year"]),
        ("regular", ["regularly", "on a regular basis", "periodically"]),
        (None, ["often", "next year", "in the years to come", ""]),
    ],
)
def test_frequency(understood: Understood, frequency: str | None, words: list[str]) -> None:
    questions = [f"who reports {w} to TSAG" for w in words]
    assert {q: understood(q).frequency for q in questions} == dict.fromkeys(questions, frequency)


@pytest.mark.parametrize("words", ["each year", "yearly", "once a year"])
def test_the_words_of_the_texts_are_sought_for_everyday_ones(understood: Understood, words: str) -> None:
    assert "annually" in understood(f"who reports {words} to TSAG?").also


def test_the_full_name_is_sought_for_an_acronym(understood: Understood) -> None:
    assert {"telecommunication", "development", "advisory", "group"} <= set(understood("how often is TDAG told?").also)


@pytest.mark.parametrize(
    ("version", "questions"),
    [
        (
            "proposed",
            ["what is proposed for the advisory groups?", "Proposed duties of the Council", "what comes in DOHA?"],
        ),
        ("proposed", ["what would be added at PP-26?", "the draft revision of Resolution 191"]),
        ("in_force", ["who reports in the text in force?", "Currently, who reports?", "the text as it stands"]),
        ("all", ["who reports annually to TSAG?", "what forces the Sectors to cooperate?"]),
    ],
)
def test_the_version_that_is_asked_for(understood: Understood, version: str, questions: list[str]) -> None:
    assert {q: understood(q).version for q in questions} == dict.fromkeys(questions, version)


@pytest.mark.parametrize(
    ("question", "fields"),
    [
        ("resolves 2 i) of Resolution 18", {"number": "18", "keyword": "resolves", "items": ("2", "i")}),
        ("what does Annex C, d) of Resolution 18 say?", {"number": "18", "annex": "C", "items": ("d",)}),
        ("Principle 7", {"principle": "7"}),
        ("Annex 1, Principle 7 of Resolution ITU-R 75", {"number": "75", "body": "RA", "annex": "1", "principle": "7"}),
        ("footnote 2 of Resolution 18", {"number": "18", "footnote": "2"}),
        ("what does WTSA Resolution 18 say of TSAG?", {"number": "18", "body": "WTSA"}),
        (
            "instructs the Secretary-General 3 of Resolution 191",
            {"number": "191", "keyword": "instructs", "addressee": "the Secretary-General", "items": ("3",)},
        ),
    ],
)
def test_provisions_that_are_cited(understood: Understood, question: str, fields: dict[str, object]) -> None:
    (reference,) = understood(question).references
    assert {name: value for name in reference.__slots__ if (value := getattr(reference, name))} == fields


@pytest.mark.parametrize(
    "question", ["who instructs the study groups?", "which body resolves disputes?", "2 or 3 chairs?"]
)
def test_keywords_in_passing_cite_nothing(understood: Understood, question: str) -> None:
    assert understood(question).references == ()


def test_the_question_is_read_as_repaired(understood: Understood) -> None:
    interpretation = understood("who reprots anualy to TSAG?")
    assert interpretation.text == "who reports annually to TSAG?"
    assert interpretation.corrected == (("reprots", "reports"), ("anualy", "annually"))
    assert interpretation.frequency == "annual"


@pytest.mark.parametrize(
    ("question", "homes"),
    [
        ("who reports under WTSA-18?", ("itu-wtsa/res-18/2024",)),
        ("what does WTDC-59 say of TDAG?", ("itu-wtdc/res-59/2025",)),
        ("what was decided at WTSA-24?", ()),
        ("what did WTDC-25 ask of TDAG?", ()),
    ],
)
def test_a_resolution_by_a_hyphen_is_no_conference_of_that_year(
    understood: Understood, question: str, homes: tuple[str, ...]
) -> None:
    assert understood(question).homes == homes


@pytest.mark.parametrize(
    ("question", "bearer"),
    [
        ("May an ICG fix its own target date?", ("icg-coordination",)),
        ("Which clause has the Director of BDT report to TDAG?", ("dir-bdt",)),
        ("In which languages must the ISCG website be available?", ()),
        ("ISCG website official languages", ()),
        ("How is an IRG set up?", ()),
        ("When may WTDC set up an ICG?", ("wtdc",)),
    ],
)
def test_who_acts_stands_before_a_verb_and_is_no_part_of_a_longer_name(
    understood: Understood, question: str, bearer: tuple[str, ...]
) -> None:
    assert understood(question).bearer == bearer
