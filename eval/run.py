"""An evaluation run: the labelled questions through the doors that people use, measured and written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from eval.estimates import Estimate, auroc, calibration_error, estimate, reliability
from eval.metrics import DEPTH, MEASURES, Run, rank_scores, trec_qrels, trec_run
from eval.provenance import made_with
from eval.questions import SUPPORTS, Labelled, digest_of
from eval.report import FORMAT_VERSION, REPORT_JSON, Came, Expected, Figures, Report, Scored
from index.build import Progress
from index.search import DENSE_WEIGHT, Query
from qa.answer import Answerer
from qa.model import Answer

SERVICE = "service"
WHOLE_SETS = frozenset({"list", "comparison"})  # types whose answer is all the clauses that answer, not one of them
PER_QUESTION = (
    *MEASURES,
    "answer accuracy",
    "citation precision",
    "citation recall",
    "refusal precision",
    "refusal recall",
)

Plain = Callable[[Labelled], list[tuple[str, float]]]
"""A question in, clause ids with scores out, best first."""


def evaluate(
    answerer: Answerer, questions: Sequence[Labelled], split: str, progress: Progress = lambda *_: None
) -> tuple[Report, dict[str, Run]]:
    """Ask ``questions`` of BM25 alone, of the vectors alone, of their fusion, and of the service as it is."""
    answerable = [q for q in questions if q.answerable]
    runs: dict[str, Run] = {}
    for name, system in plain_systems(answerer).items():
        runs[name] = {}
        for n, q in enumerate(answerable, 1):
            runs[name][q.id] = system(q)
            progress(f"asking {name}", n, len(answerable))
    scored = ask(answerer, questions, progress)
    runs[SERVICE] = run_of(scored)
    report = Report(
        format_version=FORMAT_VERSION,
        made_with=_made_with(answerer, questions, split),
        systems={name: _ranking(rank_scores(run, answerable)) for name, run in runs.items()},
        overall=figures(scored),
        by_type=_grouped(scored, lambda q: q.type),
        by_style=_grouped(scored, lambda q: q.style),
        reliability=tuple(reliability([q.confidence for q in scored], [best_is_right(q) for q in scored])),
        questions=tuple(scored),
    )
    return report, runs


def plain_systems(answerer: Answerer) -> dict[str, Plain]:
    """The rankings that the service is compared with; they take a conversation's questions as one text."""
    ids = [c.id for c in answerer.bundle.store.select()]
    searcher = answerer.bundle.searcher

    def plain(weight: float) -> Plain:
        def search(labelled: Labelled) -> list[tuple[str, float]]:
            text = " ".join((*labelled.after, labelled.question))
            return [(ids[h.number], h.score) for h in searcher.search(Query(text), DEPTH, dense_weight=weight)]

        return search

    return {"bm25": plain(0.0), "dense": plain(1.0), "fusion": plain(DENSE_WEIGHT)}


def ask(answerer: Answerer, questions: Sequence[Labelled], progress: Progress = lambda *_: None) -> list[Scored]:
    """Each question put to the service, with its scores."""
    answers: list[Answer] = []
    for n, labelled in enumerate(questions, 1):
        answers.append(answerer.ask(labelled.asked(DEPTH)))
        progress("asking the service", n, len(questions))
    answerable = [q for q in questions if q.answerable]
    run = {q.id: [(e.clause.id, e.score) for e in a.evidence] for q, a in zip(questions, answers, strict=True)}
    ranked = rank_scores({q.id: run[q.id] for q in answerable}, answerable)
    clauses = {c.id: c for c in answerer.bundle.store.select()}

    def expected(labelled: Labelled) -> Iterable[Expected]:
        for clause in labelled.answering:
            evidence = answerer.evidence_for(clauses[clause])
            yield Expected(clause, evidence.reference, evidence.words)

    return [
        Scored(
            id=labelled.id,
            question=labelled.question,
            after=labelled.after,
            type=labelled.type,
            style=labelled.style,
            split=labelled.split,
            answerable=labelled.answerable,
            labels=labelled.sha256,
            expected_answer=labelled.answer,
            expected=tuple(expected(labelled)),
            answered=answer.answered,
            confidence=answer.confidence,
            text=answer.text,
            came=_came(labelled, answer),
            scores=_scores(labelled, answer, {name: found.get(labelled.id) for name, found in ranked.items()}),
        )
        for labelled, answer in zip(questions, answers, strict=True)
    ]


def run_of(scored: Sequence[Scored]) -> Run:
    """The ranking of the service on the questions that the corpus answers."""
    return {q.id: [(c.clause, c.score) for c in q.came] for q in scored if q.answerable}


