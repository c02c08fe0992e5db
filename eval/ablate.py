"""What each part of the ranking is worth, on the development questions: ``python -m eval.ablate [BUNDLE]``.

Each variant leaves one thing out of the service, or is a plainer ranking; weights are not fitted anew. Differences to
the service are tested question by question (sign-flip randomisation), corrected over the variants (Holm).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from eval.estimates import holm, randomisation_test
from eval.metrics import DEPTH, Run, rank_scores
from eval.questions import Labelled, default_questions, load_questions
from index.bundle import Bundle
from index.classifier import Classifier
from index.search import DENSE_WEIGHT, Query
from qa.find import WEIGHTS, Finder
from qa.settings import read_settings

# Parts of a fit that are left out together.
GROUPS = {
    "lexical score": ("lexical",),
    "classifier and prototypes": ("prototype",),
    "late interaction": ("late",),
    "words covered": ("matter", "own"),
    "register: bearer, recipient, frequency": ("bearer", "recipient", "frequency"),
    "what defines a body": ("defines",),
    "scope and citation": ("scope", "cited"),
    "version": ("version",),
}
_RANKS = 60.0  # of reciprocal rank fusion (Cormack, Clarke, Buettcher 2009)

System = Callable[[Labelled], list[tuple[str, float]]]
"""A question in, clause ids with scores out, best first."""


def main(arguments: Sequence[str]) -> None:
    """Measure and print every variant."""
    bundle = Bundle.open(Path(arguments[0]) if arguments else read_settings().bundle)
    questions = [q for q in load_questions(default_questions(), split="dev") if q.answerable]
    found = {name: run(system, questions) for name, system in systems(bundle)}
    scores = {name: rank_scores(ranking, questions) for name, ranking in found.items()}
    whole = {m: np.array([scores["service"][m][q.id] for q in questions]) for m in ("nDCG@10", "success@1")}
    rows = []
    for name, one in scores.items():
        values = {m: np.array([one[m][q.id] for q in questions]) for m in whole}
        rows.append((name, *(float(values[m].mean()) for m in whole), *(values[m] - whole[m] for m in whole)))
    p_values = holm([randomisation_test(row[3].tolist()) for row in rows[1:]])
    print(f"{len(questions)} development questions; p: nDCG@10 against the service, Holm-corrected")
    print(f"{'variant':<52} nDCG@10  success@1  difference       p")
    for row, p in zip(rows, (float("nan"), *p_values), strict=True):
        print(f"{row[0]:<52} {row[1]:.3f}    {row[2]:.3f}      {row[3].mean():+.3f}      {p:.4f}")


def systems(bundle: Bundle) -> Iterator[tuple[str, System]]:
    """The service first, then what it is compared with."""
    yield "service", of_finder(Finder(bundle))
    for name, parts in GROUPS.items():
        weights = {part: 0.0 if part in parts else weight for part, weight in WEIGHTS.items()}
        yield f"without {name}", of_finder(Finder(bundle, weights))
    yield "prototypes in the place of the classifier", of_finder(Finder(without_classifier(bundle)))
    yield "without everyday synonyms", of_finder(Finder(bundle, synonyms=False))
    yield "without lifting parallels", of_finder(Finder(bundle, lift=0.0))
    yield "without likeness to the best clause", of_finder(Finder(bundle, alike=0.0))
    yield "BM25 alone", plain(bundle, 0.0)
    yield "vectors alone", plain(bundle, 1.0)
    yield "fusion of scores", plain(bundle, DENSE_WEIGHT)
    yield "fusion of ranks", by_ranks(plain(bundle, 0.0), plain(bundle, 1.0))


def without_classifier(bundle: Bundle) -> Bundle:
    """``bundle`` with every text found by its prototype."""
    none = Classifier.of_none(bundle.prototypes.dimension)
    parts = (bundle.store, bundle.dense, bundle.lexical, bundle.late, bundle.prototypes, none, bundle.glosses)
    return Bundle(bundle.folder, bundle.manifest, *parts, bundle.encoder, bundle.reader)


def run(system: System, questions: Sequence[Labelled]) -> Run:
    """The ranking of ``system`` for each question, at the depth that is measured."""
    return {q.id: system(q)[:DEPTH] for q in questions}


def of_finder(finder: Finder) -> System:
    """The ranking of the service."""

    def search(labelled: Labelled) -> list[tuple[str, float]]:
        return [(finder.clauses[r.number].id, r.score) for r in finder.find(labelled.asked(DEPTH)).ranked]

    return search


def plain(bundle: Bundle, dense_weight: float) -> System:
    """The ranking of the searcher alone, which takes a conversation's questions as one text."""
    ids = [c.id for c in bundle.store.select()]

    def search(labelled: Labelled) -> list[tuple[str, float]]:
        text = " ".join((*labelled.after, labelled.question))
        hits = bundle.searcher.search(Query(text), 100, dense_weight=dense_weight)
        return [(ids[hit.number], hit.score) for hit in hits]

    return search


def by_ranks(one: System, other: System) -> System:
    """Reciprocal rank fusion of two rankings."""

    def search(labelled: Labelled) -> list[tuple[str, float]]:
        scores: dict[str, float] = {}
        for system in (one, other):
            for rank, (clause, _) in enumerate(system(labelled), 1):
                scores[clause] = scores.get(clause, 0.0) + 1 / (_RANKS + rank)
        return sorted(scores.items(), key=lambda pair: -pair[1])

    return search


if __name__ == "__main__":
    main(sys.argv[1:])
