"""An evaluation run: the labelled questions through the doors that people use, measured and written down."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from corpus.readable import readable
from eval.metrics import DEPTH, Estimate, Run, auroc, by_rank, calibration_error, estimate, rank_scores
from eval.questions import Labelled
from index.search import DENSE_WEIGHT, Query
from qa.answer import Answerer
from qa.model import Answer, Question

System = Callable[[str], list[tuple[str, float]]]
"""A question in, clause ids with scores out, best first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question that was asked of the service."""

    labelled: Labelled
    answer: Answer

    @property
    def grade(self) -> int:
        """The grade of the best clause."""
        best = self.answer.evidence[0].clause.id if self.answer.evidence else ""
        return self.labelled.relevant.get(best, 0)

    @property
    def right(self) -> bool:
        """Answered with an accepted answer, or rightly refused."""
        if not self.labelled.answerable:
            return not self.answer.answered
        return self.answer.answered and self._holds_accepted()

    def _holds_accepted(self) -> bool:
        text = readable(self.answer.text).lower()
        return any(readable(accepted).lower() in text for accepted in self.labelled.accept)


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run and what they were made with; ``misses`` are questions whose best clause is not right."""

    made_with: dict[str, Any]
    systems: dict[str, dict[str, Estimate]]
    by_type: dict[str, dict[str, Estimate]]
    by_style: dict[str, dict[str, Estimate]]
    answers: dict[str, Any]
    misses: list[dict[str, Any]]


def evaluate(answerer: Answerer, questions: Sequence[Labelled], split: str) -> tuple[Report, dict[str, Run]]:
    """Ask ``questions`` of BM25 alone, of the vectors alone, of their fusion, and of the service as it is."""
    answerable = [q for q in questions if q.answerable]
    runs: dict[str, Run] = {
        name: {q.id: system(q.question) for q in answerable} for name, system in systems(answerer).items()
    }
    scores = {name: rank_scores(run, answerable) for name, run in runs.items()}
    outcomes = [Outcome(q, answerer.ask(Question(q.question, DEPTH))) for q in questions]
    service = scores["service"]
    manifest = answerer.bundle.manifest
    report = Report(
        made_with={
            "split": split,
            "questions": len(questions),
            "answerable": len(answerable),
            "index": manifest.id,
            "corpus_digest": manifest.corpus_digest,
            "encoder": asdict(manifest.encoder),
            "dense_weight": DENSE_WEIGHT,
            "code": f"clauseqa {version('clauseqa')}",
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        systems={name: {m: estimate(list(s.values())) for m, s in found.items()} for name, found in scores.items()},
        by_type=_grouped(answerable, service, lambda q: q.type),
        by_style=_grouped(answerable, service, lambda q: q.style),
        answers=measure_answers(outcomes),
        misses=[_miss(o) for o in outcomes if (o.labelled.answerable and o.grade < 3) or not o.right],
    )
    return report, runs


def systems(answerer: Answerer) -> dict[str, System]:
    """The rankings that are compared."""
    ids = [c.id for c in answerer.bundle.store.select()]
    searcher = answerer.bundle.searcher

    def plain(weight: float) -> System:
        return lambda text: [(ids[h.number], h.score) for h in searcher.search(Query(text), DEPTH, dense_weight=weight)]

    def service(text: str) -> list[tuple[str, float]]:
        _, found = answerer.find(Question(text, DEPTH))
        return [(e.clause.id, e.score) for e in found.evidence]

    return {"bm25": plain(0.0), "dense": plain(1.0), "fusion": plain(DENSE_WEIGHT), "service": service}


def measure_answers(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Accuracy, citation precision, refusals and calibration; a refusal is right where the corpus has no answer."""
    answerable = [o for o in outcomes if o.labelled.answerable]
    unanswerable = [o for o in outcomes if not o.labelled.answerable]
    answered = [o for o in outcomes if o.answer.answered]
    refused = [o for o in outcomes if not o.answer.answered]
    confidences = [o.answer.confidence for o in outcomes]
    holds = [o.labelled.answerable and o.grade >= 2 for o in outcomes]
    return {
        "answer accuracy": estimate([o.right for o in answerable]),
        "citation precision": estimate([o.labelled.answerable and o.grade >= 2 for o in answered]),
        "refusal precision": estimate([not o.labelled.answerable for o in refused]),
        "refusal recall": estimate([not o.answer.answered for o in unanswerable]),
        "AUROC, answerable": auroc(confidences, [o.labelled.answerable for o in outcomes]),
        "AUROC, best clause right": auroc(confidences, holds),
        "calibration error": calibration_error(confidences, holds),
    }


def write(report: Report, runs: dict[str, Run], questions: Sequence[Labelled], folder: Path) -> None:
    """``report.json``, and run and qrels files in TREC's formats."""
    folder.mkdir(parents=True, exist_ok=True)
    labels = [f"{q.id} 0 {clause} {grade}\n" for q in questions for clause, grade in q.relevant.items() if q.answerable]
    (folder / "qrels.txt").write_text("".join(labels), "utf-8")
    for name, run in runs.items():
        lines = [
            f"{question} Q0 {clause} {rank} {score:g} {name}\n"
            for question, hits in run.items()
            for rank, (clause, score) in enumerate(by_rank(hits), 1)
        ]
        (folder / f"{name}.run").write_text("".join(lines), "utf-8")
    (folder / "report.json").write_text(json.dumps(asdict(report), indent=1, ensure_ascii=False) + "\n", "utf-8")


def _grouped(
    questions: Sequence[Labelled], scores: dict[str, dict[str, float]], key: Callable[[Labelled], str]
) -> dict[str, dict[str, Estimate]]:
    groups = sorted({key(q) for q in questions})
    return {
        group: {
            measure: estimate([found[q.id] for q in questions if key(q) == group])
            for measure, found in scores.items()
            if measure in ("nDCG@10", "success@1")
        }
        for group in groups
    }


def _miss(outcome: Outcome) -> dict[str, Any]:
    labelled, answer = outcome.labelled, outcome.answer
    return {
        "id": labelled.id,
        "question": labelled.question,
        "answerable": labelled.answerable,
        "expected": [clause for clause, grade in labelled.relevant.items() if grade == 3],
        "came": [e.clause.id for e in answer.evidence[:3]],
        "answered": answer.answered,
        "confidence": round(answer.confidence, 3),
        "grade": outcome.grade,
        "right": outcome.right,
    }
