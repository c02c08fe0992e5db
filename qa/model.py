"""The values of asking and answering: all frozen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from corpus.model import Clause, Instrument
from corpus.references import Citation as Reference

Version = Literal["all", "in_force", "proposed"]
Slot = Literal[
    "bearer", "recipient", "frequency", "deadline", "action", "permission", "definition", "membership", "reason", "list",
    "comparison", "citation", "fact",
]  # fmt: skip

VERSIONS: tuple[Version, ...] = ("all", "in_force", "proposed")
MAX_QUESTION = 2000  # characters
MAX_K = 100
DEFAULT_K = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks. ``filters`` are names and values as people write them."""

    text: str
    k: int = DEFAULT_K
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    version: Version = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """How a question was understood.

    ``text`` is the question with its spelling repaired; ``corrected`` lists the repairs. ``terms`` are its words for
    the lexical index. Bodies are ids of :mod:`corpus.bodies`; ``references`` the provisions or resolutions it cites.
    """

    slot: Slot
    text: str
    terms: tuple[str, ...]
    version: Version = "all"
    bodies: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    frequency: str | None = None
    references: tuple[Reference, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A clause found for a question, with its score in [0, 1] and the scores that it came from."""

    clause: Clause
    instrument: Instrument
    sha256: str
    score: float
    dense: float = 0.0
    lexical: float = 0.0
    supports_answer: bool = False
    verified: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """``answered`` false means that no clause answers; ``text`` then says so, and why."""

    question: Question
    interpretation: Interpretation
    answered: bool
    confidence: float
    text: str
    evidence: tuple[Evidence, ...]
    index_id: str
    took_ms: float
