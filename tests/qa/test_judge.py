"""What the wording of a question tells of a clause: that it answers, or only speaks of what is asked."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import pytest

from qa.answer import Answerer
from qa.find import Finder
from qa.judge import judge
from qa.model import Question


def odds(finder: Finder, clause: str, question: str) -> float:
    number = next(n for n, one in enumerate(finder.clauses) if one.id == clause)
    return judge().answers(finder.sought(Question(question)), finder.profile(number, "in_force"))


@pytest.mark.parametrize(
    ("answered", "left_open"),
    [
        ("How often does the Director of TSB report to TSAG?", "By when does the Director of TSB report to TSAG?"),
        ("Who reports annually to TSAG?", "Who checks the report to TSAG?"),
        ("On what does the Director of TSB report to TSAG?", "In which language does the Director report to TSAG?"),
    ],
)
def test_what_a_clause_leaves_open_is_less_likely_answered(answerer: Answerer, answered: str, left_open: str) -> None:
    finder, clause = answerer.finder, "itu-wtsa/res-18/2024/instructs__para_2"
    assert odds(finder, clause, answered) > odds(finder, clause, left_open)


def test_what_is_saved_is_what_is_read(tmp_path: Path) -> None:
    judge().save(tmp_path / "judge.npz")
    shipped = (resources.files("qa") / "judge.npz").read_bytes()
    assert (tmp_path / "judge.npz").read_bytes() == shipped
