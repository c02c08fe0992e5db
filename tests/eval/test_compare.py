"""``clauseqa eval compare A B``: is B better, by how much, and which questions changed sides?"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from eval.compare import Comparison, compare
from eval.report import Report, ReportError, Scored
from eval.show import show_comparison
from qa.cli import main

MakeReport = Callable[..., Report]
MakeScore = Callable[..., Scored]


@pytest.fixture
def reports(report_of: MakeReport, a_score: MakeScore, unanswerable: MakeScore) -> tuple[Report, Report]:
    """Forty questions, ten of which only B answers rightly, one only A; B refuses one more that it should."""
    a = [a_score(f"q{n}", right=n >= 10, first=n >= 10) for n in range(40)]
    b = [a_score(f"q{n}", right=n != 39) for n in range(40)]
    a += [unanswerable("u1", answered=False), unanswerable("u2", answered=True)]
    b += [unanswerable("u1", answered=False), unanswerable("u2", answered=False)]
    return report_of(a), report_of(b)


def difference(comparison: Comparison, measure: str) -> tuple[float, float, float]:
    found = next(d for d in comparison.differences if d.measure == measure)
    return found.a, found.b, found.p


class TestMeasures:
    def test_a_clear_gain_is_told_from_chance(self, reports: tuple[Report, Report]) -> None:
        a, b, p = difference(compare(*reports), "success@1")
        assert (a, b) == (0.75, 1.0)
        assert p < 0.01

    def test_one_question_is_not(self, reports: tuple[Report, Report]) -> None:
        a, b, p = difference(compare(*reports), "refusal recall")
        assert (a, b) == (0.5, 1.0)
        assert p > 0.4

    def test_the_interval_of_a_difference_holds_it(self, reports: tuple[Report, Report]) -> None:
        for d in compare(*reports).differences:
            assert d.difference.low <= d.difference.value <= d.difference.high
            assert d.difference.value == pytest.approx(d.b - d.a)

    def test_what_is_tested_together_is_corrected(self, reports: tuple[Report, Report]) -> None:
        found = compare(*reports).differences
        least = min(found, key=lambda d: d.p)
        assert least.p_corrected == pytest.approx(least.p * len(found))

    def test_the_other_way_round_the_signs_change(self, reports: tuple[Report, Report]) -> None:
        for there, back in zip(compare(*reports).differences, compare(*reports[::-1]).differences, strict=True):
            assert back.difference.value == pytest.approx(-there.difference.value)
            assert back.p == there.p

    def test_a_run_does_not_differ_from_itself(self, reports: tuple[Report, Report]) -> None:
        comparison = compare(reports[0], reports[0])
        assert {d.p_corrected for d in comparison.differences} == {1.0}
        assert comparison.changes == comparison.warnings == ()

    def test_how_good_a_citation_is_is_compared_where_both_answered(
        self, report_of: MakeReport, a_score: MakeScore
    ) -> None:
        cited = [a_score(n, scores={**a_score().scores, "citation precision": 1.0}) for n in ("q1", "q2")]
        refused = a_score("q2", right=False, answered=False)
        comparison = compare(report_of(cited), report_of([cited[0], refused]))
        assert [d.n for d in comparison.differences if d.measure == "citation precision"] == [1]


class TestChanges:
    def test_questions_that_changed_sides_are_listed_with_what_each_run_said(
        self, reports: tuple[Report, Report]
    ) -> None:
        changes = compare(*reports).changes
        gained = [c.id for c in changes if c.what == "answer" and c.gained]
        lost = [c for c in changes if c.what == "answer" and not c.gained]
        assert gained == [*(f"q{n}" for n in range(10)), "u2"]
        assert [(c.id, c.a, c.b) for c in lost] == [("q39", "The keeper does.", "Nobody does.")]

    def test_so_are_best_clauses(self, reports: tuple[Report, Report]) -> None:
        changes = [c for c in compare(*reports).changes if c.what == "best clause"]
        assert len(changes) == 10
        assert (changes[0].a, changes[0].b) == ("noting a)", "resolves 1")

    def test_a_refusal_is_named_as_one(self, reports: tuple[Report, Report]) -> None:
        change = next(c for c in compare(*reports).changes if c.id == "u2")
        assert (change.a, change.b) == ("The moon does.", "refused (0.20)")


class TestWarnings:
    def test_another_corpus_is_said(self, report_of: MakeReport, a_score: MakeScore) -> None:
        comparison = compare(report_of([a_score()]), report_of([a_score()], corpus_digest="d" * 64))
        assert ["corpora" in w for w in comparison.warnings] == [True]

    def test_questions_with_other_labels_are_said_and_left_out(self, report_of: MakeReport, a_score: MakeScore) -> None:
        a = report_of([a_score("q1"), a_score("q2")])
        b = report_of([a_score("q1"), a_score("q2", labels="others")], labels="m" * 64)
        comparison = compare(a, b)
        assert comparison.questions == 1
        assert ["1 questions have other labels" in w for w in comparison.warnings] == [True]

    def test_questions_of_one_run_alone_are_counted(self, report_of: MakeReport, a_score: MakeScore) -> None:
        a, b = report_of([a_score("q1"), a_score("q2")]), report_of([a_score("q2")], labels="m" * 64)
        comparison = compare(a, b)
        assert (comparison.questions, comparison.only_a, comparison.only_b) == (1, 1, 0)
        assert ["different sets of questions" in w for w in comparison.warnings] == [True]

    def test_settings_that_differ_are_named(self, report_of: MakeReport, a_score: MakeScore) -> None:
        plain = {"index.search.DEPTH": 120, "qa.confidence.THRESHOLD": 0.6}
        a = report_of([a_score()], settings=plain)
        b = report_of([a_score()], settings={**plain, "qa.confidence.THRESHOLD": 0.5, "qa.answer.WEIGHTS": {"x": 1.0}})
        comparison = compare(a, b)
        assert comparison.settings == {"qa.answer.WEIGHTS": (None, {"x": 1.0}), "qa.confidence.THRESHOLD": (0.6, 0.5)}
        assert "qa.confidence.THRESHOLD: 0.6 in A, 0.5 in B" in show_comparison(comparison, ("a", "b"))

    @pytest.mark.parametrize("other", [{"name": "q9"}, {"labels": "others"}])
    def test_nothing_in_common_is_refused(
        self, report_of: MakeReport, a_score: MakeScore, other: dict[str, str]
    ) -> None:
        with pytest.raises(ReportError, match="share no questions"):
            compare(report_of([a_score()]), report_of([a_score(**other)]))


class TestCommand:
    @pytest.fixture
    def folders(self, reports: tuple[Report, Report], tmp_path: Path) -> list[str]:
        """Both reports as they are written."""
        for name, report in zip("AB", reports, strict=True):
            (tmp_path / name).mkdir()
            (tmp_path / name / "report.json").write_text(report.to_json(), "utf-8")
        return [str(tmp_path / "A"), str(tmp_path / "B")]

    def test_it_prints_differences_with_their_intervals_and_changes(
        self, folders: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("COLUMNS", "100")
        assert main(["eval", "compare", *folders]) == 0
        out = capsys.readouterr().out
        assert "success@1" in out
        assert "+0.250 [+0.125, +0.375]" in out
        assert "answer right in B, not in A (11)" in out
        assert "answer right in A, not in B (1)\n  q39 Who keeps lamp q39?\n    A: The keeper does.\n" in out
        assert max(len(line) for line in out.splitlines() if not line.endswith(tuple(folders))) <= 100

    def test_json_holds_all_of_it(self, folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["eval", "compare", *folders, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["questions"] == 42
        assert {"measure", "n", "a", "b", "difference", "p", "p_corrected"} == found["differences"][0].keys()
        assert {"id", "question", "what", "gained", "a", "b"} == found["changes"][0].keys()

    def test_warnings_come_first(
        self, folders: list[str], reports: tuple[Report, Report], capsys: pytest.CaptureFixture[str]
    ) -> None:
        other = replace(reports[1], made_with={**reports[1].made_with, "corpus_digest": "d" * 64})
        (Path(folders[1]) / "report.json").write_text(other.to_json(), "utf-8")
        assert main(["eval", "compare", *folders]) == 0
        assert capsys.readouterr().out.startswith("WARNING: the runs were made over different corpora")

    def test_a_folder_without_a_report_is_a_mistake(
        self, folders: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["eval", "compare", folders[0], str(tmp_path / "none")]) == 2
        assert "holds no report.json" in capsys.readouterr().err
