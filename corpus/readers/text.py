"""Plain text: UTF-8, with the cells of a flattened table marked by a TAB at the start of their first line."""

from __future__ import annotations

import hashlib

from corpus.errors import Unreadable
from corpus.model import Cell, Document, Line

CELL_MARK = "\t"


def document_from(raw: bytes, name: str) -> Document:
    """The document in ``raw``, the bytes of a text file called ``name``. Raises :class:`Unreadable`, which says the
    mend.

    A byte order mark is dropped and line ends become ``\\n`` in the canonical text; ``sha256`` is that of the bytes.
    """
    if not raw.strip():
        raise Unreadable(f"{name} is empty; nothing to read")
    if b"\0" in raw:
        raise Unreadable(f"{name} is not plain text (it holds NUL bytes); save it as UTF-8 text first")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Unreadable(
            f"{name} is not UTF-8 (byte {exc.start}); convert it, e.g. iconv -f WINDOWS-1252 -t UTF-8"
        ) from exc
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return Document(name=name, sha256=hashlib.sha256(raw).hexdigest(), text=text, cells=split_cells(text))


def split_cells(text: str) -> tuple[Cell, ...]:
    """Cut ``text`` at every line that starts with the cell mark; what stands before the first is a cell too."""
    cells: list[list[Line]] = [[]]
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        marked = line.startswith(CELL_MARK)
        if marked:
            cells.append([])
        cells[-1].append(Line(number, line[1:] if marked else line, start + marked))
        start += len(line) + 1
    return tuple(Cell(tuple(lines)) for lines in cells if lines)
