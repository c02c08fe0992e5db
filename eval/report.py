"""A run's figures for people at a terminal (pure)."""

from __future__ import annotations

from collections.abc import Mapping

from eval.metrics import Estimate
from eval.run import Report


def show(report: Report) -> str:
    """The figures as tables, each mean with its 95 % interval."""
    made = report.made_with
    head = (
        f"{made['split']} part: {made['questions']} questions, {made['answerable']} with an answer in the corpus\n"
        f"index {made['index']}, encoder {made['encoder']['name']}, corpus {made['corpus_digest'][:12]}, {made['code']}"
    )
    answers = "\n".join(f"{name:<26} {_figure(value)}" for name, value in report.answers.items())
    return "\n\n".join(
        (
            head,
            _table("ranking", report.systems),
            f"{'answers of the service':<26} mean [95 % interval]\n{answers}",
            _table("service by type", report.by_type),
            _table("service by style", report.by_style),
            _misses(report),
        )
    )


def _table(title: str, rows: Mapping[str, Mapping[str, Estimate]]) -> str:
    columns = list(next(iter(rows.values()), {}))
    lines = [f"{title:<16} {'n':>4}  " + "  ".join(f"{c:<22}" for c in columns)]
    for name, row in rows.items():
        n = next(iter(row.values())).n
        lines.append(f"{name:<16} {n:>4}  " + "  ".join(f"{row[c]!s:<22}" for c in columns))
    return "\n".join(line.rstrip() for line in lines)


def _figure(value: Estimate | float) -> str:
    return f"{value} (n={value.n})" if isinstance(value, Estimate) else f"{value:.3f}"


def _misses(report: Report) -> str:
    lines = [f"{len(report.misses)} questions whose best clause or answer is not right:"]
    for miss in report.misses:
        what = "no answer expected" if not miss["answerable"] else f"best clause has grade {miss['grade']}"
        said = "answered" if miss["answered"] else "refused"
        lines.append(f"  {miss['id']} {said} ({miss['confidence']:.2f}), {what}: {miss['question'][:90]}")
    return "\n".join(lines)
