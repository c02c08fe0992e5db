"""``clauseqa eval``: registered with the command line by name, so that no layer imports the one above it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from corpus.errors import SettingsError
from eval.questions import SPLITS, default_questions, load_questions
from qa.cli import OK, add_bundle_option, print_json
from qa.settings import Settings


def add_commands(commands: Any) -> None:
    """Adds ``eval`` and its verbs to the command line."""
    parser = commands.add_parser("eval", help="measure how often the right clause comes first")
    verbs = parser.add_subparsers(metavar="VERB", required=True)
    run = verbs.add_parser("run", help="ask the labelled questions and print the figures")
    run.add_argument("--split", default="dev", choices=(*SPLITS, "all"), help="which part (default dev)")
    run.add_argument("--questions", type=Path, metavar="FILE", help="labelled questions (default: the product's own)")
    run.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="where run files go (default runs/)")
    run.add_argument("--json", action="store_true", help="the whole report")
    add_bundle_option(run)
    run.set_defaults(run=_run)
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
    from qa.service import Service

    answerer = Service(settings).current()
    split = None if options.split == "all" else options.split
    known = {c.id for c in answerer.bundle.store.select()}
    questions = load_questions(options.questions or default_questions(), split=split, clauses=known)
    report, runs = evaluate(answerer, questions, options.split)
    write(report, runs, questions, options.out)
    if options.json:
        print(json.dumps(asdict(report), indent=1, ensure_ascii=False))
    else:
        from eval.report import show

        print(show(report))
        print(f"\nrun and qrels files and report.json are in {options.out}/")
    return OK


def _beir(options: argparse.Namespace, settings: Settings) -> int:
    from eval.beir import measure, read
    from index.encoder import open_encoder
    from qa.cli import Progress

    collection = read(options.folder, limit=options.limit)
    encoder = open_encoder(settings.bundle.resolve() / "encoder", threads=settings.threads)
    figures = measure(collection, encoder, Progress())
    if options.json:
        print_json(figures)
    else:
        for system, found in figures["systems"].items():
            print(f"{system:<8}", "  ".join(f"{name} {value:.4f}" for name, value in found.items()))
    return OK
