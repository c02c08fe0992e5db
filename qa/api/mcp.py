"""``/mcp``: the Model Context Protocol over streamable HTTP, made ready when the first assistant calls."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http import HTTPStatus
from urllib.parse import urlsplit

from anyio import TASK_STATUS_IGNORED, Lock, create_task_group, sleep_forever, to_thread
from anyio.abc import TaskGroup, TaskStatus
from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from qa.api.problems import problem
from qa.service import Service
from qa.settings import is_loopback

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Assistants:
    """Answers assistants: opened by the first call, closed with the task group that it is given."""

    def __init__(self, service: Service, tasks: TaskGroup) -> None:
        self._service, self._tasks = service, tasks
        self._opening = Lock()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        async with self._opening:
            if self._app is None:
                self._app = await self._tasks.start(self._run)
        await self._app(scope, receive, send)

    async def _run(self, *, task_status: TaskStatus[ASGIApp] = TASK_STATUS_IGNORED) -> None:
        over_http = await to_thread.run_sync(_load)
        settings = self._service.settings
        async with over_http(self._service, hosts(settings.host, settings.public_url)) as app:
            task_status.started(app)
            await sleep_forever()


def _load() -> Callable[..., AbstractAsyncContextManager[ASGIApp]]:
    from qa.mcp import over_http  # takes a second, and 30 MB that nobody else needs

    return over_http


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Lets assistants in while the application runs."""
    async with create_task_group() as tasks:
        app.state.assistants = Assistants(app.state.service, tasks)
        yield
        tasks.cancel_scope.cancel()


class Door:
    """The route ``/mcp``."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI application."""
        assistants: Assistants | None = getattr(scope["app"].state, "assistants", None)
        if scope["method"] != "POST":
            response = problem(HTTPStatus.METHOD_NOT_ALLOWED, "assistants post here; no stream or session is kept")
            response.headers["Allow"] = "POST"
            await response(scope, receive, send)
        elif assistants is None:
            await problem(HTTPStatus.SERVICE_UNAVAILABLE, "the server is not running yet; try again")(
                scope, receive, send
            )
        else:
            await assistants(scope, receive, send)


route = Route("/mcp", Door(), include_in_schema=False)


def hosts(host: str, public_url: str | None) -> tuple[str, ...] | None:
    """What the header ``Host`` may say to a server that listens at ``host``: None for anything.

    At a loopback address, a page of another site must not reach the server by a name of its own that leads there.

    >>> hosts("0.0.0.0", None)
    >>> hosts("127.0.0.1", "https://itu.example/clauses")[-2:]
    ('itu.example', 'itu.example:*')
    """
    if not is_loopback(host):
        return None
    public = urlsplit(public_url).hostname if public_url else None
    names = (*LOOPBACK, *([public] if public else []))
    return tuple(form for name in names for form in (name, f"{name}:*"))
