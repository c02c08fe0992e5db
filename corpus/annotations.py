"""Hand-made annotations of draft revisions: what no rule can know, with the evidence for it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from corpus.errors import AnnotationError
from corpus.model import Change, Span
from corpus.revisions import Annotation

Annotations = Mapping[str, Mapping[str, Annotation]]
SUFFIX = "-draft.jsonl"
_MARK = re.compile(r"\{(?P<sign>--|\+\+)(?P<words>.*?)(?P=sign)\}", re.S)


def load_annotations(folder: Traversable | None = None) -> Annotations:
    """Annotations by instrument id and line, from every ``-draft.jsonl`` file in ``folder`` (the product's own data).

    The first line of a file names the instrument (its id in force). Each other line holds ``text``, a line of the draft
    with ``{--struck--}`` and ``{++inserted++}`` words marked as in CriticMarkup, ``confidence``, ``evidence``, and
    ``uncertain: true`` where the version of some words cannot be told. Without its marks, ``text`` is the line of the
    source to the letter. Raises :class:`AnnotationError`, which names the file and line.
    """
    folder = folder or resources.files("corpus") / "data"
    return dict(_read(file) for file in folder.iterdir() if file.name.endswith(SUFFIX))


def _read(file: Traversable) -> tuple[str, dict[str, Annotation]]:
    found: dict[str, Annotation] = {}
    at = 1
    try:
        head, *rows = file.read_text("utf-8").splitlines()
        instrument = json.loads(head)["instrument"]
        for line in rows:
            at += 1
            row = json.loads(line)
            if row["confidence"] not in ("high", "medium", "low"):
                raise ValueError(f"unknown confidence {row['confidence']!r}")
            text, changes = read_marks(row["text"])
            known = Annotation(changes, row["confidence"], row["evidence"], row.get("uncertain", False))
            if found.setdefault(text, known) != known:
                raise ValueError("the same line is annotated in two ways")
    except (ValueError, KeyError, TypeError) as exc:
        needs = "the first line needs instrument, each other text, confidence, evidence"
        raise AnnotationError(f"{file.name}, line {at}: {exc!r}; {needs}") from exc
    return instrument, found


def read_marks(marked: str) -> tuple[str, tuple[Change, ...]]:
    """The plain text, and the changes that its marks say.

    >>> read_marks("in {--2019--}{++2023++}")
    ('in 20192023', (Change(kind='deleted', span=Span(start=3, end=7), author=None, date=None, moved=False), \
Change(kind='inserted', span=Span(start=7, end=11), author=None, date=None, moved=False)))
    """
    text, changes, last = "", [], 0
    for found in _MARK.finditer(marked):
        text += marked[last : found.start()]
        span = Span(len(text), len(text) + len(found["words"]))
        changes.append(Change("deleted" if found["sign"] == "--" else "inserted", span))
        text += found["words"]
        last = found.end()
    return text + marked[last:], tuple(changes)
