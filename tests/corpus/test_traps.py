"""Every trap of the source text, on the compilation and on made-up documents: the rule is tested, not the document."""

from __future__ import annotations

import pytest

from corpus.model import Clause, Corpus
from corpus.parse import parse_document
from corpus.readable import readable
from corpus.readers.text import document_from


def parsed(text: str) -> Corpus:
    return parse_document(document_from(text.encode(), "made-up.txt"), {})


def table(*rows: tuple[str, ...]) -> Corpus:
    return parsed("\n".join(f"\t{cell}" for row in rows for cell in row))


def title(number: int | str, place: str = "Lima, 2031") -> str:
    return f"RESOLUTION {number} (Rev. {place})\nOn bicycles\n\nThe World Radiocommunication Conference ({place}),"


def single(*lines: str) -> Corpus:
    """One resolution without a table."""
    return parsed("\n".join((title(7), *lines)))


def texts(corpus: Corpus) -> dict[str, str]:
    """Each clause's words by its place, as ``resolves 2 of Resolution 7``."""
    return {c.reference.partition(" (Rev.")[0]: c.text for c in corpus.clauses}


def on_line(corpus: Corpus, line: int) -> list[Clause]:
    return [c for c in corpus.clauses if c.line_start <= line <= c.line_end]


@pytest.mark.parametrize("columns", [2, 3, 4, 5, 7])
def test_the_first_row_tells_how_many_columns_there_are(columns: int) -> None:
    found = table(
        tuple(title(n) for n in range(1, columns + 1)),
        tuple(f"resolves\n1\tto ride {n};\n2\tto walk {n}," for n in range(1, columns + 1)),
        tuple(f"invites\nMember States to push {n}." for n in range(1, columns + 1)),
    )
    assert [i.number for i in found.instruments] == [str(n) for n in range(1, columns + 1)]
    assert len(found.clauses) == 3 * columns
    assert texts(found)[f"resolves 2 of Resolution {columns}"] == f"to walk {columns}"
    assert {(c.row, c.column) for c in found.clauses} == {(r, c) for r in (2, 3) for c in range(1, columns + 1)}


def test_the_last_cell_may_be_empty_and_missing() -> None:
    found = table((title(1), title(2)), ("resolves\nto ride.", "resolves\nto walk."), ("invites\nall to push.",))
    assert [(c.row, c.column) for c in found.clauses] == [(2, 1), (2, 2), (3, 1)]


def test_a_line_above_the_table_is_no_cell() -> None:
    found = parsed(f"  A comparison of two resolutions\n\n\t{title(1)}\n\t{title(2)}\n\tresolves\nto ride.\n\t")
    assert [i.number for i in found.instruments] == ["1", "2"]


def test_a_section_goes_on_in_a_later_row() -> None:
    found = table(
        (title(1), title(2), title(3)),
        ("noting\na)\tthat it rains;", "aware\nthat it is dry,", "recalling\na)\tthe sun;\nb)\tthe moon;"),
        ("welcoming\na)\tthe wind,", "", "\n\n\nc)\tthe stars,"),
    )
    assert texts(found)["recalling c) of Resolution 3"] == "the stars"
    assert [c.row for c in found.clauses if c.keyword == "recalling"] == [2, 2, 3]


def test_wtdc_59_takes_f_and_g_into_account_beside_191_bearing_in_mind(corpus: Corpus) -> None:
    f, g = (c for line in (214, 215) for c in on_line(corpus, line))
    assert [c.reference for c in (f, g)] == [
        "taking into account f) of Resolution 59 (Rev. Baku, 2025)",
        "taking into account g) of Resolution 59 (Rev. Baku, 2025)",
    ]
    beside = [c for c in corpus.clauses if (c.row, c.column) == (f.row, 1)]
    assert {c.keyword for c in beside} == {"bearing in mind"}


def test_a_row_may_hold_one_resolution_alone(corpus: Corpus) -> None:
    made_up = table((title(1), title(2), title(3)), ("", "", "resolves\nto ride."), ("", "noting\nthe rain,", ""))
    assert [(c.row, c.column) for c in made_up.clauses] == [(2, 3), (3, 2)]
    assert [c.reference for c in corpus.clauses if c.row == 7] == ["noting of Resolution 18 (Rev. New Delhi, 2024)"]
    assert {c.instrument for c in corpus.clauses if c.row == 17} == {"itu-ra/res-75/2023"}


