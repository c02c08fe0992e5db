"""To whom something goes: who is given, told or helped in what an action says (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.language.actors import Actors, find_actors
from corpus.language.named_bodies import Standpoint, find_named
from corpus.language.objects import BESIDE_VERB, ends, past
from corpus.language.predicates import Predicate
from corpus.language.words import is_form, is_participle, is_verb, word_at
from corpus.model import Span

_WORD = re.compile(r"[a-z-]+\b")
_BE = re.compile(r"\bbe (?:\w+ly )?$")
_REACHING = re.compile(r"\b(?:to the attention of|available to|keep(?:ing)?(?=.{3,80}? informed\b)) ")
_TO = re.compile(r" to (?!be\b)")
_AND_TO = re.compile(r"\b(?:and|or)(?:, [^,]*,)?$")
_REACH_END = re.compile(
    r"[;.]|, (?:so|in order|with a view|including|informing)\b| (?:in order|so as|which|who|including|in respect of)\b"
)
_SHORT_REACH_END = re.compile(r"[;.,]| (?:in|for|by|from|at|through|with|which|who)\b")


def find_recipients(text: str, predicate: Predicate, view: Standpoint) -> Actors | None:
    """Those to whom something goes, by the verb or by a verb within the action; bodies, if any of them is one."""
    found = list(_recipients(text, predicate, view))
    named = [actors for actors in found if actors.ids] or found
    ids = dict.fromkeys(i for actors in named for i in actors.ids)
    return Actors(tuple(ids), named[0].span) if named else None


def _recipients(text: str, predicate: Predicate, view: Standpoint) -> Iterator[Actors]:
    action = predicate.action
    if predicate.passive and predicate.subject and is_form(word_at(text, predicate.verb)[0], "inform"):
        yield from _maybe(find_actors(text, predicate.subject, view))
    for reaching in _REACHING.finditer(text, *action):
        yield from _maybe(find_actors(text, Span(reaching.end(), action.end), view))
    for word in _WORD.finditer(text, *action):
        if is_participle(word[0]) and not _BE.search(text[: word.start()]):
            continue
        after = Span(past(BESIDE_VERB, text, word.end(), action.end), action.end)
        if is_form(word[0], "give"):
            yield from _given_to(text, after, view, main=word.start() == predicate.verb)
        elif _is_purpose(text, word.start(), predicate):
            continue
        elif is_form(word[0], "inform") and text.startswith(" ", after.start):
            yield from _maybe(find_actors(text, Span(after.start + 1, after.end), view))


def _is_purpose(text: str, at: int, predicate: Predicate) -> bool:
    """Does the verb at ``at`` only say what the action is for, as in ``providing experts to assist others``?"""
    return at != predicate.verb and text.endswith(" to ", 0, at) and not text.endswith(" and to ", 0, at)


def _given_to(text: str, after: Span, view: Standpoint, *, main: bool) -> Iterator[Actors]:
    """The recipients before ``after``'s end of a form of "give" that ends where it starts; within the action, only of
    what is given at once."""
    direct = find_actors(text, Span(after.start + 1, after.end), view) if text.startswith(" ", after.start) else None
    if direct and text.startswith(" with ", direct.span.end):
        yield direct
        return
    reach = Span(after.start, ends(_REACH_END if main else _SHORT_REACH_END, text, *after))
    found = False
    for to in _TO.finditer(text, *reach):
        if found and not _AND_TO.search(text[: to.start()], after.start):
            continue
        actors = find_actors(text, Span(to.end(), reach.end), view, before_object=to.start() == after.start)
        named = find_named(text[to.end() : reach.end], view)  # "to study groups" is no infinitive
        if actors and ((named and named[0].start == 0) or not is_verb(word_at(text, to.end())[0])):
            yield actors
            found = True


def _maybe(actors: Actors | None) -> Iterator[Actors]:
    if actors:
        yield actors
