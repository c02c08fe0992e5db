"""A conversation -> what to say next, in Markdown with links to the clauses (pure but for the asking it is handed)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from corpus.errors import QuestionTooLong
from corpus.model import Instrument, TextVersion
from corpus.readable import readable
from corpus.references import proposed_for
from qa.model import DEFAULT_K, MAX_QUESTION, Answer, Evidence, Question, Version
from qa.small_talk import asks_for_words, small_talk, which_words, without_courtesies

MODEL = "clauseqa"
MOST_BEFORE = 20  # questions that a follow-up may rest on
_NEAREST = 2  # clauses of a refusal that are quoted when the words are asked for
_MARK = re.compile(r"“[^”]*”|\[(?P<number>\d+)\]")  # a quote may hold what looks like a mark
_SPECIAL = re.compile(r"[\\`*_\[\]<~$|]")
_ENTITIES = {"[": "&#91;", "]": "&#93;"}  # many a front end takes an escaped bracket for the beginning of a formula
_WORD = re.compile(r"\s*\S+\s*|\s+")
_NOTHING_BEFORE = "There is no answer before this whose clauses I could quote. Ask a question first, for example: “{}”"
_EXAMPLE = "who reports annually to TSAG?"

Ask = Callable[[Question], Answer]


@dataclass(frozen=True, slots=True)
class Options:
    """What a client may ask for beside its messages, as :class:`~qa.model.Question` has it."""

    k: int = DEFAULT_K
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: Version = "all"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A citation in a text: ``text[start:end]``, in Unicode characters, is the link to its clause, which shows
    ``number``. Numbers run from 1 in the order of the text, for front ends that count sources as they come."""

    number: int
    start: int
    end: int
    url: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Said:
    """A turn of the service, in Markdown. ``answer`` is what it rests on, None for small talk."""

    text: str
    annotations: tuple[Annotation, ...] = ()
    answer: Answer | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: with ``evidence``, a link to that clause; without words of its own, a citation of it."""

    text: str = ""
    evidence: Evidence | None = None


def respond(
    messages: Sequence[str], ask: Ask, instruments: Collection[Instrument], base: str, options: Options | None = None
) -> Said:
    """What to say to the last of a person's ``messages``, in the light of those before it. Links begin with ``base``.

    Raises a :class:`~corpus.errors.QueryError` for what cannot be asked.
    """
    options = options or Options()
    last, earlier = messages[-1], questions(messages[:-1], instruments)
    if len(last) > MAX_QUESTION:
        raise QuestionTooLong(f"the last message has {len(last)} characters; {MAX_QUESTION} are the most")
    if earlier and asks_for_words(last):
        *before, question = earlier
        return _in_full(ask(_question(question, before, options)), which_words(last), base)
    if (reply := small_talk(last, instruments)) is not None:
        return Said(reply)
    if asks_for_words(last):
        return Said(_NOTHING_BEFORE.format(_EXAMPLE))
    answer = ask(_question(without_courtesies(last), earlier, options))
    return _said(_linked(answer), answer, base)


def questions(messages: Iterable[str], instruments: Collection[Instrument]) -> list[str]:
    """Those of ``messages`` that ask of the corpus, less their courtesies: the last :data:`MOST_BEFORE`."""
    asked = (
        without_courtesies(m)
        for m in messages
        if m.strip() and len(m) <= MAX_QUESTION and not asks_for_words(m) and small_talk(m, instruments) is None
    )
    return list(asked)[-MOST_BEFORE:]


def escaped(text: str) -> str:
    r"""``text`` such that Markdown shows it as it stands.

    >>> escaped("[1] *not* in <b>")
    '&#91;1&#93; \\*not\\* in \\<b>'
    """
    return _SPECIAL.sub(lambda m: _ENTITIES.get(m[0], f"\\{m[0]}"), text)


def clause_url(base: str, clause_id: str) -> str:
    """The clause's page below ``base``, the address of the service without a slash at its end."""
    return f"{base}/clauses/{quote(clause_id, safe='/')}"


def chunks(said: Said) -> list[tuple[str, tuple[Annotation, ...]]]:
    """The text of ``said`` word by word, with the annotations that each word completes."""
    made: list[tuple[str, tuple[Annotation, ...]]] = []
    at = 0
    for word in _WORD.findall(said.text):
        done = tuple(a for a in said.annotations if at < a.end <= at + len(word))
        made.append((word, done))
        at += len(word)
    return made


