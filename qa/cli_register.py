"""``clauseqa obligations``: the register at a terminal and in files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import QueryError, UnknownFilter
from qa.cli import OK, add_bundle_option, width
from qa.settings import Settings

if TYPE_CHECKING:
    from qa.answer import Answerer
    from qa.register import RegisterQuery

FORMATS = ("table", "csv", "json", "xlsx")
_FILTERS = {
    "bearer": "who is bound, as people write it: 'TSB Director'",
    "recipient": "to whom",
    "modality": "obligation, recommendation, permission or prohibition",
    "frequency": "annual, regular, each-meeting, continuous, occasional or once",
    "resolution": "as people write it: 18, 'WTSA Resolution 18'",
    "body": "whose resolutions: PP, RA, WTSA or WTDC",
}


def add_obligations(commands: Any) -> None:
    """Adds ``obligations`` to the command line."""
    parser = commands.add_parser("obligations", help="the register: who must do what, for whom and how often")
    for name, meaning in _FILTERS.items():
        parser.add_argument(f"--{name}", action="append", default=[], metavar="VALUE", help=meaning)
    parser.add_argument(
        "--version", dest="text_version", default="all", metavar="VERSION", help="all, in_force, proposed"
    )
    parser.add_argument("--text", default="", metavar="WORDS", help="words that must all occur, in any inflection")
    reach = parser.add_mutually_exclusive_group()
    reach.add_argument(
        "--implied",
        dest="direct",
        action="store_false",
        help="also what reaches a body as a member of one that is named (the default; marked)",
    )
    reach.add_argument("--direct-only", dest="direct", action="store_true", help="only what names a body itself")
    parser.add_argument(
        "--sort",
        default="resolution",
        metavar="NAME",
        help="resolution, bearer, recipient, modality, frequency or deadline; --sort=-NAME reverses",
    )
    parser.add_argument("--limit", type=int, metavar="N", help="how many (default: all; in JSON 50, as over HTTP)")
    parser.add_argument("--offset", type=int, default=0, metavar="N", help="how many to leave out before them")
    parser.add_argument("--format", metavar="FORMAT", help=f"{', '.join(FORMATS)} (default: table, or as FILE ends)")
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    parser.add_argument("--output", type=Path, metavar="FILE", help="where to write it (default: standard output)")
    add_bundle_option(parser)
    parser.set_defaults(run=_obligations, direct=False)


def _obligations(options: argparse.Namespace, settings: Settings) -> int:
    from qa.register import DEFAULT_LIMIT, RegisterQuery
    from qa.service import Service

    kind = _format(options.format, options.output)
    if kind == "xlsx" and not options.output and sys.stdout.isatty():
        raise QueryError("a workbook is nothing for a terminal; name a file with --output FILE.xlsx")
    query = RegisterQuery(
        filters={name: tuple(values) for name in _FILTERS if (values := getattr(options, name))},
        version=options.text_version,
        text=options.text,
        direct=options.direct,
        sort=options.sort,
        limit=DEFAULT_LIMIT if options.limit is None and kind == "json" else options.limit,
        offset=options.offset,
    )
    _write(_rendered(query, kind, Service(settings).current()), options.output)
    return OK


def _format(given: str | None, output: Path | None) -> str:
    if given and given not in FORMATS:
        raise UnknownFilter(f"unknown format {given!r}; known: {', '.join(FORMATS)}")
    ending = output.suffix.removeprefix(".") if output else ""
    return given or (ending if ending in FORMATS else "table")


def _rendered(query: RegisterQuery, kind: str, answerer: Answerer) -> str | bytes:
    from qa.register import look_up

    page = look_up(answerer.bundle.store, query)
    if kind == "table":
        from qa.register_table import show_register

        return f"{show_register(page, width())}\n"
    from qa.api.obligations import ObligationList
    from qa.sheets import as_csv, as_xlsx

    found = ObligationList.of(page, answerer).model_dump()
    if kind == "json":
        return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
    return as_csv(found["items"]) if kind == "csv" else as_xlsx(found["items"])


def _write(content: str | bytes, output: Path | None) -> None:
    if output:
        output.write_bytes(content.encode() if isinstance(content, str) else content)
    elif isinstance(content, bytes):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content)
