"""Follow-up questions made to stand alone: "and to TDAG?" after "who reports annually to TSAG?" (pure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from corpus.bodies import Body, bodies, find_bodies, matcher
from corpus.references import find_citations
from index.text import STOPWORDS, words
from qa.wording import pattern

_FEW = 2  # words that say something: a question of so few stands alone only if one of them names a body
_WHOLE_SECTOR = ("sector", "bureau")  # kinds of body that stand for all of their Sector
# Kinds of body that a question is rather about than addressed to: only their like takes their place.
_TOPICS = (
    *("ad_hoc_group_type", "inter_sector_group", "inter_sector_secretariat_group"),
    *("meeting", "treaty", "country_category"),
)
# A body of one Sector, by its kind, where the Sector is another's and not known.
_ANY = {
    "sector": "the Sector",
    "bureau": "the Bureau",
    "director": "the Director of the Bureau",
    "advisory_group": "the Sector advisory group",
    "study_group_set": "the study groups",
}
_SECTOR_OF = {"RA": "ITU-R", "WTSA": "ITU-T", "WTDC": "ITU-D"}  # by the body that adopts a resolution


def in_context(question: str, before: Sequence[str], adopted: Mapping[str, str] = MappingProxyType({})) -> str:
    """``question`` as it would be asked alone, given those asked ``before`` it, in their order; ``adopted`` says by
    which body, for the numbers of the resolutions that are known.

    >>> in_context("And to TDAG?", ["Who reports annually to TSAG?"])
    'Who reports annually to TDAG?'
    >>> in_context("Who does that for ITU-D?", ["Who reports annually to TSAG?"])
    'Who reports annually to TDAG?'
    >>> in_context("And in Resolution 59?", ["Who reports annually to TSAG?"], {"59": "WTDC"})
    'Who reports annually to TDAG in Resolution 59?'
    """
    if not before:
        return question
    previous = in_context(before[-1], before[:-1], adopted)
    if again := pattern("again").match(question.rstrip(" ?.!")):
        return _changed(previous, again[again.lastindex or 0], adopted)
    rest = pattern("goes_on").sub("", question, count=1)
    if rest != question and not pattern("is_question").match(rest):
        return _changed(previous, rest.rstrip(" ?.!"), adopted)
    bare = pattern("opening").sub("", question, count=1)
    if _is_whole(bare):
        return bare
    return f"{bare.rstrip(' ?.!')}? ({_topic(previous).rstrip(' ?.!')})"


def _topic(previous: str) -> str:
    """``previous``, or what it goes on from, where it names nothing itself."""
    question, _, before = previous.partition("? (")
    return before.removesuffix(")") if before and not find_bodies(question) else previous


def _is_whole(question: str) -> bool:
    """Does it ask, and of what, without the questions before it?"""
    if not pattern("is_question").match(question) or pattern("fragment").match(question):
        return False
    named = find_bodies(question)
    if named:
        return len(_telling(question)) >= _FEW
    return len(_telling(question)) > _FEW and not pattern("points_back").search(question)


def _telling(text: str) -> list[str]:
    return [w for w in words(text) if w not in STOPWORDS]


def _changed(previous: str, change: str, adopted: Mapping[str, str]) -> str:
    """``previous`` with what ``change`` names in the place of its like, or else beside it."""
    named = find_citations(change)
    resolution = pattern("resolution").search(change)
    if named and resolution:
        before = [*pattern("resolution").finditer(previous)]
        if before:
            return f"{previous[: before[-1].start()]}{resolution[0]}{previous[before[-1].end() :]}"
        body = next((c.body for c in named if c.body), None)
        home = next((adopted[c.number] for c in named if c.number and c.number in adopted), "")
        sector = _SECTOR_OF.get(body, body) if body else _SECTOR_OF.get(home)
        return _beside(_moved(previous, sector), change, "in")
    new = find_bodies(change)
    if not new or named:
        return _beside(previous, change)
    spans = _spans(previous)
    like = [span for span, body in spans if body.kind == new[0].kind]
    if not like and new[0].kind in _WHOLE_SECTOR and (moved := _moved(previous, new[0].sector)) != previous:
        return moved
    others = like or [span for span, body in spans if body.kind not in _TOPICS]
    if others:
        start, end = others[-1]
        return f"{previous[:start]}{pattern('before_body').sub('', change)}{previous[end:]}"
    return _beside(previous, change, "for")


def _beside(previous: str, change: str, preposition: str = "") -> str:
    if preposition and not pattern("preposition").match(change):
        change = f"{preposition} {change}"
    return f"{previous.rstrip(' ?.!')} {change}?"


def _moved(text: str, sector: str | None) -> str:
    """``text`` with each body of one Sector replaced by its counterpart in ``sector``; where that is not known, by a
    name that fits that of any Sector."""

    def name(body: Body) -> str:
        if not body.sector or body.sector == sector:
            return ""
        if sector is None:
            return _ANY.get(body.kind, "")
        other = next((b for b in bodies().values() if (b.kind, b.sector) == (body.kind, sector)), None)
        return (other.acronym or next(iter(other.other), other.name)) if other else ""

    return _renamed(text, name)


def _renamed(text: str, name: Callable[[Body], str]) -> str:
    """``text`` with each body named as ``name`` has it, or left as it stands where that is empty."""
    for (start, end), body in reversed(_spans(text)):
        if new := name(body):
            article = text[:start].lower().endswith("the ") and new.startswith("the ")
            text = f"{text[:start]}{new.removeprefix('the ') if article else new}{text[end:]}"
    return text


def _spans(text: str) -> list[tuple[tuple[int, int], Body]]:
    names, owner = matcher()
    return [(m.span(), bodies()[owner.get(m[0]) or owner[m[0].lower()]]) for m in names.finditer(text)]
