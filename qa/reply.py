"""Ranked evidence -> the answer: which clauses it rests on, and its sentences (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from corpus.bodies import matcher
from corpus.model import Obligation
from corpus.references import Citation, find_citations
from index.glosses import NOT_NEAR, Near
from index.text import stem, tokens
from qa.asked import asks_status_alone, key_of, parts_of
from qa.cited import Cited
from qa.compose import SAME, compose, differences, enumeration, in_list
from qa.confidence import SURE, Judged
from qa.find import OTHER_VERSION, is_outside, is_under, score
from qa.fit import Fit, Sought, coverage
from qa.model import Evidence, Interpretation
from qa.parts import unsaid
from qa.profile import Profile
from qa.verdict import verdict
from qa.whole import Whole
from qa.wording import pattern, vocabulary

MOST_SENTENCES = 3
_ANSWERS = 0.5  # the probability that a clause answers, from which more is told of it than its words
_ONLY_PROPOSED = "No, this is only proposed: "
_LOOKED_UP = 4  # clauses asked for by their reference that are quoted in full; of more, the first
_ALIKE = 0.5  # how alike parallel provisions must be to be cited together
_AS_GOOD = 0.1  # how much less a clause may fit than the best one, and be cited beside it
_IN_LIST = 0.05  # the same for a list
_SAID_THE_SAME = 0.45  # the same for a parallel of a clause in a list
_MISSING = 0.2  # how much heavier a word, as a share of all, it may lack than the best one does
_SHARE = 0.6  # of the best score, that a clause of a list has at least


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause that may be cited, in rank order: as evidence, what it offers, and how it fits."""

    evidence: Evidence
    profile: Profile
    fit: Fit


@dataclass(frozen=True, slots=True)
class Reply:
    """The text, and the ranks (from 1) of the clauses that it rests on."""

    text: str
    rests_on: tuple[int, ...]


Alike = Callable[[str, str], float]
"""How alike two clauses are as parallel provisions, by their ids, in [0, 1]."""


def look_up(candidates: Sequence[Candidate], cited: Cited, homes: Sequence[str]) -> Reply:
    """The text of what is asked for by its reference, and of the first clause that it leads to; where that is more than
    a few clauses, a list. ``homes`` are the names of the resolutions in which they stand."""
    if len(cited.asked_for) > _LOOKED_UP and not cited.led_to:
        return _count_off(candidates, len(cited.asked_for), homes)
    sizes = (len(cited.asked_for), len(cited.exact), 1)
    whole = next(n for n in sizes if 1 <= n <= _LOOKED_UP) + bool(cited.led_to)
    return _plain(candidates, range(1, min(whole, len(candidates)) + 1))


def survey(asked: Interpretation, candidates: Sequence[Candidate], whole: Whole) -> Reply:
    """All clauses of a kind, as far as there are ``candidates``, which begin with them; yes if that is asked, as there
    are some."""
    if whole.lead:
        made = _plain(candidates, range(1, min(MOST_SENTENCES, len(candidates), len(whole.keys)) + 1))
        return Reply(f"{whole.lead}: {made.text}", made.rests_on)
    said = f" {whole.said}"
    if 0 < whole.proposed < len(whole.keys):
        said += f", {whole.proposed} of them only proposed"
    only_proposed = whole.proposed == len(whole.keys) and asked.version != "proposed"
    lead = (_ONLY_PROPOSED if only_proposed else "Yes: ") if asked.polar else ""
    made = _count_off(candidates, len(whole.keys), whole.homes, said)
    return Reply(f"{lead}{made.text}", made.rests_on)


def reply(
    question: Sought,
    candidates: Sequence[Candidate],
    alike: Alike,
    near: Near = NOT_NEAR,
    judged: Judged = SURE,
) -> Reply:
    """The answer in one to three sentences, or a list, from ``candidates``, of which the first answers; ``near`` are
    its glosses, and ``judged`` says how surely it does."""
    if question.asked.slot == "list":
        return _list(candidates, _items(candidates, alike))
    made = _enumerated(candidates) or _plain(candidates, [1, *_beside(candidates, alike)][:MOST_SENTENCES])
    notes = _unsaid(question.asked, [candidates[n - 1].profile for n in made.rests_on])
    return Reply(f"{_lead(question, candidates, alike, near, judged)}{made.text}{notes}", made.rests_on)


def compare(question: Sought, candidates: Sequence[Candidate], alike: Alike) -> Reply | None:
    """What the two resolutions that a question names say on it, and where they differ if that is asked; None where it
    does not name two, or nothing was found in one."""
    asked = question.asked
    if len(asked.homes) < 2 or (sides := _sides(candidates, alike)) is None:
        return None
    one, other = (candidates[n - 1].evidence for n in sides)
    said = [compose(one, sides[0]), compose(other, sides[1])]
    differ = differences(one, other, sides)
    if asked.slot == "comparison":
        said.append(differ)
    lead = ""
    if asked.polar and pattern("same").search(asked.text):
        lead = "Yes: " if differ.startswith(SAME) != asked.negated else "No: "
    return Reply(lead + " ".join(said), tuple(sorted(sides)))


