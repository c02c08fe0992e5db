"""What the tests of questions and answers share: the service over HTTP, and the text that quotes must stand in."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.model import Corpus, Modality, Obligation, Phrase, Span
from corpus.parse import default_source
from index.build import build
from index.encoder import HashingEncoder
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
    return lambda text: answerer.search(Question(text))[0]


@pytest.fixture
def plain_environment() -> dict[str, str]:
    """The environment without any setting of ours, and without what would change how output is buffered."""
    return {n: v for n, v in os.environ.items() if not n.startswith((PREFIX, "PYTHONUNBUFFERED", "PYTHONDEVMODE"))}


def _heed_interrupts() -> None:
    """What a shell starts in the background ignores them, and so does all that is started from there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Server:
    """A server process that can be stopped, and what it logs."""

    def __init__(self, bundle: Path, environment: dict[str, str], *options: str) -> None:
        command = [sys.executable, "-m", "qa.cli", "serve", "--port", "0", "--bundle", str(bundle), *options]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=environment, preexec_fn=_heed_interrupts
        )
        self.lines: list[str] = []
        self._unread: Queue[str | None] = Queue()
        self._reader = Thread(target=self._read)
        self._reader.start()
        try:
            self.address = re.findall(r"http://\S+:\d+", self.line_with("serving at"))[0]
        except BaseException:
            self.stop()
            raise

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.lines.append(line)
            self._unread.put(line)
        self._unread.put(None)

    def line_with(self, words: str) -> str:
        """The next line of the log that holds ``words``; waits for it."""
        while (line := self._unread.get(timeout=60)) is not None:
            if words in line:
                return line
        raise AssertionError(f"{words!r} is not in the log: {self.lines}")

    def stop(self) -> int:
        """Tells the process to stop, and gives the status it ended with."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait()

    def wait(self) -> int:
        """The status that the process ends with; its log is then whole."""
        status = self.process.wait(timeout=60)
        self._reader.join()
        assert self.process.stderr is not None
        self.process.stderr.close()
        return status

    def requests(self) -> list[dict[str, Any]]:
        """What was logged of requests."""
        return [told for told in map(json.loads, self.lines) if told["message"] == "request"]


Serve = Callable[..., Server]


@pytest.fixture
def serve(hashed: Path, plain_environment: dict[str, str]) -> Iterator[Serve]:
    """Starts a server process over the stand-in index, with settings as keyword arguments."""
    with ExitStack() as started:

        def start(*options: str, bundle: Path = hashed, **settings: object) -> Server:
            given = {PREFIX + name.upper(): str(value) for name, value in settings.items()}
            server = Server(bundle, plain_environment | given, *options)
            started.callback(server.stop)
            return server

        yield start


LIGHTS = """RESOLUTION 900 (Geneva, 2024)
On lamps
The World Telecommunication Standardization Assembly (Geneva, 2024),
resolves
1\tthat the Sector advisory groups should review all lamps regularly;
2\tthat study groups shall not extinguish any lamp
instructs the Director of the Telecommunication Standardization Bureau
1\tto report annually to TSAG on lamps;
2\tto inform the Sector advisory groups, before 2027, of fogs;
3\tto tell RAG, TSAG and TDAG of storms
"""
COASTS = """RESOLUTION 901 (Kigali, 2022)
On coasts
The World Telecommunication Development Conference (Kigali, 2022),
invites Member States
1\t+ lighting their coasts, if ships pass;
2\tto report on ships
"""


def _duty(corpus: Corpus, words: str, modality: Modality, bearer: Sequence[str], **more: Any) -> Obligation:
    """The obligation whose action is ``words``, of the clause that holds them; a text among ``more`` that names a
    phrase is looked up in that clause."""
    clause = next(c for c in corpus.clauses if words in c.text)

    def phrase(text: str) -> Phrase:
        start = clause.span.start + clause.text.index(text)
        return Phrase(text, Span(start, start + len(text)))

    for name in {"object", "recipient_phrase", "deadline"} & more.keys():
        more[name] = phrase(more[name])
    more["condition"] = tuple(map(phrase, more.get("condition", ())))
    more.setdefault("version", "in_force")
    return Obligation(
        clause=clause.id,
        modality=modality,
        bearer=tuple(bearer),
        bearer_phrase=None,
        action=phrase(words),
        quote=clause.span,
        **more,
    )


def _duties(corpus: Corpus) -> tuple[Obligation, ...]:
    director, groups = ("dir-tsb",), ("advisory-groups",)
    if corpus.document.name == "coasts.txt":
        return (
            _duty(
                *(corpus, "+ lighting their coasts", "recommendation", ["member-states"]),
                condition=["if ships pass"],
                object="their coasts",
            ),
            _duty(corpus, "report on ships", "recommendation", ["member-states"]),
        )
    return (
        _duty(corpus, "review all lamps regularly", "recommendation", groups, frequency="regular"),
        _duty(corpus, "extinguish any lamp", "prohibition", ["sgs"]),
        _duty(
            *(corpus, "report annually to TSAG on lamps", "obligation", director),
            recipient=("tsag",),
            recipient_phrase="TSAG",
            frequency="annual",
        ),
        _duty(
            *(corpus, "report annually to TSAG on lamps", "permission", director),
            recipient=("tsag",),
            version="proposed",
        ),
        _duty(
            *(corpus, "inform the Sector advisory groups, before 2027, of fogs", "obligation", director),
            recipient=groups,
            deadline="before 2027",
        ),
        _duty(
            *(corpus, "tell RAG, TSAG and TDAG of storms", "obligation", director), recipient=("rag", "tsag", "tdag")
        ),
    )


@pytest.fixture(scope="session")
def lamps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of two small resolutions whose obligations are laid down here, whatever an extractor would find."""
    folder = tmp_path_factory.mktemp("lamps")
    for name, text in (("lamps.txt", LIGHTS), ("coasts.txt", COASTS)):
        (folder / name).write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.build.find_obligations", _duties)
        build([folder], folder / "bundle", HashingEncoder())
    return folder / "bundle"
