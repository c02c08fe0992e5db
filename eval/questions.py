"""Hand-labelled questions: reading and checking the files in ``eval/questions/``."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from corpus.errors import AnnotationError

SPLITS = ("dev", "test")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One question with its graded clauses (3 answers it, 2 in a parallel provision, 1 related); see GUIDE.md."""

    id: str
    split: str
    question: str
    type: str
    style: str
    fact: str
    answerable: bool
    answer: str
    accept: tuple[str, ...]
    relevant: dict[str, int]
    note: str


def default_questions() -> Path:
    """The questions over the default corpus."""
    return Path(str(resources.files("eval") / "questions" / "compilation.jsonl"))


def load_questions(path: Path, *, split: str | None = None, clauses: Collection[str] | None = None) -> list[Labelled]:
    """The questions in ``path``, of one split if given. Raises :class:`AnnotationError`, which names the line.

    ``clauses`` are the ids that labels may name.
    """
    found: list[Labelled] = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            labelled = Labelled(**{**row, "accept": tuple(row["accept"])})
        except (ValueError, KeyError, TypeError) as exc:
            raise AnnotationError(f"{path.name}, line {number}: {exc}; see GUIDE.md for the fields") from exc
        if unknown := next((c for c in labelled.relevant if clauses is not None and c not in clauses), None):
            raise AnnotationError(f"{path.name}, line {number}: no clause {unknown}; label it anew")
        if split is None or labelled.split == split:
            found.append(labelled)
    return found
