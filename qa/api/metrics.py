"""``GET /metrics``: what a Prometheus server scrapes. No label holds anything that a caller may choose."""

from __future__ import annotations

import time
from collections.abc import Iterator

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.service import Service
from qa.watch import Watcher, watched_by

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHER = "other"  # a route or method that there is not
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

REASONS = ("key", "rate", "concurrency", "size")

router = APIRouter()


class Metrics:
    """What is counted while one application runs. Safe to use from several threads."""

    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self.registry.register(IndexCollector(service))
        self.requests = Histogram(
            "clauseqa_http_request_seconds",
            "From the arrival of a request to the last byte of its response.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.in_progress = Gauge(
            "clauseqa_http_requests_in_progress", "Requests that are being served.", registry=self.registry
        )
        self.stages = Histogram(
            "clauseqa_stage_seconds",
            "A stage of answering a question.",
            ("route", "stage"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self.answers = Counter(
            "clauseqa_answers",
            "Questions, by whether a clause answers them (answered) or none (refused).",
            ("route", "outcome"),
            registry=self.registry,
        )
        self.rejections = Counter(
            "clauseqa_http_requests_rejected",
            "Requests turned away before anything was asked: without a key (key), too many in a minute (rate), too "
            "many at once (concurrency), too large (size).",
            ("reason",),
            registry=self.registry,
        )
        for reason in REASONS:
            self.rejections.labels(reason)


class IndexCollector(Collector):
    """Which index is being served, and how often a new one was taken up or could not be."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterator[Metric]:
        """Called at each scrape, which also takes up a new index."""
        manifest = self._service.current().bundle.manifest
        about = {"id": manifest.id, "corpus_digest": manifest.corpus_digest, "encoder": manifest.encoder.name}
        yield InfoMetricFamily("clauseqa_index", "The index that is being served.", about)
        held = GaugeMetricFamily("clauseqa_index_items", "What the index holds.", labels=["kind"])
        for kind, count in manifest.counts.items():
            held.add_metric([kind], count)
        yield held
        reloads = CounterMetricFamily(
            "clauseqa_index_reloads", "New indexes, by whether they were taken up or refused.", labels=["outcome"]
        )
        for outcome, count in self._service.reloads.items():
            reloads.add_metric([outcome], count)
        yield reloads


class Watch(Watcher):
    """Counts for the request of ``scope``, whose route is known only once it was found."""

    def __init__(self, metrics: Metrics, scope: Scope) -> None:
        self._metrics, self._scope = metrics, scope

    def stage(self, name: str, seconds: float) -> None:
        """See :class:`qa.watch.Watcher`."""
        self._metrics.stages.labels(route_of(self._scope), name).observe(seconds)

    def outcome(self, *, answered: bool) -> None:
        """See :class:`qa.watch.Watcher`."""
        self._metrics.answers.labels(route_of(self._scope), "answered" if answered else "refused").inc()

    def rejection(self, reason: str) -> None:
        """See :class:`qa.watch.Watcher`."""
        self._metrics.rejections.labels(reason).inc()


class Observed:
    """ASGI middleware: counts every request and times it."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500  # where the application fails before it says otherwise

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        try:
            with self._metrics.in_progress.track_inprogress(), watched_by(Watch(self._metrics, scope)):
                await self._app(scope, receive, noting)
        finally:
            took = time.perf_counter() - started
            self._metrics.requests.labels(route_of(scope), method_of(scope), str(status)).observe(took)


def route_of(scope: Scope) -> str:
    """The path of the route as it is declared, so that there are only as many as there are routes.

    >>> route_of({"path": "/mcp", "endpoint": object(), "path_params": {}})
    '/mcp'
    >>> route_of({"path": "/nowhere/at/all"})
    'other'
    """
    declared = getattr(scope.get("route"), "path", None)
    if isinstance(declared, str):
        return declared
    whole = "endpoint" in scope and not scope.get("path_params")  # a plain route, without parameters
    return str(scope["path"]) if whole else OTHER


def method_of(scope: Scope) -> str:
    """The method, if it is one of those that HTTP knows."""
    return scope["method"] if scope["method"] in METHODS else OTHER


def install(app: FastAPI, service: Service) -> Metrics:
    """Makes ``app`` tell what is counted; :class:`Observed` counts it."""
    app.state.metrics = made = Metrics(service)
    app.include_router(router)
    return made


@router.get("/metrics", tags=["run"], response_class=Response)
def metrics(request: Request) -> Response:
    """Latency by route and stage, answers and refusals, the index and its reloads, in Prometheus' format."""
    held: Metrics = request.app.state.metrics
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(held.registry), headers={"Content-Type": content_type})
