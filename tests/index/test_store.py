"""Clauses come back from the database as they went in; filters, counts and pages agree; ids are only ids."""

from __future__ import annotations

from collections import Counter
from itertools import product
from pathlib import Path
from threading import Thread

import pytest

from corpus.errors import BundleDamaged, UnknownClause
from corpus.model import Clause, Corpus
from corpus.obligations import find_obligations
from index.filters import ALL, Filters
from index.store import Store

FILTERS = [
    ALL,
    Filters(part=("operative",)),
    Filters(part=("preamble", "annex")),
    Filters(part=("footnote",)),
    Filters(keyword=("instructs",)),
    Filters(keyword=("resolves", "invites"), version=("in_force",)),
    Filters(annex=("B",)),
    Filters(version=("proposed",)),
    Filters(instrument=("itu-wtsa/res-18/2024",), part=("annex",)),
    Filters(instrument=("",)),
    Filters(keyword=("instructs",), annex=("B",)),
]


def passes(clause: Clause, filters: Filters) -> bool:
    return all(
        not wanted or getattr(clause, name) in wanted
        for name in ("instrument", "part", "keyword", "annex")
        for wanted in [getattr(filters, name)]
    ) and (not filters.version or bool(set(filters.version) & set(clause.versions)))


def in_order(corpus: Corpus) -> list[Clause]:
    return [*corpus.clauses, *corpus.footnotes]


def test_every_clause_comes_back_as_it_was_parsed(store: Store, corpus: Corpus) -> None:
    assert store.select() == in_order(corpus)
    assert [store.clause(c.id) for c in corpus.clauses] == list(corpus.clauses)
    assert tuple(store.instruments.values()) == corpus.instruments


def test_every_obligation_comes_back_as_it_was_found(store: Store, corpus: Corpus) -> None:
    found = store.obligations()
    assert found
    assert Counter(row.obligation for row in found) == Counter(find_obligations(corpus))
    homes = [i.id for i in corpus.instruments]
    places = [(homes.index(row.clause.instrument), in_order(corpus).index(row.clause)) for row in found]
    assert places == sorted(places)
    assert all(row.clause.id == row.obligation.clause for row in found)
    assert all(corpus.document.at(row.obligation.quote) == row.quote for row in found)
    assert store.count_obligations() == len(found)


def test_documents_keep_their_digest_and_the_parsers_remarks(store: Store, corpus: Corpus) -> None:
    remarks = [(r.line, r.message) for r in corpus.remarks]
    assert store.documents() == [(corpus.document.name, corpus.document.sha256, remarks)]


@pytest.mark.parametrize("filters", FILTERS)
def test_a_filter_passes_what_fits_it_and_nothing_else(store: Store, corpus: Corpus, filters: Filters) -> None:
    expected = [c for c in in_order(corpus) if passes(c, filters)]
    assert store.select(filters) == expected
    assert store.count(filters) == len(expected)
    texts = store.texts()
    assert store.clauses(list(dict.fromkeys(texts[n][0] for n in store.numbers(filters).tolist()))) == expected


@pytest.mark.parametrize(("filters", "size"), list(product([ALL, Filters(part=("annex",))], [1, 7, 50, 1000])))
def test_pages_put_together_are_the_whole(store: Store, filters: Filters, size: int) -> None:
    total = store.count(filters)
    pages = [store.select(filters, limit=size, offset=start) for start in range(0, total, size)]
    assert [c for page in pages for c in page] == store.select(filters)
    assert all(len(page) == size for page in pages[:-1])


def test_a_page_beyond_the_end_is_empty(store: Store) -> None:
    assert store.select(limit=10, offset=10_000) == []


def test_values_to_filter_by(store: Store) -> None:
    assert store.values("annex") == ["1", "2", "3", "4", "A", "B", "C"]
    assert store.values("part") == ["annex", "footnote", "operative", "preamble"]
    assert "instructs" in store.values("keyword")


@pytest.mark.parametrize(
    "clause_id",
    [
        "",
        "x",
        "itu-wtsa/res-18/2024",
        "' OR 1=1 --",
        "%",
        "*",
        "\0",
        "🙂",
        "a" * 100_000,
        "ITU-WTSA/RES-18/2024/NOTING",
    ],
)
def test_what_is_no_id_is_refused(store: Store, clause_id: str) -> None:
    with pytest.raises(UnknownClause, match="/v1/clauses lists them all"):
        store.clause(clause_id)


@pytest.mark.parametrize("value", ["' OR 1=1 --", "%", "op*", "\0", "OPERATIVE"])
def test_a_hostile_filter_value_is_only_a_value(store: Store, value: str) -> None:
    assert store.select(Filters(part=(value,))) == []
    assert store.count(Filters(keyword=(value,))) == 0


def test_passages_know_their_clauses(store: Store) -> None:
    owners = store.passage_owners().tolist()
    texts = store.texts()
    assert sorted(set(owners)) == list(range(len(texts)))
    assert {clause for clause, _ in texts} == set(range(store.count()))
    assert set(store.passage_digests().values()) <= set(range(len(owners)))


def test_words_are_counted_by_clauses_as_written(store: Store) -> None:
    counts = store.spellings()
    holders = [c for c in store.select() if "annually" in f"{c.context} {c.text}".lower()]
    assert counts["annually"] == len(holders)
    assert counts["deadline"] == 0  # which only glosses say
    assert all(word == word.lower() and not word[0].isdigit() for word in counts)


def test_several_threads_may_read_at_once(store: Store, corpus: Corpus) -> None:
    seen: list[bool] = []
    read = lambda: seen.append(store.select() == in_order(corpus))  # noqa: E731
    threads = [Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == [True] * 8


@pytest.mark.parametrize("content", [b"", b"junk" * 100, b"SQLite format 3\0" + b"\xff" * 4096])
def test_a_damaged_database_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clauses.db").write_bytes(content)
    with pytest.raises(BundleDamaged, match="build the index again"):
        Store(tmp_path / "clauses.db")


def test_the_database_is_never_written_to(hashed: Path, store: Store) -> None:
    before = (hashed / "clauses.db").stat().st_mtime_ns
    with pytest.raises(BundleDamaged, match="readonly"):
        store.rows("DELETE FROM clauses")
    assert (hashed / "clauses.db").stat().st_mtime_ns == before
    assert sorted(p.name for p in hashed.resolve().iterdir() if p.name.startswith("clauses.db")) == ["clauses.db"]
