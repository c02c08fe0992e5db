"""What is logged of a request, and what never is."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from qa.api.app import build_app
from qa.logs import log_to
from qa.service import Service
from qa.settings import Settings

MARK = "xyzzy"
ASKED = f"who reports annually to {MARK}?"
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": ASKED}},
}
MCP = {"Accept": "application/json, text/event-stream"}


class Logged:
    """A service whose log can be read."""

    def __init__(self, app: FastAPI, client: TestClient, stream: StringIO) -> None:
        self.app, self.client, self.stream = app, client, stream


@contextmanager
def logged(bundle: Path, **more: Any) -> Iterator[Logged]:
    """Within, a service is used; after it, its log is whole."""
    settings = Settings(bundle=bundle, **more)
    app, stream = build_app(Service(settings)), StringIO()

    @app.get("/broken")
    def broken(q: str = "") -> None:
        raise ValueError(q) from KeyError(q)

    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    with log_to(stream, settings), client:
        yield Logged(app, client, stream)


def lines(used: Logged) -> list[dict[str, Any]]:
    return [json.loads(line) for line in used.stream.getvalue().splitlines()]


def test_a_request_is_a_line(hashed: Path) -> None:
    with logged(hashed) as used:
        response = used.client.post("/v1/ask", json={"question": ASKED})
    (line,) = lines(used)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("time"))
    assert line.pop("ms") > 0
    assert line == {
        "level": "info",
        "message": "request",
        "request_id": response.headers["x-request-id"],
        "method": "POST",
        "route": "/v1/ask",
        "status": 200,
        "client": "testclient",
        "answered": response.json()["answered"],
    }


def test_the_route_is_told_as_declared_and_without_what_was_asked(hashed: Path) -> None:
    with logged(hashed) as used:
        used.client.get("/v1/clauses/itu-wtsa/res-18/2024/instructs__para_2")
        used.client.get("/v1/search", params={"q": ASKED})
        used.client.get(f"/{MARK}")
    assert [(line["route"], line["status"]) for line in lines(used)] == [
        ("/v1/clauses/{clause_id:path}", 200),
        ("/v1/search", 200),
        ("other", 404),
    ]


@pytest.mark.parametrize("form", ["json", "text"])
def test_no_question_is_logged_whichever_way_it_comes_or_fails(hashed: Path, form: str) -> None:
    with logged(hashed, log=form) as used:
        client = used.client
        body = {"question": ASKED}
        chat = {"model": "clauseqa", "messages": [{"role": "user", "content": ASKED}]}
        client.post("/v1/ask", json=body | {"before": [ASKED], "explain": True})
        client.post("/v1/ask", json=body | {"k": MARK, MARK: 1, "filters": {MARK: [MARK]}})
        client.post("/v1/ask", json=body | {"filters": {"resolution": [MARK]}})
        client.post("/v1/ask", content=f"{{{MARK}")
        client.post("/v1/ask", content=MARK * 20_000)
        client.post("/v1/chat/completions", json=chat)
        client.post("/v1/chat/completions", json=chat | {"stream": True})
        client.post("/v1/chat/completions", json=chat | {"model": MARK})
        assert client.post("/mcp", json=CALL, headers=MCP).status_code == 200
        client.post("/mcp", json=CALL | {"method": MARK, "params": [MARK]}, headers=MCP)
        client.post(
            "/mcp", json=CALL | {"params": {"name": MARK, "arguments": {"question": 1, MARK: MARK}}}, headers=MCP
        )
        client.post("/mcp", content=MARK, headers=MCP)
        client.get("/", params={"q": ASKED, "before": ASKED}, headers={"Accept": "text/html", "Referer": MARK})
        client.get("/v1/search", params={"q": ASKED, MARK: MARK}, headers={"User-Agent": MARK, "X-Request-ID": "a b"})
        client.request(MARK.upper(), f"/v1/clauses/{MARK}")
        assert client.get("/broken", params={"q": MARK}).status_code == 500
    written = used.stream.getvalue()
    assert len(written.splitlines()) >= 16
    assert MARK not in written.lower()


def test_questions_are_logged_where_they_are_wanted(hashed: Path) -> None:
    with logged(hashed, log_questions=True) as used:
        used.client.post("/v1/ask", json={"question": ASKED})
        used.client.get("/broken", params={"q": MARK})
    asked, failed, _ = lines(used)
    assert asked["questions"] == [ASKED]
    assert f"ValueError: {MARK}" in failed["trace"]


class TestRequestId:
    def test_one_that_comes_in_is_kept(self, hashed: Path) -> None:
        with logged(hashed) as used:
            response = used.client.get("/v1/instruments", headers={"X-Request-ID": "00-4bf92f.a:b/c_d"})
        assert response.headers["x-request-id"] == lines(used)[0]["request_id"] == "00-4bf92f.a:b/c_d"

    @pytest.mark.parametrize("given", ["", "a b", "x" * 129, '"}', "é", "a\tb"])
    def test_one_that_is_none_is_replaced(self, hashed: Path, given: str) -> None:
        with logged(hashed) as used:
            response = used.client.get("/v1/instruments", headers={"X-Request-ID": given.encode("latin-1")})
        assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])
        assert response.headers["x-request-id"] == lines(used)[0]["request_id"]

    def test_it_stands_in_every_answer(self, hashed: Path) -> None:
        with logged(hashed, rate=4, max_chat_body=10) as used:
            client = used.client
            answers = [
                client.get("/nowhere"),
                client.get("/broken"),
                client.post("/v1/chat/completions", content=b"x" * 11),
                client.post("/v1/chat/completions", content=b"{"),
                client.get("/v1/instruments"),
            ]
        assert [a.status_code for a in answers] == [404, 500, 413, 400, 429]
        ids = [a.headers["x-request-id"] for a in answers]
        assert ids == [line["request_id"] for line in lines(used) if line["message"] == "request"]
        assert len(set(ids)) == 5


def test_an_error_of_ours_can_be_found_by_the_id_of_its_request(hashed: Path) -> None:
    with logged(hashed) as used:
        response = used.client.get("/broken", params={"q": "secret"})
    failed, request = lines(used)
    assert response.json()["detail"] == "an error of ours; the server's log has the rest"
    assert failed["request_id"] == request["request_id"] == response.headers["x-request-id"]
    assert (failed["level"], request["status"]) == ("error", 500)
    assert failed["trace"].startswith("ValueError\n")
    assert "KeyError" in failed["trace"]
    assert "test_logs.py" in failed["trace"]
    assert "secret" not in failed["trace"]


def test_why_a_request_was_turned_away_is_told(hashed: Path) -> None:
    with logged(hashed, rate=1) as used:
        for _ in range(2):
            used.client.get("/v1/instruments")
    assert [line.get("rejected") for line in lines(used)] == [None, "rate"]


def test_probes_that_succeed_are_not_logged(hashed: Path) -> None:
    with logged(hashed) as used:
        for probe in ("/healthz", "/readyz", "/metrics"):
            used.client.get(probe)
            used.client.delete(probe)
    assert [line["status"] for line in lines(used)] == [405] * 3


def test_what_other_libraries_log_is_told_without_what_they_put_into_it(hashed: Path) -> None:
    with logged(hashed) as used:
        logging.getLogger("mcp.server").warning("cannot read %s", MARK)
    assert lines(used)[0]["message"] == "cannot read %s"


def test_a_warning_is_told_as_a_line_with_its_place(hashed: Path) -> None:
    with logged(hashed) as used, warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(MARK, UserWarning, stacklevel=1)
    (told,) = (line["message"] for line in lines(used) if "UserWarning" in line["message"])
    assert Path(__file__).name in told
    assert MARK not in told


def test_at_a_terminal_it_is_text(hashed: Path) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    for stream, form, expected in (
        (Terminal(), "auto", "clauseqa: hello\n"),
        (Terminal(), "json", '{"time"'),
        (StringIO(), "text", "clauseqa: hello\n"),
        (StringIO(), "auto", '{"time"'),
    ):
        with log_to(stream, Settings(log=form)):
            logging.getLogger("clauseqa").info("hello")
        assert stream.getvalue().startswith(expected)


def test_a_process_logs_json_lines_and_nothing_else(serve: Callable) -> None:
    server = serve()
    with httpx.Client(base_url=server.address, trust_env=False) as client:
        client.get("/v1/search", params={"q": ASKED})
        client.get("/nowhere?q=" + MARK)
    assert server.stop() == 0
    told = [json.loads(line) for line in server.lines]
    assert [t["message"] for t in told[1:3]] == ["request"] * 2
    assert [t["status"] for t in server.requests()] == [200, 404]
    assert {t["level"] for t in told} == {"info"}
    assert MARK not in "".join(server.lines)


def test_nobody_waits_for_a_reader_of_the_log_who_does_not_read_and_neither_does_the_end(
    hashed: Path, plain_environment: dict[str, str]
) -> None:
    command = [sys.executable, "-m", "qa.cli", "serve", "--port", "0", "--bundle", str(hashed)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=plain_environment) as server:
        assert server.stderr is not None
        found = re.search(r"http://\S+:\d+", server.stderr.readline())
        assert found
        with httpx.Client(base_url=found[0], trust_env=False, timeout=30) as client:
            for _ in range(600):  # some 120 kB of log; a pipe holds 64
                assert client.get("/v1/models").status_code == 200
        server.terminate()
        assert server.wait(timeout=30) == 0
        assert server.stderr.read().count('"request"') > 100
