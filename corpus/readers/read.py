"""The front door of all readers: a file's content tells its format, its name only where the content does not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from corpus.errors import NotFound, Unreadable
from corpus.model import Document
from corpus.readers.bounded import read_bounded
from corpus.readers.docx import read_docx
from corpus.readers.limits import read_bytes
from corpus.readers.text import document_from

Format = Literal["docx", "html", "pdf", "akn", "text"]

SUFFIXES = {
    ".docx": "docx",
    ".docm": "docx",
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".akn": "akn",
    ".xml": "akn",
    ".txt": "text",
}
_TOLD_APART = (".doc", ".rtf", ".odt")  # found in a folder, so that reading them says what to do with them
_HEAD = 4096  # bytes in which a file must say what it is
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_ROOT = re.compile(r"<(?:!DOCTYPE\s+)?(?:[\w.-]+:)?(?P<root>[A-Za-z][\w.-]*)")
_NO_ROOT = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?\?>", re.S)


def read_document(path: Path) -> Document:
    """The document in the file at ``path``. Raises :class:`NotFound` and :class:`Unreadable`; both say what to do."""
    raw = read_bytes(path)
    name = path.name
    match format_of(raw, name):
        case "docx":
            return read_docx(raw, name)
        case "html":
            return read_bounded("html", raw, name)
        case "pdf":
            return read_bounded("pdf", raw, name)
        case "akn":
            from corpus.readers.akn import read_akn

            return read_akn(raw, name)
        case "text":
            return document_from(raw, name)


def find_documents(folder: Path) -> list[Path]:
    """All files under ``folder`` that are documents by their names, sorted; hidden ones and the lock files that Word
    leaves beside an open document are passed over. Raises :class:`NotFound` where there is none."""
    found = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix.lower() in (*SUFFIXES, *_TOLD_APART)
        and not file.name.startswith("~$")
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and file.is_file()
    )
    if not found:
        raise NotFound(f"{folder} holds no document; it may hold files named {', '.join(sorted(SUFFIXES))}")
    return found


def format_of(raw: bytes, name: str) -> Format:
    """The format of the file ``raw``; raises :class:`Unreadable` where it has one that cannot be read."""
    named = SUFFIXES.get(Path(name).suffix.lower())
    if raw.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx"
    if b"%PDF-" in raw[:1024]:
        return "pdf"
    if raw.startswith(_OLE) and _ENCRYPTED in raw:
        raise Unreadable(f"{name} is protected by a password; take it off in Word (File > Info) and save it again")
    if raw.startswith(_OLE):
        raise Unreadable(f"{name} is in the format of Word before 2007; open it in Word and save it as .docx")
    if raw.startswith(b"{\\rtf"):
        raise Unreadable(f"{name} is in Rich Text Format; open it in Word and save it as .docx")
    if root := _root(raw[:_HEAD]):
        if root == "akomaNtoso":
            return "akn"
        if root.lower() == "html" or named == "html":
            return "html"
        if named == "akn" or raw.lstrip().startswith(b"<?xml"):
            raise Unreadable(f"{name} is XML with the root <{root}>; of XML only Akoma Ntoso can be read")
    if named in ("docx", "pdf", "akn") and raw.strip():
        raise Unreadable(f"{name} is no {Path(name).suffix} file, whatever its name says; save it again as one")
    return "html" if named == "html" else "text"


def _root(head: bytes) -> str | None:
    """The first element, if the file begins with markup."""
    text = head.decode("utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig", "replace")
    found = _ROOT.match(_NO_ROOT.sub("", text).lstrip())
    return found["root"] if found else None
