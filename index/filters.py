"""Which clauses and obligations are meant, as values and as conditions of SQL (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from corpus.model import TextVersion

ROLES = ("bearer", "recipient")
Condition = tuple[str, list[Any]]
"""A condition of SQL, and its parameters."""


@dataclass(frozen=True, slots=True)
class Parties:
    """How an obligation may name the bodies that are asked for: all ids of any one group.

    ``direct`` groups name them, ``implied`` ones reach them as members. Both empty means no restriction.
    """

    direct: tuple[tuple[str, ...], ...] = ()
    implied: tuple[tuple[str, ...], ...] = ()

    def where(self, role: str) -> Condition:
        """The condition on ``obligations``."""
        return _named(role, (*self.direct, *self.implied))

    def where_direct(self, role: str) -> Condition:
        """The condition that they are named, not implied."""
        return _named(role, self.direct)


def _named(role: str, groups: Sequence[tuple[str, ...]]) -> Condition:
    terms, values = [], list[Any]()
    for group in groups:
        marks = ",".join("?" * len(group))
        named = f"SELECT count(*) FROM parties WHERE obligation = obligations.n AND role = ? AND body IN ({marks})"
        terms.append(f"({named}) = {len(group)}")
        values += [role, *group]
    return f"({' OR '.join(terms) or '1'})", values


@dataclass(frozen=True, slots=True)
class Duties:
    """Which obligations are meant: one that fits every restriction. Empty means none.

    ``modality``, ``frequency`` and ``version`` hold stored values; ``stems`` must all occur in its words.
    """

    modality: tuple[str, ...] = ()
    frequency: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    bearer: Parties = Parties()
    recipient: Parties = Parties()
    stems: tuple[str, ...] = ()

    def where(self) -> Condition:
        """The condition on ``obligations``."""
        bearer, recipient = self.bearer.where("bearer"), self.recipient.where("recipient")
        terms, values = [bearer[0], recipient[0]], [*bearer[1], *recipient[1]]
        for column in ("modality", "frequency", "version"):
            if wanted := getattr(self, column):
                terms.append(f"obligations.{column} IN ({','.join('?' * len(wanted))})")
                values += wanted
        terms += ["instr(obligations.stems, ?)"] * len(self.stems)
        return " AND ".join(terms), [*values, *(f" {stem} " for stem in self.stems)]

    def where_direct(self) -> Condition:
        """The condition that the bodies asked for are named themselves; NULL where none is asked for."""
        if not self.bearer.direct and not self.recipient.direct:
            return "NULL", []
        bearer, recipient = self.bearer.where_direct("bearer"), self.recipient.where_direct("recipient")
        return f"({bearer[0]} AND {recipient[0]})", [*bearer[1], *recipient[1]]


ANY_DUTY = Duties()


@dataclass(frozen=True, slots=True)
class Filters:
    """Which clauses are meant: any of the values of each kind, all of the kinds. Empty means no restriction.

    ``instrument`` holds instrument ids; ``version`` the versions that a clause must have words in; ``duties`` says
    which obligations it must hold one of; the others are stored values.
    """

    instrument: tuple[str, ...] = ()
    part: tuple[str, ...] = ()
    keyword: tuple[str, ...] = ()
    annex: tuple[str, ...] = ()
    version: tuple[TextVersion, ...] = ()
    duties: Duties = ANY_DUTY

    def where(self) -> Condition:
        """The condition on ``clauses``."""
        where, values = self.where_clause()
        if self.duties != ANY_DUTY:
            held, more = self.duties.where()
            where += f" AND EXISTS (SELECT 1 FROM obligations WHERE obligations.clause = clauses.n AND {held})"
            values += more
        return where, values

    def where_clause(self) -> Condition:
        """The condition on ``clauses``, whatever obligations they hold."""
        terms, values = ["1"], list[Any]()
        if self.version:
            condition, values = self.where_text()
            terms.append(f"EXISTS (SELECT 1 FROM texts WHERE texts.clause = clauses.n AND {condition})")
        for column in ("instrument", "part", "keyword", "annex"):
            if wanted := getattr(self, column):
                marks = ",".join("?" * len(wanted))
                terms.append(f"clauses.{column} IN ({marks})")
                values += wanted
                if column == "keyword":  # of a section that a draft renames, either
                    terms[-1] = f"({terms[-1]} OR clauses.keyword_proposed IN ({marks}))"
                    values += wanted
        return " AND ".join(terms), values

    def where_text(self) -> Condition:
        """The condition on ``texts``; what no version claims belongs to each."""
        if not self.version:
            return "1", []
        return f"(texts.version IS NULL OR texts.version IN ({','.join('?' * len(self.version))}))", [*self.version]


ALL = Filters()