def test_a_heading_run_into_an_item_opens_a_section_of_its_own() -> None:
    found = single(
        "instructs the Secretary-General",
        "1\tto buy bicycles;",
        "2\tto mend them, invites the Council to pay for it.",
        "resolves",
        "1\tto ride.",
    )
    assert texts(found) == {
        "instructs the Secretary-General 1 of Resolution 7": "to buy bicycles",
        "instructs the Secretary-General 2 of Resolution 7": "to mend them",
        "invites the Council of Resolution 7": "to pay for it.",
        "resolves 1 of Resolution 7": "to ride.",
    }


def test_line_345_holds_two_clauses(corpus: Corpus) -> None:
    item, council = on_line(corpus, 345)
    assert item.labels == ("8",)
    assert item.text.endswith("through the regional offices")
    assert council.reference == "instructs the ITU Council of Resolution 191 (Rev. Bucharest, 2022)"
    assert council.text.startswith("to include coordination of the work")


@pytest.mark.parametrize(
    "sentence",
    [
        "to ask whether it invites the Council to pay",
        "to note that the Conference, which instructs, may ride",
        "to recall that Resolution 5 resolves to walk",
    ],
)
def test_a_keyword_within_a_sentence_is_no_heading(sentence: str) -> None:
    assert texts(single("resolves", f"1\t{sentence}.")) == {"resolves 1 of Resolution 7": f"{sentence}."}


def test_a_recital_is_not_split_at_a_keyword() -> None:
    found = single("noting", "a)\tthat Resolution 5, instructs the Council to pay,")
    assert len(found.clauses) == 1


def test_unlabelled_paragraphs_are_clauses() -> None:
    found = single("resolves", "to ride;", "noting", "that it rains;", "that it snows,")
    assert texts(found) == {
        "resolves of Resolution 7": "to ride",
        "noting, paragraph 1 of Resolution 7": "that it rains",
        "noting, paragraph 2 of Resolution 7": "that it snows",
    }


def test_a_section_of_one_paragraph_is_cited_without_a_number(corpus: Corpus) -> None:
    (clause,) = on_line(corpus, 394)
    assert clause.reference == "instructs the Radiocommunication Study Groups of Resolution ITU-R 75 (2023)"
    assert clause.labels == ()
    assert clause.id.endswith("/instructs_radiocommunication-study-groups__para_nn_1")


def test_nested_items_hang_on_their_lead_in_and_are_quoted_alone() -> None:
    found = single("resolves", "1\tto ride;", "2\tto buy:", "i)\ta bell;", "ii)\ta lamp; and", "3\tto walk.")
    lamp = next(c for c in found.clauses if c.labels == ("2", "ii)"))
    assert (lamp.text, lamp.lead_in) == ("a lamp; and", "to buy:")
    assert lamp.context == "resolves: to buy:"
    assert [c.lead_in for c in found.clauses if len(c.labels) == 1] == [None, None, None]


def test_the_innermost_item_hangs_on_all_that_is_above_it() -> None:
    found = single("resolves", "1\tto buy:", "a)\twheels:", "i)\tround;", "ii)\tlight;", "b)\ta saddle;", "2\tto ride.")
    assert [c.labels for c in found.clauses] == [
        ("1",), ("1", "a)"), ("1", "a)", "i)"), ("1", "a)", "ii)"), ("1", "b)"), ("2",),
    ]  # fmt: skip
    assert found.clauses[3].lead_in == "to buy: wheels:"
    assert found.clauses[4].lead_in == "to buy:"


@pytest.mark.parametrize(
    ("line", "reference", "lead_in"),
    [
        (261, "resolves 3 c) of Resolution ITU-R 75 (2023)", "in a particular subject are identified, either:"),
        (284, "resolves 2 iii) of Resolution 18 (Rev. New Delhi, 2024)", "in a particular subject are identified:"),
        (503, "Annex A, d) of Resolution 18 (Rev. New Delhi, 2024)", "the following procedure should be applied:"),
    ],
)
def test_nested_items_of_the_compilation_hang_on_their_lead_in(
    corpus: Corpus, line: int, reference: str, lead_in: str
) -> None:
    (clause,) = on_line(corpus, line)
    assert clause.reference == reference
    assert clause.lead_in is not None
    assert clause.lead_in.endswith(lead_in)
    assert lead_in not in clause.text


