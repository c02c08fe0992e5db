"""Refuses bodies that no question needs, before they are read into memory."""

from __future__ import annotations

from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.api.chat_errors import error_response, speaks_openai
from qa.api.problems import problem

MAX_BODY = 64 * 1024  # bytes
MAX_CHAT_BODY = 1024 * 1024  # likewise, of a chat, which sends all its turns each time


class BodyLimit:
    """ASGI middleware: a body of more than ``MAX_BODY`` bytes (a chat's: ``MAX_CHAT_BODY``), announced or not,
    is answered with 413."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        chat = speaks_openai(scope)
        limit = MAX_CHAT_BODY if chat else MAX_BODY
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                detail = f"the body is larger than {limit} bytes; a question needs far less"
                refusal = error_response if chat else problem
                await refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)(scope, receive, send)
                return

        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)
