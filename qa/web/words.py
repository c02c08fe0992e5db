"""Values of the contract as pages say them (pure)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import NamedTuple

from corpus.bodies import bodies
from qa.api.schemas import AskResponse, Citation, InterpretationOut
from qa.parties import short_name

STATUS = {
    "in_force": "In force",
    "proposed": "Proposed, not in force",
    "deleted": "Struck by a draft",
    "uncertain": "Uncertain",
}
VERSION = {"all": "Both texts", "in_force": "In force", "proposed": "As proposed"}
_MUST = {"obligation": "must", "recommendation": "should", "permission": "may", "prohibition": "must not"}
_SLOTS = {
    "bearer": "who does it",
    "recipient": "to whom it is done",
    "frequency": "how often",
    "deadline": "by when",
    "action": "what is to be done",
    "permission": "what is allowed",
    "definition": "what something means",
    "membership": "who belongs to it",
    "reason": "why",
    "list": "a list",
    "comparison": "a comparison",
    "fact": "a fact",
}
_CITED = re.compile(r"\[(\d+)\]")


class Bit(NamedTuple):
    """A run of an answer's text; ``cites`` is the rank of the citation that it is a mark of."""

    text: str
    cites: int | None


def status(value: str) -> str:
    """What becomes of a clause, in words."""
    return STATUS.get(value, plain(value))


def version(value: str) -> str:
    """Which text of a draft, in words."""
    return VERSION.get(value, plain(value))


def must(modality: str) -> str:
    """The modal verb of an obligation.

    >>> must("prohibition")
    'must not'
    """
    return _MUST.get(modality, modality)


def plain(value: str) -> str:
    """A name of ours as words.

    >>> plain("each-meeting")
    'each meeting'
    """
    return value.replace("_", " ").replace("-", " ")


def place(reference: str) -> str:
    """A reference within its resolution.

    >>> place("instructs 2 of Resolution 18 (Rev. New Delhi, 2024)")
    'instructs 2'
    """
    return reference.partition(" of Resolution")[0]


def body(body_id: str) -> str:
    """The short name of a body by its id; the text itself where there is none."""
    found = bodies().get(body_id)
    return short_name(found) if found else body_id


def percent(share: float) -> str:
    """A share in [0, 1] in whole percent, rounded down so that only what is whole is called so.

    >>> percent(0.998)
    '99%'
    """
    return f"{math.floor(share * 100 + 1e-9)}%"


def answer_bits(answer: AskResponse) -> list[Bit]:
    """The text of ``answer``, the marks of its citations apart.

    Together the bits are the text to the letter; a number in brackets that is no citation's rank stays text.
    """
    bits: list[Bit] = []
    at = 0
    for mark in _CITED.finditer(answer.answer):
        if not 1 <= int(mark[1]) <= len(answer.citations):
            continue
        bits += [Bit(answer.answer[at : mark.start()], None), Bit(mark[0], int(mark[1]))]
        at = mark.end()
    return [bit for bit in (*bits, Bit(answer.answer[at:], None)) if bit.text]


def read_as(asked: InterpretationOut, question: str) -> list[tuple[str, str]]:
    """How a question was read: what is asked for, of whom, and what was repaired or filled in."""
    return [(name, text) for name, text in _readings(asked, question) if text]


def _readings(asked: InterpretationOut, question: str) -> Iterator[tuple[str, str]]:
    yield "asks for", "yes or no" if asked.yes_no else _SLOTS.get(asked.slot, plain(asked.slot))
    yield "of", ", ".join(map(body, asked.bearer))
    yield "towards", ", ".join(map(body, asked.recipient))
    others = [b for b in asked.bodies if b not in (*asked.bearer, *asked.recipient)]
    yield "about", ", ".join(map(body, others))
    yield "kind", asked.modality or ""
    yield "how often", plain(asked.frequency or "")
    yield "text", VERSION[asked.version] if asked.version in ("in_force", "proposed") else ""
    yield "spelling", ", ".join(f"{old} → {new}" for old, new in asked.corrected.items())
    repaired = question
    for old, new in asked.corrected.items():
        repaired = repaired.replace(old, new)
    yield "in full", asked.text if _letters(asked.text) not in (_letters(question), _letters(repaired)) else ""


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def quoted_parts(citation: Citation) -> tuple[str, str, str]:
    """What stands in a citation's text before its quote, the quote, and what stands after; the quote is all where it
    is no part of the text."""
    before, found, after = citation.text.partition(citation.quote)
    return (before, found, after) if found else ("", citation.quote, "")
