"""Errors as OpenAI's protocol tells them, for the routes that speak it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from corpus.errors import ClauseqaError, QueryError, QuestionTooLong
from qa.api.problems import STATUSES, describe

PATHS = ("/v1/chat/completions", "/v1/models")
_log = logging.getLogger("clauseqa")


class ChatError(Exception):
    """An error as OpenAI tells it: ``param`` names the field, ``code`` the kind."""

    def __init__(
        self, message: str, param: str | None = None, code: str | None = None, status: int = HTTPStatus.BAD_REQUEST
    ) -> None:
        super().__init__(message)
        self.param, self.code, self.status = param, code, status


class ErrorDetail(BaseModel):
    """What is wrong: ``param`` names the field, ``code`` the kind of mistake."""

    message: str
    type: str
    param: str | None
    code: str | None


class ErrorBody(BaseModel):
    """An error as OpenAI tells it."""

    error: ErrorDetail


def error_response(
    status: int, message: str, param: str | None = None, code: str | None = None, headers: Mapping[str, str] = {}
) -> JSONResponse:
    """A response with an error in OpenAI's shape."""
    kind = "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    body = ErrorBody(error=ErrorDetail(message=message, type=kind, param=param, code=code))
    return JSONResponse(body.model_dump(), status, headers=dict(headers))


def speaks_openai(scope: Scope) -> bool:
    """Is the request one to the routes of OpenAI's protocol?"""
    path: str = scope["path"].removeprefix(scope.get("root_path", ""))
    return path.startswith(PATHS)


class ChatRoute(APIRoute):
    """A route whose errors, a wrong method among them, are in OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """See the base class."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as exc:
                if (response := _told(exc)) is None:
                    _log.exception("an error of ours")
                    message = "an error of ours; the server's log has the rest"
                    response = error_response(HTTPStatus.INTERNAL_SERVER_ERROR, message)
                return response

        return guarded

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the base class."""
        if self.methods and scope["method"] not in self.methods:
            allowed = ", ".join(sorted(self.methods))
            message = f"{scope['method']} is not allowed here; use {allowed}"
            response = error_response(HTTPStatus.METHOD_NOT_ALLOWED, message, headers={"Allow": allowed})
            await response(scope, receive, send)
        else:
            await super().handle(scope, receive, send)


def _told(exc: Exception) -> JSONResponse | None:
    """``exc`` in OpenAI's shape; None where it is an error of ours."""
    match exc:
        case ChatError():
            return error_response(exc.status, str(exc), exc.param, exc.code)
        case RequestValidationError():
            first = exc.errors()[0]
            loc = [str(p) for p in first["loc"] if p != "body"]
            return error_response(HTTPStatus.BAD_REQUEST, describe(first), ".".join(loc[:3]) or None)
        case QuestionTooLong():
            status = next(s for kind, s in STATUSES if isinstance(exc, kind))
            return error_response(status, str(exc), "messages", "context_length_exceeded")
        case QueryError():
            return error_response(HTTPStatus.BAD_REQUEST, str(exc))
        case ClauseqaError():
            status = next((s for kind, s in STATUSES if isinstance(exc, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
            return error_response(status, str(exc))
        case HTTPException():
            return error_response(exc.status_code, str(exc.detail), headers=exc.headers or {})
    return None
