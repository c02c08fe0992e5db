"""Do the sentences that a language model wrote say what the clauses say that they cite? (pure)

A model invents freely, and what it may invent cannot be listed. So the check runs the other way: a sentence holds only
if it is the clause's own words, one by one, in their order and from where they begin, in one of a few frames around
them ("Under Resolution 18, X is instructed to ..."). That bodies, numbers, dates, modal verbs and negations agree
follows from it. Free are only the articles, the punctuation, and the name that a body goes by. A sentence may stop
before its clause does, at a joint, if no condition, exception, negation or alternative is left unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

from corpus.bodies import bodies, find_bodies, matcher
from corpus.language.words import is_verb, telling
from corpus.model import Instrument
from corpus.readable import readable
from qa.compose import compose, third_person
from qa.model import Evidence

MOST_SENTENCES = 6
_FEWEST_WORDS = 4  # of a clause, that a sentence says which does not say all of it
_MARKED = re.compile(r"(?P<words>[^\[\]]*)\[(?P<number>\d{1,3})\]\s*[.;]?\s*")
_EDGES = " \t-–•*.;:,"
_TOKEN = re.compile(r"(?<!\w)[-−]?\d+(?:[.,/-]\d+)*|[^\W_]+|[^\w\s]|_")
_PUNCTUATION = frozenset(".,;:()'’‘“”\"-–—/")
_SENTENCE_END = re.compile(r"(?<=[.;]) (?=\W*[A-Z])")
_QUOTE = re.compile(r"“([^“”]*)”")
_VERDICT = re.compile(r"(?P<verdict>yes|no)\s*[,:;.–—-]\s*", re.I)
_OWN = "own resolution"  # as a word, so that a sentence may name what a clause calls "this resolution"
_BODY = "body "  # before the id of a body, as a word

# What a sentence may be introduced or closed by, before the name of the clause.
_SOURCES = tuple(tuple(words.split()) for words in ("under", "in", "by", "according to", "as stated in", "pursuant to"))
_SAYS = tuple((verb, *that) for verb in ("says", "states", "provides") for that in ((), ("that",)))
_MODALS = {
    "shall": ("shall", "must", "is to", "are to", "has to", "have to"),
    "should": ("should",),
    "may": ("may",),
}
# Words that narrow, deny or turn round what stands before or after them.
_RESTRICTING = frozenset(
    "absence absent agreed although appropriate approval approved available barring below but can cannot case cases "
    "conditional consent contrary could depending despite discretion either else event except excepted excepting "
    "exception exceptional exceptionally exclude excluded excludes excluding exclusion extent failing feasible fewer "
    "however if impossible instead interim least less limit limitation limited limits maximum may minimum more most "
    "must necessary needed neither never nevertheless no nobody none nor not nothing notwithstanding once only "
    "otherwise pending permitting possible practicable principle provided provisional provisionally rarely rather "
    "refrain request requested required save scope shall should solely subject temporarily temporary though trial "
    "unless unlike until when whenever where whereas wherever whether while whilst without would".split()
)
# Words that a sentence may stop before, where no mark stands.
_JOINTS = frozenset(
    "and by concerning during for in including on pursuant regarding taking through using via with".split()
)
_NEVER_CUT = frozenset({"or", "nor"})
_PAIRING = frozenset({"among", "between", "both"})  # what stands before two things of which neither may be left out
_NEAR = 8  # words
# Words by which a later sentence of a clause points back to one before it.
_POINTING = frozenset("he his it its she such that their them these they this those which who whose".split())


class Token(NamedTuple):
    """A word in small letters, a body by its id, a number or a sign; and whether a mark stands before it."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said of the clause with that rank, without its mark and without a verdict before it."""

    words: str
    number: int


@dataclass(frozen=True, slots=True)
class Checked:
    """``sentences`` as they were written; ``complaints`` say what is wrong with them, none if all of them hold."""

    sentences: tuple[Sentence, ...]
    complaints: tuple[str, ...]


class Expected(NamedTuple):
    """Words that a sentence may consist of; those from ``start`` on are the clause's and may be cut off at a joint.
    ``skipped`` are words of the clause that it leaves out before them."""

    tokens: tuple[Token, ...]
    start: int
    skipped: tuple[Token, ...] = ()


