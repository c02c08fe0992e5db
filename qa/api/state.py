"""What a route finds in the application that it belongs to."""

from __future__ import annotations

from fastapi import Request

from qa.answer import Answerer
from qa.service import Service


def service_of(request: Request) -> Service:
    """The service that the application was made for."""
    service: Service = request.app.state.service
    return service


def answerer_of(request: Request) -> Answerer:
    """The answerer of the index that is published now; one request keeps to one."""
    return service_of(request).current()
