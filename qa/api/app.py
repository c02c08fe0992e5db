"""The application: routes and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi_offline import FastAPIOffline

from corpus import VERSION
from qa.api import layers, mcp, metrics, problems
from qa.api.later import Later
from qa.api.schemas import AskRequest, AskResponse, Problem
from qa.api.state import answerer_of
from qa.model import Question
from qa.service import Service

router = APIRouter()


def build_app(service: Service) -> FastAPI:
    """The application that serves ``service``; its state is handed in, and nothing is global."""
    errors: dict[int | str, dict[str, Any]] = {
        "4XX": {
            "model": Problem,
            "content": {problems.MEDIA_TYPE: {}},
            "description": "what is wrong and how to mend it",
        }
    }
    app: FastAPI = FastAPIOffline(
        title="clauseqa",
        version=VERSION,
        summary="Ranked, verifiable clause citations for questions about resolutions.",
        responses=errors,
        lifespan=mcp.lifespan,
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
            "auto_configure": False,
        },  # it tells query strings
    )
    app.state.service = service
    Later(app, _others)
    layers.install(app, service.settings, metrics.install(app, service))
    app.include_router(router)
    app.router.routes.append(mcp.route)
    problems.install(app)
    return app


def _others() -> tuple[APIRouter, ...]:
    from qa.api import chat, compare, detail, lookup, pages, register

    return lookup.router, register.router, detail.router, compare.router, chat.router, pages.router


@router.post("/v1/ask", tags=["ask"], response_model=AskResponse)
async def ask(request: Request, body: AskRequest) -> Response:
    """Answer a question with ranked clause citations, or say that no clause answers it."""
    filters = {name: tuple(values) for name, values in body.filters.items()}
    question = Question(body.question, body.k, filters, body.version, tuple(body.before))

    def answered() -> str:
        return AskResponse.of(answerer_of(request).ask(question), explain=body.explain).model_dump_json()

    # One thread takes up a new index, if there is one, answers and writes it down.
    return Response(await run_in_threadpool(answered), media_type="application/json")


@router.get("/healthz", tags=["run"])
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", tags=["run"])
def readyz(request: Request) -> dict[str, Any]:
    """An index is loaded, and which."""
    manifest = answerer_of(request).bundle.manifest
    return {
        "status": "ready",
        "index": {
            "id": manifest.id,
            "corpus_digest": manifest.corpus_digest,
            "encoder": manifest.encoder.name,
            "built_at": manifest.built_at,
            "counts": dict(manifest.counts),
        },
    }
