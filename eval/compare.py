"""Two reports question by question: is one really better, and which questions changed sides (pure)?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from eval.estimates import Estimate, estimate, holm, randomisation_test
from eval.report import Report, ReportError, Scored

# Not paired, or not about quality: which questions are refused differs between runs; labels reach as far as they do.
_UNTESTED = frozenset({"refusal precision", "judged@10"})
ANSWER, BEST_CLAUSE = "answer", "best clause"


@dataclass(frozen=True, slots=True)
class Difference:
    """A measure over the ``n`` questions that it bears on in both runs.

    ``difference`` is the mean of B minus A with its 95 % interval, ``p`` that of a two-sided randomisation test and
    ``p_corrected`` the same corrected for the number of measures.
    """

    measure: str
    n: int
    a: float
    b: float
    difference: Estimate
    p: float
    p_corrected: float


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose ``what`` (its answer, or its best clause) is right in one run alone: in B if ``gained``. ``a``
    and ``b`` are what each run put forward."""

    id: str
    question: str
    what: str
    gained: bool
    a: str
    b: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """``a`` and ``b`` are what the runs were made with, ``questions`` how many are compared; ``warnings`` tell of what
    makes the runs differ besides the system. ``settings`` holds those that differ, in A and in B (None: not there)."""

    a: dict[str, Any]
    b: dict[str, Any]
    questions: int
    only_a: int
    only_b: int
    warnings: tuple[str, ...]
    settings: dict[str, tuple[Any, Any]]
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]


def compare(a: Report, b: Report) -> Comparison:
    """The comparison over the questions that both have with the same labels. Raises :class:`ReportError` if there are
    none."""
    first, second = ({q.id: q for q in report.questions} for report in (a, b))
    shared = [i for i in first if i in second]
    pairs = [(first[i], second[i]) for i in shared if first[i].labels == second[i].labels]
    relabelled = len(shared) - len(pairs)
    if not pairs:
        why = f"{relabelled} have the same id, but other labels" if relabelled else "no id is in both"
        raise ReportError(f"the two runs share no questions ({why}); run both over the same questions")
    return Comparison(
        a=dict(a.made_with),
        b=dict(b.made_with),
        questions=len(pairs),
        only_a=len(first) - len(shared),
        only_b=len(second) - len(shared),
        warnings=tuple(_warnings(a, b, relabelled)),
        settings=_changed_settings(a, b),
        differences=tuple(_differences(pairs)),
        changes=tuple(c for what in (ANSWER, BEST_CLAUSE) for c in _changes(pairs, what)),
    )


def _warnings(a: Report, b: Report, relabelled: int) -> Iterable[str]:
    if a.made_with["corpus_digest"] != b.made_with["corpus_digest"]:
        yield "the runs were made over different corpora: differences may come from the texts"
    if relabelled:
        yield f"{relabelled} questions have other labels in B than in A; they are left out"
    elif a.made_with["labels"] != b.made_with["labels"]:
        yield "the runs were made over different sets of questions; only the common ones are compared"


def _changed_settings(a: Report, b: Report) -> dict[str, tuple[Any, Any]]:
    before, after = a.made_with["settings"], b.made_with["settings"]
    pairs = {name: (before.get(name), after.get(name)) for name in sorted({*before, *after})}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _differences(pairs: Sequence[tuple[Scored, Scored]]) -> list[Difference]:
    measures = dict.fromkeys(m for a, _ in pairs for m in a.scores if m not in _UNTESTED)
    tested: list[tuple[str, list[float], list[float], Estimate, float]] = []
    for measure in measures:
        both = [(a.scores[measure], b.scores[measure]) for a, b in pairs if measure in a.scores and measure in b.scores]
        differences = [after - before for before, after in both]
        found = estimate(differences)
        if found is not None:
            p = randomisation_test(differences)
            tested.append((measure, [before for before, _ in both], [after for _, after in both], found, p))
    corrected = holm([p for *_, p in tested])
    return [
        Difference(measure, found.n, sum(before) / found.n, sum(after) / found.n, found, p, p_corrected)
        for (measure, before, after, found, p), p_corrected in zip(tested, corrected, strict=True)
    ]


def _changes(pairs: Sequence[tuple[Scored, Scored]], what: str) -> list[Change]:
    """Those gained first."""
    changes = [
        Change(a.id, a.question, what, _is_right(b, what), _put_forward(a, what), _put_forward(b, what))
        for a, b in pairs
        if _is_right(a, what) != _is_right(b, what)
    ]
    return sorted(changes, key=lambda change: not change.gained)


def _is_right(scored: Scored, what: str) -> bool:
    return scored.right if what == ANSWER else scored.scores.get("success@1") == 1


def _put_forward(scored: Scored, what: str) -> str:
    if what == ANSWER:
        return scored.text if scored.answered else f"refused ({scored.confidence:.2f})"
    return scored.came[0].reference if scored.came else "no clause"
