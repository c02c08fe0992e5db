"""A bundle that is being served: opened once, and exchanged when a new one is published in its place."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from threading import Lock

from corpus.errors import ClauseqaError
from index.bundle import Bundle
from qa.answer import Answerer, Write
from qa.settings import Settings

_log = logging.getLogger("clauseqa")


class Service:
    """Hands out the answerer of the bundle that is published now. Safe to use from several threads.

    A request keeps the answerer that it was given, so that none is dropped when the bundle changes under it.
    ``reloads`` counts how often a new bundle was taken up, or refused because it cannot be used.
    """

    def __init__(self, settings: Settings) -> None:
        """Opens the bundle. Raises what :meth:`index.bundle.Bundle.open` raises."""
        self._settings, self._lock = settings, Lock()
        self.reloads = {"taken_up": 0, "refused": 0}
        self._write = _writer(settings)
        self._target = _target(settings.bundle)
        self._answerer = self._open()

    @property
    def settings(self) -> Settings:
        """What the service was started with."""
        return self._settings

    def current(self) -> Answerer:
        """The answerer to use for one request."""
        target = _target(self._settings.bundle)
        if target != self._target and self._lock.acquire(blocking=False):
            try:
                self._answerer = self._open()
                self.reloads["taken_up"] += 1
                _log.info("now serving index %s", self._answerer.bundle.manifest.id)
            except ClauseqaError as exc:
                self.reloads["refused"] += 1
                _log.warning("the new index cannot be used, the old one serves on: %s", exc)
            finally:
                self._target = target
                self._lock.release()
        return self._answerer

    def _open(self) -> Answerer:
        settings = self._settings
        bundle = Bundle.open(settings.bundle, encoder_name=settings.encoder, threads=settings.threads)
        return Answerer(bundle, write=self._write)


def _writer(settings: Settings) -> Write | None:
    """What has answers written by the language model of ``settings``; None where none is set."""
    if settings.model_url is None or settings.model is None:
        return None
    from qa.endpoint import Endpoint  # the HTTP client takes time to load
    from qa.generate import Writer

    endpoint = Endpoint(settings.model_url, settings.model, settings.model_key)
    return Writer(endpoint.complete, settings.model_timeout).write


def _target(path: Path) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
