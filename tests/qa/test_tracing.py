"""Traces, as a receiver of OpenTelemetry's protocol gets them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from corpus.errors import SettingsError
from qa.api.app import build_app
from qa.service import Service
from qa.settings import Settings, read_settings

QUESTION = {"question": "who reports annually to xyzzy?"}
PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


class Receiver:
    """Receives spans by OTLP/HTTP on a loopback address."""

    def __init__(self) -> None:
        self.requests: list[ExportTraceServiceRequest] = []
        self.paths: list[str] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.paths.append(self.path)
                receiver.requests.append(ExportTraceServiceRequest.FromString(body))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def spans(self) -> list[Span]:
        """All spans, in the order in which they began."""
        found = [s for r in self.requests for rs in r.resource_spans for ss in rs.scope_spans for s in ss.spans]
        return sorted(found, key=lambda span: span.start_time_unix_nano)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def attributes(holder: Any) -> dict[str, Any]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in holder.attributes}


def test_a_request_and_its_stages_are_one_trace(serve: Callable, receiver: Receiver) -> None:
    server = serve(traces=receiver.address)
    with httpx.Client(base_url=server.address, trust_env=False) as client:
        answered = client.post("/v1/ask", json=QUESTION).json()["answered"]
        client.get("/v1/search", params={"q": "xyzzy"})
    assert server.stop() == 0
    assert set(receiver.paths) == {"/v1/traces"}
    asked, searched = (s for s in receiver.spans() if s.kind == Span.SPAN_KIND_SERVER)
    assert (asked.name, searched.name) == ("POST /v1/ask", "GET /v1/search")
    assert attributes(asked) == {
        "http.request.method": "POST",
        "http.route": "/v1/ask",
        "http.response.status_code": 200,
        "url.scheme": "http",
        "clauseqa.answered": answered,
    }
    for request, names in ((asked, ["find", "verify", "reply"]), (searched, ["find", "verify"])):
        stages = [s for s in receiver.spans() if s.parent_span_id == request.span_id]
        assert [s.name for s in stages] == names
        assert {s.trace_id for s in stages} == {request.trace_id}
        for stage in stages:
            assert request.start_time_unix_nano <= stage.start_time_unix_nano <= stage.end_time_unix_nano
            assert stage.end_time_unix_nano <= request.end_time_unix_nano
    assert asked.trace_id != searched.trace_id
    assert [line["trace_id"] for line in server.requests()] == [asked.trace_id.hex(), searched.trace_id.hex()]
    (resource,) = {json.dumps(attributes(rs.resource)) for r in receiver.requests for rs in r.resource_spans}
    assert json.loads(resource)["service.name"] == "clauseqa"
    assert "xyzzy" not in str(receiver.requests)


def test_what_fails_or_is_turned_away_is_marked_and_probes_leave_none(hashed: Path, receiver: Receiver) -> None:
    app = build_app(Service(Settings(bundle=hashed, traces=receiver.address, rate=2)))

    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError("xyzzy")

    with TestClient(app, raise_server_exceptions=False) as client:
        for path in ("/healthz", "/readyz", "/broken", "/nowhere", "/v1/instruments"):
            client.get(path)
    failed, nowhere, rejected = receiver.spans()
    assert (failed.name, failed.status.code) == ("GET /broken", Status.STATUS_CODE_ERROR)
    assert (nowhere.name, nowhere.status.code) == ("GET other", Status.STATUS_CODE_UNSET)
    assert (attributes(rejected)["http.response.status_code"], attributes(rejected)["clauseqa.rejected"]) == (
        429,
        "rate",
    )
    assert "xyzzy" not in str(receiver.requests)


def test_a_trace_that_came_in_goes_on_and_the_variables_of_opentelemetry_hold(
    hashed: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "resolutions")
    settings = read_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": f"{receiver.address}/"}).with_options(bundle=hashed)
    with TestClient(build_app(Service(settings))) as client:
        client.get("/v1/instruments", headers={"traceparent": PARENT})
        client.get("/v1/instruments", headers={"traceparent": "nonsense"})
    first, second = receiver.spans()
    assert first.name == second.name == "GET /v1/instruments"
    assert (first.trace_id.hex(), first.parent_span_id.hex()) == (PARENT.split("-")[1], PARENT.split("-")[2])
    assert (second.trace_id != first.trace_id, second.parent_span_id) == (True, b"")
    assert attributes(receiver.requests[0].resource_spans[0].resource)["service.name"] == "resolutions"


def test_a_receiver_that_is_gone_disturbs_nobody(
    hashed: Path, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.server.socket.close()
    monkeypatch.setattr("qa.api.tracing.TIMEOUT", 0.5)
    with TestClient(build_app(Service(Settings(bundle=hashed, traces=receiver.address)))) as client:
        assert client.post("/v1/ask", json=QUESTION).status_code == 200
    assert "export" in caplog.text
    assert "xyzzy" not in caplog.text


def test_our_setting_wins_and_must_be_an_address() -> None:
    both = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318", "CLAUSEQA_TRACES": "http://b:4318"}
    assert read_settings(both).traces == "http://b:4318"
    assert read_settings({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}).traces is None
    for name in both:
        with pytest.raises(SettingsError, match=f"{name} is 'collector'"):
            read_settings({name: "collector"})


def test_without_the_extra_the_mend_is_told(hashed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with pytest.raises(SettingsError, match="extra otel"):
        build_app(Service(Settings(bundle=hashed, traces="http://127.0.0.1:4318")))


def test_nobody_pays_for_traces_who_wants_none(hashed: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from qa.api.app import build_app
from qa.service import Service
from qa.settings import Settings
TestClient(build_app(Service(Settings(bundle=Path({str(hashed)!r}))))).get("/v1/instruments")
print(sorted(m for m in sys.modules if m.startswith(("opentelemetry.sdk", "opentelemetry.exporter", "requests"))))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
