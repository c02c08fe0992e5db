"""What a clause offers to a question: its words, the bodies that it names, and its duties (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from corpus.bodies import bodies
from corpus.glosses import AFFIRMED, LEADING
from corpus.language.named_bodies import Mentioned
from corpus.model import Clause, Instrument, Obligation, TextVersion
from corpus.readable import readable
from index.text import lexical_fields, tokens
from qa.wording import pattern


@dataclass(frozen=True, slots=True)
class Profile:
    """A clause in one version, ``words`` of the body ``speaker``.

    ``own`` are the stems of its words, ``held`` those of all that it stands under too, ``said`` those of its glosses
    and ``affirmed`` those of the ones that say what it says. Bodies by their ids: ``bodies`` are those of its text,
    ``named`` those of its heading too, ``bearers`` and ``recipients`` those of its duties, ``bound`` the bearers and
    whom its section addresses or its words open with, ``introduces`` those whose acronym
    it explains. ``holds_slot`` tells of each kind of thing that may be asked for whether it is there.
    """

    words: str
    speaker: str
    own: frozenset[str]
    held: frozenset[str]
    said: frozenset[str]
    affirmed: frozenset[str]
    bodies: frozenset[str]
    named: frozenset[str]
    bearers: frozenset[str]
    bound: frozenset[str]
    recipients: frozenset[str]
    frequencies: frozenset[str]
    introduces: frozenset[str]
    duties: tuple[Obligation, ...]
    holds_slot: Mapping[str, bool]
    footnote: bool


def profile(
    clause: Clause,
    instrument: Instrument,
    version: TextVersion,
    mentioned: Mentioned,
    obligations: Iterable[Obligation] = (),
    glosses: Iterable[tuple[str, str]] = (),
) -> Profile:
    """The profile of ``clause`` in ``version``, given the bodies that it mentions, its obligations and its glosses."""
    words = readable(clause.text_of(version) if version in clause.versions else clause.text)
    duties = tuple(o for o in obligations if o.version == version)
    named, addressed = map(frozenset, mentioned)
    bearers = frozenset(body for duty in duties for body in duty.bearer)
    recipients = frozenset(body for duty in duties for body in duty.recipient)
    opening = words.lower().removeprefix("that ").removeprefix("the ")
    opens = frozenset(b for b in named if any(opening.startswith(name.lower()) for name in bodies()[b].names))
    return Profile(
        words=words,
        speaker=instrument.body.lower(),
        own=frozenset(tokens(words)),
        held=frozenset(tokens(" ".join((clause.reference, *lexical_fields(clause, instrument, words))))),
        said=frozenset(tokens(" ".join(words for kind, words in glosses if kind in LEADING))),
        affirmed=frozenset(tokens(" ".join(words for kind, words in glosses if kind in AFFIRMED))),
        bodies=named,
        named=named | addressed,
        bearers=bearers,
        bound=bearers | addressed | opens,
        recipients=recipients,
        frequencies=frozenset(duty.frequency for duty in duties if duty.frequency),
        introduces=frozenset(b for b in named if f"({bodies()[b].acronym})" in words),
        duties=duties,
        holds_slot={
            "bearer": bool(bearers or addressed),
            "recipient": bool(recipients),
            "frequency": any(duty.frequency for duty in duties),
            "deadline": any(duty.deadline for duty in duties),
            "action": any(duty.modality != "prohibition" for duty in duties),
            "permission": any(duty.modality in ("permission", "prohibition") for duty in duties),
            "membership": pattern("members").search(words) is not None,
            "reason": pattern("purpose").search(words) is not None,
        },
        footnote=clause.part == "footnote",
    )
