"""``clauseqa keys``: makes, lists and revokes API keys."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa.settings import Settings


def add_keys(commands: Any) -> None:
    """Adds the command."""
    keys = commands.add_parser("keys", help="make, list or revoke API keys")
    verbs = keys.add_subparsers(metavar="VERB", required=True, parser_class=type(keys))
    create = verbs.add_parser("create", help="make a key, and print it this once")
    create.add_argument("name", metavar="NAME", help="whose it is, for lists")
    create.set_defaults(run=_create)
    lists = verbs.add_parser("list", help="show which keys there are, without the keys themselves")
    lists.add_argument("--json", action="store_true")
    lists.set_defaults(run=_list)
    revoke = verbs.add_parser("revoke", help="end a key; a running server takes it no more")
    revoke.add_argument("which", metavar="ID", help="as listed, or the name")
    revoke.set_defaults(run=_revoke)
    for verb in (create, lists, revoke):
        verb.add_argument("--keys", type=Path, metavar="PATH", help="the file of keys (default: .clauseqa/keys.json)")


def _create(options: argparse.Namespace, settings: Settings) -> int:
    from qa.keys import added, changing, make, read_keys

    made = make(options.name, datetime.now(UTC))
    with changing(settings.keys) as write:
        write(added(read_keys(settings.keys), made.key))
    sys.stdout.write(f"{made.secret}\n")
    sys.stdout.flush()
    _say(f"key {made.key.id} ({made.key.name}) was made; keep the line above, it cannot be shown again")
    return 0


def _list(options: argparse.Namespace, settings: Settings) -> int:
    from qa.cli import print_json
    from qa.keys import read_keys

    keys = read_keys(settings.keys)
    if options.json:
        print_json([{"id": k.id, "name": k.name, "created": k.created, "revoked": k.revoked} for k in keys])
    elif keys:
        wide = max(len("name"), *(len(k.name) for k in keys))
        lines = [("id", "name", "created", "revoked"), *((k.id, k.name, k.created, k.revoked or "-") for k in keys)]
        sys.stdout.write("".join(f"{i:8}  {n:{wide}}  {c:25}  {r}\n" for i, n, c, r in lines))
    else:
        _say(f"no keys in {settings.keys}; make one: clauseqa keys create NAME")
    return 0


def _revoke(options: argparse.Namespace, settings: Settings) -> int:
    from qa.keys import changing, read_keys, revoked

    with changing(settings.keys) as write:
        keys, ended = revoked(read_keys(settings.keys), options.which, datetime.now(UTC))
        write(keys)
    _say(f"key {ended.id} ({ended.name}) is revoked")
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"clauseqa: {line}\n")