def _plain(candidates: Sequence[Candidate], ranks: Iterable[int]) -> Reply:
    ranks = tuple(ranks)
    return Reply(" ".join(compose(candidates[n - 1].evidence, n) for n in ranks), ranks)


def _enumerated(candidates: Sequence[Candidate]) -> Reply | None:
    """The best clause with all that it introduces, where it introduces something."""
    first = candidates[0].evidence
    if not first.clause.text.rstrip().endswith(":"):
        return None
    items = [
        (n, c.evidence)
        for n, c in enumerate(candidates[1:], 2)
        if is_under(c.evidence.clause, first.clause) and not is_outside(c.fit)
    ]
    return Reply(enumeration(first, items, 1), (1, *(n for n, _ in items))) if items else None


def _beside(candidates: Sequence[Candidate], alike: Alike) -> list[int]:
    """Ranks of the clauses that make the same provision as the best one and fit the question as well."""
    best = candidates[0]
    return [
        n
        for n, other in enumerate(candidates[1:], 2)
        if alike(best.evidence.clause.id, other.evidence.clause.id) >= _ALIKE
        and (other.fit.joint >= best.fit.joint - _AS_GOOD or other.fit.own >= best.fit.own - _AS_GOOD)
        and _stands_as_well(other.fit, best.fit, _AS_GOOD)
    ]


def _stands_as_well(one: Fit, best: Fit, less: float) -> bool:
    """Is it for those, there and as often as is asked, as the best one is?"""
    return (
        one.scope >= best.scope
        and one.cited >= best.cited
        and one.bearer >= best.bearer - less
        and one.recipient >= best.recipient - less
        and one.frequency >= best.frequency
        and one.version > OTHER_VERSION
    )


def _items(candidates: Sequence[Candidate], alike: Alike) -> list[int]:
    """Ranks of all clauses that answer as the best one does: those that fit nearly as well, and what says the same."""
    best = candidates[0]
    found = [
        n
        for n, other in enumerate(candidates, 1)
        if score(other.fit) >= _SHARE * score(best.fit)
        and other.fit.joint >= best.fit.joint - _IN_LIST
        and _stands_as_well(other.fit, best.fit, _IN_LIST)
    ]
    same = [
        n
        for n, other in enumerate(candidates, 1)
        if other.fit.joint >= best.fit.joint - _SAID_THE_SAME
        and other.fit.gap <= best.fit.gap + _MISSING
        and _stands_as_well(other.fit, best.fit, _SAID_THE_SAME)
        and any(alike(candidates[m - 1].evidence.clause.id, other.evidence.clause.id) >= _ALIKE for m in found)
    ]
    return sorted({1, *found, *same})


def _count_off(candidates: Sequence[Candidate], count: int, homes: Sequence[str], said: str = "") -> Reply:
    """``count`` clauses from ``homes``, of which is ``said`` what they are: a list of as many of them as there are
    ``candidates``, which begin with them."""
    ranks = range(1, min(len(candidates), count) + 1)
    if count == 1:
        return _plain(candidates, ranks)
    rest = f"; the first {len(ranks)}" if len(ranks) < count else ""
    return Reply(f"{count} clauses of {_places(homes)}{said}{rest}:{_in_list(candidates, ranks)}.", tuple(ranks))


def _list(candidates: Sequence[Candidate], ranks: Sequence[int]) -> Reply:
    homes = list(dict.fromkeys(candidates[n - 1].evidence.instrument.name for n in ranks))
    if len(ranks) == 1:
        return _plain(candidates, ranks)
    return Reply(f"{len(ranks)} clauses of {_places(homes)}:{_in_list(candidates, ranks)}.", tuple(ranks))


def _in_list(candidates: Sequence[Candidate], ranks: Sequence[int]) -> str:
    """Each on a line of its own."""
    return "\n- " + ";\n- ".join(in_list(candidates[n - 1].evidence, n) for n in ranks)


def _places(homes: Sequence[str]) -> str:
    return homes[0] if len(homes) == 1 else f"{len(homes)} resolutions"


def _sides(candidates: Sequence[Candidate], alike: Alike) -> tuple[int, int] | None:
    """Ranks of the best clauses of two of the resolutions that are named; of the second, rather the parallel of the
    first."""
    inside = [(n, c.evidence) for n, c in enumerate(candidates, 1) if c.fit.scope > 0 and c.fit.cited >= 0]
    if not inside:
        return None
    first, one = inside[0]
    others = [(n, e.clause.id) for n, e in inside if e.instrument.id != one.instrument.id]
    second = next((n for n, other in others if alike(one.clause.id, other)), others[0][0] if others else None)
    return None if second is None else (first, second)


