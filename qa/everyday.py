"""Everyday words of a question -> the words that resolutions use for them (pure, from ``everyday.toml``)."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from index.text import Synonym, tokens


def find_synonyms(text: str) -> tuple[Synonym, ...]:
    """What the texts may say for words of ``text``; of entries that overlap, the longest.

    >>> [s.stems for s in find_synonyms("who pays for it?")]
    [('pay',)]
    """
    stems, entries = tokens(text), _entries()
    found: list[Synonym] = []
    at = 0
    while at < len(stems):
        for size in range(min(_longest(), len(stems) - at), 0, -1):
            key = tuple(stems[at : at + size])
            if entries.get(key):
                found.append(Synonym(key, entries[key]))
                break
        else:
            size = 1
        at += size
    return tuple(found)


@cache
def _entries() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """Stems of the words that texts use, by the stems of an everyday phrase."""
    rows = tomllib.loads((resources.files("qa") / "everyday.toml").read_text("utf-8")).get("words", {})
    entries: dict[tuple[str, ...], tuple[tuple[str, ...], ...]] = {}
    for phrase, others in rows.items():
        key = tuple(tokens(phrase))
        if key:
            entries[key] = tuple(
                dict.fromkeys((*entries.get(key, ()), *(tuple(tokens(o)) for o in others if tokens(o))))
            )
    return entries


@cache
def _longest() -> int:
    return max(map(len, _entries()), default=1)
