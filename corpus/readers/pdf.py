"""PDF with text: from the letters on its pages to lines, footnotes and the cells of ruled tables.

Lines that return on the pages are left out with a remark. Columns without ruled lines between them are not told apart.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from statistics import median
from typing import Any

import pdfplumber

from corpus.errors import Unreadable
from corpus.model import Document
from corpus.readers.canonical import PLAIN, Paragraph, Run, make_cell, make_document
from corpus.readers.layout import (
    RAISED,
    Line,
    Notes,
    Page,
    Row,
    Table,
    all_lines,
    joined,
    leave_running,
    paragraphs,
    text_of,
    usual_distance,
    with_margins,
    with_notes,
    words_of,
)

Word = dict[str, Any]  # as pdfplumber has it
Box = tuple[float, float, float, float]  # left, top, right, bottom

MAX_PAGES = 1000
_GAP = 0.9  # times the size of the letters, between a number and its item
_APART = 0.12  # times that size, between words
_MARK_SIZE = 0.8  # times the size around, at most, for the mark of a footnote
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,4})*")
_LETTER = re.compile(r"(?:[a-z]{1,2}|[ivx]{3,5}|[a-z](?:bis|ter))\)(?:bis|ter)?")
_NO_BREAK = "\x02"
_UNPRINTED = re.compile(r"[\x00-\x1f]")
_UNKNOWN = "(cid:"


def read_pdf(raw: bytes, name: str) -> Document:
    """The document in ``raw``, a PDF named ``name``; raises :class:`Unreadable`."""
    try:
        with pdfplumber.open(io.BytesIO(raw)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise Unreadable(f"{name} has {len(pdf.pages)} pages; split it into parts of at most {MAX_PAGES}")
            remarks: Counter[str] = Counter()
            pages = [_page(page, remarks) for page in pdf.pages]
    except Unreadable:
        raise
    except Exception as exc:  # its parser raises whatever a damaged file makes it stumble over
        if "password" in repr(exc).lower():
            raise Unreadable(f"{name} is protected by a password; take it off and save it again") from exc
        raise Unreadable(f"{name} is a damaged PDF; fetch it again or print it anew") from exc
    pages, running = leave_running(pages)
    counted = [what if n == 1 else f"{what} ({n} times)" for what, n in remarks.items() if n]
    opening = Paragraph(remarks=(*counted, *running))
    found = list(_paragraphs(with_margins([with_notes(page) for page in pages])))
    return make_document([replace(p, remarks=opening.remarks) if not n else p for n, p in enumerate(found)], raw, name)


def _page(page: Any, remarks: Counter[str]) -> Page:
    for char in page.chars:  # which would part words
        if char["text"] == "\u00a0":
            char["text"] = _NO_BREAK
    words = page.extract_words(x_tolerance_ratio=_APART, extra_attrs=["size", "fontname"])
    remarks["a picture was left out"] += len(page.images)
    remarks["letters of a font without a table of its letters were left as their numbers"] += sum(
        _UNKNOWN in word["text"] for word in words
    )
    found = page.find_tables() if page.rects or page.lines or page.curves else []
    blocks: list[list[Line] | Table] = []
    for table in sorted((one for one in found if len(one.cells) > 1), key=lambda one: one.bbox[1]):
        inside = [word for word in words if _within(word, table.bbox)]
        words = [word for word in words if not _within(word, table.bbox)]
        above = [word for word in words if _middle(word)[1] < table.bbox[1]]
        words = [word for word in words if _middle(word)[1] >= table.bbox[1]]
        blocks += [_lines(above, page.page_number), _table(table, inside, page.page_number)]
    blocks.append(_lines(words, page.page_number))
    number, width = page.page_number, float(page.width)
    page.close()
    return Page(number, width, [block for block in blocks if all_lines(block)])


def _middle(word: Word) -> tuple[float, float]:
    return (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2


def _within(word: Word, box: Box) -> bool:
    x, y = _middle(word)
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _table(table: Any, words: list[Word], page: int) -> Table:
    """The cells of one table; the margins within its cells are all alike."""
    rows: list[Row] = [
        [_lines([w for w in words if _within(w, box)], page) if box else [] for box in row.cells] for row in table.rows
    ]
    boxes = [[row.cells[n] for row in table.rows if row.cells[n]] for n in range(len(rows[0]))]
    edges = [(min(b[0] for b in column), max(b[2] for b in column)) if column else (0.0, 0.0) for column in boxes]
    margin = min(
        (line.x0 - left for row in rows for cell, (left, _) in zip(row, edges, strict=True) for line in cell),
        default=0.0,
    )
    rows = [
        [
            [line._replace(left=left + margin, right=right - margin) for line in cell]
            for cell, (left, right) in zip(row, edges, strict=True)
        ]
        for row in rows
    ]
    return Table(tuple(left for left, _ in edges), rows)


def _lines(words: Iterable[Word], page: int) -> list[Line]:
    """Words side by side, from the top down; a raised number is on the line that it overlaps."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: _middle(w)[1]):
        tallest = max(rows[-1], key=lambda w: w["size"]) if rows else word
        shared = min(word["bottom"], tallest["bottom"]) - max(word["top"], tallest["top"])
        if rows and shared > min(word["bottom"] - word["top"], tallest["bottom"] - tallest["top"]) / 2:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [_line(sorted(row, key=lambda w: w["x0"]), page) for row in rows]


def _line(words: list[Word], page: int) -> Line:
    size = median(word["size"] for word in words for _ in word["text"])
    gaps = [after["x0"] - before["x1"] for before, after in pairwise(words)]
    begins = words[0]["x0"]
    text = ""
    for n, word in enumerate(words):
        piece = _UNPRINTED.sub("", word["text"].replace(_NO_BREAK, "\u00a0"))
        if piece.isdecimal() and word["size"] < _MARK_SIZE * size:
            piece = RAISED.format(piece)
        if n == 1 and _is_label(text, gaps, size):
            text += "\t"
            begins = word["x0"]
        elif n and gaps[n - 1] > _APART * size:
            text += " "
        text += piece
    first, last = words[0], words[-1]
    bottom = max(words, key=lambda w: w["size"])["bottom"]
    font = first["fontname"] if len({word["fontname"] for word in words}) == 1 else ""
    space = median(gaps) if gaps else size / 4
    return Line(text, page, first["x0"], last["x1"], bottom, size, first["x1"] - first["x0"], space, begins, font)


def _is_label(word: str, gaps: list[float], size: float) -> bool:
    """A number is a label where the gap after it is wider than a space, and than the others in its line."""
    wide = gaps[0] > _GAP * size and all(gaps[0] > 1.5 * gap for gap in gaps[1:2])
    return bool(_LETTER.fullmatch(word)) or (wide and bool(_NUMBER.fullmatch(word)))


def _paragraphs(pages: list[Page]) -> Iterator[Paragraph]:
    blocks = joined(pages)
    lines = [line for block in blocks for line in all_lines(block)]
    distance, words, notes = usual_distance(lines), words_of(lines), Notes(pages)

    def read(some: list[Line]) -> Iterator[Paragraph]:
        for paragraph in paragraphs(some, distance):
            resolved, bodies = notes.resolve(paragraph)
            yield Paragraph((Run(text_of(resolved, words) + bodies),))

    for block in blocks:
        if isinstance(block, list):
            yield from read(block)
            continue
        for cell in (cell for row in block.rows for cell in row):
            yield from make_cell(list(read(cell)), PLAIN)