def _lead(question: Sought, candidates: Sequence[Candidate], alike: Alike, near: Near, judged: Judged) -> str:
    """The answer in a word or two, from the best clause's own, where the register knows it; nothing where the clause
    stands elsewhere than in the provision that is asked about, and does not cite it either."""
    asked, best = question.asked, candidates[0]
    if best.fit.cited < 0 and not _cites(best.profile.words, asked.references):
        return ""
    if asked.polar:
        return _yes_or_no(question, candidates, alike, near, judged)
    if judged.sure < _ANSWERS:
        return ""
    if asked.slot == "bearer" and (agent := _agent(asked.text, best.profile.words)):
        return f"{agent[0].upper()}{agent[1:]}: "
    duty = _duty(question, best.profile)
    if duty is None or (asked.slot == "bearer" and not _is_done(asked.text, duty.action.text)):
        return ""
    phrase = {
        "bearer": duty.bearer_phrase,
        "recipient": duty.recipient_phrase,
        "frequency": duty.frequency_phrase,
        "deadline": duty.deadline,
    }.get(asked.slot)
    return f"{phrase.text[0].upper()}{phrase.text[1:]}: " if phrase else ""


def _cites(words: str, provisions: Iterable[Citation]) -> bool:
    """Does a clause of these ``words`` cite one of the ``provisions``?"""
    cited = {(c.annex, c.items, c.principle) for c in find_citations(words) if c.names_provision}
    return any((p.annex, p.items, p.principle) in cited for p in provisions if p.names_provision)


def _yes_or_no(question: Sought, candidates: Sequence[Candidate], alike: Alike, near: Near, judged: Judged) -> str:
    """Whether the best clause has the status that is asked about, and says what is supposed; a yes is none where it is
    only proposed."""
    asked, best = question.asked, candidates[0]
    if asked.status:
        stands = _stands(asked, best.evidence)
        if not stands or asks_status_alone(asked.text):
            return f"{'Yes' if stands else 'No'}: "
    holds = verdict(question, best.profile, near, judged.sure, judged.reading)
    if holds is None:
        return ""
    if holds and best.evidence.status == "proposed" and asked.version != "proposed":
        return "" if _is_in_force(best, candidates, alike) else _ONLY_PROPOSED
    return f"{'Yes' if holds else 'No'}: "


def _stands(asked: Interpretation, evidence: Evidence) -> bool:
    """Is the status of the clause the one that is asked about?"""
    in_force = evidence.status in ("in_force", "deleted")
    asks_whether_proposed = pattern("proposed").search(asked.text) is not None
    return (in_force != asks_whether_proposed) != asked.negated


def _is_in_force(proposal: Candidate, candidates: Sequence[Candidate], alike: Alike) -> bool:
    """Does some other text make the same provision already, for whom and where it is asked about?"""
    return any(
        alike(proposal.evidence.clause.id, c.evidence.clause.id) >= _ALIKE
        and c.evidence.status == "in_force"
        and c.fit.bearer >= 0
        and c.fit.scope >= proposal.fit.scope
        for c in candidates
    )


def _agent(question: str, words: str) -> str | None:
    """Who does what ``question`` asks, where a text says by whom and lays no duty on them.

    >>> _agent("Who approves the distribution of work?", "shall review its distribution for approval by Member States")
    'Member States'
    """
    key = key_of(question)
    done = key and re.search(rf"\b{re.escape(stem(key))}\w* by (?P<who>(?:the )?(?:ITU )?)", words, re.IGNORECASE)
    named = done and matcher()[0].match(words, done.end())
    return f"{done['who']}{named[0]}" if done and named else None


def _is_done(question: str, action: str) -> bool:
    """Is what ``question`` asks after what the bearer of ``action`` does, and not what is done with something in it?
    What texts say for it may be either, and does not count.

    >>> action = "jointly designate a chair and approve reports which others draft"
    >>> [_is_done(question, action) for question in ("Who chairs it?", "Who approves them?", "Who drafts them?")]
    [False, True, False]
    """
    key, own = key_of(question, vocabulary("addressing")), pattern("others").sub("", action)
    acts = {stem((found["act"] or found["by"]).lower()) for found in pattern("acts").finditer(own)}
    return key is not None and stem(key) in acts


def _duty(question: Sought, clause: Profile) -> Obligation | None:
    """The obligation of ``clause`` that holds most of what is asked."""
    return max(
        clause.duties,
        key=lambda duty: coverage(
            question.terms, frozenset(tokens(f"{duty.action.text} {duty.object and duty.object.text}"))
        ),
        default=None,
    )


def _unsaid(asked: Interpretation, clauses: Sequence[Profile]) -> str:
    parts = parts_of(asked.text)[1:]
    said = [words for part in parts if (words := unsaid(part, tuple(clauses)))]
    return f" No clause was found that says {' or '.join(dict.fromkeys(said))}." if said else ""
