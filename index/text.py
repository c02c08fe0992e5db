"""What a clause is indexed under, and how words are cut (pure). The only file that imports the stemmer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import Stemmer

from corpus.bodies import expanded, find_bodies
from corpus.model import Clause, Instrument, TextVersion
from corpus.readable import readable
from corpus.titles import ADOPTING

_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"\d+(?:[.\-/]\d+)+|[^\W_]+")
_ADOPTING_NAMES = {sign: name for name, sign in ADOPTING.items()}

# Words that a question shares with any clause, or with none.
STOPWORDS = frozenset(
    "a about an and any are as at be been between but by can could did do does for from get gets had happen happens "
    "has have how i if in into is it its many may me more much must my of often on one or our shall should so such "
    "than that the their them then there these they this those through to under us was we were what when where which "
    "who whom whose why will with would you your please tell say says said".split()
)

# Words by which a question says what kind of answer it wants; they stand in clauses too, where they mean something.
ASKING = frozenset(
    "explain explained explanation describe described description clarify clarified clarification elaborate outline "
    "detail details detailed example examples specific specifically particular context concerning regarding "
    "expect expected expectation expectations typically".split()
)


@dataclass(frozen=True, slots=True)
class Synonym:
    """Neighbouring stems of a question, and the stems that texts may hold for them."""

    stems: tuple[str, ...]
    others: tuple[tuple[str, ...], ...]


FIELDS = ("text", "heading", "lead_in", "names", "instrument", "glosses")


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, split at hyphens."""
    return _WORD.findall(text.lower())


def tokens(text: str) -> list[str]:
    """The stems of the words of ``text`` that say something; provision numbers (``8.1.2``, ``6-3``) stay whole."""
    return [stem(w) for w in _TOKEN.findall(text.lower()) if w not in STOPWORDS]


def is_asking(term: str) -> bool:
    """Does ``term``, a stem or a bigram of stems, hold one of the words of :data:`ASKING`?"""
    return not _ASKING_STEMS.isdisjoint(term.split(" "))


def bigrams(stems: list[str]) -> list[str]:
    """Neighbouring stems as terms of their own."""
    return [f"{one} {other}" for one, other in pairwise(stems)]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The stem of a lower-case word, by the Snowball stemmer for English (Porter 2)."""
    return str(_STEMMER.stemWord(word))


_STEMMER = Stemmer.Stemmer("english", 0)  # its own cache is not safe between threads
_ASKING_STEMS = frozenset(stem(word) for word in ASKING)


def versions_of(clause: Clause) -> tuple[TextVersion | None, ...]:
    """The versions in which ``clause`` is searched; None for words that belong to nobody knows which."""
    return (None,) if clause.status == "uncertain" and not clause.changes else clause.versions


def lexical_fields(
    clause: Clause, instrument: Instrument, text: str, glosses: Iterable[str] = ()
) -> tuple[str, str, str, str, str, str]:
    """As :data:`FIELDS` has them: the clause's words in one version, those it stands under and hangs on, the names of
    the bodies it speaks of that it does not use itself (acronym or full name, so that either finds the other), the
    names of its instrument, and what people say for it."""
    heading = readable(clause.heading)
    own = f"{instrument.name} {instrument.body} {_ADOPTING_NAMES.get(instrument.body, '')}"
    return text, heading, clause.lead_in or "", other_names(f"{heading} {text}"), own, " ".join(glosses)


def other_names(text: str) -> str:
    """Full names and acronyms of the bodies that ``text`` speaks of, less those that it uses."""
    known = (name for body in find_bodies(text) for name in (body.name, body.acronym) if name)
    return " ".join(name for name in known if name.lower() not in text.lower())


def encoded(clause: Clause, piece: str) -> str:
    """What is encoded for a piece of ``clause``: its heading and its words, acronyms spelled out."""
    return expanded(f"{readable(clause.heading)} {readable(piece)}".strip())


def read_aloud(clause: Clause, instrument: Instrument, words: str) -> str:
    """What is read with a question for the ``words`` of ``clause`` in one version: who says them in which resolution,
    under which heading; acronyms spelled out."""
    return expanded(f"{instrument.body} {instrument.number} {readable(clause.heading)} {words}")


def spellings(texts: Iterable[str]) -> frozenset[str]:
    """The words of ``texts`` as written, for repairing the spelling of questions."""
    return frozenset(w for text in texts for w in words(text) if not w[0].isdigit())
