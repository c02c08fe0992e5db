"""What stands between a request and its route, in one place because the order matters."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from qa.api import guard
from qa.api.limits import BodyLimit, ConcurrencyLimit, RateLimit, Rates
from qa.api.logs import HEADER, Failures, RequestLog
from qa.api.metrics import Metrics, Observed
from qa.api.tracing import Traced, tracing_to
from qa.keys import Keyring
from qa.settings import Settings

Layer = Callable[[ASGIApp], ASGIApp]


def layers(settings: Settings, metrics: Metrics) -> list[Layer]:
    """Outermost first:

    - those who watch see every request, also one that is turned away: the log first, whose id all others may use;
    - pages of other origins are told what they may do before anyone asks them for a key, which a browser never sends
      with that question, and can read why they were turned away;
    - the key comes before the rate, which is counted by it, and both before a body is read;
    - a body is read before the request counts as being served, so that slow senders hold no place;
    - what fails then is turned into a response, which takes the whole way back.
    """
    found: list[Layer] = [
        lambda app: RequestLog(app, questions=settings.log_questions),
        lambda app: Observed(app, metrics),
    ]
    if settings.traces:
        tracing = tracing_to(settings.traces)
        found.append(lambda app: Traced(app, tracing))
    if settings.cors:
        found.append(lambda app: _cors(app, settings.cors))
    if settings.keys_needed:
        keyring = Keyring(settings.keys)
        found.append(lambda app: guard.Guard(app, keyring))
    if settings.requests_a_minute:
        rates = Rates(settings.requests_a_minute)
        found.append(lambda app: RateLimit(app, rates))
    found.append(lambda app: BodyLimit(app, settings.max_chat_body))
    if settings.concurrency:
        found.append(lambda app: ConcurrencyLimit(app, settings.concurrency))
    return [*found, Failures]


def install(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """Puts the layers around the routes of ``app``."""
    for layer in reversed(layers(settings, metrics)):
        app.add_middleware(layer)
    if settings.keys_needed:
        guard.tell(app)


def _cors(app: ASGIApp, origins: tuple[str, ...]) -> ASGIApp:
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=("GET", "HEAD", "POST"),
        allow_headers=("*",),  # clients send many of their own; no cookie or password goes with them
        expose_headers=(HEADER, "Retry-After", "Content-Disposition"),
    )
