"""Lets in who has a key: ``Authorization: Bearer KEY``, ``X-API-Key: KEY``, or, so that a browser can ask a person for
it, the password of ``Authorization: Basic``, whatever the user name."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.api.refusals import by_browser, path_of, refuse
from qa.keys import Keyring
from qa.watch import tell_rejection

MISSING = (
    "an API key is needed; send it as 'Authorization: Bearer KEY' or 'X-API-Key: KEY', or give it to the browser as "
    "the password"
)
WRONG = "this API key is not known here, or was revoked; ask whoever runs the server for one"
SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
}
OPEN = ("/healthz", "/readyz")  # for whoever watches over the process
OPEN_BELOW = "/static/"  # styles and scripts, the same everywhere; the page that says what is wrong uses them


def tell(app: FastAPI) -> None:
    """Makes the description of the interface say which keys it asks for."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        described = plain()
        described["components"]["securitySchemes"] = SCHEMES
        described["security"] = [{name: []} for name in SCHEMES]
        return described

    app.openapi = openapi  # type: ignore[method-assign]


class Guard:
    """ASGI middleware: a request without a key in use is answered with 401. ``scope["state"]["key_id"]`` then tells
    whose request it is."""

    def __init__(self, app: ASGIApp, keyring: Keyring) -> None:
        self._app, self._keyring = app, keyring

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(path_of(scope)):
            await self._app(scope, receive, send)
            return
        secret = secret_in(Headers(scope=scope))
        key = self._keyring.key_of(secret) if secret else None
        if key is None:
            tell_rejection("key")
            message = WRONG if secret else MISSING
            scheme = 'Basic realm="clauseqa", charset="UTF-8"' if by_browser(scope) else 'Bearer realm="clauseqa"'
            headers = {"WWW-Authenticate": scheme, "Cache-Control": "no-store"}
            await refuse(
                scope, receive, send, HTTPStatus.UNAUTHORIZED, message, code="invalid_api_key", headers=headers
            )
            return
        scope.setdefault("state", {})["key_id"] = key.id
        await self._app(scope, receive, send)


def is_open(path: str) -> bool:
    """May everyone ask for ``path``?"""
    return path in OPEN or path.startswith(OPEN_BELOW)


def secret_in(headers: Mapping[str, str]) -> str | None:
    """The key that a request brings, whichever way.

    >>> secret_in({"authorization": "Bearer cq_1"})
    'cq_1'
    >>> secret_in({"authorization": "Basic " + base64.b64encode(b"me:cq_1").decode()})
    'cq_1'
    """
    if own := headers.get("x-api-key", "").strip():
        return own
    scheme, _, rest = headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        return rest.strip() or None
    if scheme.lower() == "basic":
        try:
            user, _, password = base64.b64decode(rest.strip(), validate=True).decode("utf-8", "replace").partition(":")
        except binascii.Error:
            return None
        return password or user or None
    return None
