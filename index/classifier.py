"""Which text is a question about, or is it about what they all leave open? Told by a network that was trained on
questions written for each text.

A prototype (:mod:`index.prototypes`) stands in the middle of what is said of a text; here borders between texts were
learned, from many questions of many hands. What a text scores is linear in the question's vector and in features of
its tokens, of each of which the largest counts, wherever in the question it stands (max-over-time pooling: Collobert et
al., "Natural Language Processing (Almost) from Scratch", JMLR 2011). ``python -m eval.train_classifier`` makes the
weights, for the texts of the default corpus. They hold for a text of exactly these words under exactly this heading;
any other keeps its prototype.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.encoder import Encoded, Vectors
from index.stored import store_all

WEIGHTS_NPZ = "classifier.npz"
_ENCODER, _KEYS = (
    "encoder",
    "keys",
)  # names beside those of the weights: the encoder's sha256, and one key for each text


def key_of(heading: str, words: str) -> str:
    """What a text is known by: a digest of its readable ``heading`` and ``words``.

    >>> key_of("resolves", "to go on") == key_of("resolves", "to  go on")
    False
    """
    return hashlib.sha256(f"{heading}\n{words}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Classifier:
    """The network, for the ``texts`` of these numbers, ascending, shape ``(n,)``: ``features``, shape ``(d, h)``, with
    ``feature_bias``, shape ``(h,)``, are those of tokens; ``by_vector``, shape ``(d, n + 1)``, ``by_feature``, shape
    ``(h, n + 1)``, and ``offsets``, shape ``(n + 1,)``, lead to scores about as large as cosines with prototypes. The
    last are of what no text answers."""

    features: Vectors
    feature_bias: Vectors
    by_vector: Vectors
    by_feature: Vectors
    offsets: Vectors
    texts: NDArray[np.int64]

    def scores(self, question: Encoded) -> Vectors:
        """Of each of its texts, and last of none of them, shape ``(n + 1,)``."""
        found: Vectors = question.vector @ self.by_vector + self.offsets
        if len(question.tokens):
            largest = (question.tokens @ self.features).max(axis=0)
            found += np.maximum(largest + self.feature_bias, 0) @ self.by_feature
        return found

    @property
    def dimension(self) -> int:
        """How long the vectors of questions and tokens are."""
        return len(self.by_vector)

    @classmethod
    def of_none(cls, dimension: int) -> Classifier:
        """One that knows no text."""
        no_features, none = np.zeros((dimension, 0), np.float32), np.zeros((dimension, 1), np.float32)
        return cls(no_features, no_features[0], none, none[:0], none[0], np.zeros(0, np.int64))

    @classmethod
    def made_for(cls, encoder_sha256: str, dimension: int, keys: Sequence[str]) -> Classifier:
        """The part of the network that comes with the product which is for texts of these ``keys``, in their order, as
        :func:`key_of` makes them; none of it, if it was trained on another encoder."""
        with (resources.files("index") / WEIGHTS_NPZ).open("rb") as stream, np.load(stream) as stored:
            if str(stored[_ENCODER]) != encoder_sha256:
                return cls.of_none(dimension)
            columns = {key: n for n, key in enumerate(stored[_KEYS].tolist())}
            known = [number for number, key in enumerate(keys) if key in columns]
            own = [*(columns[keys[number]] for number in known), -1]
            whole: dict[str, Any] = {name: stored[name].astype(np.float32) for name in _WEIGHTS}
        parts = {name: np.ascontiguousarray(whole[name][..., own]) for name in _OF_TEXTS}
        return cls(**{**whole, **parts}, texts=np.array(known, np.int64))

    def publish(self, path: Path, encoder_sha256: str, keys: Sequence[str]) -> None:
        """Write the weights to ``path``, in 16 bits each, to come with the product; its texts are those of ``keys``."""
        stored: dict[str, Any] = {name: np.float16(getattr(self, name)) for name in _WEIGHTS}
        stored |= {_ENCODER: np.array(encoder_sha256), _KEYS: np.array(keys)}
        buffer = io.BytesIO()
        np.savez_compressed(buffer, **stored)
        path.write_bytes(buffer.getvalue())

    @classmethod
    def load(cls, path: Path) -> Classifier:
        """The one that was saved at ``path``. Raises :class:`BundleDamaged`."""
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                found = cls(**{name: stored[name] for name in cls.__slots__})
            (d, h), n = found.features.shape, len(found.texts)
            shapes = [getattr(found, name).shape for name in _WEIGHTS]
            if shapes != [(d, h), (h,), (d, n + 1), (h, n + 1), (n + 1,)]:
                raise ValueError("not of one shape")
        except Exception as exc:  # zipfile and numpy raise whatever their reading trips over
            raise BundleDamaged(f"{path} cannot be read; build the index again") from exc
        return found

    def save(self, path: Path) -> None:
        """Write to ``path``; what the disk refuses is an ``OSError``."""
        store_all(path, **{name: getattr(self, name) for name in self.__slots__})


_WEIGHTS = tuple(name for name in Classifier.__slots__ if name != "texts")
_OF_TEXTS = ("by_vector", "by_feature", "offsets")  # those of which each text has a column, and none has the last


def digest() -> str:
    """The SHA-256, in hex, of the weights that come with the product."""
    return hashlib.sha256((resources.files("index") / WEIGHTS_NPZ).read_bytes()).hexdigest()
