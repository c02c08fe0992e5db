"""What tests share: the parsed compilation, an index by the stand-in encoder, an index by the real one."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.model import Corpus
from corpus.parse import default_source, parse_file
from index.build import build
from index.bundle import Bundle
from index.encoder import HashingEncoder, link_or_copy
from index.model_source import DEFAULT_MODEL, model_encoder
from qa.answer import Answerer

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    """The compilation, parsed."""
    return parse_file(default_source())


@pytest.fixture(scope="session")
def hashed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the compilation by the stand-in encoder: quick, and enough where ranking does not matter."""
    path = tmp_path_factory.mktemp("hashed") / "bundle"
    build([default_source()], path, HashingEncoder())
    return path


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of the compilation as people use it: the one that ``scripts/test`` has built and names, or else a new
    one, which takes some fifty seconds, once for all processes of a run."""
    if built := os.environ.get("TESTED_INDEX"):
        return Path(built)
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root
    path = root / "real" / "bundle"
    with (root / "real.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            build([default_source()], path, model_encoder(DEFAULT_MODEL))
    return path


@pytest.fixture(scope="session")
def answerer(real: Path) -> Answerer:
    """Answers from the real index."""
    return Answerer(Bundle.open(real))


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """Copies a bundle, so that a test may damage it. Its files are links: put new ones in their place."""

    def copy(path: Path) -> Path:
        target = tmp_path / path.name
        shutil.copytree(path.with_name(f"{path.name}.d"), tmp_path / f"{path.name}.d", copy_function=link_or_copy)
        target.symlink_to(os.readlink(path))
        return target

    return copy
