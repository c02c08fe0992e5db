"""``GET /v1/obligations``: the register over HTTP."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from qa.api.listing import FilterParameters
from qa.api.obligations import ObligationList
from qa.api.state import answerer_of
from qa.register import DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET, RegisterQuery, look_up
from qa.sheets import as_csv, as_xlsx

Format = Literal["json", "csv", "xlsx"]
MEDIA_TYPES: dict[Format, str] = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ACCEPTED: dict[str, Format] = {"*/*": "json", "application/*": "json", "text/*": "csv"}
_ACCEPTED |= {media_type: kind for kind, media_type in MEDIA_TYPES.items()}

router = APIRouter()


class RegisterParameters(FilterParameters):
    """What ``GET /v1/obligations`` takes; ``q`` is another name for ``text``."""

    text: str = Field("", max_length=2000, description="words that must all occur in quote, action or heading")
    q: str = Field("", max_length=2000)
    direct: bool = Field(False, description="leave out what reaches the bodies asked for only by implication")
    sort: str = Field(
        "resolution", description="resolution, bearer, recipient, modality, frequency or deadline; - before it reverses"
    )
    limit: int | None = Field(
        None, ge=1, le=MAX_LIMIT, description=f"{DEFAULT_LIMIT} unless given; in CSV and XLSX, all"
    )
    offset: int = Field(0, ge=0, le=MAX_OFFSET)
    format: Format | None = Field(None, description="before what the Accept header prefers")


@router.get(
    "/v1/obligations",
    tags=["look up"],
    response_model=ObligationList,
    responses={200: {"content": {MEDIA_TYPES["csv"]: {}, MEDIA_TYPES["xlsx"]: {}}}},
)
def obligations(
    request: Request, response: Response, wanted: Annotated[RegisterParameters, Query()]
) -> Response | ObligationList:
    """The register: who must, should, may or must not do what, for whom and how often."""
    kind = wanted.format or preferred(request.headers.get("accept", ""))
    query = RegisterQuery(
        filters=wanted.filters(),
        version=wanted.version,
        text=f"{wanted.text} {wanted.q}",
        direct=wanted.direct,
        sort=wanted.sort,
        limit=wanted.limit or (DEFAULT_LIMIT if kind == "json" else None),
        offset=wanted.offset,
    )
    answerer = answerer_of(request)
    found = ObligationList.of(look_up(answerer.bundle.store, query), answerer)
    response.headers["Vary"] = "Accept"
    if kind == "json":
        return found
    items, base = found.model_dump()["items"], str(request.base_url).rstrip("/")
    content = as_csv(items, base) if kind == "csv" else as_xlsx(items, base)
    headers = {"Content-Disposition": f'attachment; filename="obligations.{kind}"', "Vary": "Accept"}
    return Response(content, media_type=MEDIA_TYPES[kind], headers=headers)


def preferred(accept: str) -> Format:
    """The format that an ``Accept`` header likes best of those that there are; JSON where it likes none."""
    ranges = [[part.strip() for part in item.split(";")] for item in accept.lower().split(",")]
    known = [(_weight(parameters), _ACCEPTED[name]) for name, *parameters in ranges if name in _ACCEPTED]
    return max(known, key=lambda k: k[0], default=(0.0, "json"))[1]


def _weight(parameters: list[str]) -> float:
    given = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    try:
        return float(given)
    except ValueError:
        return 0.0
