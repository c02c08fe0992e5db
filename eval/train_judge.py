"""Trains what tells an answer from silence and a yes from a no: ``python -m eval.train_judge [BUNDLE]`` writes the
weights of :mod:`qa.judge`, and says how well they do on clauses that were held out, and which :mod:`qa.verdict` needs,
fitted on questions by other hands.

It learns from the glosses of a bundle and from the questions in ``eval/training``, all written for one clause each by
hands that had seen no labelled question. A gloss is measured against its clause as if it had not been written.
Logistic regressions, drawn to 0; clauses that say the same, or share a question, are held out together.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.sparse import csr_array, hstack  # type: ignore[import-untyped]

import qa
from corpus.glosses import AFFIRMED, LEADING
from eval.estimates import auroc
from eval.written import POLAR, written_for
from index.bundle import Bundle
from index.glosses import NOT_NEAR, Near
from index.reader import Reading
from index.search import Query
from index.text import read_aloud, tokens
from qa.evidence import evidence
from qa.find import Finder
from qa.fit import Sought
from qa.judge import AFFIRMS, ANSWERS, WEIGHTS_NPZ, Judge
from qa.model import Question
from qa.profile import Profile
from qa.ruling import weighed
from qa.settings import read_settings
from qa.verdict import decided
from qa.wordings import wordings

RARE = 6  # questions that a wording must stand in
DRAWN = 0.5  # how strongly weights are drawn to 0
WORDED = 2.0  # the length of what is worded, against a piece of evidence
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
    texts = bundle.store.texts()
    sought = lru_cache(maxsize=None)(lambda words: finder.sought(Question(words)))
    written = written_for(bundle)
    glosses = bundle.store.glosses([number for number, _ in texts])
    found: list[Example] = []
    for number, version in texts:
        whole = finder.profile(number, version)
        of_clause = [(kind, words) for _, kind, words in glosses.get((number, version), ())]
        for (kind, words), profile in _without_each(whole, of_clause):
            if kind != "says":
                found.append(Example(words, kind, number, sought(words), profile))
        others = written.get((number, version), ())
        found += [Example(words, kind, number, sought(words), whole) for kind, words in others]
    families = _families(bundle, found)
    return [replace(one, family=families[one.family]) for one in found]


@dataclass(frozen=True, slots=True)
class Unseen:
    """A question that nothing was trained on, and that a clause answers with yes (``affirmed``) or no: the evidence in
    that, the log-odds by evidence and wording, the glosses that are near, and what is read."""

    affirmed: bool
    found: Mapping[str, float]
    affirms: float
    near: Near
    reading: Reading | None


def unseen(bundle: Bundle, judge: Judge) -> Iterator[Unseen]:
    """Those of ``eval/training`` that are held out."""
    finder = Finder(bundle)
    for (number, version), asked in written_for(bundle, held_out=True).items():
        clause, profile = finder.clauses[number], finder.profile(number, version)
        text = read_aloud(clause, bundle.store.instruments[clause.instrument], profile.words)
        for kind, words in asked:
            if kind not in POLAR:
                continue
            question = finder.sought(Question(words))
            found = evidence(question, profile)
            affirms = judge.affirms(question, profile, weighed(found))
            _, seen = bundle.searcher.find(Query(question.asked.text), 1)
            near = bundle.searcher.near(seen, number, version) if seen else NOT_NEAR
            reading = bundle.reader.read(question.asked.text, text) if bundle.reader else None
            yield Unseen(kind == "yes", found, affirms, near, reading)


def _without_each(clause: Profile, glosses: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], Profile]]:
    """Each gloss of ``clause``, and the clause as it is without it."""
    stems = [(kind, frozenset(tokens(words))) for kind, words in glosses]
    said, affirmed = (Counter(s for kind, own in stems if kind in those for s in own) for those in (LEADING, AFFIRMED))
    for gloss, (kind, own) in zip(glosses, stems, strict=True):
        mine = own if kind in LEADING else frozenset[str]()
        affirms = own if kind in AFFIRMED else frozenset[str]()
        yield (
            gloss,
            replace(
                clause,
                said=frozenset(s for s, n in said.items() if n > (s in mine)),
                affirmed=frozenset(s for s, n in affirmed.items() if n > (s in affirms)),
            ),
        )


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
    """How examples are written as rows: names of wordings with their rarity, and names of evidence."""

    wordings: dict[str, int]
    rarity: Array
    evidence: dict[str, int]

    @classmethod
    def of(cls, worded: Sequence[frozenset[str]], found: Sequence[Mapping[str, float]]) -> Columns:
        """Those of examples that are ``worded`` so, with the evidence ``found``."""
        held = Counter(one for words in worded for one in words)
        kept = sorted(one for one, n in held.items() if n >= RARE)
        rarity = np.array([1 + np.log((1 + len(worded)) / (1 + held[one])) for one in kept])
        names = sorted({name for some in found for name in some})
        return cls({one: n for n, one in enumerate(kept)}, rarity, {name: n for n, name in enumerate(names)})

    def worded(self, rows: Sequence[frozenset[str]]) -> csr_array:
        """Rows of length :data:`WORDED`, by rarity."""
        known = [sorted(self.wordings[one] for one in row if one in self.wordings) for row in rows]
        values = [self.rarity[row] for row in known]
        lengths = [float(np.linalg.norm(row)) or 1.0 for row in values]
        data = np.concatenate([WORDED * row / length for row, length in zip(values, lengths, strict=True)])
        starts = np.cumsum([0, *map(len, known)])
        return csr_array((data, np.concatenate(known).astype(int), starts), shape=(len(rows), len(self.wordings)))

    def found(self, rows: Sequence[Mapping[str, float]]) -> csr_array:
        """Rows of evidence."""
        pairs = [(self.evidence[name], value) for row in rows for name, value in row.items() if name in self.evidence]
        counts = [sum(name in self.evidence for name in row) for row in rows]
        columns, values = zip(*pairs, strict=True)
        return csr_array((values, columns, np.cumsum([0, *counts])), shape=(len(rows), len(self.evidence)))


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
    families = np.array([one.family for one in asked])
    answered = np.array([one.kind != "silent" for one in asked])
    polar = [n for n, one in enumerate(asked) if one.kind in POLAR]
    affirmed = np.array([asked[n].kind == "yes" for n in polar])
    worded = [wordings(one.question, one.clause) for one in asked]
    found = [weighed(evidence(asked[n].question, asked[n].clause)) for n in polar]
    columns = Columns.of(worded, found)
    rows = columns.worded(worded)
    both = csr_array(hstack([rows[polar], columns.found(found)]))
    print(f"{len(asked)} questions on clauses of {len(set(families.tolist()))} families; by clauses held out")
    print("answers: AUROC", auroc(held_out(rows, answered, families), answered))
    print("affirms: AUROC", auroc(held_out(both, affirmed, families[polar]), affirmed))
    judge = trained(columns, fit(rows, answered), fit(both, affirmed))
    path = Path(qa.__path__[0]) / WEIGHTS_NPZ
    judge.save(path)
    print_verdict(list(unseen(bundle, judge)))
    print(f"{len(columns.wordings)} wordings, {len(columns.evidence)} pieces of evidence, written to {path}")


def print_verdict(asked: Sequence[Unseen]) -> None:
    """The weights that belong in :mod:`qa.verdict`, where nothing is read and where it is; with them, how often yes and
    no are told, and how often rightly."""
    affirmed = np.array([one.affirmed for one in asked])
    for name in ("UNREAD", "READ"):
        read = [one.reading.affirms if name == "READ" and one.reading else 0.0 for one in asked]
        measured = np.array([(one.affirms, one.near.yes - one.near.no, z) for one, z in zip(asked, read, strict=True)])
        weights = fit(csr_array(measured), affirmed)
        odds = measured @ weights[:-1] + weights[-1]
        print(f"qa.verdict.{name} =", np.round(weights, 2).tolist(), f"AUROC {auroc(odds, affirmed)} of {len(asked)}")
        says = [decided(one.found, float(z)) for one, z in zip(asked, odds, strict=True)]
        yes, no = (np.array([one is told for one in says]) for told in (True, False))
        print(f"  told {np.mean(yes | no):.3f}, right {np.mean((affirmed == yes)[yes | no]):.3f}", end="")
        print(f"  yes {affirmed[yes].mean():.3f}, no {1 - affirmed[no].mean():.3f}")


def trained(columns: Columns, answers: Array, affirms: Array) -> Judge:
    """The models of these weights."""
    n = len(columns.wordings)
    weights = np.zeros((n, 2))
    weights[:, ANSWERS], weights[:, AFFIRMS] = WORDED * answers[:n], WORDED * affirms[:n]
    return Judge(
        columns.wordings,
        columns.rarity.astype(np.float32),
        weights.astype(np.float32),
        dict(zip(columns.evidence, affirms[n:-1].tolist(), strict=True)),
        np.array([answers[-1], affirms[-1]], np.float32),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
