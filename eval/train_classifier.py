"""Trains what tells which text a question is about, if any: ``python -m eval.train_classifier [BUNDLE]`` writes the
weights of :mod:`index.classifier`, and says how often it is right on questions that were held out.

It learns from the glosses of a bundle and from the questions in ``eval/training``, all written for one clause each by
hands that had seen no labelled question. What a parallel provision says alike is as right an answer. That takes some
twelve minutes on two cores.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

import index
from corpus.glosses import LEADING
from corpus.readable import readable
from eval.estimates import auroc
from eval.written import written_for
from index.bundle import Bundle
from index.classifier import WEIGHTS_NPZ, Classifier, key_of
from index.encoder import Encoded, Encoder, Vectors
from index.prototypes import Prototypes
from qa.settings import read_settings

FEATURES = 384  # of each network
NETWORKS = 3  # trained alike from other beginnings, whose scores are averaged
DROPPED = 0.4
EPOCHS = 12
BATCH = 512
RATE = 2e-3
DRAWN = 0.3  # how strongly a text is drawn to its prototype
SAME = 0.8  # how alike parallels are, each of which is a right answer to the other's questions
OTHER_VERSION = 0.9  # how much the other version of a clause is one
SPREAD = 4.0  # of features at the beginning: vectors of length one have small components


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts by their keys, those of one key as one: ``prototypes``, shape ``(n, dimension)``, and for each how far
    every one is a right answer to its questions, shape ``(n + 1, n + 1)``, rows adding up to 1; the last is none."""

    keys: Sequence[str]
    numbers: Sequence[int]  # of the key of each text of the bundle
    prototypes: Vectors
    right: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions as the encoder sees them, and the numbers of the keys of the texts that they are about; of those that
    no text answers, the number after the last."""

    encoded: Sequence[Encoded]
    keys: NDArray[np.int64]


class Network(nn.Module):  # type: ignore[misc]
    """The network of :class:`index.classifier.Classifier`, to be trained on questions that were moved to where the
    prototypes lie, and their tokens."""

    def __init__(self, prototypes: Vectors) -> None:
        super().__init__()
        dimension = prototypes.shape[1]
        self.start = torch.from_numpy(prototypes)
        self.texts = nn.Parameter(self.start.clone())
        self.none = nn.Linear(dimension, 1, bias=False)
        self.features_of_none = nn.Linear(FEATURES, 1, bias=False)
        self.offsets = nn.Parameter(torch.zeros(len(prototypes) + 1))
        self.sharpness = nn.Parameter(torch.tensor(10.0))
        self.features = nn.Linear(dimension, FEATURES)
        nn.init.normal_(self.features.weight, std=SPREAD / dimension**0.5)
        nn.init.zeros_(self.features.bias)
        self.moves = nn.Linear(FEATURES, dimension, bias=False)
        for beginning in (self.moves, self.none, self.features_of_none):
            nn.init.zeros_(beginning.weight)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, moved: Tensor, tokens: Tensor, owners: Tensor) -> Tensor:
        """Logits, shape ``(batch, n + 1)``, of questions, shape ``(batch, dimension)``; ``tokens`` are those of all,
        shape ``(tokens, dimension)``, each of the question that ``owners`` numbers."""
        there = functional.relu(self.features(tokens))
        places = owners[:, None].expand(-1, FEATURES)
        largest = self.drop(torch.zeros(len(moved), FEATURES).scatter_reduce(0, places, there, "amax"))
        texts, none = (moved + self.moves(largest)) @ self.texts.T, self.none(moved) + self.features_of_none(largest)
        found: Tensor = self.sharpness * torch.cat([texts, none], 1) + self.offsets
        return found

    def away(self) -> Tensor:
        """How far the texts are from their prototypes."""
        found: Tensor = ((self.texts - self.start) ** 2).sum(1).mean()
        return found

    def trained(self, prototypes: Prototypes, length: float) -> Classifier:
        """Its weights, for vectors as the encoder makes them; see :func:`_moved`."""
        texts, none = _array(self.texts).T, _array(self.none.weight).T
        by_vector = prototypes.transform @ np.concatenate([texts, none], axis=1) / length
        by_feature = [_array(self.moves.weight).T @ texts, _array(self.features_of_none.weight).T]
        return Classifier(
            features=_array(self.features.weight).T,
            feature_bias=_array(self.features.bias),
            by_vector=by_vector,
            by_feature=np.concatenate(by_feature, axis=1),
            offsets=_array(self.offsets / self.sharpness) - prototypes.mean @ by_vector,
            texts=np.arange(texts.shape[1]),
        )


def _array(tensor: Tensor) -> Vectors:
    found: Vectors = tensor.detach().numpy().astype(np.float32)
    return found


def read_texts(bundle: Bundle) -> Texts:
    """Those of ``bundle``."""
    clauses, texts = bundle.store.select(), bundle.store.texts()
    own = []
    for number, version in texts:
        clause = clauses[number]
        words = clause.text_of(version) if version in clause.versions else clause.text
        own.append(key_of(readable(clause.heading), readable(words)))
    keys = list(dict.fromkeys(own))
    numbers = [keys.index(key) for key in own]
    alike = {frozenset(pair): how for *pair, how in bundle.store.parallel_numbers() if how >= SAME}
    right = np.eye(len(keys) + 1, dtype=np.float32)
    for n, (one, _) in enumerate(texts):
        for m, (other, _) in enumerate(texts):
            how = OTHER_VERSION if one == other else alike.get(frozenset((one, other)), 0.0)
            right[numbers[n], numbers[m]] = max(right[numbers[n], numbers[m]], how)
    first = [numbers.index(key) for key in range(len(keys))]
    places = np.searchsorted(bundle.prototypes.owners, first)
    return Texts(keys, numbers, bundle.prototypes.vectors[places], right / right.sum(axis=1, keepdims=True))


def read_asked(bundle: Bundle, texts: Texts, *, held_out: bool) -> Asked:
    """The questions about ``texts``: those of the glosses and ``eval/training``, or those ``held_out``."""
    numbers, written = bundle.store.texts(), written_for(bundle, held_out=held_out)
    said = {} if held_out else bundle.store.glosses([number for number, _ in numbers])
    asked: dict[tuple[int, str], None] = {}
    for key, text in zip(texts.numbers, numbers, strict=True):
        of_text = (*(gloss[1:] for gloss in said.get(text, ())), *written.get(text, ()))
        asked |= dict.fromkeys((key if kind in LEADING else len(texts.keys), words) for kind, words in of_text)
    encoded = list(_encoded([words for _, words in asked], bundle.encoder))
    return Asked(encoded, np.array([key for key, _ in asked], np.int64))


def _encoded(words: Sequence[str], encoder: Encoder) -> Iterator[Encoded]:
    for start in range(0, len(words), 64):
        yield from encoder.encode_tokens(words[start : start + 64])


def train(asked: Asked, texts: Texts, prototypes: Prototypes, seed: int) -> Classifier:
    """The network that was shown the questions ``asked``."""
    torch.manual_seed(seed)
    network, right = Network(texts.prototypes), torch.from_numpy(texts.right)
    moved, length = _moved(asked.encoded, prototypes)
    steps = EPOCHS * -(-len(moved) // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps, pct_start=0.1)
    for epoch in range(EPOCHS):
        lost = 0.0
        for batch in torch.randperm(len(moved)).split(BATCH):
            chosen = batch.tolist()
            tokens = [asked.encoded[n].tokens for n in chosen]
            owners = torch.repeat_interleave(torch.arange(len(chosen)), torch.tensor([len(one) for one in tokens]))
            logits = network(moved[batch], torch.from_numpy(np.concatenate(tokens)), owners)
            loss = functional.cross_entropy(logits, right[asked.keys[chosen]]) + DRAWN * network.away()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            lost += loss.item() * len(chosen)
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {lost / len(moved):.3f}", flush=True)
    return network.trained(prototypes, length)


def _moved(encoded: Sequence[Encoded], prototypes: Prototypes) -> tuple[Tensor, float]:
    """The vectors of questions where the prototypes lie, divided by how long they are there on average."""
    moved = prototypes.transformed(np.array([one.vector for one in encoded]))
    length = float(np.linalg.norm(moved, axis=1).mean())
    return torch.from_numpy(moved / np.float32(length)), length


def together(networks: Sequence[Classifier]) -> Classifier:
    """One that scores as all ``networks`` do on average."""
    parts = {name: [getattr(one, name) for one in networks] for name in ("features", "feature_bias", "by_feature")}
    return Classifier(
        features=np.concatenate(parts["features"], axis=1),
        feature_bias=np.concatenate(parts["feature_bias"]),
        by_vector=np.mean([one.by_vector for one in networks], axis=0),
        by_feature=np.float32(1 / len(networks)) * np.concatenate(parts["by_feature"]),
        offsets=np.mean([one.offsets for one in networks], axis=0),
        texts=networks[0].texts,
    )


def scaled(network: Classifier, asked: Asked, texts: Texts, prototypes: Prototypes) -> Classifier:
    """``network`` with scores as large as cosines with prototypes, on average over the texts that the questions
    ``asked``, which it has not seen, are about; tells how often either has such a text first, and how well it tells
    what is answered from what is not."""
    answered = asked.keys < len(texts.keys)
    own = np.flatnonzero(answered), asked.keys[answered]
    ours = np.array([network.scores(one) for one in asked.encoded])
    cosines = prototypes.moved(np.array([one.vector for one in asked.encoded])) @ texts.prototypes.T
    for name, scores in (("prototypes", cosines), ("classifier", ours[:, :-1])):
        first = np.mean(texts.right[own[1], scores[answered].argmax(axis=1)] > 0)
        print(f"{name}: right text first {first:.3f} of {answered.sum()} questions held out")
    print(f"answered: AUROC {auroc(ours[:, :-1].max(axis=1) - ours[:, -1], answered)} of {len(answered)}")
    factor = np.float32(cosines[own].mean() / ours[own].mean())
    return Classifier(
        network.features, network.feature_bias, network.by_vector * factor, network.by_feature * factor,
        network.offsets * factor, network.texts,
    )  # fmt: skip


def main(arguments: Sequence[str]) -> None:
    """Train, measure, write."""
    bundle = Bundle.open(Path(arguments[0]) if arguments else read_settings().bundle)
    texts = read_texts(bundle)
    print(f"{len(texts.keys)} texts; encoding", flush=True)
    shown, held_out = (read_asked(bundle, texts, held_out=held_out) for held_out in (False, True))
    print(f"{len(shown.keys)} questions and {len(held_out.keys)} held out", flush=True)
    networks = [train(shown, texts, bundle.prototypes, seed) for seed in range(NETWORKS)]
    network = scaled(together(networks), held_out, texts, bundle.prototypes)
    path = Path(index.__path__[0]) / WEIGHTS_NPZ
    network.publish(path, bundle.encoder.identity.sha256, texts.keys)
    print(f"written to {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
