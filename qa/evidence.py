"""What speaks for a yes, and for a no, in a clause of which is asked whether it says something (pure).

Each piece of evidence is a number under a name, and what is missing is 0. :mod:`qa.ruling` says what follows from some
of them, and :mod:`qa.judge` weighs all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from corpus.language.named_bodies import find_bodies_in
from corpus.references import find_citations
from index.text import tokens, words
from qa.asked import is_negated
from qa.fit import Sought, Term, coverage, covered_by
from qa.model import Interpretation
from qa.profile import Profile
from qa.roles import is_done_by_others, is_reversed, is_the_one, names_all, others_act, others_receive
from qa.wording import pattern, rows

_HEAVY = 2.5  # the weight of a word without which a clause hardly speaks of what is asked
_LITTLE = 5.0  # a weight of words that says too little, where no body is named beside them
_WITHOUT = re.compile(r"\bwithout((?: [\w-]+){1,3})", re.I)
_OF = re.compile(r"(?P<of>[^()]*\d[^()]*)\((?P<whom>[^()]+)\)")
_SENTENCE = re.compile(r"(?<=[.;])(?<!\bNo\.)(?<!\bNos\.)(?<!\bRev\.)(?<!\bRes\.) ")


def evidence(question: Sought, clause: Profile) -> Mapping[str, float]:
    """Names of what speaks for or against a yes, each with how much of it there is; what is missing is 0."""
    matter = [term for term in question.terms if term.matters]
    sentence = max(_SENTENCE.split(clause.words), key=lambda one: coverage(matter, frozenset(tokens(one))))
    opposite = _opposite(question.asked.text, sentence)
    rest = [term for term in matter if term.stem not in opposite]
    pieces = (
        _of_words(rest, clause),
        (("says little", not question.asked.bodies and sum(t.weight for t in matter) < _LITTLE),),
        _of_roles(question, sentence, clause),
        _of_binding(question, sentence, clause),
        _of_limits(question, sentence, clause),
        _of_sense(question, rest, sentence, clause, opposite=bool(opposite)),
        _of_contrast(question, rest, clause),
        _of_numbers(question.asked, clause.words),
    )
    return {name: float(value) for some in pieces for name, value in some if value}


def _of_words(rest: Sequence[Term], clause: Profile) -> Iterator[tuple[str, float]]:
    """How far the clause, and what is known to be said by it, hold what is asked."""
    missing = [t.weight * (1 - covered_by(t, clause.held, clause.affirmed)) for t in rest]
    heavy = [t for t in rest if t.weight >= _HEAVY]
    yield "covered", coverage(rest, clause.held, clause.affirmed)
    yield "covered by its words", coverage(rest, clause.held)
    yield "heaviest missing", max(missing, default=0.0)
    yield "unspoken", any(not covered_by(t, clause.held, clause.affirmed) for t in heavy)
    strange = [t for t in heavy if not covered_by(t, clause.held, clause.said)]
    yield "strange", bool(strange)
    yield "unknown", any(not t.known for t in strange)


def _of_roles(question: Sought, sentence: str, clause: Profile) -> Iterator[tuple[str, float]]:
    """Who acts, towards whom, how often."""
    asked = question.asked
    if asked.bodies:
        yield "all named" if names_all(asked.bodies, clause) else "not all named", True
    yield "not the one", not is_the_one(question, clause)
    yield "others act", others_act(question, sentence, clause)
    yield "done by others", is_done_by_others(question, sentence)
    yield "others receive", others_receive(question, clause)
    yield "reversed", is_reversed(question, sentence)
    if asked.frequency:
        yield "as often" if asked.frequency in clause.frequencies else "not as often", True


def _of_binding(question: Sought, sentence: str, clause: Profile) -> Iterator[tuple[str, float]]:
    """How binding it is supposed to be, and is."""
    asked = question.asked
    modality = "prohibition" if asked.modality == "permission" and _is_negated(asked) else asked.modality
    bound = frozenset(duty.modality for duty in clause.duties)
    yield from ((f"{kind} there", True) for kind in bound)
    if modality:
        yield f"{modality} asked", True
        yield from ((f"{modality} asked, {kind} there", True) for kind in bound)
    for name in ("optional", "mandatory", "state"):
        yield f"{name} asked", pattern(name).search(asked.text) is not None
    yield "should", pattern("should").search(sentence) is not None
    yield "merely recommended", asked.modality == "obligation" and _is_recommended(clause)
    binds = _binds(question, sentence, clause)
    if binds is not None:
        yield "as binding" if binds else "not as binding", True


def _binds(question: Sought, sentence: str, clause: Profile) -> bool | None:
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


def _of_limits(question: Sought, sentence: str, clause: Profile) -> Iterator[tuple[str, float]]:
    """What is supposed of one alone, of every case, of an edition; and what the text limits or leaves open."""
    text = question.asked.text
    limits = pattern("limits").search(sentence) is not None
    if pattern("only").search(text):
        shared = pattern("shared").search(sentence) is not None or len(clause.bodies) > 1
        yield "alone, as is asked" if limits else "shared, alone asked" if shared else "alone asked", True
    elif limits:
        yield "limited", True
    yield "limits", pattern("limits").search(clause.words) is not None
    always = question.asked.modality != "permission" and pattern("always").search(text)
    if always:
        yield "depends, always asked" if pattern("depends").search(sentence) else "always asked", True
    edition = _edition(text, clause.words)
    if edition is not None:
        yield "that edition" if edition else "another edition", True
    yield "softened", pattern("soft").search(sentence) is not None and not pattern("soft").search(text)
    yield "wished", pattern("wish").search(clause.words) is not None
    yield "twisted", any(found[0].lower() not in clause.words.lower() for found in pattern("twist").finditer(text))


def _edition(question: str, words: str) -> bool | None:
    """Is the edition of a resolution that a text is supposed to cite the one that it does?"""
    named = pattern("edition").search(question)
    if named is None:
        return None
    cited = [c.revision.lower() for c in find_citations(words) if c.revision and c.number == named["number"]]
    return any(named["place"].lower() in revision for revision in cited) if cited else None


def _of_sense(
    question: Sought, rest: Sequence[Term], sentence: str, clause: Profile, *, opposite: bool
) -> Iterator[tuple[str, float]]:
    """Whether the text denies what is asked, and whether a denial is asked for."""
    asked, stems = question.asked, {term.stem for term in rest}
    lacking = any(stems & set(tokens(without[1])) for without in _WITHOUT.finditer(sentence))
    denied = lacking or pattern("negative").search(sentence) is not None
    core, tags = pattern("tag").subn(" ", asked.text)
    denials = len(pattern("denies").findall(core))
    expects_no = _is_negated(asked) or asked.modality == "prohibition"
    yield "tag", tags > 0
    yield "denied", denied
    yield "opposite", opposite
    yield "negated", _is_negated(asked)
    yield "a denial asked", expects_no
    yield "denials asked: odd" if denials % 2 else "denials asked: even", denials > 0
    yield "denied as asked", denied and denials % 2 == 1
    yield "as asked", _signed(denied + opposite + expects_no, coverage(rest, frozenset(tokens(sentence))))
    yield "in its sense", _signed(denied + denials, coverage(rest, clause.held))
    yield "in its sense, as is said", _signed(denied + denials, coverage(rest, clause.held, clause.affirmed))


def _is_negated(asked: Interpretation) -> bool:
    """Is asked for what is not? "Isn't it ..." is not."""
    return is_negated(pattern("tag").sub(" ", asked.text))


def _signed(denials: int, covered: float) -> float:
    """``covered``, against a yes where an odd number of denials remains."""
    return -covered if denials % 2 else covered


def _of_contrast(question: Sought, rest: Sequence[Term], clause: Profile) -> Iterator[tuple[str, float]]:
    """What is supposed of one thing and not of another: how much more of the one is there."""
    found = pattern("contrast").search(question.asked.text)
    if found is None:
        return
    stems, bodies = frozenset(tokens(found["other"])), frozenset(find_bodies_in(found["other"], None))
    sides = (
        ([t for t in rest if t.stem not in stems], frozenset(question.asked.bodies) - bodies),
        ([t for t in rest if t.stem in stems], bodies),
    )
    one, other = (_presence(terms, named, clause) for terms, named in sides)
    yield "contrast", True
    yield "contrast as it is", one - other


def _presence(terms: Sequence[Term], named: Collection[str], clause: Profile) -> float:
    """How far it is there, in [0, 1]: what is said least of; in the middle where nothing is asked."""
    parts = [coverage(terms, clause.held, clause.affirmed)] if terms else []
    parts += [float(names_all(named, clause))] if named else []
    return min(parts, default=0.5)


def _opposite(question: str, sentence: str) -> frozenset[str]:
    """The stems of a word of ``question`` where ``sentence`` has one of the opposite sense, and neither has both."""
    for row in rows("opposite"):
        for a, b in ((row["one"], row["other"]), (row["other"], row["one"])):
            supposed = a.search(question)
            if supposed and b.search(sentence) and not b.search(question) and not a.search(sentence):
                return frozenset(tokens(supposed[0]))
    return frozenset()


def _of_numbers(asked: Interpretation, text: str) -> Iterator[tuple[str, float]]:
    """Whether numbers that are supposed are in the text, and there with the bodies that they are supposed with."""
    bare = pattern("provision").sub(" ", pattern("resolution").sub(" ", asked.text))
    there = frozenset(words(text))
    supposed = {number for found in pattern("amount").finditer(bare) for number in words(found[0])}
    yield "number there", bool(supposed & there)
    yield "number not there", bool(supposed - there)
    yield "another number", bool(supposed and asked.bodies) and _is_of_another(supposed, set(asked.bodies), text)


def _is_of_another(numbers: Set[str], wanted: Set[str], text: str) -> bool:
    """Does ``text`` say in brackets whom its numbers are of, "No. 119 (relating to ITU-R), No. 193 (relating to
    ITU-T)", and ``wanted`` of others than these ``numbers``?"""
    bracketed = [(words(said["of"]), find_bodies_in(said["whom"], None)) for said in _OF.finditer(text)]
    these = {body for of, whom in bracketed if not numbers.isdisjoint(of) for body in whom}
    others = {body for of, whom in bracketed if numbers.isdisjoint(of) for body in whom}
    return bool(these) and bool(wanted & others) and not wanted & these
