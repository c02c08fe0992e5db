"""What people say for a clause: read from files of glosses, and those of the product."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import AnnotationError
from corpus.glosses import KINDS, Gloss, default_glosses, load_glosses
from corpus.model import Corpus
from corpus.readable import readable
from corpus.readings import read_clause
from index.text import versions_of

ROW = {
    "heading": "resolves",
    "text": "that lamps shall be lit",
    "says": ["Lights have to be on."],
    "asks": ["What must be on?"],
    "yes": [],
    "no": ["May it stay dark?"],
    "silent": ["Who pays for the oil?"],
}


def write(folder: Path, *rows: Any) -> Path:
    path = folder / "lamps-glosses.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), "utf-8")
    return path


def test_they_are_read_by_heading_and_words(tmp_path: Path) -> None:
    found = load_glosses([write(tmp_path, ROW)])
    gloss = found["resolves", "that lamps shall be lit"]
    assert gloss.leading == ("Lights have to be on.", "What must be on?", "May it stay dark?")
    assert gloss.silent == ("Who pays for the oil?",)


def test_what_several_lines_say_counts_together_and_once(tmp_path: Path) -> None:
    more = {**ROW, "says": ["Lights have to be on.", "Dark lamps are not allowed."]}
    (gloss,) = load_glosses([write(tmp_path, ROW, more)]).values()
    assert gloss == Gloss(
        says=("Lights have to be on.", "Dark lamps are not allowed."),
        asks=("What must be on?",),
        no=("May it stay dark?",),
        silent=("Who pays for the oil?",),
    )


@pytest.mark.parametrize(
    "row",
    [
        "not json",
        "[]",
        {name: value for name, value in ROW.items() if name != "silent"},
        {**ROW, "says": "one string"},
        {**ROW, "says": [1]},
        {**ROW, "asks": [" "]},
        {**ROW, "text": ""},
    ],
)
def test_a_malformed_file_is_named_with_its_line(tmp_path: Path, row: Any) -> None:
    with pytest.raises(AnnotationError, match=r"lamps-glosses\.jsonl, line 2: .*each line is JSON") as caught:
        load_glosses([write(tmp_path, ROW, row)])
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(AnnotationError, match="name a file of glosses"):
        load_glosses([tmp_path / "none.jsonl"])


def test_each_clause_of_the_compilation_has_some_of_every_kind(corpus: Corpus) -> None:
    known = default_glosses()
    for clause in (*corpus.clauses, *corpus.footnotes):
        for version in versions_of(clause):
            gloss = known[readable(clause.heading), read_clause(clause, version or "in_force").text]
            assert all(getattr(gloss, kind) for kind in KINDS), clause.reference


def test_none_is_left_over_from_words_that_changed(corpus: Corpus) -> None:
    held = {
        (readable(clause.heading), read_clause(clause, version or "in_force").text)
        for clause in (*corpus.clauses, *corpus.footnotes)
        for version in versions_of(clause)
    }
    assert default_glosses().keys() == held


def test_nothing_both_leads_to_a_clause_and_is_said_to_be_left_out_by_it() -> None:
    for gloss in default_glosses().values():
        assert not {*gloss.leading} & {*gloss.silent}
        assert not {*gloss.yes} & {*gloss.no}
