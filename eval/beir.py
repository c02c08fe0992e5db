"""Any BEIR-style collection through the product's own retrieval: its lexical index, its vectors, both fused and
matched token by token.

Read are the layouts of BEIR (``corpus.jsonl``, ``queries.jsonl``, ``qrels/*.tsv``) and of ObliQA's development split
(``passages.jsonl.gz``, ``queries.jsonl``, ``qrels.tsv``).
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import NotFound, Unreadable
from eval.estimates import Estimate, estimate
from eval.provenance import made_with
from index.build import Progress, encode_all
from index.dense import DenseIndex
from index.encoder import Encoder
from index.fusion import Match, fuse, rescore
from index.late import LateIndex
from index.lexical import LexicalIndex
from index.search import DENSE_WEIGHT, DEPTH, LATE_DEPTH, LATE_WEIGHT

_K = 10
_MEND = "name a BEIR-style directory"


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages (id, title or provision number, text), queries and for each query its relevant passages."""

    passages: list[tuple[str, str, str]]
    queries: dict[str, str]
    relevant: dict[str, set[str]]

    @property
    def digest(self) -> str:
        """SHA-256 of all that a figure depends on, in hex."""
        content = (self.passages, self.queries, {q: sorted(found) for q, found in self.relevant.items()})
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Benchmark:
    """System -> measure -> figure over the queries, and what they were made with."""

    made_with: Mapping[str, Any]
    systems: Mapping[str, Mapping[str, Estimate]]


def read(folder: Path, *, limit: int | None = None) -> Collection:
    """The collection in ``folder``; ``limit`` keeps the first queries only.

    Raises :class:`NotFound` where a file is missing, :class:`Unreadable`, which names file and line, for a broken one.
    """
    if limit is not None and limit < 1:
        raise NotFound(f"--limit is {limit}; it must be 1 or more")
    passages = [
        (name, _text(row, "title") or _text(row, "pid"), _text(row, "text"))
        for name, row in _named(
            _first(folder, "corpus.jsonl", "corpus.jsonl.gz", "passages.jsonl.gz", "passages.jsonl")
        )
    ]
    queries = {name: _text(row, "text") for name, row in _named(_first(folder, "queries.jsonl", "queries.jsonl.gz"))}
    labels = _first(folder, "qrels/test.tsv", "qrels/dev.tsv", "qrels.tsv")
    relevant = _relevant(labels)
    kept = [q for q in queries if q in relevant][:limit]
    if not passages or not kept:
        lacking = "passages" if not passages else f"queries that {labels.name} names"
        raise Unreadable(f"{folder} holds no {lacking}; {_MEND}")
    known = {name for name, *_ in passages}
    if unknown := next((p for q in kept for p in sorted(relevant[q]) if p not in known), None):
        raise Unreadable(f"{labels} names the passage {unknown}, which is not in the corpus; {_MEND}")
    return Collection(passages, {q: queries[q] for q in kept}, {q: relevant[q] for q in kept})


def measure(collection: Collection, encoder: Encoder, progress: Progress) -> Benchmark:
    """Recall@10 and MAP@10 of BM25 alone, of the vectors alone, and of their fusion with the match token by token.

    MAP@10 is the sum of the precisions at the relevant ranks up to 10, over the number of relevant passages.
    """
    ids = [passage for passage, _, _ in collection.passages]
    lexical = LexicalIndex.of([(text, "", "", "", title, "") for _, title, text in collection.passages])
    made = encode_all([f"{title} {text}".strip() for _, title, text in collection.passages], encoder, progress)
    dense = DenseIndex.of(np.array([vector for vector, _ in made], np.float32))
    late = LateIndex.of([rows for _, rows in made], encoder.identity.dimension)
    del made
    scores: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for n, (query, text) in enumerate(collection.queries.items(), 1):
        for system, ranking in _rankings(text, lexical, dense, late, encoder).items():
            scores[system].append(score([ids[n] for n in ranking[:_K]], collection.relevant[query]))
        progress("asking", n, len(collection.queries))
    about = {
        "collection": collection.digest,
        "passages": len(ids),
        "queries": len(collection.queries),
        **made_with(encoder.identity),
    }
    return Benchmark(about, {system: _figures(found) for system, found in scores.items()})


def score(ranking: Sequence[str], relevant: set[str]) -> tuple[float, float]:
    """Recall and average precision of ``ranking``."""
    hits, precisions = 0, 0.0
    for rank, passage in enumerate(ranking, 1):
        if passage in relevant:
            hits += 1
            precisions += hits / rank
    return hits / len(relevant), precisions / len(relevant)


def _rankings(
    text: str, lexical: LexicalIndex, dense: DenseIndex, late: LateIndex, encoder: Encoder
) -> dict[str, list[int]]:
    words = lexical.search(text, DEPTH)
    encoded = encoder.encode_tokens([text])[0]
    vector = encoded.vector
    near, scores = dense.search(vector, DEPTH)
    cosines = dict(zip(near.tolist(), scores.tolist(), strict=True))
    more = np.array([n for n in words if n not in cosines], np.int64)
    both = cosines | dict(zip(more.tolist(), dense.scores(vector, more).tolist(), strict=True))
    hits = fuse(both, words, DENSE_WEIGHT, LATE_DEPTH)
    matches = list(map(Match, late.scores(encoded, np.array([h.number for h in hits], np.int64)).tolist()))
    fused = [h.number for h in rescore(hits, matches, LATE_WEIGHT)]
    return {"bm25": list(words), "dense": list(cosines), "fusion": fused}


def _figures(scores: Sequence[tuple[float, float]]) -> dict[str, Estimate]:
    columns = zip(("R@10", "MAP@10"), zip(*scores, strict=True), strict=True)
    return {name: figure for name, values in columns if (figure := estimate(values)) is not None}


def _first(folder: Path, *names: str) -> Path:
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise NotFound(f"{folder} holds none of {', '.join(names)}; {_MEND}")
    return found


def _named(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file with their ids."""
    seen: set[str] = set()
    for number, line in _lines(path):
        try:
            row = json.loads(line)
            name = str(row["_id"] if "_id" in row else row["id"])
        except (ValueError, KeyError, TypeError) as exc:
            raise Unreadable(f"{path}, line {number}: not an object with an id and a text ({exc}); {_MEND}") from exc
        if name in seen:
            raise Unreadable(f"{path}, line {number}: the id {name} was used before; {_MEND}")
        seen.add(name)
        yield name, row


def _relevant(path: Path) -> dict[str, set[str]]:
    """Query -> passages with a grade above 0. The first line may hold headings."""
    relevant: dict[str, set[str]] = defaultdict(set)
    for number, line in _lines(path):
        parts = line.split("\t")
        try:
            query, passage, grade = (part.strip() for part in parts[:3])
            grade_of = float(grade)
        except ValueError as exc:
            if number == 1 and len(parts) >= 3:
                continue
            raise Unreadable(f"{path}, line {number}: not query, passage and grade between tabs; {_MEND}") from exc
        if grade_of > 0:
            relevant[query].add(passage)
    return dict(relevant)


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines that hold something, numbered."""
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    except (OSError, EOFError, ValueError) as exc:
        raise Unreadable(f"{path} cannot be read ({exc}); {_MEND}") from exc
    yield from ((n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip())


def _text(row: dict[str, Any], name: str) -> str:
    return str(row.get(name) or "")
