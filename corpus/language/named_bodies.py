"""Which bodies the words of a resolution name (pure).

Beyond the names of :mod:`corpus.bodies`: names relative to the body that speaks ("the other two Bureaux"), and names
that share a word ("the Directors of BR and BDT", "the Radiocommunication and Telecommunication Standardization Advisory
Groups", "ITU-T and ITU-R study groups").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from corpus.bodies import bodies, matcher, members_of, relative_names
from corpus.model import Clause, Instrument, TextVersion
from corpus.readable import readable

# What the bodies of one kind in several Sectors share in a coordination, and words for the Sectors in it.
_HEADS = {
    "director": r"(?:the )?directors? of|(?:'s?)? directors?",
    "study_group_set": r"study groups?",
    "advisory_group": r"advisory groups",
    "sector": r"sectors",
    "bureau": r"bureaux",
}
_SECTORS = {
    "radiocommunication": "ITU-R",
    "telecommunication standardization": "ITU-T",
    "telecommunication development": "ITU-D",
    "standardization": "ITU-T",
    "development": "ITU-D",
}
_SECTOR = re.compile(rf"(?<![\w-])(?:ITU-[RTD]|(?i:{'|'.join(_SECTORS)}))(?![\w-])")


class Standpoint(NamedTuple):
    """Where a text speaks from: the id of the body that adopted it, and the two Sectors it is about, if it is so."""

    adopting: str | None = None
    pair: tuple[str, ...] = ()


class NamedBodies(NamedTuple):
    """``text[start:end]`` names the bodies with these ids."""

    ids: tuple[str, ...]
    start: int
    end: int


class Mentioned(NamedTuple):
    """Ids of the bodies that the words of a clause name, and of those that its section addresses."""

    named: tuple[str, ...] = ()
    addressed: tuple[str, ...] = ()


NOBODY = Mentioned()


def mentioned(clause: Clause, instrument: Instrument, version: TextVersion | None) -> Mentioned:
    """The bodies of ``clause`` in ``version``, or as it stands where it has no words of its own there."""
    words = clause.text_of(version) if version in clause.versions else clause.text
    adopting = instrument.body.lower()
    return Mentioned(
        find_bodies_in(readable(words), adopting), find_bodies_in(readable(clause.addressee or ""), adopting)
    )


def find_bodies_in(text: str, adopting: str | None) -> tuple[str, ...]:
    """Ids of the bodies that ``text`` names, in its order, where the body with the id ``adopting`` speaks.

    >>> find_bodies_in("the Directors of the other two Bureaux", "wtsa")
    ('dir-br', 'dir-bdt')
    """
    return tuple(dict.fromkeys(i for named in find_named(text, Standpoint(adopting)) for i in named.ids))


@lru_cache(maxsize=4096)
def find_named(text: str, view: Standpoint) -> tuple[NamedBodies, ...]:
    """Where ``text`` (readable) names which bodies; the longest name wins where two overlap."""
    pattern = _pattern()
    plain, owner = matcher()
    found: list[NamedBodies] = []
    at, text = 0, text.replace("’", "'")
    while m := pattern.search(text, at):
        longer = plain.match(text, m.start())
        if m.lastgroup == "shared":
            ids = _shared(m[0], view)
        elif m.lastgroup == "relative" and not (longer and longer.end() > m.end()):
            ids = _relative(m[0].lower(), view)
        else:
            m = longer or m
            ids = (owner.get(m[0]) or owner[m[0].lower()],)
        found.append(NamedBodies(ids, *m.span()))
        at = m.end()
    return tuple(found)


def sectors_named(text: str) -> tuple[str, ...]:
    """The Sectors that ``text`` speaks of, by their names or as what they do.

    >>> sectors_named("coordination of radiocommunication and telecommunication standardization activities")
    ('ITU-R', 'ITU-T')
    """
    return tuple(dict.fromkeys(_SECTORS.get(m[0].lower(), m[0]) for m in _SECTOR.finditer(text)))


def of_sectors(body: str, sectors: Iterable[str | None]) -> tuple[str, ...]:
    """The members of a collective that belong to ``sectors``, or the body itself where it has none.

    >>> of_sectors("sgs", ["ITU-R"])
    ('itu-r-sgs',)
    """
    wanted = set(sectors)
    return tuple(i for i in members_of(body) if bodies()[i].sector in wanted) or (body,)


@cache
def _pattern() -> re.Pattern[str]:
    words, bureaux, sectors = "|".join(_SECTORS), _names("bureau"), _names("sector")
    shared = (
        rf"(?:the )?directors? of (?:{_listed(bureaux)}|{_listed(words)} bureaux)",
        rf"{_listed(bureaux)}(?:'s?)? directors?",
        rf"study groups (?:of|in) (?:{_listed(sectors)}|{_listed(words)} sectors)",
        rf"{_listed(sectors)} study groups?",
        rf"{_listed(words)} (?:(?:Sector )?advisory groups|study groups|sectors|bureaux)",
    )
    ours = rf"(?<![\w-])(?P<shared>(?ai:{'|'.join(shared)}))(?![\w-])|{_relative_names()}"
    return re.compile(f"{ours}|{matcher()[0].pattern}")


def _relative_names() -> str:
    """A pattern for relative names; one that counts ``alone`` is not followed by "of"."""
    rows = [(name, row.get("alone", False)) for row in relative_names() for name in row["names"]]
    longest = sorted(rows, key=lambda row: len(row[0]), reverse=True)
    names = "|".join(re.escape(name) + (r"(?! of\b)" if alone else "") for name, alone in longest)
    return rf"(?<![\w-])(?P<relative>(?ai:{names}))(?![\w-])"


def _listed(item: str) -> str:
    """A pattern for one or several of ``item``, acronyms in brackets let through."""
    item = rf"(?:the )?(?:ITU )?(?:{item})(?: \([A-Z-]+\))?"
    return rf"{item}(?:(?:, (?:and |or )?| and/or | and | or ){item})*"


def _names(kind: str) -> str:
    """A pattern for the bodies of ``kind``, one or all of them."""
    own = [body for body in bodies().values() if body.kind == kind]
    whole = _collective(body.id for body in own)
    relative = (name for row in relative_names() if row.get("else") == whole for name in row["names"])
    names = (*(name for body in (*own, bodies()[whole]) for name in body.names), *relative)
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


def _collective(members: Iterable[str]) -> str:
    wanted = set(members)
    return next(body.id for body in bodies().values() if set(body.members) == wanted)


def _shared(text: str, view: Standpoint) -> tuple[str, ...]:
    """The bodies of one kind in the Sectors that ``text`` coordinates; as a collective where it names them all."""
    kind = next(kind for kind, head in _HEADS.items() if re.search(head, text, re.I))
    ours = {body.sector: body.id for body in bodies().values() if body.kind == kind}
    whole = _collective(ours.values())
    text = re.sub(_HEADS[kind], "", text, flags=re.I)
    plain, owner = matcher()
    sectors: list[str | None] = []
    for m in re.finditer(rf"{_relative_names()}|(?P<plain>{plain.pattern})|(?i:{'|'.join(_SECTORS)})", text):
        if m["relative"]:
            ids = _relative(m[0].lower(), view)
        elif m["plain"]:
            ids = (owner.get(m[0]) or owner[m[0].lower()],)
        else:
            sectors.append(_SECTORS[m[0].lower()])
            continue
        if any(bodies()[i].members for i in ids):
            return (whole,)
        sectors += [bodies()[i].sector for i in ids]
    found = tuple(dict.fromkeys(ours[sector] for sector in sectors if sector in ours))
    return (whole,) if kind == "director" and len(found) == len(ours) else found


def _relative(name: str, view: Standpoint) -> tuple[str, ...]:
    """The bodies that a relative name stands for, by the rows of ``bodies.toml``."""
    row = next(row for row in relative_names() if name in map(str.lower, row["names"]))
    home = bodies().get(view.adopting or "")
    if row["means"] == "adopting":
        return (home.id,) if home else ()
    if row["means"] == "of":
        return (row["of"].get(view.adopting, row["else"]),)
    meant: set[str | None] = set()
    if row["means"] == "pair":
        meant = set(view.pair)
    elif home and home.sector:
        sectors = {body.sector for body in bodies().values() if body.kind == "sector"}
        meant = {home.sector} if row["means"] == "own" else sectors - {home.sector}
    found = tuple(body.id for body in bodies().values() if body.kind == row.get("kind") and body.sector in meant)
    return found or (row["else"],)
