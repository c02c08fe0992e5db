"""OpenAI's protocol for chats: ``POST /v1/chat/completions`` and ``GET /v1/models``, with errors in its shape."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from qa.answer import Answerer
from qa.api.chat_errors import ChatError, ChatRoute, ErrorBody
from qa.api.schemas import Citation, Values, WrittenOut
from qa.api.state import service_of
from qa.chat import MODEL, Annotation, Options, Said, chunks, clause_url, respond
from qa.model import DEFAULT_K, MAX_K, Evidence, Version, Written

SOURCES_HEADER = "X-Clauseqa-Sources"  # on: sources as the events that Open WebUI reads, instead of annotations
ROLES = ("system", "developer", "user", "assistant", "tool", "function")
_HOST = re.compile(r"[\w.-]+(?::\d+)?|\[[0-9a-fA-F:.]+\](?::\d+)?")
_PATH = re.compile(r"(?:/[\w.~-]+)*")
_ON = ("1", "on", "true", "yes")


class Message(BaseModel):
    """A turn. ``content`` is a text, or a list of parts of which those of type ``text`` count."""

    model_config = ConfigDict(extra="allow")

    role: str
    content: str | list[dict[str, Any]] | None = None


class StreamOptions(BaseModel):
    """What a stream is to hold beside the answer."""

    include_usage: bool | None = None


class ChatRequest(BaseModel):
    """A conversation. Whatever else OpenAI's protocol knows is accepted; what would change the answer's form and is not
    offered (several choices, JSON, forced tools, sound) is refused, and the rest changes nothing: the answer is made of
    the clauses, without a temperature. ``k``, ``filters`` and ``version`` are those of ``/v1/ask``."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [{"model": MODEL, "messages": [{"role": "user", "content": "who reports annually to TSAG?"}]}]
        },
    )

    model: Annotated[str, Field(strict=True)]
    messages: Annotated[list[Message], Field(min_length=1)]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = None
    response_format: dict[str, Any] | None = None
    tool_choice: Any = None
    function_call: Any = None
    modalities: list[str] | None = None
    k: Annotated[int | None, Field(ge=1, le=MAX_K)] = None
    filters: Annotated[dict[str, Values], Field(max_length=20)] = {}
    version: Version | None = None

    def options(self) -> Options:
        """What is asked for beside the messages."""
        filters = {name: tuple(values) for name, values in self.filters.items()}
        return Options(self.k or DEFAULT_K, filters, self.version or "all")


class Model(BaseModel):
    """What may be named as ``model``."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = MODEL


class ModelList(BaseModel):
    """All models: there is one."""

    object: Literal["list"] = "list"
    data: list[Model]


router = APIRouter(
    route_class=ChatRoute,
    tags=["chat"],
    responses={"4XX": {"model": ErrorBody, "description": "what is wrong, as OpenAI tells it"}},
)


@router.get("/v1/models")
def models(request: Request) -> ModelList:
    """The one model."""
    return ModelList(data=[_model(service_of(request).current())])


@router.get("/v1/models/{name:path}")
def model(request: Request, name: str) -> Model:
    """The model of that name."""
    _check_model(name)
    return _model(service_of(request).current())


@router.post("/v1/chat/completions", response_model=None)
def complete(request: Request, body: ChatRequest) -> Response:
    """Answer the last turn of a conversation. The text links to the clauses; the citations stand beside it."""
    _check(body)
    service = service_of(request)
    answerer, base = service.current(), link_base(request, service.settings.public_url)
    said = respond(
        user_turns(body.messages), answerer.ask, answerer.bundle.store.instruments.values(), base, body.options()
    )
    head = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "created": int(time.time()),
        "model": MODEL,
        "system_fingerprint": f"index_{answerer.bundle.manifest.id}",
    }
    usage = _usage(answerer, body.messages, said.text)
    citations = {
        "citations": _citations(said, base),
        "answered": said.answer is not None and said.answer.answered,
        "written": WrittenOut.of(said.answer.written if said.answer else Written()).model_dump(),
    }
    if not body.stream:
        return JSONResponse(_whole(said, usage) | citations | head)
    as_events = request.headers.get(SOURCES_HEADER, "").lower() in _ON or (
        SOURCES_HEADER not in request.headers and service.settings.chat_sources
    )
    wants_usage = body.stream_options is not None and bool(body.stream_options.include_usage)
    events = _stream(said, citations, usage if wants_usage else None, as_events=as_events)
    return StreamingResponse(
        _sent(events, {**head, "object": "chat.completion.chunk"}),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def user_turns(messages: Sequence[Message]) -> list[str]:
    """The texts of the person's turns; those of all others are data that nothing is done with. Raises
    :class:`ChatError` where the last cannot be answered."""
    for at, message in enumerate(messages):
        if message.role not in ROLES:
            raise ChatError(
                f"messages[{at}].role is {message.role!r}; known: {', '.join(ROLES)}",
                f"messages[{at}].role",
                "invalid_value",
            )
    mine = [at for at, message in enumerate(messages) if message.role == "user"]
    if not mine:
        raise ChatError("there is no message with the role user to answer", "messages", "invalid_value")
    last = mine[-1]
    content = messages[last].content
    for n, part in enumerate(content if isinstance(content, list) else ()):
        if part.get("type") != "text" or not isinstance(part.get("text"), str):
            raise ChatError(
                f"{part.get('type')!r:.40} is not read; send text", f"messages[{last}].content[{n}]", "invalid_value"
            )
    if not text_of(messages[last]).strip():
        raise ChatError(
            "the last message is empty; ask in words, e.g. 'who reports annually to TSAG?'",
            f"messages[{last}].content",
            "invalid_value",
        )
    return [text_of(messages[at]) for at in mine]


def text_of(message: Message) -> str:
    """The text of a message, that of its parts put together."""
    if isinstance(message.content, str):
        return message.content
    return "\n".join(str(p["text"]) for p in message.content or () if p.get("type") == "text" and p.get("text"))


def link_base(request: Request, public_url: str | None) -> str:
    """What links begin with: ``public_url`` if it is set, else the address that the client used, as a proxy before
    this server tells it. Without a slash at its end; empty where the address is no address."""
    if public_url:
        return public_url.rstrip("/")

    def told(name: str) -> str | None:
        return request.headers.get(f"X-Forwarded-{name}", "").partition(",")[0].strip() or None

    scheme = told("Proto") or request.url.scheme
    host = told("Host") or request.headers.get("Host", "")
    path = (told("Prefix") or str(request.scope.get("root_path", ""))).rstrip("/")
    sound = scheme in ("http", "https") and _HOST.fullmatch(host) and _PATH.fullmatch(path)
    return f"{scheme}://{host}{path}" if sound else ""


def _model(answerer: Answerer) -> Model:
    return Model(id=MODEL, created=int(datetime.fromisoformat(answerer.bundle.manifest.built_at).timestamp()))


def _check(body: ChatRequest) -> None:
    """Refuses what would have to change the form of the answer."""
    _check_model(body.model)
    if body.n not in (None, 1):
        raise ChatError("n must be 1: the same question has one answer", "n", "unsupported_value")
    if body.response_format and body.response_format.get("type") != "text":
        raise ChatError("response_format must be of type text", "response_format", "unsupported_value")
    for name in ("tool_choice", "function_call"):
        if getattr(body, name) not in (None, "none", "auto"):
            raise ChatError(f"{name} cannot be forced: no tool is ever called", name, "unsupported_value")
    if body.modalities and body.modalities != ["text"]:
        raise ChatError("modalities must be ['text']", "modalities", "unsupported_value")


def _check_model(name: str) -> None:
    if name != MODEL:
        raise ChatError(
            f"the model {name!r:.100} does not exist; use {MODEL!r}", "model", "model_not_found", HTTPStatus.NOT_FOUND
        )


def _usage(answerer: Answerer, messages: Sequence[Message], text: str) -> dict[str, int]:
    """Counted with the encoder's own tokenizer, the tokens that it puts around a text left out."""
    count = answerer.bundle.encoder.count_tokens
    around = count("")
    prompt = sum(count(text_of(m)) - around for m in messages)
    completion = count(text) - around
    return {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}


