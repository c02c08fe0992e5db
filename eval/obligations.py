"""How well obligations are read: ``python -m eval.obligations [dev | test]`` prints the figures.

``eval/obligations/`` holds hand-labelled obligations of clauses of the default corpus, a clause a line; GUIDE.md there
says how the labels were made. A row found and a row labelled of one clause are taken for the same one by the words of
their actions. Precision counts what was found, recall what was labelled, field by field; a row without its like counts
against every field that it fills.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any

from corpus.errors import AnnotationError
from corpus.model import Clause, Obligation
from corpus.obligations import find_obligations
from corpus.parse import default_source, parse_file
from eval.parallels import Share

SPLITS = ("dev", "test")
FIELDS = ("row", "bearer", "modality", "action", "object", "recipient", "frequency", "deadline", "condition")
ALIKE = 0.8  # F1 of the words from which two phrases count as the same
ALIGNED = 0.3  # F1 of the words of two actions from which they are of one row


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An obligation as it is compared. ``bearer`` and ``recipient`` are ids or, where there are none, the words."""

    bearer: frozenset[str] | str | None
    modality: str
    action: str
    object: str | None = None
    recipient: frozenset[str] | str | None = None
    frequency: str | None = None
    deadline: str | None = None
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one field; ``row`` is the obligation as such."""

    precision: Share
    recall: Share


Rows = Mapping[str, Sequence[Row]]
"""Clause id -> its obligations."""


def overlap(one: str | None, other: str | None) -> float:
    """F1 of the words of two texts; 1 where neither says anything.

    >>> overlap("report annually to TSAG", "report to TSAG")
    0.8571428571428571
    """
    a, b = Counter(_words(one)), Counter(_words(other))
    if not a and not b:
        return 1.0
    return 2 * (a & b).total() / (a.total() + b.total())


def _words(text: str | None) -> list[str]:
    return re.findall(r"[\w-]+", (text or "").lower())


def compare(found: Rows, labelled: Rows) -> dict[str, Figures]:
    """Precision and recall of each of ``FIELDS`` over the clauses that are ``labelled``."""
    right, told, wanted = Counter[str](), Counter[str](), Counter[str]()
    for clause, truth in labelled.items():
        ours = found.get(clause, ())
        told += Counter(field for row in ours for field in FIELDS if _said(row, field))
        wanted += Counter(field for row in truth for field in FIELDS if _said(row, field))
        for mine, theirs in align(ours, truth):
            right += Counter(f for f in FIELDS if _said(mine, f) and _said(theirs, f) and same(mine, theirs, f))
    return {f: Figures(Share(right[f], told[f]), Share(right[f], wanted[f])) for f in FIELDS}


def align(found: Sequence[Row], labelled: Sequence[Row]) -> list[tuple[Row, Row]]:
    """Pairs of rows by the overlap of their actions, the best first, each row once."""
    scored = [
        (overlap(a.action, b.action), -n, -m) for (n, a), (m, b) in product(enumerate(found), enumerate(labelled))
    ]
    pairs: list[tuple[Row, Row]] = []
    used: set[tuple[str, int]] = set()
    for score, n, m in sorted(scored, reverse=True):
        if score >= ALIGNED and not used & {("found", n), ("labelled", m)}:
            used |= {("found", n), ("labelled", m)}
            pairs.append((found[-n], labelled[-m]))
    return pairs


def _said(row: Row, field: str) -> bool:
    return field == "row" or bool(getattr(row, field))


def same(one: Row, other: Row, field: str) -> bool:
    """Do two rows agree on a field? Ids and names of classes must be equal, words nearly so."""
    if field == "row":
        return True
    a, b = getattr(one, field), getattr(other, field)
    if field in ("modality", "frequency") or not isinstance(a, str) or not isinstance(b, str):
        return bool(a == b)
    return overlap(a, b) >= ALIKE


def row_of(obligation: Obligation) -> Row:
    """An obligation that was found, as it is compared."""

    def words(name: str) -> str | None:
        phrase = getattr(obligation, name)
        return phrase.text if phrase else None

    return Row(
        bearer=frozenset(obligation.bearer) or words("bearer_phrase"),
        modality=obligation.modality,
        action=obligation.action.text,
        object=words("object"),
        recipient=frozenset(obligation.recipient) or words("recipient_phrase"),
        frequency=obligation.frequency,
        deadline=words("deadline"),
        condition=" | ".join(phrase.text for phrase in obligation.condition) or None,
    )


def found_rows(clauses: Iterable[Clause], obligations: Iterable[Obligation]) -> dict[str, list[Row]]:
    """What was found, of each clause in the first version that it belongs to."""
    versions = {clause.id: clause.versions[0] for clause in clauses}
    rows: dict[str, list[Row]] = {}
    for obligation in obligations:
        if obligation.version == versions[obligation.clause]:
            rows.setdefault(obligation.clause, []).append(row_of(obligation))
    return rows


def default_gold(split: str) -> Path:
    """The product's own labels."""
    return Path(str(resources.files("eval") / "obligations" / f"{split}.jsonl"))


