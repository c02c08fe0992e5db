"""Late interaction: a question and a passage compared token by token.

Each token of a text has a vector of its own. A passage is as near to a question as the question's tokens find tokens
like themselves in it, rare ones counting more.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.encoder import Encoded, Vectors
from index.stored import Stored, store, store_all

# One row a token: its quantised vector, the length of that, and the number of its word piece.
Rows = NDArray[np.void]

_LARGEST = 127
_WORST = 0.1  # of the tokens of a question, by their weights
# Multiplications that are made at once: OpenBLAS makes no more than these on one thread, and to wake others costs more
# here than they save, milliseconds where something else keeps the processors busy.
_ONE_THREAD = 4 * 65536


def packed(encoded: Encoded) -> Rows:
    """The tokens of ``encoded`` as they are kept.

    A vector is divided by its largest component, in absolute value, times 127 and rounded: one byte for four. Its
    length is kept beside it, by which it is read as a vector of length one.
    """
    tokens = encoded.tokens
    rows = np.zeros(len(tokens), _row_of(tokens.shape[1]))
    largest = np.abs(tokens).max(axis=1, keepdims=True, initial=np.finfo(np.float32).tiny)
    whole = np.rint(tokens * (_LARGEST / largest))
    rows["vector"], rows["piece"] = whole, encoded.pieces
    rows["length"] = np.maximum(np.linalg.norm(whole, axis=1), 1)
    return rows


def unpacked(rows: Rows) -> Vectors:
    """The vectors in ``rows``, shape ``(len(rows), dimension)``, each of length one."""
    vectors: Vectors = rows["vector"] / rows["length"][:, None]
    return vectors


class LateIndex:
    """Token vectors by position: rows ``starts[n]`` to ``starts[n + 1]`` belong to the n-th passage.

    ``rows`` may lie on the disk: read are those of the passages that are scored. ``pieces`` are the numbers of
    all word pieces that occur, ascending, and ``holders`` says in how many passages each does.
    """

    def __init__(
        self, rows: Rows | Stored, starts: NDArray[np.int64], pieces: NDArray[np.int32], holders: NDArray[np.int32]
    ) -> None:
        self._rows, self._starts, self._pieces, self._holders = rows, starts, pieces, holders
        # With what stands for a piece that no passage holds at their ends.
        self._known, self._rarities = np.append(pieces, -1), _rarities(np.append(holders, 0), self.size)

    @classmethod
    def of(cls, passages: Sequence[Rows], dimension: int) -> LateIndex:
        """An index of passages, each given as what :func:`packed` makes of it."""
        rows = np.concatenate([np.zeros(0, _row_of(dimension)), *passages])
        starts = np.cumsum([0, *map(len, passages)], dtype=np.int64)
        held = np.concatenate([np.zeros(0, np.int32), *(np.unique(passage["piece"]) for passage in passages)])
        pieces, holders = np.unique(held, return_counts=True)
        return cls(rows, starts, pieces.astype(np.int32), holders.astype(np.int32))

    @classmethod
    def load(cls, rows_path: Path, pieces_path: Path) -> LateIndex:
        """The index saved at these places. Raises :class:`BundleDamaged`."""
        path = rows_path
        try:
            rows = Stored(path)
            if len(rows.shape) != 1 or rows.dtype != _row_of(rows.dtype["vector"].shape[0]):
                raise ValueError("not rows of tokens")
            path = pieces_path
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                found = cls(rows, stored["starts"], stored["pieces"], stored["holders"])
                if found._starts[0] != 0 or found._starts[-1] != len(rows):
                    raise ValueError("not the starts of these rows")
        except Exception as exc:  # zipfile and numpy raise whatever their reading trips over
            raise BundleDamaged(f"{path} cannot be read; build the index again") from exc
        return found

    def save(self, rows_path: Path, pieces_path: Path) -> None:
        """Write to these places; what the disk refuses is an ``OSError``."""
        store(self._rows[:], rows_path)
        store_all(pieces_path, starts=self._starts, pieces=self._pieces, holders=self._holders)

    @property
    def size(self) -> int:
        """How many passages it holds."""
        return len(self._starts) - 1

    @property
    def dimension(self) -> int:
        """How long the vectors are."""
        return int(self._rows.dtype["vector"].shape[0])

    def rows(self, position: int) -> Rows:
        """The tokens of the passage at ``position``, as :func:`packed` made them."""
        rows: Rows = self._rows[self._starts[position] : self._starts[position + 1]]
        return rows

    def scores(self, query: Encoded, positions: NDArray[np.int64]) -> Vectors:
        """How well the passages at ``positions`` match ``query`` token by token, in [0, 1], shape of ``positions``."""
        return self.match(query, positions)[0]

    def match(self, query: Encoded, positions: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
        """How well the passages at ``positions`` match ``query`` token by token, and how well what they match worst of
        it: both from 0 to 1, shape of ``positions``.

        MaxSim of Khattab, Zaharia, "ColBERT: Efficient and Effective Passage Search via Contextualized Late
        Interaction over BERT" (SIGIR 2020): for each token of the query the largest cosine with a token of the passage,
        added up. Ours is squared and weighted, ``sum_i w_i max(0, max_j q_i d_j)^2 / sum_i w_i``, with the rarity of
        the word piece as ``w_i``. What is matched worst is the cosine that a :data:`_WORST` of the tokens, weighted
        so, do not reach.
        """
        weights = self._rarity(query.pieces)
        starts = self._starts[positions]
        counts = self._starts[positions + 1] - starts
        held = counts > 0
        nearest = np.zeros((len(positions), len(weights)), np.float32)
        if nearest.size and held.any():
            nearest[held] = np.maximum.reduceat(
                self._cosines(query.tokens, starts, counts), (np.cumsum(counts) - counts)[held], axis=0
            )
        nearest, weights = np.maximum(nearest, 0), weights / max(weights.sum(), 1e-9)
        return np.einsum("ij,ij,j->i", nearest, nearest, weights), _quantile(nearest, weights, _WORST)

    def _cosines(self, tokens: Vectors, starts: NDArray[np.int64], counts: NDArray[np.int64]) -> Vectors:
        """Cosines of the tokens of passages, one passage after another, with ``tokens``."""
        others, size = np.ascontiguousarray(tokens.T), max(1, _ONE_THREAD // tokens.size)
        ends = (starts + counts).tolist()
        blocks = [
            slice(at, min(at + size, end))
            for start, end in zip(starts.tolist(), ends, strict=True)
            for at in range(start, end, size)
        ]
        found = [self._rows[block] for block in blocks]
        products: Vectors = np.concatenate([rows["vector"].astype(np.float32) @ others for rows in found])
        products /= np.concatenate([rows["length"] for rows in found])[:, None]
        return products

    def _rarity(self, pieces: NDArray[np.int32]) -> Vectors:
        """That of each of ``pieces``."""
        at = np.searchsorted(self._pieces, pieces)
        found: Vectors = np.where(self._known[at] == pieces, self._rarities[at], self._rarities[-1])
        return found


def _rarities(holders: NDArray[np.int32], passages: int) -> Vectors:
    """``ln(1 + (N - n + 0.5) / (n + 0.5))`` for word pieces held by ``n`` of ``N`` passages, as BM25 has it."""
    return np.log1p((passages - holders + 0.5) / (holders + 0.5)).astype(np.float32)


def _quantile(values: Vectors, weights: Vectors, share: float) -> Vectors:
    """Of each row of ``values`` the least one up to which the columns have ``share`` of the ``weights``; 0 of none."""
    if not values.size:
        return np.zeros(len(values), np.float32)
    order, rows = np.argsort(values, axis=1), np.arange(len(values))
    reached = np.cumsum(weights[order], axis=1) >= share
    found: Vectors = values[rows, order[rows, reached.argmax(axis=1)]]
    return found


def _row_of(dimension: int) -> np.dtype[np.void]:
    return np.dtype([("vector", np.int8, (dimension,)), ("length", np.float32), ("piece", np.int32)])
