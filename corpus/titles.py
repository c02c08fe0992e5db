"""Title cells: which resolution this is, of which body, in which revision (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.eids import slug
from corpus.keywords import match_heading
from corpus.model import NO_BODY, Cell, Line, Span
from corpus.readable import readable

# The adopting bodies and their signs; "of the International Telecommunication Union" and the like may follow.
ADOPTING = {
    "Plenipotentiary Conference": "PP",
    "Radiocommunication Assembly": "RA",
    "World Telecommunication Standardization Assembly": "WTSA",
    "World Telecommunication Development Conference": "WTDC",
    "World Radiocommunication Conference": "WRC",
    "General Assembly": "UNGA",
    "Security Council": "UNSC",
    "Economic and Social Council": "ECOSOC",
    "Human Rights Council": "HRC",
}
_UNITED_NATIONS = ("UNGA", "UNSC", "ECOSOC", "HRC")
_HEADING = re.compile(r"RESOLUTION (?P<itur>ITU-R )?(?P<number>\d+(?:[-/]\d+)*)(?: ?\((?P<revision>[^()]*)\))?", re.I)
# United Nations: "Resolution adopted by the General Assembly on 14 December 2022", then "77/150. Its title"
_ADOPTED = re.compile(
    rf"Resolution adopted by the (?P<body>{'|'.join(ADOPTING)})(?: on \d{{1,2}} \w+ (?P<year>\d{{4}}))?", re.I
)
_NUMBERED = re.compile(r"(?P<number>\d{1,4}/\d{1,4})\.?\s+(?P<title>\D.*)")
_SOURCE = re.compile(r"\[.*\]|A/RES/\S+")  # "[on the report of the Second Committee (A/77/443)]"
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
    return any(heading.fullmatch(first) for heading in (_HEADING, _ADOPTED, _NUMBERED))


def opens_a_resolution(text: str) -> bool:
    """Is the readable line the first of a resolution's heading, not its second?"""
    return text.startswith("RESOLUTION") or _ADOPTED.fullmatch(text) is not None


def parse_title(lines: tuple[Line, ...]) -> Title:
    """Read heading, title (over as many lines as it takes), date line and enacting formula; ``rest`` is what follows.

    ``lines`` must start (blank lines aside) with a heading for which :func:`is_title` holds.
    """
    todo = [line for line in lines if line.text.strip()]
    number, revision, body = "", None, None
    title: list[str] = []
    place = proposed = None
    used = 0
    for line in todo:
        text = readable(line.text)
        if not number and (heading := _HEADING.fullmatch(text)):
            number, revision, body = heading["number"], heading["revision"], "RA" if heading["itur"] else body
        elif not number and (adopted := _ADOPTED.fullmatch(text)):
            body, revision = _sign(adopted["body"]), adopted["year"]
        elif not number and (numbered := _NUMBERED.fullmatch(text)):
            number = numbered["number"]
            title.append(numbered["title"])
        elif used == 0:
            raise ValueError("not a title cell")
        elif match_heading(text):  # an extract may lack the enacting formula
            break
        elif _SOURCE.fullmatch(text):
            pass
        elif date := _DATE_LINE.fullmatch(text):
            revision = revision or date["revision"]
        elif enacting := _ENACTING.fullmatch(text):
            body = _sign(enacting["body"])
            place = enacting["place"]
            if glued := _GLUED_PLACES.fullmatch(place or ""):
                place, proposed = glued["old"], glued["new"]
            used += 1
            break
        else:
            title.append(text)
        used += 1
    if place and revision and revision.lower().endswith(place.lower()):  # a heading in capitals
        revision = f"Rev. {place}" if revision.lower().startswith("rev") else place
    start, last = todo[0], todo[used - 1]
    return Title(
        number=number,
        body=body,
        revision=revision,
        title=" ".join(title),
        place=place,
        place_proposed=proposed,
        span=Span(start.start, last.start + len(last.text)),
        rest=tuple(todo[used:]),
    )


def _sign(name: str) -> str:
    return next(sign for full, sign in ADOPTING.items() if full.lower() == name.lower())


def instrument_id(body: str | None, number: str, revision: str | None) -> str:
    """``itu-wtsa/res-18/2024``, ``un-unga/res-77-150/2022``: body, number and the year of the revision; of a text that
    no body has adopted ``doc/`` and its name."""
    if body == NO_BODY:
        return f"doc/{slug(number)}"
    year = _YEAR.search(revision or "")
    family = "un" if body in _UNITED_NATIONS else "itu"
    return "/".join((f"{family}-{(body or 'unknown').lower()}", f"res-{slug(number)}", year[0] if year else "undated"))