def check(text: str, evidence: Sequence[Evidence], numbers: Sequence[int], verdict: str | None = None) -> Checked:
    """What holds in ``text``, an answer from the clauses of ``evidence`` that have the ranks ``numbers`` (from 1), of
    which the first must be cited first. ``verdict`` ("yes", "no" or None) is the one that it may begin with."""
    said = _quoted(readable(text))
    opening = _VERDICT.match(said)
    complaints: list[str] = []
    if opening:
        said = said[opening.end() :]
        if opening["verdict"].lower() != verdict:
            complaints.append(f"do not begin with {opening['verdict']!r}")
    sentences, rest = _sentences(said)
    if rest:
        complaints.append(
            f"after {_shown(rest)} the number of its clause is missing; end every sentence as in: … [{numbers[0]}]."
        )
    if not sentences:
        return Checked((), (*complaints, "no sentence cites a clause"))
    if len(sentences) > MOST_SENTENCES:
        complaints.append(f"{len(sentences)} sentences are too many; write three at most")
    if sentences[0].number != numbers[0]:
        complaints.append(f"begin with what clause {numbers[0]} says")
    complaints += [c for s in sentences if (c := _complaint(s, evidence, numbers))]
    return Checked(tuple(dict.fromkeys(sentences)), tuple(dict.fromkeys(complaints)))