def letters(upto: str) -> list[str]:
    return [f"{chr(n)})\tthe {chr(n)} item;" for n in range(ord("a"), ord(upto) + 1)]


def test_i_after_h_is_a_letter(corpus: Corpus) -> None:
    assert [c.labels for c in single("noting", *letters("k")).clauses[-4:]] == [("h)",), ("i)",), ("j)",), ("k)",)]
    (clause,) = on_line(corpus, 551)
    assert clause.reference == "Annex B, i) of Resolution 18 (Rev. New Delhi, 2024)"


def test_i_is_a_numeral_where_a_list_is_expected_even_after_h() -> None:
    lines = ("h)\tthe following:", "i)\tsun;", "ii)\tmoon;", "i)\tthe letter;", "j)\tthe last,")
    found = single("noting", *letters("g"), *lines)
    assert [c.labels for c in found.clauses[-5:]] == [("h)",), ("h)", "i)"), ("h)", "ii)"), ("i)",), ("j)",)]


def test_v_after_iv_is_a_numeral_and_after_u_a_letter() -> None:
    roman = single("noting", "a)\tthis:", *(f"{n})\titem {n};" for n in ("i", "ii", "iii", "iv", "v")), "b)\tthat,")
    assert [c.labels for c in roman.clauses[-2:]] == [("a)", "v)"), ("b)",)]
    assert [c.labels for c in single("noting", *letters("w")).clauses[-3:]] == [("u)",), ("v)",), ("w)",)]


def test_decimal_subitems_stand_below_their_number() -> None:
    found = single(
        "resolves", "1\tto buy:", "1.1\ta bell;", "1.2\ta lamp;", "2\tto ride;", "2.1\tby day;", "3\tto walk."
    )
    assert list(texts(found)) == [f"resolves {n} of Resolution 7" for n in ("1", "1.1", "1.2", "2", "2.1", "3")]
    assert [c.lead_in for c in found.clauses] == [None, "to buy:", "to buy:", None, None, None]


@pytest.mark.parametrize("printed", ["b)bis", "bbis)"])
def test_an_item_inserted_between_two_letters_keeps_its_own_label(printed: str) -> None:
    found = single("noting", "a)\tthis;", "b)\tthat;", f"{printed}\tmore;", "c)\tall,")
    assert [c.labels for c in found.clauses] == [("a)",), ("b)",), ("bbis)",), ("c)",)]


ANNEX = (
    "resolves",
    "1\tto ride.",
    "ANNEX 4",
    "(to Resolution 7 (Rev. Lima, 2031))",
    "Rules of the road",
    "and of the path",
    "1\tGeneral",
    "Riders ride on the right.",
    "Principle 1",
    "Bells are rung.",
    "NOTE 1 – A horn is no bell.",
    "They are rung twice.",
    "2\tAt night",
    "Principle 2",
    "Lamps are lit.",
    "ANNEX B",
    "Rules of the wood",
    "The following holds:",
    "a)\tslow down;",
    "b)\tlook out.",
)


def test_an_annex_has_principles_notes_and_headings_and_only_its_paragraphs_are_clauses() -> None:
    assert texts(single(*ANNEX)) == {
        "resolves 1 of Resolution 7": "to ride.",
        "Annex 4, section 1 of Resolution 7": "Riders ride on the right.",
        "Annex 4, Principle 1, paragraph 1 of Resolution 7": "Bells are rung.",
        "Annex 4, Principle 1, NOTE 1 of Resolution 7": "A horn is no bell.",
        "Annex 4, Principle 1, paragraph 2 of Resolution 7": "They are rung twice.",
        "Annex 4, Principle 2 of Resolution 7": "Lamps are lit.",
        "Annex B of Resolution 7": "The following holds:",
        "Annex B, a) of Resolution 7": "slow down",
        "Annex B, b) of Resolution 7": "look out.",
    }


def test_a_clause_of_an_annex_knows_the_titles_above_it() -> None:
    found = {c.text: c.heading for c in single(*ANNEX).clauses}
    assert found["Bells are rung."] == "Annex 4: Rules of the road and of the path; 1 General"
    assert found["Lamps are lit."] == "Annex 4: Rules of the road and of the path; 2 At night"
    assert found["slow down"] == "Annex B: Rules of the wood"


