"""What a clause is indexed under, and how words are cut (pure)."""

from __future__ import annotations

import re

from corpus.bodies import find_bodies
from corpus.model import Clause, Instrument
from corpus.readable import readable
from corpus.titles import ADOPTING

_WORD = re.compile(r"[^\W_]+")
_ADOPTING_NAMES = {sign: name for name, sign in ADOPTING.items()}

# Words that a question shares with any clause. Modal verbs, "not", "all" and "other" carry meaning and are kept.
STOPWORDS = frozenset(
    "a about an and any are as at be been but by can could did do does for from had has have how i if in into is it its "
    "me my of on or our so such than that the their them then there these they this those to us was we were what when "
    "where which who whom whose why will with would you your please tell say says said".split()
)


def words(text: str) -> list[str]:
    """The words of ``text`` in lower case, split at hyphens, as the lexical index cuts them."""
    return _WORD.findall(text.lower())


def lexical_fields(clause: Clause, instrument: Instrument) -> tuple[str, str, str]:
    """``(text, context, names)``: the clause's words; its heading and lead-in; the names under which people know its
    instrument and the bodies it speaks of, in full and as acronyms, so that either finds the other."""
    text, context = readable(clause.text), readable(clause.context)
    mentioned = {name for body in find_bodies(f"{context} {text}") for name in (body.name, body.acronym) if name}
    names = {n for n in mentioned if n.lower() not in text.lower()}
    own = f"{instrument.name} {instrument.body} {_ADOPTING_NAMES.get(instrument.body, '')}"
    return text, context, " ".join((own, *sorted(names)))


def encoded_context(clause: Clause, instrument: Instrument) -> str:
    """What is put before a clause's text when it is encoded."""
    return f"{instrument.body} {instrument.name.partition(' (')[0]}, {readable(clause.context)}:"


def spellings(clause: Clause) -> frozenset[str]:
    """The words of a clause and its context as written, for repairing the spelling of questions."""
    return frozenset(w for w in words(f"{readable(clause.context)} {readable(clause.text)}") if not w[0].isdigit())