def best_is_right(scored: Scored) -> bool:
    """What the confidence claims: the best clause answers, there or in a parallel provision."""
    return scored.answerable and scored.grade >= SUPPORTS


def citation_precision(grades: Sequence[int]) -> float:
    """Of the clauses that an answer rests on, with these ``grades``, the share that supports it (2 or more)."""
    return sum(grade >= SUPPORTS for grade in grades) / len(grades) if grades else 0.0


def citation_recall(cited: Iterable[str], answering: Sequence[str], type_of_question: str) -> float:
    """Of the clauses that answer, the share that an answer rests on, where all are asked for (lists, comparisons; no
    more than can be cited are asked); elsewhere 1 if it rests on one at least, for clauses that answer alike need not
    all be cited."""
    hits = len(set(cited) & set(answering))
    wanted = min(len(answering), DEPTH) if type_of_question in WHOLE_SETS else 1
    return min(hits / wanted, 1.0) if wanted else 0.0


def figures(scored: Sequence[Scored]) -> dict[str, Estimate]:
    """Every measure over the questions it bears on.

    Ranking and answer accuracy: the answerable ones. Citations: those of them that were answered. Refusal precision:
    those refused; refusal recall: the unanswerable ones. A confidence is measured on all of them, once against whether
    a clause answers, and once against whether the best one does (:func:`best_is_right`).
    """
    confidences = [q.confidence for q in scored]
    holds = [best_is_right(q) for q in scored]
    found: dict[str, Estimate | None] = {
        name: estimate([q.scores[name] for q in scored if name in q.scores]) for name in PER_QUESTION
    }
    found["AUROC, answerable"] = auroc(confidences, [q.answerable for q in scored])
    found["AUROC, best clause right"] = auroc(confidences, holds)
    found["calibration error"] = calibration_error(confidences, holds)
    return {name: value for name, value in found.items() if value is not None}


def write(report: Report, runs: dict[str, Run], questions: Sequence[Labelled], folder: Path) -> None:
    """``report.json`` and ``report.html``, and run and qrels files in TREC's formats."""
    from eval.page import page

    folder.mkdir(parents=True, exist_ok=True)
    (folder / "qrels.txt").write_text(trec_qrels(questions), "utf-8")
    for name, run in runs.items():
        (folder / f"{name}.run").write_text(trec_run(run, name), "utf-8")
    (folder / REPORT_JSON).write_text(report.to_json(), "utf-8")
    (folder / "report.html").write_text(page(report), "utf-8")


def _made_with(answerer: Answerer, questions: Sequence[Labelled], split: str) -> dict[str, Any]:
    manifest = answerer.bundle.manifest
    return {
        "split": split,
        "questions": len(questions),
        "answerable": sum(q.answerable for q in questions),
        "labels": digest_of(questions),
        "index": manifest.id,
        "corpus_digest": manifest.corpus_digest,
        **made_with(manifest.encoder),
    }


def _came(labelled: Labelled, answer: Answer) -> tuple[Came, ...]:
    return tuple(
        Came(e.clause.id, e.reference, labelled.relevant.get(e.clause.id, 0), round(e.score, 4), e.supports_answer)
        for e in answer.evidence
    )


def _scores(labelled: Labelled, answer: Answer, ranked: dict[str, float | None]) -> dict[str, float]:
    """The scores that bear on a question; ``ranked`` are those of its ranking."""
    scores: dict[str, float] = {}
    if labelled.answerable:
        scores |= {name: value for name, value in ranked.items() if value is not None}
        scores["answer accuracy"] = float(answer.answered and labelled.is_met_by(answer.text))
        if answer.answered:
            cited = [e.clause.id for e in answer.evidence if e.supports_answer]
            scores["citation precision"] = citation_precision([labelled.relevant.get(c, 0) for c in cited])
            scores["citation recall"] = citation_recall(cited, labelled.answering, labelled.type)
    else:
        scores["refusal recall"] = float(not answer.answered)
    if not answer.answered:
        scores["refusal precision"] = float(not labelled.answerable)
    return scores


def _ranking(scores: dict[str, dict[str, float]]) -> Figures:
    found = {name: estimate(list(by_question.values())) for name, by_question in scores.items()}
    return {name: value for name, value in found.items() if value is not None}


def _grouped(scored: Sequence[Scored], key: Callable[[Scored], str]) -> dict[str, Figures]:
    return {group: figures([q for q in scored if key(q) == group]) for group in sorted({key(q) for q in scored})}
