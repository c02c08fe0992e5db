"""``clauseqa eval beir DIR``: a benchmark's directory through the product's own retrieval."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Sequence
from pathlib import Path

import ir_measures
import pytest

from corpus.errors import NotFound, Unreadable
from eval.beir import measure, read, score
from eval.show import show_benchmark
from index.encoder import HashingEncoder
from qa.cli import main


def rows(*found: dict[str, str]) -> str:
    return "".join(json.dumps(row) + "\n" for row in found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two passages, a query and its label."""
    (tmp_path / "corpus.jsonl").write_text(
        rows({"_id": "1", "title": "", "text": "a bank must report"}, {"_id": "2", "title": "", "text": "cats sleep"})
    )
    (tmp_path / "queries.jsonl").write_text(rows({"_id": "q", "text": "who must report"}))
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t1\t1\nq\t2\t0\n")
    return tmp_path


def test_it_runs_through_the_same_retrieval(folder: Path) -> None:
    found = measure(read(folder), HashingEncoder(), lambda *_: None)
    for system in ("bm25", "fusion"):
        assert {name: (f.value, f.n) for name, f in found.systems[system].items()} == {"R@10": (1, 1), "MAP@10": (1, 1)}


def test_it_says_what_the_figures_were_made_with(folder: Path) -> None:
    found = measure(read(folder), HashingEncoder(), lambda *_: None)
    text = show_benchmark(found)
    for expected in ("2 passages, 1 queries", "clauseqa ", "dense weight", "1.000 [1.000, 1.000]", "fusion"):
        assert expected in text


def test_the_digest_of_a_collection_changes_with_its_labels(folder: Path) -> None:
    before = read(folder).digest
    (folder / "qrels" / "test.tsv").write_text("q\t2\t1\n")
    assert read(folder).digest != before


def test_packed_files_and_labels_without_headings_are_read(tmp_path: Path) -> None:
    passage = rows({"id": "1", "pid": "1.2", "text": "a bank must report"})
    (tmp_path / "passages.jsonl.gz").write_bytes(gzip.compress(passage.encode()))
    (tmp_path / "queries.jsonl").write_text(rows({"id": "q", "text": "who must report"}))
    (tmp_path / "qrels.tsv").write_text("q\t1\t1\n")
    assert read(tmp_path).passages == [("1", "1.2", "a bank must report")]
    assert read(tmp_path).relevant == {"q": {"1"}}


def test_average_precision_is_that_of_trec_eval() -> None:
    ranking: Sequence[str] = ["x", "a", "y", "b"]
    labels = [ir_measures.Qrel("q", p, 1) for p in ("a", "b", "c")]
    docs = [ir_measures.ScoredDoc("q", p, 10.0 - n) for n, p in enumerate(ranking)]
    expected = ir_measures.calc_aggregate([ir_measures.R @ 10, ir_measures.AP @ 10], labels, docs)
    recall, precision = score(ranking, {"a", "b", "c"})
    assert recall == pytest.approx(expected[ir_measures.R @ 10])
    assert precision == pytest.approx(expected[ir_measures.AP @ 10])
    assert not math.isnan(precision)


class TestBroken:
    @pytest.mark.parametrize(
        ("file", "content", "said"),
        [
            ("corpus.jsonl", "{\n", r"corpus\.jsonl, line 1: not an object with an id"),
            ("corpus.jsonl", "[1]\n", r"corpus\.jsonl, line 1: not an object with an id"),
            ("corpus.jsonl", rows({"_id": "1"}, {"_id": "1"}), r"corpus\.jsonl, line 2: the id 1 was used before"),
            ("corpus.jsonl", "", "holds no passages"),
            ("queries.jsonl", rows({"text": "who"}), r"queries\.jsonl, line 1"),
            ("qrels/test.tsv", "q\t1\t1\nq 2 1\n", r"test\.tsv, line 2: not query, passage and grade"),
            ("qrels/test.tsv", "q\t1\t1\nq\t2\thigh\n", r"test\.tsv, line 2: not query, passage and grade"),
            ("qrels/test.tsv", "q\t9\t1\n", "names the passage 9, which is not in the corpus"),
            ("qrels/test.tsv", "other\t1\t1\n", r"holds no queries that test\.tsv names"),
        ],
    )
    def test_a_broken_file_is_named_with_its_line(self, folder: Path, file: str, content: str, said: str) -> None:
        (folder / file).write_text(content)
        with pytest.raises(Unreadable, match=said):
            read(folder)

    @pytest.mark.parametrize("content", [b"no gzip", gzip.compress(b"{}" * 100)[:-9]], ids=["no archive", "cut off"])
    def test_a_broken_archive_is_named(self, folder: Path, content: bytes) -> None:
        (folder / "corpus.jsonl").unlink()
        (folder / "corpus.jsonl.gz").write_bytes(content)
        with pytest.raises(Unreadable, match=r"corpus\.jsonl\.gz cannot be read"):
            read(folder)

    def test_a_limit_of_nothing_is_refused(self, folder: Path) -> None:
        with pytest.raises(NotFound, match="--limit is 0"):
            read(folder, limit=0)

    def test_a_directory_that_is_not_beir_is_named(
        self, tmp_path: Path, real: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["eval", "beir", str(tmp_path), "--bundle", str(real)]) == 2
        assert "BEIR-style" in capsys.readouterr().err

    def test_so_is_one_by_the_command(self, folder: Path, real: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (folder / "queries.jsonl").write_text("{")
        assert main(["eval", "beir", str(folder), "--bundle", str(real)]) == 2
        assert "queries.jsonl, line 1" in capsys.readouterr().err


def test_the_command_prints_figures_with_intervals(
    folder: Path, real: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "beir", str(folder), "--bundle", str(real)]) == 0
    assert "MAP@10" in capsys.readouterr().out
    assert main(["eval", "beir", str(folder), "--bundle", str(real), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["systems"]["fusion"]["R@10"]["low"] == 1
    assert found["made_with"]["encoder"]["name"] == "all-MiniLM-L6-v2"
