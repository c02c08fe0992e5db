"""What the tests of questions and answers share: the service over HTTP, and the text that quotes must stand in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.parse import default_source
from qa.answer import Answerer
from qa.api.app import build_app
from qa.model import Answer, Interpretation, Question
from qa.service import Service
from qa.settings import PREFIX, Settings


@pytest.fixture(scope="session")
def source_text() -> str:
    """The compilation as it lies on the disk."""
    return default_source().read_text("utf-8")


@pytest.fixture(scope="session")
def client(real: Path) -> Iterator[TestClient]:
    """The service over the real index. Errors of ours come back as responses."""
    with TestClient(build_app(Service(Settings(bundle=real))), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def post(client: TestClient) -> Callable[..., dict[str, Any]]:
    """What ``POST /v1/ask`` answers to a question that can be asked."""

    def ask(question: str, **more: Any) -> dict[str, Any]:
        response = client.post("/v1/ask", json={"question": question, **more})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    return ask


@pytest.fixture(scope="session")
def ask(answerer: Answerer) -> Callable[..., Answer]:
    """The answer to a question."""
    return lambda text, **more: answerer.ask(Question(text, **more))


@pytest.fixture(scope="session")
def understood(answerer: Answerer) -> Callable[[str], Interpretation]:
    """How a question is understood."""
    return lambda text: answerer.find(Question(text))[0]


@pytest.fixture
def plain_environment() -> dict[str, str]:
    """The environment without any setting of ours, and without what would change how output is buffered."""
    return {n: v for n, v in os.environ.items() if not n.startswith((PREFIX, "PYTHONUNBUFFERED", "PYTHONDEVMODE"))}
