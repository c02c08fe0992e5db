"""Refuses what is too large, too often or too much at once, before it costs anything."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from qa.api.chat_errors import speaks_openai
from qa.api.guard import is_open
from qa.api.refusals import path_of, refuse
from qa.settings import MAX_CHAT_BODY
from qa.watch import tell_rejection

MAX_BODY = 64 * 1024  # bytes
MINUTE = 60.0  # seconds
_SWEEP = 10_000  # clients that are remembered before those with nothing used up are forgotten


class BodyLimit:
    """ASGI middleware: a body of more than ``MAX_BODY`` bytes, announced or not, is answered with 413; a chat, which
    sends all its turns each time, may have ``max_chat_body`` (0: any number)."""

    def __init__(self, app: ASGIApp, max_chat_body: int = MAX_CHAT_BODY) -> None:
        self._app, self._max_chat_body = app, max_chat_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        limit = (self._max_chat_body or math.inf) if speaks_openai(scope) else MAX_BODY
        body = bytearray()
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > limit:
                tell_rejection("size")
                detail = f"the body is larger than {limit} bytes; a question needs far less"
                await refuse(scope, receive, send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)
                return

        whole: list[Message] = [{"type": "http.request", "body": bytes(body), "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        await self._app(scope, replay, send)


class Rates:
    """How often each client came, as buckets of tokens: a full one holds what a client may use up at once, and fills
    evenly in a minute. Kept is only when it will be full (the generic cell rate algorithm of ATM, ITU-T I.371)."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` tells seconds."""
        self._step, self._clock = MINUTE / a_minute, clock
        self._full_at: dict[str, float] = {}
        self._sweep_at = _SWEEP

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, client: str) -> float:
        """Takes a token of ``client``: 0, or the seconds until there is one."""
        now = self._clock()
        full_at = max(self._full_at.get(client, now), now) + self._step
        wait = full_at - now - MINUTE
        if wait > self._step * 1e-6:  # more than rounding
            return wait
        self._full_at[client] = full_at
        if len(self._full_at) > self._sweep_at:
            self._full_at = {c: at for c, at in self._full_at.items() if at > now}
            self._sweep_at = max(_SWEEP, 2 * len(self._full_at))
        return 0.0


class RateLimit:
    """ASGI middleware: whoever comes too often is answered with 429 and when to come again. Requests with a key are
    counted by key, others by address."""

    def __init__(self, app: ASGIApp, rates: Rates) -> None:
        self._app, self._rates = app, rates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        counts = scope["type"] == "http" and not is_open(path_of(scope))
        wait = self._rates.take(client_of(scope)) if counts else 0.0
        if wait:
            seconds = math.ceil(wait)
            await _refuse(scope, receive, send, "rate", f"too many requests; come again in {seconds} s", seconds)
        else:
            await self._app(scope, receive, send)


class ConcurrencyLimit:
    """ASGI middleware: no more than ``most`` requests are served at once; further ones are answered with 429."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._free = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(path_of(scope)):
            await self._app(scope, receive, send)
        elif not self._free:
            await _refuse(scope, receive, send, "concurrency", "too many requests at once; come again in 1 s", 1)
        else:
            self._free -= 1
            try:
                await self._app(scope, receive, send)
            finally:
                self._free += 1


def client_of(scope: Scope) -> str:
    """Who asks: a key, or an address; of the sixth version the network, of which one client has all addresses.

    >>> client_of({"client": ("2001:db8::1:2:3", 50000)})
    '2001:db8::'
    """
    if key := scope.get("state", {}).get("key_id"):
        return f"key {key}"
    host = scope["client"][0] if scope.get("client") else ""
    try:
        address = ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, IPv6Address) and not address.ipv4_mapped:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address)


async def _refuse(scope: Scope, receive: Receive, send: Send, reason: str, message: str, seconds: int) -> None:
    tell_rejection(reason)
    headers = {"Retry-After": str(seconds)}
    await refuse(
        scope, receive, send, HTTPStatus.TOO_MANY_REQUESTS, message, code="rate_limit_exceeded", headers=headers
    )
