"""A server that is told to stop finishes what it has begun."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

CHAT = {
    "model": "clauseqa",
    "messages": [{"role": "user", "content": "who reports annually to TSAG?"}],
    "stream": True,
    "k": 100,  # the citations of a hundred clauses, more than the buffers below hold
}


class SlowReader:
    """A chat that takes little at a time, so that the server cannot be done before it is read to the end."""

    def __init__(self, address: str, body: dict[str, Any]) -> None:
        where = urlsplit(address)
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
        self.socket.settimeout(60)
        self.socket.connect((where.hostname, where.port))
        content = json.dumps(body).encode()
        head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {where.netloc}\r\nContent-Type: application/json\r\n"
        self.socket.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        self.received = b""

    def read_until(self, words: bytes) -> None:
        """Reads until ``words`` have come."""
        while words not in self.received:
            part = self.socket.recv(512)
            assert part, f"it ended after {self.received[-200:]!r}"
            self.received += part

    def read_to_the_end(self) -> bytes:
        """Everything, until the server closes the connection."""
        while part := self.socket.recv(65536):
            self.received += part
        return self.received


@pytest.fixture
def reader() -> Iterator[Callable[..., SlowReader]]:
    made: list[SlowReader] = []

    def start(address: str, **more: Any) -> SlowReader:
        made.append(SlowReader(address, CHAT | more))
        return made[-1]

    yield start
    for one in made:
        one.socket.close()


def in_progress(address: str) -> float:
    told = httpx.get(f"{address}/metrics", trust_env=False).text
    return float(
        next(line for line in told.splitlines() if line.startswith("clauseqa_http_requests_in_progress ")).split()[1]
    )


def is_let_in(address: str) -> bool:
    try:
        return httpx.get(f"{address}/healthz", trust_env=False).is_success
    except httpx.TransportError:
        return False


def test_a_streamed_chat_comes_to_its_end_and_nobody_new_is_let_in(
    serve: Callable, reader: Callable[..., SlowReader]
) -> None:
    server = serve()
    chat = reader(server.address)
    chat.read_until(b'"role":"assistant"')
    assert in_progress(server.address) == 2  # the chat, and the request for this number
    server.process.send_signal(signal.SIGTERM)
    assert "under way are finished first: 1" in server.line_with("stopping")
    assert b"[DONE]" not in chat.received
    assert any(not is_let_in(server.address) for _ in range(1000))  # the listener closes in the step after the line
    whole = chat.read_to_the_end()
    assert whole.rstrip().endswith(b"0")  # the last chunk of HTTP
    assert b"data: [DONE]\n\n" in whole
    assert b'"finish_reason":"stop"' in whole
    assert server.wait() == 0
    assert [line["status"] for line in server.requests()] == [200]


def test_who_does_not_read_on_is_left_behind_after_the_time_of_grace(
    serve: Callable, reader: Callable[..., SlowReader]
) -> None:
    server = serve(grace=1)
    chat = reader(server.address)
    chat.read_until(b'"role":"assistant"')
    server.process.send_signal(signal.SIGTERM)
    assert server.wait() == 0
    assert b"[DONE]" not in chat.received


def test_a_person_who_interrupts_it_is_told_so(serve: Callable) -> None:
    server = serve()
    assert httpx.get(f"{server.address}/healthz", trust_env=False).status_code == 200
    server.process.send_signal(signal.SIGINT)
    assert server.wait() == 130
    assert server.lines[-1] == "clauseqa: stopped\n"
