"""The questions of ``eval/training``: written for one clause each, beside the glosses, by hands that had seen no
labelled question. They train and are no part of an index."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from importlib import resources

from corpus.glosses import KINDS
from corpus.readable import readable
from index.bundle import Bundle
from index.store import Key

POLAR = ("yes", "no")  # kinds of questions
HELD_OUT = "held-out.jsonl"  # by hands that wrote none of the others: nothing is trained on it


def written_for(
    bundle: Bundle, *, held_out: bool = False, only: Collection[str] = ()
) -> Mapping[Key, list[tuple[str, str]]]:
    """For texts of ``bundle`` the questions about them, each with its kind as in :data:`corpus.glosses.KINDS`; to train
    on, of the files ``only`` where some are named, or those ``held_out``. Raises :class:`ValueError` where one is about
    no text."""
    clauses = bundle.store.select()
    texts: dict[tuple[str, str], Key] = {}
    for number, version in bundle.store.texts():
        clause = clauses[number]
        words = clause.text_of(version) if version in clause.versions else clause.text
        texts.setdefault((readable(clause.heading), readable(words)), (number, version))
    found: dict[Key, list[tuple[str, str]]] = defaultdict(list)
    for file in sorted((resources.files("eval") / "training").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".jsonl") or (file.name == HELD_OUT) != held_out or (only and file.name not in only):
            continue
        for row in map(json.loads, file.read_text("utf-8").splitlines()):
            text = texts.get((row["heading"], row["text"]))
            if text is None:
                raise ValueError(f"{file.name} has questions on a clause that there is not: {row['text']!r}")
            found[text] += [(kind, words) for kind in KINDS for words in row.get(kind, ())]
    return found
