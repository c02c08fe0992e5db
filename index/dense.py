"""Exact inner-product search over unit vectors. The only file that imports faiss."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.encoder import Vectors


class DenseIndex:
    """Vectors by position: the n-th vector belongs to the n-th passage."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, vectors: Vectors, *, half: bool = False) -> DenseIndex:
        """An index of ``vectors``, shape ``(n, dimension)``; with ``half`` kept in 16 bits each, which is read faster
        and gives products that are some thousandth off."""
        dimension = vectors.shape[1]
        index: Any = faiss.IndexFlatIP(dimension)
        if half:
            index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index.add(np.ascontiguousarray(vectors))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> DenseIndex:
        """The index saved at ``path``. Raises :class:`BundleDamaged`."""
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as exc:
            raise BundleDamaged(f"{path} cannot be read; build the index again") from exc

    def save(self, path: Path) -> None:
        """Write to ``path``; what the disk refuses is an ``OSError``."""
        path.write_bytes(faiss.serialize_index(self._index).tobytes())

    @property
    def size(self) -> int:
        """How many vectors it holds."""
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """How long each is."""
        return int(self._index.d)

    def vector(self, position: int) -> Vectors:
        """The vector at ``position``."""
        vector: Vectors = self._index.reconstruct(position)
        return vector

    def scores(self, query: Vectors, positions: NDArray[np.int64]) -> Vectors:
        """The inner products of ``query`` with the vectors at ``positions``."""
        if not len(positions):
            return np.zeros(0, np.float32)
        products: Vectors = self._index.reconstruct_batch(positions) @ query
        return products

    def search(
        self, query: Vectors, k: int, allowed: NDArray[np.int64] | None = None
    ) -> tuple[NDArray[np.int64], Vectors]:
        """The ``k`` positions with the largest inner product with ``query`` (shape ``(dimension,)``), and the products.

        ``allowed`` limits the search to those positions. Fewer than ``k`` come back where there are not so many.
        """
        k = min(k, self.size if allowed is None else len(allowed))
        if k == 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        parameters = None
        if allowed is not None:
            selector: Any = faiss.IDSelectorBatch(allowed)
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, positions = self._index.search(query[None, :], k, params=parameters)
        return positions[0], scores[0]
