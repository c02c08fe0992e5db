"""When, how often and on what condition something is to be done, as ranges of readable text (pure)."""

from __future__ import annotations

import re

from corpus.model import Span

FREQUENCIES = {
    "each-meeting": r"(?:each|every|all)(?: ordinary| regular)? (?:meetings?|sessions?)",
    "annual": r"annual(?:ly)?|yearly|(?:each|every) year|once a year",
    "occasional": r"occasional(?:ly)?|from time to time",
    "continuous": r"on an? (?:continuous|continuing|continual|on-?going|permanent) basis|continuously",
    "regular": r"regular(?:ly)?|periodic(?:ally)?|every (?:\w+ )?(?:months|years)",
    "once": r"(?:once|one time) only",
}
_FREQUENCY = re.compile("|".join(rf"(\b(?:{pattern})\b)" for pattern in FREQUENCIES.values()), re.I)

_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = rf"(?:the (?:end|beginning) of )?(?:\d{{1,2}} )?(?:(?:{_MONTH}),? )?\d{{4}}"
_ASSEMBLY = r"(?:conference|assembly|session|meeting|WTSA|WTDC|RA|PP)"
_NEXT = rf"(?:the|its|their) (?:next|forthcoming|following)(?: [\w-]+){{0,4}}? ?{_ASSEMBLY}"
_NUMBERED = r"(?:the|its|their) (?:[\w-]+(?:th|first|second|third)|\d{4})(?: [\w-]+){0,2}? (?:session|meeting)"
_OF_BODY = r"(?-i:(?: of(?: the)?(?: [A-Z][\w-]*)+)?)"
_DEADLINE = re.compile(
    rf"\b(?:to|at|by|for|before|until|prior to) (?P<end>(?:{_NEXT}|{_NUMBERED})\b{_OF_BODY})"
    rf"|\b(?:by|before|until) (?P<date>{_DATE})\b"
    r"|\b(?P<within>within \w+ (?:days|weeks|months|years))\b|\b(?:no|not) later than (?P<late>[^,;]+)",
    re.I,
)

_CASE = r"(?:so )?(?:necessary|appropriate|possible|needed|required|applicable|relevant|feasible|requested)"
IDIOM = (
    r"as (?:and when )?(?:appropriate|needed|applicable|(?:necessary|required)(?! to\b))"
    rf"|(?:if|when|where|whenever|wherever)(?: and (?:when|where))? {_CASE}"
    r"|(?:up)?on request|in (?:exceptional|special|certain|some|urgent) (?:cases|circumstances)"
    r"|(?:to the extent|as far as|in so far as) (?:possible|practicable|feasible)"
    r"|within (?:the limits of )?(?:the )?(?:existing|available)(?: \w+)? resources"
)
"""Conditions that are set phrases."""
SUBJECT_TO = r"(?<!\bthis )(?<!\bthe )(?<!\bthat )(?<!\bany )(?<!\ba )subject to"
_CLAUSE = rf"if|when|where|whenever|wherever|unless|in (?:the )?(?:case|event)(?: of| that)?|provided that|{SUBJECT_TO}"
_CONDITION = re.compile(rf"\b(?:(?P<idiom>{IDIOM})|(?P<topic>with respect to resolves)|(?:{_CLAUSE}))\b", re.I)
_CONDITION_END = re.compile(
    r"[;:]|, (?=(?:and|or|either|in order|so as|so that|with a view|while|including|informing|paying|taking)\b)|$"
)
_TAIL = re.compile(r"[ ,;:]+(?:(?:not )?to )?$")
_REMARK = re.compile(r", noting\b")


def find_frequency(text: str, scope: Span) -> tuple[str, Span] | None:
    """How often, as one of the keys of ``FREQUENCIES``, and where it says so."""
    found = _FREQUENCY.search(text, *scope)
    return (list(FREQUENCIES)[found.lastindex - 1], Span(*found.span())) if found and found.lastindex else None


def find_deadline(text: str, scope: Span) -> Span | None:
    """The end or date by which to act, without the preposition before it."""
    found = _DEADLINE.search(text, *scope)
    return Span(*found.span(found.lastgroup or 0)) if found else None


def find_conditions(text: str, scope: Span, introduction_end: int = 0) -> tuple[Span, ...]:
    """What restricts or triggers what is said in ``scope``; what begins in the introduction ends with it."""
    remark = _REMARK.search(text, *scope)
    at, end = scope.start, remark.start() if remark else scope.end
    found: list[Span] = []
    while m := _CONDITION.search(text, at, end):
        if m["idiom"]:
            at = m.end()
        elif m.start() < introduction_end:
            at = introduction_end
        else:
            closing = (
                re.compile(",|$").search(text, m.end(), end)
                if m["topic"]
                else _CONDITION_END.search(text, m.end(), end)
            )
            at = closing.start() if closing else end
        found.append(Span(m.start(), m.start() + len(_TAIL.sub("", text[m.start() : at]))))
    return tuple(found)
