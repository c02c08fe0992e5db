"""An evaluation run: what it prints and writes, and that others find the same figures in its files."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

import ir_measures
import pytest

from eval.beir import measure, read
from eval.metrics import MEASURES
from eval.questions import default_questions, load_questions
from eval.report import show
from eval.run import Report, evaluate, write
from index.encoder import HashingEncoder
from qa.answer import Answerer
from qa.cli import main


@pytest.fixture(scope="module")
def written(answerer: Answerer, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Path]:
    questions = load_questions(default_questions(), split="dev")
    report, runs = evaluate(answerer, questions, "dev")
    folder = tmp_path_factory.mktemp("runs")
    write(report, runs, questions, folder)
    return report, folder


@pytest.mark.parametrize("system", ["bm25", "dense", "fusion", "service"])
def test_ir_measures_finds_the_reported_figures_in_the_written_files(written: tuple[Report, Path], system: str) -> None:
    report, folder = written
    labels = list(ir_measures.read_trec_qrels(str(folder / "qrels.txt")))
    run = list(ir_measures.read_trec_run(str(folder / f"{system}.run")))
    found = ir_measures.calc_aggregate(list(MEASURES.values()), labels, run)
    for name, value in MEASURES.items():
        assert report.systems[system][name].value == pytest.approx(found[value], abs=1e-9)


def test_the_service_ranks_better_than_words_or_vectors_alone(written: tuple[Report, Path]) -> None:
    figures = {name: found["nDCG@10"].value for name, found in written[0].systems.items()}
    assert figures["service"] > max(figures["bm25"], figures["dense"])


def test_the_figures_hold_on_the_development_part(written: tuple[Report, Path]) -> None:
    """A gate, set at the lower end of the intervals when they were last reviewed."""
    report, _ = written
    assert report.systems["service"]["nDCG@10"].value > 0.74
    assert report.systems["service"]["success@1"].value > 0.72
    assert report.answers["citation precision"].value > 0.88
    assert report.answers["refusal recall"].value > 0.88


def test_a_report_names_what_it_was_made_with(written: tuple[Report, Path], answerer: Answerer) -> None:
    _, folder = written
    stored = json.loads((folder / "report.json").read_text("utf-8"))
    assert stored["made_with"]["corpus_digest"] == answerer.bundle.manifest.corpus_digest
    assert {"split", "index", "encoder", "dense_weight", "code", "made_at"} <= stored["made_with"].keys()
    assert set(stored["systems"]) == {"bm25", "dense", "fusion", "service"}


def test_every_miss_says_what_was_expected_and_what_came(written: tuple[Report, Path]) -> None:
    for miss in written[0].misses:
        assert miss["came"]
        assert miss["expected"] or not miss["answerable"]


def test_a_person_can_read_the_report(written: tuple[Report, Path]) -> None:
    text = show(written[0])
    assert "nDCG@10" in text
    assert "refusal recall" in text
    assert max(map(len, text.splitlines())) <= 140


def test_the_command_prints_figures_and_writes_files(
    real: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "run", "--bundle", str(real), "--out", str(tmp_path / "out")]) == 0
    assert "success@1" in capsys.readouterr().out
    assert {p.name for p in (tmp_path / "out").iterdir()} >= {"qrels.txt", "service.run", "report.json"}


def rows(*found: dict[str, str]) -> str:
    return "".join(json.dumps(row) + "\n" for row in found)


def test_a_beir_directory_runs_through_the_same_retrieval(tmp_path: Path) -> None:
    (tmp_path / "corpus.jsonl").write_text(
        rows({"_id": "1", "title": "", "text": "a bank must report"}, {"_id": "2", "title": "", "text": "cats sleep"})
    )
    (tmp_path / "queries.jsonl").write_text(rows({"_id": "q", "text": "who must report"}))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\n")
    figures = measure(read(tmp_path), HashingEncoder(), lambda *_: None)
    assert figures["systems"]["bm25"] == {"R@10": 1.0, "MAP@10": 1.0}
    assert figures["systems"]["fusion"]["R@10"] == 1.0


def test_average_precision_is_that_of_trec_eval(tmp_path: Path) -> None:
    from eval.beir import _score

    ranking: Sequence[str] = ["x", "a", "y", "b"]
    labels = [ir_measures.Qrel("q", p, 1) for p in ("a", "b", "c")]
    docs = [ir_measures.ScoredDoc("q", p, 10.0 - n) for n, p in enumerate(ranking)]
    expected = ir_measures.calc_aggregate([ir_measures.R @ 10, ir_measures.AP @ 10], labels, docs)
    recall, precision = _score(ranking, {"a", "b", "c"})
    assert recall == pytest.approx(expected[ir_measures.R @ 10])
    assert precision == pytest.approx(expected[ir_measures.AP @ 10])
    assert not math.isnan(precision)


def test_a_directory_that_is_not_beir_is_named(tmp_path: Path, real: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "beir", str(tmp_path), "--bundle", str(real)]) == 2
    assert "BEIR-style" in capsys.readouterr().err
