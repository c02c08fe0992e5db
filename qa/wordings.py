"""How a question is worded, seen from a clause (pure): which of its words the clause holds, which are said of it, and
which it lacks.

What texts leave open is asked in words of its own: what it costs, who checks, by when. Each word counts as it stands to
the clause and as it is, and so does each pair of neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from corpus.bodies import without_bodies
from index.text import tokens, words
from qa.fit import Sought, covered_by
from qa.profile import Profile

HELD, SAID, LACKED = "=", "~", "-"
_START = "^"


def wordings(question: Sought, clause: Profile) -> frozenset[str]:
    """The words of ``question`` but for names of bodies, each marked as one that ``clause`` holds, that is said for
    what it holds, or that it lacks; and unmarked all of them and all pairs of neighbours."""
    asked = words(without_bodies(question.asked.sought))
    return frozenset((*_marked(asked, question, clause), *asked, *map(" ".join, pairwise((_START, *asked)))))


def _marked(asked: list[str], question: Sought, clause: Profile) -> Iterator[str]:
    own, terms = frozenset(words(clause.words)), {term.stem: term for term in question.terms}
    for word in asked:
        stems = tokens(word)
        if not stems:  # too common to be looked for
            yield (HELD if word in own else LACKED) + word
        elif stems[0] in clause.held:
            yield HELD + word
        elif (term := terms.get(stems[0])) and covered_by(term, clause.held, clause.said):
            yield SAID + word
        else:
            yield LACKED + word
