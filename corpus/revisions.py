"""Draft revisions flattened to text: which clause is in force, proposed or uncertain (pure).

An extraction that drops the marks of tracked changes leaves the deleted and the inserted words glued together. Three
sources settle a clause's status, the later winning over the earlier:

1. nothing known: a clause of a draft is ``uncertain``, never ``in_force``;
2. rules: label arithmetic within a list, and places and years run together within a text;
3. hand-made annotations with their evidence, which hold only for the very words that were reviewed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.grammar import Column, Found
from corpus.labels import ordinal
from corpus.model import Document, Status, Step, printed_label

_GLUED_TEXT = re.compile(r"(?<!\d)(?:19|20)\d{2}(?:19|20)\d{2}(?!\d)|, (?:19|20)\d{2}[A-Z][a-z]+")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a person found out about one clause of a draft."""

    status: Status
    confidence: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Versioned:
    """A clause with its version: ``found.path`` carries the labels in force, where it is in force."""

    found: Found
    status: Status
    labels_proposed: tuple[str, ...] | None = None
    evidence: str | None = None


def annotation_key(document: Document, found: Found) -> str:
    """Names a clause by where it stands and by its very words, so that an annotation never outlives a change."""
    where = " ".join(filter(None, (f"{s.num} {s.addressee or ''}".strip() for s in found.path)))
    return f"{where}|{hashlib.sha256(document.at(found.span).encode()).hexdigest()[:16]}"


def versions(document: Document, column: Column, annotations: Mapping[str, Annotation]) -> tuple[Versioned, ...]:
    """The clauses of ``column`` with their status; all ``in_force`` unless the column is a draft revision."""
    if column.title.place_proposed is None:
        return tuple(Versioned(found, "in_force") for found in column.found)
    arithmetic = _label_arithmetic(column.found)
    result = []
    for found in column.found:
        version = arithmetic.get(found) or Versioned(found, "uncertain", evidence="no rule or annotation settles it")
        if _GLUED_TEXT.search(document.at(found.span)):
            version = replace(version, status="uncertain", evidence="old and new words are run together in the source")
        if known := annotations.get(annotation_key(document, found)):
            version = replace(version, status=known.status, evidence=known.evidence)
        result.append(version)
    return tuple(result)


def split_glued_label(num: str) -> tuple[str, str] | None:
    """``fh`` -> (``f``, ``h``), ``58`` -> (``5``, ``8``): the old and the new label; insertions only push labels up.

    Where it can be cut in several ways, the closest labels are meant: ``1112`` is 11 and 12. A doubled letter (``aa``)
    and a number that cannot be cut into a smaller and a larger one are not glued.
    """
    if num.isdigit() and len(num) > 1:
        cuts = [(num[:i], num[i:]) for i in range(1, len(num)) if num[i] != "0"]
        pushed = [(a, b) for a, b in cuts if int(a) < int(b)]
        return min(pushed, key=lambda cut: int(cut[1]) - int(cut[0]), default=None)
    if len(num) == 2 and num.isalpha() and num[0] != num[1]:
        return (min(num), max(num))
    return None


def _label_arithmetic(found: Sequence[Found]) -> dict[Found, Versioned]:
    """Versions that follow from the labels of one list alone.

    In ``1 12 23 4`` the glued labels say that old 1 and 2 became 2 and 3; so the plain 1 and 4 were inserted: a plain
    label is new if it doubles an old one or goes beyond the last of them. A rule can prove that a clause is proposed,
    never that its words are in force, for words inserted into it leave no trace.
    """
    lists: dict[tuple[Step, ...], list[Found]] = {}
    for clause in found:
        if clause.path[-1].kind == "item":
            lists.setdefault(clause.path[:-1], []).append(clause)
    result: dict[Found, Versioned] = {}
    for clauses in lists.values():
        glued = _glued_in(clauses)
        if not glued:
            continue
        old = {_place(old) for old, _ in glued.values()}
        for clause in clauses:
            if clause in glued:
                before, after = glued[clause]
                path = (*clause.path[:-1], Step("item", before))
                proposed = (*(printed_label(s.num) for s in path[:-1] if s.kind == "item"), printed_label(after))
                evidence = f"label arithmetic: {printed_label(before)} in force becomes {printed_label(after)}"
                result[clause] = Versioned(replace(clause, path=path), "uncertain", proposed, evidence)
            elif (at := _place(clause.path[-1].num)) in old or at > max(old):
                evidence = "label arithmetic: the number belongs to the proposed list only"
                result[clause] = Versioned(clause, "proposed", evidence=evidence)
    return result


def _glued_in(clauses: Sequence[Found]) -> dict[Found, tuple[str, str]]:
    glued: dict[Found, tuple[str, str]] = {}
    last = 0
    for clause in clauses:
        num = clause.path[-1].num
        at = _place(num)
        if at != last + 1 and (parts := split_glued_label(num)):
            glued[clause] = parts
            at = _place(parts[1])
        last = at
    return glued


def _place(num: str) -> int:
    """Where a plain label stands in its list; 0 for two different letters, which no list of letters has."""
    if num[0].isdigit():
        return ordinal(num, "decimal")
    return ordinal(num, "letter") if len(set(num)) == 1 else 0
