"""Pools hold what nobody has judged and some that was, tell nothing of who found it, and never change a grade."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import AnnotationError
from eval.pool import CLAUSES_JSON, CONTROLS, POOL_JSONL, draw, kappa, pool, read_grades, take
from eval.questions import Labelled
from index.bundle import Bundle

Make = Callable[..., Labelled]
RUN = {"q1": [("a", 3.0), ("b", 2.0), ("c", 1.0), ("d", 0.5)]}


class TestPooling:
    def test_the_first_of_every_system_that_nobody_judged_are_pooled_with_some_that_were(
        self, a_question: Make
    ) -> None:
        q = a_question(relevant={"a": 3, "x": 1, "y": 0})
        ((_, chosen),) = pool([q], [RUN, {"q1": [("e", 1.0)]}], depth=3)
        assert {"b", "c", "e"} <= set(chosen)
        assert len(set(chosen) & set(q.relevant)) == CONTROLS
        assert "d" not in chosen

    def test_the_order_does_not_depend_on_who_found_what(self, a_question: Make) -> None:
        turned = {"q1": [(c, s) for (c, _), (_, s) in zip(reversed(RUN["q1"]), RUN["q1"], strict=True)]}
        q = a_question(relevant={"x": 3})
        assert list(pool([q], [RUN], 4)) == list(pool([q], [turned], 4))

    def test_what_is_judged_already_is_not_asked_for(self, a_question: Make) -> None:
        q = a_question(relevant={"a": 3, "b": 0, "c": 0, "d": 1})
        assert list(pool([q], [RUN], depth=4)) == []


class TestDrawing:
    def test_assessors_get_every_clause_in_its_own_words_and_numbers_to_grade(
        self, real: Path, a_question: Make, tmp_path: Path
    ) -> None:
        bundle = Bundle.open(real)
        clauses = bundle.store.select()
        q = a_question(question="What is ISC-TF?", relevant={clauses[0].id: 3})
        asked = draw(bundle, [q], 5, tmp_path)
        (row,) = map(json.loads, (tmp_path / POOL_JSONL).read_text("utf-8").splitlines())
        told = json.loads((tmp_path / CLAUSES_JSON).read_text("utf-8"))
        assert asked == len(row["grade"]) >= 5
        assert [told[str(n)]["reference"] for n in row["grade"]] == [clauses[n].reference for n in row["grade"]]
        assert set(row) == {"id", "before", "question", "expected", "answers", "grade"}


class TestGrades:
    def write(self, path: Path, *rows: Any) -> Path:
        path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
        return path

    def test_where_two_judges_differ_the_lower_grade_counts(self, tmp_path: Path) -> None:
        one = self.write(tmp_path / "one", {"id": "q1", "grades": {"0": 2, "1": 0}})
        other = self.write(tmp_path / "other", {"id": "q1", "grades": {"0": 1, "1": 1}})
        assert read_grades([one, other], ["a", "b"]) == {"q1": {"a": 1, "b": 0}}

    @pytest.mark.parametrize(
        "row", ['{"id": "q1"', {"id": "q1"}, {"id": "q1", "grades": {"9": 1}}, {"id": "q1", "grades": {"0": 4}}]
    )
    def test_a_row_that_is_none_is_named_by_file_and_line(self, tmp_path: Path, row: Any) -> None:
        path = self.write(tmp_path / "graded", {"id": "q0", "grades": {"0": 0}}, row)
        with pytest.raises(AnnotationError, match=r"graded:2: not a row of grades"):
            read_grades([path], ["a"])

    def test_a_grade_that_was_given_stays_and_is_compared(self) -> None:
        rows: list[dict[str, Any]] = [{"id": "q1", "relevant": {"a": 3}}, {"id": "q2", "relevant": {}}]
        taken = take(rows, {"q1": {"a": 2, "b": 1}})
        assert rows == [{"id": "q1", "relevant": {"a": 3, "b": 1}}, {"id": "q2", "relevant": {}}]
        assert taken.new == 1
        assert taken.twice == ((3, 2),)


def test_kappa_is_one_where_all_agree_none_by_chance_and_less_the_further_apart() -> None:
    assert kappa([(0, 0), (3, 3), (1, 1)]) == 1.0
    assert kappa([(0, 0), (0, 1), (1, 0), (1, 1)]) == pytest.approx(0.0)
    assert kappa([(0, 0), (3, 3), (2, 1)]) > kappa([(0, 0), (3, 3), (3, 1)])
