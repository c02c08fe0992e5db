"""Reading in a process of its own, for formats whose parsers have no bounds: it ends when time or memory is spent."""

from __future__ import annotations

import pickle
import subprocess
import sys
from importlib import import_module
from typing import Literal

from corpus.errors import SourceError, Unreadable
from corpus.model import Document

MAX_SECONDS = 240  # of a processor; a PDF of 500 pages takes some 60
MAX_MEMORY = 2 << 30  # bytes, of addresses


def read_bounded(reader: Literal["html", "pdf"], raw: bytes, name: str) -> Document:
    """What ``corpus.readers.<reader>`` reads from ``raw``; raises :class:`Unreadable` beyond the bounds too."""
    call = f"work({reader!r}, {name!r}, {MAX_SECONDS}, {MAX_MEMORY})"
    code = f"import sys; sys.path[:] = {sys.path!r}; from corpus.readers.bounded import work; {call}"
    try:
        done = subprocess.run([sys.executable, "-c", code], input=raw, capture_output=True, timeout=2 * MAX_SECONDS)
    except subprocess.TimeoutExpired as exc:
        raise _spent(name) from exc
    if done.returncode != 0:
        raise _spent(name)
    result = pickle.loads(done.stdout)
    if isinstance(result, Document):
        return result
    raise Unreadable(result)


def _spent(name: str) -> Unreadable:
    return Unreadable(
        f"{name} takes more than {MAX_SECONDS} seconds or {MAX_MEMORY >> 30} GB to read; split it, or save it anew"
    )


def work(reader: str, name: str, seconds: int, memory: int) -> None:
    """The other process: a file in on the one side, a document or the message of its error out on the other."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    try:
        read = getattr(import_module(f"corpus.readers.{reader}"), f"read_{reader}")
        result = read(sys.stdin.buffer.read(), name)
    except SourceError as exc:
        result = str(exc)
    except ModuleNotFoundError as exc:
        result = f"{name} needs the package {exc.name}; install clauseqa[build]"
    sys.stdout.buffer.write(pickle.dumps(result))
