"""The bodies of the Union under all their names (pure, from ``bodies.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
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
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("corpus") / "bodies.toml").read_text("utf-8"))


@cache
def bodies() -> dict[str, Body]:
    """All bodies by id."""
    return {row["id"]: _body(row) for row in _data()["body"]}


def implied_by(body: str) -> tuple[str, ...]:
    """Ids of the collectives that ``body`` is a member of: what reaches them reaches it by implication.

    >>> implied_by("tsag")
    ('advisory-groups',)
    """
    return tuple(other.id for other in bodies().values() if body in other.members)


def members_of(body: str) -> tuple[str, ...]:
    """Ids of the bodies that a collective name stands for, none for a single body.

    >>> members_of("directors")
    ('dir-br', 'dir-tsb', 'dir-bdt')
    """
    return bodies()[body].members


def _body(row: dict[str, Any]) -> Body:
    frozen: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Body(**frozen)


@lru_cache(maxsize=1024)
def find_bodies(text: str) -> tuple[Body, ...]:
    """The bodies that ``text`` (readable) names, in its order, each once; the longest name wins where two overlap.

    >>> [b.id for b in find_bodies("the TSB Director reports to TSAG")]
    ['dir-tsb', 'tsag']
    """
    pattern, owner = matcher()
    found = (owner.get(m[0]) or owner[m[0].lower()] for m in pattern.finditer(text))
    return tuple(bodies()[i] for i in dict.fromkeys(found))


def replace_bodies(text: str, by: Callable[[Body], str]) -> str:
    """``text`` with each name of a body replaced by what ``by`` gives for the body.

    >>> replace_bodies("who reports to TSAG?", lambda body: body.name)
    'who reports to Telecommunication Standardization Advisory Group?'
    """
    pattern, owner = matcher()
    return pattern.sub(lambda m: by(bodies()[owner.get(m[0]) or owner[m[0].lower()]]), text)


def without_bodies(text: str) -> str:
    """``text`` less the names of bodies.

    >>> without_bodies("who reports to TSAG?")
    'who reports to  ?'
    """
    return replace_bodies(text, lambda _: " ")


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


def relative_names() -> tuple[dict[str, Any], ...]:
    """The rows of ``bodies.toml`` for names that depend on who speaks."""
    return tuple(_data()["relative"])


@cache
def actor_nouns() -> frozenset[str]:
    """Nouns for those who may act without being a body of the list, in the singular."""
    return frozenset(_data()["actors"].split())


def any_of(names: Iterable[str]) -> str:
    """A pattern for any of ``names``, the longest first; what several begin with is compared once.

    >>> any_of(["study group", "study groups", "studies"])
    'stud(?:y\\ group(?:s)?|ies)'
    """
    tree: dict[str, Any] = {}
    for name in names:
        at = tree
        for letter in name:
            at = at.setdefault(letter, {})
        at[""] = {}
    return _any_below(tree)


def _any_below(tree: dict[str, Any]) -> str:
    below = [re.escape(letter) + _any_below(rest) for letter, rest in tree.items() if letter]
    if len(below) == 1 and "" not in tree:
        return below[0]
    return f"(?:{'|'.join(below)}){'?' if '' in tree else ''}" if below else ""


@cache
def matcher() -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for the names of bodies, and the ids for what it finds: as it stands, else in small letters."""
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
    alternatives = "|".join((*map(re.escape, exact), f"(?ai:{any_of(folded)})"))
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?![\w-])"), owner
