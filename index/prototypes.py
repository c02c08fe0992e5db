"""Prototypes: what all glosses of a text have in common, in a space where what says the same lies together.

A clause and its glosses (:mod:`corpus.glosses`) say one thing in several ways. How their vectors scatter around their
mean is how wording moves a vector while the meaning stays; those directions are shrunk, for questions and texts alike
(within-class covariance normalisation: Hatch, Kajarekar, Stolcke, "Within-Class Covariance Normalization for SVM-based
Speaker Recognition", Interspeech 2006), and the mean of what is left is the text's prototype. A text without glosses
keeps the vectors of its passages; where no text has any, nothing is shrunk.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.encoder import Vectors
from index.stored import store_all

Doubles = NDArray[np.float64]
_NOTHING = 1e-6  # a scatter that is only rounding


@dataclass(frozen=True, slots=True)
class Prototypes:
    """``vectors`` of length one, shape ``(n, dimension)``, of the texts ``owners``, shape ``(n,)``, ascending, each of
    which has at least one; ``mean``, shape ``(dimension,)``, and ``transform``, shape ``(dimension, dimension)``, lead
    there from the encoder's space."""

    mean: Vectors
    transform: Vectors
    vectors: Vectors
    owners: NDArray[np.int64]

    @classmethod
    def of(
        cls, own: Vectors, owners: NDArray[np.int64], said: Vectors, said_of: NDArray[np.int64], texts: int
    ) -> Prototypes:
        """Those of ``texts`` texts: passages with the vectors ``own``, shape ``(n, dimension)``, unit rows, belong to
        the texts ``owners``, shape ``(n,)``, and glosses with the vectors ``said`` to the texts ``said_of``."""
        vectors, all_owners = np.concatenate([own, said]), np.concatenate([owners, said_of])
        glossed = np.bincount(said_of, minlength=texts) > 0
        of_glossed = glossed[all_owners]
        means = _sums(vectors, all_owners, texts) / np.maximum(np.bincount(all_owners, minlength=texts), 1)[:, None]
        scatter = (vectors - means[all_owners])[of_glossed]
        if np.abs(scatter).max(initial=0.0) > _NOTHING:
            mean, transform = vectors.mean(axis=0, dtype=np.float64), _shrinking(scatter)
        else:
            mean, transform = np.zeros(own.shape[1]), np.eye(own.shape[1])
        moved: Doubles = _unit((vectors - mean) @ transform)
        together = _unit(_sums(moved[of_glossed], all_owners[of_glossed], texts)[glossed])
        alone = ~glossed[owners]
        numbers = np.concatenate([np.flatnonzero(glossed), owners[alone]])
        whole = np.concatenate([together, moved[: len(own)][alone]]).astype(np.float32)
        order = np.argsort(numbers, kind="stable")
        return cls(mean.astype(np.float32), transform.astype(np.float32), whole[order], numbers[order])

    @classmethod
    def load(cls, path: Path) -> Prototypes:
        """Those saved at ``path``. Raises :class:`BundleDamaged`."""
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                found = cls(stored["mean"], stored["transform"], stored["vectors"], stored["owners"])
            dimension, size = len(found.mean), len(found.owners)
            if found.transform.shape != (dimension, dimension) or found.vectors.shape != (size, dimension):
                raise ValueError("not of one shape")
        except Exception as exc:  # zipfile and numpy raise whatever their reading trips over
            raise BundleDamaged(f"{path} cannot be read; build the index again") from exc
        return found

    def save(self, path: Path) -> None:
        """Write to ``path``; what the disk refuses is an ``OSError``."""
        store_all(path, mean=self.mean, transform=self.transform, vectors=self.vectors, owners=self.owners)

    @property
    def size(self) -> int:
        """How many texts there are."""
        return int(self.owners[-1]) + 1 if len(self.owners) else 0

    @property
    def dimension(self) -> int:
        """How long the vectors are."""
        return len(self.mean)

    def transformed(self, vectors: Vectors) -> Vectors:
        """``vectors`` of the encoder, shape ``(n, dimension)``, where the prototypes lie."""
        found: Vectors = ((vectors - self.mean) @ self.transform).astype(np.float32)
        return found

    def moved(self, vectors: Vectors) -> Vectors:
        """The same with unit rows."""
        found: Vectors = _unit(self.transformed(vectors))
        return found

    def scores(self, vector: Vectors) -> Vectors:
        """Cosines of a question's ``vector``, shape ``(dimension,)``, with the nearest prototype of each text, shape
        ``(texts,)``."""
        return self.scores_of(self.moved(vector[None, :])[0])

    def scores_of(self, moved: Vectors) -> Vectors:
        """The same of a vector that lies where they do."""
        cosines: Vectors = self.vectors @ moved
        if self.size == len(cosines):
            return cosines
        found: Vectors = np.maximum.reduceat(cosines, np.searchsorted(self.owners, np.arange(self.size)))
        return found


def _sums(vectors: Any, owners: NDArray[np.int64], texts: int) -> Doubles:
    sums = np.zeros((texts, vectors.shape[1]))
    np.add.at(sums, owners, vectors)
    return sums


def _shrinking(scatter: Any) -> Doubles:
    """The inverse square root of the covariance of ``scatter``, which is drawn towards a ball by as many observations
    as there are dimensions (few glosses must not shrink what they happen to share)."""
    size, dimension = scatter.shape
    products = scatter.astype(np.float64).T @ scatter
    ball = np.trace(products) / size / dimension
    covariance = (products + dimension * ball * np.eye(dimension)) / (size + dimension)
    variances, directions = np.linalg.eigh(covariance)
    found: Doubles = (directions * np.sqrt(ball / np.maximum(variances, 1e-12))) @ directions.T
    return found


def _unit(vectors: Any) -> Any:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
