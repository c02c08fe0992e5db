"""Yes or no: does a clause say what a question supposes? (pure)

What speaks for it and against is found by :mod:`qa.evidence`, what follows by rule is said by :mod:`qa.ruling`, and all
is weighed by :mod:`qa.judge`, with how the question is worded, and with the glosses of the clause: which of the
questions that it answers with yes, and with no, it is nearer to. Where neither is likely enough there is no verdict,
and the quote speaks for itself; and however likely a yes is, none is said that a rule forbids.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from index.glosses import Near
from qa.evidence import evidence
from qa.fit import Sought
from qa.judge import judge
from qa.profile import Profile
from qa.ruling import ruling, weighed


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the log-odds of a yes: of those by evidence and wording, and of how much nearer the question is to one that
    the clause affirms than to one that it denies."""

    affirms: float
    nearer: float
    intercept: float


# Fitted on the questions of ``eval/training``, each by a model that had not been shown its clause, by
# ``python -m eval.train_judge``.
WEIGHTS = Weights(affirms=0.85, nearer=2.02, intercept=-0.12)
ANSWERS = 0.5  # the probability that a clause answers, from which more is told of it than its words
SURE = 0.6  # the probability that it answers and that yes or no is right, from which this is said
# The same for a yes where no rule says so; and for a no where one says yes, the clause does not speak of all that is
# asked, or hardly anything is.
SURER = 0.85
LIKELY = 0.55  # the same where all words of the question are there
OPPOSED = 0.7  # the probability of the other answer from which a sure rule is not followed


def verdict(question: Sought, clause: Profile, near: Near, answers: float = 1.0) -> bool | None:
    """Whether ``clause`` says yes to ``question``; None where that cannot be told. ``near`` are its glosses, and
    ``answers`` is the probability that it answers at all."""
    if answers < ANSWERS:
        return None
    found = evidence(question, clause)
    return decided(found, log_odds(judge().affirms(question, clause, weighed(found)), near), answers)


def decided(found: Mapping[str, float], odds: float, answers: float = 1.0) -> bool | None:
    """Yes, no, or nothing, by the log-odds of a yes, the evidence ``found``, and the probability that the clause
    answers. However likely a yes is, none is said that a rule forbids."""
    ruled, says = ruling(found), odds > 0
    likely = 1 / (1 + math.exp(-abs(odds)))
    if ruled.sure and (says == ruled.says or likely < OPPOSED):
        return ruled.says
    if says and (ruled.says is False or (ruled.says is None and (ruled.firm or "not all named" in found))):
        return None
    if not says and "unknown" in found and ruled.says is None:
        return None  # of what no clause speaks none says no
    if says:
        sure = SURER if not ruled.says else LIKELY if ruled.whole else SURE
    else:
        sure = SURER if ruled.says or "strange" in found or "says little" in found else SURE
    return says if answers * likely >= sure else None


def log_odds(affirms: float, near: Near, weights: Weights = WEIGHTS) -> float:
    """Of a yes, given those by evidence and wording, and the glosses that are near."""
    return weights.intercept + weights.affirms * affirms + weights.nearer * (near.yes - near.no)
