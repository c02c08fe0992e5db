"""A language model behind an endpoint that speaks OpenAI's protocol. The only file that imports the HTTP client.

The endpoint is not trusted to behave. A call ends within its time whatever happens, reads no more than a set size,
follows no redirect (which could carry the key elsewhere), and fails in one of two ways only.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from http import HTTPStatus
from threading import BoundedSemaphore, Thread
from typing import Any

import httpx2

MOST_AT_ONCE = 8  # calls; more would take the threads that other requests need
MAX_BODY = 1 << 20  # bytes of a response
MAX_ANSWER = 20_000  # characters
_MAX_TOKENS = 600

Messages = Sequence[Mapping[str, str]]

logging.getLogger("httpx2").setLevel(logging.WARNING)  # it would log each address at INFO


class EndpointFailed(Exception):
    """The model gave nothing that can be used. The message names the cause, and holds nothing that was sent."""


class EndpointTimedOut(EndpointFailed):
    """The model took too long."""


class EndpointBusy(EndpointFailed):
    """As many calls are under way as may be."""


class Endpoint:
    """The model ``model`` at ``url``, which is the base of its paths (``http://127.0.0.1:8080/v1``). Safe to use from
    several threads."""

    def __init__(self, url: str, model: str, key: str | None = None) -> None:
        self._url = f"{url.rstrip('/')}/chat/completions"
        self._model = model
        self._headers = {"Accept-Encoding": "identity"} | ({"Authorization": f"Bearer {key}"} if key else {})
        self._tls = httpx2.create_ssl_context()
        self._free = BoundedSemaphore(MOST_AT_ONCE)
        self._plain = False

    def complete(self, messages: Messages, seconds: float) -> str:
        """What the model says to ``messages``, within ``seconds``. Raises :class:`EndpointFailed`.

        The work is done in a thread of its own: looking up a name cannot be broken off, and nobody is to wait for it.
        """
        if not self._free.acquire(blocking=False):
            raise EndpointBusy(f"{MOST_AT_ONCE} calls are under way")
        done: Future[str] = Future()

        def work() -> None:
            try:
                done.set_result(asyncio.run(self._answer(messages, seconds)))
            except BaseException as exc:
                done.set_exception(exc)
            finally:
                self._free.release()

        Thread(target=work, name="model", daemon=True).start()
        try:
            return done.result(seconds)
        except TimeoutError as exc:
            raise EndpointTimedOut(f"no answer within {seconds:.1f} s") from exc
        except EndpointFailed:
            raise
        except Exception as exc:  # whatever the client or the endpoint comes up with
            raise EndpointFailed(type(exc).__name__) from exc

    async def _answer(self, messages: Messages, seconds: float) -> str:
        async with (
            asyncio.timeout(seconds),
            httpx2.AsyncClient(verify=self._tls, timeout=None, trust_env=False, headers=self._headers) as client,
        ):
            body: dict[str, Any] = {"model": self._model, "messages": list(messages)}
            if not self._plain:
                status, found = await self._post(client, body | {"temperature": 0, "max_tokens": _MAX_TOKENS})
                if status not in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY):
                    return _text_of(status, found)
                self._plain = True  # there are models that take neither of the two
            return _text_of(*await self._post(client, body))

    async def _post(self, client: httpx2.AsyncClient, body: Mapping[str, Any]) -> tuple[int, bytes]:
        async with client.stream("POST", self._url, json=body, follow_redirects=False) as response:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise EndpointFailed("the response is compressed, which was not asked for")
            found = bytearray()
            async for chunk in response.aiter_raw():
                found += chunk
                if len(found) > MAX_BODY:
                    raise EndpointFailed(f"the response is longer than {MAX_BODY} bytes")
            return response.status_code, bytes(found)


def _text_of(status: int, body: bytes) -> str:
    """The text of the first choice of a completion, as far as it came. Raises :class:`EndpointFailed`."""
    if status != HTTPStatus.OK:
        raise EndpointFailed(f"the endpoint answers with status {status}")
    try:
        text = json.loads(body)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as exc:
        raise EndpointFailed("the response is no completion") from exc
    if not isinstance(text, str) or not text.strip():
        raise EndpointFailed("the completion has no text")
    if len(text) > MAX_ANSWER:
        raise EndpointFailed(f"the completion is longer than {MAX_ANSWER} characters")
    return text
