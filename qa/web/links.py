"""Addresses of pages with their parameters (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Chip:
    """A value that narrows a page down, or could: ``href`` leads to the page with it put in, or taken out where it is
    ``active``. ``count`` is how many items have it, where that is known."""

    name: str
    value: str
    label: str
    href: str
    active: bool
    count: int | None = None


def pairs_of(values: Mapping[str, Iterable[str] | str | None]) -> Pairs:
    """Parameters as pairs, those without a value left out.

    >>> pairs_of({"q": "who", "part": ["annex", "operative"], "sort": None})
    (('q', 'who'), ('part', 'annex'), ('part', 'operative'))
    """
    listed = {name: [value] if isinstance(value, str) else list(value or ()) for name, value in values.items()}
    return tuple((name, value) for name, values_of in listed.items() for value in values_of if value)


def address(path: str, pairs: Pairs) -> str:
    """``path`` with ``pairs`` as its query."""
    query = urlencode([(name, value.encode("utf-8", "replace")) for name, value in pairs], quote_via=quote)
    return f"{path}?{query}" if query else path


def having(pairs: Pairs, name: str, *values: str) -> Pairs:
    """``pairs`` with just ``values`` for ``name``."""
    return (*(pair for pair in pairs if pair[0] != name), *((name, value) for value in values if value))


def toggled(pairs: Pairs, name: str, value: str) -> Pairs:
    """``pairs`` without ``value`` for ``name`` where they have it, else with it."""
    pair = (name, value)
    return tuple(p for p in pairs if p != pair) if pair in pairs else (*pairs, pair)


def chip(path: str, pairs: Pairs, name: str, value: str, label: str, count: int | None = None) -> Chip:
    """The chip that puts ``value`` into the parameters of a page, or takes it out."""
    return Chip(name, value, label, address(path, toggled(pairs, name, value)), (name, value) in pairs, count)
