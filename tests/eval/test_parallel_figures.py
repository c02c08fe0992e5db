"""Measuring parallels: figures that a reader can check by hand, and labels that fit the corpus."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from corpus.errors import AnnotationError
from corpus.model import Corpus
from corpus.parallels import align
from corpus.relations import Parallel
from eval.parallels import SPLITS, Share, default_groups, load_groups, measure

HOME = {"a1": "a", "a2": "a", "b1": "b", "b2": "b", "c1": "c"}


def pair(one: str, other: str) -> Parallel:
    return Parallel((one, other), 1.0, "content")


def test_all_pairs_of_a_group_across_instruments_count() -> None:
    figures = measure([pair("a1", "b1")], [("a1", "a2", "b1", "c1")], HOME)
    assert (figures.recall.hits, figures.recall.n) == (1, 5)
    assert (figures.precision.hits, figures.precision.n) == (1, 1)
    assert figures.f1 == pytest.approx(2 * 0.2 / 1.2)
    assert frozenset(("a2", "b1")) in figures.missed


def test_a_pair_with_a_clause_that_is_alone_is_wrong() -> None:
    figures = measure([pair("a1", "b1"), pair("a2", "b2")], [("a1", "b1"), ("a2",)], HOME)
    assert (figures.precision.hits, figures.precision.n) == (1, 2)
    assert figures.wrong == (frozenset(("a2", "b2")),)
    assert (figures.alone.hits, figures.alone.n) == (2, 3)


def test_the_interval_is_wilsons() -> None:
    # Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662, and 0 of 20 gives 0 to 0.1611.
    assert Share(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert Share(0, 20).interval == pytest.approx((0, 0.1611), abs=5e-5)


def test_every_clause_is_labelled_once_and_its_part_follows_the_rule(corpus: Corpus) -> None:
    ids = {c.id for c in corpus.clauses}
    groups = {split: load_groups(default_groups(split), ids) for split in SPLITS}
    assert sorted(c for held in groups.values() for group in held for c in group) == sorted(ids)
    for split, held in groups.items():
        assert all((hashlib.sha256(g[0].encode()).digest()[-1] % 2 == 1) == (split == "test") for g in held)


def test_the_development_part_is_found_as_well_as_stated(corpus: Corpus) -> None:
    home = {c.id: c.instrument for c in corpus.clauses}
    assert measure(align([corpus]), load_groups(default_groups("dev"), home), home).f1 >= 0.95


@pytest.mark.parametrize("line", ["{", "[]", "{}", '{"clauses": ["nowhere"]}'])
def test_a_broken_label_names_its_line(tmp_path: Path, line: str) -> None:
    (tmp_path / "dev.jsonl").write_text('{"clauses": ["a1"]}\n' + line)
    with pytest.raises(AnnotationError, match=r"dev\.jsonl, line 2"):
        load_groups(tmp_path / "dev.jsonl", {"a1"})