def load_gold(path: Path, clauses: Collection[str]) -> dict[str, list[Row]]:
    """The labels in the file at ``path``. Raises :class:`AnnotationError`, which names the line.

    ``clauses`` are the ids that labels may name.
    """
    gold: dict[str, list[Row]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            entry = json.loads(line)
            gold[entry["clause"]] = [_labelled(row) for row in entry["obligations"]]
        except (ValueError, KeyError, TypeError) as exc:
            raise AnnotationError(f"{path.name}, line {number}: {exc!r}; see GUIDE.md beside it") from exc
        if entry["clause"] not in clauses:
            raise AnnotationError(f"{path.name}, line {number}: no clause {entry['clause']}; label it anew")
    return gold


def _labelled(row: Mapping[str, Any]) -> Row:
    return Row(
        bearer=frozenset(row["bearer"]) or row["bearer_text"],
        recipient=frozenset(row["recipient"]) or row["recipient_text"],
        **{name: row[name] for name in ("modality", "action", "object", "frequency", "deadline", "condition")},
    )


def differences(found: Rows, labelled: Rows) -> Iterator[str]:
    """What differs, a line each: field, clause, what was found, what was labelled."""
    for clause, truth in labelled.items():
        ours = found.get(clause, ())
        pairs = align(ours, truth)
        mine, theirs = {id(a) for a, _ in pairs}, {id(b) for _, b in pairs}
        yield from (f"row: {clause}: {row.action!r} is not labelled" for row in ours if id(row) not in mine)
        yield from (f"row: {clause}: {row.action!r} was not found" for row in truth if id(row) not in theirs)
        for a, b in pairs:
            for field in FIELDS:
                if (_said(a, field) or _said(b, field)) and not same(a, b, field):
                    yield f"{field}: {clause}: {_show(getattr(a, field))} for {_show(getattr(b, field))}"


def _show(value: frozenset[str] | str | None) -> str:
    return repr(sorted(value) if isinstance(value, frozenset) else value)


def main(arguments: Sequence[str]) -> int:
    """Print the figures of one part; of the development part also what differs."""
    split = arguments[0] if arguments else "dev"
    if split not in SPLITS:
        sys.stderr.write(f"unknown part {split!r}; known: {', '.join(SPLITS)}\n")
        return 2
    corpus = parse_file(default_source())
    gold = load_gold(default_gold(split), {clause.id for clause in corpus.clauses})
    found = found_rows(corpus.clauses, find_obligations(corpus))
    sys.stdout.write(f"{split} part, {len(gold)} clauses\n")
    for field, figure in compare(found, gold).items():
        sys.stdout.write(f"{field:10}  precision {figure.precision}  recall {figure.recall}\n")
    if split == "dev":
        sys.stdout.writelines(f"{line}\n" for line in differences(found, gold))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
