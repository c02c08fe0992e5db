"""Pools what nobody has judged: ``python -m eval.pool draw DIR`` writes what is to be graded, and
``python -m eval.pool take GRADED ...`` puts the grades into the labelled questions.

Pooled are the first clauses of several systems (the service, and the plain rankings of :mod:`eval.ablate`). Among them
stand some that were judged before, which tells how far two judges agree (Cohen's kappa with quadratic weights); their
grades stay. The order tells nothing, and no judge sees which system found what.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from corpus.errors import AnnotationError
from corpus.model import Clause, Instrument
from corpus.readable import readable
from eval.ablate import run, systems
from eval.metrics import DEPTH, Run
from eval.questions import ANSWERS, GRADES, SPLITS, Labelled, default_questions, load_questions
from index.bundle import Bundle
from index.text import read_aloud
from qa.settings import read_settings

SYSTEMS = ("service", "BM25 alone", "vectors alone", "fusion of scores")
CONTROLS = 2  # clauses that were judged before, of each question
CLAUSES_JSON, POOL_JSONL = "clauses.json", "pool.jsonl"

Grades = dict[str, dict[str, int]]
"""Question id -> clause id -> grade."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How many grades are new, and those that were given before and now."""

    new: int
    twice: tuple[tuple[int, int], ...]


def pool(questions: Sequence[Labelled], runs: Sequence[Run], depth: int) -> Iterator[tuple[Labelled, list[str]]]:
    """For each question what is to be graded: the unjudged clauses of the first ``depth`` of any of ``runs``, and
    some that were judged; none where nothing is unjudged."""
    for q in questions:
        found = {clause for one in runs for clause, _ in one.get(q.id, ())[:depth]}
        unjudged = sorted(found - set(q.relevant))
        if unjudged:
            random = Random(q.id)
            judged = random.sample(sorted(q.relevant), min(CONTROLS, len(q.relevant)))
            yield q, random.sample([*unjudged, *judged], len(unjudged) + len(judged))


def draw(bundle: Bundle, questions: Sequence[Labelled], depth: int, folder: Path) -> int:
    """Write to ``folder`` all clauses by their numbers, and for each question the numbers to be graded and those of
    clauses that answer it; how many grades are asked for."""
    named = dict(systems(bundle))
    pools = list(pool(questions, [run(named[name], questions) for name in SYSTEMS], depth))
    clauses = bundle.store.select()
    numbers = {clause.id: n for n, clause in enumerate(clauses)}
    folder.mkdir(parents=True, exist_ok=True)
    told = {n: _told(clause, bundle.store.instruments[clause.instrument]) for n, clause in enumerate(clauses)}
    (folder / CLAUSES_JSON).write_text(json.dumps(told, ensure_ascii=False, indent=1), "utf-8")
    rows = [
        {
            "id": q.id, "before": q.after, "question": q.question, "expected": q.answer,
            "answers": [numbers[c] for c in q.answering if c not in chosen], "grade": [numbers[c] for c in chosen],
        }
        for q, chosen in pools
    ]  # fmt: skip
    (folder / POOL_JSONL).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return sum(len(chosen) for _, chosen in pools)


def _told(clause: Clause, instrument: Instrument) -> dict[str, str]:
    """What an assessor reads of ``clause``: its words in each version, after what they stand under."""
    texts: dict[str, str] = {version: clause.text_of(version) for version in clause.versions}
    aloud = {version: readable(read_aloud(clause, instrument, text)) for version, text in texts.items()}
    return {"reference": clause.reference, "status": clause.status, **aloud}


def read_grades(paths: Sequence[Path], ids: Sequence[str]) -> Grades:
    """Rows such as ``{"id": "q001", "grades": {"12": 1}}``, clauses by their numbers in ``ids``; what two judges
    grade differently gets the lower grade. Raises :class:`AnnotationError`."""
    found: Grades = {}
    for path in paths:
        for at, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
                grades = {ids[int(n)]: int(grade) for n, grade in row["grades"].items()}
                if not set(grades.values()) <= set(GRADES):
                    raise ValueError(f"grades are {GRADES}")
            except (ValueError, KeyError, IndexError, TypeError, AttributeError) as exc:
                raise AnnotationError(f"{path}:{at}: not a row of grades: {exc}") from exc
            known = found.setdefault(row["id"], {})
            known |= {clause: min(grade, known.get(clause, grade)) for clause, grade in grades.items()}
    return found


def take(rows: Sequence[dict[str, Any]], grades: Mapping[str, Mapping[str, int]]) -> Taken:
    """Put ``grades`` into labelled questions as they are stored, where a clause has none."""
    new, twice = 0, list[tuple[int, int]]()
    for row in rows:
        labels: dict[str, int] = row["relevant"]
        for clause, grade in grades.get(row["id"], {}).items():
            if clause in labels:
                twice.append((labels[clause], grade))
            else:
                labels[clause], new = grade, new + 1
    return Taken(new, tuple(twice))


def kappa(pairs: Sequence[tuple[int, int]]) -> float:
    """Cohen's, weighted by the square of the difference (Cohen 1968): 1 where all agree, 0 where by chance."""
    table = np.zeros((len(GRADES), len(GRADES)))
    for one, other in pairs:
        table[one, other] += 1 / len(pairs)
    apart = np.subtract.outer(GRADES, GRADES) ** 2
    by_chance = (apart * np.outer(table.sum(1), table.sum(0))).sum()
    return float(1 - (apart * table).sum() / by_chance) if by_chance else 1.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, or take."""
    parser = argparse.ArgumentParser("python -m eval.pool", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    drawing = verbs.add_parser("draw", help="write what is to be graded")
    drawing.add_argument("folder", type=Path, metavar="DIR")
    drawing.add_argument("--split", default="dev", choices=SPLITS)
    drawing.add_argument("--depth", type=int, default=DEPTH)
    taking = verbs.add_parser("take", help="put grades into the labelled questions")
    taking.add_argument("graded", type=Path, nargs="+", metavar="GRADED")
    options = parser.parse_args(arguments)
    bundle = Bundle.open(read_settings().bundle)
    if options.verb == "draw":
        questions = [q for q in load_questions(default_questions(), split=options.split) if q.answerable]
        print(f"{draw(bundle, questions, options.depth, options.folder)} grades are asked for in {options.folder}")
        return
    grades = read_grades(options.graded, [clause.id for clause in bundle.store.select()])
    new, twice = 0, list[tuple[int, int]]()
    for path in default_questions():
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        taken = take(rows, grades)
        new, twice = new + taken.new, [*twice, *taken.twice]
        if taken.new:
            path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    same = np.mean([one == other for one, other in twice]) if twice else 0.0
    print(f"{new} new grades; {len(twice)} given twice, {same:.3f} alike, kappa {kappa(twice):.3f}")
    right = [(one >= ANSWERS, other >= ANSWERS) for one, other in twice]
    print(f"as to whether a clause answers: {np.mean([one == other for one, other in right]):.3f} alike")


if __name__ == "__main__":
    main()
