"""What tells which text a question is about: the network in numpy is the one that was trained, text by text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

import index
from corpus.errors import BundleDamaged
from eval.train_classifier import Network, together
from index.bundle import Bundle
from index.classifier import WEIGHTS_NPZ, Classifier, key_of
from index.encoder import Encoded, Vectors
from index.prototypes import Prototypes
from index.search import Query

DIMENSION = 24
TEXTS = 6
TSAG = "itu-wtsa/res-18/2024/instructs__para_2"
SETTLED = "whom does the TSB chief brief once a year?"
LEFT_OPEN = "in which language is the yearly report to TSAG written?"
KEYS = [key_of("resolves", f"text {n}") for n in range(TEXTS)]


def unit(count: int, seed: int) -> Vectors:
    made = np.random.default_rng(seed).normal(size=(count, DIMENSION)).astype(np.float32)
    found: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return found


@pytest.fixture(scope="module")
def prototypes() -> Prototypes:
    owners = np.arange(TEXTS)
    return Prototypes.of(unit(TEXTS, 0), owners, unit(TEXTS * 5, 1), np.repeat(owners, 5), TEXTS)


@pytest.fixture(scope="module")
def network(prototypes: Prototypes) -> Network:
    torch.manual_seed(0)
    made = Network(prototypes.vectors).eval()
    for weights in (made.moves.weight, made.none.weight, made.features_of_none.weight, made.offsets):
        torch.nn.init.normal_(weights, std=0.1)
    return made


@pytest.fixture(scope="module")
def classifier(network: Network, prototypes: Prototypes) -> Classifier:
    return network.trained(prototypes, 0.8)


def question(tokens: int, seed: int = 3) -> Encoded:
    return Encoded(unit(1, seed)[0], unit(tokens, seed + 1), np.arange(tokens, dtype=np.int32))


@pytest.mark.parametrize("tokens", [0, 1, 9])
def test_it_says_what_the_trained_network_says(
    network: Network, prototypes: Prototypes, classifier: Classifier, tokens: int
) -> None:
    asked = question(tokens)
    moved = torch.from_numpy(prototypes.transformed(asked.vector[None, :]) / np.float32(0.8))
    with torch.no_grad():
        logits = network(moved, torch.from_numpy(asked.tokens), torch.zeros(tokens, dtype=torch.int64))[0]
    expected = (logits / network.sharpness).detach().numpy()
    np.testing.assert_allclose(classifier.scores(asked), expected, atol=1e-4)


def test_several_networks_score_as_they_do_on_average(classifier: Classifier) -> None:
    asked, other = question(7), replace(classifier, offsets=classifier.offsets + 1, features=-classifier.features)
    mean = (classifier.scores(asked) + other.scores(asked)) / 2
    np.testing.assert_allclose(together([classifier, other]).scores(asked), mean, atol=1e-5)


def test_a_text_is_known_by_its_heading_and_words_alone(
    classifier: Classifier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier.publish(tmp_path / WEIGHTS_NPZ, "1" * 64, KEYS)
    monkeypatch.setattr("index.classifier.resources.files", lambda _: tmp_path)
    others = [KEYS[4], key_of("resolves", "amended"), KEYS[1], KEYS[4], key_of("invites", "text 1")]
    part = Classifier.made_for("1" * 64, DIMENSION, others)
    assert part.texts.tolist() == [0, 2, 3]
    asked = question(5)
    np.testing.assert_allclose(part.scores(asked), classifier.scores(asked)[[4, 1, 4, -1]], atol=0.01)


def test_for_another_encoder_there_is_none() -> None:
    assert not Classifier.made_for("0" * 64, DIMENSION, KEYS).texts.size
    assert Classifier.of_none(DIMENSION).scores(question(5)).tolist() == [0.0]


def test_what_is_saved_loads(classifier: Classifier, tmp_path: Path) -> None:
    classifier.save(tmp_path / "c.npz")
    np.testing.assert_array_equal(
        Classifier.load(tmp_path / "c.npz").scores(question(5)), classifier.scores(question(5))
    )


def test_a_damaged_file_says_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "c.npz").write_bytes(b"no weights")
    with pytest.raises(BundleDamaged, match=r"c\.npz cannot be read; build the index again"):
        Classifier.load(tmp_path / "c.npz")


@pytest.fixture(scope="module")
def bundle(real: Path) -> Bundle:
    return Bundle.open(real)


class TestTheProductsOwn:
    def scores(self, bundle: Bundle, words: str) -> Vectors:
        (asked,) = bundle.encoder.encode_tokens([words])
        return Classifier.load(bundle.folder / WEIGHTS_NPZ).scores(asked)

    def test_it_is_small_and_knows_every_text(self, bundle: Bundle) -> None:
        assert (Path(index.__path__[0]) / WEIGHTS_NPZ).stat().st_size < 2_000_000
        known = Classifier.load(bundle.folder / WEIGHTS_NPZ).texts
        assert known.tolist() == list(range(len(bundle.store.texts())))

    def test_it_finds_what_is_asked_in_other_words(self, bundle: Bundle) -> None:
        found = self.scores(bundle, "how often does the standards group hear from its bureau's boss?")[:-1]
        number, _ = bundle.store.texts()[int(found.argmax())]
        assert bundle.store.select()[number].id == TSAG

    def test_it_tells_what_a_text_answers_from_what_it_leaves_open(self, bundle: Bundle) -> None:
        number = bundle.store.numbers_of([TSAG])[0]
        sides = []
        for words in (SETTLED, LEFT_OPEN):
            _, seen = bundle.searcher.find(Query(words), 1)
            assert seen is not None
            sides.append(bundle.searcher.nothing(seen, number, "in_force"))
        assert sides[0] < 0 < sides[1]

    def test_of_a_clause_that_it_does_not_know_it_says_nothing(self, hashed: Path) -> None:
        other = Bundle.open(hashed)
        _, seen = other.searcher.find(Query("who reports annually to TSAG?"), 1)
        assert seen is not None
        assert other.searcher.nothing(seen, 0, "in_force") == 0.0
