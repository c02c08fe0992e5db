"""The labelled questions are well-formed, and no fact stands on both sides of the split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.errors import AnnotationError
from corpus.model import Corpus
from corpus.readable import readable
from eval.questions import Labelled, default_questions, load_questions


@pytest.fixture(scope="module")
def questions() -> list[Labelled]:
    return load_questions(default_questions())


def test_every_label_names_a_clause(corpus: Corpus) -> None:
    clauses = {c.id for c in (*corpus.clauses, *corpus.footnotes)}
    assert len(load_questions(default_questions(), clauses=clauses)) >= 80


def test_ids_and_questions_are_unique(questions: list[Labelled]) -> None:
    assert len({q.id for q in questions}) == len({q.question.lower() for q in questions}) == len(questions)


def test_no_fact_is_asked_on_both_sides(questions: list[Labelled]) -> None:
    sides: dict[str, set[str]] = {}
    for q in questions:
        sides.setdefault(q.fact, set()).add(q.split)
    assert {fact for fact, found in sides.items() if len(found) > 1} == set()


def test_answerable_questions_have_a_clause_that_answers_and_others_have_none(questions: list[Labelled]) -> None:
    wrong = [q.id for q in questions if q.answerable != (3 in q.relevant.values()) or q.answerable != bool(q.accept)]
    assert wrong == []


def test_grades_are_one_to_three(questions: list[Labelled]) -> None:
    assert {grade for q in questions for grade in q.relevant.values()} == {1, 2, 3}


def test_an_accepted_answer_is_in_the_words_of_a_clause_that_answers(questions: list[Labelled], corpus: Corpus) -> None:
    clauses = {c.id: c for c in (*corpus.clauses, *corpus.footnotes)}
    inferred = {"regularly", "not in force", "clause", "annually"}  # said by the text in other words
    for q in questions:
        answering = [clauses[i] for i, grade in q.relevant.items() if grade == 3]
        text = " ".join(readable(f"{c.reference} {c.context} {c.text}") for c in answering).lower()
        assert not q.answerable or any(a.lower() in text or a.lower() in inferred for a in q.accept), q.id


def test_enough_questions_have_no_answer_and_all_styles_are_there(questions: list[Labelled]) -> None:
    assert sum(not q.answerable for q in questions) >= 15
    assert {q.style for q in questions} == {"plain", "everyday", "misspelled", "abbreviation", "keywords"}
    assert {q.split for q in questions} == {"dev", "test"}


def test_a_malformed_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "broken.jsonl"
    good = default_questions().read_text("utf-8").splitlines()[0]
    file.write_text(f"{good}\n{{}}\n", "utf-8")
    with pytest.raises(AnnotationError, match="line 2"):
        load_questions(file)


def test_a_label_for_a_clause_that_is_gone_is_named(tmp_path: Path) -> None:
    file = tmp_path / "gone.jsonl"
    row = json.loads(default_questions().read_text("utf-8").splitlines()[0])
    file.write_text(json.dumps({**row, "relevant": {"itu-wtsa/res-18/2024/gone": 3}}), "utf-8")
    with pytest.raises(AnnotationError, match="no clause itu-wtsa/res-18/2024/gone"):
        load_questions(file, clauses={"itu-wtsa/res-18/2024/resolves__para_1"})
