"""How obligations that were found are held against those that were labelled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import AnnotationError
from eval.obligations import Row, align, compare, differences, load_gold, overlap


def row(action: str = "report to TSAG", **fields: Any) -> Row:
    given: dict[str, Any] = {"bearer": frozenset({"dir-tsb"}), "modality": "obligation", **fields}
    return Row(action=action, **given)


def test_what_is_found_as_labelled_is_right_in_every_field() -> None:
    rows = {"c": [row(object="a report", recipient=frozenset({"tsag"}), frequency="annual", deadline="2030")]}
    figures = compare(rows, rows)
    assert {f: (g.precision.hits, g.precision.n, g.recall.n) for f, g in figures.items() if f != "condition"} == {
        f: (1, 1, 1) for f in figures if f != "condition"
    }
    assert (figures["condition"].precision.n, figures["condition"].recall.n) == (0, 0)


def test_a_row_that_is_not_labelled_counts_against_each_field_that_it_fills() -> None:
    figures = compare({"c": [row(), row("eat cake", object="cake")]}, {"c": [row()]})
    assert (figures["row"].precision.hits, figures["row"].precision.n, figures["row"].recall.n) == (1, 2, 1)
    assert (figures["object"].precision.hits, figures["object"].precision.n) == (0, 1)


def test_a_row_that_was_not_found_counts_as_missed() -> None:
    figures = compare({}, {"c": [row(deadline="2030")]})
    assert (figures["deadline"].recall.hits, figures["deadline"].recall.n) == (0, 1)


def test_clauses_without_labels_do_not_count() -> None:
    assert compare({"other": [row()]}, {"c": []})["row"].precision.n == 0


def test_rows_are_paired_by_their_actions_and_each_once() -> None:
    report, eat = row("report annually to TSAG"), row("eat the cake")
    other_eat, other_report = row("eat cake"), row("report to TSAG")
    assert align([report, eat], [other_eat, other_report]) == [(report, other_report), (eat, other_eat)]
    assert len(align([report], [other_report, report])) == 1


@pytest.mark.parametrize(
    ("field", "found", "labelled", "right"),
    [
        ("bearer", frozenset({"rag", "tsag"}), frozenset({"tsag", "rag"}), 1),
        ("bearer", frozenset({"rag"}), frozenset({"tsag", "rag"}), 0),
        ("bearer", "the lead Sector", "the lead Sector", 1),
        ("bearer", "the lead Sector", frozenset({"itu-r"}), 0),
        ("modality", "permission", "obligation", 0),
        ("frequency", "annual", "annual", 1),
        ("frequency", "annual", "regular", 0),
        ("object", "the annual report on bicycles", "an annual report on bicycles", 1),
        ("object", "the report", "bicycles", 0),
        ("condition", "as necessary | if possible", "as necessary", 0),
    ],
)
def test_ids_and_classes_must_be_equal_and_words_nearly(field: str, found: Any, labelled: Any, right: int) -> None:
    assert compare({"c": [row(**{field: found})]}, {"c": [row(**{field: labelled})]})[field].recall.hits == right


def test_overlap_is_symmetric_and_between_nothing_and_all() -> None:
    assert overlap("a b c", "b c d") == overlap("b c d", "a b c") == pytest.approx(2 / 3)
    assert (overlap("a", "b"), overlap("A-1", "a-1"), overlap(None, None)) == (0, 1, 1)


def test_differences_name_the_clause_and_both_sides() -> None:
    lines = list(differences({"c": [row(frequency="annual")]}, {"c": [row(), row("eat cake")]}))
    assert lines == ["row: c: 'eat cake' was not found", "frequency: c: 'annual' for None"]


def label(clause: str) -> str:
    empty = dict.fromkeys(("bearer_text", "object", "recipient_text", "frequency", "deadline", "condition"))
    obligation = {**empty, "bearer": ["sg"], "modality": "obligation", "action": "ride", "recipient": []}
    return json.dumps({"clause": clause, "obligations": [obligation]})


def test_labels_are_read(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text(label("c"))
    assert load_gold(tmp_path / "gold.jsonl", {"c"}) == {
        "c": [Row(bearer=frozenset({"sg"}), modality="obligation", action="ride")]
    }


@pytest.mark.parametrize("line", [label("elsewhere"), "not json", "{}"])
def test_a_label_that_cannot_be_used_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "gold.jsonl").write_text(f"{label('c')}\n{line}\n")
    with pytest.raises(AnnotationError, match="line 2"):
        load_gold(tmp_path / "gold.jsonl", {"c"})