def test_a_paragraph_between_two_lists_closes_the_first() -> None:
    found = single("resolves", "By day:", "a)\tride;", "b)\tsing.", "By night:", "a)\tsleep;", "b)\tdream.")
    assert [(c.labels, c.lead_in) for c in found.clauses] == [
        ((), None), (("a)",), "By day:"), (("b)",), "By day:"),
        ((), None), (("a)",), "By night:"), (("b)",), "By night:"),
    ]  # fmt: skip


def test_annex_1_of_itu_r_75_has_eight_principles_and_a_note(corpus: Corpus) -> None:
    annex = [c for c in corpus.clauses if c.row == 17]
    principles = [p.num for c in annex if (p := c.step("principle"))]
    assert sorted(set(principles)) == [str(n) for n in range(1, 9)]
    assert {c.part for c in annex} == {"annex"}
    (note,) = (c for c in annex if c.step("note"))
    assert (note.line_start, note.labels) == (445, ("Principle 2", "NOTE 1"))
    assert note.text.startswith("Public correspondence: any telecommunication")


@pytest.mark.parametrize("line", [434, 435, 439, 443, 462, 464, 432, 433, 475, 497, 541])
def test_headings_in_annexes_are_no_clauses(corpus: Corpus, line: int) -> None:
    assert on_line(corpus, line) == []


@pytest.mark.parametrize("line", [3, 4, 6, 9, 12, 16, 18, 19, 21, 23, 80, 190, 351, 404])
def test_titles_formulas_and_section_headings_are_no_clauses(corpus: Corpus, line: int) -> None:
    assert on_line(corpus, line) == []


def test_footnotes_are_no_clauses_and_in_no_quote() -> None:
    found = single(
        "noting",
        "a)\tthe roads[footnoteRef:1]1 and paths; [1: 1 \tThese include the least paved roads.] ",
        "b)\tthe weather[footnoteRef:2]2, [2: 2\tThat of 2030, as measured.]",
    )
    assert [c.text for c in found.clauses] == ["the roads[footnoteRef:1]1 and paths", "the weather[footnoteRef:2]2"]
    assert [readable(c.text) for c in found.clauses] == ["the roads and paths", "the weather"]
    assert {f.reference: f.text for f in found.footnotes} == {
        "footnote 1 of Resolution 7 (Rev. Lima, 2031)": "These include the least paved roads.",
        "footnote 2 of Resolution 7 (Rev. Lima, 2031)": "That of 2030, as measured.",
    }


def test_the_footnotes_of_the_compilation_are_in_no_quote(corpus: Corpus) -> None:
    assert [(f.line_start, f.part) for f in corpus.footnotes] == [(n, "footnote") for n in (12, 67, 71)]
    assert not any(f.text in c.text for f in corpus.footnotes for c in corpus.clauses)


def test_a_title_goes_over_as_many_lines_as_it_takes(corpus: Corpus) -> None:
    heading = "RESOLUTION 7 (Rev. Lima, 2031)\nOn bicycles\nand what becomes\n\nof them\n"
    found = parsed(f"{heading}The Radiocommunication Assembly,\nresolves\nto ride.")
    assert found.instruments[0].title == "On bicycles and what becomes of them"
    wtdc = corpus.by_id["itu-wtdc/res-59/2025"]
    assert wtdc.title == (
        "Strengthening coordination and cooperation among the three ITU Sectors on matters of mutual interest"
    )


def test_an_extract_without_its_enacting_formula_is_still_read() -> None:
    found = parsed("RESOLUTION 7 (Rev. Lima, 2031)\nOn bicycles\n\nresolves\n1\tto ride.")
    assert found.instruments[0].title == "On bicycles"
    assert found.instruments[0].body == "unknown"
    assert [c.text for c in found.clauses] == ["to ride."]


