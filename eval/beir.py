"""Any BEIR-style collection through the product's own retrieval: its lexical index, its vectors, its fusion.

Read are the layouts of BEIR (``corpus.jsonl``, ``queries.jsonl``, ``qrels/*.tsv``) and of ObliQA's development split
(``passages.jsonl.gz``, ``queries.jsonl``, ``qrels.tsv``).
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corpus.errors import NotFound
from index.build import Progress, encode_all
from index.dense import DenseIndex
from index.encoder import Encoder
from index.fusion import fuse
from index.lexical import LexicalIndex
from index.search import DENSE_WEIGHT, DEPTH

_K = 10


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages (id, title or provision number, text), queries and for each query its relevant passages."""

    passages: list[tuple[str, str, str]]
    queries: dict[str, str]
    relevant: dict[str, set[str]]


def read(folder: Path, *, limit: int | None = None) -> Collection:
    """The collection in ``folder``; ``limit`` keeps the first queries only. Raises :class:`NotFound`."""
    rows = _rows(_first(folder, "corpus.jsonl", "corpus.jsonl.gz", "passages.jsonl.gz", "passages.jsonl"))
    passages = [(str(_id(r)), r.get("title") or r.get("pid") or "", r.get("text") or "") for r in rows]
    relevant: dict[str, set[str]] = defaultdict(set)
    for line in _first(folder, "qrels/test.tsv", "qrels/dev.tsv", "qrels.tsv").read_text("utf-8").splitlines():
        query, passage, grade = line.split("\t")[:3]
        if grade.strip().isdigit() and int(grade) > 0:
            relevant[query].add(passage)
    queries = {str(_id(r)): r["text"] for r in _rows(_first(folder, "queries.jsonl", "queries.jsonl.gz"))}
    kept = [q for q in queries if q in relevant][:limit]
    return Collection(passages, {q: queries[q] for q in kept}, {q: relevant[q] for q in kept})


def measure(collection: Collection, encoder: Encoder, progress: Progress) -> dict[str, Any]:
    """Recall@10 and MAP@10 of BM25 alone, of the vectors alone and of their fusion.

    MAP@10 is the sum of the precisions at the relevant ranks up to 10, over the number of relevant passages.
    """
    ids = [passage for passage, _, _ in collection.passages]
    lexical = LexicalIndex.of([(text, "", "", "", title) for _, title, text in collection.passages])
    dense = DenseIndex.of(
        encode_all([f"{title} {text}".strip() for _, title, text in collection.passages], encoder, progress)
    )
    totals: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for n, (query, text) in enumerate(collection.queries.items()):
        if n % 100 == 0:
            progress("asking", n, len(collection.queries))
        words = lexical.search(text, DEPTH)
        vector = encoder.encode([text])[0]
        near, scores = dense.search(vector, DEPTH)
        cosines = dict(zip(near.tolist(), scores.tolist(), strict=True))
        more = np.array([n for n in words if n not in cosines], np.int64)
        both = cosines | dict(zip(more.tolist(), dense.scores(vector, more).tolist(), strict=True))
        rankings = {
            "bm25": list(words),
            "dense": list(cosines),
            "fusion": [h.number for h in fuse(both, words, DENSE_WEIGHT, _K)],
        }
        for system, ranking in rankings.items():
            totals[system].append(_score([ids[n] for n in ranking[:_K]], collection.relevant[query]))
    figures = {s: dict(zip(("R@10", "MAP@10"), np.mean(found, 0).tolist(), strict=True)) for s, found in totals.items()}
    return {
        "systems": figures,
        "passages": len(ids),
        "queries": len(collection.queries),
        "encoder": encoder.identity.name,
        "dense_weight": DENSE_WEIGHT,
    }


def _score(ranking: Sequence[str], relevant: set[str]) -> tuple[float, float]:
    hits, precisions = 0, 0.0
    for rank, passage in enumerate(ranking, 1):
        if passage in relevant:
            hits += 1
            precisions += hits / rank
    return hits / len(relevant), precisions / len(relevant)


def _first(folder: Path, *names: str) -> Path:
    found = next((folder / name for name in names if (folder / name).is_file()), None)
    if found is None:
        raise NotFound(f"{folder} holds none of {', '.join(names)}; name a BEIR-style directory")
    return found


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as stream:
        for line in stream:
            if line.strip():
                yield json.loads(line)


def _id(row: dict[str, Any]) -> Any:
    return row["_id"] if "_id" in row else row["id"]
