"""Turning requests away before they reach a route, in the shape that errors of that route have."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request, Response
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from qa.api.chat_errors import error_response, speaks_openai
from qa.api.problems import problem

PROBES = ("/healthz", "/readyz", "/metrics")
_PROGRAMS = ("/v1/", "/mcp", "/openapi.json", *PROBES)


def path_of(scope: Scope) -> str:
    """The path that is asked for, below the one that the application is served at."""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path


def is_probe(scope: Scope) -> bool:
    """Does a machine ask how the server fares?"""
    return path_of(scope) in PROBES


def by_browser(scope: Scope) -> bool:
    """Does a person's browser ask?"""
    return "text/html" in Headers(scope=scope).get("accept", "")


async def refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: HTTPStatus,
    message: str,
    *,
    code: str | None = None,
    headers: Mapping[str, str] = {},
) -> None:
    """Answers with ``status``. ``code`` is OpenAI's name of what is wrong."""
    response: Response
    if speaks_openai(scope):
        response = error_response(status, message, code=code)
    elif by_browser(scope) and not path_of(scope).startswith(_PROGRAMS):
        from qa.api.pages import told  # few are turned away, and nobody else is to wait for it

        response = told(Request(scope), status, message)
    else:
        response = problem(status, message)
    response.headers.update(headers)
    await response(scope, receive, send)
