"""Documents that record their changes: each version is read on its own, and both are put together exactly."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotations import read_marks
from corpus.model import Clause, Corpus, Document
from corpus.parse import parse_document
from corpus.readable import readable
from corpus.readers.text import document_from
from corpus.references import parse_reference, resolve

TITLE = "RESOLUTION 7 (Rev. {--Lima, 2031--}{++Oslo, 2035++})\nOn bicycles\n"
ENACTED = "The Plenipotentiary Conference ({--Lima, 2031--}{++Oslo, 2035++}),\n"


def tracked(marked: str, author: str | None = "Ana") -> Document:
    """A document whose changes are marked in ``marked``."""
    text, changes = read_marks(marked)
    document = document_from(text.encode(), "tracked.txt")
    return replace(document, changes=tuple(replace(c, author=author, date="2034-05-06T07:08:09Z") for c in changes))


def corpus_of(body: str) -> Corpus:
    return parse_document(tracked(TITLE + ENACTED + body), {})


def shown(clause: Clause) -> str:
    texts = {"in_force": clause.text_of("in_force"), "proposed": clause.text_of("proposed")}
    labels = f"{'/'.join(clause.labels)}>{'/'.join(clause.labels_proposed)}" if clause.labels_proposed else ""
    own = " | ".join(readable(texts[v]) for v in clause.versions)
    return f"{clause.status} {labels or '/'.join(clause.labels)}: {own}"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("resolves\n1\tto ride;\n2\tto walk.", ["in_force 1: to ride", "in_force 2: to walk."]),
        (
            "resolves\n1\tto ride;\n{++2\tto swim;\n++}{--2--}{++3++}\tto walk.",
            ["in_force 1: to ride", "proposed 2: to swim", "in_force 2>3: to walk."],
        ),
        (
            "resolves\n{--1\tto ride;\n--}{--2--}{++1++}\tto walk.",
            ["deleted 1: to ride", "in_force 2>1: to walk."],
        ),
        (
            "resolves\n1\tto ride {--daily--}{++every week++};\n2\tto walk.",
            ["in_force 1: to ride daily | to ride every week", "in_force 2: to walk."],
        ),
        # a paragraph split in two: its first half stays the clause, the second is new
        (
            "resolves\n1\tto ride daily{++;\n2\t++} and to walk.",
            ["in_force 1: to ride daily and to walk. | to ride daily", "proposed 2: and to walk."],
        ),
        # everything rewritten under a label that stays
        ("resolves\n1\t{--to ride--}{++that all walk++}", ["in_force 1: to ride | that all walk"]),
        ("{--noting--}{++recalling++}\na)\tthe sun,", ["in_force a): the sun"]),
        ("resolves\n1\tto ride.\n{++ANNEX 1\nOn helmets\nA helmet may be worn.++}", [
            "in_force 1: to ride.", "proposed : A helmet may be worn."]),
    ],
)  # fmt: skip
def test_changes_give_each_clause_its_status_numbers_and_texts(body: str, found: list[str]) -> None:
    assert [shown(c) for c in corpus_of(body).clauses] == found


def test_a_draft_knows_what_it_revises_and_for_when() -> None:
    (instrument,) = corpus_of("resolves\n1\tto ride.").instruments
    assert (instrument.revision, instrument.draft, instrument.draft_of) == ("Rev. Lima, 2031", True, "Oslo, 2035")


def test_a_new_resolution_is_proposed_as_a_whole() -> None:
    old = "RESOLUTION 6 (Lima, 2031)\nOn cars\nThe Plenipotentiary Conference (Lima, 2031),\nresolves\nto drive.\n"
    new = "{++RESOLUTION 8 (Oslo, 2035)\nOn boats\nThe Plenipotentiary Conference (Oslo, 2035),\nresolves\nto row.++}"
    corpus = parse_document(tracked(old + new), {})
    assert [(i.number, i.draft, i.draft_of) for i in corpus.instruments] == [
        ("6", False, None),
        ("8", True, "Oslo, 2035"),
    ]
    assert [(c.status, c.text) for c in corpus.clauses] == [("in_force", "to drive."), ("proposed", "to row.")]


def test_who_changed_a_clause_and_when_is_said() -> None:
    struck, kept = corpus_of("resolves\n{--1\tto ride;\n--}2\tto walk.").clauses
    assert struck.evidence == "tracked change: struck by Ana on 2034-05-06"
    assert kept.evidence is None


def test_a_move_is_called_one() -> None:
    document = tracked(TITLE + ENACTED + "resolves\n1\tto ride;\n{--2\tto walk;\n--}3\tto swim;\n{++4\tto walk.++}")
    body = document.text.index("resolves")
    moved = tuple(replace(c, moved=c.span.start > body) for c in document.changes)
    found = [c.evidence for c in parse_document(replace(document, changes=moved), {}).clauses if c.evidence]
    assert found == [
        "tracked change: moved away by Ana on 2034-05-06",
        "tracked change: moved here by Ana on 2034-05-06",
    ]


def test_a_clause_in_force_keeps_its_id_when_one_is_put_before_it() -> None:
    before = corpus_of("resolves\n1\tto ride;\n2\tto walk.").clauses
    after = corpus_of("resolves\n{++1\tto swim;\n++}{--1--}{++2++}\tto ride;\n{--2--}{++3++}\tto walk.").clauses
    assert {c.id: c.text for c in before}.items() <= {c.id: c.text for c in after}.items()


def test_references_to_the_number_in_force_find_the_clause() -> None:
    corpus = corpus_of("resolves\n{++1\tto swim;\n++}{--1--}{++2++}\tto ride.")
    citation = parse_reference("resolves 1 of Resolution 7 (Rev. Lima, 2031)")
    assert citation is not None
    exact, _ = resolve(citation, corpus.clauses, corpus.instruments)
    assert [(c.status, c.text) for c in exact] == [("in_force", "to ride."), ("proposed", "to swim")]


WORDS = st.lists(st.sampled_from("to ride walk swim daily the Director shall report".split()), min_size=2, max_size=6)
PIECES = st.tuples(st.sampled_from(("keep", "keep", "--", "++")), WORDS.map(" ".join))
ITEMS = st.tuples(st.sampled_from(("keep", "keep", "--", "++")), st.lists(PIECES, min_size=1, max_size=4))


def marked_item(number: int, item: tuple[str, list[tuple[str, str]]]) -> str:
    """An item that keeps its first words, or is inserted or struck as a whole."""
    whole, pieces = item
    if whole != "keep":
        return f"{{{whole}{number}\titem {number} {' '.join(words for _, words in pieces)};\n{whole}}}"
    inner = "".join(f" {words}" if how == "keep" else f"{{{how} {words}{how}}}" for how, words in pieces)
    return f"{number}\titem {number} stays{inner};\n"


def alone(marked: str, dropped: str) -> str:
    """One version of ``marked`` as a text of its own."""
    text, changes = read_marks(marked)
    cut = {n for c in changes if c.kind == dropped for n in range(*c.span)}
    return "".join(char for n, char in enumerate(text) if n not in cut)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(st.lists(ITEMS, min_size=1, max_size=8))
def test_each_version_reads_as_if_it_stood_alone(items: list[tuple[str, list[tuple[str, str]]]]) -> None:
    marked = TITLE + ENACTED + "resolves\n" + "".join(marked_item(n, item) for n, item in enumerate(items, 1))
    clauses = parse_document(tracked(marked), {}).clauses
    for version, dropped in (("in_force", "inserted"), ("proposed", "deleted")):
        text = alone(marked, dropped)
        bare = parse_document(document_from(text.encode(), "alone.txt"), {}).clauses if "\t" in text else ()
        other = "proposed" if version == "in_force" else "deleted"
        held = [c for c in clauses if c.status != other]
        assert [readable(c.text_of(version)) for c in held] == [readable(c.text) for c in bare]  # type: ignore[arg-type]
