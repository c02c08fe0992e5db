"""How sure the service is that the best clause answers: a logistic function of how it fits (pure).

The weights are fitted on the development questions by ``python -m eval.calibrate``; the test questions never enter.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from index.text import stem
from qa.asked import key_of, parts_of
from qa.find import Found
from qa.fit import Sought, covered_by
from qa.kinds import is_missing
from qa.profile import Profile

THRESHOLD = 0.4  # by cross-validation on the development questions: a higher one stops few wrong answers more
_FIFTH = 4  # the place whose score the best clause's is compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What the confidence rests on, of the best clause; more is better, but for ``gap``, ``misfit`` and ``missing``.

    ``cosine``, ``held``, ``matter``, ``joint``, ``gap`` and ``match`` are those of :class:`~qa.fit.Fit`. ``parties``
    counts what does not fit of bearer, recipient and frequency, from 0 down; ``slot`` is -1 where what is asked for is
    not there, else 0. ``key`` says how far the clause holds the verb, where it is asked who does it or whether it is
    done. ``lexical`` is the lexical score by one that says all; ``margin`` the lead of the score over the fifth.
    ``misfit`` is 1 where hardly anything of the matter or none of the bodies is there; ``missing`` where the kind of
    thing asked for (a number, a date, "the *address* of ...") is not there at all.
    """

    cosine: float
    held: float
    matter: float
    joint: float
    gap: float
    parties: float
    slot: float
    key: float
    lexical: float
    match: float
    margin: float
    misfit: float
    missing: float


INTERCEPT = -4.36
WEIGHTS = Signals(
    cosine=3.43,
    held=0.04,
    matter=1.33,
    joint=1.64,
    gap=-1.42,
    parties=2.22,
    slot=0.0,
    key=0.62,
    lexical=1.01,
    match=2.22,
    margin=1.21,
    misfit=-2.69,
    missing=-5.92,
)
NOTHING = Signals(**dict.fromkeys(Signals.__slots__, 0.0))


def signals(found: Found, best: Profile) -> Signals:
    """Those of the best clause, whose profile is ``best``."""
    first, question = found.ranked[0], found.sought
    fifth = found.ranked[_FIFTH].score if len(found.ranked) > _FIFTH else 0.0
    fit = first.fit
    return Signals(
        cosine=fit.cosine,
        held=fit.held,
        matter=fit.matter,
        joint=fit.joint,
        gap=fit.gap,
        parties=min(fit.bearer, 0.0) + min(fit.recipient, 0.0) + min(fit.frequency, 0.0),
        slot=min(fit.slot, 0.0),
        key=_key(question, best),
        lexical=min(1.0, first.hit.lexical / _FULL),
        match=fit.match,
        margin=first.score - fifth,
        misfit=float(fit.joint < _MISFIT),
        missing=float(lacks(question, best)),
    )


_MISFIT = 0.25  # a joint fit below which no clause answered a development question
_FULL = 20.0  # a lexical score that says all


def _key(question: Sought, clause: Profile) -> float:
    if question.asked.slot != "bearer" and not question.asked.polar:
        return 1.0
    key = key_of(question.asked.text)
    term = next((t for t in question.terms if key and t.stem == stem(key)), None)
    return 1.0 if term is None else covered_by(term, clause.held)


def lacks(question: Sought, clause: Profile) -> bool:
    """Does ``clause`` not hold the kind of thing that is asked for, in the first place?"""
    terms = {t.stem: t for t in question.terms}

    def covers(word: str) -> bool:
        term = terms.get(stem(word))
        if term is None or term.stem not in clause.held:
            return term is None or covered_by(term, clause.held) > 0
        return re.search(rf"\b{re.escape(word.removesuffix('s'))}(?:e?s)?\b", clause.words, re.I) is not None

    return is_missing(parts_of(question.asked.text)[0], clause.words, covers)


def confidence(measured: Signals) -> float:
    """The probability that the best clause answers, in (0, 1)."""
    pairs = ((getattr(WEIGHTS, name), getattr(measured, name)) for name in Signals.__slots__)
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weight * value for weight, value in pairs))))
