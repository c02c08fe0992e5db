"""How sure the service is that the best clause answers: a logistic function of how it fits (pure).

The weights are fitted on the development questions by ``python -m eval.calibrate``; the test questions never enter.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

from index.reader import Reading
from index.text import stem
from qa.asked import parts_of
from qa.find import Found
from qa.fit import Sought, covered_by
from qa.judge import judge
from qa.kinds import is_frequency_missing, is_missing
from qa.profile import Profile

# By cross-validation on the development questions: here about as many refusals are right as questions are refused
# that should be.
THRESHOLD = 0.45
_FIFTH = 4  # the place whose score the best clause's is compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class Signals:
    """What the confidence rests on, of the best clause; more is better, but for what is said to be missing.

    ``likeness`` and ``absent`` are those of :class:`~qa.fit.Fit`; ``asked``, ``silent`` and ``unanswered`` those of
    :class:`~index.glosses.Near`. ``nothing`` says how much rather the question is about what no clause answers, by
    :mod:`index.classifier`, and ``worded`` whether it is put as one that is answered, by :mod:`qa.judge`. ``margin`` is
    the lead of the score over the fifth, ``first`` the lexical score as a share of the best, ``weakest`` how well
    what matches worst of the question does, token by token.
    ``strange`` says how far the question is from being akin to the clause or any of its glosses. ``misfit`` is 1 where
    hardly anything of the matter or none of the bodies is there, ``unnamed`` where the noun asked for ("the *address*
    of ...") is not, ``missing`` where the kind of thing (a number, a date) is not, nor for whom it is done, and one
    more where it is done as often as is not asked.
    """

    likeness: float
    absent: float
    margin: float
    weakest: float
    first: float
    asked: float
    silent: float
    unanswered: float
    nothing: float
    worded: float
    strange: float
    misfit: float
    unnamed: float
    missing: float


INTERCEPT = -2.51
WEIGHTS = Signals(
    likeness=1.53,
    absent=-2.0,
    margin=2.65,
    weakest=4.67,
    first=1.44,
    asked=2.46,
    silent=-4.05,
    unanswered=-2.19,
    nothing=-7.33,
    worded=0.36,
    strange=-9.21,
    misfit=-0.83,
    unnamed=-0.09,
    missing=-2.46,
)
NOTHING = Signals(**dict.fromkeys(Signals.__slots__, 0.0))


def signals(found: Found, best: Profile) -> Signals:
    """Those of the best clause, whose profile is ``best``."""
    first, question = found.best, found.sought
    fifth = found.ranked[_FIFTH].score if len(found.ranked) > _FIFTH else 0.0
    fit, first_part = first.fit, parts_of(question.asked.text)[0]
    return Signals(
        likeness=fit.likeness,
        absent=fit.absent,
        margin=first.score - fifth,
        weakest=first.hit.weakest,
        first=fit.lexical,
        asked=found.near.asked,
        silent=found.near.silent,
        unanswered=found.near.unanswered,
        nothing=found.nothing,
        worded=judge().answers(question, best),
        strange=max(0.0, _AKIN - max(fit.cosine, fit.likeness, found.near.asked)),
        misfit=float(fit.joint < _MISFIT),
        unnamed=_unnamed(question, best),
        missing=float(fit.recipient < 0 or _says_to_nobody(question, best) or is_missing(first_part, best.words))
        + float(bool(best.frequencies) and (fit.frequency < 0 or is_frequency_missing(first_part, best.words))),
    )


_AKIN = 0.3  # a cosine below which a question and what it is about are hardly akin
_MISFIT = 0.25  # a joint fit below which no clause answered a development question


def _says_to_nobody(question: Sought, clause: Profile) -> bool:
    """Is asked to whom something is done, where the clause names none?"""
    return question.asked.slot == "recipient" and not clause.recipients


def _unnamed(question: Sought, clause: Profile) -> float:
    """1 where the noun that is asked for is neither in ``clause``, as a noun, nor anything that means the same; half of
    that where only the latter is."""
    noun = question.focus
    term = next((t for t in question.terms if noun and t.stem == stem(noun)), None)
    if noun is None or term is None:
        return 0.0
    if term.stem not in clause.held:
        return 0.5 if covered_by(term, clause.held, clause.said) else 1.0
    there = re.search(rf"\b{re.escape(noun.removesuffix('s'))}(?:e?s)?\b", clause.words, re.I)
    return 0.0 if there else 1.0


class Judged(NamedTuple):
    """The probability that the best clause answers, and what was read in it together with the question, if it was."""

    sure: float
    reading: Reading | None = None


SURE = Judged(1.0)
# Confidences between which a clause is read once more, together with the question: outside them that changed no refusal
# of a development question.
DOUBTED = (0.2, 0.7)
# Weights of the log-odds before, and of those that are read.
FIRST, READ, READ_INTERCEPT = 0.93, 0.18, -0.31


def is_worth_reading(first: float, *, polar: bool) -> bool:
    """Is the best clause to be read with the question, which asks for yes or no (``polar``) or not?"""
    return first > DOUBTED[0] and (polar or first < DOUBTED[1])


def reread(first: float, reading: Reading) -> Judged:
    """What was judged with the confidence ``first``, after ``reading``."""
    odds = READ_INTERCEPT + FIRST * math.log(first / (1 - first)) + READ * reading.answers
    return Judged(1 / (1 + math.exp(-odds)), reading)


def confidence(measured: Signals) -> float:
    """The probability that the best clause answers, in (0, 1)."""
    pairs = ((getattr(WEIGHTS, name), getattr(measured, name)) for name in Signals.__slots__)
    return 1 / (1 + math.exp(-(INTERCEPT + sum(weight * value for weight, value in pairs))))
