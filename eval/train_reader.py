"""Trains what reads a question and a text together: ``python -m eval.train_reader [FILE ...]`` writes the weights of
:mod:`index.reader`, and says how well it does on questions that were held out. Where files of ``eval/training`` are
named, it goes on from the weights that there are, with their questions and some of the others.

It learns from the glosses of a bundle and from the questions in ``eval/training``, all written for one clause each by
hands that had seen no labelled question: a text answers those that it affirms, denies or settles, not those that it is
silent on, nor what others say of another. That takes an hour and a half on two cores.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

import index
from eval.estimates import auroc
from eval.written import POLAR, written_for
from index.bundle import Bundle
from index.model_source import ModelEncoder, model_encoder
from index.reader import WEIGHTS_NPZ
from index.reader_source import Network
from index.text import read_aloud
from qa.profiles import Profiles
from qa.settings import read_settings

BATCH = 32
RATES = {"all": 6e-4, "yes or no": 4e-4}  # of each phase, at its height
EPOCHS = {"all": 1, "yes or no": 1}
RATE_OF_JUDGE = 1e-3
OTHERS = 0.3  # of the pairs that do not ask for yes or no, which are kept while those are learned that do
DECAY = 0.01
STRANGERS = 0.25  # of the questions that are answered, which are asked of another text too
NEAREST = 20  # texts of which that is one
SAME = 0.5  # how alike parallels are, neither of which is a stranger to the other's questions
TOO_NEAR = 0.9  # the same for the cosine of two texts
REPLAYED = 0.3  # of the questions that are known already, which are shown again where some are new
GOING_ON = 0.6  # of the rates, then
SEED = 1


class Example(NamedTuple):
    """A question and a text; its kind is one of :data:`corpus.glosses.KINDS`, ``silent`` where another text answers."""

    question: str
    text: str
    kind: str

    @property
    def length(self) -> int:
        """In characters."""
        return len(self.question) + len(self.text)


class Examples(NamedTuple):
    """All questions with the texts that they were written for, those to measure on by other hands; and for each text
    others that do not answer its questions."""

    shown: list[Example]
    held_out: list[Example]
    strangers: dict[str, list[str]]


def read_examples(bundle: Bundle, new: Collection[str]) -> Examples:
    """Those of the glosses of ``bundle`` and of ``eval/training``; where files of the latter are ``new``, all of these
    and some of the others."""
    profiles, keys = Profiles(bundle.store), bundle.store.texts()
    instruments = bundle.store.instruments
    texts = []
    for number, version in keys:
        clause = profiles.clauses[number]
        texts.append(read_aloud(clause, instruments[clause.instrument], profiles.of(number, version).words))
    glosses = bundle.store.glosses([number for number, _ in keys])
    written, others = written_for(bundle, only=new), written_for(bundle, held_out=True)
    known = written_for(bundle) if new else {}
    shown: list[Example] = []
    held_out: list[Example] = []
    for key, text in zip(keys, texts, strict=True):
        own = [Example(words, text, kind) for kind, words in written.get(key, ())]
        rest = [Example(words, text, kind) for _, kind, words in glosses.get(key, ()) if kind != "says"]
        rest += [Example(words, text, kind) for kind, words in known.get(key, ())]
        seen = set(own)
        shown += [*own, *(one for one in rest if one not in seen and (not new or random.random() < REPLAYED))]
        held_out += [Example(words, text, kind) for kind, words in others.get(key, ())]
    return Examples(shown, held_out, _strangers(bundle, texts))


def _strangers(bundle: Bundle, texts: Sequence[str]) -> dict[str, list[str]]:
    """For each text some that are near, and hardly answer its questions."""
    owners, keys = bundle.store.passage_owners(), bundle.store.texts()
    first = np.searchsorted(owners, np.arange(len(keys)))
    vectors = np.array([bundle.dense.vector(int(n)) for n in first])
    alike = {frozenset((one, other)) for one, other, how in bundle.store.parallel_numbers() if how >= SAME}
    cosines = vectors @ vectors.T
    found: dict[str, list[str]] = {}
    for n, (number, _) in enumerate(keys):
        order = np.argsort(-cosines[n]).tolist()
        apart = (m for m in order if cosines[n, m] < TOO_NEAR and frozenset((number, keys[m][0])) not in alike)
        found[texts[n]] = [texts[m] for m, _ in zip(apart, range(NEAREST), strict=False)]
    return found


def train(network: Network, tokenizer: object, examples: Examples, share: float = 1.0) -> None:
    """Train ``network`` at a ``share`` of the rates, telling how it goes: on all pairs, and once more on those that ask
    for yes or no."""
    for phase in EPOCHS:
        print(f"phase: {phase}", flush=True)
        _train(network, tokenizer, examples, phase, share)
        print(measure(network, tokenizer, examples.held_out), flush=True)


def _train(network: Network, tokenizer: object, examples: Examples, phase: str, share: float) -> None:
    judge = list(network.judge.parameters())
    rest = [weights for weights in network.learned().values() if not any(weights is one for one in judge)]
    groups = [{"params": rest}, {"params": judge}]
    optimizer = torch.optim.AdamW(groups, lr=share * RATES[phase], weight_decay=DECAY)
    steps = EPOCHS[phase] * (len(_pairs(examples, phase)) // BATCH + BATCH)
    rates = [share * RATES[phase], share * RATE_OF_JUDGE]
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=steps, pct_start=0.1)
    started, done, lost = time.monotonic(), 0, 0.0
    for _ in range(EPOCHS[phase]):
        for batch in _batches(_pairs(examples, phase)):
            loss = _loss(_odds(network, tokenizer, batch), batch)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_([*rest, *judge], 1.0)
            optimizer.step()
            schedule.step()
            lost, done = lost + loss.item(), done + 1
            if done % 100 == 0:
                speed = done * BATCH / (time.monotonic() - started)
                print(f"step {done} of {steps}: loss {lost / 100:.3f}, {speed:.0f} pairs a second", flush=True)
                lost = 0.0


def _pairs(examples: Examples, phase: str) -> list[Example]:
    """What is shown in a phase, and some questions with a text that does not answer them."""
    others = [
        Example(one.question, random.choice(examples.strangers[one.text]), "silent")
        for one in examples.shown
        if one.kind != "silent" and random.random() < STRANGERS and examples.strangers[one.text]
    ]
    pairs = [*examples.shown, *others]
    return [one for one in pairs if phase == "all" or one.kind in POLAR or random.random() < OTHERS]


def _batches(examples: list[Example]) -> Iterator[list[Example]]:
    """``examples`` in batches of about one length, in any order."""
    examples.sort(key=lambda one: one.length + random.random() * 60)
    batches = [examples[start : start + BATCH] for start in range(0, len(examples), BATCH)]
    random.shuffle(batches)
    return iter(batches)


def _odds(network: Network, tokenizer: object, batch: Sequence[Example]) -> Tensor:
    """Log-odds for ``batch``, computed in 16 bits."""
    pairs = [one.question for one in batch], [one.text for one in batch]
    features = tokenizer(*pairs, padding=True, truncation=True, return_tensors="pt")  # type: ignore[operator]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        embedded = network.transformer.get_input_embeddings()(features.pop("input_ids"))
        odds: Tensor = network(embedded, **features)
    return odds.float()


def _loss(odds: Tensor, batch: Sequence[Example]) -> Tensor:
    answered = torch.tensor([float(one.kind != "silent") for one in batch])
    loss: Tensor = functional.binary_cross_entropy_with_logits(odds[:, 0], answered)
    polar = [n for n, one in enumerate(batch) if one.kind in POLAR]
    if polar:
        affirmed = torch.tensor([float(batch[n].kind == "yes") for n in polar])
        loss = loss + functional.binary_cross_entropy_with_logits(odds[polar, 1], affirmed)
    return loss


def measure(network: Network, tokenizer: object, examples: Sequence[Example]) -> str:
    """How well ``network`` tells what is answered, and what is affirmed."""
    with torch.no_grad():
        starts = range(0, len(examples), BATCH)
        odds = torch.cat([_odds(network, tokenizer, examples[n : n + BATCH]) for n in starts]).numpy()
    answered = [one.kind != "silent" for one in examples]
    polar = [n for n, one in enumerate(examples) if one.kind in POLAR]
    affirmed = [examples[n].kind == "yes" for n in polar]
    right = np.mean((odds[polar, 1] > 0) == affirmed)
    return (
        f"{len(examples)} questions held out: answers AUROC {auroc(odds[:, 0], answered)}, "
        f"affirms {auroc(odds[polar, 1], affirmed)}, right {right:.3f}"
    )


def main(arguments: Sequence[str]) -> None:
    """Train, measure, write."""
    bundle = Bundle.open(read_settings().bundle)
    torch.manual_seed(SEED)
    random.seed(SEED)
    encoder = model_encoder(bundle.encoder.identity.name)
    if not isinstance(encoder, ModelEncoder):
        sys.exit("a reader is an addition to a real encoder; build the index with one")
    model = encoder.model
    network = Network(model[0].auto_model)
    for part in network.modules():
        if isinstance(part, nn.Dropout):
            part.p = 0.0  # drawing what to drop takes as long as all else
    examples = read_examples(bundle, arguments)
    print(f"{len(examples.shown)} questions and {len(examples.held_out)} held out", flush=True)
    if arguments:
        network.load()
        print(measure(network, model.tokenizer, examples.held_out), flush=True)
    train(network.train(), model.tokenizer, examples, GOING_ON if arguments else 1.0)
    path = Path(index.__path__[0]) / WEIGHTS_NPZ
    network.save(path, bundle.encoder.identity.sha256)
    print(f"written to {path}")


if __name__ == "__main__":
    main(sys.argv[1:])
