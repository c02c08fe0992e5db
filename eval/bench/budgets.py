"""The budgets of the design, measured: ``python -m eval.bench.budgets [BUNDLE]`` prints ratios.

Machines differ and are noisy, so every figure but memory is a ratio of two things timed in turn within one run.
"""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from corpus.chunks import Passage
from corpus.parse import default_source, parse_file
from corpus.readable import readable
from eval.questions import default_questions, load_questions
from index.build import build
from index.bundle import (
    GLOSSES_NPY,
    GLOSSES_NPZ,
    PIECES_NPZ,
    PROTOTYPES_NPZ,
    SILENT_FAISS,
    TOKENS_NPY,
    VECTORS_FAISS,
    WORDS_NPZ,
    Bundle,
)
from index.classifier import Classifier
from index.dense import DenseIndex
from index.encoder import Encoded, Encoder, OnnxEncoder, Vectors, link_or_copy, open_encoder
from index.glosses import GlossIndex
from index.late import LateIndex, packed
from index.lexical import LexicalIndex
from index.model_source import DEFAULT_MODEL, model_encoder
from index.prototypes import Prototypes
from index.search import Query, Searcher
from index.store import CLAUSES_DB, Store
from index.store_writer import Entry, TextEntry, write_store
from index.text import lexical_fields
from qa.settings import read_settings

_ROUNDS = 5
_BUILDS = 2  # of minutes each
_CLAUSEQA = str(Path(sys.executable).with_name("clauseqa"))
_INDEXES = (WORDS_NPZ, VECTORS_FAISS, TOKENS_NPY, PIECES_NPZ, PROTOTYPES_NPZ, GLOSSES_NPY, GLOSSES_NPZ, SILENT_FAISS)
_QUESTIONS = [q.question for q in load_questions(default_questions(), split="dev")][:40]


def main(arguments: Sequence[str]) -> None:
    """Measure and print every budget."""
    path = Path(arguments[0]) if arguments else read_settings().bundle
    row("budget", "measured", "allowed")
    warm(path)
    cold(path)
    building(path)
    scaling(path)


def row(*cells: str) -> None:
    """One line of the table."""
    print(f"{cells[0]:<58} {cells[1]:>22}  {cells[2]}", flush=True)


def warm(path: Path) -> None:
    """A warm answer over HTTP against the bare forward pass of the same question; memory afterwards."""
    encoder = open_encoder(path.resolve() / "encoder")
    if not isinstance(encoder, OnnxEncoder):
        sys.exit("budgets are for an index with a real encoder")
    feeds = [encoder.prepare([question]) for question in _QUESTIONS]
    with Server(path) as server:
        for question in _QUESTIONS:
            server.ask(question)
        answers: list[float] = []
        passes: list[float] = []
        for _ in range(_ROUNDS):
            for question, feed in zip(_QUESTIONS, feeds, strict=True):
                answers.append(timed(lambda question=question: server.ask(question)))  # type: ignore[misc]
                passes.append(timed(lambda feed=feed: encoder.forward(feed)))  # type: ignore[misc]
        one, other = statistics.median(answers), statistics.median(passes)
        row("warm answer over HTTP / bare forward pass, medians", f"{one / other:.2f}", "2")
        print(f"    {one * 1000:.1f} ms against {other * 1000:.1f} ms")
        row("memory of the serving process", f"{server.memory():.0f} MB", "250 MB")


def cold(path: Path) -> None:
    """From the start of a process to its first answer, in a terminal and over HTTP, against importing
    sentence-transformers."""
    answers, starts, imports = [], [], []
    ask = [_CLAUSEQA, "ask", _QUESTIONS[0], "--bundle", str(path)]
    for _ in range(_ROUNDS):
        answers.append(timed(lambda: subprocess.run(ask, stdout=subprocess.DEVNULL)))
        started = time.perf_counter()
        with Server(path) as server:
            server.ask(_QUESTIONS[0])
            starts.append(time.perf_counter() - started)
        imports.append(
            timed(lambda: subprocess.run([sys.executable, "-c", "import sentence_transformers"], check=True))
        )
    other = statistics.median(imports)
    for where, times in (("in a terminal", answers), ("of a server", starts)):
        one = statistics.median(times)
        row(f"first answer {where} / import sentence_transformers", f"{one / other:.3f}", "0.10")
        print(f"    {one:.2f} s against {other:.2f} s")


def building(path: Path) -> None:
    """Passages a second of a build against the bare encoder on the same passages."""
    encoder = model_encoder(DEFAULT_MODEL)
    texts: list[str] = []

    class Recorded:
        """The encoder, keeping what it was given; its export is copied, being made once and not per build."""

        identity = encoder.identity
        count_tokens = staticmethod(encoder.count_tokens)

        def encode(self, batch: Sequence[str]) -> Vectors:
            texts.extend(batch)
            return encoder.encode(batch)

        def encode_tokens(self, batch: Sequence[str]) -> list[Encoded]:
            texts.extend(batch)
            return encoder.encode_tokens(batch)

        def save(self, folder: Path) -> None:
            for file in (path.resolve() / "encoder").iterdir():
                link_or_copy(file, folder / file.name)

    encoder.encode(["warm up"])
    with tempfile.TemporaryDirectory() as folder:
        ratios = []
        for n in range(_BUILDS):
            texts.clear()
            whole = timed(lambda n=n: build([default_source()], Path(folder) / str(n), Recorded()))  # type: ignore[misc]
            ratios.append(timed(lambda: encoder.encode(list(texts))) / whole)
    ratio = statistics.median(ratios)
    row("building / bare encoder, throughput on the same passages", f"{ratio:.2f}", "at least 0.9")


