"""Errors as problem documents: one table from the error tree to HTTP statuses."""

from __future__ import annotations

import textwrap
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from corpus.errors import BundleError, ClauseqaError, QueryError, QuestionTooLong, UnknownClause
from qa.api.schemas import Problem

MEDIA_TYPE = "application/problem+json"
# The first class that fits decides.
STATUSES: tuple[tuple[type[ClauseqaError], HTTPStatus], ...] = (
    (UnknownClause, HTTPStatus.NOT_FOUND),
    (QuestionTooLong, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (QueryError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (BundleError, HTTPStatus.SERVICE_UNAVAILABLE),
)


def problem(status: int, detail: str, kind: str = "about:blank") -> JSONResponse:
    """A response with a problem document."""
    body = Problem(type=kind, title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(body.model_dump(), status, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error with a problem document."""

    @app.exception_handler(ClauseqaError)
    def _ours(_: Request, exc: ClauseqaError) -> JSONResponse:
        status = next((s for kind, s in STATUSES if isinstance(exc, kind)), HTTPStatus.INTERNAL_SERVER_ERROR)
        return problem(status, str(exc), f"/problems/{_slug(type(exc).__name__)}")

    @app.exception_handler(RequestValidationError)
    def _invalid(_: Request, exc: RequestValidationError) -> JSONResponse:
        details = "; ".join(describe(error) for error in exc.errors()[:5])
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, details, "/problems/invalid-request")

    @app.exception_handler(HTTPException)
    def _http(_: Request, exc: HTTPException) -> JSONResponse:
        response = problem(exc.status_code, str(exc.detail))
        response.headers.update(exc.headers or {})  # 405 must say what is allowed
        return response

    @app.exception_handler(Exception)
    def _unexpected(_request: Request, _exc: Exception) -> JSONResponse:
        return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "an error of ours; the server's log has the rest")


def describe(error: dict[str, Any]) -> str:
    """What is wrong with a body or a parameter, by one of pydantic's errors."""
    where = textwrap.shorten(".".join(str(part) for part in error["loc"] if part not in ("body", "query")), 80)
    if error["type"] == "extra_forbidden":
        return f"{where} is unknown; /docs lists what is known"
    if not where or error["type"] == "json_invalid":
        return f"the body is not a JSON object ({error['msg']}); send one, with Content-Type: application/json"
    return f"{where}: {error['msg']}"


def _slug(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).lstrip("-")
