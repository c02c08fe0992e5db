"""``clauseqa obligations``: a table to read, files to pass on, and the same JSON as over HTTP."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.api.app import build_app
from qa.cli import main
from qa.service import Service
from qa.settings import Settings

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, lamps: Path) -> Run:
    """Runs ``clauseqa obligations`` over the small index, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLAUSEQA_BUNDLE", str(lamps))
    monkeypatch.setenv("COLUMNS", "80")

    def call(*arguments: object) -> tuple[int, str, str]:
        status = main(["obligations", *map(str, arguments)])
        return status, *capsys.readouterr()

    return call


def words(text: str) -> str:
    return " ".join(text.split())


class TestTable:
    def test_it_names_who_must_do_what_for_whom_how_often_and_where_that_stands(self, run: Run) -> None:
        status, out, err = run("--recipient", "TSAG", "--frequency", "annual")
        assert (status, err) == (0, "")
        head, _, table = out.partition("─\n")
        assert words(head).startswith("Who Modality What To whom How often")
        title, row = words(table).split(": in force ")
        assert title.startswith(
            "instructs the Director of the Telecommunication Standardization Bureau 1 of Resolution"
        )
        for cell in ("Director", "of TSB", "obligation", "report annually to TSAG on", "TSAG", "annual"):
            assert cell in row
        assert row.endswith("1 obligation")

    @pytest.mark.parametrize("columns", [72, 80, 100])
    def test_no_line_is_wider_than_the_terminal(self, run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
        monkeypatch.setenv("COLUMNS", str(columns))
        _, out, _ = run()
        assert max(map(len, out.splitlines())) <= columns

    def test_a_proposal_and_an_implication_are_marked(self, run: Run) -> None:
        out = words(run("--recipient", "TSAG")[1])
        assert "PROPOSED wording, not in force" in out
        assert "in force, by implication" in out
        assert "by implication: a group is named that the body asked for belongs to" in out
        assert "by implication" not in run("--recipient", "TSAG", "--direct-only")[1]

    def test_a_page_says_what_comes_next(self, run: Run) -> None:
        assert run("--limit", 3)[1].endswith("1 to 3 of 8 obligations; the next: --offset 3\n")
        assert run("--limit", 3, "--offset", 6)[1].endswith("7 to 8 of 8 obligations\n")

    def test_nothing_found_is_said_and_no_error(self, run: Run) -> None:
        assert run("--text", "volcanoes") == (0, "no obligation matches\n", "")
        assert run("--offset", 90) == (0, "no obligation matches beyond 90; there are 8\n", "")


class TestFormats:
    @pytest.mark.parametrize(
        ("arguments", "parameters"),
        [
            ([], {}),
            (["--bearer", "TSB Director", "--sort=-recipient"], {"bearer": "TSB Director", "sort": "-recipient"}),
            (["--recipient", "TSAG", "--direct-only"], {"recipient": "TSAG", "direct": "true"}),
            (["--modality", "may", "--modality", "shall"], {"modality": ["may", "shall"]}),
            (["--text", "lamps", "--version", "proposed"], {"text": "lamps", "version": "proposed"}),
            (["--limit", "2", "--offset", "1"], {"limit": 2, "offset": 1}),
            (["--body", "WTDC", "--resolution", "901"], {"body": "WTDC", "resolution": "901"}),
        ],
    )
    def test_json_is_what_http_returns(
        self, run: Run, lamps: Path, arguments: list[str], parameters: dict[str, Any]
    ) -> None:
        client = TestClient(build_app(Service(Settings(bundle=lamps))))
        status, out, _ = run("--format", "json", *arguments)
        assert status == 0
        assert run("--json", *arguments)[1] == out
        assert json.loads(out) == client.get("/v1/obligations", params=parameters).json()

    def test_csv_is_what_http_returns_but_for_the_host_of_its_links(self, run: Run, lamps: Path) -> None:
        client = TestClient(build_app(Service(Settings(bundle=lamps))))
        over_http = client.get("/v1/obligations?format=csv").text
        assert run("--format", "csv")[1] == over_http.replace("http://testserver", "")

    @pytest.mark.parametrize(("name", "start"), [("r.xlsx", b"PK"), ("r.csv", b"reference,"), ("r.json", b"{\n")])
    def test_a_file_is_what_its_name_says(self, run: Run, tmp_path: Path, name: str, start: bytes) -> None:
        assert run("--output", name) == (0, "", "")
        assert (tmp_path / name).read_bytes().startswith(start)

    def test_format_comes_before_the_name(self, run: Run, tmp_path: Path) -> None:
        run("--format", "table", "--output", "r.csv")
        assert (tmp_path / "r.csv").read_text("utf-8").lstrip().startswith("Who")

    def test_a_workbook_is_not_thrown_at_a_terminal(self, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        status, out, err = run("--format", "xlsx")
        assert (status, out) == (2, "")
        assert "--output" in err

    @pytest.mark.parametrize(
        ("arguments", "mend"),
        [
            (["--bearer", "banana"], "known: Director of TSB"),
            (["--format", "pdf"], "known: table, csv, json, xlsx"),
            (["--sort", "colour"], "known: resolution"),
            (["--limit", "0"], "between 1 and 500"),
            (["--version", "old"], "known: all, in_force, proposed"),
        ],
    )
    def test_a_mistake_is_one_line_that_says_the_mend(self, run: Run, arguments: list[str], mend: str) -> None:
        status, out, err = run(*arguments)
        assert (status, out) == (2, "")
        assert err.startswith("clauseqa: ")
        assert mend in err
        assert err.count("\n") == 1
