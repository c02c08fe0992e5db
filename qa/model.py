"""The values of asking and answering: all frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from corpus.errors import EmptyQuestion, QueryError, QuestionTooLong, UnknownFilter
from corpus.model import Clause, Instrument, Modality, Span, Status, TextVersion
from corpus.readable import readable
from corpus.references import Citation as Reference
from corpus.references import proposed_for
from index.text import Synonym

Version = Literal["all", "in_force", "proposed"]
Slot = Literal[
    "bearer", "recipient", "frequency", "deadline", "action", "permission", "definition", "membership", "reason",
    "list", "comparison", "fact",
]  # fmt: skip

Author = Literal["composed", "model"]
FellBack = Literal["check", "timeout", "busy", "failure"]

VERSIONS: tuple[Version, ...] = ("all", "in_force", "proposed")
MAX_QUESTION = 2000  # characters
MAX_K = 100
DEFAULT_K = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What a person asks. ``filters`` are names and values as people write them; ``before`` are the questions asked
    before it, in their order, which a follow-up rests on.

    Raises a :class:`~corpus.errors.QueryError` for what cannot be asked.
    """

    text: str
    k: int = DEFAULT_K
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: Version = "all"
    before: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not any(c.isalnum() for c in self.text):
            raise EmptyQuestion("the question is empty; ask in words, e.g. 'who reports annually to TSAG?'")
        if len(self.text) > MAX_QUESTION:
            raise QuestionTooLong(f"the question has {len(self.text)} characters; {MAX_QUESTION} are the most")
        if any("\ud800" <= c <= "\udfff" for c in self.text):
            raise QueryError("the question is not valid text (it holds lone surrogates); send UTF-8")
        if not 1 <= self.k <= MAX_K:
            raise QueryError(f"k is {self.k}; it must lie between 1 and {MAX_K}")
        if self.version not in VERSIONS:
            raise UnknownFilter(f"unknown version {self.version!r}; known: {', '.join(VERSIONS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpretation:
    """How a question was understood.

    ``text`` is the question as it stands alone, its spelling repaired; ``corrected`` lists the repairs. ``sought`` is
    what to search for: the text without the words that only name its scope; ``also`` are words that belong to it, and
    ``synonyms`` what the texts may say for some of its own. Bodies are ids of :mod:`corpus.bodies`: all of them, those
    of which is asked what they do, and those to which it is done. ``polar`` questions are answered yes or no;
    ``status`` ones ask whether something is in force. ``references`` are the provisions or resolutions that it cites;
    ``homes`` ids of the resolutions of the corpus that it asks about, ``mentioned`` numbers of those that clauses are
    asked to cite rather than to stand in; ``foreign`` are texts outside the corpus whose content it asks for.
    """

    slot: Slot
    text: str
    sought: str
    also: tuple[str, ...] = ()
    synonyms: tuple[Synonym, ...] = ()
    version: Version = "all"
    bodies: tuple[str, ...] = ()
    bearer: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    modality: Modality | None = None
    polar: bool = False
    status: bool = False
    negated: bool = False
    frequency: str | None = None
    references: tuple[Reference, ...] = ()
    homes: tuple[str, ...] = ()
    mentioned: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    corrected: tuple[tuple[str, str], ...] = ()


def status_in(clause: Clause, version: TextVersion | None) -> Status:
    """The status of ``clause``; words that a draft puts into a clause in force are themselves only proposed."""
    amends = version == "proposed" and clause.status == "in_force"
    return "proposed" if amends else clause.status


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A clause found for a question, in one version of its words, with its score in [0, 1] and the parts that it came
    from, by name."""

    clause: Clause
    instrument: Instrument
    sha256: str
    version: TextVersion
    score: float
    parts: Mapping[str, float] = field(default_factory=dict)
    supports_answer: bool = False
    verified: bool = False

    @property
    def status(self) -> Status:
        """See :func:`status_in`."""
        return status_in(self.clause, self.version)

    @property
    def reference(self) -> str:
        """The clause's reference, which says so where its words are only proposed."""
        if self.status == self.clause.status:
            return self.clause.reference
        return f"{self.clause.reference}, {proposed_for(self.instrument)}"

    @property
    def words(self) -> str:
        """The readable words of the clause in this version."""
        return readable(self.clause.text_of(self.version))

    @property
    def quote(self) -> Span:
        """The longest stretch of these words that stands in the document without any of the other version."""
        return max(self.clause.pieces(self.version), key=lambda piece: piece.end - piece.start)

    @property
    def quoted(self) -> str:
        """The document's text at ``quote``, to the letter."""
        return self.clause.at(self.quote)


@dataclass(frozen=True, slots=True)
class Written:
    """How the text of an answer came about: ``composed`` of quotations, or written by a language model from the clauses
    and checked sentence by sentence.

    ``tries`` is how often the model was asked for it, 0 where there is none or it was not needed. ``fell_back`` says
    why the answer is composed although the model was asked: what it wrote did not hold (``check``), it took too long
    (``timeout``), too many asked it at once (``busy``), or it gave nothing that could be used (``failure``).
    """

    by: Author = "composed"
    tries: int = 0
    fell_back: FellBack | None = None


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
    written: Written = Written()
