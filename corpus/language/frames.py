"""What a clause hangs on: its section's heading and its lead-in, and who bears what it says (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.bodies import bodies
from corpus.keywords import bare
from corpus.language.actors import find_actors
from corpus.language.circumstances import find_conditions
from corpus.language.named_bodies import Standpoint, sectors_named
from corpus.language.predicates import Mood, Predicate, find_predicates
from corpus.language.words import is_form, word_at
from corpus.model import Clause, Document, Instrument, Modality, Phrase, Span, TextVersion
from corpus.readable import readable
from corpus.readings import Reading, read_span

FORCE: Mapping[str, Modality] = {
    "instructs": "obligation", "requests": "obligation", "charges": "obligation", "directs": "obligation",
    "decides": "obligation", "invites": "recommendation", "encourages": "recommendation", "urges": "recommendation",
    "recommends": "recommendation", "calls upon": "recommendation", "calls for": "recommendation",
    "appeals to": "recommendation", "authorizes": "permission",
}  # fmt: skip
"""Keywords that fix what their clauses are, whatever the verb."""
_RESOLVING = frozenset({"resolves", "decides", "agrees"})
_OPEN_END = re.compile(r"\b(?P<purpose>in order |so as )?(?:shall|should|may|must|to)(?: also)?,?:$")
_AGENT = re.compile(r" by (?!\w+ing\b)")
_TO_COMMA = re.compile(r"(?:\([^()]*\)|[^,(])*")
_PRONOUN = re.compile(r"(?:it|they|he or she)\b", re.I)


@dataclass(frozen=True, slots=True)
class Bearer:
    """Ids of bodies and the words that name the bearer; without either, nobody is named."""

    ids: tuple[str, ...] = ()
    phrase: Phrase | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for a clause before it is read.

    ``force`` is fixed by the keyword; ``modal`` and ``conditions`` are the lead-in's; ``bearer`` is that of the
    lead-in, the heading or the adopting body, whichever is nearest.
    """

    mood: Mood
    view: Standpoint
    bearer: Bearer = Bearer()
    force: Modality | None = None
    modal: str | None = None
    conditions: tuple[Phrase, ...] = ()


def frame_of(
    clause: Clause, instrument: Instrument, document: Document, above: Sequence[Clause], version: TextVersion
) -> Frame | None:
    """What ``clause`` hangs on; None where that makes it no provision: under a keyword that only notes or welcomes, and
    below a lead-in that gives a purpose ("in order to:")."""
    pair = sectors_named(clause.context)
    adopting = instrument.body.lower() if instrument.body.lower() in bodies() else None
    view = Standpoint(adopting, pair if len(pair) == 2 else ())
    frame: Frame | None = Frame("finite", view) if clause.part == "annex" else _section(clause, document, view, version)
    known = {lead.span: lead for lead in above}
    for span in clause.lead_in_spans:
        pieces = known[span].pieces(version) if span in known else (span,)
        frame = frame and _under(frame, read_span(document.text, pieces))
    return frame


def _section(clause: Clause, document: Document, view: Standpoint, version: TextVersion) -> Frame | None:
    keyword = bare((clause.keyword_proposed if version == "proposed" else None) or clause.keyword or "")
    if keyword not in FORCE and keyword not in _RESOLVING:
        return None
    bearer = Bearer((view.adopting,)) if keyword in _RESOLVING and view.adopting else Bearer()
    if clause.addressee:
        bearer = _addressee(read_span(document.text, [clause.heading_span]), clause.addressee, view)
    return Frame("resolved" if keyword in _RESOLVING else "directed", view, bearer, FORCE.get(keyword))


def _addressee(heading: Reading, addressee: str, view: Standpoint) -> Bearer:
    start = heading.text.find(readable(addressee))
    if start < 0:
        return Bearer()
    actors = find_actors(heading.text, Span(start, len(heading.text)), view)
    return Bearer(actors.ids, heading.phrase(*actors.span)) if actors else Bearer()


def _under(frame: Frame, lead_in: Reading) -> Frame | None:
    """What holds for the items below ``lead_in``."""
    text = lead_in.text
    open_end = _OPEN_END.search(text)
    if open_end and open_end["purpose"]:
        return None
    # An open end ("the Director shall:") is read as if a verb stood there.
    predicates = find_predicates(f"{text[:-1]} act" if open_end else text, frame.mood)
    last = predicates[-1] if predicates else None
    bearer = frame.bearer
    if last and last.subject and not last.passive:
        bearer = bearer_of(lead_in, last, frame, bearer)
    elif not last and frame.mood == "directed" and (actors := find_actors(text, Span(0, len(text)), frame.view)):
        bearer = Bearer(actors.ids, lead_in.phrase(*actors.span))
    spans = find_conditions(text, Span(0, len(text)), last.subject.start if last and last.subject else 0)
    conditions = tuple(lead_in.phrase(*s) for s in spans if not text[s.start :].lower().startswith("with respect"))
    return replace(
        frame,
        mood="bare" if open_end else frame.mood,
        bearer=bearer,
        modal=(last and last.modal) or frame.modal,
        conditions=(*frame.conditions, *conditions),
    )


def bearer_of(reading: Reading, predicate: Predicate, frame: Frame, before: Bearer) -> Bearer:
    """Who acts: the agent of a passive, else the subject where it is someone, else whom the clause hangs on."""
    text = reading.text
    if predicate.passive:
        agent = _AGENT.search(text, predicate.verb, predicate.action.end)
        actors = agent and find_actors(text, Span(agent.end(), predicate.action.end), frame.view)
        if actors:
            return Bearer(actors.ids, reading.phrase(*actors.span))
        if not binds_subject(text, predicate):
            return Bearer()
    if predicate.subject is None:
        return frame.bearer
    if _PRONOUN.match(text, predicate.subject.start):
        return before
    return _named(reading, predicate.subject, frame.view)


def binds_subject(text: str, predicate: Predicate) -> bool:
    """Does the participle bind the subject of the passive ("the group shall be regulated by ...")?"""
    return is_form(word_at(text, predicate.verb)[0], "govern")


def _named(reading: Reading, phrase: Span, view: Standpoint) -> Bearer:
    """Those whom the noun phrase at ``phrase`` is about, with what hangs on their names up to a comma."""
    actors = find_actors(reading.text, phrase, view)
    if actors is None:
        return Bearer()
    tail = _TO_COMMA.match(reading.text, actors.span.end, phrase.end)
    words = reading.text[: tail.end() if tail else actors.span.end]
    return Bearer(actors.ids, reading.phrase(phrase.start, len(re.sub(r"[ ,]+(?:and|or)?[ ,]*$", "", words))))
