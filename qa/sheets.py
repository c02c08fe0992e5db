"""The register as a sheet: CSV and XLSX. The only file that imports xlsxwriter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Column and width in characters.
COLUMNS = {
    "reference": 34, "status": 10, "version": 10, "bearer": 26, "bearer_text": 26, "modality": 15, "action": 50,
    "object": 30, "recipient": 26, "recipient_text": 26, "frequency": 13, "deadline": 18, "condition": 24, "quote": 60,
    "matched": 9, "body": 7, "resolution": 11, "revision": 20, "document": 17, "line_start": 10, "line_end": 10,
    "char_start": 10, "char_end": 10, "clause_id": 34, "url": 34,
}  # fmt: skip
_ACTS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes a cell that starts so for a formula

Item = Mapping[str, Any]


def as_csv(items: Sequence[Item], base: str = "") -> str:
    """Items of the register under a header row, as RFC 4180 has it; ``base`` is put before their links.

    A cell that a spreadsheet would take for a formula gets an apostrophe before it.
    """
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(COLUMNS)
    sheet.writerows([_harmless(cell) for cell in row] for row in _rows(items, base))
    return out.getvalue()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_ACTS) else cell


def as_xlsx(items: Sequence[Item], base: str = "") -> bytes:
    """Likewise as a workbook of one sheet. Every text is a text there, and needs no apostrophe."""
    import xlsxwriter

    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        in_force = book.add_format({"text_wrap": True, "valign": "top"})
        other = book.add_format({"text_wrap": True, "valign": "top", "italic": True})
        sheet = book.add_worksheet("Obligations")
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, len(items), len(COLUMNS) - 1)
        for n, (name, width) in enumerate(COLUMNS.items()):
            sheet.set_column(n, n, width)
            sheet.write_string(0, n, name, head)
        for at, row in enumerate(_rows(items, base), 1):
            look = in_force if items[at - 1]["version"] == items[at - 1]["status"] == "in_force" else other
            for n, cell in enumerate(row):
                write = sheet.write_number if isinstance(cell, int) else sheet.write_string
                write(at, n, cell, look)
            if base:
                sheet.write_url(at, len(row) - 1, row[-1], look)
    return out.getvalue()


def _rows(items: Sequence[Item], base: str) -> Iterator[list[str | int]]:
    for item in items:
        cells = {**item["provenance"], **item, "url": f"{base}{item['url']}", "condition": "; ".join(item["condition"])}
        cells |= {role: "; ".join(map(_name, item[role])) for role in ("bearer", "recipient")}
        yield ["" if cells[name] is None else cells[name] for name in COLUMNS]


def _name(body: Item) -> str:
    return f"{body['name']} ({body['acronym']})" if body["acronym"] else str(body["name"])
