"""Follow-up questions made to stand alone: "and to TDAG?" after "who reports annually to TSAG?" (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.bodies import Body, bodies, find_bodies, matcher
from corpus.references import find_citations
from index.text import STOPWORDS, words
from qa.wording import pattern

_FEW = 2  # words that say something: a question of so few stands alone only if one of them names a body


def in_context(question: str, before: Sequence[str]) -> str:
    """``question`` as it would be asked alone, given those asked ``before`` it, in their order.

    >>> in_context("And to TDAG?", ["Who reports annually to TSAG?"])
    'Who reports annually to TDAG?'
    """
    if not before:
        return question
    previous = in_context(before[-1], before[:-1])
    rest = pattern("goes_on").sub("", question, count=1)
    if rest != question and not pattern("is_question").match(rest):
        return _changed(previous, rest.rstrip(" ?.!"))
    bare = pattern("opening").sub("", question, count=1)
    if _is_whole(bare):
        return bare
    return f"{bare.rstrip(' ?.!')}? ({previous.rstrip(' ?.!')})"


def _is_whole(question: str) -> bool:
    """Does it ask, and of what, without the questions before it?"""
    if not pattern("is_question").match(question):
        return False
    named = find_bodies(question)
    if named:
        return len(_telling(question)) >= _FEW
    return len(_telling(question)) > _FEW and not pattern("points_back").search(question)


def _telling(text: str) -> list[str]:
    return [w for w in words(text) if w not in STOPWORDS]


def _changed(previous: str, change: str) -> str:
    """``previous`` with what ``change`` names in the place of its like, or else beside it."""
    named = find_citations(change)
    if named and pattern("resolution").search(change) and pattern("resolution").search(previous):
        *_, last = pattern("resolution").finditer(previous)
        found = pattern("resolution").search(change)
        return f"{previous[: last.start()]}{found[0] if found else change}{previous[last.end() :]}"
    new = find_bodies(change)
    if new and not named:
        spans = _spans(previous)
        like = [span for span, body in spans if body.kind == new[0].kind] or [span for span, _ in spans]
        if like:
            start, end = like[-1]
            return f"{previous[:start]}{pattern('before_body').sub('', change)}{previous[end:]}"
    return f"{previous.rstrip(' ?.!')} {change}?"


def _spans(text: str) -> list[tuple[tuple[int, int], Body]]:
    names, owner = matcher()
    return [(m.span(), bodies()[owner.get(m[0]) or owner[m[0].lower()]]) for m in names.finditer(text)]
