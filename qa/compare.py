"""The use case of comparing: what stands side by side, what is parallel to what, and what the others lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from corpus.diff import Piece, word_diff
from corpus.errors import QueryError, UnknownClause, UnknownFilter
from corpus.model import TEXT_VERSIONS, Clause, Instrument, TextVersion
from corpus.parallels import stands_in
from corpus.readable import readable
from corpus.references import find_citations, is_of, resolve
from corpus.relations import Parallel
from qa.answer import Answerer
from qa.model import VERSIONS, Version

DEFAULT_LIMIT = 20
MAX_LIMIT = 100
MAX_OFFSET = 1_000_000
_LISTED = 8  # clauses that an error names
TEXTS: dict[Version, str] = {"in_force": "in force", "proposed": "proposed", "all": "of any version"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareQuery:
    """What is to be compared: all rows, one row (of one ``document``, where several have it), the parallels of one
    ``clause`` (id or reference), or what ``only`` one resolution has; where ``among`` names resolutions, as if the
    corpus held just these. ``limit`` and ``offset`` page through lists.

    Raises a :class:`~corpus.errors.QueryError` for what cannot be asked.
    """

    row: int | None = None
    document: str | None = None
    clause: str | None = None
    only: str | None = None
    among: tuple[str, ...] = ()
    version: Version = "all"
    limit: int = DEFAULT_LIMIT
    offset: int = 0

    def __post_init__(self) -> None:
        if self.version not in VERSIONS:
            raise UnknownFilter(f"unknown version {self.version!r}; known: {', '.join(VERSIONS)}")
        if sum((self.clause is not None, self.only is not None, (self.row or self.document) is not None)) > 1:
            raise QueryError("ask either for a row, or for a clause, or for what only one resolution has")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise QueryError(f"limit is {self.limit}; it must lie between 1 and {MAX_LIMIT}")
        if not 0 <= self.offset <= MAX_OFFSET:
            raise QueryError(f"offset is {self.offset}; it must lie between 0 and {MAX_OFFSET}")


@dataclass(frozen=True, slots=True)
class Difference:
    """What ``clause`` has otherwise than ``base``: equal and deleted pieces make up the words of ``base``, equal and
    inserted ones those of ``clause``, both readable and in one version."""

    base: Clause
    clause: Clause
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """What one resolution has in a row."""

    instrument: Instrument
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Clauses of one row that make the same provision, leftmost first, each compared with the first; one alone where
    its row has no parallel. ``elsewhere`` are their parallels in other rows, ``lacking`` the other resolutions of
    the document that have none anywhere."""

    clauses: tuple[Clause, ...]
    differences: tuple[Difference, ...]
    elsewhere: tuple[Clause, ...]
    lacking: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a comparison table; a document without a table is one row."""

    document: str
    number: int
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """A parallel of a clause, and how its words differ from the clause's."""

    clause: Clause
    parallel: Parallel
    difference: Difference


