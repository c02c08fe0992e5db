"""Yes or no: does a clause say what a question supposes? (pure)

A question that is answered yes or no supposes something; a clause that speaks of it may say so, or say otherwise: by a
negation, by its modal, by sharing a task that is supposed to be one body's alone, by a condition on what is supposed to
be always so, by naming another body or another edition, or by a word of the opposite sense. What these rules find is
weighed with the glosses of the clause: which of the questions that it answers with yes, and with no, the question is
nearer to, and which of them all. Where neither is likely enough there is no verdict, and the quote speaks for itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from corpus.bodies import bodies
from corpus.language.named_bodies import Standpoint, find_bodies_in, find_named
from corpus.references import find_citations
from index.glosses import NOT_NEAR, Near
from index.text import stem, tokens
from qa.asked import key_of
from qa.fit import Sought, Term, coverage, covered_by, is_among, is_named
from qa.profile import Profile
from qa.wording import pattern, rows

_TELLING = 0.5  # of the words of the matter, weighted by rarity, that a clause holds which says yes or no
_WHOLE = 0.95  # the same where it holds all
_LITTLE = 5.0  # a weight of words that says too little, where no body is named beside them
_HEAVY = 2.5  # the weight of a word without which a clause does not speak of what is asked
_WITHOUT = re.compile(r"\bwithout((?: [\w-]+){1,3})", re.I)
_WORD = re.compile(r"\w+")
_SENTENCE = re.compile(r"(?<=[.;])(?<!\bNo\.)(?<!\bNos\.)(?<!\bRev\.)(?<!\bRes\.) ")


class Ruled(NamedTuple):
    """What the rules say: yes, no, or nothing; ``firm`` where a word of the clause decides it, and not merely that the
    clause speaks of what is asked, ``whole`` where it does so in the words of the question."""

    says: bool | None
    firm: bool
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the log-odds that a clause says yes: of what the rules say, how much nearer the question is to one that the
    clause affirms than to one that it denies, and of what is affirmed in general."""

    rules: float
    nearer: float
    affirming: float
    intercept: float


# Fitted on the development questions by ``python -m eval.calibrate``.
WEIGHTS = Weights(rules=2.57, nearer=5.71, affirming=0.0, intercept=0.65)
ANSWERS = 0.5  # the probability that a clause answers, from which more is told of it than that a word of its own denies
# A cosine with a gloss, below which nothing is told of a question with a twist: of those on development that no word
# decided two thirds were wrong, and none of those without one.
AKIN = 0.44
FARTHER = 0.08  # by how much a question may be farther from what a clause affirms than from what it denies
SURE = 0.55  # the probability from which yes or no is said
SURER = 0.75  # the same where the clause does not speak of all that is asked, so that glosses alone decide


def verdict(question: Sought, clause: Profile, near: Near, answers: float = 1.0) -> bool | None:
    """Whether ``clause`` says yes to ``question``; None where that cannot be told. ``near`` are its glosses, and
    ``answers`` is the probability that it answers at all."""
    ruled = rule(question, clause)
    if ruled.firm or near == NOT_NEAR:
        return None if ruled.says and answers < ANSWERS else ruled.says
    if answers < ANSWERS or (not ruled.says and max(near.asked, near.yes, near.no) < AKIN):
        return None
    if ruled.says and not ruled.whole and near.yes - near.no < -FARTHER:
        return None  # it is asked in other words, as what the clause denies
    odds, sure = log_odds(ruled, near), SURER if ruled.says is None else SURE
    if abs(odds) < math.log(sure / (1 - sure)) or (odds > 0 and not _names(question.asked.bodies, clause)):
        return None
    return odds > 0


def log_odds(ruled: Ruled, near: Near, weights: Weights = WEIGHTS) -> float:
    """Of a yes, given what the rules say and the glosses that are near."""
    nearer = weights.nearer * (near.yes - near.no)
    return weights.intercept + weights.rules * sign(ruled.says) + nearer + weights.affirming * near.affirming


def sign(says: bool | None) -> float:
    """1 for yes, -1 for no, 0 for neither."""
    return 0.0 if says is None else 1.0 if says else -1.0


