"""Evidence -> a sentence that rests on a quote (pure). Every word of it is the frame below or the clause's own."""

from __future__ import annotations

from corpus.model import Clause, TextVersion
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


def compose(evidence: Evidence, number: int) -> str:
    """What ``evidence`` says, as one sentence ending in its citation mark ``[number]``; its status is said in words."""
    clause = evidence.clause
    lead_in = f"“{clause.lead_in}” " if clause.lead_in else ""
    says = _says(clause, evidence.version)
    return f"{_subject(evidence)} {says} {lead_in}“{evidence.words}”{_place(clause)}{_change(evidence)} [{number}]."


def refusal(reason: str | None, nearest: Evidence | None) -> str:
    """Says why there is no answer, and names the nearest clause.

    Low confidence proves neither that no clause answers nor that the nearest one does not, so neither is claimed.
    """
    text = reason or "No clause was found that answers this with enough confidence."
    return text if nearest is None else f"{text} The nearest is {nearest.reference}."


def _subject(evidence: Evidence) -> str:
    clause, instrument = evidence.clause, evidence.instrument
    of = "" if instrument.body == "RA" else f" of {instrument.body}"
    whole = f"{instrument.name}{of}"
    if evidence.status == "proposed":
        whole = f"The draft revision of {whole}, {proposed_for(instrument)} and not in force,"
    elif clause.status == "uncertain":
        whole = f"The draft revision of {whole}, in words that may be partly proposed and not in force,"
    inside = [f"{s.kind.capitalize()} {s.num}" for s in clause.path if s.kind in ("annex", "principle", "footnote")]
    return (
        f"{', '.join(inside)} of {whole[0].lower() + whole[1:] if whole.startswith('The ') else whole}"
        if inside
        else whole
    )


def _change(evidence: Evidence) -> str:
    """What a draft would do to words in force."""
    if evidence.version == "in_force" and (evidence.clause.amended or evidence.clause.status == "deleted"):
        does = "strike" if evidence.clause.status == "deleted" else "amend"
        return f"; a draft revision {proposed_for(evidence.instrument)} would {does} this"
    return ""


def _says(clause: Clause, version: TextVersion) -> str:
    if clause.keyword is None:
        return "says:"
    verb = third_person(clause.keyword_proposed or clause.keyword if version == "proposed" else clause.keyword)
    return f"{verb} {clause.addressee}" if clause.addressee else verb


def _place(clause: Clause) -> str:
    labels = [s.num if s.num[0].isdigit() else f"{s.num})" for s in clause.path if s.kind == "item"]
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
