"""What follows from the evidence in a clause, and what no likelihood overrules."""

from __future__ import annotations

import pytest

import qa.ruling as rules
from qa.judge import judge
from qa.ruling import ruling
from qa.verdict import decided

LIKELY, CERTAIN = 1.5, 9.0  # log-odds: of 0.82, and of all but 1
SPOKEN_OF = {"covered": 0.9}


def test_what_a_clause_says_in_the_words_of_the_question_is_a_yes() -> None:
    assert ruling({"covered": 1.0, "covered by its words": 1.0}) == (True, False, True, False)
    assert ruling(SPOKEN_OF).says


@pytest.mark.parametrize("denial", ["denied", "opposite"])
def test_what_it_denies_is_a_no_and_a_yes_where_a_denial_is_asked_for(denial: str) -> None:
    assert ruling({**SPOKEN_OF, denial: 1.0}).says is False
    assert ruling({**SPOKEN_OF, denial: 1.0, "negated": 1.0}).says is True


@pytest.mark.parametrize("decides", ["another edition", "not as binding", "not the one", "another number"])
def test_what_decides_does_so_whatever_else_is_there(decides: str) -> None:
    assert ruling({**SPOKEN_OF, decides: 1.0, "denied": 1.0}).says is False
    assert decided({**SPOKEN_OF, decides: 1.0}, 0.1) is False


@pytest.mark.parametrize(
    "forbids",
    [
        {"others act": 1.0},
        {"others receive": 1.0},
        {"reversed": 1.0},
        {"softened": 1.0},
        {"limits": 1.0},
        {"not as often": 1.0},
        {"wished": 1.0, "state asked": 1.0},
        {"merely recommended": 1.0, "should": 1.0},
        {"mandatory asked": 1.0},
        {"not all named": 1.0},
        {"denied": 1.0},
        {"done by others": 1.0},
    ],
)
def test_no_yes_is_said_past_what_forbids_it(forbids: dict[str, float]) -> None:
    assert decided({**SPOKEN_OF, **forbids}, CERTAIN) is None


def test_a_sure_rule_gives_way_only_to_what_is_very_likely() -> None:
    sure = {**SPOKEN_OF, "that edition": 1.0}
    assert decided(sure, -LIKELY) is True
    assert decided(sure, -CERTAIN) is False


def test_nothing_is_said_where_neither_is_likely_or_the_clause_may_not_answer() -> None:
    assert decided(SPOKEN_OF, 0.1) is None
    assert decided(SPOKEN_OF, LIKELY, answers=0.5) is None
    assert decided(SPOKEN_OF, CERTAIN, answers=0.3) is None
    assert decided(SPOKEN_OF, LIKELY) is True
    assert decided({**SPOKEN_OF, "unspoken": 1.0}, -CERTAIN) is False


def test_of_what_no_clause_speaks_neither_is_said() -> None:
    unknown = {**SPOKEN_OF, "unspoken": 1.0, "unknown": 1.0}
    assert decided(unknown, CERTAIN) is decided(unknown, -CERTAIN) is None


def test_each_piece_that_a_rule_rests_on_has_been_weighed() -> None:
    resting = {*rules._DECIDES, *rules._OTHERWISE, *rules._HOW_BINDING, "not as often", "unspoken", "done by others"}
    resting |= {
        "says little",
        "not all named",
        "strange",
        "denied",
        "opposite",
        "negated",
        "prohibition asked",
        "twisted",
    }
    resting |= {"covered", "covered by its words", "merely recommended", "should", "wished", "state asked"}
    assert resting <= judge().evidence.keys()
