"""What the tests of measuring share: made-up questions and runs, and one real run over the development part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from eval.estimates import reliability
from eval.metrics import Run
from eval.questions import Labelled, default_questions, load_questions
from eval.report import FORMAT_VERSION, Came, Expected, Report, Scored
from eval.run import evaluate, figures, write
from qa.answer import Answerer

MADE_WITH = {
    "split": "dev",
    "questions": 2,
    "answerable": 1,
    "labels": "l" * 64,
    "index": "0123456789ab",
    "corpus_digest": "c" * 64,
    "encoder": {"name": "some-encoder", "sha256": "e" * 64},
    "settings": {"index.search.DENSE_WEIGHT": 0.4, "index.search.DEPTH": 120, "qa.confidence.THRESHOLD": 0.6},
    "code": "clauseqa 1.2.3",
    "made_at": "2026-01-02T03:04:05+00:00",
}


def _question(name: str = "q1", **more: Any) -> Labelled:
    plain = Labelled(
        id=name,
        split="dev",
        question="Who keeps the lamps?",
        type="bearer",
        style="plain",
        fact=f"fact-{name}",
        answerable=True,
        answer="the keeper",
        accept=("keeper",),
        relevant={"a": 3, "b": 2, "c": 1},
        note="",
    )
    return replace(plain, **more)


def _score(name: str = "q1", *, right: bool = True, first: bool = True, **more: Any) -> Scored:
    scores = {"nDCG@10": 1.0 if first else 0.5, "success@1": float(first), "answer accuracy": float(right)}
    plain = Scored(
        id=name,
        question=f"Who keeps lamp {name}?",
        after=(),
        type="bearer",
        style="plain",
        split="dev",
        answerable=True,
        labels=f"labels of {name}",
        expected_answer="the keeper",
        expected=(Expected("a", "resolves 1", "the keeper keeps the lamps"),),
        answered=True,
        confidence=0.9,
        text="The keeper does." if right else "Nobody does.",
        came=(Came("a" if first else "x", "resolves 1" if first else "noting a)", 3 if first else 0, 1.0, True),),
        scores=scores,
    )
    return replace(plain, **more)


def _unanswerable(name: str, *, answered: bool, confidence: float = 0.2) -> Scored:
    scores = {"refusal recall": float(not answered)} | ({} if answered else {"refusal precision": 1.0})
    text = "The moon does." if answered else "No clause was found."
    return _score(
        name, answerable=False, expected=(), answered=answered, confidence=confidence, text=text, scores=scores
    )


@pytest.fixture(scope="session")
def a_question() -> Callable[..., Labelled]:
    """Makes a labelled question."""
    return _question


@pytest.fixture(scope="session")
def a_score() -> Callable[..., Scored]:
    """Makes a question that has an answer, with what came of it; ``right`` is what was answered, ``first`` the best
    clause."""
    return _score


@pytest.fixture(scope="session")
def unanswerable() -> Callable[..., Scored]:
    """Makes a question that no clause answers, with what came of it."""
    return _unanswerable


@pytest.fixture(scope="session")
def report_of() -> Callable[..., Report]:
    """A report over made-up scores."""

    def make(scored: Sequence[Scored], **made_with: Any) -> Report:
        return Report(
            format_version=FORMAT_VERSION,
            made_with={**MADE_WITH, **made_with},
            systems={},
            overall=figures(scored),
            by_type={"bearer": figures(scored)},
            by_style={"plain": figures(scored)},
            reliability=tuple(reliability([q.confidence for q in scored], [q.grade > 1 for q in scored])),
            questions=tuple(scored),
        )

    return make


@pytest.fixture(scope="session")
def dev_questions() -> list[Labelled]:
    return load_questions(default_questions(), split="dev")


@pytest.fixture(scope="session")
def some_questions(dev_questions: list[Labelled]) -> list[Labelled]:
    """Every fourth, as the gate asks them all."""
    return dev_questions[::4]


@pytest.fixture(scope="session")
def dev_run(answerer: Answerer, some_questions: list[Labelled]) -> tuple[Report, dict[str, Run]]:
    """A real run over a part of the development part."""
    return evaluate(answerer, some_questions, "dev")


@pytest.fixture(scope="session")
def dev_files(
    dev_run: tuple[Report, dict[str, Run]], some_questions: list[Labelled], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """What it wrote."""
    folder = tmp_path_factory.mktemp("runs")
    write(*dev_run, some_questions, folder)
    return folder