def rule(question: Sought, clause: Profile) -> Ruled:
    """What the rules say, whether ``clause`` says yes to ``question``."""
    asked = question.asked
    matter = [term for term in question.terms if term.matters]
    sentence = _sentence(clause.words, matter)
    expects_no = asked.negated or asked.modality == "prohibition"
    for tells in (_edition, _strength, _alone, _always, _actor, _among):
        if (found := tells(question, sentence, clause)) is not None:
            return Ruled(found != asked.negated, firm=True)
    if asked.frequency and asked.frequency not in clause.frequencies:
        return Ruled(None, firm=True)  # it may be done, and not so often
    there = clause.held | frozenset(tokens(clause.words))
    opposite = _opposite(asked.text, sentence)
    rest = [term for term in matter if term.stem not in opposite]
    speaks = coverage(rest, there, clause.affirmed) >= _TELLING and all(
        t.weight < _HEAVY or covered_by(t, there, clause.affirmed) for t in rest
    )
    says_little = not asked.bodies and sum(t.weight for t in matter) < _LITTLE
    if speaks and not says_little and (found := _agent(question, sentence)) is not None:
        return Ruled(found != asked.negated, firm=True)
    strange = any(t.weight >= _HEAVY and not covered_by(t, there, clause.said) for t in rest)
    if not speaks or says_little or not _names(asked.bodies, clause):
        # Something is asked that the clause does not speak of, or nobody in any words, or hardly anything is asked.
        return Ruled(None, firm=says_little or strange)
    denies = pattern("negative").search(sentence) is not None or _is_lacking(rest, sentence)
    if not denies and not opposite and any(otherwise(question, sentence, clause) for otherwise in _OTHERWISE):
        return Ruled(None, firm=True)  # all the words are there, and say something else
    if pattern("limits").search(clause.words) and not denies and not opposite:
        return Ruled(None, firm=True)  # whether what is asked lies within the limit, the quote has to say
    if pattern("wish").search(clause.words) and pattern("state").search(asked.text):
        return Ruled(None, firm=True)  # what is needed is not there yet, or not enough
    recommended = asked.modality == "obligation" and _is_recommended(clause) and pattern("should").search(sentence)
    if recommended or pattern("optional").search(asked.text) or pattern("mandatory").search(asked.text):
        return Ruled(None, firm=True)  # how binding it is, the quote has to say
    says = (denies != bool(opposite)) == expects_no
    if says and not denies and not opposite and _is_twisted(asked.text, clause.words):
        return Ruled(None, firm=False)  # that the words are there says nothing where one turns them
    return Ruled(says, firm=denies or bool(opposite), whole=coverage(rest, there) >= _WHOLE)


def _is_twisted(question: str, words: str) -> bool:
    """Does ``question`` hold a word that turns what it says, and ``words`` do not?"""
    return any(found[0].lower() not in words.lower() for found in pattern("twist").finditer(question))


def _names(wanted: Iterable[str], clause: Profile) -> bool:
    """Does ``clause`` name them all, or part of them, or are they who speaks in it? Of others it confirms nothing, nor
    of one Sector where it names some of them."""
    some = pattern("some_sectors").search(clause.words) is not None

    def is_meant(body: str) -> bool:
        if bodies()[body].kind == "sector" and some and body not in clause.named:
            return False
        return body == clause.speaker or is_named(body, clause) or _has_part(body, clause)

    return all(map(is_meant, wanted))


def _has_part(body: str, clause: Profile) -> bool:
    """Are the study groups of ``body``, a Sector, named in ``clause``, where the work of it is done?"""
    whole = bodies()[body]
    parts = (bodies()[part] for part in clause.named) if whole.kind == "sector" else ()
    return any(part.kind == "study_group_set" and part.sector == whole.sector for part in parts)


def _sentence(words: str, matter: Sequence[Term]) -> str:
    """The sentence of ``words`` that holds most of what is asked."""
    return max(_SENTENCE.split(words), key=lambda sentence: coverage(matter, frozenset(tokens(sentence))))


def _strength(question: Sought, sentence: str, clause: Profile) -> bool | None:
    """How binding something is supposed to be, against the first modal of the text; what it merely invites to is no
    obligation."""
    asked, modal = question.asked, pattern("modal").search(sentence)
    optional = pattern("optional").search(asked.text) is not None
    if modal is not None and (optional or pattern("mandatory").search(asked.text)):
        bound = modal["binds"] is not None
        return None if bound and pattern("depends").search(sentence) else bound != optional
    if optional:
        return False if pattern("needed").search(sentence) else None
    invited = modal is None and _is_recommended(clause) and not pattern("should").search(sentence)
    return False if invited and asked.modality == "obligation" else None


def _is_recommended(clause: Profile) -> bool:
    """Is all that it lays on anyone a recommendation?"""
    return bool(clause.duties) and all(duty.modality == "recommendation" for duty in clause.duties)


