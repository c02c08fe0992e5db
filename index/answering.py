"""Does a text answer a question, or only speak of what it is about? A small network over the tokens of both.

Each token of the question is compared with the tokens of the text that it attends to, and what the comparisons say is
added up: the decomposable attention model of Parikh, Täckström, Das, Uszkoreit, "A Decomposable Attention Model for
Natural Language Inference" (EMNLP 2016), over the encoder's token vectors in the place of word vectors.
``python -m eval.train_answering`` makes the weights, from glosses (:mod:`corpus.glosses`): the questions that a text
answers, those that it is silent on, and those that another text answers.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Identity, Vectors

WEIGHTS_NPZ = "answering.npz"
_ENCODER = "encoder"  # the name under which the weights keep whose tokens they are for: its sha256
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Answering:
    """The network for tokens of dimension ``d``, with ``h`` units.

    ``project``, shape ``(d, 2 h)``, leads to what is compared and to what is attended to, with ``project_bias`` of
    the former, shape ``(h,)``, and ``sharpness`` of attention. ``compare``, shape ``(4 h + 1, h)``, with
    ``compare_bias``, makes of a token, of what it attends to, of their difference and product, and of its best cosine
    what the comparison says; ``weigh``, shape ``(h,)``, how much that counts; and ``judge``, shape ``(3 h,)``, with
    ``judge_bias``, of the weighted, the largest and the mean comparison the answer.
    """

    project: Vectors
    project_bias: Vectors
    sharpness: np.float32
    compare: Vectors
    compare_bias: Vectors
    weigh: Vectors
    judge: Vectors
    judge_bias: np.float32

    @classmethod
    def made_for(cls, encoder: Identity) -> Answering | None:
        """The network that comes with the product, if it was trained on what ``encoder`` makes."""
        with (resources.files("index") / WEIGHTS_NPZ).open("rb") as stream, np.load(stream) as stored:
            if str(stored[_ENCODER]) != encoder.sha256:
                return None
            weights: dict[str, Any] = {name: stored[name].astype(np.float32) for name in cls.__slots__}
        return cls(**weights)

    def save(self, path: Path, encoder: Identity) -> None:
        """Write the weights, in 16 bits each, to ``path``."""
        weights: dict[str, Any] = {name: np.float16(getattr(self, name)) for name in self.__slots__}
        weights[_ENCODER] = np.array(encoder.sha256)
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **weights)
        path.write_bytes(buffer.getvalue())

    def log_odds(self, question: Vectors, text: Vectors) -> float:
        """That ``text`` answers ``question``, given the token vectors of both, shape ``(tokens, d)``, of length one; 0
        where either has none."""
        if not len(question) or not len(text):
            return 0.0
        h = len(self.weigh)
        asked, said = question @ self.project, text @ self.project
        one, other = (np.tanh(side[:, :h] + self.project_bias) for side in (asked, said))
        near = self.sharpness * (_unit(asked[:, h:]) @ _unit(said[:, h:]).T)
        found = _softmax(near) @ other
        best = (question @ text.T).max(axis=1, keepdims=True)
        pairs = np.concatenate([one, found, one - found, one * found, best], axis=1)
        says = np.maximum(pairs @ self.compare + self.compare_bias, 0)
        whole = np.concatenate([_softmax(says @ self.weigh) @ says, says.max(axis=0), says.mean(axis=0)])
        return float(whole @ self.judge + self.judge_bias)


def _unit(vectors: Vectors) -> Vectors:
    unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), _TINY)
    return unit


def _softmax(values: Vectors) -> Vectors:
    """Along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Vectors = powers / powers.sum(axis=-1, keepdims=True)
    return shares
