"""What a piece of work tells those who watch it: what was asked, how long each stage took, how a question came out, and
why a request was turned away.

Who does the work knows nothing of who watches. Nobody does unless :func:`watched_by` says so, and it then holds for
what is called from there, in whichever thread or task.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Watcher:
    """Learns what happens, and does nothing of it; take over what you need. It is called from the threads that do the
    work, and must not raise."""

    def question(self, text: str) -> None:
        """This is asked."""

    def stage(self, name: str, seconds: float) -> None:
        """A stage ended now, well or not."""

    def outcome(self, *, answered: bool) -> None:
        """A question was answered, or refused."""

    def rejection(self, reason: str) -> None:
        """A request was turned away, for one of a few reasons, before anything was asked."""


_watchers: ContextVar[tuple[Watcher, ...]] = ContextVar("watchers", default=())


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Tells ``watcher``, beside those who watch already, what happens within."""
    token = _watchers.set((*_watchers.get(), watcher))
    try:
        yield
    finally:
        _watchers.reset(token)


@contextmanager
def stage(name: str) -> Iterator[None]:
    """What is done within is the stage ``name``.

    >>> class Names(Watcher, list):
    ...     stage = lambda self, name, seconds: self.append(name)
    >>> names, others = Names(), Names()
    >>> with watched_by(names), watched_by(others), stage("find"):
    ...     pass
    >>> names, others
    (['find'], ['find'])
    """
    watchers = _watchers.get()
    if not watchers:
        yield
        return
    started = time.perf_counter()
    try:
        yield
    finally:
        took = time.perf_counter() - started
        for watcher in watchers:
            watcher.stage(name, took)


def tell_question(text: str) -> None:
    """This is asked."""
    for watcher in _watchers.get():
        watcher.question(text)


def tell_outcome(*, answered: bool) -> None:
    """A question was answered, or refused."""
    for watcher in _watchers.get():
        watcher.outcome(answered=answered)


def tell_rejection(reason: str) -> None:
    """A request was turned away."""
    for watcher in _watchers.get():
        watcher.rejection(reason)
