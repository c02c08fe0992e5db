"""How sure the service is that the best clause answers: a logistic function of what retrieval saw (pure).

The weights are fitted on the development questions by ``python -m eval.calibrate``; the test questions never enter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from corpus.bodies import without_bodies
from index.text import STOPWORDS, stem, tokens, words

THRESHOLD = 0.6  # chosen on the development questions, where a higher one refuses answers and stops no wrong one


_FOCUS = re.compile(
    r"\b(?:what|which)(?:'s| is| are| was| were)?(?: the| an?)? (?P<focus>[\w-]+(?: [\w-]+)??)"
    r"(?= (?:of|for|on|in|to|does|do|is|are|must|should|shall|has|have|can|may)\b|\?)"
)
_QUANTITY = re.compile(r"\bhow (?:many|much|long|large|big|high)\b|\b(?:maximum|minimum|amount|number of)\b")
_NUMBER = re.compile(r"\b(?:\d+|one|two|three|four|five|six|ten|twelve|once|twice)\b")
_DEADLINE = re.compile(
    r"\b(?:when (?:must|should|shall|is|are|does|do|will)|by when|until when|deadline|what date|which date)\b"
)
_DATE = re.compile(
    r"\b(?:\d{4}|n(?:ot|o) later than|within (?:\d+|one|two|three|six)|target date"
    r"|next \w+ (?:conference|assembly))\b"
)
_RHYTHMS = tuple(
    re.compile(rf"\b(?:{words})\b")
    for words in (
        r"annual\w*|yearly|(?:every|each|once a|per) year",
        r"monthly|(?:every|each|once a|per) month",
        r"weekly|(?:every|each|once a|per) week",
        r"quarterly|(?:every|each|once a|per) quarter",
        r"daily|(?:every|each|once a|per) day",
        r"biennial\w*|every (?:two|three|four|five) years",
    )
)
_REFERENCE = re.compile(r"\b(?:Resolutions?|Nos?\.|Annex|Principle|Article|Question)[\w\s.,()/-]*?\d[\d\s,()-]*", re.I)
_UNKNOWN_SHARE = 1e-3  # a word of no clause counts as one in a thousand
# Words that ask without naming what is looked for.
_EMPTY_FOCUS = frozenset(
    "aim body bodies clause clauses difference group groups meaning procedure provision provisions purpose reason "
    "resolution resolutions role rule rules sector sectors status text texts way word words".split()
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence rests on, each in [0, 1].

    ``cosine`` is that of the question with the best clause; ``coverage`` the share of the question's words, weighted
    by their rarity, that the best clause, its heading or its names hold; ``matter`` the same without the names of
    bodies, for who is spoken of is easily right where what is asked of them is not; ``margin`` the lead of the best
    clause's score over the fifth; ``missing`` is 1 where the kind of thing asked for (a number, a date, "the *address*
    of ...") is not in the best clause at all.
    """

    cosine: float
    coverage: float
    matter: float
    margin: float
    missing: float


INTERCEPT = -5.86
WEIGHTS = Signals(cosine=4.85, coverage=1.61, matter=1.96, margin=4.95, missing=-2.82)


def measure(
    question: str, text: str, held: str, cosine: float, margin: float, share: Callable[[str], float]
) -> Signals:
    """Signals for ``question`` (spelling repaired) and the best clause.

    ``text`` is the clause's own, ``held`` all that it is indexed under; ``share`` tells which part of all clauses holds
    a stem.
    """
    stems = set(tokens(held))
    return Signals(
        cosine=cosine,
        coverage=_coverage(question, stems, share),
        matter=_coverage(without_bodies(question), stems, share),
        margin=margin,
        missing=float(_is_missing(question.lower(), text.lower(), stems)),
    )


def _coverage(question: str, stems: set[str], share: Callable[[str], float]) -> float:
    weight = {s: 1 - math.log(share(s) or _UNKNOWN_SHARE) for s in tokens(question)}
    return sum(w for s, w in weight.items() if s in stems) / (sum(weight.values()) or 1.0) if weight else 1.0


def _is_missing(question: str, text: str, stems: set[str]) -> bool:
    if any(rhythm.search(question) and not rhythm.search(text) for rhythm in _RHYTHMS):
        return True
    if _QUANTITY.search(question):
        return _NUMBER.search(_REFERENCE.sub(" ", text)) is None
    if asked := _DEADLINE.search(question):
        told = "when" in asked[0] and "annually" in text  # a rhythm says when, but is no deadline
        return not told and _DATE.search(_REFERENCE.sub(" ", text)) is None
    focus = _FOCUS.search(question)
    if focus is None:
        return False
    nouns = [w for w in words(focus["focus"]) if w not in STOPWORDS]
    return bool(nouns) and nouns[-1] not in _EMPTY_FOCUS and stem(nouns[-1]) not in stems


def confidence(signals: Signals) -> float:
    """The probability that the best clause answers, in (0, 1)."""
    pairs = ((getattr(WEIGHTS, name), getattr(signals, name)) for name in Signals.__slots__)
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weight * value for weight, value in pairs))))
