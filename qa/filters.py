"""Filters as people write them -> filters of the store, or an error that lists what is known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from corpus.bodies import Body, bodies
from corpus.errors import UnknownFilter
from corpus.keywords import bare
from corpus.model import FREQUENCIES, MODALITIES, PARTS, Instrument
from corpus.readable import readable
from corpus.references import find_citations
from index.filters import ROLES, Duties, Filters
from index.store import Store
from index.text import tokens
from qa.model import VERSIONS
from qa.parties import find_body, parties, short_name

# Other words for what an obligation may be; inflected ones are known by their stems.
_OTHER_WORDS = {
    "must": "obligation",
    "shall": "obligation",
    "should": "recommendation",
    "may": "permission",
    "must not": "prohibition",
    "shall not": "prohibition",
    "yearly": "annual",
    "every year": "annual",
    "each year": "annual",
    "periodically": "regular",
    "every meeting": "each-meeting",
}

T = TypeVar("T")


def resolve_filters(store: Store, wanted: Mapping[str, Iterable[str]], version: str = "all") -> Filters:
    """The store's filters for ``wanted`` (name -> values) and ``version``.

    Values may be given as people write them: ``WTSA Resolution 18``, ``Resolution ITU-R 75``, ``the World
    Telecommunication Standardization Assembly``, ``Annex C``, ``TSB Director``. Raises :class:`UnknownFilter`, which
    lists what is known.
    """
    if version not in VERSIONS:
        raise UnknownFilter(f"unknown version {version!r}; known: {', '.join(VERSIONS)}")
    instruments = list(store.instruments.values())
    chosen = set(store.instruments)
    clause: dict[str, Any] = {}
    duty: dict[str, Any] = {}
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
        elif name in ROLES:
            known = sorted({short_name(bodies()[i]) for i in store.parties(name)})
            duty[name] = parties([body for value in asked for body in _some(_bodies(value), name, value, known)])
        else:
            known = list(_FIXED[name]) if name in _FIXED else store.values(name)
            normal = _NORMAL[name]
            found = [v for value in asked for v in _some(normal(value, known), name, value, known)]
            (duty if name in _OF_DUTIES else clause)[name] = tuple(dict.fromkeys(found))
    if len(chosen) < len(instruments):
        # An empty choice (Resolution 18, body WTDC) must find nothing, not everything.
        clause["instrument"] = tuple(i.id for i in instruments if i.id in chosen) or ("",)
    if duty:
        clause["duties"] = Duties(**duty, version=() if version == "all" else (version,))
    return Filters(**clause, version=() if version == "all" else (version,))


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
    named = find_body(value)
    return [i for i in instruments if i.body == (named.id if named else value).upper()]


def _keyword(value: str, known: list[str]) -> list[str]:
    return [k for k in known if k == value.lower() or bare(k) == value.lower()]


def _annex(value: str, known: list[str]) -> list[str]:
    wanted = value.lower().removeprefix("annex").strip().upper()
    return [k for k in known if k == wanted]


def _part(value: str, known: list[str]) -> list[str]:
    return [k for k in known if k == value.lower()]


def _value(value: str, known: list[str]) -> list[str]:
    meant = tokens(_OTHER_WORDS.get(value.lower(), value))
    return [k for k in known if tokens(k) == meant]


def _bodies(value: str) -> list[Body]:
    found = find_body(value)
    return [found] if found else []


_NORMAL: dict[str, Callable[[str, list[str]], list[str]]] = {
    "keyword": _keyword,
    "annex": _annex,
    "part": _part,
    "modality": _value,
    "frequency": _value,
}
_FIXED: dict[str, tuple[str, ...]] = {"part": PARTS, "modality": MODALITIES, "frequency": FREQUENCIES}
_OF_DUTIES = ("modality", "frequency")
NAMES = ("resolution", "body", *_NORMAL, *ROLES)
