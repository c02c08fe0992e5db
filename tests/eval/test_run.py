"""An evaluation run: what it measures, prints and writes, and that others find the same figures in its files."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ir_measures
import pytest

import eval.provenance
from eval.estimates import Estimate, auroc
from eval.metrics import MEASURES, Run
from eval.provenance import code_version, modules_behind, settings
from eval.questions import Labelled, digest_of
from eval.report import Report, Scored, read_report
from eval.run import citation_precision, citation_recall, figures
from eval.show import show_report
from qa.answer import Answerer
from qa.cli import main

SYSTEMS = ["bm25", "dense", "fusion", "service"]
Dev = tuple[Report, dict[str, Run]]


@pytest.mark.parametrize("system", SYSTEMS)
class TestFiles:
    def test_ir_measures_finds_the_reported_figures_in_them(self, dev_run: Dev, dev_files: Path, system: str) -> None:
        labels = list(ir_measures.read_trec_qrels(str(dev_files / "qrels.txt")))
        run = list(ir_measures.read_trec_run(str(dev_files / f"{system}.run")))
        found = ir_measures.calc_aggregate(list(MEASURES.values()), labels, run)
        for name, measure in MEASURES.items():
            assert dev_run[0].systems[system][name].value == pytest.approx(found[measure], abs=1e-9)

    def test_so_does_its_command_line(self, dev_run: Dev, dev_files: Path, system: str) -> None:
        command = [sys.executable, "-m", "ir_measures", "qrels.txt", f"{system}.run", *map(str, MEASURES.values())]
        done = subprocess.run(command, cwd=dev_files, capture_output=True, text=True, check=True)
        found = dict(line.split("\t") for line in done.stdout.splitlines())
        for name, measure in MEASURES.items():
            assert f"{dev_run[0].systems[system][name].value:.4f}" == found[str(measure)]


class TestFigures:
    def test_the_service_ranks_better_than_words_or_vectors_alone(self, dev_run: Dev) -> None:
        found = {name: figures["nDCG@10"].value for name, figures in dev_run[0].systems.items()}
        assert found["service"] > max(found["bm25"], found["dense"])

    def test_the_ranking_of_the_service_is_the_one_it_answers_from(self, dev_run: Dev) -> None:
        report, _ = dev_run
        for name, figure in report.systems["service"].items():
            assert report.overall[name] == figure

    def test_every_figure_has_its_interval_and_groups_have_the_same_measures(self, dev_run: Dev) -> None:
        report, _ = dev_run
        for groups in (report.by_type, report.by_style, {"all": report.overall}):
            for found in groups.values():
                assert found.keys() <= report.overall.keys()
                assert all(f.low <= f.high and f.n > 0 for f in found.values())
        measured = {"recall@10", "judged@10", "citation precision", "citation recall", "refusal precision"}
        others = {"refusal recall", "AUROC, answerable", "AUROC, best clause right", "calibration error"}
        assert measured | others <= report.overall.keys()

    def test_types_and_styles_hold_every_question(self, dev_run: Dev, some_questions: list[Labelled]) -> None:
        report, _ = dev_run
        for groups in (report.by_type, report.by_style):
            assert sum(found["calibration error"].n for found in groups.values()) == len(some_questions)

    def test_refusals_are_counted_on_both_sides(
        self, a_score: Callable[..., Scored], unanswerable: Callable[..., Scored]
    ) -> None:
        refused = a_score("q1", right=False, answered=False)
        refused = a_score("q1", answered=False, scores={**refused.scores, "refusal precision": 0.0})
        found = figures([refused, a_score("q2"), unanswerable("q3", answered=False), unanswerable("q4", answered=True)])
        assert (found["refusal precision"].value, found["refusal precision"].n) == (0.5, 2)
        assert (found["refusal recall"].value, found["refusal recall"].n) == (0.5, 2)
        assert (found["answer accuracy"].value, found["answer accuracy"].n) == (0.5, 2)

    def test_what_no_question_bears_on_has_no_figure(self, a_score: Callable[..., Scored]) -> None:
        assert {"refusal recall", "refusal precision", "AUROC, answerable"}.isdisjoint(figures([a_score()]))

    def test_separation_is_measured_on_all_questions(self, dev_run: Dev) -> None:
        report, _ = dev_run
        expected = auroc([q.confidence for q in report.questions], [q.answerable for q in report.questions])
        assert report.overall["AUROC, answerable"] == expected


class TestCitations:
    def test_precision_is_the_share_that_supports(self) -> None:
        assert citation_precision([3, 2, 1, 0]) == 0.5
        assert citation_precision([]) == 0

    def test_a_list_wants_every_clause_that_answers(self) -> None:
        assert citation_recall(["a", "x"], ["a", "b"], "list") == 0.5

    def test_elsewhere_one_is_enough(self) -> None:
        assert citation_recall(["x", "a"], ["a", "b"], "bearer") == 1
        assert citation_recall(["x"], ["a", "b"], "bearer") == 0

    def test_no_more_are_wanted_than_can_be_cited(self) -> None:
        many = [f"c{n}" for n in range(30)]
        assert citation_recall(many[:10], many, "comparison") == 1


class TestMadeWith:
    def test_a_report_names_corpus_encoder_labels_and_code(
        self, dev_files: Path, answerer: Answerer, some_questions: list[Labelled]
    ) -> None:
        made = json.loads((dev_files / "report.json").read_text("utf-8"))["made_with"]
        assert made["corpus_digest"] == answerer.bundle.manifest.corpus_digest
        assert made["encoder"]["sha256"] == answerer.bundle.manifest.encoder.sha256
        assert made["labels"] == digest_of(some_questions)
        assert made["code"].startswith("clauseqa ")
        assert {"split", "index", "made_at"} <= made.keys()

    def test_it_names_weights_depth_and_threshold(self, dev_run: Dev) -> None:
        named = {name.rpartition(".")[2] for name in dev_run[0].made_with["settings"]}
        assert {"DENSE_WEIGHT", "DEPTH", "THRESHOLD", "K1", "B", "WEIGHTS"} <= named

    def test_settings_are_numbers_of_the_modules_behind_an_answer(self) -> None:
        import index.search
        import qa.answer

        assert index.search in modules_behind(qa.answer)
        named = settings(modules_behind(qa.answer))
        assert sum(name.endswith(".THRESHOLD") for name in named) == 1
        assert named["index.search.DENSE_WEIGHT"] == index.search.DENSE_WEIGHT

    @pytest.mark.parametrize(("changes", "said"), [("", "abc123"), (" M qa/answer.py", "abc123-dirty")])
    def test_the_code_is_named_by_its_commit_and_whether_it_was_changed(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, changes: str, said: str
    ) -> None:
        (tmp_path / ".git").mkdir()
        monkeypatch.setattr(eval.provenance, "_ROOT", tmp_path)
        monkeypatch.setattr(eval.provenance, "_git", lambda *given: "abc123" if given[0] == "rev-parse" else changes)
        assert re.fullmatch(rf"clauseqa [\d.]+ \({said}\)", code_version())

    def test_an_installed_program_is_named_by_its_version_alone(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(eval.provenance, "_ROOT", tmp_path)
        assert re.fullmatch(r"clauseqa [\d.]+", code_version())


class TestTerminal:
    def test_a_person_can_read_the_report(self, dev_run: Dev) -> None:
        text = show_report(dev_run[0])
        for expected in ("nDCG@10", "recall@10", "refusal recall", "citation recall", "AUROC", "labels", "threshold"):
            assert expected in text
        assert max(map(len, text.splitlines())) <= 100

    def test_misses_stand_under_what_went_wrong(
        self, report_of: Callable[..., Report], a_score: Callable[..., Scored], unanswerable: Callable[..., Scored]
    ) -> None:
        scored = [
            a_score("q1"),
            a_score("q2", right=False),
            a_score("q3", first=False),
            a_score("q4", right=False, answered=False),
            unanswerable("q5", answered=True),
            unanswerable("q6", answered=False),
        ]
        text = show_report(report_of(scored))
        kinds = re.findall(r"^(\w.*) \((\d+)\)\n  (q\d)", text, re.M)
        assert kinds == [
            ("answered, but not as expected", "1", "q2"),
            ("answered as expected, but the best clause is another", "1", "q3"),
            ("refused, though a clause answers", "1", "q4"),
            ("answered, though no clause answers", "1", "q5"),
        ]


class TestCommand:
    @pytest.fixture
    def few(self, tmp_path: Path, dev_questions: list[Labelled]) -> Path:
        """A file with a few of the questions."""
        from dataclasses import asdict

        some = [*dev_questions[:3], next(q for q in dev_questions if not q.answerable)]
        path = tmp_path / "few.jsonl"
        path.write_text("".join(json.dumps(asdict(q)) + "\n" for q in some), "utf-8")
        return path

    def test_it_prints_figures_and_writes_files(
        self, real: Path, few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out"
        assert main(["eval", "run", "--bundle", str(real), "--questions", str(few), "--out", str(out)]) == 0
        printed = capsys.readouterr()
        assert "success@1" in printed.out
        assert "asking the service 4/4" in printed.err
        names = {"qrels.txt", "report.json", "report.html", *(f"{s}.run" for s in SYSTEMS)}
        assert {p.name for p in out.iterdir()} == names

    def test_json_is_what_the_file_holds(
        self, real: Path, few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out"
        arguments = ["--bundle", str(real), "--questions", str(few), "--out", str(out), "--split", "all", "--json"]
        assert main(["eval", "run", *arguments]) == 0
        assert capsys.readouterr().out == (out / "report.json").read_text("utf-8")
        assert isinstance(read_report(out).overall["nDCG@10"], Estimate)

    def test_several_files_are_asked_together(
        self, real: Path, few: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        row: dict[str, Any] = json.loads(few.read_text("utf-8").splitlines()[0])
        more = tmp_path / "more.jsonl"
        more.write_text(json.dumps({**row, "id": "mine"}) + "\n", "utf-8")
        both = ["--questions", str(few), "--questions", str(more)]
        assert main(["eval", "run", "--bundle", str(real), *both, "--out", str(tmp_path / "out")]) == 0
        assert "5 questions" in capsys.readouterr().out

    def test_a_part_without_questions_is_said(self, real: Path, few: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["eval", "run", "--bundle", str(real), "--questions", str(few), "--split", "test"]) == 2
        assert "no question is in the test part" in capsys.readouterr().err

    def test_a_broken_file_is_said_with_its_line(
        self, real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "mine.jsonl").write_text("{}\n", "utf-8")
        assert main(["eval", "run", "--bundle", str(real), "--questions", str(tmp_path / "mine.jsonl")]) == 2
        assert "mine.jsonl, line 1: field 'accept' is missing" in capsys.readouterr().err

    def test_a_gate_is_not_written_over_other_questions(
        self, real: Path, few: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for other in (["--questions", str(few)], ["--split", "all"]):
            assert main(["eval", "run", "--bundle", str(real), "--write-gate", *other]) == 2
            assert "the gate is over the product's own questions of the dev part" in capsys.readouterr().err
