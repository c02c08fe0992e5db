"""Arrays that stay in their files."""

from __future__ import annotations

import io
import os
import weakref
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Stored:
    """An array in a file of numpy's format, of which rows are read when they are asked for. Were the file mapped, every
    page of it that was ever looked at would count as memory of the process. The file may be removed meanwhile."""

    def __init__(self, path: Path) -> None:
        """Raises what opening raises, and :class:`ValueError` for a file of something else."""
        self._file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        with path.open("rb") as stream:
            np.lib.format.read_magic(stream)
            self.shape, in_columns, self.dtype = np.lib.format.read_array_header_1_0(stream)
            self._start, size = stream.tell(), stream.seek(0, os.SEEK_END)
        self._row = self.dtype.itemsize * int(np.prod(self.shape[1:]))
        if self.dtype.hasobject or in_columns or not self.shape or size != self._start + len(self) * self._row:
            raise ValueError("not rows one after another")

    def __len__(self) -> int:
        return int(self.shape[0])

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        first, end, _ = rows.indices(len(self))
        count = max(0, end - first)
        read = os.pread(self._file, count * self._row, self._start + first * self._row)
        return np.frombuffer(read, self.dtype).reshape(count, *self.shape[1:])


def store(rows: NDArray[Any], path: Path) -> None:
    """Write ``rows`` to ``path``, for :class:`Stored`; what the disk refuses is an ``OSError``."""
    buffer = io.BytesIO()  # numpy's own writing to files hides why the disk refused
    np.lib.format.write_array(buffer, np.ascontiguousarray(rows), version=(1, 0))
    path.write_bytes(buffer.getbuffer())


def store_all(path: Path, **arrays: NDArray[Any]) -> None:
    """Write ``arrays`` by their names to ``path``, for :func:`numpy.load`; what the disk refuses is an ``OSError``."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)  # type: ignore[arg-type]
    path.write_bytes(buffer.getbuffer())
