"""Does a clause answer a question, or only speak of what it is about, by how the question is worded? A linear model.

``python -m eval.train_judge`` makes the weights, from questions that were written for the clauses of the default corpus
by hands that had seen no labelled question.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
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
Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judge:
    """The model. ``wordings`` are rows of ``rarity``, shape ``(n,)``, by which they count, and of ``weights``, shape
    ``(n,)``, that they add to the log-odds that a clause answers; these begin at ``start``."""

    wordings: Mapping[str, int]
    rarity: Weights
    weights: Weights
    start: float

    def answers(self, question: Sought, clause: Profile) -> float:
        """The log-odds that ``clause`` answers ``question``."""
        known = [row for one in wordings(question, clause) if (row := self.wordings.get(one)) is not None]
        rarity = self.rarity[known]
        length = float(np.linalg.norm(rarity)) or 1.0
        return self.start + float(rarity @ self.weights[known]) / length

    def save(self, path: Path) -> None:
        """Write the model, in 16 bits a weight, to ``path``."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            wordings=np.frombuffer("\n".join(self.wordings).encode(), np.uint8),
            rarity=np.float16(self.rarity),
            weights=np.float16(self.weights),
            start=np.array(self.start),
        )
        path.write_bytes(buffer.getvalue())


@cache
def judge() -> Judge:
    """The model that comes with the product."""
    with (resources.files("qa") / WEIGHTS_NPZ).open("rb") as stream, np.load(stream) as stored:
        known = stored["wordings"].tobytes().decode().split("\n")
        rarity, weights = (stored[name].astype(np.float32) for name in ("rarity", "weights"))
        return Judge({one: row for row, one in enumerate(known)}, rarity, weights, float(stored["start"]))
