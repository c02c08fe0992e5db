"""Draft revisions: what is in force, what is proposed and what nobody can tell."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.annotations import load_annotations, read_marks
from corpus.grammar import parse_columns
from corpus.model import Clause, Corpus, Document
from corpus.parse import default_source, parse_document
from corpus.readable import readable
from corpus.readers.read import read_document
from corpus.readers.text import document_from
from corpus.revisions import Annotation, split_glued_label

DRAFT = "RESOLUTION 7 (Rev. Lima, 2031)\nOn bicycles\nThe Plenipotentiary Conference (Lima, 2031Oslo, 2035),\n"
DRAFT_ID = "itu-pp/res-7/2031"
RES_191 = "itu-pp/res-191/2022"


def drafted(body: str, annotations: dict[str, Annotation] | None = None) -> Corpus:
    return parse_document(document_from((DRAFT + body).encode(), "draft.txt"), {DRAFT_ID: annotations or {}})


def listed(labels: str) -> list[Clause]:
    """The clauses of one section whose items are labelled so."""
    heading = "resolves" if labels[0].isdigit() else "noting"
    lines = [f"{label}\tthe item that was printed as {n};" for n, label in enumerate(labels.split())]
    return list(drafted("\n".join((heading, *lines))).clauses)


def versions(labels: str) -> list[str]:
    """Per item: ``new`` where it is proposed, ``1>2`` where 1 in force becomes 2, ``?`` where nothing is known."""
    return [
        "new" if c.status == "proposed" else f"{c.labels[-1]}>{c.labels_proposed[-1]}" if c.labels_proposed else "?"
        for c in listed(labels)
    ]


def default_document() -> Document:
    return read_document(default_source())


def in_draft(corpus: Corpus) -> list[Clause]:
    return [c for c in corpus.clauses if c.instrument == RES_191]


@pytest.mark.parametrize(
    ("glued", "parts"),
    [
        ("fh", ("f", "h")),
        ("gi", ("g", "i")),
        ("jg", ("g", "j")),
        ("12", ("1", "2")),
        ("23", ("2", "3")),
        ("58", ("5", "8")),
        ("910", ("9", "10")),
        ("112", ("1", "12")),
        ("1112", ("11", "12")),
        ("1213", ("12", "13")),
        ("aa", None),
        ("11", None),
        ("21", None),
        ("10", None),
        ("7", None),
        ("a", None),
        ("iii", None),
    ],
)
def test_labels_run_together_are_taken_apart(glued: str, parts: tuple[str, str] | None) -> None:
    assert split_glued_label(glued) == parts


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ("1 12 23 4", "new 1>2 2>3 new"),
        ("1 12 23 34 45 6 7 8 58 9", "new 1>2 2>3 3>4 4>5 new new new 5>8 new"),
        ("1 2 3", "? ? ?"),
        ("1 2 34", "? ? 3>4"),
        ("1 2 3 34", "? ? new 3>4"),
        ("1 2 3 4 5 6 7 8 9 10 11 12", "? ? ? ? ? ? ? ? ? ? ? ?"),
        ("1 2 3 4 5 6 7 8 9 10 11 1112", "? ? ? ? ? ? ? ? ? ? new 11>12"),
        ("a) b) c)", "? ? ?"),
        ("a) b) c) d) e) f) g) fh) gi)", "? ? ? ? ? new new f)>h) g)>i)"),
        ("a) b) c) d) e) f) g) h) i) jg)", "? ? ? ? ? ? new new new g)>j)"),
        ("a) ab) bc)", "new a)>b) b)>c)"),
    ],
)
def test_label_arithmetic_tells_the_new_items_of_a_list(labels: str, found: str) -> None:
    assert versions(labels) == found.split()


def test_the_arithmetic_of_one_list_says_nothing_of_another() -> None:
    found = drafted("noting\n1\tthe sun;\n12\tthe moon,\nresolves\n1\tto ride;\n2\tto walk.")
    assert [c.status for c in found.clauses] == ["proposed", "uncertain", "uncertain", "uncertain"]


@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.lists(st.booleans(), min_size=1, max_size=15))
def test_no_item_that_was_there_before_is_called_new(inserted: list[bool]) -> None:
    labels, expected, before = [], [], 0
    for after, new in enumerate(inserted, 1):
        before += not new
        pushed = not new and before < after
        labels.append(f"{before}{after}" if pushed else str(after))
        expected.append("new" if new else f"{before}>{after}" if pushed else "?")
    found = versions(" ".join(labels))
    assert [f for f, e in zip(found, expected, strict=True) if f not in (e, "?")] == []
    assert [f for f in found if ">" in f] == [e for e in expected if ">" in e]


def test_a_clause_of_a_draft_without_annotation_is_never_in_force(corpus: Corpus) -> None:
    bare = parse_document(default_document(), {})
    assert {c.status for c in in_draft(bare)} == {"uncertain", "proposed"}
    assert {c.status for c in bare.clauses if c.instrument != RES_191} == {"in_force"}


def test_a_resolution_that_is_no_draft_is_in_force_without_annotation() -> None:
    text = DRAFT.replace("2031Oslo, 2035", "2031") + "resolves\n12\tto ride;\n23\tto walk."
    found = parse_document(document_from(text.encode(), "adopted.txt"), {})
    assert [(c.status, c.labels) for c in found.clauses] == [("in_force", ("12",)), ("in_force", ("23",))]
    assert not found.instruments[0].draft


def test_a_draft_says_what_it_revises_and_for_when(corpus: Corpus) -> None:
    draft = corpus.by_id[RES_191]
    assert (draft.draft, draft.adopted, draft.draft_of) == (True, "Bucharest, 2022", "Doha, 2026")
    assert [i.id for i in corpus.instruments if i.draft] == [RES_191]


@pytest.mark.parametrize(
    "words", ["as of 20222025", "in Lima, 2031Oslo, 2035, and", "Resolution 5 (Rev. KigaliBaku, 20222025)"]
)
def test_old_and_new_words_run_together_make_a_clause_uncertain(words: str) -> None:
    found = drafted(f"resolves\n1\tto ride {words};\n12\tto walk.")
    assert [c.status for c in found.clauses] == ["uncertain", "uncertain"]
    assert found.clauses[0].evidence == "old and new words are run together in the source"


def reviewed(marked: str, **more: bool) -> dict[str, Annotation]:
    text, changes = read_marks(marked)
    return {text: Annotation(changes, "high", "seen in the archive", **more)}


def test_an_annotation_settles_what_no_rule_can() -> None:
    (clause,) = drafted("resolves\n1\tto ride.", reviewed("1\tto ride.")).clauses
    assert (clause.status, clause.evidence, clause.confidence) == ("in_force", "seen in the archive", "high")


@pytest.mark.parametrize("now", ["to ride!", "to ride ", "to Ride.", "to ride a bicycle."])
def test_an_annotation_holds_for_the_very_words_reviewed_only(now: str) -> None:
    (clause,) = drafted(f"resolves\n1\t{now}", reviewed("1\tto ride.")).clauses
    assert clause.status == "uncertain"


def test_an_annotation_holds_for_its_label_only() -> None:
    (clause,) = drafted("resolves\n2\tto ride.", reviewed("1\tto ride.")).clauses
    assert clause.status == "uncertain"


def test_marked_words_give_the_two_texts_of_a_clause() -> None:
    marked = reviewed("1\tto ride {--daily--}{++weekly++} in town.")
    (clause,) = drafted("resolves\n1\tto ride dailyweekly in town.", marked).clauses
    assert (clause.status, clause.amended, clause.versions) == ("in_force", True, ("in_force", "proposed"))
    assert (clause.text_of("in_force"), clause.text_of("proposed")) == (
        "to ride daily in town.",
        "to ride weekly in town.",
    )


def test_a_line_marked_as_inserted_is_proposed_and_one_struck_is_deleted() -> None:
    marked = reviewed("{--1\tto ride;--}") | reviewed("{++1\tto walk.++}")
    struck, new = drafted("resolves\n1\tto ride;\n1\tto walk.", marked).clauses
    assert [(c.status, c.labels) for c in (struck, new)] == [("deleted", ("1",)), ("proposed", ("1",))]
    assert new.id == f"{struck.id}_2"


def test_words_whose_version_cannot_be_told_leave_their_clause_uncertain() -> None:
    (clause,) = drafted("resolves\n1\tto ride.", reviewed("1\tto ride.", uncertain=True)).clauses
    assert (clause.status, clause.evidence) == ("uncertain", "seen in the archive")


@pytest.mark.parametrize(
    ("glued", "in_force", "proposed"),
    [
        ("(Rev. KigaliBaku, 20222025) of WTDC", "(Rev. Kigali, 2022) of WTDC", "(Rev. Baku, 2025) of WTDC"),
        ("(Rev. New Delhi, 2024Geneva, 2022)", "(Rev. Geneva, 2022)", "(Rev. New Delhi, 2024)"),
        ("since 20192023", "since 2019", "since 2023"),
    ],
)
def test_places_and_years_run_together_are_taken_apart(glued: str, in_force: str, proposed: str) -> None:
    (clause,) = drafted(f"resolves\n1\tto ride {glued}.").clauses
    assert clause.status == "uncertain"
    texts = clause.text_of("in_force"), clause.text_of("proposed")
    assert texts == (f"to ride {in_force}.", f"to ride {proposed}.")


def test_a_section_that_is_renamed_has_both_keywords() -> None:
    (clause,) = drafted("noting recalling\na)\tthe sun.").clauses
    assert (clause.keyword, clause.keyword_proposed) == ("noting", "recalling")


AMENDED = {
    29: ("Resolution 5 (Rev. Kigali, 2022) of the World", "Resolution 5 (Rev. Baku, 2025) of the World"),
    27: (
        "Resolution 18 (Rev. Geneva, 2022) of the World Telecommunication Standardization Assembly (WTSA), on "
        "principles and procedures for the allocation of work to, and strengthening coordination and cooperation "
        "among, the ITU Radiocommunication Sector (ITU-R), ITU-T and ITU-D",
        "Resolution 18 (Rev. New Delhi, 2024) of the World Telecommunication Standardization Assembly (WTSA), on "
        "Strengthening coordination and cooperation among the three ITU Sectors on matters of mutual interest",
    ),
    26: (
        "Resolution ITU-R 6-3 (Rev. Sharm el-Sheikh, 2019) of the Radiocommunication Assembly (RA), on liaison and",
        "Resolution ITU-R 75 (2023) of the Radiocommunication Assembly (RA), on Strengthening coordination and "
        "cooperation among the three ITU Sectors on matters of mutual interest",
    ),
}


@pytest.mark.parametrize("line", AMENDED)
def test_both_texts_of_an_amended_clause_of_the_compilation_read_right(corpus: Corpus, line: int) -> None:
    (clause,) = (c for c in corpus.clauses if c.line_start == line)
    in_force, proposed = AMENDED[line]
    assert clause.amended
    assert readable(clause.text_of("in_force")).startswith(in_force)
    assert readable(clause.text_of("proposed")).startswith(proposed)


def test_no_piece_of_a_clause_belongs_to_the_other_version(corpus: Corpus) -> None:
    for clause in corpus.clauses:
        for version, other in (("in_force", "inserted"), ("proposed", "deleted")):
            foreign = {n for c in clause.changes if c.kind == other for n in range(*c.span)}
            assert not foreign & {n for piece in clause.pieces(version) for n in range(*piece)}  # type: ignore[arg-type]


def test_one_word_changed_in_the_compilation_makes_that_clause_uncertain_and_no_other(corpus: Corpus) -> None:
    (before,) = (c for c in corpus.clauses if c.line_start == 342)
    assert before.status == "in_force"
    text = corpus.document.text
    at = text.index("regular exchange", before.span.start)
    changed = parse_document(document_from(f"{text[:at]}yearly{text[at + 7 :]}".encode(), "changed.txt"))
    other = [
        (b.id, b.status, a.status) for b, a in zip(corpus.clauses, changed.clauses, strict=True) if b.status != a.status
    ]
    assert other == [(before.id, "in_force", "uncertain")]


def test_a_proposal_does_not_take_the_id_of_a_clause_in_force(corpus: Corpus) -> None:
    by_id = {c.id: c for c in corpus.clauses}
    in_force, proposed = by_id[f"{RES_191}/considering__para_f"], by_id[f"{RES_191}/considering__para_f_2"]
    assert (in_force.line_start, in_force.status, in_force.labels_proposed) == (88, "in_force", ("h)",))
    assert (proposed.line_start, proposed.status, proposed.labels_proposed) == (86, "proposed", None)


def test_a_clause_in_force_is_named_by_its_label_alone(corpus: Corpus) -> None:
    for clause in in_draft(corpus):
        if clause.status == "in_force" and clause.labels:
            assert clause.id.endswith(f"__para_{clause.labels[-1].rstrip(')')}")


@pytest.mark.parametrize(
    ("line", "in_force", "proposed"),
    [(88, "f)", "h)"), (89, "g)", "i)"), (158, "g)", "j)"), (354, "1", "2"), (355, "2", "3"), (361, "5", "8")],
)
def test_the_glued_labels_of_the_compilation_are_read(corpus: Corpus, line: int, in_force: str, proposed: str) -> None:
    (clause,) = (c for c in corpus.clauses if c.line_start == line)
    assert (clause.status, clause.labels, clause.labels_proposed) == ("in_force", (in_force,), (proposed,))


@pytest.mark.parametrize("part", ["annex", "taking into account", "instructs the study groups of all Sectors"])
def test_what_is_new_in_the_draft_is_proposed(corpus: Corpus, part: str) -> None:
    found = [c for c in in_draft(corpus) if part in (c.part, c.heading)]
    assert len(found) > 2
    assert {c.status for c in found} == {"proposed"}


def test_resolves_3_to_5_of_the_draft_are_proposed(corpus: Corpus) -> None:
    found = {c.labels: c.status for c in in_draft(corpus) if c.heading == "resolves"}
    assert [labels for labels, status in found.items() if status == "proposed"] == [("3",), ("4",), ("5",)]


def test_the_draft_is_counted_by_status(corpus: Corpus) -> None:
    assert Counter(c.status for c in in_draft(corpus)) == {"in_force": 44, "proposed": 47, "uncertain": 4}


def test_every_annotation_fits_a_line_and_every_line_of_the_draft_has_one(corpus: Corpus) -> None:
    annotations = load_annotations()
    assert set(annotations) == {RES_191}
    column = parse_columns(corpus.document)[0]
    assert {line.text for line in column.lines} == set(annotations[RES_191])


def test_every_annotation_agrees_with_the_rules(corpus: Corpus) -> None:
    by_rule = {c.line_start: c for c in in_draft(parse_document(default_document(), {}))}
    for clause in in_draft(corpus):
        rule = by_rule[clause.line_start]
        assert clause.labels_proposed == rule.labels_proposed
        assert rule.status == "uncertain" or clause.status == "proposed", clause.reference
        assert not rule.labels_proposed or clause.status == "in_force", clause.reference
        for change in rule.changes:
            held = [c for c in clause.changes if c.kind == change.kind]
            assert any(c.span.start <= change.span.start and change.span.end <= c.span.end for c in held)


def test_every_clause_of_a_draft_says_what_its_status_rests_on(corpus: Corpus) -> None:
    assert all(c.evidence for c in in_draft(corpus))
    assert not any(c.evidence for c in corpus.clauses if c.instrument != RES_191)


def test_the_sources_of_the_default_corpus_are_the_same_bytes_that_were_reviewed(corpus: Corpus) -> None:
    assert corpus.document.sha256 == hashlib.sha256(default_source().read_bytes()).hexdigest()