def scaling(path: Path) -> None:
    """Search over a hundred times more clauses, of shuffled words, against search over the corpus itself."""
    bundle = Bundle.open(path)
    many = 100
    with tempfile.TemporaryDirectory() as folder:
        small = _searcher(Path(folder) / "1", bundle.encoder, 1)
        large = _searcher(Path(folder) / "100", bundle.encoder, many)
        times: dict[int, list[float]] = {1: [], many: []}
        for _ in range(_ROUNDS):
            for question in _QUESTIONS:
                for size, (searcher, _) in ((1, small), (many, large)):
                    times[size].append(timed(lambda s=searcher, q=question: s.search(Query(q), 10)))  # type: ignore[misc]
    one, hundred = statistics.median(times[1]), statistics.median(times[many])
    row("search over 100 times more clauses / over the corpus", f"{hundred / one:.2f}", "3")
    print(f"    {hundred * 1000:.1f} ms against {one * 1000:.1f} ms")
    row("size of its indexes / 100 times those of the corpus", f"{large[1] / small[1] / many:.2f}", "linear: 1")


def _searcher(folder: Path, encoder: Encoder, times: int) -> tuple[Searcher, int]:
    """A searcher over the compilation ``times`` over, and the bytes of its indexes."""
    corpus = parse_file(default_source())
    rng = random.Random(1)
    folder.mkdir()
    generator, dimension = np.random.default_rng(1), encoder.identity.dimension
    vectors = generator.standard_normal((len(corpus.clauses) * times, dimension))
    units = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    dense, numbers = DenseIndex.of(units), np.arange(len(units))
    prototypes = Prototypes.of(units, numbers, units, numbers, len(units))
    kinds = ["says", "asks", "asks", "silent"] * len(units)
    glosses = GlossIndex.of(np.repeat(units, 4, axis=0).astype(np.float16), np.repeat(numbers, 4), kinds, prototypes)
    tokens = [packed(found) for found in encoder.encode_tokens([readable(c.text) for c in corpus.clauses])]
    LateIndex.of(tokens * times, dimension).save(folder / TOKENS_NPY, folder / PIECES_NPZ)
    rows: list[tuple[str, ...]] = []
    entries: list[Entry] = []
    for copy in range(times):
        for clause in corpus.clauses:
            text, *others = lexical_fields(clause, corpus.instrument_of(clause), readable(clause.text))
            shuffled = text.split()
            if copy:
                rng.shuffle(shuffled)
            rows.append((" ".join(shuffled), *others))
            passage = (Passage(clause.span, ""), str(len(entries)))
            entries.append(
                Entry(replace(clause, id=f"{clause.id}-{copy}"), (TextEntry("in_force", (), (passage,)),), frozenset())
            )
    lexical = LexicalIndex.of(rows)
    write_store(folder / CLAUSES_DB, [corpus], entries)
    lexical.save(folder / WORDS_NPZ)
    dense.save(folder / VECTORS_FAISS)
    prototypes.save(folder / PROTOTYPES_NPZ)
    glosses.save(folder / GLOSSES_NPY, folder / GLOSSES_NPZ, folder / SILENT_FAISS)
    size = sum((folder / name).stat().st_size for name in _INDEXES)
    late = LateIndex.load(folder / TOKENS_NPY, folder / PIECES_NPZ)
    classifier = Classifier.of_none(dimension)
    store = Store(folder / CLAUSES_DB)
    return Searcher(store, dense, lexical, late, prototypes, classifier, glosses, encoder), size


class Server:
    """``clauseqa serve`` in a process of its own, on a free port."""

    def __init__(self, path: Path) -> None:
        self._command = [_CLAUSEQA, "serve", "--port", "0", "--bundle", str(path)]

    def __enter__(self) -> Server:
        self._process = subprocess.Popen(self._command, stderr=subprocess.PIPE, text=True)
        assert self._process.stderr is not None
        line = self._process.stderr.readline()
        port = int(line.split("http://", 1)[1].split(" ", 1)[0].rpartition(":")[2])
        self._connection = http.client.HTTPConnection("127.0.0.1", port)
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._process.terminate()
        self._process.communicate()

    def ask(self, question: str) -> dict[str, Any]:
        """The answer to ``question``."""
        body = json.dumps({"question": question})
        self._connection.request("POST", "/v1/ask", body, {"Content-Type": "application/json"})
        found: dict[str, Any] = json.loads(self._connection.getresponse().read())
        return found

    def memory(self) -> float:
        """Resident memory in MB."""
        pages = int(Path(f"/proc/{self._process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def timed(action: Callable[[], object]) -> float:
    """How many seconds ``action`` takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(sys.argv[1:])
