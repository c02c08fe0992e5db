"""What a question asks for (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass

from corpus.bodies import find_bodies, without_bodies
from corpus.model import Instrument
from corpus.readable import readable
from corpus.references import Citation as Reference
from corpus.references import find_citations, is_of
from index.text import STOPWORDS, Synonym, other_names, words
from qa.asked import (
    asks_status,
    frequency_of,
    is_negated,
    is_polar,
    modality_of,
    parts_of,
    roles_of,
    slot_of,
    version_of,
)
from qa.everyday import find_synonyms
from qa.followup import in_context
from qa.model import Interpretation, Question
from qa.spelling import Speller
from qa.wording import pattern, vocabulary

KNOWN = STOPWORDS | vocabulary("known")
"""Words of questions that no text may hold and no repair must touch."""
_BODY = {"ITU-R": "RA", "PLENIPOTENTIARY": "PP"}  # that adopts a resolution, by other names of it
_IsMeant = Callable[[re.Match[str], Instrument], bool]


@dataclass(frozen=True, slots=True)
class Heard:
    """A question in the words in which it is understood, and what to search for: what :class:`Interpretation` says of
    these."""

    question: Question
    text: str
    corrected: tuple[tuple[str, str], ...]
    references: tuple[Reference, ...]
    frequency: str | None
    sought: str
    also: tuple[str, ...]
    synonyms: tuple[Synonym, ...]


def hear(question: Question, speller: Speller, instruments: Collection[Instrument]) -> Heard:
    """What has to be known of a question before anything is searched for, given the resolutions of the corpus."""
    adopted, before = {one.number: one.body for one in instruments}, [readable(q) for q in question.before]
    text, corrected = speller.repair(in_context(readable(question.text), before, adopted))
    text = _spelled_out(text, instruments)
    references = find_citations(text)
    frequency, said = frequency_of(text)
    sought = _sought(text, references, instruments)
    also = (*said, *words(other_names(_spoken_of(text))))
    return Heard(question, text, corrected, references, frequency, sought, also, find_synonyms(sought))


def interpret(heard: Heard, instruments: Collection[Instrument]) -> Interpretation:
    """Slot, bodies, version and citations, and all else that is asked for."""
    text, version = heard.text, heard.question.version
    slot, status = slot_of(parts_of(text)[0]), asks_status(text)
    cited = (m["number"] for name in ("mentioned", "edition") for m in pattern(name).finditer(text))
    mentioned = tuple(dict.fromkeys(cited))
    homes = _homes(text, mentioned, instruments)
    if version == "all" and not status and len(homes) < 2:  # of two resolutions, the word belongs to one
        version = version_of(text)
    bearer, recipient = roles_of(_spoken_of(text)) if slot not in ("definition", "membership") else ((), ())
    return Interpretation(
        slot=slot,
        text=text,
        sought=heard.sought,
        also=heard.also,
        synonyms=heard.synonyms,
        version=version,
        bodies=tuple(b.id for b in find_bodies(_spoken_of(text))),
        bearer=bearer,
        recipient=recipient,
        modality=modality_of(text),
        polar=is_polar(text),
        status=status,
        negated=is_negated(text),
        frequency=heard.frequency,
        references=heard.references,
        homes=homes,
        mentioned=mentioned,
        foreign=_foreign(text, heard.references, instruments),
        corrected=heard.corrected,
    )


def _spoken_of(text: str) -> str:
    """``text`` without the resolutions that it names, whose bodies are no parties of it."""
    return pattern("resolution").sub(" ", text)


def _spelled_out(text: str, instruments: Collection[Instrument]) -> str:
    """``text`` with resolutions of the corpus named as such: ``WTSA 18`` is one, and ``WTSA-18``, but ``WTSA-24`` the
    assembly of that year, "the WTSA resolution" the only one of that body, "the Baku text" the one adopted there,
    "Resolutions 18 and 59" are two."""

    def is_of_body(found: re.Match[str], one: Instrument) -> bool:
        return _BODY.get(found["body"].upper(), found["body"].upper()) == one.body

    def is_short_for(found: re.Match[str], one: Instrument) -> bool:
        is_year = found["hyphen"] and any(met.endswith(f"20{found['number']}") for met in adopted)
        return is_of_body(found, one) and found["number"] == one.number and not is_year

    def is_from(found: re.Match[str], one: Instrument) -> bool:
        return re.search(rf"\b{re.escape(found['place'])},", one.revision or "", re.I) is not None

    numbers, adopted = {one.number for one in instruments}, [one.revision or "" for one in instruments]

    def both(found: re.Match[str]) -> str:
        known = {found["number"], found["second"]} <= numbers
        return f"Resolution {found['number']} {found['between']} Resolution {found['second']}" if known else found[0]

    text = pattern("listed").sub(both, text)
    for name, is_meant in (("short", is_short_for), ("of_body", is_of_body), ("of_place", is_from)):

        def spelled_out(found: re.Match[str], is_meant: _IsMeant = is_meant) -> str:
            meant = {_short_name(one) for one in instruments if is_meant(found, one)}
            return meant.pop() if len(meant) == 1 else found[0]

        text = pattern(name).sub(spelled_out, text)
    return text


def _short_name(resolution: Instrument) -> str:
    itu_r = resolution.body == "RA"
    return f"Resolution ITU-R {resolution.number}" if itu_r else f"{resolution.body} Resolution {resolution.number}"


def _homes(text: str, mentioned: Collection[str], instruments: Collection[Instrument]) -> tuple[str, ...]:
    """Ids of the resolutions of the corpus that the question asks about."""
    named = [r for m in pattern("resolution").finditer(text) for r in find_citations(m[0]) if r.number not in mentioned]
    return tuple(i.id for i in instruments if any(r.number == i.number and r.body in (None, i.body) for r in named))


def _sought(text: str, references: tuple[Reference, ...], instruments: Collection[Instrument]) -> str:
    """``text`` without the words that only ask for a meaning, or name the version or the one resolution of the corpus
    that is meant."""
    sought = pattern("asks_meaning").sub(" ", pattern("scope_words").sub(" ", pattern("asks_for_text").sub(" ", text)))
    if len({r.number for r in references}) == 1 and any(is_of(references[0], i) for i in instruments):
        sought = pattern("resolution").sub(" ", sought)
    return sought if words(sought) else text


def _foreign(text: str, references: tuple[Reference, ...], instruments: Collection[Instrument]) -> tuple[str, ...]:
    """Texts outside the corpus whose content is asked for: other resolutions, and provisions of the treaties; whether
    the corpus cites one is no such question."""
    bare = not [w for w in words(without_bodies(pattern("resolution").sub(" ", text))) if w not in STOPWORDS]
    if not (bare or pattern("asks_content").search(text) or pattern("asks_of").search(text)):
        return ()
    outside = [r for r in references if r.number and not any(is_of(r, i) for i in instruments)]
    treaties = () if is_polar(text) else tuple(m[0] for m in pattern("treaty").finditer(text))
    if len(outside) < len({r.number for r in references}):
        return treaties if not references else ()
    return (*dict.fromkeys(map(_named, outside)), *(treaties if not outside else ()))


def _named(resolution: Reference) -> str:
    number = f"ITU-R {resolution.number}" if resolution.body == "RA" else f"{resolution.number}"
    revision = f" ({resolution.revision})" if resolution.revision else ""
    return f"Resolution {number}{revision}" + (f" of {resolution.body}" if resolution.body not in (None, "RA") else "")