def test_a_clause_broken_over_two_lines_is_one(corpus: Corpus) -> None:
    (clause,) = single("resolves", "1\tto ride on", "the right of", "the road;").clauses
    assert (clause.text, clause.line_start, clause.line_end) == ("to ride on\nthe right of\nthe road", 6, 8)
    assert readable(clause.text) == "to ride on the right of the road"
    (broken,) = on_line(corpus, 27)
    assert (broken.line_start, broken.line_end) == (27, 28)
    assert on_line(corpus, 28) == [broken]


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("Resolution\u00a07 of ITU\u2011R", "Resolution 7 of ITU-R"),
        ("the developing1 and developed countries", "the developing and developed countries"),
        ("the [bookmark: _Toc1]roads", "the roads"),
        ("roads[footnoteRef:2]2 and paths", "roads and paths"),
        ("bi\u00adcycles, two\u2009wheels", "bicycles, two wheels"),
        ("Resolution 123 and IMT2020, H2 and 5G", "Resolution 123 and IMT2020, H2 and 5G"),
    ],
)
def test_extraction_marks_are_normalised_for_reading_and_kept_in_the_text(kept: str, read: str) -> None:
    (clause,) = single("noting", f"a)\t{kept},").clauses
    assert clause.text == kept
    assert readable(clause.text) == read


def test_marks_in_a_heading_do_not_hide_it(corpus: Corpus) -> None:
    found = single("instructs the Secretary\u2011General\u00a0", "1\tto ride.")
    assert found.clauses[0].addressee == "the Secretary-General"
    assert {c.addressee for c in on_line(corpus, 353)} == {
        "the Secretary-General and the Directors of the three Bureaux"
    }


def test_one_resolution_without_a_table() -> None:
    found = single("noting", "a)\tthe rain;", "b)\tthe wind,", "", "instructs the Director of BR", "to ride.")
    assert texts(found) == {
        "noting a) of Resolution 7": "the rain",
        "noting b) of Resolution 7": "the wind",
        "instructs the Director of BR of Resolution 7": "to ride.",
    }
    assert found.instruments[0].id == "itu-wrc/res-7/2031"
    assert [c.part for c in found.clauses] == ["preamble", "preamble", "operative"]
    assert found.remarks == ()


def test_two_resolutions_one_after_the_other() -> None:
    found = parsed(
        "\n".join((title(7), "resolves", "to ride.", "", title("8-2", "Oslo, 2035"), "resolves", "to walk."))
    )
    assert [i.name for i in found.instruments] == ["Resolution 7 (Rev. Lima, 2031)", "Resolution 8-2 (Rev. Oslo, 2035)"]
    assert texts(found) == {"resolves of Resolution 7": "to ride.", "resolves of Resolution 8-2": "to walk."}


def test_the_same_resolution_twice_still_has_ids_of_its_own() -> None:
    found = table((title(7), title(7)), ("resolves\nto ride.", "resolves\nto walk."))
    assert [i.id for i in found.instruments] == ["itu-wrc/res-7/2031", "itu-wrc/res-7/2031_2"]
    assert [c.id for c in found.clauses] == [f"{i.id}/resolves__para_nn_1" for i in found.instruments]


def test_a_citation_in_the_text_starts_no_resolution() -> None:
    found = single(
        "recalling", "a)\tResolution 5 (Rev. Oslo, 2020) of this conference;", "b)\tResolution 6 (Oslo, 2020),"
    )
    assert len(found.instruments) == 1
    assert len(found.clauses) == 2


def test_a_heading_and_a_formula_that_differ_are_remarked(corpus: Corpus) -> None:
    made_up = parsed(f"{title(9).replace('(Rev. Lima, 2031)', '(Rev. Oslo, 2035)')}\nresolves\nto ride.")
    for found, line, name, adopted in (
        (made_up, 1, "Resolution 9 (Rev. Oslo, 2035)", "Lima, 2031"),
        (corpus, 17, "Resolution 59 (Rev. Baku, 2025)", "Kigali, 2022"),
    ):
        (remark,) = (r for r in found.remarks if "run into" not in r.message)
        assert remark.line == line
        assert name in remark.message
        assert adopted in remark.message


def test_a_line_outside_every_section_is_remarked_not_dropped_silently() -> None:
    found = single("Some stray words", "resolves", "to ride.")
    assert [r.message for r in found.remarks] == ["stands outside every section: 'Some stray words'"]


def test_a_heading_that_was_run_into_an_item_is_remarked(corpus: Corpus) -> None:
    (remark,) = (r for r in corpus.remarks if "run into" in r.message)
    assert remark.line == 345
    assert "instructs the ITU Council" in remark.message
