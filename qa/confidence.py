"""How sure the service is that the best clause answers: a logistic function of what retrieval saw (pure).

The weights are fitted on the development questions by ``python -m eval.calibrate``; the test questions never enter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from index.text import STOPWORDS, stem, tokens, words

THRESHOLD = 0.55  # chosen on the development questions: the lowest at which none of the unanswerable was answered


_FOCUS = re.compile(
    r"\b(?:what|which)(?:'s| is| are| was| were)?(?: the| an?)? (?P<focus>[\w-]+(?: [\w-]+)??)"
    r"(?= (?:of|for|on|in|to|does|do|is|are|must|should|shall|has|have|can|may)\b|\?)"
)
_QUANTITY = re.compile(r"\bhow (?:many|much|long|large|big|high)\b|\b(?:maximum|minimum|amount|number of)\b")
_NUMBER = re.compile(r"\b(?:\d+|one|two|three|four|five|six|ten|twelve|once|twice)\b")
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
    by their rarity, that the best clause, its heading or its names hold; ``margin`` the lead of the best clause's
    score over the fifth; ``missing`` is 1 where the thing asked for ("what is the *deadline* ...", "how many ...") is
    not in the best clause at all.
    """

    cosine: float
    coverage: float
    margin: float
    missing: float


INTERCEPT = -5.15
WEIGHTS = Signals(cosine=4.55, coverage=3.67, margin=3.82, missing=-1.9)


def measure(question: str, held: str, cosine: float, margin: float, share: Callable[[str], float]) -> Signals:
    """Signals for ``question`` (spelling repaired) and the best clause, ``held`` being all that it is indexed under.

    ``share`` tells which part of all clauses holds a stem.
    """
    own = dict.fromkeys(tokens(question))
    stems = set(tokens(held))
    weight = {s: 1 - math.log(share(s) or _UNKNOWN_SHARE) for s in own}
    total = sum(weight.values()) or 1.0
    return Signals(
        cosine=cosine,
        coverage=sum(weight[s] for s in own if s in stems) / total,
        margin=margin,
        missing=float(_is_missing(question.lower(), stems, held)),
    )


def _is_missing(question: str, stems: set[str], held: str) -> bool:
    if _QUANTITY.search(question):
        return _NUMBER.search(_REFERENCE.sub(" ", held)) is None
    focus = _FOCUS.search(question)
    if focus is None:
        return False
    nouns = [w for w in words(focus["focus"]) if w not in STOPWORDS]
    return bool(nouns) and nouns[-1] not in _EMPTY_FOCUS and stem(nouns[-1]) not in stems


def confidence(signals: Signals) -> float:
    """The probability that the best clause answers, in (0, 1)."""
    pairs = ((getattr(WEIGHTS, name), getattr(signals, name)) for name in Signals.__slots__)
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weight * value for weight, value in pairs))))
