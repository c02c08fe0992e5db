"""Bodies as people write them, and how obligations may name them (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from corpus.bodies import Body, bodies, implied_by
from index.filters import Parties
from index.text import tokens

_BRACKETS = re.compile(r"\([^)]*\)")
_POSSESSIVE = re.compile(r"['’]s?\b")


def find_body(text: str) -> Body | None:
    """The one body that ``text`` names: by its id, any of its names in any order of words, or its name and acronym.

    >>> [find_body(t).id for t in ("tsag", "Director, TSB", "the Radiocommunication Advisory Group (RAG)")]
    ['tsag', 'dir-tsb', 'rag']
    """
    exact, by_words = _names()
    text = text.removeprefix("the ").strip()
    bare = _BRACKETS.sub(" ", text).strip()
    found = (
        *(exact.get(form) for form in (text, text.lower(), bare.lower())),
        *(by_words.get(form) for form in (_words(text), _words(bare), _words(text) - {"itu"})),
    )
    return next((body for body in found if body), None)


@cache
def _names() -> tuple[dict[str, Body], dict[frozenset[str], Body]]:
    """Bodies by their names as written and in small letters, and by the stems of the words of a name."""
    exact: dict[str, Body] = {}
    by_words: dict[frozenset[str], Body] = {}
    for body in bodies().values():
        for form in (body.id, *body.names, *map(str.lower, body.names)):
            exact.setdefault(form, body)
        for name in body.names:
            by_words.setdefault(_words(name), body)
    return exact, by_words


def _words(name: str) -> frozenset[str]:
    return frozenset(tokens(_POSSESSIVE.sub("", name)))


def parties(asked: Sequence[Body]) -> Parties:
    """Any of the bodies ``asked``. Named directly: itself, or all its members together. By implication: a collective
    that it is a member of."""
    members = (body.members for body in asked if body.members)
    wholes = dict.fromkeys((whole,) for body in asked for whole in implied_by(body.id))
    return Parties((*((body.id,) for body in asked), *members), tuple(wholes))


@cache
def short_name(body: Body) -> str:
    """Its acronym, unless that has two letters and may be anything; or its name with the acronym of the body that it
    belongs to: ``Director of TSB``."""
    if body.acronym and len(body.acronym) > 2:
        return body.acronym
    inner = max((b for b in bodies().values() if f"the {b.name}" in body.name), key=lambda b: len(b.name), default=body)
    return body.name.replace(f"the {inner.name}", inner.acronym or inner.name)
