"""Everyday words of a question -> the words that resolutions use for them (pure, from ``everyday.txt``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from index.text import Synonym, tokens


def find_synonyms(text: str) -> tuple[Synonym, ...]:
    """What the texts may say for words of ``text``; of entries that overlap, the longest.

    >>> [s.stems for s in find_synonyms("who pays for it?")]
    [('pay',)]
    """
    stems, phrases = tokens(text), _phrases()
    found: list[Synonym] = []
    at = 0
    while at < len(stems):
        for size in range(min(_longest(), len(stems) - at), 0, -1):
            key = tuple(stems[at : at + size])
            if key in phrases:
                found.append(Synonym(key, _others(key)))
                break
        else:
            size = 1
        at += size
    return tuple(found)


@cache
def entries() -> Mapping[str, str]:
    """The list as it is written: what texts say, parted by semicolons, by the everyday phrase."""
    lines = (resources.files("qa") / "everyday.txt").read_text("utf-8").splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


@cache
def _phrases() -> Mapping[tuple[str, ...], str]:
    """What is written for each everyday phrase, by its stems."""
    phrases: dict[tuple[str, ...], str] = {}
    for phrase, texts in entries().items():
        stems = tuple(tokens(phrase))
        phrases[stems] = f"{phrases[stems]};{texts}" if stems in phrases else texts
    return phrases


@lru_cache(maxsize=4096)
def _others(key: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Stems of what texts say for an everyday phrase."""
    return tuple(dict.fromkeys(stems for said in _phrases()[key].split(";") if (stems := tuple(tokens(said)))))


@cache
def _longest() -> int:
    return max(map(len, _phrases()), default=1)
