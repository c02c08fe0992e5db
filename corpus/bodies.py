"""The bodies of the Union under all their names (pure, from ``bodies.toml``)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Body:
    """A body, office or group; ``members`` are ids of the bodies that a collective name stands for."""

    id: str
    name: str
    kind: str
    acronym: str | None = None
    other: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    sector: str | None = None
    members: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name it goes by, the full one first."""
        return (self.name, *((self.acronym,) if self.acronym else ()), *self.other, *self.exact)


@cache
def bodies() -> dict[str, Body]:
    """All bodies by id."""
    data = tomllib.loads((resources.files("corpus") / "bodies.toml").read_text("utf-8"))
    found = (_body(row) for row in data["body"])
    return {body.id: body for body in found}


def _body(row: dict[str, Any]) -> Body:
    frozen: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Body(**frozen)


@lru_cache(maxsize=1024)
def find_bodies(text: str) -> tuple[Body, ...]:
    """The bodies that ``text`` (readable) names, in its order, each once; the longest name wins where two overlap.

    >>> [b.id for b in find_bodies("the TSB Director reports to TSAG")]
    ['dir-tsb', 'tsag']
    """
    pattern, owner = _matcher()
    found = (owner.get(m[0]) or owner[m[0].lower()] for m in pattern.finditer(text))
    return tuple(bodies()[i] for i in dict.fromkeys(found))


def without_bodies(text: str) -> str:
    """``text`` less the names of bodies.

    >>> without_bodies("who reports to TSAG?")
    'who reports to  ?'
    """
    return _matcher()[0].sub(" ", text)


def expanded(text: str) -> str:
    """``text`` with the full name put before each acronym it uses unexplained: an encoder knows words, not acronyms.

    >>> expanded("to inform TDAG annually")
    'to inform Telecommunication Development Advisory Group (TDAG) annually'
    """
    for body in find_bodies(text):
        if body.acronym and body.name.lower() not in text.lower():
            replacement = f"{body.name} ({body.acronym})"
            text = re.sub(rf"(?<![\w-])(?i:{re.escape(body.acronym)})(?![\w-])", replacement, text, count=1)
    return text


@cache
def _matcher() -> tuple[re.Pattern[str], dict[str, str]]:
    owner: dict[str, str] = {}
    exact: list[str] = []
    folded: list[str] = []
    for body in bodies().values():
        for name in body.names:
            if len(name) == 2 or name in body.exact:
                exact.append(name)
                owner.setdefault(name, body.id)
            else:
                forms = {name.lower(), f"{name.lower()}s" if name[-1] != "s" else name.lower()}
                folded += forms
                for form in forms:
                    owner.setdefault(form, body.id)
    longest = sorted(set(folded), key=len, reverse=True)
    alternatives = "|".join((*map(re.escape, exact), f"(?ai:{'|'.join(map(re.escape, longest))})"))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])"), owner
