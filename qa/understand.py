"""What a question asks for (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpus.bodies import find_bodies, without_bodies
from corpus.model import Instrument
from corpus.readable import readable
from corpus.references import Citation as Reference
from corpus.references import find_citations, is_of
from index.text import STOPWORDS, other_names, words
from qa.model import Interpretation, Question, Slot, Version
from qa.spelling import Speller

# The first pattern that matches decides.
_SLOTS: tuple[tuple[Slot, str], ...] = (
    ("comparison", r"\b(differ(s|ed|ence|ences)?|compar\w*|unlike|versus|vs\.?)\b|\bbut not\b"),
    ("list", r"^(list|name|give)\b|\b(which|what) (resolutions|clauses|provisions|texts)\b|\ball (the )?clauses\b"),
    ("frequency", r"\bhow (often|regularly|frequently|many times)\b"),
    ("deadline", r"\b(by when|deadline|until when|what date|which date|due date|when must|when should)\b"),
    ("reason", r"^why\b|\bfor what (reason|purpose)\b|\bwhat is the (reason|purpose|aim)\b"),
    ("recipient", r"\b(to|for) whom\b|\bwho\w* .*\bto\?*$|\bwhich (body|group)s? .*\b(to|brief|inform|told)\b"),
    ("membership", r"\b(sits? (in|on)|members? of|composed|comprises?|consists?|made up|belongs? to|represented)\b"),
    ("permission", r"^(may|can|could)\b|^(is|are)\b.*\b(allowed|permitted|free|able|may)\b|\ballowed to\b"),
    ("action", r"\bwhat (must|should|shall|does|do|has|have|is|are|would|will)\b.*\b(do|done|instructed|invited)\b"),
    ("definition", r"\bstand for\b|\bmean(s|t)?\b|\bdefin\w+|^what (is|are) (an? |the )?[\w-]+( [\w-]+){0,4}\?*$"),
    ("bearer", r"\b(who|whose|which (body|bodies|group|office|official|sector|bureau|director))\b"),
)
_EACH_YEAR = r"\b(annual\w*|yearly|(every|each|once an?|per|a) year|year by year|12 months)\b"
_FREQUENCIES = (
    ("annual", _EACH_YEAR, ("annually", "annual")),
    ("regular", r"\b(regular\w*|periodical\w*)\b", ("regular",)),
)
_VERSIONS: tuple[tuple[Version, str], ...] = (
    ("proposed", r"\b(proposed|the draft|(a|this) draft revision|draft (revision|version|text)s?|Doha|PP-26)\b"),
    ("in_force", r"\b(in force|currently|at present|as it stands)\b"),
)
_BEFORE_RECIPIENT = re.compile(r"\b(to|for|towards?)( the| an?)? $", re.I)
# Words of questions that no text may hold and no repair must touch.
KNOWN = STOPWORDS | frozenset(
    "allowed answer answers call called chair chairs compare cost costs date deadline difference draft duty each "
    "every force give given gives head heads job know list made make makes mean means money month name need needs "
    "once page pages pay pays proposal proposed revision revisions sit sits stand stands topic topics twice web week "
    "year yearly years".split()
)


_SCOPE_WORDS = re.compile(r"\b(?:the |a )?(?:proposed |draft )(?:revision|version|text)s?(?: of)?\b", re.I)
_RESOLUTION = re.compile(
    r"(?:\b(?:PP|RA|WTSA|WTDC)(?:-\d\d)? )?\b(?:Resolution|Res\.?) (?:ITU-R )?\d[\d-]*(?: \([^)]*\))?", re.I
)
_ASKS_MEANING = re.compile(r"\b(?:stands? for|definition of|meaning of|mean(?=\?*$)|meant by)", re.I)
_TREATY = re.compile(r"\b(?:Nos?\.?|Article|Art\.) ?\d+[^?]*?\b(?:Constitution|Convention)\b", re.I)
_ASKS_CONTENT = re.compile(
    r"\b(?:says?|requires?|provides?|states?|contains?|instructs?|obliges?|stipulates?|decides?|resolves?|content|text)\b",
    re.I,
)


def understand(question: Question, speller: Speller, instruments: Collection[Instrument]) -> Interpretation:
    """Slot, bodies, frequency, version, citations and what to search for, given the resolutions of the corpus."""
    text, corrected = speller.repair(readable(question.text))
    lowered = text.lower().strip()
    references = find_citations(text)
    found = find_bodies(text)
    frequency = next(((name, extra) for name, pattern, extra in _FREQUENCIES if re.search(pattern, lowered)), None)
    version = question.version
    if version == "all":
        version = next((v for v, pattern in _VERSIONS if re.search(pattern, text, re.I)), "all")
    return Interpretation(
        slot=_slot(lowered),
        text=text,
        sought=_sought(text, references, instruments),
        also=(*(frequency[1] if frequency else ()), *words(other_names(text))),
        version=version,
        bodies=tuple(b.id for b in found),
        recipient=tuple(b.id for b in found if _is_recipient(text, b.names)),
        frequency=frequency[0] if frequency else None,
        references=references,
        foreign=_foreign(text, references, instruments),
        corrected=corrected,
    )


def _sought(text: str, references: tuple[Reference, ...], instruments: Collection[Instrument]) -> str:
    """``text`` without the words that only ask for a meaning, or name the version or the one resolution of the corpus
    that is meant."""
    sought = _ASKS_MEANING.sub(" ", _SCOPE_WORDS.sub(" ", text))
    if len({r.number for r in references}) == 1 and any(is_of(references[0], i) for i in instruments):
        sought = _RESOLUTION.sub(" ", sought)
    return sought if words(sought) else text


def _foreign(text: str, references: tuple[Reference, ...], instruments: Collection[Instrument]) -> tuple[str, ...]:
    """Texts outside the corpus whose content is asked for: other resolutions, and provisions of the treaties."""
    bare = not [w for w in words(without_bodies(_RESOLUTION.sub(" ", text))) if w not in STOPWORDS]
    if not (bare or _ASKS_CONTENT.search(text)):
        return ()
    outside = [r for r in references if r.number and not any(is_of(r, i) for i in instruments)]
    if len(outside) < len({r.number for r in references}):
        return tuple(m[0] for m in _TREATY.finditer(text)) if not references else ()
    return (*dict.fromkeys(map(_named, outside)), *(m[0] for m in _TREATY.finditer(text) if not outside))


def _named(resolution: Reference) -> str:
    number = f"ITU-R {resolution.number}" if resolution.body == "RA" else f"{resolution.number}"
    revision = f" ({resolution.revision})" if resolution.revision else ""
    return f"Resolution {number}{revision}" + (f" of {resolution.body}" if resolution.body not in (None, "RA") else "")


def _slot(lowered: str) -> Slot:
    return next((slot for slot, pattern in _SLOTS if re.search(pattern, lowered)), "fact")


def _is_recipient(text: str, names: tuple[str, ...]) -> bool:
    for name in names:
        at = text.lower().find(name.lower())
        if at >= 0 and _BEFORE_RECIPIENT.search(text[:at]):
            return True
    return False
