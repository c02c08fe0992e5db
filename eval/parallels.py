"""How well parallel provisions are found: ``python -m eval.parallels [dev | test]`` prints the figures.

``eval/parallels/`` holds the hand-made groups over the default corpus, one a line; a group of one clause is one that no
other resolution parallels. All pairs of a group across instruments count as right. A pair found belongs to a part if
either of its clauses does. GUIDE.md there says how the labels were made. A group belongs to the test part if the
last byte of the SHA-256 of its first clause's id is odd.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import combinations
from math import sqrt
from pathlib import Path

from corpus.errors import AnnotationError
from corpus.parallels import align
from corpus.parse import default_source, parse_file
from corpus.relations import Parallel

SPLITS = ("dev", "test")
_Z = 1.959964  # of the normal distribution, for 95 %

Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``n``, with the 95 % interval of Wilson (1927)."""

    hits: int
    n: int

    @property
    def value(self) -> float:
        """The share; not a number where there is nothing to count."""
        return self.hits / self.n if self.n else float("nan")

    @property
    def interval(self) -> tuple[float, float]:
        """The interval's ends."""
        if not self.n:
            return float("nan"), float("nan")
        shrink = 1 + _Z**2 / self.n
        middle = (self.value + _Z**2 / (2 * self.n)) / shrink
        half = _Z * sqrt(self.value * (1 - self.value) / self.n + _Z**2 / (4 * self.n**2)) / shrink
        return middle - half, middle + half

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}, {high:.3f}] ({self.hits} of {self.n})"


@dataclass(frozen=True, slots=True)
class Figures:
    """``precision`` of the pairs found, ``recall`` of those labelled, and of how many clauses it is rightly said
    whether another resolution parallels them (``alone``)."""

    precision: Share
    recall: Share
    alone: Share
    missed: tuple[Pair, ...]
    wrong: tuple[Pair, ...]

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        both = self.precision.value + self.recall.value
        return 2 * self.precision.value * self.recall.value / both if both else 0.0


def default_groups(split: str) -> Path:
    """The groups over the default corpus."""
    return Path(str(resources.files("eval") / "parallels" / f"{split}.jsonl"))


def load_groups(path: Path, clauses: Collection[str]) -> list[tuple[str, ...]]:
    """The groups in ``path``. Raises :class:`AnnotationError`, which names the line.

    ``clauses`` are the ids that groups may name.
    """
    groups = []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            group = tuple(json.loads(line)["clauses"])
        except (ValueError, KeyError, TypeError) as exc:
            raise AnnotationError(f'{path.name}, line {number}: {exc}; a line is {{"clauses": [ID, ...]}}') from exc
        if unknown := next((c for c in group if c not in clauses), None):
            raise AnnotationError(f"{path.name}, line {number}: no clause {unknown}; label it anew")
        groups.append(group)
    return groups


def measure(parallels: Iterable[Parallel], groups: Sequence[Sequence[str]], home: dict[str, str]) -> Figures:
    """The figures for ``groups``; ``home`` gives each clause's instrument."""
    labelled = {c for group in groups for c in group}
    wanted = {frozenset(p) for g in groups for p in combinations(g, 2) if home[p[0]] != home[p[1]]}
    found = {frozenset(p.clauses) for p in parallels if labelled & set(p.clauses)}
    paired, in_fact = {c for pair in found for c in pair}, {c for pair in wanted for c in pair}
    right = sum((c in paired) == (c in in_fact) for c in labelled)
    return Figures(
        precision=Share(len(found & wanted), len(found)),
        recall=Share(len(found & wanted), len(wanted)),
        alone=Share(right, len(labelled)),
        missed=tuple(wanted - found),
        wrong=tuple(found - wanted),
    )


def main(arguments: Sequence[str]) -> int:
    """Print the figures of one part."""
    split = arguments[0] if arguments else "dev"
    if split not in SPLITS:
        sys.stderr.write(f"unknown part {split!r}; known: {', '.join(SPLITS)}\n")
        return 2
    corpus = parse_file(default_source())
    home = {c.id: c.instrument for c in corpus.clauses}
    figures = measure(align([corpus]), load_groups(default_groups(split), home), home)
    sys.stdout.write(
        f"{split} part, {len(corpus.clauses)} clauses\n"
        f"precision of pairs  {figures.precision}\nrecall of pairs     {figures.recall}\n"
        f"F1                  {figures.f1:.3f}\n"
        f"alone or not        {figures.alone}\n"
    )
    if split == "dev":
        for name, pairs in (("missed", figures.missed), ("wrong", figures.wrong)):
            sys.stdout.writelines(f"{name}: {'  '.join(sorted(pair))}\n" for pair in sorted(pairs, key=sorted))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
