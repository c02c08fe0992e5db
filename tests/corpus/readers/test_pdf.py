"""PDF: files printed by LibreOffice, and the rules by which printed lines become paragraphs."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pypdf
import pytest
from PIL import Image

from corpus.errors import Unreadable
from corpus.model import Corpus, Document
from corpus.parse import parse_document
from corpus.readable import readable
from corpus.readers.layout import (
    Line,
    Page,
    Table,
    joined,
    leave_running,
    paragraphs,
    text_of,
    usual_distance,
    with_margins,
    words_of,
)
from corpus.readers.pdf import MAX_PAGES, read_pdf

DOCUMENTS = Path(__file__).parents[2] / "data" / "documents"


def read(name: str) -> Document:
    return read_pdf((DOCUMENTS / name).read_bytes(), name)


def clauses(corpus: Corpus) -> list[tuple[object, ...]]:
    return [(c.instrument, c.heading, c.labels, readable(c.text)) for c in corpus.clauses]


def test_a_printed_comparison_table_holds_the_clauses_of_the_text(corpus: Corpus) -> None:
    document = read("table.pdf")
    found = parse_document(document)
    wanted = [clause for clause in clauses(corpus) if clause[0] != "itu-pp/res-191/2022"]
    assert len(found.instruments) == 4
    assert len(found.clauses) == len(corpus.clauses)
    assert [clause for clause in clauses(found) if clause[0] != "itu-pp/res-191/2022"] == wanted
    assert [remark.message for remark in document.remarks] == [
        "page numbers were left out (25 times)",
        "the running line 'CL-26/12-E' was left out (25 times)",
    ]


def test_a_printed_resolution_holds_the_clauses_of_the_text(corpus: Corpus) -> None:
    found = parse_document(read("prose.pdf"))
    assert clauses(found) == [clause for clause in clauses(corpus) if clause[0] == "itu-wtsa/res-18/2024"]


def test_a_printed_footnote_stands_as_flattened_texts_have_it() -> None:
    lines = read("footnote.pdf").text.splitlines()
    assert lines[0] == "RESOLUTION 18 (REV. NEW DELHI, 2024)"
    assert "developing[footnoteRef:1]1 and developed" in lines[4]
    assert "; [1: 1 These include the least developed countries, small island developing" in lines[4]
    assert lines[4].endswith("countries with economies in transition.]")
    assert lines[-1].startswith("2\tto continue, under Resolution 44 (Rev. New Delhi, 2024)")


def test_a_scan_without_text_is_refused() -> None:
    file = io.BytesIO()
    Image.new("L", (200, 300), 200).save(file, "PDF")
    with pytest.raises(Unreadable, match=r"scan\.pdf holds no text; if it shows scanned pages, run OCR"):
        read_pdf(file.getvalue(), "scan.pdf")


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_is_said(algorithm: str) -> None:
    writer = pypdf.PdfWriter(clone_from=DOCUMENTS / "footnote.pdf")
    writer.encrypt("secret", algorithm=algorithm)
    file = io.BytesIO()
    writer.write(file)
    with pytest.raises(Unreadable, match=r"locked\.pdf is protected by a password"):
        read_pdf(file.getvalue(), "locked.pdf")


def test_too_many_pages_are_refused_before_they_are_read() -> None:
    writer = pypdf.PdfWriter()
    for _ in range(MAX_PAGES + 1):
        writer.add_blank_page(100, 100)
    file = io.BytesIO()
    writer.write(file)
    with pytest.raises(Unreadable, match=f"has {MAX_PAGES + 1} pages; split it"):
        read_pdf(file.getvalue(), "long.pdf")


@pytest.mark.parametrize("end", [20, 1000, -1000])
def test_a_damaged_file_is_refused(end: int) -> None:
    raw = (DOCUMENTS / "footnote.pdf").read_bytes()
    with pytest.raises(Unreadable, match=r"cut\.pdf (is a damaged PDF|holds no text)"):
        read_pdf(raw[:end].replace(b"/Pages", b"/Pigs"), "cut.pdf")


# Lines of letters 10 wide at a size of 10, one word of four letters being 20 wide.


def line(text: str, bottom: float = 0, x0: float = 100, right: float = 300, page: int = 1, font: str = "F") -> Line:
    first = text.split()[0]
    return Line(text, page, x0, x0 + 5 * len(text), bottom, 10, 5 * len(first), 5, x0, font, 100, right)


def cut(*lines: Line, distance: float = 1.2) -> list[str]:
    return [text_of(lines, frozenset()) for lines in paragraphs(lines, distance)]


FULL = "that the words of this line fill it all"  # 195 of 200


@pytest.mark.parametrize(
    ("first", "second", "paragraphs"),
    [
        (line(FULL), line("and go on", 12), 1),
        (line("short,"), line("and so a new one", 12), 2),
        (line(FULL), line("and stands lower", 20), 2),
        (line(FULL), line("a)\tthat", 12), 2),
        (line(FULL), line("user) means", 12), 1),
        (line(FULL), line("12\tto ride", 12), 2),
        (line(FULL), line("12 of the words", 12), 1),
        (line(FULL), line("NOTE 1 – that", 12), 2),
        (line(FULL), line("ANNEX 1", 12), 2),
        (line(FULL), line("RESOLUTION 18 (Rev. New Delhi, 2024)", 12), 2),
        (line(FULL), line("Resolution 18 (Rev. New Delhi, 2024)", 12), 1),
        (line(FULL + ","), line("resolves", 12), 2),
        (line(FULL), line("resolves", 12), 1),
        (line(FULL), line("set off to the right", 12, x0=170), 2),
        (line(FULL, x0=110), line("and go on at the margin", 12), 1),
        (line(FULL), line("in another font", 12, font="G"), 2),
        (line(FULL), line("over the page", 12, page=2), 1),
        (line("RESOLUTION 18 (Rev. New Delhi, 2024)", right=290), line("Strengthening it", 12, right=290), 2),
        (line("RESOLUTION 18 (Rev. New", right=220), line("Delhi, 2024)", 12, right=220), 1),
        (line("instructs the Director of the Bureau", right=280), line("to report", 12, right=280), 2),
        (line("instructs the Director of the", right=250), line("Bureau of Standardization", 12, right=250), 1),
    ],
)
def test_where_a_paragraph_begins(first: Line, second: Line, paragraphs: int) -> None:
    assert len(cut(first, second)) == paragraphs


def test_a_broken_word_is_made_whole_where_it_stands_whole_elsewhere() -> None:
    words = words_of([line("the coordination of inter-sector work")])
    join = partial(text_of, words=words)
    assert join([line("for coordi-"), line("nation, and")]) == "for coordination, and"
    assert join([line("the inter-"), line("sector group")]) == "the inter-sector group"
    assert join([line("the ITU-"), line("T groups")]) == "the ITU-T groups"
    assert join([line("of soft\u00ad"), line("ware")]) == "of software"
    assert join([line("from 2024 –"), line("on")]) == "from 2024 – on"


def test_the_usual_distance_is_that_within_paragraphs() -> None:
    assert usual_distance([line("x", bottom) for bottom in (0, 12, 24, 42, 54, 72, 84)]) == pytest.approx(1.2)
    assert usual_distance([line("x")]) == 1.2


def page(number: int, *lines: Line) -> Page:
    return Page(number, 595, [[one._replace(page=number) for one in lines]])


def test_running_lines_and_page_numbers_are_left_out() -> None:
    pages = [
        page(
            n,
            line(f"- {n} -", 10),
            line(f"CL-26/3 page {n + 7}", 20),
            line(f"in {5 * n} years", 40),
            line("resolves", 500),
            line("foot", 700),
        )
        for n in range(1, 5)
    ]
    kept, remarks = leave_running(pages)
    assert [one.text for block in joined(kept) for one in block] == [  # type: ignore[union-attr]
        text for n in range(1, 5) for text in (f"in {5 * n} years", "resolves")
    ]
    assert remarks == [
        "page numbers were left out (4 times)",
        "the running line 'CL-26/3 page 8' was left out (4 times)",
        "the running line 'foot' was left out (4 times)",
    ]


def test_margins_are_those_of_all_pages_of_one_width() -> None:
    (first,), (second,) = (p.blocks for p in with_margins([page(1, line(FULL)), page(2, line("short", x0=120))]))
    assert isinstance(first, list)
    assert isinstance(second, list)
    assert [(one.left, one.right) for one in (*first, *second)] == [(100, 295)] * 2


def rows(*texts: list[str]) -> Table:
    return Table((100.0, 300.0), [[[line(text)] if text else [] for text in row] for row in texts])


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (["and goes on", ""], 1),
        (["resolves", "noting"], 2),
        (["b)\tthat", ""], 2),
        (["head", "head"], 1),
    ],
)
def test_a_table_goes_on_over_the_page(second: list[str], expected: int) -> None:
    before = rows(["head", "head"], [f"a)\t{FULL}", "x."])
    (table,) = joined([Page(1, 595, [before]), Page(2, 595, [rows(second)])])
    assert isinstance(table, Table)
    assert len(table.rows) == 1 + expected


def test_tables_of_other_columns_are_apart() -> None:
    other = Table((100.0, 200.0), rows(["x", "y"]).rows)
    assert len(joined([Page(1, 595, [rows(["x", "y"])]), Page(2, 595, [other])])) == 2
