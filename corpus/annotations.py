"""Hand-made annotations of draft revisions: what no rule can know, with the evidence for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from importlib.resources.abc import Traversable

from corpus.errors import AnnotationError
from corpus.model import STATUSES
from corpus.revisions import Annotation

Annotations = Mapping[str, Mapping[str, Annotation]]


def load_annotations(folder: Traversable | None = None) -> Annotations:
    """Annotations by instrument id and clause key, from every ``.jsonl`` file in ``folder`` (the product's own data).

    The first line of a file names the instrument; each other line holds ``clause`` (see
    :func:`corpus.revisions.annotation_key`), ``status``, ``confidence`` and ``evidence``. Raises
    :class:`AnnotationError`, which names the file and line.
    """
    folder = folder or resources.files("corpus") / "data"
    return dict(_read(file) for file in folder.iterdir() if file.name.endswith(".jsonl"))


def _read(file: Traversable) -> tuple[str, dict[str, Annotation]]:
    found: dict[str, Annotation] = {}
    at = 1
    try:
        head, *rows = file.read_text("utf-8").splitlines()
        instrument = json.loads(head)["instrument"]
        for line in rows:
            at += 1
            row = json.loads(line)
            if row["status"] not in STATUSES:
                raise ValueError(f"unknown status {row['status']!r}")
            found[row["clause"]] = Annotation(row["status"], row["confidence"], row["evidence"])
    except (ValueError, KeyError, TypeError) as exc:
        needs = "the first line needs instrument, each other clause, status, confidence, evidence"
        raise AnnotationError(f"{file.name}, line {at}: {exc!r}; {needs}") from exc
    return instrument, found
