"""The pages: routes that read parameters, ask the same functions as ``/v1`` and fill a template."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from corpus.errors import ClauseqaError, QueryError
from corpus.model import Span
from index.filters import Filters
from qa.api import problems
from qa.api.chat import link_base
from qa.api.compare import ClauseComparison, RowList, compared
from qa.api.detail import ClauseRef, detail
from qa.api.listing import InstrumentItem
from qa.api.obligations import ObligationList
from qa.api.page_parameters import AskParameters, ComparePageParameters, RegisterPageParameters
from qa.api.schemas import AskResponse
from qa.api.state import answerer_of, service_of
from qa.compare import named
from qa.model import VERSIONS
from qa.register import facets, look_up
from qa.web import aligned, cite, corpus_view, narrow, words
from qa.web.links import address, having, pairs_of
from qa.web.render import render, static_files
from qa.web.source import source_view

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Vary": "Accept",
}
KEPT = "public, max-age=31536000, immutable"
NAMES = {"bearer": "Who", "recipient": "To whom", "modality": "Kind", "frequency": "How often",
         "resolution": "Resolution", "version": "Text"}  # fmt: skip
SORTS = {"resolution": "Clause", "bearer": "Who", "modality": "Kind", "recipient": "To whom", "frequency": "How often"}
EXAMPLES = (
    "who reports annually to TSAG?",
    "what may the study groups set up together?",
    "how often must TDAG be informed?",
)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class PageRoute(APIRoute):
    """A route whose errors are pages too."""

    def get_route_handler(self) -> Handler:
        """The handler, its errors told in a page."""
        handler = super().get_route_handler()

        async def guarded(request: Request) -> Response:
            try:
                return await handler(request)
            except ClauseqaError as exc:
                return told(request, _status_of(exc), str(exc))
            except RequestValidationError as exc:
                return told(request, HTTPStatus.UNPROCESSABLE_ENTITY, problems.describe(exc.errors()[0]))

        return guarded


router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.get("/")
def ask_page(request: Request, wanted: Annotated[AskParameters, Query()]) -> HTMLResponse:
    """The box, and the answer where a question is asked."""
    answerer = answerer_of(request)
    instruments = answerer.bundle.store.instruments
    answer, wrong, status = None, None, HTTPStatus.OK
    if wanted.q.strip():
        try:
            answer = AskResponse.of(answerer.ask(wanted.question()))
        except QueryError as exc:
            wrong, status = str(exc), _status_of(exc)
    pairs, before = wanted.pairs(), wanted.asked_before
    chips = narrow.offered(instruments, pairs, pairs_of({"before": before, "q": wanted.q}))
    bearers = [(words.body(body), body) for body in answerer.bundle.store.parties("bearer")]
    return _page(
        request,
        "ask.html",
        status,
        title=wanted.q.strip() or "Ask",
        wanted=wanted,
        before=before,
        answer=answer,
        wrong=wrong,
        bits=words.answer_bits(answer) if answer else (),
        read_as=words.read_as(answer.interpretation, wanted.q) if answer else (),
        quoted=words.quoted_parts,
        chips=chips,
        bearers=sorted(bearers, key=lambda bearer: bearer[0].casefold()),
        pairs=pairs,
        earlier=[
            (text, address("/", (*pairs, *pairs_of({"before": before[:n], "q": text}))))
            for n, text in enumerate(before)
        ],
        examples=EXAMPLES,
        versions=VERSIONS,
    )


@router.get("/clauses/{clause_id:path}")
def clause_page(request: Request, clause_id: str) -> Response:
    """A clause at its permanent link; who asks for no page is led to the same as JSON."""
    if "text/html" not in request.headers.get("accept", ""):
        return RedirectResponse(f"{_root(request)}/v1/clauses/{clause_id}", headers={"Vary": "Accept"})
    answerer = answerer_of(request)
    store = answerer.bundle.store
    found = detail(answerer, clause_id)
    instrument = InstrumentItem.of(store.instruments[store.clause(clause_id).instrument])
    entry = cite.entry_of(found, instrument, f"{_base(request)}{found.url}")

    def refs(*ids: str | None) -> list[ClauseRef]:
        return [ClauseRef.to(store.clause(one)) for one in ids if one]

    return _page(
        request,
        "clause.html",
        title=found.reference,
        clause=found,
        instrument=instrument,
        entry=entry,
        bibtex=cite.as_bibtex(entry),
        csl=cite.as_csl(entry),
        above=refs(found.above),
        below=refs(*found.below),
        previous=refs(found.previous),
        next=refs(found.next),
        held=store.instruments,
    )


@router.get("/source/{clause_id:path}")
def source_page(request: Request, clause_id: str, start: int | None = None, end: int | None = None) -> HTMLResponse:
    """A clause in its place in the document; the characters from ``start`` to ``end`` are what is quoted of it."""
    answerer = answerer_of(request)
    store = answerer.bundle.store
    clause = store.clause(clause_id)
    inside = start is not None and end is not None and clause.span.start <= start < end <= clause.span.end
    quote = Span(start, end) if inside and start is not None and end is not None else clause.span
    own = store.select(Filters(instrument=(clause.instrument,)))
    view = source_view(answerer.bundle.document(clause.document), own, clause, quote)
    return _page(
        request,
        "source.html",
        title=f"{clause.reference} in its source",
        clause=clause,
        instrument=InstrumentItem.of(store.instruments[clause.instrument]),
        sha256=answerer.evidence_for(clause).sha256,
        quote=quote,
        view=view,
    )


@router.get("/register")
def register_page(request: Request, wanted: Annotated[RegisterPageParameters, Query()]) -> HTMLResponse:
    """The register of obligations: who must do what."""
    answerer = answerer_of(request)
    store = answerer.bundle.store
    found = ObligationList.of(look_up(store, wanted.query()), answerer)
    pairs, path = wanted.pairs(), "/register"
    counts = facets(store, wanted.query())
    return _page(
        request,
        "register.html",
        title="Register of obligations",
        wanted=wanted,
        found=found,
        hidden=[pair for pair in pairs if pair[0] not in ("text", "direct")],
        groups={name: narrow.facet(store.instruments, path, pairs, name, counts[name]) for name in counts},
        narrowed=narrow.narrowed(store.instruments, path, pairs),
        names=NAMES,
        sorts=SORTS,
        exports=[(kind.upper(), address("/v1/obligations", (*pairs, ("format", kind)))) for kind in ("csv", "xlsx")],
        pages=narrow.pages(path, pairs, found.total, found.limit, found.offset),
        sorted_by=lambda name: address(path, having(pairs, "sort", narrow.turned(wanted.sort, name))),
    )


@router.get("/compare")
def compare_page(request: Request, wanted: Annotated[ComparePageParameters, Query()]) -> HTMLResponse:
    """Parallel provisions side by side."""
    answerer = answerer_of(request)
    store = answerer.bundle.store
    found = compared(answerer, wanted.query())
    place = pairs_of({"row": str(wanted.row) if wanted.row else None})
    rows = {c.row for c in store.select() if c.part != "footnote"}
    return _page(
        request,
        "compare.html",
        title="Compare resolutions",
        wanted=wanted,
        found=found,
        rows=[(row, aligned.heading(row), aligned.keywords(row), aligned.lines(row)) for row in found.items]
        if isinstance(found, RowList)
        else None,
        matches=found if isinstance(found, ClauseComparison) else None,
        amendment=aligned.amendment,
        chosen={i.id for name in wanted.among for i in named(name, store.instruments)} or store.instruments,
        held=store.instruments,
        short=narrow.short,
        clause_of=store.clause,
        places=sorted(rows) if len(rows) > 1 else (),
        pages=None
        if isinstance(found, ClauseComparison)
        else narrow.pages("/compare", (*wanted.pairs(), *place), found.total, found.limit, found.offset),
        versions=VERSIONS,
    )


@router.get("/corpus")
def corpus_page(request: Request) -> HTMLResponse:
    """What is indexed, and what is to know of it."""
    answerer = answerer_of(request)
    return _page(
        request,
        "corpus.html",
        title="Corpus",
        manifest=answerer.bundle.manifest,
        documents=corpus_view.documents(answerer),
    )


@router.get("/documents/{name}")
def document_text(request: Request, name: str) -> Response:
    """The canonical text of a document, which all spans point into."""
    answerer = answerer_of(request)
    if name not in {known for known, _, _ in answerer.bundle.store.documents()}:
        return told(request, HTTPStatus.NOT_FOUND, f"no document is called {name!r}; /corpus lists them all")
    return PlainTextResponse(answerer.bundle.document(name), headers=HEADERS)


@router.get("/static/{name}")
def static_file(name: str, v: str = "") -> Response:
    """A style, script or picture of the pages; to be kept for good where its digest is asked for."""
    file = static_files().get(name)
    if file is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    keep = KEPT if v == file.digest else "no-cache"
    headers = {"Cache-Control": keep, "X-Content-Type-Options": "nosniff"}
    return Response(file.content, media_type=file.media_type, headers=headers)


def _base(request: Request) -> str:
    return link_base(request, service_of(request).settings.public_url)


def _root(request: Request) -> str:
    """What stands before the path of every page, where a proxy serves them below one of its own."""
    return urlsplit(_base(request)).path


def _page(request: Request, template: str, status: int = HTTPStatus.OK, **shown: Any) -> HTMLResponse:
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    text = render(template, root=_root(request), path=path, address=address, **shown)
    return HTMLResponse(text, status, HEADERS)


def told(request: Request, status: int, message: str) -> HTMLResponse:
    """A page that says what is wrong."""
    phrase = HTTPStatus(status).phrase
    return _page(request, "error.html", status, title=phrase, message=message)


def _status_of(exc: ClauseqaError) -> HTTPStatus:
    known = (status for kind, status in problems.STATUSES if isinstance(exc, kind))
    return next(known, HTTPStatus.INTERNAL_SERVER_ERROR)