def _citations(said: Said, base: str) -> list[dict[str, Any]]:
    """The citations as ``/v1/ask`` gives them, in rank order, with whole addresses and the ``number`` in the text."""
    numbers = {a.evidence.clause.id: a.number for a in said.annotations}
    return [
        {
            **Citation.of(e, rank).model_dump(),
            "url": clause_url(base, e.clause.id),
            "number": numbers.get(e.clause.id),
        }
        for rank, e in enumerate(said.answer.evidence if said.answer else (), 1)
    ]


def _annotation(annotation: Annotation) -> dict[str, Any]:
    return {
        "type": "url_citation",
        "url_citation": {
            "start_index": annotation.start,
            "end_index": annotation.end,
            "url": annotation.url,
            "title": annotation.evidence.reference,
        },
    }


def _whole(said: Said, usage: Mapping[str, int]) -> dict[str, Any]:
    message = {
        "role": "assistant",
        "content": said.text,
        "refusal": None,
        "annotations": [_annotation(a) for a in said.annotations],
    }
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {"object": "chat.completion", "choices": [choice], "usage": dict(usage)}


def _stream(
    said: Said, citations: Mapping[str, Any], usage: Mapping[str, int] | None, *, as_events: bool
) -> Iterator[dict[str, Any]]:
    """The chunks of an answer: the role, the words, the end with the citations, and the usage where it is asked for."""
    more: dict[str, Any] = {} if usage is None else {"usage": None}
    yield _chunk({"role": "assistant", "content": "", "refusal": None}) | more
    if as_events:
        for evidence, url in {a.url: (a.evidence, a.url) for a in said.annotations}.values():
            yield _chunk({}) | more | {"event": _source(evidence, url)}
    for text, cited in chunks(said):
        told = {} if as_events or not cited else {"annotations": [_annotation(a) for a in cited]}
        yield _chunk({"content": text, **told}) | more
    yield {**_chunk({}, "stop"), **more, **citations}
    if usage is not None:
        yield {"choices": [], "usage": dict(usage)}


def _chunk(delta: Mapping[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": dict(delta), "logprobs": None, "finish_reason": finish_reason}
    return {"choices": [choice]}


def _source(evidence: Evidence, url: str) -> dict[str, Any]:
    """A clause as the event that Open WebUI shows as a source."""
    name = evidence.reference
    data = {
        "source": {"name": name, "url": url},
        "document": [evidence.words],
        "metadata": [{"source": name, "name": name, "url": url}],
    }
    return {"type": "source", "data": data}


async def _sent(events: Iterator[dict[str, Any]], head: Mapping[str, Any]) -> AsyncIterator[str]:
    """``events`` as server-sent ones, and the word that there are no more."""
    for event in events:
        yield f"data: {json.dumps({**head, **event}, ensure_ascii=False, separators=(',', ':'))}\n\n"
    yield "data: [DONE]\n\n"
