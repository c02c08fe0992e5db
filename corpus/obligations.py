"""Clauses -> obligations: who shall, should, may or must not do what (pure).

What a clause does not say itself comes from the words that it hangs on: the addressee and the force from its section's
heading, subject, force and conditions from the lead-in of a nested item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from corpus.language.circumstances import find_conditions, find_deadline, find_frequency
from corpus.language.frames import Bearer, Frame, bearer_of, binds_subject, frame_of
from corpus.language.named_bodies import Standpoint
from corpus.language.objects import find_object
from corpus.language.predicates import Predicate, find_predicates
from corpus.language.recipients import find_recipients
from corpus.language.words import is_form, word_at
from corpus.model import Clause, Corpus, Document, Instrument, Modality, Obligation, Phrase, Span, TextVersion
from corpus.readings import Reading, read_clause

_MODAL: Mapping[str, Modality] = {"shall": "obligation", "should": "recommendation", "may": "permission"}
_NOBODY = re.compile(r"(?:no|none|neither|nobody|nothing)\b", re.I)


def find_obligations(corpus: Corpus) -> tuple[Obligation, ...]:
    """The obligations of every operative and annex clause, in the order of the clauses.

    Of a clause that leads in to items, what the items say is theirs.
    """
    places = {clause.span: clause for clause in corpus.clauses}
    found: dict[str, tuple[Obligation, ...]] = {}
    leading: set[str] = set()
    for clause in corpus.clauses:
        above = tuple(places[span] for span in clause.lead_in_spans if span in places)
        found[clause.id] = clause_obligations(clause, corpus.instrument_of(clause), corpus.document, above)
        if found[clause.id]:
            leading |= {lead.id for lead in above}
    for clause in corpus.clauses:
        if clause.id in leading:
            last = {o.version: o for o in found[clause.id]}
            found[clause.id] = tuple(o for o in found[clause.id] if o is not last[o.version])
    return tuple(obligation for obligations in found.values() for obligation in obligations)


def clause_obligations(
    clause: Clause, instrument: Instrument, document: Document, above: Sequence[Clause] = ()
) -> tuple[Obligation, ...]:
    """The obligations of ``clause`` in each version with words of its own, in its order.

    ``above`` are the clauses that it hangs on, outermost first; they tell the versions of the lead-in apart.
    """
    if clause.part not in ("operative", "annex"):
        return ()
    versions = clause.versions if clause.changes else clause.versions[:1]
    frames = ((version, frame_of(clause, instrument, document, above, version)) for version in versions)
    return tuple(o for version, frame in frames if frame for o in _read(clause, frame, version))


def _read(clause: Clause, frame: Frame, version: TextVersion) -> Iterator[Obligation]:
    reading = read_clause(clause, version)
    bearer, shared = frame.bearer, list[Phrase]()
    for n, predicate in enumerate(find_predicates(reading.text, frame.mood)):
        if not predicate.joined:
            bearer = bearer_of(reading, predicate, frame, bearer)
        modality = _modality(reading.text, predicate, frame, first=n == 0)
        own = _conditions(reading, predicate)
        if not predicate.joined:
            shared = [phrase for phrase in own if phrase.span.end <= reading.at[predicate.action.start]]
        conditions = (*frame.conditions, *(phrase for phrase in shared if phrase not in own), *own)
        if modality and not (bearer == Bearer() and _says_what_is(reading.text, predicate)):
            yield _obligation(clause, version, reading, predicate, frame.view, modality, bearer, conditions)


def _conditions(reading: Reading, predicate: Predicate) -> list[Phrase]:
    introduction_end = (predicate.subject or predicate.action).start
    return [reading.phrase(*span) for span in find_conditions(reading.text, predicate.scope, introduction_end)]


def _obligation(
    clause: Clause,
    version: TextVersion,
    reading: Reading,
    predicate: Predicate,
    view: Standpoint,
    modality: Modality,
    bearer: Bearer,
    conditions: tuple[Phrase, ...],
) -> Obligation:
    text = reading.text
    passive_bears = predicate.passive and bearer.phrase is not None and binds_subject(text, predicate)
    recipients = find_recipients(text, predicate, view)
    frequency = find_frequency(text, predicate.scope)
    return Obligation(
        clause=clause.id,
        version=version,
        modality=modality,
        bearer=bearer.ids,
        bearer_phrase=bearer.phrase,
        action=reading.phrase(*predicate.action),
        quote=_quote(clause, version, reading.at[predicate.verb]),
        object=_phrase(reading, None if passive_bears else find_object(text, predicate, view)),
        recipient=recipients.ids if recipients else (),
        recipient_phrase=_phrase(reading, recipients and recipients.span),
        frequency=frequency[0] if frequency else None,
        frequency_phrase=_phrase(reading, frequency and frequency[1]),
        deadline=_phrase(reading, find_deadline(text, predicate.action)),
        condition=conditions,
    )


def _phrase(reading: Reading, span: Span | None) -> Phrase | None:
    return reading.phrase(*span) if span else None


def _quote(clause: Clause, version: TextVersion, verb: int) -> Span:
    """The stretch of ``version`` that holds the verb at the canonical place ``verb``."""
    return next(piece for piece in clause.pieces(version) if piece.start <= verb < piece.end)


def _modality(text: str, predicate: Predicate, frame: Frame, *, first: bool) -> Modality | None:
    """The keyword's force, or that of the modal verb, which "not" or a subject like "no Sector" denies; None for what
    only would be so."""
    modal, _, denied = (predicate.modal or "").partition(" ")
    nobody = predicate.subject is not None and _NOBODY.match(text, predicate.subject.start)
    if frame.force and (first or not modal or predicate.joined):
        return "prohibition" if denied and frame.force == "obligation" else frame.force
    if modal == "would":
        return None
    if (denied or nobody) and modal != "should":
        return "prohibition"
    if modal in ("", "will"):
        modal = (frame.modal or "shall").partition(" ")[0]
    return _MODAL.get(modal, "obligation")


def _says_what_is(text: str, predicate: Predicate) -> bool:
    """Of a thing, "may include ..." tells what is possible, "will require ..." what is to come."""
    states = not predicate.passive and is_form(word_at(text, predicate.verb)[0], "state")
    return states and predicate.modal in ("may", "will")
