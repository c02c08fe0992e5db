"""Yes or no is said where the clause decides it, and nothing where it does not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qa.model import Answer
from qa.wording import rows

Ask = Callable[..., Answer]


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        # what the clause says, or denies
        ("Should standardization work continue while arrangements are put in place?", "Yes"),
        ("Is the cost of an ICG supported on an equal basis?", "Yes"),
        ("Would you say an ICG may develop Recommendations?", "No"),
        ("Under Annex B of Resolution 18, may an ICG develop Recommendations?", "No"),
        ("Is an ICG forbidden to develop Recommendations?", "Yes"),
        # in words of its own, or of those who ask
        ("may people from any of the branches taking part turn up at a coordination group?", "Yes"),
        ("Under Res. 59, may the ITU-D SGs set up correspondence groups together with SGs of ITU-T?", "Yes"),
        # a word of the opposite sense
        ("Should standardization work be suspended while arrangements are put in place?", "No"),
        ("Is the cost of an ICG supported unequally by the Sectors?", "No"),
        # how binding it is
        ("Is the establishment of joint ad hoc groups mandatory?", "No"),
        ("Is it optional for the lead Sector to consult with the other Sectors in case of difficulties?", "No"),
        ("are consultations among the advisory groups optional?", "No"),
        ("Must Member States take an active part in groups established by the Sector advisory groups?", "No"),
        # alone, always
        ("May RAG nominate the lead Sector on its own?", "No"),
        ("Do RAG, TSAG and TDAG always meet jointly?", "No"),
        # who it is
        ("Is it the Director of TSB who reports annually to TSAG?", "Yes"),
        ("Is it the Secretary-General who reports annually to TSAG?", "No"),
        ("Is it the Council that reports annually to TSAG?", "No"),
        ("Is it up to the Directors to approve how work is distributed among the three Sectors?", "No"),
        ("Is ISC-TF headed by the Secretary-General?", "No"),  # by the Deputy
        ("Do the Sectors support IRG meetings?", "No"),  # without support by the Sectors
        # which edition is cited
        ("Does Resolution 18 recall the Kigali edition of Resolution 59?", "Yes"),
        ("Does Resolution 18 recall the Baku edition of Resolution 59?", "No"),
        ("Does Resolution 18 recall the Baku edition of WTDC Resolution 59?", "No"),
        ("Does Resolution 18 note the Kigali 2022 text of Resolution 59?", "Yes"),
        # whose a number is
        ("Do Nos. 151-154 relate to ITU-T?", "No"),  # to ITU-R
    ],
)
def test_a_clause_that_decides_is_told_first(ask: Ask, question: str, verdict: str) -> None:
    answer = ask(question)
    assert answer.answered
    assert answer.text.startswith(f"{verdict}: "), answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Does the ICG submit its reports by carrier pigeon?",
        "Must the Director of TSB report annually to TSAG in French?",
        "Is Resolution 59 the work of a Bureau?",
        "are developing countries well represented in ITU-R and ITU-T?",  # better representation is needed
        "does Annex C of Resolution 18 apply to ICGs?",  # Annex B does
        "is it mandatory for the advisory groups to consult one another?",  # a recital says that they need to
    ],
)
def test_what_the_clause_does_not_speak_of_is_not_confirmed(ask: Ask, question: str) -> None:
    assert not ask(question).text.startswith(("Yes", "No: "))


@pytest.mark.parametrize(
    "question",
    [
        "Is the mandate of a coordination group left to the group itself?",
        "do the head and the deputy head of a coordination group come from one and the same sector?",
        "Is it mandatory for RAG, TSAG and TDAG to meet jointly?",  # as necessary
        "Can the chair and vice-chair of an ICG come from the same Sector?",  # one represents each
        "Do special groups approve their own Recommendations?",
        "Does the Director of TSB report annually to the Council?",  # to TSAG
        "Does one Sector pay everything for an ICG?",
    ],
)
def test_a_question_with_a_twist_is_not_confirmed_by_its_other_words(ask: Ask, question: str) -> None:
    assert not ask(question).text.startswith("Yes")


@pytest.mark.parametrize(
    "question",
    [
        "Does the Director of BDT report to ITU-T study groups?",  # to those of ITU-D, on them
        "Must ITU-T complement the work of ITU-R?",  # the other way round
        "Can an ICG under Resolution 75 include ITU-D?",  # "both Sectors" are ITU-R and ITU-T
        "Should the BDT provide remote participation means to developing countries?",  # "consider possibilities for"
        "Is it enough if the three Sector advisory groups consult one another once a year?",
        "May an ICG fix a target date for its termination?",  # the joint meeting does
        "Must the results of the IRG represent the consensus?",  # they should
        "Is it the General Secretariat and not the Bureaux that heads ISC-TF?",
        "Is ITU-D to be charged with radio matters rather than ITU-R?",
        "Does Resolution 18 invite the Directors of the Bureaux to take an active part in groups set up by others?",
    ],
)
def test_who_does_what_to_whom_and_how_often_has_to_be_as_asked(ask: Ask, question: str) -> None:
    assert not ask(question).text.startswith("Yes")


def test_no_two_pairs_of_opposites_share_a_word() -> None:
    sides = [row[side] for row in rows("opposite") for side in ("one", "other")]
    words = "continue stop increase weaken jointly separately open secret include exclude avoid encourage before after"
    assert all(sum(side.search(word) is not None for side in sides) == 1 for word in words.split())


@pytest.mark.parametrize(
    "question",
    [
        "can an outsider with no seat in either branch join a rapporteur team?",
        "is participation in an IRG open to everybody?",
    ],
)
def test_what_lies_outside_a_limit_is_not_confirmed(ask: Ask, question: str) -> None:
    assert not ask(question).text.startswith("Yes")
