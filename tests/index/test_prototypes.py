"""Prototypes: what says the same lies together, however it is worded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.bundle import Bundle
from index.encoder import Vectors
from index.prototypes import Prototypes

DIMENSION = 16


def unit(vectors: NDArray[np.floating]) -> Vectors:
    found: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return found


def worded(texts: int, ways: int, noise: float) -> tuple[Vectors, NDArray[np.int64]]:
    """Vectors that say each of ``texts`` things in several ``ways``: the first half of the dimensions is what is said,
    the second how, which varies ``noise`` times as much."""
    random = np.random.default_rng(0)
    meant = np.repeat(random.normal(size=(texts, DIMENSION // 2)), ways, axis=0)
    meant += random.normal(size=meant.shape) * 0.1
    wording = random.normal(size=meant.shape) * noise
    return unit(np.concatenate([meant, wording], axis=1)), np.repeat(np.arange(texts), ways)


def glossed(vectors: Vectors, owners: NDArray[np.int64], texts: int) -> Prototypes:
    """Prototypes where the first vector of each text is its own, and the others are glosses."""
    own = np.array([int(np.flatnonzero(owners == n)[0]) for n in range(texts)])
    said = np.setdiff1d(np.arange(len(owners)), own)
    return Prototypes.of(vectors[own], np.arange(texts), vectors[said], owners[said], texts)


def found(prototypes: Prototypes, vectors: Vectors) -> list[int]:
    return [int(prototypes.scores(vector).argmax()) for vector in vectors]


def test_another_wording_finds_what_it_says_where_plain_means_do_not() -> None:
    vectors, owners = worded(40, 12, noise=3.0)
    known, asked = np.arange(len(owners)) % 12 != 0, np.arange(len(owners)) % 12 == 0
    prototypes = glossed(vectors[known], owners[known], 40)
    means = unit(np.array([vectors[known][owners[known] == n].mean(axis=0) for n in range(40)]))
    ours = np.mean(np.array(found(prototypes, vectors[asked])) == owners[asked])
    plain = np.mean((vectors[asked] @ means.T).argmax(axis=1) == owners[asked])
    assert ours > 0.9
    assert ours > plain


def test_without_glosses_each_passage_speaks_for_its_text() -> None:
    vectors, owners = worded(10, 2, noise=1.0)
    prototypes = Prototypes.of(vectors, owners, vectors[:0], owners[:0], 10)
    cosines = vectors @ vectors[7]
    np.testing.assert_allclose(prototypes.scores(vectors[7]), np.maximum(cosines[::2], cosines[1::2]), atol=1e-5)


def test_a_gloss_changes_little_where_there_are_few() -> None:
    vectors, _ = worded(30, 1, noise=1.0)
    said = unit(vectors[:1] + np.random.default_rng(1).normal(size=(1, DIMENSION)) * 0.1)
    prototypes = Prototypes.of(vectors, np.arange(30), said, np.zeros(1, np.int64), 30)
    assert found(prototypes, vectors) == list(range(30))


def test_a_gloss_that_only_repeats_the_text_changes_nothing() -> None:
    vectors, _ = worded(30, 1, noise=1.0)
    prototypes = Prototypes.of(vectors, np.arange(30), vectors[:1], np.zeros(1, np.int64), 30)
    np.testing.assert_allclose(prototypes.scores(vectors[4]), vectors @ vectors[4], atol=1e-5)


def test_scores_are_cosines() -> None:
    vectors, owners = worded(5, 4, noise=1.0)
    scores = glossed(vectors, owners, 5).scores(vectors[0])
    assert scores.shape == (5,)
    assert np.all(np.abs(scores) <= 1 + 1e-6)


def test_the_order_of_the_glosses_does_not_matter() -> None:
    vectors, owners = worded(6, 5, noise=1.0)
    order = np.random.default_rng(1).permutation(len(owners))
    one = Prototypes.of(vectors, owners, vectors, owners, 6)
    other = Prototypes.of(vectors, owners, vectors[order], owners[order], 6)
    np.testing.assert_allclose(one.vectors, other.vectors, atol=1e-4)


def test_what_is_saved_loads(tmp_path: Path) -> None:
    vectors, owners = worded(5, 4, noise=1.0)
    prototypes, path = glossed(vectors, owners, 5), tmp_path / "prototypes.npz"
    prototypes.save(path)
    loaded = Prototypes.load(path)
    assert (loaded.size, loaded.dimension) == (5, DIMENSION)
    np.testing.assert_array_equal(loaded.scores(vectors[7]), prototypes.scores(vectors[7]))


@pytest.mark.parametrize("content", [b"", b"not an archive"])
def test_a_damaged_file_says_what_mends_it(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "prototypes.npz").write_bytes(content)
    with pytest.raises(BundleDamaged, match="build the index again"):
        Prototypes.load(tmp_path / "prototypes.npz")


def test_everyday_words_lead_to_a_clause_that_has_none_of_them(real: Path) -> None:
    bundle = Bundle.open(real)
    vector = bundle.encoder.encode(["does the standards boss brief his advisers once every twelve months?"])[0]
    clause, _ = bundle.store.texts()[int(bundle.prototypes.scores(vector).argmax())]
    assert "report annually to TSAG" in bundle.store.clauses([clause])[0].text
