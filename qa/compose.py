"""Evidence -> sentences that rest on quotes (pure). Every word of them is a frame below or the clause's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from corpus.diff import word_diff
from corpus.model import Clause, TextVersion
from corpus.readable import readable
from corpus.references import proposed_for
from qa.model import Evidence

# What a resolution does under each preambular keyword, said of it in the third person.
_THIRD_PERSON = {
    "aware": "is aware",
    "bearing in mind": "bears in mind",
    "concerned": "is concerned",
    "convinced": "is convinced",
    "emphasizing": "emphasizes",
    "having considered": "has considered",
    "having examined": "has examined",
    "mindful": "is mindful",
    "noting": "notes",
    "recognizing": "recognizes",
    "stressing": "stresses",
    "taking into account": "takes into account",
    "taking note": "takes note",
}
SAME = "Both say the same"
_MOST_DIFFERENCES = 3  # of each side that are quoted
_ANNOUNCES = re.compile(r"\bthe following (?:procedures?|principles?|provisions?|rules?|steps?)\b")
_LEADS_ON = re.compile(r"[,;]? (?:or|and)$")
_WORDS = re.compile(r"[^\W_]")
_SENTENCE = re.compile(r".*?\[(?P<numbers>\d+)\](?:[.;:]|$)", re.S)
_QUOTE = re.compile(r"“(.*?)”(?=[ ,;:.)]|$)")


def compose(evidence: Evidence, number: int) -> str:
    """What ``evidence`` says, as one sentence ending in its citation mark ``[number]``; its status is said in words."""
    clause = evidence.clause
    lead_in = _lead_in(clause)
    says = _says(clause, evidence.version)
    return (
        f"{_subject(evidence)} {says} {lead_in}“{_to_quote(evidence)}”{_place(clause)}{_change(evidence)} [{number}]."
    )


def enumeration(introduction: Evidence, items: Sequence[tuple[int, Evidence]], number: int) -> str:
    """``introduction``, cited as ``number``, and what it introduces, each item by its label and cited on its own; where
    one is not simply in force, it says so itself, whatever the introduction is."""
    said = [f"{_label(e.clause)}“{_to_quote(e)}”{_standing(e)}{_change(e)} [{n}]" for n, e in items]
    return f"{compose(introduction, number).removesuffix('.')}: {'; '.join(said)}."


def in_list(evidence: Evidence, number: int) -> str:
    """``evidence`` as an item of a list: where it stands, and its words."""
    quote = f"{_lead_in(evidence.clause)}“{_to_quote(evidence)}”"
    return f"{evidence.reference}{_standing(evidence)}: {quote}{_change(evidence)} [{number}]"


def differences(one: Evidence, other: Evidence, numbers: tuple[int, int]) -> str:
    """What only ``one`` and only ``other`` says, as a sentence that quotes it."""
    sides = only_in_one(one.words, other.words)
    if not any(sides):
        return f"{SAME} [{numbers[1]}]."
    said = [
        f"only {e.reference} says {_quoted(side)} [{n}]"
        for e, side, n in zip((one, other), sides, numbers, strict=True)
        if side
    ]
    text = "; ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def only_in_one(before: str, after: str) -> tuple[list[str], list[str]]:
    """What only ``before`` and what only ``after`` says, without what differs in capitals alone."""
    changed = [piece for piece in word_diff(before, after) if piece.op != "equal" and _WORDS.search(piece.text)]
    only: dict[str, list[str]] = {"deleted": [], "inserted": []}
    for n, piece in enumerate(changed):
        beside = (changed[m].text for m in (n - 1, n + 1) if 0 <= m < len(changed) and changed[m].op != piece.op)
        if piece.text.strip().casefold() not in (text.strip().casefold() for text in beside):
            only[piece.op].append(piece.text.strip(" ,;:."))
    return only["deleted"], only["inserted"]


def _quoted(pieces: Sequence[str]) -> str:
    return " and ".join(f"“{words}”" for words in pieces[:_MOST_DIFFERENCES])


def refusal(reason: str | None, nearest: Sequence[Evidence]) -> str:
    """Says why there is no answer, and names the nearest clauses.

    Low confidence proves neither that no clause answers nor that the nearest one does not, so neither is claimed.
    """
    text = reason or "No clause was found that answers this with enough confidence."
    if not nearest:
        return text
    named = " and ".join(e.reference for e in nearest)
    return f"{text} The nearest {'are' if len(nearest) > 1 else 'is'} {named}."


def holds(text: str, evidence: Sequence[Evidence]) -> bool:
    """Does each sentence of ``text`` rest on the clause that it cites: is all that it quotes there, word for word?"""
    for sentence in _SENTENCE.finditer(text):
        number = int(sentence["numbers"])
        if not 1 <= number <= len(evidence):
            return False
        quoted = evidence[number - 1]
        clause = quoted.clause
        own = (clause.text_of(version) for version in clause.versions)
        sources = [readable(part) for part in (quoted.words, *own, clause.lead_in or "", clause.heading)]
        if not all(any(words in source for source in sources) for words in quotes(sentence[0])):
            return False
    return True


def quotes(text: str) -> Iterator[str]:
    """What ``text`` quotes."""
    return (found[1] for found in _QUOTE.finditer(text))


def _to_quote(evidence: Evidence) -> str:
    """Its words without what leads to the next item of a list."""
    return _LEADS_ON.sub("", evidence.words)


def _subject(evidence: Evidence) -> str:
    clause, instrument = evidence.clause, evidence.instrument
    of = "" if instrument.body == "RA" else f" of {instrument.body}"
    whole = f"{instrument.name}{of}"
    if evidence.status == "proposed":
        whole = f"The draft revision of {whole}, {proposed_for(instrument)} and not in force,"
    elif clause.status == "uncertain":
        whole = f"{whole}, in words that may be partly proposed and not in force,"
    elif clause.part != "passage":
        whole = f"{whole}, in force,"
    inside = [f"{s.kind.capitalize()} {s.num}" for s in clause.path if s.kind in ("annex", "principle", "footnote")]
    return (
        f"{', '.join(inside)} of {whole[0].lower() + whole[1:] if whole.startswith('The ') else whole}"
        if inside
        else whole
    )


def _lead_in(clause: Clause) -> str:
    """What the clause goes on from; not what only announces a list of full sentences."""
    return f"“{clause.lead_in}” " if clause.lead_in and not _ANNOUNCES.search(clause.lead_in) else ""


def _standing(evidence: Evidence) -> str:
    if evidence.status == "proposed":
        return " (not in force)"
    return " (may be partly proposed)" if evidence.clause.status == "uncertain" else ""


def _change(evidence: Evidence) -> str:
    """What a draft would do to words in force, or does in words of its own."""
    clause = evidence.clause
    if evidence.version == "proposed" and clause.amended:
        return _amendment(readable(clause.text_of("in_force")), evidence.words)
    if evidence.version == "in_force" and (clause.amended or clause.status == "deleted"):
        does = "strike" if clause.status == "deleted" else "amend"
        return f"; a draft revision {proposed_for(evidence.instrument)} would {does} this"
    return ""


def _amendment(before: str, after: str) -> str:
    struck, added = only_in_one(before, after)
    if len(struck) + len(added) > _MOST_DIFFERENCES:
        return "; these words would replace those in force"
    does = [f"{verb} {_quoted(words)}" for verb, words in (("strike", struck), ("add", added)) if words]
    return f"; the draft would {' and '.join(does)}" if does else ""


def _says(clause: Clause, version: TextVersion) -> str:
    if clause.keyword is None:
        return "says:"
    verb = third_person(clause.keyword_proposed or clause.keyword if version == "proposed" else clause.keyword)
    return f"{verb} {clause.addressee}" if clause.addressee else verb


def _label(clause: Clause) -> str:
    """The label of the item itself."""
    return f"{labels[-1]} " if (labels := _labels(clause)) else ""


def _labels(clause: Clause) -> list[str]:
    return [s.num if s.num[0].isdigit() else f"{s.num})" for s in clause.path if s.kind == "item"]


def _place(clause: Clause) -> str:
    labels = _labels(clause)
    if not labels:
        return ""
    section = clause.keyword or f"Annex {clause.annex}"
    return f" ({section}{',' if clause.keyword is None else ''} {' '.join(labels)})"


def third_person(keyword: str) -> str:
    """``considering`` -> ``considers``; operative keywords are in the third person already."""
    if keyword in _THIRD_PERSON:
        return _THIRD_PERSON[keyword]
    first, _, rest = keyword.partition(" ")
    if first.endswith("ing"):
        first = f"{first[:-3]}s"
    return f"{first} {rest}".strip()
