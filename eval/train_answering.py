"""Trains what tells an answer from mere relatedness: ``python -m eval.train_answering [BUNDLE]`` writes the weights of
:mod:`index.answering`, and says how well they do on texts that were held out.

It learns from the glosses of a bundle and from the questions in ``eval/training``, written from the texts by hands that
had seen no labelled question: a text answers those that it affirms, denies or settles, not those that it is silent on,
nor what others say of another.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

import index
from eval.estimates import auroc
from eval.written import written_for
from index.answering import WEIGHTS_NPZ, Answering
from index.bundle import Bundle
from index.encoder import Vectors
from index.late import unpacked
from qa.settings import read_settings

UNITS = 64
EPOCHS = 8
BATCH = 64
RATE = 2e-3
DECAY = 0.02
DROPPED = 0.45
STRANGERS = 0.6  # of the questions that are answered, which are asked of another text too
NEAREST = 30  # texts from which that one mostly comes
SAME = 0.93  # a cosine from which two texts may say the same, so that neither is a stranger to the other's questions
HELD_OUT = 5  # every such text, to measure on
SEED = 1


@dataclass(frozen=True, slots=True)
class Glossed:
    """Tokens of texts and of the questions about them; ``owners`` are numbers of texts, ``answered`` says whether the
    text does."""

    texts: Sequence[Vectors]
    questions: Sequence[Vectors]
    owners: NDArray[np.int64]
    answered: NDArray[np.bool_]


class Network(nn.Module):  # type: ignore[misc]
    """The network of :class:`index.answering.Answering`, to be trained."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.compared = nn.Linear(dimension, UNITS)
        self.attended = nn.Linear(dimension, UNITS, bias=False)
        self.sharpness = nn.Parameter(torch.tensor(2.0))
        self.compare = nn.Linear(4 * UNITS + 1, UNITS)
        self.weigh = nn.Linear(UNITS, 1, bias=False)
        self.judge = nn.Linear(3 * UNITS, 1)
        self.drop = nn.Dropout(DROPPED)

    def forward(self, asked: Tensor, is_asked: Tensor, said: Tensor, is_said: Tensor) -> Tensor:
        """Log-odds, shape ``(batch,)``, for padded tokens, shape ``(batch, tokens, dimension)``, and where they are."""
        one, other = (torch.tanh(self.compared(self.drop(side))) for side in (asked, said))
        to_one, to_other = (functional.normalize(self.attended(side), dim=-1) for side in (asked, said))
        near = self.sharpness.exp() * to_one @ to_other.transpose(1, 2)
        found = near.masked_fill(~is_said[:, None, :], -1e4).softmax(-1) @ other
        cosines = (asked @ said.transpose(1, 2)).masked_fill(~is_said[:, None, :], -1.0)
        pairs = torch.cat([one, found, one - found, one * found, cosines.amax(-1, keepdim=True)], -1)
        says = self.drop(torch.relu(self.compare(self.drop(pairs))))
        weights = self.weigh(says).squeeze(-1).masked_fill(~is_asked, -1e4).softmax(-1)
        there = is_asked[..., None]
        largest = says.masked_fill(~there, 0.0).amax(1)  # what a comparison says is never below 0
        mean = (says * there).sum(1) / is_asked.sum(1, keepdim=True)
        whole: Tensor = self.judge(torch.cat([(weights[..., None] * says).sum(1), largest, mean], -1))
        return whole.squeeze(-1)

    def trained(self) -> Answering:
        """Its weights."""

        def array(tensor: Tensor) -> Vectors:
            found: Vectors = tensor.detach().numpy().astype(np.float32)
            return found

        return Answering(
            project=np.concatenate([array(self.compared.weight).T, array(self.attended.weight).T], axis=1),
            project_bias=array(self.compared.bias),
            sharpness=np.float32(self.sharpness.exp().item()),
            compare=array(self.compare.weight).T,
            compare_bias=array(self.compare.bias),
            weigh=array(self.weigh.weight)[0],
            judge=array(self.judge.weight)[0],
            judge_bias=np.float32(self.judge.bias.item()),
        )


def read_glossed(bundle: Bundle) -> Glossed:
    """The glosses of ``bundle`` that are questions and those of ``eval/training``, with the tokens of their texts as
    the index holds them."""
    owners, texts = bundle.store.passage_owners(), bundle.store.texts()
    passages = [np.flatnonzero(owners == text).tolist() for text in range(len(texts))]
    tokens = [np.concatenate([unpacked(bundle.late.rows(n)) for n in of_text]) for of_text in passages]
    said = bundle.store.glosses([number for number, _ in texts])
    written = written_for(bundle)
    asked = [
        (number, kind, words)
        for number, text in enumerate(texts)
        for kind, words in (*(gloss[1:] for gloss in said.get(text, ())), *written.get(text, ()))
        if kind != "says"
    ]
    questions: list[Vectors] = []
    for start in range(0, len(asked), BATCH):
        batch = [words for _, _, words in asked[start : start + BATCH]]
        questions += [encoded.tokens for encoded in bundle.encoder.encode_tokens(batch)]
    numbers = np.array([number for number, _, _ in asked], np.int64)
    return Glossed(tokens, questions, numbers, np.array([kind != "silent" for _, kind, _ in asked], np.bool_))


