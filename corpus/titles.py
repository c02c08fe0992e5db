"""Title cells: which resolution this is, of which body, in which revision (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.keywords import match_heading
from corpus.model import Cell, Line, Span
from corpus.readable import readable

# The adopting bodies and their signs; "of the International Telecommunication Union" and the like may follow.
ADOPTING = {
    "Plenipotentiary Conference": "PP",
    "Radiocommunication Assembly": "RA",
    "World Telecommunication Standardization Assembly": "WTSA",
    "World Telecommunication Development Conference": "WTDC",
    "World Radiocommunication Conference": "WRC",
    "General Assembly": "UNGA",
}
_HEADING = re.compile(r"RESOLUTION (?P<itur>ITU-R )?(?P<number>\d+(?:[-/]\d+)*)(?: ?\((?P<revision>[^()]*)\))?", re.I)
_DATE_LINE = re.compile(r"\((?P<revision>(?:Rev\. )?(?:[^(),]+, )?\d{4})\)")
_ENACTING = re.compile(rf"The .*?(?P<body>{'|'.join(ADOPTING)}).*?(?:\((?P<place>[^()]*\d{{4}})\))?\s*,?", re.I | re.A)
_YEAR = re.compile(r"\d{4}")
_GLUED_PLACES = re.compile(r"(?P<old>[A-Z][\w .'-]*?, \d{4})(?P<new>[A-Z][\w .'-]*?, \d{4})")


@dataclass(frozen=True, slots=True)
class Title:
    """What a title cell says. ``place_proposed`` is set where the enacting formula holds two places run together,
    as ``(Bucharest, 2022Doha, 2026)``: the mark of a draft revision."""

    number: str
    body: str | None
    revision: str | None
    title: str
    place: str | None
    place_proposed: str | None
    span: Span
    rest: tuple[Line, ...]


def is_title(cell: Cell) -> bool:
    """Does the cell open with the heading of a resolution?"""
    first = next((readable(line.text) for line in cell.lines if line.text.strip()), "")
    return _HEADING.fullmatch(first) is not None


def parse_title(lines: tuple[Line, ...]) -> Title:
    """Read heading, title (over as many lines as it takes), date line and enacting formula; ``rest`` is what follows.

    ``lines`` must start (blank lines aside) with a heading for which :func:`is_title` holds.
    """
    todo = [line for line in lines if line.text.strip()]
    heading = _HEADING.fullmatch(readable(todo[0].text))
    if heading is None:
        raise ValueError("not a title cell")
    revision, body = heading["revision"], "RA" if heading["itur"] else None
    title: list[str] = []
    place = proposed = None
    used = 1
    for line in todo[1:]:
        text = readable(line.text)
        if match_heading(text):  # an extract may lack the enacting formula
            break
        if date := _DATE_LINE.fullmatch(text):
            revision = revision or date["revision"]
        elif enacting := _ENACTING.fullmatch(text):
            body = next(sign for name, sign in ADOPTING.items() if name.lower() == enacting["body"].lower())
            place = enacting["place"]
            if glued := _GLUED_PLACES.fullmatch(place or ""):
                place, proposed = glued["old"], glued["new"]
            used += 1
            break
        else:
            title.append(text)
        used += 1
    start, last = todo[0], todo[used - 1]
    return Title(
        number=heading["number"],
        body=body,
        revision=revision,
        title=" ".join(title),
        place=place,
        place_proposed=proposed,
        span=Span(start.start, last.start + len(last.text)),
        rest=tuple(todo[used:]),
    )


def instrument_id(body: str | None, number: str, revision: str | None) -> str:
    """``itu-wtsa/res-18/2024``: body, number and the year of the revision."""
    year = _YEAR.search(revision or "")
    return "/".join(
        (f"itu-{(body or 'unknown').lower()}", f"res-{number.replace('/', '-')}", year[0] if year else "undated")
    )
