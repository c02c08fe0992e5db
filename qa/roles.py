"""Who does what to whom in a clause, against what a question supposes (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.bodies import bodies
from corpus.language.named_bodies import Standpoint, find_bodies_in, find_named
from index.text import stem, tokens
from qa.asked import key_of
from qa.fit import Sought, is_among, is_named
from qa.profile import Profile
from qa.wording import pattern

_WORD = re.compile(r"\w+")


def names_all(wanted: Iterable[str], clause: Profile) -> bool:
    """Does ``clause`` name them all, or part of them, or are they who speaks in it? Of others it confirms nothing, nor
    of one Sector where it names some of them."""
    some = pattern("some_sectors").search(clause.words) is not None

    def is_meant(body: str) -> bool:
        if bodies()[body].kind == "sector" and some and body not in clause.named:
            return False
        return body == clause.speaker or is_named(body, clause) or _has_part(body, clause)

    return all(map(is_meant, wanted))


def is_the_one(question: Sought, clause: Profile) -> bool:
    """Is who is supposed to be the one that acts, or one of several, among those that the clause has act or names?
    Also where nobody is supposed to be, or the clause names nobody."""
    text, others = question.asked.text, clause.bound or clause.named
    the_one, one_of = _caught("the_one", text), _caught("among", text)
    if the_one and others and not _are_among(the_one, others):
        return False
    return not (one_of and len(clause.bodies) > 1 and not any(is_named(body, clause) for body in one_of))


def others_act(question: Sought, sentence: str, clause: Profile) -> bool:
    """Is what is asked laid on others than those who are asked about?"""
    wanted, by = question.asked.bearer, (_by(done) for done in pattern("done_by").finditer(sentence))
    return bool(wanted and clause.bound) and not _are_among(wanted, clause.bound.union(*by))


def is_done_by_others(question: Sought, sentence: str) -> bool:
    """Is what is asked said to be done by others than those who are asked about ("for approval by Member States")?"""
    wanted, act = question.asked.bearer, tokens(key_of(question.asked.text) or "")
    by = [_by(done) for done in pattern("done_by").finditer(sentence) if act and act[0] in tokens(done["act"])]
    return bool(wanted) and any(agents and not _are_among(wanted, agents) for agents in by)


def others_receive(question: Sought, clause: Profile) -> bool:
    """Does it go to others than those who are asked about?"""
    wanted = question.asked.recipient
    return bool(wanted and clause.recipients) and not _are_among(wanted, clause.recipients)


def is_reversed(question: Sought, sentence: str) -> bool:
    """Does, by where they stand around the verb, the other one do it to those of whom it is asked?"""
    asked = question.asked
    verb = key_of(asked.text)
    if not verb or not asked.bearer or set(asked.bodies) <= set(asked.bearer):
        return False
    act = next((found for found in _WORD.finditer(sentence) if stem(found[0].lower()) == stem(verb)), None)
    if act is None or sentence.startswith(" by ", act.end()):
        return False
    named = find_named(sentence, Standpoint())
    before = [n for n in named if n.end <= act.start()]
    after = [n for n in named if n.start >= act.end()]
    acting = frozenset(before[-1].ids) if before else frozenset[str]()
    acted_on = frozenset(after[0].ids) if after else frozenset[str]()
    return not acting & set(asked.bearer) and bool(acted_on & set(asked.bearer)) and bool(acting & set(asked.bodies))


def _has_part(body: str, clause: Profile) -> bool:
    """Are the study groups of ``body``, a Sector, named in ``clause``, where the work of it is done?"""
    whole = bodies()[body]
    parts = (bodies()[part] for part in clause.named) if whole.kind == "sector" else ()
    return any(part.kind == "study_group_set" and part.sector == whole.sector for part in parts)


def _by(done: re.Match[str]) -> frozenset[str]:
    """Ids of the bodies by which something is done, as the pattern ``done_by`` found it; none if it is something else
    ("by correspondence")."""
    named = find_named(done["agent"], Standpoint())
    return frozenset(i for one in named for i in one.ids) if named and named[0].start == 0 else frozenset()


def _are_among(wanted: Iterable[str], others: frozenset[str]) -> bool:
    return any(is_among(body, others) for body in wanted)


def _caught(name: str, text: str) -> tuple[str, ...]:
    """Ids of the bodies in what the pattern catches."""
    found = pattern(name).search(text)
    return find_bodies_in(next((g for g in found.groups() if g), ""), None) if found else ()
