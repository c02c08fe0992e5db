"""Measures of a ranking. The only file that imports ir_measures.

Ranking is measured on the questions that the corpus answers. A clause counts as right with grade 3 (it answers the
question); nDCG also credits parallel provisions (2) and related clauses (1). ``judged@10`` is the share of the clauses
found that were labelled for the question at all; it says how far the labels reach, not how good a ranking is.
"""

from __future__ import annotations

from collections.abc import Sequence

import ir_measures
from ir_measures import RR, Judged, R, Success, nDCG

from eval.questions import ANSWERS, Labelled

DEPTH = 10  # clauses of a ranking that are kept
MEASURES = {
    "nDCG@10": nDCG @ 10,
    "success@1": Success(rel=ANSWERS) @ 1,
    "RR": RR(rel=ANSWERS),
    "recall@5": R(rel=ANSWERS) @ 5,
    "recall@10": R(rel=ANSWERS) @ 10,
    "judged@10": Judged @ 10,
}

Run = dict[str, list[tuple[str, float]]]
"""Question id -> clause ids with their scores, best first."""


def rank_scores(run: Run, questions: Sequence[Labelled]) -> dict[str, dict[str, float]]:
    """Measure -> question id -> score; a question without results scores 0."""
    scores = {name: {q.id: 0.0 for q in questions} for name in MEASURES}
    labels = [ir_measures.Qrel(q.id, clause, grade) for q in questions for clause, grade in q.relevant.items()]
    docs = [ir_measures.ScoredDoc(q, clause, score) for q, hits in run.items() for clause, score in by_rank(hits)]
    if not labels or not docs:
        return scores
    names = {str(measure): name for name, measure in MEASURES.items()}
    for found in ir_measures.iter_calc(list(MEASURES.values()), labels, docs):
        scores[names[str(found.measure)]][found.query_id] = float(found.value)
    return scores


def by_rank(hits: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """``hits`` with scores that fall with the rank, so that tools which sort by score keep the order of ties."""
    return [(clause, float(len(hits) - place)) for place, (clause, _) in enumerate(hits)]


def trec_run(run: Run, name: str) -> str:
    """``run`` in TREC's format: question, ``Q0``, clause, rank, score, name of the system."""
    return "".join(
        f"{question} Q0 {clause} {rank} {score:g} {name}\n"
        for question, hits in run.items()
        for rank, (clause, score) in enumerate(by_rank(hits), 1)
    )


def trec_qrels(questions: Sequence[Labelled]) -> str:
    """The labels of the questions that the corpus answers, in TREC's format: question, 0, clause, grade."""
    return "".join(
        f"{q.id} 0 {clause} {grade}\n" for q in questions if q.answerable for clause, grade in q.relevant.items()
    )
