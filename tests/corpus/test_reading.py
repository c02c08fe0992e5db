"""Files in: what is accepted, and what the errors say."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus.errors import ClauseqaError, NoClauses, NotFound, SourceError, Unreadable
from corpus.parse import parse_file
from corpus.readers.text import document_from, split_cells

TEXT = (
    "RESOLUTION 7 (Rev. Málaga, 2031)\nOn bicycles\nThe Radiocommunication Assembly,\nresolves\n1\tto ride – “fast”;\n"
)


def written(folder: Path, raw: bytes) -> Path:
    file = folder / "source.txt"
    file.write_bytes(raw)
    return file


@pytest.mark.parametrize(
    ("raw", "error", "mend"),
    [
        (b"", Unreadable, "is empty"),
        (b" \n\t\r\n ", Unreadable, "is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Unreadable, "save it as UTF-8 text"),
        (TEXT.encode("utf-16"), Unreadable, "save it as UTF-8 text"),
        (TEXT.encode("cp1252"), Unreadable, "convert it, e.g. iconv"),
        (TEXT.replace("–", "-").replace("“fast”", "").encode("latin-1"), Unreadable, "convert it, e.g. iconv"),
        ("RESOLUTION 7".encode("utf-8-sig")[:5] + b"\xff", Unreadable, "convert it"),
        (b"\xef\xbb\xbf", NoClauses, "a resolution needs its heading"),
        (b"RESOLUTION 7 (Rev. Lima, 2031)\nOn bicycles\n", NoClauses, "sections such as 'resolves'"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line_that_says_the_mend(
    tmp_path: Path, raw: bytes, error: type[SourceError], mend: str
) -> None:
    with pytest.raises(error) as caught:
        parse_file(written(tmp_path, raw))
    message = str(caught.value)
    assert "source.txt" in message
    assert mend in message
    assert "\n" not in message


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no such file: .*missing\.txt; check the path"):
        parse_file(tmp_path / "missing.txt")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="is a folder; name the files in it"):
        parse_file(tmp_path)


def test_a_file_used_as_a_folder_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot read"):
        parse_file(written(tmp_path, TEXT.encode()) / "inside.txt")


def test_every_error_is_one_that_a_person_can_mend() -> None:
    assert issubclass(SourceError, ClauseqaError)
    assert all(issubclass(kind, SourceError) for kind in (NotFound, Unreadable, NoClauses))


@pytest.mark.parametrize(
    "raw",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.replace("\n", "\r\n").encode("utf-8-sig"),
        TEXT.rstrip("\n").encode(),
    ],
    ids=["plain", "BOM", "CRLF", "CR", "CRLF with BOM", "no end of line"],
)
def test_byte_order_marks_and_line_ends_make_no_difference(tmp_path: Path, raw: bytes) -> None:
    found = parse_file(written(tmp_path, raw))
    (clause,) = found.clauses
    assert clause.id == "itu-ra/res-7/2031/resolves__para_1"
    assert clause.text == "to ride – “fast”"
    assert clause.span == (TEXT.index("to ride"), TEXT.index(";"))
    assert clause.line_start == 5
    assert found.document.at(clause.span) == clause.text


def test_the_checksum_is_that_of_the_file_as_it_lies_on_the_disk(tmp_path: Path) -> None:
    raw = TEXT.replace("\n", "\r\n").encode("utf-8-sig")
    found = parse_file(written(tmp_path, raw))
    assert found.document.sha256 == hashlib.sha256(raw).hexdigest()
    assert found.document.name == "source.txt"


def test_the_canonical_text_is_the_file_to_the_letter() -> None:
    odd = "a\u00a0b\u2011c\u2028d\x0be\t f \n"
    assert document_from(odd.encode(), "odd.txt").text == odd


def test_a_cell_begins_at_every_line_that_starts_with_a_tab() -> None:
    text = "above\n\tone\ntwo\n\t\tindented\n\t\n a\tb"
    cells = split_cells(text)
    assert [[line.text for line in cell.lines] for cell in cells] == [
        ["above"],
        ["one", "two"],
        ["\tindented"],
        ["", " a\tb"],
    ]
    for line in (line for cell in cells for line in cell.lines):
        assert text[line.start :].startswith(line.text)
        assert text.count("\n", 0, line.start) + 1 == line.number
