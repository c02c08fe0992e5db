"""The front door: which reader takes a file, and what is said of the files that none can read."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

from corpus.errors import NotFound, SourceError, Unreadable
from corpus.readers import bounded, limits
from corpus.readers.read import find_documents, format_of, read_document

DOCUMENTS = Path(__file__).parents[2] / "data" / "documents"
DOCUMENT = "word/document.xml"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def word_file(text: str = "resolves") -> bytes:
    document, file = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(file)
    return file.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def refused(folder: Path, name: str, raw: bytes) -> str:
    """The one line that says why."""
    (folder / name).write_bytes(raw)
    with pytest.raises(Unreadable) as caught:
        read_document(folder / name)
    message = str(caught.value)
    assert message.startswith(name)
    assert "\n" not in message
    return message


@pytest.mark.parametrize(
    ("name", "raw", "text"),
    [
        ("a.docx", word_file(), "resolves\n"),
        ("a.html", b"<p>resolves</p>", "resolves\n"),
        ("a.txt", b"resolves\n", "resolves\n"),
        ("named wrongly.txt", word_file(), "resolves\n"),
        ("named wrongly.docx", b"<!DOCTYPE html>\n<html><p>resolves", "resolves\n"),
        ("no suffix", b"\xef\xbb\xbf<!-- x --><html lang=en><p>resolves", "resolves\n"),
        ("begins so.txt", b"<resolves>", "<resolves>"),
    ],
)
def test_a_file_is_read_as_what_it_is(tmp_path: Path, name: str, raw: bytes, text: str) -> None:
    (tmp_path / name).write_bytes(raw)
    document = read_document(tmp_path / name)
    assert (document.name, document.text) == (name, text)
    assert document.sha256 == hashlib.sha256(raw).hexdigest()


def test_a_pdf_is_read_in_a_process_of_its_own() -> None:
    document = read_document(DOCUMENTS / "footnote.pdf")
    assert document.text.startswith("RESOLUTION 18")
    assert document.sha256 == hashlib.sha256((DOCUMENTS / "footnote.pdf").read_bytes()).hexdigest()


def test_a_draft_saved_by_libreoffice_is_read() -> None:
    document = read_document(DOCUMENTS / "libreoffice.docx")
    assert {one.author for one in document.changes if one.author} == {"Ann"}
    assert document.text.startswith(
        "RESOLUTION 5 (Rev. Lima, 2031)\nconsidering\na)\tfirst addedgone\nb)\tsecond inserted\n"
    )


@pytest.mark.parametrize(
    "head",
    [
        b"<akomaNtoso>",
        b'<?xml version="1.0"?>\n<!-- <html> --><akomaNtoso xmlns="x">',
        b"\xef\xbb\xbf<an:akomaNtoso>",
        '<?xml version="1.0" encoding="UTF-16"?><akomaNtoso>'.encode("utf-16"),
    ],
)
def test_akoma_ntoso_is_known_by_its_root(head: bytes) -> None:
    assert format_of(head, "act.xml") == "akn"


@pytest.mark.parametrize(
    ("name", "raw", "mend"),
    [
        ("old.doc", OLE + bytes(600), "open it in Word and save it as .docx"),
        ("locked.docx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        ("text.rtf", rb"{\rtf1 resolves}", "save it as .docx"),
        ("letter.docx", b"resolves", "is no .docx file"),
        ("letter.pdf", b"resolves", "is no .pdf file"),
        ("act.xml", b"resolves", "is no .xml file"),
        ("feed.xml", b"<?xml version='1.0'?><rss/>", "of XML only Akoma Ntoso"),
        ("empty.docx", b"", "is empty"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0", "is not plain text"),
        ("sheet.xlsx", zipped({"xl/workbook.xml": b"<x/>"}), "no Word document"),
        ("empty.zip", zipped({}), "no Word document"),
        ("cut.docx", word_file()[:5000], "is a damaged zip file"),
        ("cut.pdf", b"%PDF-1.7\n1 0 obj", "is a damaged PDF"),
        ("blank.html", b"<html><body></body></html>", "holds no text"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line_that_says_the_mend(
    tmp_path: Path, name: str, raw: bytes, mend: str
) -> None:
    assert mend in refused(tmp_path, name, raw)


def bomb() -> bytes:
    return zipped({DOCUMENT: b"<x>" + b" " * limits.MAX_PART + b"</x>"})


def lying_bomb() -> bytes:
    """One that claims, in both its headers, to unpack to a hundred bytes."""
    return bomb().replace((limits.MAX_PART + 7).to_bytes(4, "little"), (100).to_bytes(4, "little"))


def locked_zip() -> bytes:
    raw = bytearray(zipped({DOCUMENT: b"<x/>"}))
    raw[6] |= 1
    raw[raw.index(b"PK\1\2") + 8] |= 1
    return bytes(raw)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (bomb, "unpacks to more"),
        (lying_bomb, "is a damaged zip file"),
        (lambda: zipped(dict.fromkeys(map(str, range(limits.MAX_ENTRIES + 1)), b"")), "more than 10,000 parts"),
        (locked_zip, "protected by a password"),
        (lambda: zipped({DOCUMENT: b"<x>" * (limits.MAX_DEPTH + 1)}), "nested more than"),
        (lambda: zipped({DOCUMENT: f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l9;</x>'.encode()}), "<!DOCTYPE"),
        (lambda: zipped({DOCUMENT: "<?xml version='1.0'?><!DOCTYPE x><x/>".encode("utf-16")}), "<!DOCTYPE"),
        (lambda: zipped({DOCUMENT: b'<?xml version="1.0" encoding="klingon"?><x/>'}), "malformed XML"),
    ],
    ids=["bomb", "lying bomb", "many parts", "password", "depth", "billion laughs", "UTF-16", "encoding"],
)  # fmt: skip
def test_a_word_file_that_would_do_harm_is_refused(tmp_path: Path, raw: Callable[[], bytes], message: str) -> None:
    assert message in refused(tmp_path, "evil.docx", raw())


def test_no_file_outside_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    entity = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{(tmp_path / "secret.txt").as_uri()}">]>'
    body = f"<w:document {W}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p></w:body></w:document>"
    assert "secret words" not in refused(tmp_path, "evil.docx", zipped({DOCUMENT: (entity + body).encode()}))
    rels = '<x><Relationship Type="/officeDocument" Target="../../../secret.txt"/></x>'
    assert "no Word document" in refused(tmp_path, "evil.docx", zipped({"_rels/.rels": rels.encode()}))


def test_more_elements_than_a_document_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 1000)
    assert "more than 1,000 elements" in refused(tmp_path, "evil.docx", zipped({DOCUMENT: b"<x>" + b"<y/>" * 1000}))


def test_a_file_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_FILE", 100)
    assert "larger than" in refused(tmp_path, "large.txt", b"x" * 101)


@pytest.mark.parametrize(("bound", "least"), [("MAX_SECONDS", 1), ("MAX_MEMORY", 1 << 24)])
def test_reading_ends_when_time_or_memory_is_spent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, least: int
) -> None:
    monkeypatch.setattr(bounded, bound, least)
    attributes = " ".join(f"x{n}=1" for n in range(200_000))  # which the parser compares with each other
    assert "takes more than" in refused(tmp_path, "slow.html", f"<a {attributes}>x".encode())


def test_a_reader_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded.sys, "path", [str(Path(bounded.__file__).parents[2]), *stdlib()])
    assert "needs the package lxml; install clauseqa[build]" in refused(tmp_path, "a.html", b"<p>x")


def stdlib() -> list[str]:
    return [str(Path(io.__file__).parent), str(Path(zipfile.__file__).parent / "lib-dynload")]


def test_a_folder_gives_its_documents_in_order(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    names = ("b.DOCX", "a.txt", "sub/c.pdf", "old.doc", "~$b.docx", ".hidden.txt", ".git/x.txt", "p.png", "sub/d.xml")
    for name in names:
        (tmp_path / name).write_text("x")
    found = [str(path.relative_to(tmp_path)) for path in find_documents(tmp_path)]
    assert found == ["a.txt", "b.DOCX", "old.doc", "sub/c.pdf", "sub/d.xml"]


def test_a_folder_without_documents_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"holds no document; it may hold files named .*\.docx"):
        find_documents(tmp_path)


def test_a_missing_file_and_a_folder_are_no_documents(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no such file"):
        read_document(tmp_path / "missing.docx")
    with pytest.raises(SourceError, match="is a folder"):
        read_document(tmp_path)