def _alone(question: Sought, sentence: str, clause: Profile) -> bool | None:
    """What is supposed of one alone, against a text that limits it to one, or lets several share it."""
    if not pattern("only").search(question.asked.text):
        return None
    if pattern("limits").search(sentence):
        return True
    return False if pattern("shared").search(sentence) or len(clause.bodies) > 1 else None


def _always(question: Sought, sentence: str, _: Profile) -> bool | None:
    """What is supposed to hold in every case, against a text that makes it depend."""
    supposed = question.asked.modality != "permission" and pattern("always").search(question.asked.text)
    return False if supposed and pattern("depends").search(sentence) else None


def _actor(question: Sought, _: str, clause: Profile) -> bool | None:
    """Who is supposed to be the one that acts, against a text that has others act, or names others and not them."""
    wanted, others = _caught("the_one", question.asked.text), clause.bound or clause.named
    return False if wanted and others and not _are_among(wanted, others) else None


def _among(question: Sought, _: str, clause: Profile) -> bool | None:
    """Who is supposed to be one of several, against a text that names several and not them."""
    wanted = _caught("among", question.asked.text)
    return False if wanted and len(clause.bodies) > 1 and not any(is_named(body, clause) for body in wanted) else None


def _agent(question: Sought, sentence: str) -> bool | None:
    """Who is supposed to do something, against a text that has it done by others ("for approval by Member States")."""
    wanted, act = question.asked.bearer, tokens(key_of(question.asked.text) or "")
    by = [_by(done) for done in pattern("done_by").finditer(sentence) if act and act[0] in tokens(done["act"])]
    return False if wanted and any(agents and not _are_among(wanted, agents) for agents in by) else None


def _by(done: re.Match[str]) -> frozenset[str]:
    """Ids of the bodies by which something is done, as the pattern ``done_by`` found it; none if it is something else
    ("by correspondence")."""
    named = find_named(done["agent"], Standpoint())
    return frozenset(i for one in named for i in one.ids) if named and named[0].start == 0 else frozenset()


def _are_among(wanted: Iterable[str], others: frozenset[str]) -> bool:
    return any(is_among(body, others) for body in wanted)


def _others_act(question: Sought, sentence: str, clause: Profile) -> bool:
    """Is what is asked laid on others than those who are asked about?"""
    wanted, by = question.asked.bearer, (_by(done) for done in pattern("done_by").finditer(sentence))
    return bool(wanted and clause.bound) and not _are_among(wanted, clause.bound.union(*by))


def _others_receive(question: Sought, _: str, clause: Profile) -> bool:
    """Does it go to others than those who are asked about?"""
    wanted = question.asked.recipient
    return bool(wanted and clause.recipients) and not _are_among(wanted, clause.recipients)


def _is_reversed(question: Sought, sentence: str, _: Profile) -> bool:
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


def _is_softened(question: Sought, sentence: str, _: Profile) -> bool:
    """Does the text have somebody think of what is asked, or be urged to, and not do it?"""
    soft = pattern("soft")
    return soft.search(sentence) is not None and soft.search(question.asked.text) is None


_OTHERWISE = (_others_act, _others_receive, _is_reversed, _is_softened)


def _is_lacking(matter: Sequence[Term], sentence: str) -> bool:
    """Is what is asked said to go without?"""
    stems = {term.stem for term in matter}
    return any(stems & set(tokens(lacking[1])) for lacking in _WITHOUT.finditer(sentence))


def _caught(name: str, text: str) -> tuple[str, ...]:
    """Ids of the bodies in what the pattern catches."""
    found = pattern(name).search(text)
    return find_bodies_in(next((g for g in found.groups() if g), ""), None) if found else ()


def _edition(question: Sought, _: str, clause: Profile) -> bool | None:
    """Which edition of a resolution a text is supposed to cite, against the one that it does."""
    named = pattern("edition").search(question.asked.text)
    if named is None:
        return None
    cited = [c.revision.lower() for c in find_citations(clause.words) if c.revision and c.number == named["number"]]
    return any(named["place"].lower() in revision for revision in cited) if cited else None


def _opposite(question: str, sentence: str) -> frozenset[str]:
    """The stems of a word of ``question`` where ``sentence`` has one of the opposite sense, and neither has both."""
    for row in rows("opposite"):
        for a, b in ((row["one"], row["other"]), (row["other"], row["one"])):
            supposed = a.search(question)
            if supposed and b.search(sentence) and not b.search(question) and not a.search(sentence):
                return frozenset(tokens(supposed[0]))
    return frozenset()
