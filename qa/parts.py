"""What an answer leaves open of a question of several parts (pure)."""

from __future__ import annotations

from qa.asked import slot_of
from qa.kinds import missing_kinds
from qa.model import Slot
from qa.profile import Profile

_SAID: dict[Slot, str] = {
    "recipient": "to whom",
    "frequency": "how often",
    "deadline": "by when",
    "reason": "why",
    "bearer": "who",
    "membership": "who belongs to it",
}


def unsaid(part: str, clauses: tuple[Profile, ...]) -> str | None:
    """How to say of a further part of a question that none of ``clauses`` answers it; None where one may."""
    missing = [{kind.said for kind in missing_kinds(part, clause.words)} for clause in clauses]
    if missing and (common := set.intersection(*missing)):
        return min(common)
    slot = slot_of(part)
    if slot in _SAID and not any(clause.holds_slot.get(slot, True) for clause in clauses):
        return _SAID[slot]
    return None
