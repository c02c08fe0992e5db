"""Reports for people at a terminal (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill, shorten
from typing import TYPE_CHECKING, Any

from eval.compare import ANSWER, BEST_CLAUSE, Change, Comparison
from eval.report import Figures, Report, Scored, setting

if TYPE_CHECKING:
    from eval.beir import Benchmark

COLUMNS = ("nDCG@10", "success@1", "answer accuracy", "refusal recall")  # shown by type and by style
_CELL = 20  # characters of a figure with its interval
_SIGNIFICANT = 0.05


def show_report(report: Report, width: int = 100) -> str:
    """The figures as tables, each mean with its 95 % interval, and the questions that were missed."""
    systems = report.systems
    measures = dict.fromkeys(m for figures in systems.values() for m in figures)
    by_measure = {m: {name: figures[m] for name, figures in systems.items() if m in figures} for m in measures}
    answers = {name: {"": figure} for name, figure in report.overall.items() if name not in measures}
    parts = [
        "\n".join(header(report.made_with)),
        _table("ranking", list(systems), by_measure) if by_measure else "",
        _table("the service", [""], answers),
        _table("by type", COLUMNS, report.by_type),
        _table("by style", COLUMNS, report.by_style),
        *_misses(report.misses, width),
    ]
    return "\n\n".join(part for part in parts if part)


def header(made_with: Mapping[str, Any]) -> list[str]:
    """What a run was made with, in a few lines."""
    encoder = made_with["encoder"]
    lines = []
    if "split" in made_with:
        part = "all" if made_with["split"] == "all" else f"{made_with['split']} part"
        answerable = f"{made_with['answerable']} with an answer in the corpus"
        lines.append(f"{part}: {made_with['questions']} questions, {answerable}; labels {made_with['labels'][:12]}")
        lines.append(f"index {made_with['index']}, corpus {made_with['corpus_digest'][:12]}")
    lines.append(f"encoder {encoder['name']} ({encoder['sha256'][:12]}), {main_settings(made_with)}")
    lines.append(f"{made_with['code']}, {made_with['made_at']}")
    return lines


def main_settings(made_with: Mapping[str, Any]) -> str:
    """The settings that people ask for first."""
    names = {"DENSE_WEIGHT": "dense weight", "DEPTH": "depth", "THRESHOLD": "threshold"}
    found = {said: setting(made_with, name) for name, said in names.items()}
    return ", ".join(f"{said} {value:g}" for said, value in found.items() if value is not None)


def show_comparison(comparison: Comparison, names: tuple[str, str], width: int = 100) -> str:
    """The differences as a table, and the questions that changed sides. ``names`` are those of the two runs."""
    head = []
    for letter, name, made_with in zip("AB", names, (comparison.a, comparison.b), strict=True):
        head += [f"{letter}: {name}", *(f"   {line}" for line in header(made_with))]
    only = f"{comparison.only_a} only in A, {comparison.only_b} only in B"
    head.append(f"{comparison.questions} questions compared ({only})")
    head += _settings(comparison)
    warnings = "\n".join(fill(f"WARNING: {w}", width, subsequent_indent="  ") for w in comparison.warnings)
    parts = [warnings, "\n".join(head), _differences(comparison)]
    for what in (ANSWER, BEST_CLAUSE):
        for gained, sides in ((True, "in B, not in A"), (False, "in A, not in B")):
            changed = [c for c in comparison.changes if c.what == what and c.gained == gained]
            parts.append(_changes(f"{what} right {sides}", changed, width))
    return "\n\n".join(part for part in parts if part)


def _settings(comparison: Comparison) -> Iterable[str]:
    """The settings that differ."""

    def shown(value: object) -> str:
        return "none" if value is None else str(value)

    for name, (a, b) in comparison.settings.items():
        if isinstance(a, Mapping) and isinstance(b, Mapping):
            inner = {f"{name}.{n}": (a.get(n), b.get(n)) for n in sorted({*a, *b}) if a.get(n) != b.get(n)}
            yield from (f"  {n}: {shown(x)} in A, {shown(y)} in B" for n, (x, y) in inner.items())
        else:
            yield f"  {name}: {shown(a)} in A, {shown(b)} in B"


def _table(title: str, columns: Sequence[str], rows: Mapping[str, Figures]) -> str:
    first = max(map(len, (title, *rows)))
    lines = [f"{title:<{first}} {'n':>3} " + " ".join(f"{c:<{_CELL}}" for c in columns)]
    for name, row in rows.items():
        n = max(figure.n for figure in row.values())
        cells = " ".join(f"{row.get(c, '-')!s:<{_CELL}}" for c in columns)
        lines.append(f"{name:<{first}} {n:>3} {cells}")
    return "\n".join(line.rstrip() for line in lines)


def _misses(misses: Sequence[Scored], width: int) -> Iterable[str]:
    for kind in dict.fromkeys(q.kind_of_miss for q in misses):
        missed = [q for q in misses if q.kind_of_miss == kind]
        lines = (f"{q.id} ({q.confidence:.2f}) {' > '.join((*q.after, q.question))}" for q in missed)
        shown = (f"  {shorten(line, width - 2, placeholder=' ...')}" for line in lines)
        yield "\n".join([f"{kind} ({len(missed)})", *shown])


def _differences(comparison: Comparison) -> str:
    lines = [f"{'measure':<20} {'n':>4} {'A':>6} {'B':>6}  {'B - A':<26} {'p':>7} {'corrected':>9}"]
    for d in comparison.differences:
        span = f"{d.difference.value:+.3f} [{d.difference.low:+.3f}, {d.difference.high:+.3f}]"
        mark = " *" if d.p_corrected < _SIGNIFICANT else ""
        lines.append(
            f"{d.measure:<20} {d.n:>4} {d.a:>6.3f} {d.b:>6.3f}  {span:<26} {d.p:>7.4f} {d.p_corrected:>9.4f}{mark}"
        )
    note = "p: two-sided randomisation test; corrected: for the number of measures, after Holm; *: below 0.05"
    return "\n".join([*lines, note])


def _changes(title: str, changes: Sequence[Change], width: int) -> str:
    if not changes:
        return ""
    lines = [f"{title} ({len(changes)})"]
    for change in changes:
        lines.append(f"  {change.id} {shorten(change.question, width - len(change.id) - 3, placeholder=' ...')}")
        lines += [
            f"    {n}: {shorten(text, width - 7, placeholder=' ...')}" for n, text in (("A", change.a), ("B", change.b))
        ]
    return "\n".join(lines)


def show_benchmark(benchmark: Benchmark) -> str:
    """The figures of each system with their intervals."""
    made = benchmark.made_with
    head = [
        f"{made['passages']} passages, {made['queries']} queries, collection {made['collection'][:12]}",
        *header(made),
    ]
    columns = list(dict.fromkeys(m for figures in benchmark.systems.values() for m in figures))
    return "\n".join(head) + "\n\n" + _table("system", columns, benchmark.systems)
