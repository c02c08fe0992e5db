"""What a Prometheus server reads of a service that is in use."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics
from prometheus_client.parser import text_string_to_metric_families as plain_text

from index.build import build
from index.encoder import HashingEncoder
from qa.api.app import build_app
from qa.service import Service
from qa.settings import Settings

HEADLINE = "who reports annually to TSAG?"
FRANCE = "what is the capital of France?"
LAMPS = "RESOLUTION 900 (Geneva, 2024)\nOn lamps\nThe Assembly,\nresolves\n1\tto light all lamps;\n2\tto count them"
CALL = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": HEADLINE}},
}


class Scraper:
    """A client of the service that reads its metrics, too."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def value(self, sample: str, **labels: str) -> float | None:
        """A sample with these labels, among others."""
        found = [
            s.value
            for family in plain_text(self.client.get("/metrics").text)
            for s in family.samples
            if s.name == sample and labels.items() <= s.labels.items()
        ]
        assert len(found) < 2, found
        return found[0] if found else None

    def requests(self, route: str, status: int, method: str = "GET") -> float | None:
        """How many requests of a route were answered so."""
        return self.value("clauseqa_http_request_seconds_count", route=route, status=str(status), method=method)

    def ask(self, question: str) -> dict[str, Any]:
        """The answer to a question."""
        answer: dict[str, Any] = self.client.post("/v1/ask", json={"question": question}).json()
        return answer


def scraper(bundle: Path) -> Scraper:
    app = build_app(Service(Settings(bundle=bundle)))

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError

    return Scraper(TestClient(app, base_url="http://localhost", raise_server_exceptions=False))


@pytest.fixture
def fresh(hashed: Path) -> Scraper:
    """A service that nobody has used yet."""
    return scraper(hashed)


def test_answers_and_refusals_are_counted_by_route(real: Path) -> None:
    used = scraper(real)
    assert [used.ask(q)["answered"] for q in (HEADLINE, HEADLINE, FRANCE)] == [True, True, False]
    assert used.value("clauseqa_answers_total", route="/v1/ask", outcome="answered") == 2
    assert used.value("clauseqa_answers_total", route="/v1/ask", outcome="refused") == 1


def test_a_request_is_timed_under_its_route(fresh: Scraper) -> None:
    fresh.ask(HEADLINE)
    fresh.client.get("/v1/instruments")
    for clause in ("itu-wtsa/res-18/2024/instructs__para_1", "itu-wtsa/res-18/2024/instructs__para_2"):
        fresh.client.get(f"/v1/clauses/{clause}")
    assert fresh.requests("/v1/ask", 200, "POST") == 1
    assert fresh.requests("/v1/instruments", 200) == 1
    assert fresh.requests("/v1/clauses/{clause_id:path}", 200) == 2
    took = fresh.value("clauseqa_http_request_seconds_sum", route="/v1/ask")
    assert took is not None
    assert took > 0


def test_a_question_is_timed_stage_by_stage(fresh: Scraper) -> None:
    fresh.ask(HEADLINE)
    fresh.client.get("/v1/search?q=report")
    for stage in ("find", "verify", "reply"):
        assert fresh.value("clauseqa_stage_seconds_count", route="/v1/ask", stage=stage) == 1
    assert fresh.value("clauseqa_stage_seconds_count", route="/v1/search", stage="find") == 1
    assert fresh.value("clauseqa_stage_seconds_count", route="/v1/search", stage="reply") is None
    spent = [fresh.value("clauseqa_stage_seconds_sum", route="/v1/ask", stage=s) for s in ("find", "verify", "reply")]
    whole = fresh.value("clauseqa_http_request_seconds_sum", route="/v1/ask")
    assert whole is not None
    assert sum(s or 0 for s in spent) <= whole


def test_questions_are_counted_whichever_way_they_come(fresh: Scraper) -> None:
    with fresh.client:
        chat = {"model": "clauseqa", "messages": [{"role": "user", "content": HEADLINE}]}
        assert fresh.client.post("/v1/chat/completions", json=chat).status_code == 200
        assert fresh.client.post("/v1/chat/completions", json=chat | {"stream": True}).status_code == 200
        headers = {"Accept": "application/json, text/event-stream"}
        assert fresh.client.post("/mcp", json=CALL, headers=headers).status_code == 200
        for route, asked in (("/v1/chat/completions", 2), ("/mcp", 1)):
            counts = [
                fresh.value("clauseqa_answers_total", route=route, outcome=o) or 0 for o in ("answered", "refused")
            ]
            assert sum(counts) == asked
            assert fresh.value("clauseqa_stage_seconds_count", route=route, stage="find") == asked
            assert fresh.requests(route, 200, "POST") == asked


