"""The command line: exit statuses, errors in one line that name the mend, and the same JSON as over HTTP."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi.testclient import TestClient

from corpus.model import Corpus
from corpus.parse import default_source
from qa.cli import main
from qa.settings import PREFIX

HEADLINE = "who reports annually to TSAG?"
QUOTE = "the Director of TSB to report annually to TSAG on the implementation of this resolution"
RESOLUTION = (
    "RESOLUTION 900 (Geneva, 2024)\nOn light\nThe World Telecommunication Standardization Assembly,\nresolves\n"
)


class Result(NamedTuple):
    status: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in an empty folder, without any setting in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith((PREFIX, "PYTHONDEVMODE")):
            monkeypatch.delenv(name)

    def call(*arguments: object) -> Result:
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as exc:
            status = int(exc.code or 0)
        return Result(status, *capsys.readouterr())

    return call


def words(text: str) -> str:
    """``text`` with its lines joined."""
    return " ".join(text.split())


def check_mistake(result: Result, mend: str) -> None:
    """A user's mistake: status 2, nothing on standard output, and one line that says the mend."""
    *progress, line = result.err.splitlines()
    assert result.status == 2, result
    assert result.out == ""
    assert line.startswith("clauseqa: ")
    assert mend in line
    assert "Traceback" not in result.err
    assert "error of ours" not in result.err
    assert all(step.startswith("clauseqa: ") and step.endswith("...") for step in progress)


class TestAsk:
    def test_an_answer_shows_sentence_quote_reference_status_and_place(self, run: Run, real: Path) -> None:
        status, out, err = run("ask", HEADLINE, "--bundle", real)
        assert (status, err) == (0, "")
        answer, _, citations = words(out).partition("Citations")
        assert QUOTE in answer
        assert "[1] instructs 2 of Resolution 18 (Rev. New Delhi, 2024): in force" in citations
        assert f"“{QUOTE}” compilation.txt, line 397, characters" in citations
        assert "verified" in citations
        assert "NOT VERIFIED" not in citations

    def test_a_proposal_is_marked_as_one(self, run: Run, real: Path) -> None:
        _, out, _ = run("ask", "who reports annually to the Sector advisory groups?", "--bundle", real)
        assert "not in force" in words(out).partition("Citations")[0]
        assert "proposed for Doha, 2026: PROPOSED, not in force" in words(out)

    def test_a_nested_item_is_shown_with_what_it_hangs_on(self, run: Run, real: Path) -> None:
        _, out, _ = run("ask", "resolves 2 i) of Resolution 18", "--bundle", real)
        citations = words(out).partition("Citations")[2]
        assert "(that, if considerable responsibilities in any two or all Sectors" in citations

    def test_a_repair_of_the_spelling_is_shown(self, run: Run, real: Path) -> None:
        _, out, _ = run("ask", "who reprots anualy to TSAG?", "--bundle", real)
        assert "spelling reprots → reports, anualy → annually" in words(out)

    def test_where_no_clause_answers_the_status_is_three(self, run: Run, real: Path) -> None:
        status, out, err = run("ask", "what is the capital of France?", "--bundle", real)
        assert (status, err) == (3, "")
        assert out.startswith("No clause was found that answers this")
        assert "Nearest clauses, not offered as an answer" in out

    @pytest.mark.parametrize(
        ("arguments", "body"),
        [
            ([HEADLINE], {}),
            ([HEADLINE, "--k", "12"], {"k": 12}),
            (["what is the capital of France?"], {}),
            (["coordination", "--version", "proposed"], {"version": "proposed"}),
            (
                [
                    HEADLINE,
                    "--filter",
                    "resolution=WTSA Resolution 18",
                    "--filter",
                    "part=annex",
                    "--filter",
                    "part=operative",
                ],
                {"filters": {"resolution": ["WTSA Resolution 18"], "part": ["annex", "operative"]}},
            ),
        ],
    )
    def test_json_is_exactly_what_http_answers(
        self, run: Run, real: Path, client: TestClient, arguments: list[str], body: dict[str, Any]
    ) -> None:
        status, out, _ = run("ask", *arguments, "--json", "--bundle", real)
        mine, theirs = json.loads(out), client.post("/v1/ask", json={"question": arguments[0], **body}).json()
        assert list(mine) == list(theirs)
        assert mine | {"took_ms": 0} == theirs | {"took_ms": 0}
        assert status == (0 if theirs["answered"] else 3)

    @pytest.mark.parametrize(
        ("arguments", "mend"),
        [
            (["ask"], "see clauseqa ask --help"),
            (["ask", ""], "ask in words"),
            (["ask", "  \n"], "ask in words"),
            (["ask", "?!"], "ask in words"),
            (["ask", "who " * 501], "2000 are the most"),
            (["ask", "\ud800 who"], "send UTF-8"),
            (["ask", "who", "--k", "0"], "between 1 and 100"),
            (["ask", "who", "--k", "101"], "between 1 and 100"),
            (["ask", "who", "--k", "many"], "see clauseqa ask --help"),
            (["ask", "who", "--version", "old"], "known: all, in_force, proposed"),
            (["ask", "who", "--filter", "resolution"], "is not NAME=VALUE"),
            (["ask", "who", "--filter", "resolution="], "is not NAME=VALUE"),
            (["ask", "who", "--filter", ""], "is not NAME=VALUE"),
            (["ask", "who", "--filter", "colour=red"], "known: resolution, body"),
            (["ask", "who", "--filter", "resolution=99"], "known: 18, 191, 59, 75"),
            (["ask", "who", "--filter", "resolution=\ud800"], "known: 18, 191, 59, 75"),
            (["ask", "who", "--frobnicate"], "--help"),
        ],
    )
    def test_mistakes(self, run: Run, real: Path, arguments: list[str], mend: str) -> None:
        check_mistake(run(*arguments, "--bundle", real), mend)

    def test_without_an_index_the_command_that_makes_one_is_named(self, run: Run) -> None:
        check_mistake(run("ask", HEADLINE), "run: clauseqa index build")