def _question(text: str, before: Sequence[str], options: Options) -> Question:
    return Question(text, options.k, options.filters, options.version, tuple(before))


def _linked(answer: Answer) -> list[Piece]:
    """The text of ``answer`` with its marks, or where it refuses the references that it names, as links."""
    pattern = _MARK
    if not answer.answered and answer.evidence:
        pattern = re.compile("|".join(re.escape(e.reference) for e in answer.evidence[:_NEAREST]))
    by_reference = {e.reference: e for e in reversed(answer.evidence)}
    pieces: list[Piece] = []
    at = 0
    for found in pattern.finditer(answer.text):
        if answer.answered:
            number = int(found["number"] or 0)
            if not 1 <= number <= len(answer.evidence):
                continue
            link = Piece(evidence=answer.evidence[number - 1])
        else:
            link = Piece(escaped(found[0]), by_reference[found[0]])
        pieces += [Piece(escaped(answer.text[at : found.start()])), link]
        at = found.end()
    return [*pieces, Piece(escaped(answer.text[at:]))]


def _in_full(answer: Answer, which: int | None, base: str) -> Said:
    """The clauses that ``answer`` cites, or the one that is asked for, with all their words."""
    cited = list({p.evidence.clause.id: p.evidence for p in _linked(answer) if p.evidence}.values())
    lead = ""
    if not answer.answered:
        lead = "No clause was found that answers this; the nearest are:" if cited else answer.text
    if which is not None and cited:
        if which == 0 or which > len(cited):
            return Said(f"There is no citation {which}: the answer before this has {len(cited)}.", (), answer)
        lead, cited = "", [cited[which - 1 if which > 0 else which]]
    pieces = [Piece(f"{lead}\n\n")] if lead else []
    for evidence in cited:
        pieces += [*_in_place(evidence), Piece("\n\n")]
    return _said(pieces[:-1] if cited else pieces, answer, base)


def _in_place(evidence: Evidence) -> list[Piece]:
    """A clause with its reference, its place, and its words in each version, the lead-in before them."""
    clause = evidence.clause
    lines = clause.line_start, clause.line_end
    place = f"line {lines[0]}" if lines[0] == lines[1] else f"lines {lines[0]}-{lines[1]}"
    head = f"**{escaped(clause.reference)}**, {_standing(evidence)}: {escaped(clause.document)}, {place} "
    quotes = [_block(clause.lead_in, clause.text_of(v), _said_in(evidence, v)) for v in clause.versions]
    return [Piece(head), Piece(evidence=evidence), Piece("".join(f"\n\n{q}" for q in quotes))]


def _block(lead_in: str | None, text: str, version: str) -> str:
    words = readable(text)
    lead = f"{escaped(readable(lead_in))} … " if lead_in else ""
    return f"> {version}{lead}{escaped(words)}"


def _said_in(evidence: Evidence, version: TextVersion) -> str:
    if len(evidence.clause.versions) < 2:
        return ""
    draft = proposed_for(evidence.instrument)
    return f"*{'In force' if version == 'in_force' else f'{draft[0].upper()}{draft[1:]}'}:* "


def _standing(evidence: Evidence) -> str:
    clause = evidence.clause
    if clause.status == "proposed":
        return "not in force"
    if clause.status == "uncertain":
        return "may be partly proposed and not in force"
    draft = proposed_for(evidence.instrument)
    if clause.status == "deleted":
        return f"in force (a draft revision {draft} would strike it)"
    return f"in force (a draft revision {draft} would amend it)" if clause.amended else "in force"


def _said(pieces: Iterable[Piece], answer: Answer, base: str) -> Said:
    text = ""
    annotations: list[Annotation] = []
    numbers: dict[str, int] = {}
    for piece in pieces:
        if piece.evidence is None:
            text += piece.text
            continue
        url = clause_url(base, piece.evidence.clause.id)
        if piece.text:
            text += f"[{piece.text}]({url})"
            continue
        number = numbers.setdefault(url, len(numbers) + 1)
        link = f"[[{number}]]({url})"
        annotations.append(Annotation(number, len(text), len(text) + len(link), url, piece.evidence))
        text += link
    return Said(text, tuple(annotations), replace(answer, text=text))
