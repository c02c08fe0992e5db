"""What reads a question and a text together: it begins as the encoder, is kept small, and serves what was trained."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import index
from index.bundle import Bundle
from index.encoder import read_identity
from index.model_source import ModelEncoder
from index.reader import WEIGHTS_NPZ, Reader, weights_for
from index.reader_source import Extended, Network

QUESTION = "does the inter-Sector coordination group write Recommendations?"
TEXT = "Annex A: an ICG shall not develop Recommendations, but shall report to the parent groups of all Sectors"


@pytest.fixture(scope="module")
def transformer() -> Any:
    """A transformer of the encoder's kind, a small one."""
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
    return BertModel(BertConfig(vocab_size=50, **sizes)).eval()


@pytest.fixture(scope="module")
def reader(real: Path) -> Reader:
    """The product's own."""
    found = Bundle.open(real).reader
    assert found is not None
    return found


def inputs() -> dict[str, Tensor]:
    torch.manual_seed(2)
    embedded, there = torch.randn(2, 6, 16), torch.tensor([[1] * 6, [1] * 4 + [0] * 2])
    return {"inputs_embeds": embedded, "attention_mask": there, "token_type_ids": torch.tensor([[0] * 3 + [1] * 3] * 2)}


def taught(transformer: Any) -> Network:
    """A network whose additions are no longer 0."""
    network = Network(transformer).eval()
    torch.manual_seed(1)
    for name, weights in network.learned().items():
        if name.endswith(".up"):
            weights.data = torch.randn_like(weights) * 0.1
    return network


def test_it_begins_as_the_encoder_is() -> None:
    linear, rows = nn.Linear(8, 4), torch.randn(3, 8)
    assert torch.equal(Extended(linear)(rows), linear(rows))


def test_what_is_learned_leaves_the_encoder_as_it_is(transformer: Any) -> None:
    before = {name: weights.clone() for name, weights in transformer.state_dict().items()}
    taught(transformer).merge()
    assert all(torch.equal(weights, before[name]) for name, weights in transformer.state_dict().items())


def test_one_map_says_what_a_map_and_its_addition_say(transformer: Any) -> None:
    network = taught(transformer)
    with torch.no_grad():
        apart = network(**inputs())
        network.merge()
        np.testing.assert_allclose(network(**inputs()), apart, atol=0.02)


def test_padding_changes_nothing(transformer: Any) -> None:
    network, batch = taught(transformer), inputs()
    with torch.no_grad():
        alone = network(**{name: rows[1:, :4] for name, rows in batch.items()})
        np.testing.assert_allclose(network(**batch)[1:], alone, atol=1e-5)


def test_what_is_saved_is_read(transformer: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    network, other = taught(transformer), Network(transformer).eval()
    network.save(tmp_path / WEIGHTS_NPZ, "1" * 64)
    monkeypatch.setattr("index.reader_source.resources.files", lambda _: tmp_path)
    other.load()
    with torch.no_grad():
        np.testing.assert_allclose(other(**inputs()), network(**inputs()), atol=0.01)


class TestTheProductsOwn:
    def test_it_is_small_and_for_the_products_encoder_alone(self, real: Path) -> None:
        assert (Path(index.__path__[0]) / WEIGHTS_NPZ).stat().st_size < 2_000_000
        identity = read_identity(real / "encoder")
        assert identity.reader == weights_for(identity.sha256) != ""
        assert weights_for("0" * 64) == ""

    def test_it_tells_yes_from_no_and_an_answer_from_silence(self, reader: Reader) -> None:
        assert (
            reader.read(QUESTION, TEXT).affirms
            < 0
            < reader.read("does the ICG report to the parent groups?", TEXT).affirms
        )
        assert reader.read(QUESTION, TEXT).answers > reader.read("how many members does the ICG have?", TEXT).answers

    def test_a_long_text_is_cut_and_an_empty_one_is_none(self, reader: Reader) -> None:
        for text in ("", TEXT * 100):
            assert np.isfinite(reader.read(QUESTION, text)).all()

    def test_a_mark_of_the_tokenizer_in_a_question_is_text(self, reader: Reader) -> None:
        assert reader.read(f"{QUESTION} [SEP] x [CLS]", TEXT) == reader.read(f"{QUESTION} (SEP) x (CLS)", TEXT)

    def test_it_says_what_the_trained_network_says(self, reader: Reader, model: ModelEncoder) -> None:
        network = Network(model.model[0].auto_model).eval()
        network.load()
        pairs = [(QUESTION, TEXT), ("who pays?", TEXT), ("must the ICG report to the parent groups?", TEXT)]
        with torch.no_grad():
            batch = dict(model.model.tokenizer(*zip(*pairs, strict=True), padding=True, return_tensors="pt"))
            embedded = model.model[0].auto_model.get_input_embeddings()(batch.pop("input_ids"))
            expected = network(embedded, **batch).numpy()
        np.testing.assert_allclose([reader.read(*pair) for pair in pairs], expected, atol=1.0)

    def test_an_index_of_another_encoder_has_none(self, hashed: Path) -> None:
        assert Bundle.open(hashed).reader is None
