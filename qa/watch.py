"""What a piece of work tells whoever watches it: how long each stage took, and how a question came out.

Who does the work knows nothing of who watches. Nobody does unless :func:`watched_by` says so, and it then holds for
what is called from there, in whichever thread or task.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Watcher(Protocol):
    """Learns what happens. It is called from the threads that do the work, and must not raise."""

    def stage(self, name: str, seconds: float) -> None:
        """A stage ended, well or not."""

    def outcome(self, *, answered: bool) -> None:
        """A question was answered, or refused."""


_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Tells ``watcher`` what happens within."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What is done within is the stage ``name``.

    >>> class Names(list):
    ...     stage = lambda self, name, seconds: self.append(name)
    >>> names = Names()
    >>> with watched_by(names), stage("find"):
    ...     pass
    >>> names
    ['find']
    """
    watcher = _watcher.get()
    if watcher is None:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        watcher.stage(name, time.perf_counter() - started)


def tell_outcome(*, answered: bool) -> None:
    """A question was answered, or refused."""
    if (watcher := _watcher.get()) is not None:
        watcher.outcome(answered=answered)
