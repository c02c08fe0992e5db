"""Who acts or is addressed by a noun phrase: bodies, and actors that are none ("developing countries") (pure)."""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.bodies import actor_nouns, bodies
from corpus.language.named_bodies import Standpoint, find_named, of_sectors
from corpus.language.words import singular
from corpus.model import Span


class Actors(NamedTuple):
    """Those whom a noun phrase names: ids of bodies, none where it names nobody of the list, and where it does so."""

    ids: tuple[str, ...]
    span: Span


_JOINT = re.compile(r"(?:,? (?:and/or|and|or|as well as)(?: also| to| by| with)?|,) ")
_MEETING_OF = re.compile(r"(?:each|every|all|the|its|any) (?:\w+ )?(?:meetings?|sessions?) of ", re.I)
_ASIDE = re.compile(r" ?\([^()]*\)")
_SECTORS_AFTER = re.compile(r"(?: concerned| involved)? (?:in|of|from) [^,;]*")
_LINK = (
    r"(?:and|or|and/or|as|of|on|for|in|to|by|with|from|at|that|which|who|through|within|under|via|upon|before|after"
    r"|until|during|among|between|regarding|concerning|where|when|if|so|not|shall|should|may|must|will|can|is|are"
    r"|\w+ed|\w+ing|\w+ly)\b"
)
_NO_NOUN = (
    r"(?:and|or|as|of|on|for|in|to|by|with|from|at|that|which|who|not|through|via|within|under|upon|among|between"
    r"|including|during|after|before)\b"
)
_ADJECTIVES = re.compile(rf"(?:(?!{_NO_NOUN})[\w'’-]+ )*")
_DETERMINER = r"(?:(?:the|an?|all|any|both|each|either|every|its|their|such|other|relevant|special) )*"
_PART = re.compile(rf"{_DETERMINER}(?!{_NO_NOUN})[\w'’/-]+(?: (?!{_LINK})[\w'’/-]+)*", re.I)
# A name before such a word stands for itself; before another noun it only describes that ("ITU-D study group work").
_HEAD_ENDS = re.compile(rf"$|[^\w\s'’-]| ?\(| {_LINK}")


def find_actors(text: str, span: Span, view: Standpoint, *, before_object: bool = False) -> Actors | None:
    """Those whom the noun phrase that starts at ``span`` has for its heads, not those who only hang on them: of "the
    work of ITU-T" nobody. ``before_object``: another noun phrase may follow at once ("submit to TSAG reports")."""
    phrase = text[span.start : span.end]
    named = find_named(phrase, view)
    ids: list[str] = []
    at, end = 0, 0
    while at < len(phrase):
        here = [name for name in named if name.start >= at and _ADJECTIVES.fullmatch(phrase, at, name.start)]
        name = next((name for name in here if _HEAD_ENDS.match(phrase, name.end)), None)
        name = name or (here[0] if here and before_object else None)
        if not here and (meeting := _MEETING_OF.match(phrase, at)):
            at = meeting.end()
            continue
        if name:
            ids += name.ids
            end = name.end
        elif (part := _PART.match(phrase, at)) and singular(part[0].split()[-1]) in actor_nouns():
            end = part.end()
        else:
            break
        while aside := _ASIDE.match(phrase, end):
            end = aside.end()
        if joint := _JOINT.match(phrase, end):
            at = joint.end()
        else:
            break
    if not end:
        return None
    sectors = _SECTORS_AFTER.match(phrase, end)
    single = [bodies()[i].sector for n in find_named(sectors[0], view) for i in n.ids] if sectors else []
    if any(single):
        ids = [member for i in ids for member in of_sectors(i, single)]
    return Actors(tuple(dict.fromkeys(ids)), Span(span.start, span.start + end))
