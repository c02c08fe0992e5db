"""Dense search is exact: it finds what numpy finds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.dense import DenseIndex
from index.encoder import Vectors

SIZE, DIMENSION = 300, 16


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    rows = np.random.default_rng(7).normal(size=(SIZE, DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture(scope="module")
def queries() -> Vectors:
    return np.random.default_rng(8).normal(size=(20, DIMENSION)).astype(np.float32)


@pytest.fixture(scope="module")
def dense(vectors: Vectors) -> DenseIndex:
    return DenseIndex.of(vectors)


def by_numpy(vectors: Vectors, query: Vectors, allowed: NDArray[np.int64]) -> list[int]:
    products = vectors[allowed] @ query
    return [int(n) for n in allowed[np.argsort(-products)]]


@pytest.mark.parametrize("k", [1, 10, SIZE, SIZE + 50])
def test_the_nearest_are_those_with_the_largest_products(
    dense: DenseIndex, vectors: Vectors, queries: Vectors, k: int
) -> None:
    for query in queries:
        found, scores = dense.search(query, k)
        assert found.tolist() == by_numpy(vectors, query, np.arange(SIZE))[:k]
        np.testing.assert_allclose(scores, vectors[found] @ query, atol=1e-5)


@pytest.mark.parametrize("k", [1, 10, SIZE])
@pytest.mark.parametrize("allowed", [[0], [299], [5, 3, 77], list(range(0, SIZE, 3)), list(range(SIZE))])
def test_only_allowed_positions_are_found_and_none_of_them_is_lost(
    dense: DenseIndex, vectors: Vectors, queries: Vectors, allowed: list[int], k: int
) -> None:
    positions = np.array(allowed, np.int64)
    for query in queries:
        found, _ = dense.search(query, k, positions)
        assert found.tolist() == by_numpy(vectors, query, positions)[:k]


def test_where_nothing_is_allowed_nothing_is_found(dense: DenseIndex, queries: Vectors) -> None:
    found, scores = dense.search(queries[0], 5, np.zeros(0, np.int64))
    assert found.tolist() == scores.tolist() == []


def test_scores_of_given_positions(dense: DenseIndex, vectors: Vectors, queries: Vectors) -> None:
    positions = np.array([7, 0, 7], np.int64)
    np.testing.assert_allclose(dense.scores(queries[0], positions), vectors[positions] @ queries[0], atol=1e-6)
    assert dense.scores(queries[0], np.zeros(0, np.int64)).shape == (0,)


def test_vectors_come_back_bit_for_bit_also_from_the_disk(dense: DenseIndex, vectors: Vectors, tmp_path: Path) -> None:
    dense.save(tmp_path / "v")
    loaded = DenseIndex.load(tmp_path / "v")
    assert (loaded.size, loaded.dimension) == (SIZE, DIMENSION)
    np.testing.assert_array_equal(np.array([loaded.vector(n) for n in range(SIZE)]), vectors)


@pytest.mark.parametrize("content", [b"", b"junk", b"IxFI"])
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(BundleDamaged, match="build the index again"):
        DenseIndex.load(tmp_path / "v")


def test_a_file_cut_short_is_named(dense: DenseIndex, tmp_path: Path) -> None:
    dense.save(tmp_path / "v")
    (tmp_path / "v").write_bytes((tmp_path / "v").read_bytes()[:-1])
    with pytest.raises(BundleDamaged, match="build the index again"):
        DenseIndex.load(tmp_path / "v")