class TestUsage:
    @pytest.mark.parametrize(
        "arguments", [[], ["frobnicate"], ["--frobnicate"], ["index"], ["index", "frob"], ["corpus"]]
    )
    def test_unknown_commands_and_flags(self, run: Run, arguments: list[str]) -> None:
        check_mistake(run(*arguments), "--help")

    @pytest.mark.parametrize("arguments", [["--help"], ["ask", "--help"], ["index", "build", "-h"], ["--version"]])
    def test_help_and_version(self, run: Run, arguments: list[str]) -> None:
        status, out, err = run(*arguments)
        assert (status, err) == (0, "")
        assert "clauseqa" in out

    @pytest.mark.parametrize(
        ("name", "value", "mend"),
        [
            ("CLAUSEQA_COLOUR", "red", "known: CLAUSEQA_BUNDLE"),
            ("CLAUSEQA_PORT", "eighty", "must be a whole number"),
            ("CLAUSEQA_PORT", "-1", "must be a whole number"),
            ("CLAUSEQA_PORT", "²", "must be a whole number"),
            ("CLAUSEQA_THREADS", "two", "must be a whole number"),
            ("CLAUSEQA_PORT", "99999", "choose one from 0 to 65535"),
            ("CLAUSEQA_ENCODER", "other", "clauseqa index build --encoder other"),
        ],
    )
    def test_settings_that_cannot_be_used(
        self, run: Run, hashed: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, mend: str
    ) -> None:
        monkeypatch.setenv(name, value)
        check_mistake(run("serve", "--bundle", hashed), mend)

    def test_the_index_is_named_by_a_setting_and_an_option_wins(
        self, run: Run, hashed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CLAUSEQA_BUNDLE", str(hashed))
        assert run("index", "verify").status == 0
        check_mistake(run("index", "verify", "--bundle", "nowhere"), "clauseqa index build")

    def test_an_error_of_ours_is_one_line_too(self, run: Run, hashed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_: object) -> None:
            raise ZeroDivisionError("oops")

        monkeypatch.setattr("qa.answer.Answerer.ask", broken)
        status, out, err = run("ask", HEADLINE, "--bundle", hashed)
        assert (status, out) == (1, "")
        assert err == "clauseqa: an error of ours: ZeroDivisionError: oops; please report it\n"


class TestCorpus:
    def test_every_clause_of_a_document(self, run: Run, corpus: Corpus, source_text: str) -> None:
        status, out, _ = run("corpus", "parse", default_source(), "--json")
        found = json.loads(out)
        assert status == 0
        assert found["document"]["name"] == "compilation.txt"
        assert found["document"]["sha256"] == corpus.document.sha256
        assert [i["resolution"] for i in found["instruments"]] == ["191", "75", "18", "59"]
        assert [c["clause_id"] for c in found["clauses"]] == [c.id for c in corpus.clauses]
        assert len(found["clauses"]) == 268
        for clause in found["clauses"]:
            place = clause["provenance"]
            assert clause["text"] == source_text[place["char_start"] : place["char_end"]]

    def test_clauses_for_people(self, run: Run) -> None:
        status, out, _ = run("corpus", "parse", default_source())
        assert status == 0
        assert out.startswith("compilation.txt: 4 resolutions, 268 clauses")
        assert "397 instructs 2: the Director of TSB" in words(out)

    def test_a_document_out_of_the_blue(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light\n", "utf-8")
        found = json.loads(run("corpus", "parse", "light.txt", "--json").out)
        assert [c["reference"] for c in found["clauses"]] == ["resolves 1 of Resolution 900 (Geneva, 2024)"]


BAD_FILES = [
    ("missing.txt", None, "check the path"),
    ("empty.txt", b"", "is empty"),
    ("blank.txt", b" \n\n\t\n", "is empty"),
    ("binary.txt", b"\x7fELF\0\0\0", "save it as UTF-8 text"),
    ("utf16.txt", (RESOLUTION + "1\tthat there be light").encode("utf-16"), "save it as UTF-8 text"),
    ("latin.txt", f"{RESOLUTION}1\tque la lumière soit".encode("latin-1"), "iconv"),
    ("title.txt", b"RESOLUTION 900 (Geneva, 2024)\nOn light\n", "no clause and no paragraph found"),
]


@pytest.fixture
def bad_file(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    name: str = request.param[0]
    content: bytes | None = request.param[1]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    return name


@pytest.mark.parametrize(("bad_file", "mend"), [((n, c), m) for n, c, m in BAD_FILES], indirect=["bad_file"])
class TestBadFiles:
    def test_parse(self, run: Run, bad_file: str, mend: str) -> None:
        check_mistake(run("corpus", "parse", bad_file), mend)

    def test_build(self, run: Run, tmp_path: Path, bad_file: str, mend: str) -> None:
        check_mistake(run("index", "build", bad_file, "--encoder", "hashing", "--bundle", "made"), mend)
        assert not (tmp_path / "made").exists()


class TestIndex:
    def test_build_info_verify_and_ask(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light;\n2\tthat there be fog\n", "utf-8")
        built = run("index", "build", "light.txt", "--encoder", "hashing")
        assert built.status == 0
        assert "1 document(s), 1 resolutions, 2 clauses, 0 footnotes; encoded 2 of 2 passages" in built.out
        info = run("index", "info")
        assert info.status == 0
        assert "clauses         2" in info.out
        assert run("index", "verify").out == "the index at .clauseqa/bundle is sound\n"
        assert "that there be light" in run("ask", "resolves 1 of Resolution 900").out

    def test_the_encoder_of_a_setting_is_built_with_and_insisted_on(
        self, run: Run, hashed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CLAUSEQA_ENCODER", "hashing")
        assert run("index", "build", default_source()).status == 0
        assert run("ask", "instructs 2 of Resolution 18").status == 0
        monkeypatch.setenv("CLAUSEQA_ENCODER", "all-MiniLM-L6-v2")
        check_mistake(run("ask", HEADLINE), "clauseqa index build --encoder all-MiniLM-L6-v2")

    def test_a_build_says_what_it_is_doing(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light\n", "utf-8")
        built = run("index", "build", "light.txt", "--encoder", "hashing", "--json")
        assert built.err.splitlines()[0] == "clauseqa: reading ..."
        assert "clauseqa: encoding 1/1" in built.err
        assert json.loads(built.out)["encoded"] == 1

    def test_glosses_of_ones_own_lead_to_a_clause_and_those_that_fit_none_are_told(
        self, run: Run, tmp_path: Path
    ) -> None:
        (tmp_path / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light;\n2\tthat there be fog\n", "utf-8")
        kinds = {"asks": [], "yes": [], "no": [], "silent": []}
        rows = [
            {"heading": "resolves", "text": "that there be fog", "says": ["Murky weather shall prevail."], **kinds},
            {"heading": "resolves", "text": "that there be rain", "says": ["It must pour."], **kinds},
        ]
        (tmp_path / "mine.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
        built = run("index", "build", "light.txt", "--encoder", "hashing", "--glosses", "mine.jsonl")
        assert built.status == 0
        assert "1 of 2 glosses fit no clause" in built.err
        assert "'that there be rain'" in built.err
        found = json.loads(run("ask", "murky weather", "--json").out)["citations"][0]
        assert (found["reference"].split(" of ")[0], found["quote"]) == ("resolves 2", "that there be fog")
        check_mistake(run("index", "build", "light.txt", "--glosses", "none.jsonl"), "name a file of glosses")

    def test_an_index_that_is_up_to_date_is_left_alone(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light\n", "utf-8")
        command = ["index", "build", "light.txt", "--encoder", "hashing", "--if-stale"]
        assert run(*command).out != ""
        before = (tmp_path / ".clauseqa" / "bundle").readlink()
        again = run(*command)
        assert (again.status, again.out) == (0, "")
        assert "is up to date" in again.err
        assert (tmp_path / ".clauseqa" / "bundle").readlink() == before

    def test_info_as_json_is_the_manifest(self, run: Run, real: Path) -> None:
        manifest = json.loads((real / "manifest.json").read_text("utf-8"))
        assert json.loads(run("index", "info", "--json", "--bundle", real).out) == manifest

    def test_what_is_wrong_is_listed(self, run: Run, hashed: Path, copy_of: Callable[[Path], Path]) -> None:
        path = copy_of(hashed)
        (path / "words.npz").unlink()
        (path / "extra").write_text("x", "utf-8")
        status, out, err = run("index", "verify", "--bundle", path)
        assert (status, out) == (1, "")
        assert err.splitlines() == [
            "clauseqa: words.npz: missing",
            "clauseqa: extra: not in the manifest",
            "clauseqa: 2 fault(s); run: clauseqa index build SOURCE...",
        ]

    @pytest.mark.parametrize("verb", ["info", "verify"])
    def test_no_index(self, run: Run, verb: str) -> None:
        check_mistake(run("index", verb), "run: clauseqa index build")

    @pytest.mark.parametrize(
        ("bundle", "mend"),
        [
            ("light.txt", "name another with --bundle"),
            ("light.txt/bundle", "name another place"),
            ("/proc/clauseqa/bundle", "name another place"),
            (".", "name another with --bundle"),
        ],
    )
    def test_a_place_that_cannot_be_built_at(self, run: Run, tmp_path: Path, bundle: str, mend: str) -> None:
        (tmp_path / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light\n", "utf-8")
        check_mistake(run("index", "build", "light.txt", "--encoder", "hashing", "--bundle", bundle), mend)
        assert [p.name for p in tmp_path.iterdir()] == ["light.txt"]

    @pytest.mark.parametrize("encoder", [".", "light.txt"])
    def test_an_encoder_that_is_none(self, run: Run, tmp_path: Path, encoder: str) -> None:
        (tmp_path / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light\n", "utf-8")
        check_mistake(run("index", "build", "light.txt", "--encoder", encoder), "name")


class TestServe:
    def test_a_port_in_use(self, run: Run, hashed: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            check_mistake(run("serve", "--port", port, "--bundle", hashed), "choose another with --port")

    @pytest.mark.parametrize("port", ["-1", "65536", "eighty"])
    def test_a_port_that_is_none(self, run: Run, hashed: Path, port: str) -> None:
        check_mistake(run("serve", "--port", port, "--bundle", hashed), "--")

    def test_no_index(self, run: Run) -> None:
        check_mistake(run("serve", "--port", "0"), "run: clauseqa index build")


class TestProcess:
    """What only a process of its own shows."""

    @pytest.mark.parametrize(
        "arguments",
        [
            ["ask", HEADLINE],
            ["ask", HEADLINE, "--json"],
            ["corpus", "parse", str(default_source()), "--json"],
            ["index", "info"],
        ],
        ids=["ask", "json", "parse", "info"],
    )
    @pytest.mark.parametrize("read", ["nothing", "one line"])
    def test_a_reader_that_goes_away_is_no_error(
        self, hashed: Path, plain_environment: dict[str, str], arguments: list[str], read: str
    ) -> None:
        command = [sys.executable, "-m", "qa.cli", *arguments]
        environment = {**plain_environment, "CLAUSEQA_BUNDLE": str(hashed)}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            if read == "one line":
                process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == ""
            assert process.wait() in (0, 3)

    def test_arguments_that_are_no_text(self, hashed: Path, plain_environment: dict[str, str]) -> None:
        command = [sys.executable.encode(), b"-m", b"qa.cli", b"ask", b"who \xff\xfe", b"--bundle", bytes(hashed)]
        done = subprocess.run(command, capture_output=True, text=True, env=plain_environment, check=False)
        check_mistake(Result(done.returncode, done.stdout, done.stderr), "send UTF-8")

    def test_the_console_script(self, plain_environment: dict[str, str]) -> None:
        script = Path(sys.executable).parent / "clauseqa"
        done = subprocess.run([script, "--version"], capture_output=True, text=True, env=plain_environment, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("clauseqa ")


class TestFolders:
    def test_a_file_that_cannot_be_read_is_left_out_and_the_exit_status_tells(self, run: Run, tmp_path: Path) -> None:
        folder = tmp_path / "documents"
        folder.mkdir()
        (folder / "light.txt").write_text(f"{RESOLUTION}1\tthat there be light;\n2\tthat there be fog\n", "utf-8")
        (folder / "broken.docx").write_bytes(b"no zip at all")
        for command in (("corpus", "parse", "documents"), ("index", "build", "documents", "--encoder", "hashing")):
            done = run(*command)
            assert done.status == 2
            assert "left out: broken.docx" in done.err
            assert "2 clauses" in done.out

    def test_a_folder_of_broken_files_is_a_mistake_and_leaves_no_index(self, run: Run, tmp_path: Path) -> None:
        folder = tmp_path / "documents"
        folder.mkdir()
        (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
        check_mistake(run("index", "build", "documents", "--encoder", "hashing", "--bundle", "made"), "broken.pdf")
        assert not (tmp_path / "made").exists()