@dataclass(frozen=True, slots=True)
class Matches:
    """The parallels of ``clause``, the most alike first, and the resolutions it is compared with that have none."""

    clause: Clause
    parallels: tuple[Match, ...]
    lacking: tuple[Instrument, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """A page of rows in the order of their documents, and how many there are in all."""

    items: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Lacked:
    """A page of clauses that the other resolutions lack, and how many there are in all."""

    items: tuple[Clause, ...]
    total: int


class Comparison:
    """Compares the resolutions of one index. Immutable, and safe to use from several threads.

    A ``version`` is in_force, proposed or all: with the first two, only clauses that stand in that text are seen, in
    its words, and only parallels that hold there; with all, each clause in its words in force, else those proposed.
    """

    def __init__(
        self, clauses: Iterable[Clause], instruments: Mapping[str, Instrument], parallels: Iterable[Parallel]
    ) -> None:
        """``clauses`` in the order of their documents; footnotes are left out."""
        self._clauses = {c.id: c for c in clauses if c.part != "footnote"}
        self._instruments = instruments
        self._pairs = tuple(parallels)
        self._parallels: dict[str, list[Parallel]] = defaultdict(list)
        for parallel in self._pairs:
            for one in parallel.clauses:
                self._parallels[one].append(parallel)
        self._rows: dict[tuple[str, int], list[Clause]] = defaultdict(list)
        self._documents: dict[str, dict[str, None]] = defaultdict(dict)  # their instruments, in order
        for clause in self._clauses.values():
            self._rows[clause.document, clause.row].append(clause)
            self._documents[clause.document][clause.instrument] = None

    def answer(self, query: CompareQuery) -> Rows | Matches | Lacked:
        """What ``query`` asks for.

        Raises :class:`UnknownFilter`, which lists what is known, :class:`UnknownClause`, and :class:`QueryError`.
        """
        if query.among:
            return self.among(query.among).answer(replace(query, among=()))
        page = slice(query.offset, query.offset + query.limit)
        if query.clause is not None:
            return self.matches(self.find(query.clause, query.version), query.version)
        if query.only is not None:
            clauses = self.only_in(query.only, query.version)
            return Lacked(tuple(clauses[page]), len(clauses))
        places = self._places(query.row, query.document)
        return Rows(tuple(self._row(*place, query.version) for place in places[page]), len(places))

    def among(self, resolutions: Iterable[str]) -> Comparison:
        """The comparison of just these ``resolutions``, named as people do or by their ids.

        Raises :class:`UnknownFilter`, which lists the known ones.
        """
        chosen = {i.id for name in resolutions for i in named(name, self._instruments)}
        clauses = {c.id: c for c in self._clauses.values() if c.instrument in chosen}
        instruments = {i: home for i, home in self._instruments.items() if i in chosen}
        return Comparison(clauses.values(), instruments, (p for p in self._pairs if {*p.clauses} <= clauses.keys()))

    def _places(self, row: int | None, document: str | None) -> list[tuple[str, int]]:
        """Document and number of all rows in order, or of those asked for."""
        if document is not None and document not in self._documents:
            raise UnknownFilter(f"unknown document {document!r}; known: {', '.join(self._documents)}")
        places = [(name, n) for name, n in self._rows if document in (None, name)]
        if row is not None and not any(n == row for _, n in places):
            known = ", ".join(str(n) for n in sorted({n for _, n in places}))
            raise UnknownFilter(f"unknown row {row}; known: {known}")
        return [(name, n) for name, n in places if row in (None, n)]

    def matches(self, clause: Clause, version: Version = "all") -> Matches:
        """The parallels of ``clause``. Raises :class:`QueryError` where it does not stand in ``version``."""
        if not _holds(clause, version):
            raise QueryError(f"{clause.reference} does not stand in the text {TEXTS[version]}; ask for version=all")
        parallels = sorted(self._holding(clause, version), key=lambda p: -p.score)
        others = [self._clauses[p.other(clause.id)] for p in parallels]
        return Matches(
            clause=clause,
            parallels=tuple(
                Match(other, parallel, _difference(clause, other, _text_of(parallel, version)))
                for other, parallel in zip(others, parallels, strict=True)
            ),
            lacking=self._lacking([clause], others),
        )

    def only_in(self, resolution: str, version: Version = "all") -> list[Clause]:
        """The clauses of ``resolution``, named as people do, that no other resolution it is compared with has.

        Raises :class:`UnknownFilter`, which lists the known ones.
        """
        homes = {i.id for i in named(resolution, self._instruments)}
        return [c for c in self._clauses.values() if c.instrument in homes and self._is_alone(c, version)]

    def find(self, name: str, version: Version = "all") -> Clause:
        """The clause with the id or the ITU reference ``name``, one of ``version`` first.

        Raises :class:`UnknownClause` where there is none and :class:`QueryError` where several are meant.
        """
        if name in self._clauses:
            return self._clauses[name]
        cited = [c for c in find_citations(name) if c.names_provision][:1]
        exact, below = resolve(cited[0], self._clauses.values(), self._instruments.values()) if cited else ([], [])
        if exact and len({c.instrument for c in exact}) == 1:
            return min(exact, key=lambda c: not _holds(c, version))
        if found := exact or below:
            listed = "; ".join(c.reference for c in found[:_LISTED]) + ("; ..." if len(found) > _LISTED else "")
            raise QueryError(f"{name!r} may be {len(found)} clauses; name one: {listed}")
        raise UnknownClause(
            f"no clause is called {name!r}; give its id (/v1/clauses lists them all) or its reference, "
            "e.g. 'instructs 2 of Resolution 18 (Rev. New Delhi, 2024)'"
        )

    def _row(self, document: str, number: int, version: Version) -> Row:
        clauses = [c for c in self._rows[document, number] if _holds(c, version)]
        columns = (
            Column(self._instruments[home], tuple(c for c in clauses if c.instrument == home))
            for home in self._documents[document]
        )
        groups = tuple(self._group(members, version) for members in self._grouped(clauses, version))
        return Row(document, number, tuple(columns), groups)

    def _grouped(self, clauses: Sequence[Clause], version: Version) -> Iterator[list[Clause]]:
        """``clauses`` of a row, those together that parallels join, directly or through others."""
        todo = {c.id: n for n, c in enumerate(clauses)}
        for clause in clauses:
            group = [clause.id] if todo.pop(clause.id, None) is not None else []
            for one in group:
                joined = [
                    other for p in self._parallels[one] if _counts(p, version) and (other := p.other(one)) in todo
                ]
                group += joined
                for other in joined:
                    todo.pop(other, None)
            if group:
                yield sorted((self._clauses[one] for one in group), key=lambda c: (c.column, c.span))

    def _group(self, clauses: Sequence[Clause], version: Version) -> Group:
        base, *others = clauses
        parallels = {p.other(c.id): None for c in clauses for p in self._holding(c, version)}
        matched = [self._clauses[one] for one in parallels]
        return Group(
            clauses=tuple(clauses),
            differences=tuple(_difference(base, other, _shared(base, other, version)) for other in others),
            elsewhere=tuple(c for c in matched if (c.document, c.row) != (base.document, base.row)),
            lacking=self._lacking(clauses, matched),
        )

    def _holding(self, clause: Clause, version: Version) -> list[Parallel]:
        return [p for p in self._parallels[clause.id] if _counts(p, version)]

    def _compared(self, instrument: str) -> list[str]:
        """The other resolutions of the documents of ``instrument``; all others where it stands alone."""
        beside = [i for held in self._documents.values() if instrument in held for i in held if i != instrument]
        return beside or [i for i in self._instruments if i != instrument]

    def _lacking(self, clauses: Sequence[Clause], others: Iterable[Clause]) -> tuple[Instrument, ...]:
        have = {c.instrument for c in (*clauses, *others)}
        return tuple(self._instruments[i] for i in self._compared(clauses[0].instrument) if i not in have)

    def _is_alone(self, clause: Clause, version: Version) -> bool:
        others = {self._clauses[p.other(clause.id)].instrument for p in self._holding(clause, version)}
        return _holds(clause, version) and not others & set(self._compared(clause.instrument))


def named(resolution: str, instruments: Mapping[str, Instrument]) -> list[Instrument]:
    """The resolutions that ``resolution`` names, as people do or by an id. Raises :class:`UnknownFilter`, which lists
    the known ones."""
    cited = find_citations(f"Resolution {resolution}" if resolution[:1].isdigit() else resolution)
    found = [i for i in instruments.values() if i.id == resolution or any(c.number and is_of(c, i) for c in cited)]
    if not found:
        known = "; ".join(f"{i.body} {i.name}" for i in instruments.values())
        raise UnknownFilter(f"unknown resolution {resolution!r}; known: {known}")
    return found


@lru_cache(maxsize=1)
def comparison_of(answerer: Answerer) -> Comparison:
    """Compares what ``answerer`` answers from."""
    store = answerer.bundle.store
    clauses = store.select()
    return Comparison(clauses, store.instruments, store.parallels())


def shown(clause: Clause, version: Version) -> TextVersion:
    """Whose words stand for ``clause`` where ``version`` is asked: of all, those in force if there are any."""
    if version != "all":
        return version
    return "in_force" if stands_in(clause, "in_force") else "proposed"


def amended(clause: Clause, version: Version) -> bool:
    """Does a draft give other words to ``clause``, which are to be shown beside those in force?"""
    both = version == "all" and clause.versions == TEXT_VERSIONS
    return both and clause.text_of("in_force") != clause.text_of("proposed")


def _holds(clause: Clause, version: Version) -> bool:
    return version == "all" or stands_in(clause, version)


def _counts(parallel: Parallel, version: Version) -> bool:
    return version == "all" or version in parallel.versions


def _text_of(parallel: Parallel, version: Version) -> tuple[TextVersion, TextVersion]:
    text = parallel.versions[0] if version == "all" else version
    return text, text


def _shared(one: Clause, other: Clause, version: Version) -> tuple[TextVersion, TextVersion]:
    """The version to compare two clauses in: one that both stand in, if there is any."""
    both = [v for v in TEXT_VERSIONS if version in ("all", v) and stands_in(one, v) and stands_in(other, v)]
    return (both[0], both[0]) if both else (shown(one, version), shown(other, version))


def _difference(base: Clause, clause: Clause, versions: tuple[TextVersion, TextVersion]) -> Difference:
    before, after = (readable(c.text_of(v)) for c, v in zip((base, clause), versions, strict=True))
    return Difference(base, clause, word_diff(before, after))
