"""The reader as training and building need it: the network in torch, its weights on the disk, its export to ONNX.

Its additions to the encoder's linear maps are of low rank: Hu et al., "LoRA: Low-Rank Adaptation of Large Language
Models" (ICLR 2022). So the product carries a few hundredths of a transformer, and makes the whole from the encoder's
weights when it exports.
"""

from __future__ import annotations

import io
import math
from copy import deepcopy
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from index.reader import MADE_FOR, WEIGHTS_NPZ

RANK = 16
_LINEAR = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense",
           "intermediate.dense", "output.dense")  # fmt: skip
_ADJUSTED = ("LayerNorm", "token_type_embeddings")  # learned anew, being small


class Extended(nn.Module):  # type: ignore[misc]
    """A linear map, which stays as it is, and an addition of low rank, which begins with 0."""

    def __init__(self, linear: nn.Linear) -> None:
        super().__init__()
        self.linear = linear
        self.down = nn.Parameter(torch.randn(RANK, linear.in_features) / math.sqrt(linear.in_features))
        self.up = nn.Parameter(torch.zeros(linear.out_features, RANK))

    def forward(self, rows: Tensor) -> Tensor:
        """What both make of ``rows``."""
        found: Tensor = self.linear(rows) + (rows @ self.down.T) @ self.up.T
        return found

    def merged(self) -> nn.Linear:
        """Both as one map."""
        self.linear.weight.data += (self.up @ self.down).data
        return self.linear


class Network(nn.Module):  # type: ignore[misc]
    """The encoder's ``transformer``, which is left as it is, extended; and what makes log-odds of its tokens."""

    def __init__(self, transformer: Any) -> None:
        super().__init__()
        self.transformer = deepcopy(transformer).requires_grad_(False)
        self.transformer.set_attn_implementation("eager")
        for layer in self.transformer.encoder.layer:
            for name in _LINEAR:
                place, _, last = name.rpartition(".")
                setattr(layer.get_submodule(place), last, Extended(layer.get_submodule(name)))
        for name, weights in self.transformer.named_parameters():
            weights.requires_grad_(any(part in name for part in (*_ADJUSTED, ".up", ".down")))
        self.judge = nn.Linear(2 * self.transformer.config.hidden_size, 2)

    def forward(self, inputs_embeds: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """Log-odds, shape ``(batch, 2)``, as in :class:`index.reader.Reading`, of tokens that are embedded already."""
        tokens = self.transformer(
            inputs_embeds=inputs_embeds, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state
        there = attention_mask[..., None]
        mean = (tokens * there).sum(1) / there.sum(1)
        odds: Tensor = self.judge(torch.cat([tokens[:, 0], mean], 1))
        return odds

    def learned(self) -> dict[str, nn.Parameter]:
        """The weights that are not the encoder's, by their names."""
        return {name: weights for name, weights in self.named_parameters() if weights.requires_grad}

    def merge(self) -> None:
        """Make each map and its addition one, to be exported."""
        for layer in self.transformer.encoder.layer:
            for name in _LINEAR:
                place, _, last = name.rpartition(".")
                setattr(layer.get_submodule(place), last, layer.get_submodule(name).merged())

    def save(self, path: Path, encoder_sha256: str) -> None:
        """Write what was learned, in 16 bits a weight, to ``path``."""
        buffer = io.BytesIO()
        stored: dict[str, Any] = {n: np.float16(weights.detach().numpy()) for n, weights in self.learned().items()}
        stored[MADE_FOR] = np.array(encoder_sha256)
        np.savez_compressed(buffer, **stored)
        path.write_bytes(buffer.getvalue())

    def load(self) -> None:
        """Take the weights that come with the product."""
        with (resources.files("index") / WEIGHTS_NPZ).open("rb") as stream, np.load(stream) as stored:
            for name, weights in self.learned().items():
                weights.data = torch.from_numpy(stored[name].astype(np.float32))
