"""Which kind of thing a question asks for, in which version, how often and of whom (pure): patterns over its words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from corpus.bodies import matcher, without_bodies
from corpus.model import Modality
from index.text import STOPWORDS, words
from qa.model import Slot, Version
from qa.wording import pattern, rows, vocabulary

_PART = re.compile(r"(?<=[.:;,?!]) +| [-–—] ")  # where a part of a question may begin


def slot_of(question: str) -> Slot:
    """What is asked for; ``fact`` where nothing more can be told.

    >>> slot_of("Who reports annually to TSAG?")
    'bearer'
    """
    return next((row["name"] for row in rows("slot") if row["asked"].search(question.strip())), "fact")


def frequency_of(question: str) -> tuple[str | None, tuple[str, ...]]:
    """How often, as one of :data:`corpus.model.FREQUENCIES`, and the words that texts use for it."""
    found = next((row for row in rows("frequency") if row["asked"].search(question)), None)
    return (found["name"], tuple(found["said"])) if found else (None, ())


def version_of(question: str) -> Version:
    """The version that is asked about in so many words."""
    return next((row["name"] for row in rows("version") if row["asked"].search(question)), "all")


def modality_of(question: str) -> Modality | None:
    """What an obligation that is asked about has to be."""
    return next((row["name"] for row in rows("modality") if row["asked"].search(question)), None)


def key_of(question: str, but: Collection[str] = ()) -> str | None:
    """The first word that says what is done or looked for, after the words that ask, those of ``but`` and the bodies:
    mostly the verb.

    >>> [key_of(q) for q in ("Who chairs ISCG?", "Must the Director of TSB report to TSAG?", "TSAG?")]
    ['chairs', 'report', None]
    """
    rest = without_bodies(question).lower()
    frame = vocabulary("frame")
    return next((w for w in words(rest) if w not in STOPWORDS and w not in frame and w not in but), None)


def is_polar(question: str) -> bool:
    """Is the answer a yes or a no? What a question begins with may come before: a scope, a condition, a sentence; and
    it may be a statement.

    >>> [is_polar(q) for q in ("Under Resolution 59, may TDAG meet?", "When does TDAG meet, and is it yearly?")]
    [True, False]
    >>> [is_polar(q) for q in ("so TDAG meets yearly?", "TDAG meets yearly, right?", "so when does TDAG meet?")]
    [True, True, False]
    """
    if pattern("stated").search(question):
        return True
    begun = (part for part in _PART.split(question.strip()) if not pattern("subordinate").match(part))
    first = next((part for part in begun if pattern("polar").match(part) or pattern("is_question").match(part)), "")
    return pattern("polar").match(first) is not None and pattern("either").search(question) is None


def asks_status(question: str) -> bool:
    """Is asked whether something is in force, rather than what is?"""
    return is_polar(question) and pattern("status").search(question) is not None


def asks_status_alone(question: str) -> bool:
    """Is nothing else asked? "Is RAG bound by the text in force to meet?" is about what it says as well.

    >>> [asks_status_alone(q) for q in ("Is Annex 2 in force yet?", "Is RAG, under the text in force, to meet?")]
    [True, False]
    """
    return asks_status(question) and pattern("status_alone").search(question) is not None


def is_negated(question: str) -> bool:
    """Does it ask for what is not?"""
    return pattern("negation").search(question) is not None


def roles_of(question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the bodies of which is asked what they do, and of those to which something is done.

    >>> roles_of("Must the Director of TSB report to TSAG?")
    (('dir-tsb',), ('tsag',))
    """
    names, owner = matcher()
    bearers: list[str] = []
    recipients: list[str] = []
    for found in names.finditer(question):
        body = owner.get(found[0]) or owner[found[0].lower()]
        before, after = question[: found.start()], question[found.end() :]
        if pattern("before_charged").search(before) or _acts("doer", before, after):
            bearers.append(body)
        elif pattern("before_recipient").search(before) or (
            pattern("before_bearer").search(before) and pattern("is_told").match(after)
        ):
            recipients.append(body)
        elif _acts("bearer", before, after) or _acts("subject", before, after):
            bearers.append(body)
    return _unique(bearers), _unique(recipients)


def _acts(how: str, before: str, after: str) -> bool:
    """Does a body that stands between these words of a question act, in one of the ways that it may be named?"""
    return pattern(f"before_{how}").search(before) is not None and pattern(f"after_{how}").match(after) is not None


def _unique(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(ids))


def parts_of(question: str) -> tuple[str, ...]:
    """The parts of ``question``, in its order; one that asks one thing stays whole.

    >>> parts_of("who reports to TSAG, and by when?")
    ('who reports to TSAG', 'by when?')
    """
    first, *more = (part.strip().removeprefix("and ") for part in pattern("next_part").split(question))
    return (first, *more) if pattern("asks").match(first) else (question,)
