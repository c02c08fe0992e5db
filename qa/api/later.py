"""Routes that are loaded when a request first comes for one of them: whoever asks need not wait for the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send


class Later:
    """Stands in ``app`` where no route fits: loads the routers that are missing, once, and routes the request anew. The
    description of the interface holds them from the first."""

    def __init__(self, app: FastAPI, routers: Callable[[], Sequence[APIRouter]]) -> None:
        self._app, self._routers, self._lock = app, routers, Lock()
        self._nowhere, self._described, self._loaded = app.router.default, app.openapi, False
        app.router.default = self
        app.openapi = self.openapi  # type: ignore[method-assign]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        await run_in_threadpool(self.load)
        await self._app.router(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        """The description of every route."""
        self.load()
        return self._described()

    def load(self) -> None:
        """Adds the routers; who comes meanwhile waits."""
        with self._lock:
            if not self._loaded:
                for router in self._routers():
                    self._app.include_router(router)
                self._app.router.default = self._nowhere
                self._loaded = True