def train(glossed: Glossed, *, but: Collection[int] = ()) -> Answering:
    """The network that was shown the questions of all texts ``but`` some."""
    random.seed(SEED)
    torch.manual_seed(SEED)
    network = Network(glossed.texts[0].shape[1])
    shown = [n for n, owner in enumerate(glossed.owners.tolist()) if owner not in but]
    strangers = _strangers(glossed, [owner for owner in range(len(glossed.texts)) if owner not in but])
    steps = len(_pairs(glossed, shown, strangers)) // BATCH + BATCH
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps * EPOCHS)
    for epoch in range(EPOCHS):
        lost = 0.0
        network.train()
        batches = list(_batches(glossed, _pairs(glossed, shown, strangers)))
        for batch in batches:
            right = torch.tensor([answers for _, _, answers in batch])
            asked = _padded([glossed.questions[question] for question, _, _ in batch])
            said = _padded([glossed.texts[text] for _, text, _ in batch])
            loss = functional.binary_cross_entropy_with_logits(network(*asked, *said), right)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            lost += loss.item()
        print(f"epoch {epoch + 1} of {EPOCHS}: loss {lost / len(batches):.3f}", flush=True)
    return network.trained()


Pair = tuple[int, int, float]
"""A question, a text, and 1 where that answers it."""


def _pairs(glossed: Glossed, shown: Sequence[int], strangers: Sequence[Sequence[int]]) -> list[Pair]:
    """The questions ``shown`` with their texts, and some that are answered with another."""
    pairs: list[Pair] = []
    for question in shown:
        owner, answered = int(glossed.owners[question]), bool(glossed.answered[question])
        pairs.append((question, owner, float(answered)))
        if answered and strangers[owner] and random.random() < STRANGERS:
            pairs.append((question, random.choice(strangers[owner]), 0.0))
    return pairs


def _strangers(glossed: Glossed, among: Sequence[int]) -> list[list[int]]:
    """For each text those of the texts ``among`` whose questions it hardly answers, the nearest of them."""
    means = np.array([tokens.mean(axis=0) for tokens in glossed.texts])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    cosines = means @ means[among].T
    order = np.argsort(-cosines, axis=1)
    rows = zip(order.tolist(), cosines, strict=True)
    return [[among[n] for n in row if line[n] < SAME][:NEAREST] for row, line in rows]


def _batches(glossed: Glossed, pairs: list[Pair]) -> Iterator[list[Pair]]:
    """``pairs`` in batches of texts of about one length, in any order."""
    pairs.sort(key=lambda pair: len(glossed.texts[pair[1]]) + random.random() * BATCH)
    batches = [pairs[start : start + BATCH] for start in range(0, len(pairs), BATCH)]
    random.shuffle(batches)
    return iter(batches)


def _padded(sides: Sequence[Vectors]) -> tuple[Tensor, Tensor]:
    """Tokens of several texts in one tensor, and where there are some."""
    longest = max(map(len, sides))
    tokens = torch.zeros(len(sides), longest, sides[0].shape[1])
    there = torch.zeros(len(sides), longest, dtype=torch.bool)
    for n, side in enumerate(sides):
        tokens[n, : len(side)] = torch.from_numpy(np.ascontiguousarray(side))
        there[n, : len(side)] = True
    return tokens, there


def measure(network: Answering, glossed: Glossed, held_out: Collection[int]) -> str:
    """How well ``network`` tells what the texts ``held_out`` answer from what they are silent on."""
    asked = [n for n, owner in enumerate(glossed.owners.tolist()) if owner in held_out]
    odds = [network.log_odds(glossed.questions[n], glossed.texts[glossed.owners[n]]) for n in asked]
    return f"{len(asked)} questions on {len(held_out)} texts: AUROC {auroc(np.array(odds), glossed.answered[asked])}"


def main(arguments: Sequence[str]) -> None:
    """Train, measure, write."""
    bundle = Bundle.open(Path(arguments[0]) if arguments else read_settings().bundle)
    glossed = read_glossed(bundle)
    held_out = range(0, len(glossed.texts), HELD_OUT)
    print("on texts held out:", measure(train(glossed, but=held_out), glossed, held_out))
    path = Path(index.__path__[0]) / WEIGHTS_NPZ
    train(glossed).save(path, bundle.encoder.identity)
    print("written to", path)


if __name__ == "__main__":
    main(sys.argv[1:])
