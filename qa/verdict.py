"""Yes or no: does a clause say what a question supposes? (pure)

What speaks for it and against is found by :mod:`qa.evidence`, what follows by rule is said by :mod:`qa.ruling`, and all
is weighed by :mod:`qa.judge`, with how the question is worded. Beside that count the glosses of the clause (which of
the questions that it answers with yes, and with no, it is nearer to) and what :mod:`index.reader` reads. Where neither
is likely enough there is no verdict, and the quote speaks for itself; and however likely a yes is, none is said that a
rule forbids.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from index.glosses import Near
from index.reader import Reading
from qa.evidence import evidence
from qa.fit import Sought
from qa.judge import judge
from qa.profile import Profile
from qa.ruling import ruling, weighed


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the log-odds of a yes: of those by evidence and wording, of how much nearer the question is to one that the
    clause affirms than to one that it denies, and of those that are read."""

    affirms: float
    nearer: float
    read: float
    intercept: float


# Fitted on questions of ``eval/training`` that no model had been shown, by ``python -m eval.train_judge``: where it was
# read, and where there is no reader.
READ = Weights(affirms=0.35, nearer=0.67, read=0.41, intercept=-0.06)
UNREAD = Weights(affirms=0.79, nearer=1.42, read=0.0, intercept=0.05)
# The probability of being right from which yes or no is told: a wrong one is taken for twice as bad as none.
TOLD = 0.7
ALONE = 0.8  # the same of a yes for which no rule speaks: a wrong one is the worst
OPPOSED = 0.9  # the probability of the other answer from which a sure rule is not followed


def verdict(
    question: Sought, clause: Profile, near: Near, answers: float = 1.0, reading: Reading | None = None
) -> bool | None:
    """Whether ``clause`` says yes to ``question``; None where that cannot be told. ``near`` are its glosses,
    ``answers`` is the probability that it answers at all, and ``reading`` what was read in both together."""
    found = evidence(question, clause)
    return decided(found, log_odds(judge().affirms(question, clause, weighed(found)), near, reading), answers)


def decided(found: Mapping[str, float], odds: float, answers: float = 1.0) -> bool | None:
    """Yes, no, or nothing, by the log-odds of a yes, the evidence ``found``, and the probability that the clause
    answers: of one that does not, the verdict is as good as a coin's. However likely a yes is, none is said that a rule
    forbids."""
    ruled, says = ruling(found), odds > 0
    likely = 1 / (1 + math.exp(-abs(odds)))
    if ruled.sure and (says == ruled.says or likely < OPPOSED):
        return ruled.says
    if "unknown" in found and ruled.says is None:
        return None  # of what no clause speaks none says yes or no
    if says and (ruled.says is False or (ruled.says is None and (ruled.firm or "not all named" in found))):
        return None
    least = ALONE if says and ruled.says is None else TOLD
    return says if answers * likely + (1 - answers) / 2 >= least else None


def log_odds(affirms: float, near: Near, reading: Reading | None) -> float:
    """Of a yes, given those by evidence and wording, the glosses that are near, and what was read."""
    weights, read = (UNREAD, 0.0) if reading is None else (READ, reading.affirms)
    nearer = near.yes - near.no
    return weights.intercept + weights.affirms * affirms + weights.nearer * nearer + weights.read * read
