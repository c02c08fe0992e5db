"""``clauseqa index``: an index is built, described and verified."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa.cli import OK, OURS, Parser, add_bundle_option, print_json, report_failures
from qa.settings import Settings

if TYPE_CHECKING:
    from index.build import Report
    from index.bundle import Manifest


def add_index(commands: Any) -> None:
    """Adds ``index`` to the command line."""
    index = commands.add_parser("index", help="build, describe or verify an index")
    verbs = index.add_subparsers(metavar="VERB", required=True, parser_class=Parser)
    build = verbs.add_parser("build", help="build an index and publish it in one step")
    build.add_argument(
        "source", nargs="*", type=Path, metavar="SOURCE", help="files or folders (default: the compilation)"
    )
    build.add_argument("--encoder", metavar="NAME", help="a sentence-transformers model (default all-MiniLM-L6-v2)")
    said = "what people say for clauses, written by hand; repeatable"
    build.add_argument("--glosses", action="append", default=[], type=Path, metavar="FILE", help=said)
    build.add_argument("--if-stale", action="store_true", help="do nothing if the index is up to date")
    build.add_argument("--json", action="store_true")
    build.set_defaults(run=_build)
    info = verbs.add_parser("info", help="say what an index is made of")
    info.add_argument("--json", action="store_true")
    info.set_defaults(run=_info)
    verify = verbs.add_parser("verify", help="check every checksum, span and count")
    verify.set_defaults(run=_verify)
    for verb in (build, info, verify):
        add_bundle_option(verb)


def _build(options: argparse.Namespace, settings: Settings) -> int:
    from corpus.glosses import default_glosses, load_glosses
    from corpus.parse import default_source
    from index.build import build, is_current
    from index.model_source import DEFAULT_MODEL, model_encoder

    sources = options.source or [default_source()]
    encoder, glosses = model_encoder(settings.encoder or DEFAULT_MODEL), default_glosses(options.glosses)
    if options.if_stale and is_current(sources, settings.bundle, encoder, glosses):
        print(f"clauseqa: the index at {settings.bundle} is up to date", file=sys.stderr)
        return OK
    given = load_glosses(options.glosses)
    started = time.monotonic()
    report = build(sources, settings.bundle, encoder, Progress(), glosses)
    if options.json:
        print_json(
            {
                "manifest": asdict(report.manifest),
                "encoded": report.encoded,
                "remarks": report.remarks,
                "failures": report.failures,
            }
        )
    else:
        print(_show_report(report, time.monotonic() - started))
    if lost := [words for heading, words in given if (heading, words) not in report.clauses]:
        fit = "they hold for its very words and heading only"
        print(f"clauseqa: {len(lost)} of {len(given)} glosses fit no clause, {fit}: {lost[0][:60]!r}", file=sys.stderr)
    return report_failures(report.failures)


def _info(options: argparse.Namespace, settings: Settings) -> int:
    from index.bundle import Manifest

    manifest = Manifest.read(settings.bundle.resolve())
    if options.json:
        print_json(asdict(manifest))
    else:
        print(_show_manifest(manifest))
    return OK


def _verify(_: argparse.Namespace, settings: Settings) -> int:
    from index.bundle import verify

    wrong = verify(settings.bundle)
    for line in wrong:
        print(f"clauseqa: {line}", file=sys.stderr)
    if wrong:
        print(f"clauseqa: {len(wrong)} fault(s); run: clauseqa index build SOURCE...", file=sys.stderr)
        return OURS
    print(f"the index at {settings.bundle} is sound")
    return OK


def _show_report(report: Report, seconds: float) -> str:
    counts = report.manifest.counts
    remarks = [f"  {name}, line {line}: {message}" for name, line, message in report.remarks]
    summary = (
        f"index {report.manifest.id}: {counts['documents']} document(s), {counts['instruments']} resolutions, "
        f"{counts['clauses']} clauses, {counts['footnotes']} footnotes; "
        f"encoded {report.encoded} of {counts['passages']} passages in {seconds:.1f} s"
    )
    return "\n".join((summary, *(["to know:"] if remarks else []), *remarks))


def _show_manifest(manifest: Manifest) -> str:
    rows: Iterable[tuple[str, object]] = (
        ("index", manifest.id),
        ("built", f"{manifest.built_at} by {manifest.built_by}"),
        ("sources", ", ".join(manifest.sources)),
        ("corpus digest", manifest.corpus_digest),
        ("encoder", f"{manifest.encoder.name}, {manifest.encoder.dimension} dimensions, {manifest.encoder.pooling}"),
        ("encoder sha256", manifest.encoder.sha256),
        ("format", manifest.format_version),
        *manifest.counts.items(),
        ("size", f"{sum(manifest.sizes.values()) / 1e6:.1f} MB"),
    )
    return "\n".join(f"{name:<15} {value}" for name, value in rows)


class Progress:
    """Shows a build's progress on standard error: one line that changes at a terminal, a line a step elsewhere."""

    def __init__(self) -> None:
        self._last = ""
        self._moving = sys.stderr.isatty()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Called by the build."""
        line = f"clauseqa: {what}" + (f" {done}/{total}" if total else " ...")
        if self._moving:
            end = "\n" if total and done == total else ""
            sys.stderr.write(f"\r\x1b[K{line}{end}")
        elif what != self._last or done == total:
            sys.stderr.write(f"{line}\n")
        self._last = what
        sys.stderr.flush()
