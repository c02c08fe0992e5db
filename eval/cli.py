"""``clauseqa eval``: registered with the command line by name, so that no layer imports the one above it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.errors import AnnotationError, SettingsError
from eval.questions import SPLITS, default_questions, load_questions
from qa.cli import OK, add_bundle_option, print_json, width
from qa.cli_index import Progress
from qa.settings import Settings


def add_commands(commands: Any) -> None:
    """Adds ``eval`` and its verbs to the command line."""
    parser = commands.add_parser("eval", help="measure how often the right clause comes first")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    run = verbs.add_parser("run", help="ask the labelled questions and print the figures")
    run.add_argument("--split", default="dev", choices=(*SPLITS, "all"), help="which part (default dev)")
    given = {"action": "append", "type": Path, "metavar": "FILE"}
    run.add_argument("--questions", **given, help="labelled questions; may be repeated (default: the product's own)")
    run.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="where files go (default runs/)")
    run.add_argument("--write-gate", action="store_true", help="record the figures below which tests fail")
    run.add_argument("--json", action="store_true", help="the whole report")
    add_bundle_option(run)
    run.set_defaults(run=_run)
    compare = verbs.add_parser("compare", help="test whether run B is better than run A, question by question")
    for name in ("A", "B"):
        compare.add_argument(name.lower(), type=Path, metavar=name, help="a folder written by eval run --out")
    compare.add_argument("--json", action="store_true")
    compare.set_defaults(run=_compare)
    beir = verbs.add_parser("beir", help="measure retrieval on a BEIR-style directory")
    beir.add_argument("folder", type=Path, metavar="DIR")
    beir.add_argument("--limit", type=int, metavar="N", help="the first N questions only")
    beir.add_argument("--json", action="store_true")
    add_bundle_option(beir)
    beir.set_defaults(run=_beir)


def _run(options: argparse.Namespace, settings: Settings) -> int:
    try:
        from eval.run import evaluate, write
    except ModuleNotFoundError as exc:
        if exc.name != "ir_measures":
            raise
        raise SettingsError("measuring needs ir-measures; pip install 'clauseqa[eval]'") from exc
    from eval.gate import RENEW, SPLIT
    from eval.show import show_report
    from qa.service import Service

    if options.write_gate and (options.questions or options.split != SPLIT):
        raise SettingsError(f"the gate is over the product's own questions of the {SPLIT} part; run: {RENEW}")
    answerer = Service(settings).current()
    split = None if options.split == "all" else options.split
    known = {c.id for c in answerer.bundle.store.select()}
    questions = load_questions(options.questions or default_questions(), split=split, clauses=known)
    if not questions:
        raise AnnotationError(f"no question is in the {options.split} part; name another with --split")
    report, runs = evaluate(answerer, questions, options.split, Progress())
    write(report, runs, questions, options.out)
    if options.write_gate:
        _write_gate(report)
    if options.json:
        sys.stdout.write(report.to_json())
    else:
        print(show_report(report, width()))
        print(f"\nreport.html, report.json, run and qrels files are in {options.out}/")
    return OK


def _write_gate(report: Any) -> None:
    from eval.gate import GATE_JSON, Gate

    made = report.made_with
    gate = Gate.of(report.overall, report.questions, made["labels"], made["corpus_digest"])
    GATE_JSON.write_text(gate.to_json(), "utf-8")
    print(f"clauseqa: the gate is written to {GATE_JSON}; review what it says differently", file=sys.stderr)


def _compare(options: argparse.Namespace, _: Settings) -> int:
    from eval.compare import compare
    from eval.report import read_report
    from eval.show import show_comparison

    comparison = compare(read_report(options.a), read_report(options.b))
    if options.json:
        print_json(asdict(comparison))
    else:
        print(show_comparison(comparison, (str(options.a), str(options.b)), width()))
    return OK


def _beir(options: argparse.Namespace, settings: Settings) -> int:
    from eval.beir import measure, read
    from eval.show import show_benchmark
    from index.encoder import open_encoder

    collection = read(options.folder, limit=options.limit)
    encoder = open_encoder(settings.bundle.resolve() / "encoder", threads=settings.threads)
    benchmark = measure(collection, encoder, Progress())
    if options.json:
        print_json(asdict(benchmark))
    else:
        print(show_benchmark(benchmark))
    return OK
