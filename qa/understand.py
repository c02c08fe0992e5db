"""What a question asks for (pure)."""

from __future__ import annotations

import re

from corpus.bodies import find_bodies
from corpus.readable import readable
from corpus.references import find_citations
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
    ("definition", r"\bstand for\b|\bmean(s|t)?\b|\bdefin\w+|^what (is|are) (an? |the )?[\w-]+( [\w-]+){0,4}\?*$"),
    ("action", r"\bwhat (must|should|shall|does|do|has|have|is|are|would|will)\b.*\b(do|done|instructed|invited)\b"),
    ("bearer", r"\b(who|whose|which (body|bodies|group|office|official|sector|bureau|director))\b"),
)
_EACH_YEAR = r"\b(annual\w*|yearly|(every|each|once an?|per|a) year|year by year|12 months)\b"
_FREQUENCIES = (
    ("annual", _EACH_YEAR, ("annually", "annual")),
    ("regular", r"\b(regular\w*|periodical\w*)\b", ("regular",)),
)
_VERSIONS: tuple[tuple[Version, str], ...] = (
    ("proposed", r"\b(proposed|proposals?|drafts?|would (be|become)|Doha|PP-26)\b"),
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


def understand(question: Question, speller: Speller) -> Interpretation:
    """Slot, bodies, frequency, version, citations and search terms of ``question``."""
    asked = readable(question.text)
    text, corrected = speller.repair(asked)
    lowered = text.lower().strip()
    references = find_citations(text)
    found = find_bodies(text)
    frequency = next(((name, extra) for name, pattern, extra in _FREQUENCIES if re.search(pattern, lowered)), None)
    version = question.version
    if version == "all":
        version = next((v for v, pattern in _VERSIONS if re.search(pattern, text)), "all")
    return Interpretation(
        slot=_slot(lowered),
        text=text,
        also=(*(frequency[1] if frequency else ()), *words(other_names(text))),
        version=version,
        bodies=tuple(b.id for b in found),
        recipient=tuple(b.id for b in found if _is_recipient(text, b.names)),
        frequency=frequency[0] if frequency else None,
        references=references,
        corrected=corrected,
    )


def _slot(lowered: str) -> Slot:
    return next((slot for slot, pattern in _SLOTS if re.search(pattern, lowered)), "fact")


def _is_recipient(text: str, names: tuple[str, ...]) -> bool:
    for name in names:
        at = text.lower().find(name.lower())
        if at >= 0 and _BEFORE_RECIPIENT.search(text[:at]):
            return True
    return False