def test_what_went_wrong_is_counted_by_its_status(fresh: Scraper) -> None:
    client = fresh.client
    client.post("/v1/ask", content=b"{", headers={"Content-Type": "application/json"})
    client.post("/v1/ask", content=json.dumps({"question": "x" * 100_000}))
    client.get("/v1/clauses/none")
    client.get("/broken")
    client.request("BREW", "/v1/ask")
    assert fresh.requests("/v1/ask", 422, "POST") == 1
    assert fresh.requests("/v1/clauses/{clause_id:path}", 404) == 1
    assert fresh.requests("/broken", 500) == 1
    assert fresh.requests("other", 413, "POST") == 1
    assert fresh.value("clauseqa_http_request_seconds_count", status="405", method="other") == 1


def test_nothing_that_a_caller_chose_becomes_a_label(fresh: Scraper) -> None:
    fresh.ask("who knows the xyzzy?")
    for path in ("/xyzzy", "/v1/clauses/xyzzy", "/clauses/xyzzy", "/static/xyzzy", "/mcp/xyzzy", "/v1/search?q=xyzzy"):
        for method in ("GET", "XYZZY"):
            fresh.client.request(method, path, headers={"User-Agent": "xyzzy", "Host": "xyzzy"})
    assert "xyzzy" not in fresh.client.get("/metrics").text.lower()


def test_the_index_is_named_and_measured(fresh: Scraper) -> None:
    about = fresh.client.get("/readyz").json()["index"]
    assert fresh.value("clauseqa_index_info", id=about["id"], corpus_digest=about["corpus_digest"]) == 1
    for kind, count in about["counts"].items():
        assert fresh.value("clauseqa_index_items", kind=kind) == count


def test_new_indexes_are_counted_whether_taken_up_or_refused(
    hashed: Path, copy_of: Callable[[Path], Path], tmp_path: Path
) -> None:
    path, lamps = copy_of(hashed), tmp_path / "lamps.txt"
    used = scraper(path)
    assert used.value("clauseqa_index_reloads_total", outcome="taken_up") == 0
    lamps.write_text(LAMPS, "utf-8")
    made = build([lamps], path, HashingEncoder()).manifest.id
    assert used.value("clauseqa_index_info", id=made) == 1
    assert used.value("clauseqa_index_reloads_total", outcome="taken_up") == 1
    (tmp_path / "broken").mkdir()
    path.unlink()
    path.symlink_to(tmp_path / "broken")
    assert used.value("clauseqa_index_info", id=made) == 1
    assert used.value("clauseqa_index_reloads_total", outcome="refused") == 1


def test_the_scrape_itself_is_what_is_in_progress(fresh: Scraper) -> None:
    assert fresh.value("clauseqa_http_requests_in_progress") == 1


def test_memory_and_processor_time_are_told(fresh: Scraper) -> None:
    for sample in ("process_resident_memory_bytes", "process_cpu_seconds_total"):
        assert (fresh.value(sample) or 0) > 0


def test_scrapers_may_ask_for_the_open_format(fresh: Scraper) -> None:
    fresh.ask(HEADLINE)
    found = fresh.client.get("/metrics", headers={"Accept": "application/openmetrics-text; version=1.0.0"})
    assert found.headers["content-type"].startswith("application/openmetrics-text")
    assert {"clauseqa_answers", "clauseqa_stage_seconds"} <= {family.name for family in open_metrics(found.text)}
    assert fresh.client.get("/metrics").headers["content-type"].startswith("text/plain")


def test_two_services_in_one_process_count_for_themselves(hashed: Path) -> None:
    one, other = scraper(hashed), scraper(hashed)
    one.ask(HEADLINE)
    assert one.requests("/v1/ask", 200, "POST") == 1
    assert other.requests("/v1/ask", 200, "POST") is None
