"""Does a clause answer a question, and does it say yes to it? Two linear models over how the question is worded and
what the clause holds of it.

``python -m eval.train_judge`` makes the weights, from questions that were written for the clauses of the default corpus
by hands that had seen no labelled question.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qa.fit import Sought
from qa.profile import Profile
from qa.wordings import wordings

WEIGHTS_NPZ = "judge.npz"
ANSWERS, AFFIRMS = range(2)
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judge:
    """The models. ``wordings`` are rows of ``rarity``, shape ``(n,)``, by which they count, and of ``weights``, shape
    ``(n, 2)``, that they add to the log-odds that a clause answers and that it affirms; ``evidence`` adds to the latter
    alone; ``start``, shape ``(2,)``, is where both begin."""

    wordings: Mapping[str, int]
    rarity: Weights
    weights: Weights
    evidence: Mapping[str, float]
    start: Weights

    def answers(self, question: Sought, clause: Profile) -> float:
        """The log-odds that ``clause`` answers ``question``, and does not only speak of what it is about."""
        return self._worded(question, clause, ANSWERS)

    def affirms(self, question: Sought, clause: Profile, found: Mapping[str, float]) -> float:
        """The log-odds that ``clause``, which answers ``question``, says yes to it; ``found`` is the evidence in it."""
        weighed = sum(self.evidence.get(name, 0.0) * value for name, value in found.items())
        return weighed + self._worded(question, clause, AFFIRMS)

    def _worded(self, question: Sought, clause: Profile, model: int) -> float:
        known = [row for one in wordings(question, clause) if (row := self.wordings.get(one)) is not None]
        rarity = self.rarity[known]
        length = float(np.linalg.norm(rarity)) or 1.0
        return float(self.start[model] + rarity @ self.weights[known, model] / length)

    def save(self, path: Path) -> None:
        """Write the models, in 16 bits a weight, to ``path``."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            wordings=_joined(self.wordings),
            rarity=np.float16(self.rarity),
            weights=np.float16(self.weights),
            evidence=_joined(self.evidence),
            evidence_weights=np.array(list(self.evidence.values()), np.float16),
            start=np.float16(self.start),
        )
        path.write_bytes(buffer.getvalue())


def _joined(names: Iterable[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(names).encode(), np.uint8)


@cache
def judge() -> Judge:
    """The models that come with the product."""
    with (resources.files("qa") / WEIGHTS_NPZ).open("rb") as stream, np.load(stream) as stored:
        names, known = (stored[name].tobytes().decode().split("\n") for name in ("evidence", "wordings"))
        return Judge(
            {one: row for row, one in enumerate(known)},
            stored["rarity"].astype(np.float32),
            stored["weights"].astype(np.float32),
            dict(zip(names, stored["evidence_weights"].tolist(), strict=True)),
            stored["start"].astype(np.float32),
        )
