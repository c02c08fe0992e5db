"""Filters as people write them -> filters of the store, or an error that lists what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from corpus.errors import UnknownFilter
from corpus.keywords import bare
from corpus.model import PARTS, Instrument
from corpus.readable import readable
from corpus.references import find_citations
from corpus.titles import ADOPTING
from index.store import ALL, Filters, Store
from qa.model import VERSIONS, Version

# A clause whose words mix both versions belongs to either search, marked as uncertain.
STATUSES: dict[Version, tuple[str, ...]] = {
    "all": (),
    "in_force": ("in_force", "uncertain"),
    "proposed": ("proposed", "uncertain"),
}


T = TypeVar("T")


def resolve_filters(store: Store, wanted: Mapping[str, Iterable[str]], version: str = "all") -> Filters:
    """The store's filters for ``wanted`` (name -> values) and ``version``.

    Values may be given as people write them: ``WTSA Resolution 18``, ``Resolution ITU-R 75``, ``the World
    Telecommunication Standardization Assembly``, ``Annex C``. Raises :class:`UnknownFilter`, which lists what is known.
    """
    if version not in VERSIONS:
        raise UnknownFilter(f"unknown version {version!r}; known: {', '.join(VERSIONS)}")
    instruments = list(store.instruments.values())
    chosen = set(store.instruments)
    filters = replace(ALL, status=STATUSES[version])
    for name, values in wanted.items():
        asked = [text for v in values if (text := readable(v))]
        if name not in NAMES:
            raise UnknownFilter(f"unknown filter {name!r}; known: {', '.join(NAMES)}")
        if not asked:
            continue
        if name in ("resolution", "body"):
            pick = _by_resolution if name == "resolution" else _by_body
            known = sorted({i.number for i in instruments} if name == "resolution" else {i.body for i in instruments})
            chosen &= {i.id for value in asked for i in _some(pick(value, instruments), name, value, known)}
        else:
            known = list(PARTS) if name == "part" else store.values(name)
            normal = _NORMAL[name]
            found = [v for value in asked for v in _some(normal(value, known), name, value, known)]
            filters = replace(filters, **{name: tuple(dict.fromkeys(found))})
    if len(chosen) < len(instruments):
        # An empty choice (Resolution 18, body WTDC) must find nothing, not everything.
        filters = replace(filters, instrument=tuple(i.id for i in instruments if i.id in chosen) or ("",))
    return filters


def _some(found: list[T], name: str, value: str, known: list[str]) -> list[T]:
    if not found:
        raise UnknownFilter(f"unknown {name} {value!r}; known: {', '.join(known)}")
    return found


def _by_resolution(value: str, instruments: list[Instrument]) -> list[Instrument]:
    cited = find_citations(value if not value[0].isdigit() else f"Resolution {value}")
    return [
        i for i in instruments if i.id == value or any(c.number == i.number and c.body in (None, i.body) for c in cited)
    ]


def _by_body(value: str, instruments: list[Instrument]) -> list[Instrument]:
    lowered = value.lower().removeprefix("the ").removeprefix("itu ")
    sign = next((s for name, s in ADOPTING.items() if name.lower() == lowered), value.upper())
    return [i for i in instruments if i.body == sign]


def _keyword(value: str, known: list[str]) -> list[str]:
    return [k for k in known if k == value.lower() or bare(k) == value.lower()]


def _annex(value: str, known: list[str]) -> list[str]:
    wanted = value.lower().removeprefix("annex").strip().upper()
    return [k for k in known if k == wanted]


def _part(value: str, known: list[str]) -> list[str]:
    return [k for k in known if k == value.lower()]


_NORMAL: dict[str, Callable[[str, list[str]], list[str]]] = {"keyword": _keyword, "annex": _annex, "part": _part}
NAMES = ("resolution", "body", *_NORMAL)
