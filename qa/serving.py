"""The process that serves: whether it may, and how it begins and ends."""

from __future__ import annotations

import logging
import signal
import socket
import sys

import uvicorn
from starlette.types import ASGIApp

from corpus.errors import SettingsError
from qa.keys import read_keys
from qa.settings import Settings

_log = logging.getLogger("clauseqa")


def check_keys(settings: Settings) -> None:
    """Raises :class:`SettingsError` where keys are needed and nobody has one."""
    if settings.keys_needed and all(key.revoked for key in read_keys(settings.keys)):
        why = "CLAUSEQA_NEED_KEYS is on" if settings.need_keys else f"others can reach {settings.host}"
        raise SettingsError(
            f"{why}, and no API key in use is in {settings.keys}; make one with: clauseqa keys create NAME, or let "
            "everyone in with --no-keys"
        )


def serve(app: ASGIApp, listener: socket.socket, settings: Settings) -> None:
    """Serves ``app`` at ``listener`` until the process is told to stop; then what is under way is finished first, and
    the process ends with status 0 (130 where a person interrupts it)."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn raises the signal again when it is done
    port = listener.getsockname()[1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    _log.info("serving at http://%s:%d (docs at /docs)", host, port)
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="on",
        proxy_headers=True,
        forwarded_allow_ips=",".join(settings.proxies),
        timeout_graceful_shutdown=settings.grace or None,
    )
    _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        _log.info("stopping; requests under way are finished first: %d", len(self.server_state.tasks))
        await super().shutdown(sockets)
        _log.info("stopped")
