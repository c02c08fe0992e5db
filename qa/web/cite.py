"""A clause as others cite it: BibTeX and CSL-JSON (pure)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from corpus.bodies import bodies
from corpus.model import NO_BODY
from qa.api.listing import ClauseItem, InstrumentItem
from qa.web.words import place

PUBLISHER = "International Telecommunication Union"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_STANDING = {
    "proposed": "proposed, not in force",
    "deleted": "struck by a draft",
    "uncertain": "uncertain whether in force",
}
_SPECIAL = str.maketrans(
    {character: f"\\{character}" for character in "&%$#_{}"}
    | {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a reference manager is told of a clause. ``key`` is its id with colons for slashes; ``standing`` what it is
    if not in force."""

    key: str
    author: str
    title: str
    number: str
    publisher: str | None
    year: int | None
    section: str
    standing: str | None
    url: str


def entry_of(clause: ClauseItem, instrument: InstrumentItem, url: str) -> Entry:
    """The entry of ``clause`` of ``instrument``, which is to be found at the absolute address ``url``."""
    body = bodies().get(instrument.body.lower())
    years = _YEAR.findall(instrument.revision or instrument.adopted or "")
    return Entry(
        key=clause.clause_id.replace("/", ":"),
        author=body.name.removeprefix("the ") if body else PUBLISHER,
        title=f"{instrument.name}: {instrument.title}" if instrument.title else instrument.name,
        number=instrument.resolution,
        publisher=None if instrument.body == NO_BODY else PUBLISHER,
        year=int(years[-1]) if years else None,
        section=place(clause.reference),
        standing=_STANDING.get(clause.status),
        url=url,
    )


def as_bibtex(entry: Entry) -> str:
    """``entry`` for BibTeX: its special characters escaped, names and title kept as they are written."""
    fields = {
        "author": f"{{{entry.author.translate(_SPECIAL)}}}",
        "title": f"{{{entry.title.translate(_SPECIAL)}}}",
        "organization": entry.publisher,
        "year": entry.year,
        "note": ", ".join(filter(None, (entry.section, entry.standing))).translate(_SPECIAL),
        "url": entry.url,
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@misc{{{entry.key},\n{lines}}}\n"


def as_csl(entry: Entry) -> str:
    """``entry`` as CSL-JSON 1.0.2, a list of one item."""
    fields = {
        "id": entry.key,
        "type": "legislation",
        "title": entry.title,
        "number": entry.number,
        "section": entry.section,
        "authority": entry.author,
        "publisher": entry.publisher,
        "issued": {"date-parts": [[entry.year]]} if entry.year else None,
        "status": entry.standing,
        "URL": entry.url,
        "language": "en",
    }
    return json.dumps([{name: value for name, value in fields.items() if value}], indent=2, ensure_ascii=False)
