"""OpenTelemetry: a span for each request and one for each stage of answering, sent to an OTLP/HTTP receiver.

Only here, and only when a receiver is named, is OpenTelemetry's SDK imported (extra ``otel``). Its own variables for
headers, sampling, the service's name and attributes hold. No span holds what was asked.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus import VERSION
from corpus.errors import SettingsError
from qa.api.metrics import method_of, route_of
from qa.api.refusals import is_probe
from qa.watch import Watcher, watched_by

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, Tracer

TIMEOUT = 3  # seconds that the receiver may take, which is also how long it may hold up the end of the process


class Tracing(NamedTuple):
    """What finds a trace in the headers of a request, and what makes spans and sends them."""

    from_headers: Callable[[Headers], Context]
    provider: TracerProvider


class Traced:
    """ASGI middleware: traces each request but probes, as part of the trace that ``traceparent`` names, if any. What
    was not sent yet is sent when the application ends. ``scope["state"]["trace_id"]`` tells the trace to others."""

    def __init__(self, app: ASGIApp, tracing: Tracing) -> None:
        self._app, self._tracing = app, tracing
        self._tracer = tracing.provider.get_tracer("clauseqa", VERSION)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, self._flushing(send))
        elif scope["type"] != "http" or is_probe(scope):
            await self._app(scope, receive, send)
        else:
            await self._traced(scope, receive, send)

    def _flushing(self, send: Send) -> Send:
        async def flushing(message: Message) -> None:
            if message["type"].startswith("lifespan.shutdown"):
                await to_thread.run_sync(self._tracing.provider.shutdown)
            await send(message)

        return flushing

    async def _traced(self, scope: Scope, receive: Receive, send: Send) -> None:
        from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context

        status = 500  # where the application fails before it says otherwise

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = method_of(scope)
        span = self._tracer.start_span(
            method,
            self._tracing.from_headers(Headers(scope=scope)),
            SpanKind.SERVER,
            {"http.request.method": method, "url.scheme": scope.get("scheme", "http")},
        )
        scope.setdefault("state", {})["trace_id"] = f"{span.get_span_context().trace_id:032x}"
        try:
            with watched_by(_Stages(self._tracer, span, set_span_in_context(span))):
                await self._app(scope, receive, noting)
        finally:
            route = route_of(scope)
            span.update_name(f"{method} {route}")
            span.set_attributes({"http.route": route, "http.response.status_code": status})
            if key := scope["state"].get("key_id"):
                span.set_attribute("clauseqa.key", key)
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                span.set_status(Status(StatusCode.ERROR))
            span.end()


class _Stages(Watcher):
    """Makes a span of each stage, below that of the request."""

    def __init__(self, tracer: Tracer, span: Span, below: Context) -> None:
        self._tracer, self._span, self._below = tracer, span, below

    def stage(self, name: str, seconds: float) -> None:
        ended = time.time_ns()
        span = self._tracer.start_span(name, self._below, start_time=ended - int(seconds * 1e9))
        span.end(ended)

    def outcome(self, *, answered: bool) -> None:
        self._span.set_attribute("clauseqa.answered", answered)

    def rejection(self, reason: str) -> None:
        self._span.set_attribute("clauseqa.rejected", reason)


def tracing_to(receiver: str) -> Tracing:
    """Traces for ``receiver``, the base address of a receiver of OTLP/HTTP, e.g. ``http://127.0.0.1:4318``. Raises
    :class:`SettingsError` where the SDK is not installed."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import OTELResourceDetector, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
    except ImportError as exc:
        raise SettingsError(
            "traces need OpenTelemetry's SDK; install clauseqa with the extra otel, or unset CLAUSEQA_TRACES and "
            "OTEL_EXPORTER_OTLP_ENDPOINT"
        ) from exc
    ours = Resource.create({"service.name": "clauseqa", "service.version": VERSION})
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    exporter = OTLPSpanExporter(f"{receiver.rstrip('/')}/v1/traces", timeout=TIMEOUT)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    propagator = TraceContextTextMapPropagator()
    return Tracing(lambda headers: propagator.extract(headers), provider)
