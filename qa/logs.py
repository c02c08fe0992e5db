"""The log of a serving process: one line each on standard error, as JSON or as text.

A line is made where it is logged, and written by a thread of its own, so that nobody who reads slowly, or not at all,
can hold up an answer or the end of the process. What an error says may quote what was asked, and so may what other
libraries log; both are left out unless questions are to be logged, and the place in the code remains.
"""

from __future__ import annotations

import json
import logging
import os
import traceback
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from queue import SimpleQueue
from threading import Thread
from typing import Any, TextIO

from qa.settings import Settings

MOST = 10_000  # lines that wait to be written; what comes beyond them is lost
PATIENCE = 1.0  # seconds that the end of the process waits for lines to be written
OURS = ("clauseqa", "uvicorn")
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)  # of the request that is being served


class Lines(logging.Formatter):
    """Turns a record into a line. ``record.facts``, if it is there, is a mapping of what else is to be told."""

    def __init__(self, *, questions: bool) -> None:
        super().__init__()
        self._questions = questions

    def message(self, record: logging.LogRecord) -> str:
        """What the record says."""
        trusted = self._questions or record.name.partition(".")[0] in OURS
        return (record.getMessage() if trusted else str(record.msg).partition("\n")[0]).strip()

    def trace(self, record: logging.LogRecord) -> str | None:
        """Where the record's error arose, if it has one."""
        error = record.exc_info[1] if record.exc_info else None
        return trace(error, messages=self._questions) if error else None


class Json(Lines):
    """A JSON object a line: ``time`` (UTC), ``level``, ``message``, ``request_id`` and what else is known."""

    def format(self, record: logging.LogRecord) -> str:
        """See the base class."""
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "message": self.message(record),
            "request_id": request_id.get(),
            **_facts(record),
            "trace": self.trace(record),
        }
        return json.dumps({n: v for n, v in told.items() if v is not None}, ensure_ascii=False, default=str)


class Text(Lines):
    """For a person at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """See the base class."""
        facts = " ".join(f"{n}={v}" for n, v in _facts(record).items() if v is not None)
        line = f"clauseqa: {self.message(record)}{' ' if facts else ''}{facts}"
        return "\n".join(filter(None, (line, self.trace(record))))


def trace(error: BaseException, *, messages: bool) -> str:
    """The types of ``error`` and of what caused it, each with the way to it; what they say only with ``messages``.

    >>> trace(ValueError("who reports?"), messages=False)
    'ValueError'
    """
    parts: list[str] = []
    seen: BaseException | None = error
    while seen is not None:
        parts += [f"{type(seen).__name__}{f': {seen}' if messages else ''}\n", *traceback.format_tb(seen.__traceback__)]
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "".join(parts).rstrip()


@contextmanager
def log_to(stream: TextIO, settings: Settings) -> Iterator[None]:
    """Writes to ``stream`` what is logged within, as far as it is read before this ends."""
    as_text = settings.log == "text" or (settings.log == "auto" and stream.isatty())
    queue: SimpleQueue[str | None] = SimpleQueue()
    handler = _Queued(queue)
    handler.setFormatter((Text if as_text else Json)(questions=settings.log_questions))
    writer = Thread(target=_write, args=(queue, stream), daemon=True)
    root = logging.getLogger()
    root.addHandler(handler)
    logging.getLogger("clauseqa").setLevel(logging.INFO)
    shown, warnings.showwarning = warnings.showwarning, _log_warning  # type: ignore[assignment]
    writer.start()
    try:
        yield
    finally:
        warnings.showwarning = shown
        root.removeHandler(handler)
        queue.put(None)
        writer.join(PATIENCE)


def _log_warning(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
    """A warning of Python's, which would go to standard error by itself and wait for whoever reads there."""
    logging.getLogger("py.warnings").warning(f"{category.__name__} at {filename}:{lineno}: %s", message)


class _Queued(logging.Handler):
    def __init__(self, queue: SimpleQueue[str | None]) -> None:
        super().__init__()
        self._queue = queue

    def emit(self, record: logging.LogRecord) -> None:
        if self._queue.qsize() < MOST:
            self._queue.put(f"{self.format(record)}\n")


def _write(queue: SimpleQueue[str | None], stream: TextIO) -> None:
    """Writes lines until there comes None. A file is written to without the stream's buffer, whose lock the end of the
    process would wait for."""
    try:
        file: int | None = stream.fileno()
    except OSError:
        file = None
    while (line := queue.get()) is not None:
        if file is None:
            stream.write(line)
            continue
        rest = line.encode("utf-8", "backslashreplace")
        with suppress(OSError):  # nobody reads any more
            while rest:
                rest = rest[os.write(file, rest) :]


def _facts(record: logging.LogRecord) -> Mapping[str, Any]:
    facts: Mapping[str, Any] = getattr(record, "facts", {})
    return facts
