"""Answers and clauses for people at a terminal (pure)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from corpus.bodies import bodies
from corpus.model import Clause, Corpus
from corpus.readable import readable
from corpus.references import proposed_for
from qa.model import Answer, Evidence, FellBack, Interpretation, Written
from qa.parties import short_name

STATUS = {
    "in_force": "in force",
    "proposed": "PROPOSED, not in force",
    "deleted": "STRUCK by a draft",
    "uncertain": "UNCERTAIN, may be partly proposed",
}
_FELL_BACK: Mapping[FellBack, str] = {
    "check": "what the language model wrote does not hold",
    "timeout": "the language model took too long",
    "busy": "the language model is busy",
    "failure": "the language model could not be asked",
}

_SHOWN = 0.005  # of the parts of a score, those that two decimals show


def show_answer(answer: Answer, width: int, *, explain: bool = False) -> str:
    """The answer, then how the question was read, and its citations with quote, status and place; ``explain`` adds
    what each part of the fit gives to a score."""
    head = "\n".join(_wrapped(line, width) for line in answer.text.split("\n"))
    sure = f"confidence {answer.confidence:.2f}, index {answer.index_id}, {answer.took_ms:.0f} ms"
    title = "Citations" if answer.answered else "Nearest clauses, not offered as an answer"
    read = textwrap.fill(f"Read as: {show_interpretation(answer.interpretation)}", width, subsequent_indent="    ")
    lines = [head, "", *_show_written(answer.written, width), read, f"{title} ({sure}):"]
    for n, evidence in enumerate(answer.evidence, 1):
        lines.append(show_evidence(evidence, n, width))
        if explain:
            lines.append(_show_parts(evidence.parts, width))
    return "\n".join(lines)


def _wrapped(line: str, width: int) -> str:
    return textwrap.fill(line, width, subsequent_indent="  " if line.startswith("- ") else "")


def _show_written(written: Written, width: int) -> list[str]:
    """How the text came about, where a language model was asked for it."""
    if not written.tries:
        return []
    if written.by == "model":
        said = "by the language model, each sentence checked against its clause"
    else:
        said = f"of quotations: {_FELL_BACK[written.fell_back or 'failure']}"
    return [textwrap.fill(f"Written {said}.", width, subsequent_indent="    ")]


def show_interpretation(asked: Interpretation) -> str:
    """How a question was understood, in a line."""
    fixed = ", ".join(f"{old} → {new}" for old, new in asked.corrected)
    known = (
        ("asks for", "yes or no" if asked.polar else asked.slot),
        ("of", _names(asked.bearer)),
        ("towards", _names(asked.recipient)),
        ("how often", asked.frequency),
        ("in", ", ".join(asked.homes)),
        ("version", asked.version.replace("_", " ") if asked.version != "all" else None),
        ("spelling", fixed),
    )
    return "; ".join(f"{name} {value}" for name, value in known if value)


def _names(ids: Iterable[str]) -> str:
    return ", ".join(short_name(bodies()[i]) for i in ids)


def _show_parts(parts: Mapping[str, float], width: int) -> str:
    shown = sorted(((value, name) for name, value in parts.items() if abs(value) >= _SHOWN), key=lambda p: -abs(p[0]))
    text = "score: " + ", ".join(f"{name} {value:+.2f}" for value, name in shown)
    return textwrap.fill(text, width, initial_indent="    ", subsequent_indent="    ")


def show_evidence(evidence: Evidence, number: int, width: int) -> str:
    """One citation over a few lines."""
    clause = evidence.clause
    lines = str(clause.line_start) if clause.line_start == clause.line_end else f"{clause.line_start}-{clause.line_end}"
    quote = f"“{evidence.words}”"
    if clause.lead_in:
        quote = f"({clause.lead_in}) {quote}"
    place = (
        f"{clause.document}, line {lines}, characters {evidence.quote.start}-{evidence.quote.end}, "
        f"{'verified' if evidence.verified else 'NOT VERIFIED'}, score {evidence.score:.2f}"
    )
    wrapped = textwrap.fill(quote, width, initial_indent="    ", subsequent_indent="    ")
    head = textwrap.fill(f"[{number}] {evidence.reference}: {_standing(evidence)}", width, subsequent_indent="    ")
    return f"{head}\n{wrapped}\n    {place}"


def _standing(evidence: Evidence) -> str:
    if evidence.clause.part == "passage":
        return "not a resolution"
    amended = evidence.status == "in_force" and evidence.clause.amended
    return f"{STATUS[evidence.status]}, amended by a draft" if amended else STATUS[evidence.status]


def show_corpus(corpus: Corpus, width: int) -> str:
    """What a parser found, resolution by resolution."""
    lines = [f"{corpus.document.name}: {len(corpus.instruments)} resolutions, {len(corpus.clauses)} clauses"]
    for instrument in corpus.instruments:
        own = [c for c in corpus.clauses if c.instrument == instrument.id]
        draft = f" (draft revision, {proposed_for(instrument)})" if instrument.draft else ""
        lines += ["", f"{instrument.name}, {instrument.body}{draft}: {len(own)} clauses", f"  {instrument.title}"]
        lines += [f"{c.line_start:>6}  {_short(c, width - 8)}" for c in own]
    lines += ["", *(f"line {r.line}: {r.message}" for r in corpus.remarks)] if corpus.remarks else []
    return "\n".join(lines)


def _short(clause: Clause, width: int) -> str:
    standing = "amended" if clause.status == "in_force" and clause.amended else clause.status
    mark = "" if standing == "in_force" else f" [{standing}]"
    place = clause.reference.partition(" of Resolution")[0]
    return textwrap.shorten(f"{place}{mark}: {readable(clause.text_of(clause.versions[0]))}", width, placeholder=" …")
