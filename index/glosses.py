"""Glosses as vectors: how near a question is to those that a text answers, and to those that it is silent on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from corpus.glosses import KINDS
from index.dense import DenseIndex
from index.encoder import Vectors
from index.prototypes import Prototypes
from index.stored import Stored, store, store_all

Halves = NDArray[np.float16]
"""Vectors as they are kept, in 16 bits for each component."""

_SAYS, _ASKS, _YES, _NO, _SILENT = range(len(KINDS))


class Near(NamedTuple):
    """A question seen from a text: its cosines, where the prototypes lie, with the nearest question that the text
    answers, that it answers with yes, with no, and that it is silent on; 0 where it has none.

    ``unanswered`` is the cosine with the nearest question that any text is silent on: what one leaves open another may
    as well.
    """

    asked: float = 0.0
    yes: float = 0.0
    no: float = 0.0
    silent: float = 0.0
    unanswered: float = 0.0


NOT_NEAR = Near()


class GlossIndex:
    """Glosses by number, in the order of the texts that they belong to.

    ``vectors``, shape ``(n, dimension)``, are the encoder's and may lie on the disk; ``lengths`` those that they have
    where the prototypes lie; ``owners`` numbers of texts, ascending; ``kinds`` places in
    :data:`corpus.glosses.KINDS`. ``direction``, shape ``(dimension + 1,)``, leads there from what texts are silent on
    to what they answer; the last component is where it starts. ``silent`` indexes, as unit vectors there, the questions
    that any text is silent on.
    """

    def __init__(
        self,
        vectors: Halves | Stored,
        lengths: Vectors,
        owners: NDArray[np.int64],
        kinds: NDArray[np.int8],
        silent: DenseIndex,
        prototypes: Prototypes,
    ) -> None:
        self.vectors, self._lengths, self._owners, self._kinds = vectors, lengths, owners, kinds
        self._silent, self._prototypes = silent, prototypes

    @classmethod
    def of(cls, vectors: Halves, owners: NDArray[np.int64], kinds: Sequence[str], prototypes: Prototypes) -> GlossIndex:
        """An index of glosses with these ``vectors``, that belong to the texts ``owners``."""
        numbers = np.array([KINDS.index(kind) for kind in kinds], np.int8)
        moved = prototypes.transformed(vectors.astype(np.float32))
        lengths = np.maximum(np.linalg.norm(moved, axis=1), 1e-9)
        units = moved / lengths[:, None]
        silent = DenseIndex.of(np.unique(units[numbers == _SILENT].astype(np.float32), axis=0), half=True)
        return cls(vectors, lengths.astype(np.float32), owners, numbers, silent, prototypes)

    @classmethod
    def load(cls, vectors_path: Path, rest_path: Path, silent_path: Path, prototypes: Prototypes) -> GlossIndex:
        """The index saved at these places. Raises :class:`BundleDamaged`."""
        path = vectors_path
        try:
            vectors = Stored(path)
            path = rest_path
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as stored:
                lengths, owners, kinds = stored["lengths"], stored["owners"], stored["kinds"]
            halves = vectors.dtype == np.dtype(np.float16) and len(vectors.shape) == 2
            if not halves or {len(lengths), len(owners), len(kinds)} != {len(vectors)}:
                raise ValueError("not the vectors of these glosses")
        except Exception as exc:  # zipfile and numpy raise whatever their reading trips over
            raise BundleDamaged(f"{path} cannot be read; build the index again") from exc
        silent = DenseIndex.load(silent_path)
        if silent.dimension != prototypes.dimension:
            raise BundleDamaged(f"{silent_path} does not fit the others; build the index again")
        return cls(vectors, lengths, owners, kinds, silent, prototypes)

    def save(self, vectors_path: Path, rest_path: Path, silent_path: Path) -> None:
        """Write to these places; what the disk refuses is an ``OSError``."""
        store(self.vectors[:], vectors_path)
        store_all(rest_path, lengths=self._lengths, owners=self._owners, kinds=self._kinds)
        self._silent.save(silent_path)

    def unanswered(self, moved: Vectors) -> float:
        """See :class:`Near`, of a question whose vector where the prototypes lie is ``moved``."""
        return float(self._silent.search(moved, 1)[1].max(initial=0.0))

    def near(self, moved: Vectors, text: int, unanswered: float) -> Near:
        """How near a question is to the glosses of ``text``, given its vector ``moved`` where the prototypes lie, and
        how near it is to what any text is silent on."""
        rows = slice(*np.searchsorted(self._owners, [text, text + 1]).tolist())
        back = self._prototypes.transform @ moved
        there = self.vectors[rows].astype(np.float32) @ back - self._prototypes.mean @ back
        cosines, kinds = there / self._lengths[rows], self._kinds[rows]
        asked, yes, no, silent = (
            float(cosines[kinds == kind].max(initial=0.0)) for kind in (_ASKS, _YES, _NO, _SILENT)
        )
        return Near(asked, yes, no, silent, unanswered)
