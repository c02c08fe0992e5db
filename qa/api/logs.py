"""A line in the log for each request, and the id that finds it again."""

from __future__ import annotations

import logging
import re
import time
import uuid
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.api.metrics import method_of, route_of
from qa.api.refusals import is_probe, refuse
from qa.logs import request_id
from qa.watch import Watcher, watched_by

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")
_log = logging.getLogger("clauseqa")


class RequestLog:
    """ASGI middleware: logs each request when its response is sent, without address or body. The id that came in
    ``X-Request-ID``, if it is short and plain, or a new one stands in the line, in all others that are logged meanwhile
    and in the response. Probes that succeed are not logged."""

    def __init__(self, app: ASGIApp, *, questions: bool = False) -> None:
        self._app, self._questions = app, questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        known = id_for(Headers(scope=scope).get(HEADER))
        facts = _Facts(questions=self._questions)
        status: int | None = None  # where the client goes away before it is told anything

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = known
            await send(message)

        token = request_id.set(known)
        started = time.perf_counter()
        try:
            with watched_by(facts):
                await self._app(scope, receive, noting)
        finally:
            if not is_probe(scope) or (status or 0) >= HTTPStatus.BAD_REQUEST:
                took = (time.perf_counter() - started) * 1000
                _log.info("request", extra={"facts": _line(scope, status, took) | facts.told()})
            request_id.reset(token)


class Failures:
    """ASGI middleware: an error of ours is logged, and answered in the shape of the route unless the answer
    has begun."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:
            if begun or scope["type"] != "http":
                raise
            _log.exception("an error of ours")
            message = "an error of ours; the server's log has the rest"
            await refuse(scope, receive, send, HTTPStatus.INTERNAL_SERVER_ERROR, message)


def id_for(given: str | None) -> str:
    """The id that a request is known by: the one ``given``, or a new one.

    >>> id_for("trace-1/a")
    'trace-1/a'
    >>> len(id_for('"} forged'))
    32
    """
    return given if given and _SANE.fullmatch(given) else uuid.uuid4().hex


class _Facts(Watcher):
    """What is learnt of a request while it is served."""

    def __init__(self, *, questions: bool) -> None:
        self._ask = questions
        self._questions: list[str] = []
        self._answered: bool | None = None
        self._rejected: str | None = None

    def question(self, text: str) -> None:
        if self._ask:
            self._questions.append(text)

    def outcome(self, *, answered: bool) -> None:
        self._answered = answered

    def rejection(self, reason: str) -> None:
        self._rejected = reason

    def told(self) -> dict[str, Any]:
        return {"answered": self._answered, "rejected": self._rejected, "questions": self._questions or None}


def _line(scope: Scope, status: int | None, took: float) -> dict[str, Any]:
    state = scope.get("state", {})
    client = scope.get("client")
    return {
        "method": method_of(scope),
        "route": route_of(scope),
        "status": status,
        "ms": round(took, 1),
        "client": client[0] if client else None,
        "key": state.get("key_id"),
        "trace_id": state.get("trace_id"),
    }
