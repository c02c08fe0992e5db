"""What follows from the evidence in a clause, by rules: yes, no, or that neither may be said (pure).

A question that is answered yes or no supposes something; a clause that speaks of it may say so, or say otherwise: by a
negation, by its modal, by sharing a task that is supposed to be one body's alone, by a condition on what is supposed to
be always so, by naming another body or another edition, or by a word of the opposite sense.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

_TELLING = 0.5  # of the words of the matter, weighted by rarity, that a clause holds which says yes or no
_WHOLE = 0.95  # the same where it holds all
# What decides, and whether for what is supposed; the first that is there. All but what is shared have been right nine
# times of ten on the questions of ``eval/training``, where those do not ask for a denial.
_SHARED = "shared, alone asked"
_DECIDES = {
    "that edition": True,
    "another edition": False,
    "as binding": True,
    "not as binding": False,
    "alone, as is asked": True,
    _SHARED: False,
    "depends, always asked": False,
    "not the one": False,
    "another number": False,
}
# All the words may be there, and say something else: of others, the other way round, as what somebody thinks of; or
# what is asked may lie outside a limit.
_OTHERWISE = {"others act", "others receive", "reversed", "softened", "limits"}
_HOW_BINDING = {"optional asked", "mandatory asked"}


class Ruling(NamedTuple):
    """What the rules say: yes, no, or nothing; ``firm`` where a word of the clause decides it, and not merely that the
    clause speaks of what is asked, ``whole`` where it does so in the words of the question; ``sure`` where such a
    rule is rarely wrong."""

    says: bool | None
    firm: bool
    whole: bool = False
    sure: bool = False

    def __str__(self) -> str:
        says = "nothing" if self.says is None else "yes" if self.says else "no"
        return f"rules: {says}{', firm' if self.firm else ''}{', whole' if self.whole else ''}"


def ruling(evidence: Mapping[str, float]) -> Ruling:
    """What follows from ``evidence``, as :func:`qa.evidence.evidence` finds it."""
    there = evidence.keys()
    if decides := next((name for name in _DECIDES if name in there), None):
        negated = "negated" in there
        return Ruling(_DECIDES[decides] != negated, firm=True, sure=decides != _SHARED and not negated)
    if "not as often" in there:
        return Ruling(None, firm=True)  # it may be done, and not so often
    speaks = evidence.get("covered", 0.0) >= _TELLING and "unspoken" not in there
    if speaks and "done by others" in there and "says little" not in there:
        return Ruling("negated" in there, firm=True)
    otherwise, left_open = not there.isdisjoint(_OTHERWISE), _is_left_open(there)
    if not speaks or "says little" in there or "not all named" in there:
        # Something is asked that the clause does not speak of in such words, or hardly anything is asked.
        return Ruling(None, firm=otherwise or left_open)
    denies, opposite = "denied" in there, "opposite" in there
    turned = denies or opposite
    if left_open or (otherwise and not turned):
        return Ruling(None, firm=True)
    says = (denies != opposite) == ("negated" in there or "prohibition asked" in there)
    if says and not turned and "twisted" in there:
        return Ruling(None, firm=False)  # that the words are there says nothing where one turns them
    whole = evidence.get("covered by its words", 0.0) >= _WHOLE
    return Ruling(says, firm=turned, whole=whole, sure=turned and whole)


def weighed(evidence: Mapping[str, float]) -> Mapping[str, float]:
    """``evidence`` with what follows from it, as :class:`qa.judge.Judge` weighs it."""
    return {**evidence, str(ruling(evidence)): 1.0}


def _is_left_open(there: Collection[str]) -> bool:
    """Has the quote to say whether what is needed is there already, or how binding something is?"""
    recommended = "merely recommended" in there and "should" in there
    return ("wished" in there and "state asked" in there) or recommended or not _HOW_BINDING.isdisjoint(there)
