"""``clauseqa compare``: parallel provisions at a terminal."""

from __future__ import annotations

import argparse
import shutil
import sys
from typing import Any

from qa.cli import OK, add_bundle_option, print_json
from qa.settings import Settings

_WIDEST = 200  # columns of a terminal that are used: four resolutions side by side


def add_compare(commands: Any) -> None:
    """Adds ``compare`` to the command line."""
    compare = commands.add_parser("compare", help="parallel provisions side by side, their differences marked")
    compare.add_argument(
        "clause",
        nargs="?",
        metavar="CLAUSE",
        help="id or reference of one clause, e.g. 'instructs 2 of Resolution 18 (Rev. New Delhi, 2024)'",
    )
    compare.add_argument("--row", type=int, metavar="N", help="one row of the comparison table (default: all)")
    compare.add_argument("--document", metavar="NAME", help="of which document, where several have such a row")
    compare.add_argument("--only", metavar="RESOLUTION", help="what this resolution has and the others lack")
    compare.add_argument(
        "--version", dest="text_version", default="all", metavar="VERSION", help="all, in_force, proposed"
    )
    compare.add_argument("--limit", type=int, metavar="N", help="how many rows or clauses (default 20)")
    compare.add_argument("--offset", type=int, default=0, metavar="N", help="how many to leave out before them")
    compare.add_argument("--json", action="store_true", help="exactly what HTTP answers")
    add_bundle_option(compare)
    compare.set_defaults(run=_compare)


def _compare(options: argparse.Namespace, settings: Settings) -> int:
    from qa.compare import DEFAULT_LIMIT, CompareQuery, comparison_of
    from qa.service import Service

    query = CompareQuery(
        row=options.row,
        document=options.document,
        clause=options.clause,
        only=options.only,
        version=options.text_version,
        limit=DEFAULT_LIMIT if options.limit is None else options.limit,
        offset=options.offset,
    )
    answerer = Service(settings).current()
    if options.json:
        from qa.api.compare import compared

        print_json(compared(answerer, query).model_dump())
    else:
        from qa.compare_text import Screen, show_comparison

        screen = Screen(min(_WIDEST, shutil.get_terminal_size().columns), sys.stdout.isatty())
        sys.stdout.write(show_comparison(comparison_of(answerer).answer(query), query, screen) + "\n")
    return OK
