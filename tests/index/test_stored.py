"""Rows are read from their file one by one, and are those that were written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.stored import Stored


def kept(folder: Path, array: Any) -> Path:
    np.save(folder / "a.npy", array)
    return folder / "a.npy"


@settings(max_examples=60, deadline=None, derandomize=True)
@given(rows=st.integers(0, 9), first=st.integers(0, 10), end=st.integers(0, 10))
def test_a_slice_is_that_of_the_array(
    tmp_path_factory: pytest.TempPathFactory, rows: int, first: int, end: int
) -> None:
    array = np.arange(rows * 3, dtype=np.float16).reshape(rows, 3)
    stored = Stored(kept(tmp_path_factory.mktemp("rows"), array))
    assert (len(stored), stored.shape, stored.dtype) == (rows, array.shape, array.dtype)
    np.testing.assert_array_equal(stored[first:end], array[first:end])
    np.testing.assert_array_equal(stored[:], array)


@pytest.mark.parametrize(
    "array",
    [np.arange(4), np.ones((2, 2), order="F"), np.array(3), np.array([None])],
    ids=["", "columns", "0-d", "any"],
)
def test_what_is_no_rows_one_after_another_is_refused(tmp_path: Path, array: Any) -> None:
    path = kept(tmp_path, array)
    if array.ndim == 1 and not array.dtype.hasobject:
        path.write_bytes(path.read_bytes()[:-1])  # cut short
    with pytest.raises(ValueError, match="rows one after another"):
        Stored(path)
