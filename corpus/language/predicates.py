"""A readable clause -> its predicates: what follows a modal verb or an infinitive, up to the next one (pure).

There is no parser of English behind this, but the narrow grammar that resolutions are drafted in: "to" and a verb; a
noun phrase, a modal verb and a verb; the same joined by "and".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from corpus.language.words import (
    DETERMINERS,
    FINITE,
    INTRODUCTORY,
    MODALS,
    OPENERS,
    PREPOSITIONS,
    Word,
    Words,
    is_participle,
    is_verb,
    lemmas,
    telling,
)
from corpus.model import Span

Mood = Literal["directed", "resolved", "finite", "bare"]
"""What a clause hangs on: "instructs" and the like, so that it opens with "to", or with an addressee and "to";
"resolves", so that it opens with "to" or "that"; nothing, as in an annex; or words that end in "shall" or "to", so that
it opens with its verb."""

_WORD = re.compile(r"[^\W_][\w'’/-]*|[,;:.]")
_ASIDE = re.compile(r"\([^()]*\)|\"[^\"]*\"|“[^”]*”")
_SENTENCE = re.compile(r"(?<=[\w)\"”])(?<!\bNo)(?<!\bNos)(?<!\bRev)\.\s+(?=[A-Z])")
_DANGLING = re.compile(r",? (?:in order|so as) to:$")
_CLOSING = frozenset({",", ";", ":", ".", "and", "or", "either"})
_JOINTS = frozenset({"and", "or", "and/or", "but", ",", ";"})
_AFTER_JOINT = frozenset({"and", "or", "but", ",", "however", "thus", "hence", "also", "that"})
_AFTER_VERB = frozenset({"to", "with", "that", "whether", "new", "appropriate", *DETERMINERS})


@dataclass(frozen=True, slots=True)
class Predicate:
    """What is said to be done, as ranges of the clause's readable text.

    ``subject`` is the noun phrase before the modal verb or the infinitive, None where there is none of its own;
    ``modal`` one of shall, will, should, would, may, with " not" behind it where it is denied, and None for an
    infinitive that is not denied and for a subjunctive. ``action`` runs from the main verb to the end; ``verb`` is
    where the verb stands that takes the object ("assist" in "continue to assist"), of a passive the participle.
    ``scope`` is all that is said, with the introduction before the subject. ``joined``: it shares the subject of the
    one before it.
    """

    subject: Span | None
    modal: str | None
    action: Span
    verb: int
    scope: Span
    passive: bool = False
    joined: bool = False


def find_predicates(text: str, mood: Mood) -> tuple[Predicate, ...]:
    """The predicates of ``text``, in its order. What stands in brackets or quotes is not read."""
    plain = _ASIDE.sub(lambda m: f"{m[0][0]}{' ' * (len(m[0]) - 2)}{m[0][-1]}", text)
    plain = _DANGLING.sub("", plain)
    bounds = [0, *(m.end() for m in _SENTENCE.finditer(plain)), len(plain)]
    found: list[Predicate] = []
    for start, end in pairwise(bounds):
        words = [Word(m[0], *m.span()) for m in _WORD.finditer(plain, start, end)]
        while words and words[-1].text.lower() in _CLOSING:
            words.pop()
        found += _Sentence(Words(plain, words), "finite" if start else mood).predicates()
    return tuple(found)


class _Head(NamedTuple):
    """The beginning of a predicate, by indexes of words; ``begin`` is that of the joint before it.

    ``states``: a statement of fact, which ends the predicate before it and is none itself.
    """

    begin: int
    subject: Span | None
    modal: str | None
    verb: int
    infinitive: bool = False
    joined: bool = False
    states: bool = False


class _Joint(NamedTuple):
    """ "and", a comma or the like at the word ``at``; what it joins begins with the word ``after``.

    ``loose``: a comma or semicolon is part of it; ``inner``: the nearest verb before it is not that of the predicate,
    but of an infinitive or clause within.
    """

    begin: int
    at: int
    after: int
    mark: str
    loose: bool
    inner: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence, read left to right for the heads of its predicates."""

    words: Words
    mood: Mood

    def predicates(self) -> list[Predicate]:
        heads = list(self._heads())
        ends = [*(head.begin for head in heads[1:]), len(self.words)][: len(heads)]
        return [self._predicate(head, end) for head, end in zip(heads, ends, strict=True) if not head.states]

    def _heads(self) -> Iterator[_Head]:
        if (first := self._first()) is None:
            return
        yield first
        last, i = first, first.verb
        while (i := i + 1) < len(self.words):
            if head := self._next(i, last):
                yield head
                last, i = (last if head.states else head), head.verb

    # -- the first head ----------------------------------------------------------------------------------------------

    def _first(self) -> _Head | None:
        start = int(self.words[0] == "that")
        start += self.words[start] == ","
        if self.mood == "bare" and (verb := self.words.verb_at(start)) is not None:
            return _Head(0, None, None, verb)
        if self.mood == "finite":
            return self._first_finite(start) or self._first_infinitive(start)
        return self._first_infinitive(start) or self._first_finite(start) or self._first_infinitive(start, surely=True)

    def _first_infinitive(self, start: int, *, surely: bool = False) -> _Head | None:
        words = self.words
        for i in range(start, len(words)):
            if self.mood == "resolved" and words.modal(i):
                return None
            if (verb := words.infinitive(i, surely=surely or i == start)) is None:
                continue
            modal = "shall not" if "not" in (words[i], words[i - 1], words[i + 1]) else None
            subject = self._subject(start, i)
            if (i == start or words[i - 1] == ",") and (subject is None or words[start] in INTRODUCTORY):
                return self._addressed(verb) or _Head(0, None, modal, verb, infinitive=True)
            if self.mood == "directed" and subject is not None:
                return _Head(0, subject, modal, verb, infinitive=True)
        return None

    def _addressed(self, verb: int) -> _Head | None:
        """Under "resolves", "to instruct X to report": X reports."""
        if self.mood != "resolved" or self.words[verb] not in telling():
            return None
        inner = ((i, self.words.infinitive(i, surely=True)) for i in range(verb + 2, len(self.words)))
        found = next(((i, told) for i, told in inner if told is not None), None)
        return found and _Head(0, Span(verb + 1, found[0]), telling()[self.words[verb]], found[1], infinitive=True)

    def _first_finite(self, start: int) -> _Head | None:
        words = self.words
        for i in range(start, len(words)):
            if (modal := words.modal(i)) and (subject := self._subject(start, i)):
                return self._told(_Head(0, subject, *modal))
            subjunctive = start and words[i] in {"continue", "be", "remain"}
            if (
                subjunctive
                and words[i - 1] not in {"to", "not", "also", *MODALS}
                and (subject := self._subject(start, i))
            ):
                return self._told(_Head(0, subject, None, i))
        return None

    def _told(self, head: _Head) -> _Head:
        """ "BDT should be urged to consider": BDT considers."""
        participle = self.words.past_adverbs(head.verb + 1)
        tell = next((verb for verb in lemmas(self.words[participle]) if verb in telling()), None)
        verb = self.words.infinitive(participle + 1, surely=True)
        if self.words[head.verb] != "be" or tell is None or verb is None:
            return head
        return head._replace(modal=telling()[tell], verb=verb, infinitive=True)

    # -- the heads joined to it --------------------------------------------------------------------------------------

    def _next(self, i: int, last: _Head) -> _Head | None:
        """The head that the word ``i`` joins to those before it."""
        mark = self.words[i]
        if mark not in _JOINTS or self._awaits_verb(last.verb, i):
            return None
        begin = i - 1 if mark != "," and self.words[i - 1] == "," else i
        after = i + 1
        while self.words[after] in _AFTER_JOINT and after < i + 4:
            after += 1
        inner = self._in_clause(last.verb, i) or self._in_infinitive(last.verb, i)
        joint = _Joint(begin, i, after, mark, begin < i or mark in {",", ";"}, inner)
        return (
            self._joined_infinitive(joint, last)
            or self._joined_modal(joint, last)
            or self._joined_clause(joint)
            or self._joined_verb(joint, last)
        )

    def _joined_infinitive(self, joint: _Joint, last: _Head) -> _Head | None:
        """ "to observe X and to identify Y"."""
        verb = self.words.infinitive(joint.after)
        if verb is None or joint.mark == "," or (joint.inner and not joint.loose):
            return None
        if last.modal and not last.infinitive:
            return None
        return _Head(joint.begin, None, last.modal, verb, infinitive=True, joined=True)

    def _joined_modal(self, joint: _Joint, last: _Head) -> _Head | None:
        """ "shall do X and should do Y"."""
        modal = self.words.modal(joint.after) if last.modal and not self._in_clause(last.verb, joint.at) else None
        return modal and self._told(_Head(joint.begin, None, *modal, joined=True))

    def _joined_clause(self, joint: _Joint) -> _Head | None:
        """ "shall do X and the Director shall do Y"; or a statement of fact after a semicolon."""
        words, start = self.words, joint.after
        if joint.mark == "," and start == joint.at + 1:
            return None
        for i in range(start + 1, (words.find(";", start) or [len(words)])[0]):
            if modal := words.modal(i):
                subject = self._subject(start, i)
                return subject and self._told(_Head(joint.begin, subject, *modal))
            if joint.mark == ";":
                if words[i] in FINITE and (subject := self._subject(start, i)):
                    return _Head(joint.begin, subject, None, i, states=True)
            elif words[i] in {",", "to"} or words[i] in OPENERS:
                return None
        return None

    def _joined_verb(self, joint: _Joint, last: _Head) -> _Head | None:
        """ "to identify X and propose Y"; but "share and implement X" is one predicate."""
        verb = self.words.verb_at(joint.after)
        if verb is None or (joint.inner and (not joint.loose or joint.mark == ",")):
            return None
        between = range(last.verb + 1, joint.begin)
        if all(self._goes_with_verb(i) for i in between) or not self._is_verb(verb, joint.mark):
            return None
        return _Head(joint.begin, None, last.modal, verb, infinitive=last.infinitive, joined=True)

    def _goes_with_verb(self, i: int) -> bool:
        return self.words[i] in PREPOSITIONS or self.words[i] == "," or self.words.is_adverb(i) or self.words.is_base(i)

    def _is_verb(self, i: int, mark: str) -> bool:
        """Is the word at ``i``, after ``mark``, a verb and no noun? After a comma only if the list goes on to "and"."""
        following = self.words[i + 1]
        if is_verb(self.words[i], "noun"):
            return following in _AFTER_VERB
        if mark != ",":
            return following not in {"of", "and", "or", ",", ""}
        later = (self.words.verb_at(k + 1) for k in self.words.find("and", i + 1))
        return following in DETERMINERS or any(verb is not None and self._is_verb(verb, "and") for verb in later)

    # -- noun phrases and clauses ------------------------------------------------------------------------------------

    def _subject(self, lo: int, hi: int) -> Span | None:
        """The noun phrase that ends before ``hi``, introductions before it left out; None where ``hi`` stands in a
        subordinate clause."""
        words = self.words
        while lo < hi and self._introduces(lo, hi):
            commas = words.find(",", lo + 1, hi)
            starts = [i + 1 for i in commas if words[i + 1] in DETERMINERS] or [i + 1 for i in commas]
            starts = starts or [i for i in range(lo + 2, hi) if self._starts_anew(i)][-1:]
            lo = starts[0] if starts else hi
        openers = [i for i in range(lo, hi) if words[i] in OPENERS]
        awaits = openers and not any(words[i] in FINITE or words[i] == "," for i in range(openers[-1] + 1, hi))
        if lo >= hi or awaits or any(words.infinitive(i) is not None for i in range(lo, hi)):
            return None
        return Span(lo, hi)

    def _introduces(self, lo: int, hi: int) -> bool:
        word = self.words[lo]
        if word in INTRODUCTORY or (word.endswith("ly") and self.words[lo + 1] == ","):
            return True
        return word.endswith(("ing", "ed")) and bool(self.words.find(",", lo, hi))

    def _starts_anew(self, i: int) -> bool:
        """Does a determiner at ``i`` open a noun phrase that nothing before it governs?"""
        before = self.words[i - 1]
        governs = before in PREPOSITIONS or before in DETERMINERS or before.endswith(("ing", "ed", ","))
        return self.words[i] in DETERMINERS and not governs

    def _opener(self, lo: int, hi: int) -> int | None:
        return max((i for i in range(lo, hi) if self.words[i] in OPENERS), default=None)

    def _awaits_verb(self, lo: int, hi: int) -> bool:
        """Does a subordinate clause that opened after ``lo`` still wait for its verb at ``hi``?"""
        opener = self._opener(lo, hi)
        rest = (self.words[i] for i in range(hi if opener is None else opener + 1, hi))
        return opener is not None and not any(word in FINITE or word == "," or word.endswith("s") for word in rest)

    def _in_clause(self, lo: int, hi: int) -> bool:
        opener = self._opener(lo, hi)
        return opener is not None and not self.words.find(",", opener, hi)

    def _in_infinitive(self, verb: int, hi: int) -> bool:
        return any(self.words.infinitive(i) is not None for i in range(self.words.main_verb(verb) + 1, hi))

    # -- the whole ---------------------------------------------------------------------------------------------------

    def _predicate(self, head: _Head, end: int) -> Predicate:
        words, start = self.words, head.verb
        verb, passive = words.main_verb(start), False
        if words[verb] == "be":
            participle = words.past_adverbs(verb + 1)
            passive = is_participle(words[participle])
            if passive:
                verb = participle
            elif head.subject and words[head.subject.start] == "it" and (inner := words.infinitive(participle + 1)):
                start = verb = inner  # "it may be appropriate to progress the work"
        elif words[verb] == "continue" and words[verb + 1].endswith("ing"):
            verb += 1
        while words[start - 1].endswith("ly"):
            start -= 1
        at, stop = words.words, words.stop(end)
        return Predicate(
            subject=head.subject and Span(at[head.subject.start].start, words.stop(head.subject.end)),
            modal=head.modal,
            action=Span(at[start].start, stop),
            verb=at[verb].start,
            scope=Span(at[head.begin].start, stop),
            passive=passive,
            joined=head.joined,
        )
