"""What the tests of the index share: encoders, copies of bundles to damage, small resolutions to build from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from index.encoder import Encoded, Encoder, HashingEncoder, open_encoder
from index.model_source import DEFAULT_MODEL, ModelEncoder, model_encoder
from index.store import Store

LIGHTHOUSES = """RESOLUTION 900 (Geneva, 2024)
On lighthouses
The World Telecommunication Standardization Assembly (Geneva, 2024),
considering
a)\tthat ships need light;
b)\tthat fog hides the coast,
resolves
1\tthat each lighthouse shall be lit at dusk;
2\tthat keepers shall report to the harbour every month
"""


@pytest.fixture
def lighthouses(tmp_path: Path) -> Path:
    """A resolution of four clauses."""
    path = tmp_path / "lighthouses.txt"
    path.write_text(LIGHTHOUSES, "utf-8")
    return path


@dataclass
class Counting:
    """An encoder that keeps what it was asked to encode."""

    inner: Encoder = field(default_factory=HashingEncoder)
    texts: list[str] = field(default_factory=list)

    def encode_tokens(self, texts: Sequence[str]) -> list[Encoded]:
        self.texts += texts
        return self.inner.encode_tokens(texts)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


@pytest.fixture
def counting() -> Counting:
    """The stand-in encoder, with a list of the texts that it has encoded."""
    return Counting()


@pytest.fixture(scope="session")
def model() -> ModelEncoder:
    """The default encoder as building uses it, by sentence-transformers."""
    encoder = model_encoder(DEFAULT_MODEL)
    assert isinstance(encoder, ModelEncoder)
    return encoder


@pytest.fixture(scope="session")
def onnx(real: Path) -> Encoder:
    """The default encoder as serving uses it, from the bundle."""
    return open_encoder(real / "encoder")


@pytest.fixture(scope="session")
def store(hashed: Path) -> Store:
    """The database of the compilation's bundle."""
    return Store(hashed / "clauses.db")
