"""The use case of the register: who must do what for whom; filtered, sorted, paged (pure over the store)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from corpus.errors import QueryError, UnknownFilter
from corpus.model import FREQUENCIES, MODALITIES, TEXT_VERSIONS
from corpus.readable import readable
from index.filters import Filters, Parties
from index.store import SORTS, Registered, Store
from index.text import tokens
from qa.filters import resolve_filters
from qa.model import VERSIONS, Version

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
MAX_OFFSET = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterQuery:
    """Which obligations are wanted, and in what order.

    ``filters`` are names and values as people write them; ``version`` is that of the text that an obligation was read
    from; every word of ``text`` must occur in its quote, its action or the heading above it, in whatever inflection.
    ``direct`` leaves out what reaches the bodies asked for only as members of one that is named. ``sort`` is one of
    :data:`index.store.SORTS`, with ``-`` before it in reverse. ``limit`` None means all.

    Raises a :class:`~corpus.errors.QueryError` for what cannot be looked up.
    """

    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: Version = "all"
    text: str = ""
    direct: bool = False
    sort: str = "resolution"
    limit: int | None = DEFAULT_LIMIT
    offset: int = 0

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise UnknownFilter(f"unknown version {self.version!r}; known: {', '.join(VERSIONS)}")
        if self.sort.removeprefix("-") not in SORTS:
            raise UnknownFilter(
                f"cannot sort by {self.sort!r}; known: {', '.join(SORTS)}, and each with - before it in reverse"
            )
        if self.limit is not None and not 1 <= self.limit <= MAX_LIMIT:
            raise QueryError(f"limit is {self.limit}; it must lie between 1 and {MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise QueryError(f"offset is {self.offset}; it must lie between 0 and {MAX_OFFSET}")


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Some of the ``total`` obligations that were found, from the one at ``offset`` on."""

    rows: tuple[Registered, ...]
    total: int
    limit: int
    offset: int


def look_up(store: Store, query: RegisterQuery) -> RegisterPage:
    """The obligations that ``query`` asks for. Raises :class:`UnknownFilter` for a value that is not known.

    Those that name the bodies asked for come first, then those that reach them by implication.
    """
    filters = _filters(store, query)
    rows = store.obligations(filters, sort=query.sort, limit=query.limit or -1, offset=query.offset)
    total = store.count_obligations(filters)
    return RegisterPage(tuple(rows), total, query.limit or total, query.offset)


def facets(store: Store, query: RegisterQuery) -> dict[str, dict[str, int]]:
    """For each way to narrow the register down its values, and how many obligations each would leave with all else
    that ``query`` chooses; those that would leave none are not listed, the most frequent come first.

    Bodies and resolutions are given by their ids. Raises as :func:`look_up` does.
    """
    values: dict[str, Iterable[str]] = {
        "bearer": store.parties("bearer"),
        "recipient": store.parties("recipient"),
        "modality": MODALITIES,
        "frequency": FREQUENCIES,
        "resolution": store.instruments,
        "version": TEXT_VERSIONS,
    }
    return {name: _counts(store, query, name, known) for name, known in values.items()}


def _counts(store: Store, query: RegisterQuery, name: str, values: Iterable[str]) -> dict[str, int]:
    counts = Counter(
        {value: store.count_obligations(_filters(store, _choosing(query, name, value))) for value in values}
    )
    return {value: count for value, count in counts.most_common() if count}


def _choosing(query: RegisterQuery, name: str, value: str) -> RegisterQuery:
    """``query`` with just ``value`` for ``name``."""
    if name == "version":
        return replace(query, version="in_force" if value == "in_force" else "proposed")
    return replace(query, filters={**query.filters, name: (value,)})


def _filters(store: Store, query: RegisterQuery) -> Filters:
    filters = resolve_filters(store, query.filters)
    duties = filters.duties
    if query.direct:
        duties = replace(duties, bearer=Parties(duties.bearer.direct), recipient=Parties(duties.recipient.direct))
    version = () if query.version == "all" else (query.version,)
    return replace(filters, duties=replace(duties, version=version, stems=tuple(tokens(readable(query.text)))))
