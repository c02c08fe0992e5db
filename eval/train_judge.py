"""Trains what tells an answer from silence: ``python -m eval.train_judge [BUNDLE]`` writes the weights of
:mod:`qa.judge`, and says how well they do on clauses that were held out.

It learns from the glosses of a bundle and from the questions in ``eval/training``, all written for one clause each by
hands that had seen no labelled question. A gloss is measured against its clause as if it had not been written. A
logistic regression, drawn to 0; clauses that say the same, or share a question, are held out together.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_array  # type: ignore[import-untyped]

import qa
from corpus.glosses import KINDS, LEADING
from corpus.readable import readable
from eval.estimates import auroc
from index.bundle import Bundle
from index.text import tokens
from qa.find import Finder
from qa.fit import Sought
from qa.judge import WEIGHTS_NPZ, Judge
from qa.model import Question
from qa.profile import Profile
from qa.settings import read_settings
from qa.wordings import wordings

RARE = 6  # questions that a wording must stand in
DRAWN = 0.5  # how strongly weights are drawn to 0
WORDED = 2.0  # the length of a row: the longer, the less its weights are drawn to 0
FOLDS = 5
SAME = 0.5  # how alike parallels are that are held out together

Flags = NDArray[np.bool_]
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """A question on a clause, with its kind as in :data:`corpus.glosses.KINDS`; ``family`` numbers the clauses that are
    held out together."""

    text: str
    kind: str
    family: int
    question: Sought
    clause: Profile


def examples(bundle: Bundle) -> list[Example]:
    """All questions, each with its clause as it is without it."""
    finder = Finder(bundle)
    texts, clauses = bundle.store.texts(), bundle.store.select()
    sought = lru_cache(maxsize=None)(lambda words: finder.sought(Question(words)))
    written: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in _rows():
        asked = [(kind, words) for kind in KINDS for words in row.get(kind, ())]
        written.setdefault((row["heading"], row["text"]), []).extend(asked)
    glosses = bundle.store.glosses([number for number, _ in texts])
    found: list[Example] = []
    for number, version in texts:
        whole, clause = finder.profile(number, version), clauses[number]
        of_clause = [(kind, words) for _, kind, words in glosses.get((number, version), ())]
        for (kind, words), profile in _without_each(whole, of_clause):
            if kind != "says":
                found.append(Example(words, kind, number, sought(words), profile))
        for kind, words in written.pop((readable(clause.heading), whole.words), ()):
            found.append(Example(words, kind, number, sought(words), whole))
    if written:
        raise ValueError(f"questions on a clause that is none: {next(iter(written))}")
    families = _families(bundle, found)
    return [replace(one, family=families[one.family]) for one in found]


def _rows() -> Iterator[dict[str, Any]]:
    for file in sorted((resources.files("eval") / "training").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".jsonl"):
            yield from map(json.loads, file.read_text("utf-8").splitlines())


def _without_each(clause: Profile, glosses: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], Profile]]:
    """Each gloss of ``clause``, and the clause as it is without it."""
    stems = [frozenset(tokens(words)) if kind in LEADING else frozenset[str]() for kind, words in glosses]
    said = Counter(one for own in stems for one in own)
    for gloss, own in zip(glosses, stems, strict=True):
        yield gloss, replace(clause, said=frozenset(one for one, n in said.items() if n > (one in own)))


def _families(bundle: Bundle, found: Sequence[Example]) -> list[int]:
    """For each clause the number of its family."""
    parents = list(range(len(bundle.store.select())))

    def top(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for one, other, alike in bundle.store.parallel_numbers():
        if alike >= SAME:
            parents[top(one)] = top(other)
    first: dict[str, int] = {}
    for example in found:
        parents[top(example.family)] = top(first.setdefault(example.text, example.family))
    return [top(number) for number in range(len(parents))]


@dataclass(frozen=True, slots=True)
class Columns:
    """How examples are written as rows: names of wordings with their rarity."""

    wordings: dict[str, int]
    rarity: Array

    @classmethod
    def of(cls, worded: Sequence[frozenset[str]]) -> Columns:
        """Those of examples that are ``worded`` so."""
        held = Counter(one for words in worded for one in words)
        kept = sorted(one for one, n in held.items() if n >= RARE)
        rarity = np.array([1 + np.log((1 + len(worded)) / (1 + held[one])) for one in kept])
        return cls({one: n for n, one in enumerate(kept)}, rarity)

    def rows(self, rows: Sequence[frozenset[str]]) -> csr_array:
        """Rows of length :data:`WORDED`, by rarity."""
        known = [sorted(self.wordings[one] for one in row if one in self.wordings) for row in rows]
        values = [self.rarity[row] for row in known]
        lengths = [float(np.linalg.norm(row)) or 1.0 for row in values]
        data = np.concatenate([WORDED * row / length for row, length in zip(values, lengths, strict=True)])
        starts = np.cumsum([0, *map(len, known)])
        return csr_array((data, np.concatenate(known).astype(int), starts), shape=(len(rows), len(self.wordings)))


def fit(rows: csr_array, right: Flags) -> Array:
    """Weights and, last, the start of a logistic regression that tells those that are ``right``."""
    sides = np.where(right, 1.0, -1.0)

    def loss(w: Array) -> tuple[float, Array]:
        margins = sides * (rows @ w[:-1] + w[-1])
        slope = -sides / (1 + np.exp(margins))
        value = float(np.logaddexp(0, -margins).sum() + DRAWN * w[:-1] @ w[:-1])
        return value, np.append(rows.T @ slope + 2 * DRAWN * w[:-1], slope.sum())

    found: Array = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return found


def held_out(rows: csr_array, right: Flags, families: NDArray[np.int64]) -> Array:
    """The log-odds of each row by a model that was not shown its family."""
    numbers = np.random.default_rng(0).permutation(np.unique(families))
    fold = {family: n % FOLDS for n, family in enumerate(numbers.tolist())}
    folds = np.array([fold[family] for family in families.tolist()])
    odds = np.zeros(len(right))
    for n in range(FOLDS):
        weights = fit(rows[folds != n], right[folds != n])
        odds[folds == n] = rows[folds == n] @ weights[:-1] + weights[-1]
    return odds


def main(arguments: Sequence[str]) -> None:
    """Train, measure, write."""
    bundle = Bundle.open(Path(arguments[0]) if arguments else read_settings().bundle)
    asked = examples(bundle)
    worded = [wordings(one.question, one.clause) for one in asked]
    columns = Columns.of(worded)
    families = np.array([one.family for one in asked])
    rows, answered = columns.rows(worded), np.array([one.kind != "silent" for one in asked])
    print(f"{len(asked)} questions on clauses of {len(set(families.tolist()))} families; by clauses held out")
    print("answers: AUROC", auroc(held_out(rows, answered, families), answered))
    weights = fit(rows, answered)
    rarity, weighed = columns.rarity.astype(np.float32), (WORDED * weights[:-1]).astype(np.float32)
    path = Path(qa.__path__[0]) / WEIGHTS_NPZ
    Judge(columns.wordings, rarity, weighed, float(weights[-1])).save(path)
    print(f"{len(columns.wordings)} wordings, written to {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
