"""The compilation, clause by clause, against a golden file that a person has reviewed."""

from __future__ import annotations

from collections import Counter
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

from corpus.model import TEXT_VERSIONS, Clause, Corpus
from corpus.parse import default_source, parse_file
from corpus.readable import readable

GOLDEN = Path(__file__).parent.parent / "data" / "compilation.golden.txt"
RENEW = "the compilation is read differently; if that is right, renew: python tests/corpus/test_compilation.py"


def rendering(corpus: Corpus) -> str:
    """Instruments; then the clauses, one a line, under the headings they were found under; footnotes; remarks."""
    lines = [f"{i.id} | {i.name} | {i.title} | adopted {i.adopted} | draft of {i.draft_of}" for i in corpus.instruments]
    for (row, column, heading), clauses in groupby(corpus.clauses, lambda c: (c.row, c.column, c.heading)):
        lines += ["", f"row {row} column {column}: {heading}", *map(clause_line, clauses)]
    lines += ["", "footnotes", *map(clause_line, corpus.footnotes)]
    lines += ["", "remarks", *(f"L{r.line} {r.message}" for r in corpus.remarks)]
    return "\n".join(lines) + "\n"


def clause_line(c: Clause) -> str:
    end = "" if c.line_end == c.line_start else f"-{c.line_end}"
    becomes = f" becomes {' '.join(c.labels_proposed)}" if c.labels_proposed else ""
    text = c.text.replace("\n", "⏎")
    shown = text if len(text) < 80 else f"{text[:50]} … {text[-20:]}"
    hangs_on = f" | hangs on … {c.lead_in[-30:]}" if c.lead_in else ""
    where = f"r{c.row} c{c.column} L{c.line_start}{end}"
    line = f"{where} {c.status}{becomes} | {c.reference} | {c.id} | {shown}{hangs_on}"
    texts = TEXT_VERSIONS if c.amended else ()
    return "\n".join((line, *(f"    {version}: {readable(c.text_of(version))}" for version in texts)))


def renew() -> None:
    GOLDEN.write_text(rendering(parse_file(default_source())), "utf-8")


def test_every_clause_is_read_as_reviewed(corpus: Corpus) -> None:
    reviewed = GOLDEN.read_text("utf-8").splitlines()
    changed = list(unified_diff(reviewed, rendering(corpus).splitlines(), "reviewed", "read now", n=0, lineterm=""))
    assert not changed, "\n".join((RENEW, *changed))


def test_the_compilation_holds_what_was_counted_by_hand(corpus: Corpus) -> None:
    assert [i.id for i in corpus.instruments] == [
        "itu-pp/res-191/2022",
        "itu-ra/res-75/2023",
        "itu-wtsa/res-18/2024",
        "itu-wtdc/res-59/2025",
    ]
    assert len(corpus.clauses) == 268
    assert Counter(c.column for c in corpus.clauses) == {1: 95, 2: 82, 3: 58, 4: 33}
    assert len({c.line_start for c in corpus.clauses}) == 267
    assert len(corpus.footnotes) == 3


def test_the_table_has_twenty_rows(corpus: Corpus) -> None:
    assert {c.row for c in corpus.clauses} == set(range(2, 21))


def test_every_quote_stands_in_the_source_at_its_span_and_lines(corpus: Corpus) -> None:
    source = default_source().read_text("utf-8")
    lines = source.split("\n")
    for c in (*corpus.clauses, *corpus.footnotes):
        assert source[c.span.start : c.span.end] == c.text
        assert source.count("\n", 0, c.span.start) + 1 == c.line_start
        assert c.text in "\n".join(lines[c.line_start - 1 : c.line_end])


def test_no_quote_carries_its_label_or_the_punctuation_of_its_list(corpus: Corpus) -> None:
    for c in corpus.clauses:
        assert c.text == c.text.strip(" \t\n\u00a0;,")
        assert not c.text.startswith(tuple(f"{label}\t" for label in c.labels))


def test_ids_are_unique_and_safe_in_a_url(corpus: Corpus) -> None:
    ids = [c.id for c in (*corpus.clauses, *corpus.footnotes)]
    assert len(set(ids)) == len(ids)
    assert all(set(i) <= set("abcdefghijklmnopqrstuvwxyz0123456789/-_") for i in ids)


def test_every_line_is_a_clause_or_known_not_to_be_one(corpus: Corpus) -> None:
    held = {n for c in corpus.clauses for n in range(c.line_start, c.line_end + 1)}
    lines = corpus.document.text.split("\n")
    left = [line.strip() for n, line in enumerate(lines, 1) if n not in held and line.strip()]
    long = [line for line in left if len(line) > 60]
    known = (
        "[bookmark: ",
        "Strategy for",
        "Strengthening",
        "The ",
        "Compilations of",
        "invites the ",
        "instructs the ",
    )
    titles = ("Principles for the allocation", "Coordination of ")
    assert [line for line in long if not line.startswith((*known, *titles))] == []


if __name__ == "__main__":
    renew()
