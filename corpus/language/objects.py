"""The object of a predicate, as a range of readable text (pure).

A noun phrase runs on over "of", "on" and "for"; what else ends it, and what still belongs to it, is listed here.
"""

from __future__ import annotations

import re

from corpus.language.actors import find_actors
from corpus.language.circumstances import IDIOM, SUBJECT_TO
from corpus.language.named_bodies import Standpoint
from corpus.language.predicates import Predicate
from corpus.language.words import is_completed, is_form, is_verb, word_at
from corpus.model import Span

BESIDE_VERB = re.compile(
    r"(?: (?:into account|once more|together|out|up|forward|in place|inter alia|thereon|\w+ly)\b)+"
)
"""What may stand between a verb and its object."""
_ASIDE = re.compile(rf", (?:{IDIOM}|(?:in|through|by|at|within|with|as|where|to|inter) [^,]*),(?= )")
_AFTER_RECIPIENT = re.compile(r"(?: (?:at|by|before|within|in) [^,;]*?)??(?:, (?!\w+ing\b)[^,]+)*,?(?= an? )| \w+ly")
_MORE_VERBS = re.compile(r"(?:, \w+)*,? (?:and|or) (?P<last>\w+)\b")
_LISTED = re.compile(r"\b(?!(?:and|or)\b)\w+")
_NO_OBJECT = re.compile(
    r" (?:to|in|by|with|from|on|at|for|as|of|through|among|between|under|within|towards|when|where|if|and|or|so)\b"
    r"|[,;.]|$"
)
_TRAILING_ASIDE = re.compile(r", (?:in|by|as|at|where|if|when)\b[^,]*$")

_CLAUSE_END = re.compile(
    r"[;:.]|,? (?:so as|so that|in order|with (?:a|the) view|with the aim|where|when|whenever|if|unless|while|including"
    rf"|inter alia)\b|,? {SUBJECT_TO}\b|,? (?:{IDIOM})\b"
)
_PHRASE_END = re.compile(
    r",? (?:in accordance|in respect of|in line|in particular|pursuant|based on|especially|particularly|at the same)\b"
    r"|, (?:\w+ing|for|by|in|through|to|with|as (?!well as)|which|one|given|such as)\b|(?<! well) as (?!well as)"
    r"| (?:by|through|via|during|within|under|from|annually|regularly|periodically|accordingly|before|after)\b"
    r"| (?:to the attention of|available to|(?:up)?on request)\b"
    r"| every (?:\w+ )?(?:years?|months?|meetings?|sessions?)\b| at (?!(?:the )?\w+ level)"
    r"|(?<!participants)(?<!participation)(?<!developments)(?<!interest)(?<!involved)(?<!concerned)"
    r" in (?!(?:areas|the (?:field|area) of)\b)"
    r"| on (?:an? [\w-]+ basis|the agenda|behalf)\b| for (?:the purpose|approval|consideration|further|action)\b"
    r"|(?P<noun>[\w-]+)\)?,? (?P<word>to|with) (?!the attention of)(?:\w+ly )?(?P<next>[\w'’-]+)"
)
_RELATIVE = re.compile(r"[^,] (?:which|who|that|whose)\b[^,]*$")
_PARTICIPLE = re.compile(r"\w{3,}ed (?:out |up )?(?:among|between|by|to|for|on|as|under|within|at)\b[^,]*$")


def find_object(text: str, predicate: Predicate, view: Standpoint) -> Span | None:
    """The direct object of an active verb, the subject of a passive one; of "ensure that ..." what is ensured."""
    if predicate.passive:
        return predicate.subject and _without_aside(text, predicate.subject)
    end = predicate.action.end
    verb, at = word_at(text, predicate.verb)
    if (more := _MORE_VERBS.match(text, at, end)) and all(map(is_verb, _LISTED.findall(more[0]))):
        verb, at = more["last"], more.end()  # "share and implement the projects"
    at = past(BESIDE_VERB, text, at, end)
    if is_form(verb, "give"):
        at = _past_recipient(text, at, end, view)
    at = past(_ASIDE, text, at, end)
    if is_form(verb, "on") and (on := text.find(" on ", at, end)) > 0:
        end = on
    if verb in {"be", "become", "remain"} or _NO_OBJECT.match(text, at, end):
        return None
    clause = ends(_CLAUSE_END, text, at, end)
    if text.startswith(" that ", at):
        return Span(at + 6, clause)
    if verb in {"ensure", "ensuring"} or text.startswith((" how ", " whether ", " what "), at):
        return Span(at + 1, clause)
    stop = _noun_phrase_end(text, at + 1, clause, verb, view)
    return Span(at + 1, stop) if stop > at + 1 else None


def _without_aside(text: str, subject: Span) -> Span:
    aside = _TRAILING_ASIDE.search(text[: subject.end], subject.start)
    return Span(subject.start, aside.start()) if aside else subject


def _past_recipient(text: str, at: int, end: int, view: Standpoint) -> int:
    """Past "to the Council" or "BDT with" and what may follow it before the object."""
    if text.startswith(" to ", at):
        given = find_actors(text, Span(at + 4, end), view, before_object=True)
        return past(_AFTER_RECIPIENT, text, given.span.end, end) if given else at
    given = find_actors(text, Span(at + 1, end), view)
    return given.span.end + 5 if given and text.startswith(" with ", given.span.end) else at


def _noun_phrase_end(text: str, at: int, end: int, verb: str, view: Standpoint) -> int:
    """Where the object of ``verb`` that begins at ``at`` ends, at the latest at ``end``."""
    mark = _PHRASE_END.search(text, at, end)
    while mark:
        before = text[at : mark.start()]
        inside = before.count("(") > before.count(")") or _RELATIVE.search(before)
        if not inside and mark["word"] and not _completes(mark, verb, before, view):
            return mark.end("noun") + text.startswith(")", mark.end("noun"))
        if not inside and not mark["word"] and not (mark[0] == " in " and _PARTICIPLE.search(before)):
            return mark.start()
        mark = _PHRASE_END.search(text, mark.end("word") if mark["word"] else mark.end(), end)
    return end


def _completes(mark: re.Match[str], verb: str, before: str, view: Standpoint) -> bool:
    """Does "to ..." or "with ..." belong to the noun before it?"""
    if mark["word"] == "with":
        return is_completed(mark["noun"], "with") or bool(re.search(r"\b(?:for|of) \w+ing\b", before))
    if mark["next"] == "be" or is_verb(mark["next"]):
        return is_completed(mark["noun"], "infinitive")
    if is_form(verb, "give"):
        given = find_actors(mark.string, Span(mark.start("next"), mark.endpos), view)
        return given is None and is_completed(mark["noun"], "to")
    return True


def past(pattern: re.Pattern[str], text: str, at: int, end: int) -> int:
    """Where the match of ``pattern`` at ``at`` ends, or ``at``."""
    found = pattern.match(text, at, end)
    return found.end() if found else at


def ends(pattern: re.Pattern[str], text: str, at: int, end: int) -> int:
    """Where the first match outside brackets begins, or ``end``."""
    starts = (m.start() for m in pattern.finditer(text, at, end))
    return next((n for n in starts if text.count("(", at, n) == text.count(")", at, n)), end)
