"""How sure the service is that the best clause answers: a logistic function of what retrieval saw (pure).

The weights are fitted on the development questions by ``python -m eval.calibrate``; the test questions never enter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from index.text import STOPWORDS, words

THRESHOLD = 0.5


_FOCUS = re.compile(
    r"\b(?:what|which)(?:'s| is| are| was| were)?(?: the| an?)? (?P<focus>[\w-]+(?: [\w-]+)??)"
    r"(?= of\b| for\b| on\b| in\b| to\b| does\b| do\b| is\b| are\b| must\b| should\b| shall\b| has\b| have\b| can\b| may\b|\?)"
)
_QUANTITY = re.compile(r"\bhow (?:many|much|long|large|big|high)\b|\b(?:maximum|minimum|amount|number of)\b")
_NUMBER = re.compile(r"\b(?:\d+|one|two|three|four|five|six|ten|twelve|once|twice)\b")
_REFERENCE = re.compile(r"\b(?:Resolutions?|Nos?\.|Annex|Principle|Article|Question)[\w\s.,()/-]*?\d[\d\s,()-]*", re.I)
# Words that ask without naming what is looked for.
_EMPTY_FOCUS = frozenset(
    "aim body bodies clause clauses difference group groups meaning procedure provision provisions purpose reason "
    "resolution resolutions role rule rules sector sectors status text texts way word words".split()
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the confidence rests on, each in [0, 1].

    ``cosine`` is that of the question with the best clause; ``coverage`` the share of the question's words, weighted
    by their rarity, that the best clause, its heading or its names hold; ``unknown`` the share that no clause holds;
    ``margin`` the lead of the best clause's fused score over the fifth; ``missing`` is 1 where the thing asked for
    ("what is the *deadline* ...", "how many ...") is not in the best clause at all.
    """

    cosine: float
    coverage: float
    unknown: float
    margin: float
    missing: float


INTERCEPT = -3.0
WEIGHTS = Signals(cosine=4.0, coverage=3.0, unknown=-2.0, margin=0.5, missing=-2.0)


def measure(
    question: str, clause_words: str, cosine: float, margin: float, commonness: Callable[[str], float | None]
) -> Signals:
    """Signals for ``question`` (spelling repaired) and the best clause, given as all the words it is indexed under.

    ``commonness`` tells the share of clauses that hold a word's stem, or None where none does.
    """
    own = list(dict.fromkeys(w for w in words(question) if w not in STOPWORDS))
    if not own:
        return Signals(cosine, 0.0, 1.0, margin, 0.0)
    held = {stem(w) for w in words(clause_words)}
    share = {w: commonness(stem(w)) for w in own}
    weight = {w: 1 - math.log(max(s, 1e-4)) if s else 1 - math.log(1e-3) for w, s in share.items()}
    total = sum(weight.values())
    return Signals(
        cosine=cosine,
        coverage=sum(weight[w] for w in own if stem(w) in held) / total,
        unknown=sum(weight[w] for w in own if share[w] is None) / total,
        margin=margin,
        missing=float(_is_missing(question.lower(), held, clause_words)),
    )


def stem(word: str) -> str:
    """A word's beginning, by which its forms are the same: the first six letters, less an ending of the shorter ones."""
    return word[:6] if len(word) > 6 else word.removesuffix("s") if len(word) > 3 else word


def _is_missing(question: str, held: set[str], clause_words: str) -> bool:
    if _QUANTITY.search(question):
        return _NUMBER.search(_REFERENCE.sub(" ", clause_words)) is None
    focus = _FOCUS.search(question)
    if focus is None:
        return False
    nouns = [w for w in words(focus["focus"]) if w not in STOPWORDS]
    return bool(nouns) and nouns[-1] not in _EMPTY_FOCUS and stem(nouns[-1]) not in held


def confidence(signals: Signals) -> float:
    """The probability that the best clause answers, in (0, 1)."""
    pairs = ((getattr(WEIGHTS, name), getattr(signals, name)) for name in Signals.__slots__)
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weight * value for weight, value in pairs))))