def _quoted(text: str) -> str:
    """``text`` with its straight quotation marks turned towards what they quote."""
    pieces = text.split('"')
    return "".join(piece + mark for piece, mark in zip(pieces, [*"“”" * (len(pieces) // 2), ""], strict=False))


def _sentences(text: str) -> tuple[list[Sentence], str]:
    """The sentences of ``text`` up to their marks, and what stands after the last mark or does not end in one."""
    found: list[Sentence] = []
    at = 0
    while match := _MARKED.match(text, at):
        found.append(Sentence(match["words"].strip(_EDGES), int(match["number"])))
        at = match.end()
    return found, text[at:].strip(_EDGES)


def _complaint(sentence: Sentence, evidence: Sequence[Evidence], numbers: Sequence[int]) -> str | None:
    """What is wrong with ``sentence``, as said to who wrote it."""
    number = sentence.number
    if number not in numbers:
        return f"there is no clause {number}"
    if not sentence.words:
        return f"nothing is said before the number {number}"
    cited = evidence[number - 1]
    if (quote := _misquoted(sentence.words, cited)) is not None:
        return f"clause {number} does not hold the words {_shown(quote)} that are put in quotation marks"
    return _Clause(cited, number).complaint(sentence.words)


def _misquoted(words: str, cited: Evidence) -> str | None:
    """A quotation that is not to the letter in the clause or what it hangs on, or a mark that closes none."""
    clause = cited.clause
    sources = [readable(part) for part in (cited.words, clause.lead_in or "", clause.heading)]
    wrong = (q for q in _QUOTE.findall(words) if not any(q.strip(_EDGES) in source for source in sources))
    lone = re.search("[“”]", _QUOTE.sub("", words))
    return next(wrong, lone[0] if lone else None)


def _shown(words: str) -> str:
    return f"“{words if len(words) <= 60 else f'{words[:60]}…'}”"


@dataclass(frozen=True)
class _Clause:
    """A clause, and what may be said of it."""

    cited: Evidence
    number: int

    def complaint(self, words: str) -> str | None:
        """What is wrong with a sentence of these ``words``; None if it holds."""
        said = self._tokens(words)
        texts = [t.text for t in said]
        bare = [texts[: -len(c)] for c in self._closings if len(texts) > len(c) and tuple(texts[-len(c) :]) == c]
        best: tuple[int, str] = (-1, "")
        for expected, mine in product(self._expected(), (texts, *bare)):
            reach = _agreeing(expected.tokens, mine)
            if reach < len(mine):
                best = max(best, (reach, self._mismatch(expected, mine, reach)), key=lambda b: b[0])
            elif (fault := _cut_fault(expected, len(mine))) is None:
                return None
            else:
                best = max(best, (reach, f"clause {self.number} may not end there: {fault}"), key=lambda b: b[0])
        return best[1]

    def _mismatch(self, expected: Expected, mine: Sequence[str], reach: int) -> str:
        reads = _plain(expected.tokens[reach].text) if reach < len(expected.tokens) else "its end"
        after = " ".join(_plain(t) for t in mine[max(0, reach - 4) : reach])
        place = f"after “{after}” " if after else ""
        return f"clause {self.number} has {place}not “{_plain(mine[reach])[:30]}” but “{reads}”"

    def _expected(self) -> Iterator[Expected]:
        """All that a sentence may say, from the whole clause."""
        for opening in self._openings:
            for subject in self._subjects():
                yield Expected((*_as_tokens(opening), *subject.tokens), len(opening) + subject.start, subject.skipped)

    def _subjects(self) -> Iterator[Expected]:
        """The clause's words in their frames: bare, after its keyword, and as what someone is told to do."""
        addressee, body = self._addressee, self._body
        yield from self._bare()
        for heading in self._headings:
            yield Expected((*_as_tokens(heading), *addressee, *body), len(heading) + len(addressee))
        if addressee and body[:1] and body[0].text == "to":
            yield from self._told(addressee, body)
        elif not addressee:
            end = next((n for n, t in enumerate(body) if not _is_party(t.text)), len(body))
            if 0 < end < len(body) and body[end].text == "to":
                yield from self._told(body[:end], body[end:])

    def _bare(self) -> Iterator[Expected]:
        body = self._body
        yield Expected(body, 0, self._addressee)
        if body[:1] and body[0].text == "that":
            yield Expected(body[1:], 0, self._addressee)
        for start in self._later:
            if body[start].text not in _POINTING:
                yield Expected(body[start:], 0, (*self._addressee, *body[:start]))

    def _told(self, who: tuple[Token, ...], task: tuple[Token, ...]) -> Iterator[Expected]:
        """``who`` is instructed to ..., shall ..., or does what ``task``, which begins with "to", says."""
        force = telling().get(self._verb)
        if force is None:
            return
        participle = f"{self._verb.removesuffix('e')}ed"
        for be, by in product(("is", "are"), ((), ("by", _OWN))):
            yield Expected((*who, *_as_tokens((be, participle, *by)), *task), len(who))
        if len(task) < 2 or not is_verb(task[1].text):
            return
        rest = task[1:]
        for modal, done in product(_MODALS[force], (rest, _without_to(rest))):
            yield Expected((*who, *_as_tokens(modal.split()), *done), len(who))
        if force == "shall":
            verb = rest[0].text
            for form in (verb, f"{verb}s", f"{verb}es", f"{verb[:-1]}ies"):
                yield Expected((*who, Token(form, False), *rest[1:]), len(who))

    def _tokens(self, text: str) -> tuple[Token, ...]:
        return tokens(text, self.cited.instrument)

    @cached_property
    def _keyword(self) -> str | None:
        clause = self.cited.clause
        return (self.cited.version == "proposed" and clause.keyword_proposed) or clause.keyword

    @cached_property
    def _verb(self) -> str:
        """The base form of the keyword's verb, where the keyword is no more than a verb."""
        return (self._keyword or "").removesuffix("s")

    @cached_property
    def _addressee(self) -> tuple[Token, ...]:
        return self._tokens(readable(self.cited.clause.addressee or ""))

    @cached_property
    def _text(self) -> str:
        """The words of the clause after those that it hangs on, unless these only announce it."""
        cited = self.cited
        lead_in = cited.clause.lead_in
        hangs = lead_in is not None and f"“{lead_in}” " in compose(cited, self.number)
        return f"{lead_in} {cited.words}" if hangs else cited.words

    @cached_property
    def _body(self) -> tuple[Token, ...]:
        return self._tokens(self._text)

    @cached_property
    def _later(self) -> tuple[int, ...]:
        """Where in ``_body`` its second sentence and those after it begin."""
        ends = [len(self._tokens(self._text[: m.start()])) for m in _SENTENCE_END.finditer(self._text)]
        return tuple(n for n in ends if 0 < n < len(self._body))

    @cached_property
    def _names(self) -> tuple[tuple[str, ...], ...]:
        """What the clause may be called by: its resolution, or its reference."""
        place = tuple(t.text for t in self._tokens(self.cited.clause.reference.partition(", proposed")[0]))
        drafts = ((), ("draft", "revision", "of")) if self.cited.status in ("proposed", "uncertain") else ((),)
        names = ((_OWN,), place) if _OWN in place else (place,)
        return tuple((*draft, *name) for draft, name in product(drafts, dict.fromkeys(names)))

    @cached_property
    def _closings(self) -> tuple[tuple[str, ...], ...]:
        return (*self._names, *((*source, *name) for source, name in product(_SOURCES, self._names)))

    @cached_property
    def _openings(self) -> tuple[tuple[str, ...], ...]:
        return ((), *((*source, *name) for source, name in product(_SOURCES, self._names)))

    @cached_property
    def _headings(self) -> tuple[tuple[str, ...], ...]:
        """What may stand before the addressee and the words: the keyword with or without who uses it, or "says"."""
        keyword = tuple(t.text for t in self._tokens(third_person(self._keyword))) if self._keyword else ()
        if not keyword:
            return tuple((*name, *says) for name, says in product(self._names, _SAYS))
        return (keyword, *((*name, *keyword) for name in self._names))


def tokens(text: str, home: Instrument) -> tuple[Token, ...]:
    """The words of ``text`` without its articles, a body by whatever name as the same word, and the resolution
    ``home``, however it is named or pointed to, as the same word."""
    found: list[tuple[str, int, int]] = []
    at = 0
    for name, start, end in _names(text, home):
        if start < at or _repeats(text, found, name, start, end):
            at = max(at, end)
            continue
        found += [*_words(text, at, start), (name, start, end)]
        at = end
    found += _words(text, at, len(text))
    ends = (0, *(end for _, _, end in found))
    marked = (any(c in ".,;:()“”" for c in text[end:start]) for end, (_, start, _) in zip(ends, found, strict=False))
    return tuple(Token(word, mark) for (word, _, _), mark in zip(found, marked, strict=True))


def _names(text: str, home: Instrument) -> list[tuple[str, int, int]]:
    pattern, owner = matcher()
    named = [(_BODY + (owner.get(m[0]) or owner[m[0].lower()]), *m.span()) for m in pattern.finditer(text)]
    own = [(_OWN, *m.span()) for m in _own_pattern(home).finditer(text)]
    return sorted((*own, *named), key=lambda n: (n[1], -n[2]))


def _own_pattern(home: Instrument) -> re.Pattern[str]:
    """ "This resolution", or the resolution ``home`` by its number, with or without its body and its revision."""
    ways = sorted({name for body in find_bodies(home.body) for name in body.names}, key=len, reverse=True)
    whose = "|".join(map(re.escape, ways)) or "(?!)"
    revision = rf"(?: \({re.escape(home.revision)}\))?" if home.revision else ""
    number = rf"(?:ITU-R )?{re.escape(home.number)}(?![\w-]|\.\d)"
    named = rf"(?:(?:{whose}) )?Resolution {number}{revision}(?: of (?:the )?(?:{whose})(?![\w-]))?"
    return re.compile(rf"(?<![\w-])(?:this resolution(?!\w)|{named})", re.I)


def _words(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for m in _TOKEN.finditer(text, start, end):
        word = m[0]
        article = word.lower() in ("the", "an") or word == "a" or (word == "A" and not text[: m.start()].strip(_EDGES))
        if word not in _PUNCTUATION and not article:
            yield word.lower(), *m.span()


def _repeats(text: str, found: Sequence[tuple[str, int, int]], name: str, start: int, end: int) -> bool:
    """Is it the acronym in brackets after the name that it stands for, or that of the body within that name?"""
    if not found or not (found[-1][0].startswith(_BODY) and name.startswith(_BODY)):
        return False
    last, _, stop = found[-1]
    one, other = bodies()[last.removeprefix(_BODY)], bodies()[name.removeprefix(_BODY)]
    bracketed = text[stop:start] == " (" and text[end : end + 1] == ")"
    return bracketed and (one == other or other.name in one.name)


def _as_tokens(words: Sequence[str]) -> tuple[Token, ...]:
    return tuple(Token(word, False) for word in words)


def _is_party(word: str) -> bool:
    return word.startswith(_BODY) or word == "and"


def _plain(word: str) -> str:
    return word.removeprefix(_BODY)


def _without_to(task: tuple[Token, ...]) -> tuple[Token, ...]:
    """``task`` without the "to" after "and" in "report and to inform"."""
    after_and = {n + 1 for n, t in enumerate(task) if t.text in ("and", "or")}
    return tuple(t for n, t in enumerate(task) if not (n in after_and and t.text == "to"))


def _agreeing(expected: Sequence[Token], mine: Sequence[str]) -> int:
    """How many words agree from the first on."""
    pairs = zip(expected, mine, strict=False)
    return next((n for n, (one, other) in enumerate(pairs) if one.text != other), min(len(expected), len(mine)))


def _cut_fault(expected: Expected, length: int) -> str | None:
    """Why a sentence may not stop after ``length`` of the words that are expected; None if it may."""
    unsaid = expected.tokens[length:]
    narrowing = next((t.text for t in (*expected.skipped, *unsaid) if t.text in _RESTRICTING), None)
    if narrowing:
        return f"“{narrowing}” is left unsaid"
    if not unsaid:
        return None
    following = unsaid[0]
    if length - expected.start < _FEWEST_WORDS:
        return "too little is said"
    if following.text in _NEVER_CUT or not (following.marked or following.text in _JOINTS):
        return f"it goes on “{_plain(following.text)}”"
    if following.text == "and" and any(t.text in _PAIRING for t in expected.tokens[max(0, length - _NEAR) : length]):
        return "it says two things together"
    return None
