"""What tells an answer from mere relatedness: the network in numpy is the one that was trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import index
from eval.train_answering import Network, _padded
from index.answering import WEIGHTS_NPZ, Answering
from index.bundle import ENCODER
from index.encoder import HashingEncoder, Vectors, read_identity

DIMENSION = 48


def tokens(count: int, seed: int) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    unit: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(0)
    return Network(DIMENSION).eval()


def test_it_says_what_the_trained_network_says(network: Network) -> None:
    trained = network.trained()
    asked, said = [tokens(n, n) for n in (3, 1, 12)], [tokens(n, 100 + n) for n in (40, 7, 1)]
    with torch.no_grad():
        expected = network(*_padded(asked), *_padded(said)).numpy()
    found = [trained.log_odds(*pair) for pair in zip(asked, said, strict=True)]
    assert found == pytest.approx(expected, abs=1e-4)


def test_where_there_are_no_tokens_it_says_nothing(network: Network) -> None:
    trained = network.trained()
    assert trained.log_odds(tokens(0, 1), tokens(3, 2)) == trained.log_odds(tokens(3, 1), tokens(0, 2)) == 0.0


def test_what_is_saved_is_read_for_the_encoder_it_was_trained_on(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained, encoder = network.trained(), HashingEncoder(DIMENSION).identity
    trained.save(tmp_path / WEIGHTS_NPZ, encoder)
    monkeypatch.setattr("index.answering.resources.files", lambda _: tmp_path)
    read = Answering.made_for(encoder)
    assert read is not None
    assert read.log_odds(tokens(5, 1), tokens(9, 2)) == pytest.approx(
        trained.log_odds(tokens(5, 1), tokens(9, 2)), abs=0.01
    )
    assert Answering.made_for(replace(encoder, sha256="1" * 64)) is None


def test_the_product_brings_one_for_its_own_encoder(real: Path) -> None:
    assert (Path(index.__path__[0]) / WEIGHTS_NPZ).stat().st_size < 300_000
    assert Answering.made_for(read_identity(real / ENCODER)) is not None
