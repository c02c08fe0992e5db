"""Token by token: a passage is nearest to itself, one byte a component is enough, and a damaged file is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.errors import BundleDamaged
from index.encoder import Encoded, Encoder, HashingEncoder, Vectors
from index.late import LateIndex, packed, unpacked

DIMENSION = 16
moderate = settings(max_examples=60, deadline=None, derandomize=True)


def text_of(*pieces: int, seed: int = 0) -> Encoded:
    """A text of these word pieces, with vectors that hang on its company."""
    tokens = np.random.default_rng([seed, *pieces]).normal(size=(len(pieces), DIMENSION)).astype(np.float32)
    tokens /= np.linalg.norm(tokens, axis=1, keepdims=True)
    return Encoded(np.eye(DIMENSION, dtype=np.float32)[0], tokens, np.array(pieces, np.int32))


def index_of(*texts: Encoded) -> LateIndex:
    return LateIndex.of([packed(text) for text in texts], DIMENSION)


def every(index: LateIndex) -> NDArray[np.int64]:
    return np.arange(index.size)


def exact(query: Encoded, texts: list[Encoded]) -> Vectors:
    """The formula as it is written, over vectors that were not rounded."""
    scores = np.zeros(len(texts), np.float32)
    weights = []
    for piece in query.pieces:
        holders = sum(piece in text.pieces for text in texts)
        weights.append(np.log(1 + (len(texts) - holders + 0.5) / (holders + 0.5)))
    for n, text in enumerate(texts):
        for weight, token in zip(weights, query.tokens, strict=True):
            nearest = max((float(token @ other) for other in text.tokens), default=0.0)
            scores[n] += weight / sum(weights) * max(nearest, 0.0) ** 2
    return scores


pieces = st.lists(st.integers(0, 40), min_size=1, max_size=12)
passages = st.lists(st.lists(st.integers(0, 40), max_size=12), min_size=1, max_size=8)


@moderate
@given(texts=st.lists(pieces, min_size=1, max_size=8))
def test_a_passage_is_nearest_to_itself(texts: list[list[int]]) -> None:
    made = [text_of(*text, seed=n) for n, text in enumerate(texts)]
    index = index_of(*made)
    for n, text in enumerate(made):
        scores = index.scores(text, every(index))
        assert scores[n] == pytest.approx(1, abs=1e-3)
        assert int(np.argmax(scores)) == n


@moderate
@given(question=pieces, texts=passages)
def test_scores_are_close_to_those_of_unrounded_vectors(question: list[int], texts: list[list[int]]) -> None:
    query, made = text_of(*question, seed=99), [text_of(*text, seed=n) for n, text in enumerate(texts)]
    index = index_of(*made)
    np.testing.assert_allclose(index.scores(query, every(index)), exact(query, made), atol=0.01)


@moderate
@given(question=pieces, texts=passages, picks=st.lists(st.integers(0, 7), max_size=10))
def test_the_company_of_other_passages_changes_nothing(
    question: list[int], texts: list[list[int]], picks: list[int]
) -> None:
    query, index = text_of(*question, seed=99), index_of(*(text_of(*text, seed=n) for n, text in enumerate(texts)))
    positions = np.array([pick % index.size for pick in picks], np.int64)
    alone = [float(index.scores(query, np.array([position]))[0]) for position in positions.tolist()]
    np.testing.assert_allclose(index.scores(query, positions), alone, atol=1e-6)


def test_vectors_are_read_with_length_one_and_in_their_own_direction() -> None:
    text = text_of(*range(200))
    vectors = unpacked(packed(text))
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (vectors * text.tokens).sum(axis=1).min() > 0.9999


def test_rounding_keeps_real_token_vectors(real_tokens: list[Encoded]) -> None:
    for text in real_tokens:
        assert (unpacked(packed(text)) * text.tokens).sum(axis=1).min() > 0.999


@pytest.fixture
def real_tokens(onnx: Encoder) -> list[Encoded]:
    return onnx.encode_tokens(
        ["who reports annually to TSAG?", "to report annually on this resolution", "IPv6, 5G; a)"]
    )


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    words = HashingEncoder()
    texts = ["the keeper", "the lamp", "the harbour", "the coast"]
    index = LateIndex.of([packed(text) for text in words.encode_tokens(texts)], words.identity.dimension)
    scores = index.scores(words.encode_tokens(["the lamp"])[0], every(index))
    assert scores.tolist() == pytest.approx([scores[0], 1, scores[0], scores[0]])
    assert 0 < scores[0] < 0.25


def test_a_question_or_a_passage_without_tokens_matches_nothing() -> None:
    index = index_of(text_of(), text_of(1, 2), text_of())
    assert index.scores(text_of(), every(index)).tolist() == [0, 0, 0]
    first, second, third = index.scores(text_of(1, 2), every(index)).tolist()
    assert (first, third) == (0, 0)
    assert second > 0.99
    assert index.scores(text_of(1), np.zeros(0, np.int64)).shape == (0,)
    assert index_of(text_of()).scores(text_of(1), np.array([0])).tolist() == [0]


def test_it_comes_back_bit_for_bit_from_the_disk_even_when_its_file_is_gone(tmp_path: Path) -> None:
    index = index_of(text_of(1, 2), text_of(), text_of(2, 3, 4))
    index.save(tmp_path / "t", tmp_path / "p")
    loaded = LateIndex.load(tmp_path / "t", tmp_path / "p")
    assert (loaded.size, loaded.dimension) == (3, DIMENSION)
    (tmp_path / "t").unlink()  # a bundle that is served may be removed
    for n in range(3):
        np.testing.assert_array_equal(loaded.rows(n), index.rows(n))
    query = text_of(3, 9)
    np.testing.assert_array_equal(loaded.scores(query, every(loaded)), index.scores(query, every(index)))


def test_an_index_without_a_token_can_be_kept_too(tmp_path: Path) -> None:
    index_of(text_of()).save(tmp_path / "t", tmp_path / "p")
    loaded = LateIndex.load(tmp_path / "t", tmp_path / "p")
    assert loaded.scores(text_of(1), np.array([0])).tolist() == [0]


class TestDamaged:
    @pytest.fixture
    def saved(self, tmp_path: Path) -> tuple[Path, Path]:
        places = tmp_path / "t", tmp_path / "p"
        index_of(text_of(1, 2), text_of(2, 3, 4)).save(*places)
        return places

    @pytest.mark.parametrize("which", [0, 1])
    @pytest.mark.parametrize("content", [b"", b"junk", b"\x93NUMPY", b"PK\x03\x04"])
    def test_rubbish_is_named(self, saved: tuple[Path, Path], which: int, content: bytes) -> None:
        saved[which].write_bytes(content)
        with pytest.raises(BundleDamaged, match=f"{saved[which].name} cannot be read; build the index again"):
            LateIndex.load(*saved)

    @pytest.mark.parametrize("which", [0, 1])
    def test_a_file_cut_short_is_named(self, saved: tuple[Path, Path], which: int) -> None:
        saved[which].write_bytes(saved[which].read_bytes()[:-1])
        with pytest.raises(BundleDamaged, match="build the index again"):
            LateIndex.load(*saved)

    @pytest.mark.parametrize("rows", [np.zeros(5), np.zeros((5, DIMENSION), np.int8)])
    def test_other_numbers_are_refused(self, saved: tuple[Path, Path], rows: NDArray[np.generic]) -> None:
        with saved[0].open("wb") as stream:
            np.save(stream, rows)
        with pytest.raises(BundleDamaged, match="build the index again"):
            LateIndex.load(*saved)

    def test_files_that_do_not_belong_together_are_refused(self, saved: tuple[Path, Path], tmp_path: Path) -> None:
        index_of(text_of(1)).save(tmp_path / "other", saved[1])
        with pytest.raises(BundleDamaged, match="build the index again"):
            LateIndex.load(*saved)
