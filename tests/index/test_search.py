"""The one door to retrieval: both rankings, fused; filters hold in both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from index.build import build
from index.bundle import Bundle
from index.encoder import HashingEncoder
from index.filters import ALL, Filters
from index.search import LATE_DEPTH, OWN_WEIGHT, Query

TSAG = "itu-wtsa/res-18/2024/instructs__para_2"
WEIGHTS = [0.0, 0.4, 1.0]
FILTERS = [
    Filters(part=("footnote",)),
    Filters(part=("operative",)),
    Filters(keyword=("instructs",)),
    Filters(annex=("B",)),
    Filters(version=("in_force",), part=("operative",)),
    Filters(version=("proposed",), part=("preamble",)),
    Filters(instrument=("itu-wtdc/res-59/2025",)),
    Filters(instrument=("itu-wtsa/res-18/2024",), part=("annex",), annex=("A", "C")),
]


@pytest.fixture(scope="module")
def quick(hashed: Path) -> Bundle:
    return Bundle.open(hashed)


@pytest.fixture(scope="module")
def bundle(real: Path) -> Bundle:
    return Bundle.open(real)


@pytest.mark.parametrize("weight", WEIGHTS)
def test_the_clause_asked_for_is_near_the_top_by_either_ranking(bundle: Bundle, weight: float) -> None:
    hits = bundle.searcher.search(Query("who reports annually to TSAG?"), 3, dense_weight=weight)
    assert TSAG in [c.id for c in bundle.store.clauses([h.number for h in hits])]


def test_words_that_the_texts_may_use_instead_help(quick: Bundle) -> None:
    def lexical(also: tuple[str, ...]) -> float:
        hits = quick.searcher.search(Query("who reports each year to TSAG?", also), 271, dense_weight=0.0)
        return next(h.lexical for h in hits if quick.store.clauses([h.number])[0].id == TSAG)

    assert lexical(("annually",)) > lexical(())


@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("filters", FILTERS)
def test_every_hit_passes_the_filters(quick: Bundle, filters: Filters, weight: float) -> None:
    hits = quick.searcher.search(Query("coordination among the ITU Sectors"), 1000, filters, dense_weight=weight)
    assert hits
    texts = quick.store.texts()
    allowed = {texts[n] for n in quick.store.numbers(filters).tolist()}
    assert {(h.number, h.version) for h in hits} <= allowed


@pytest.mark.parametrize("filters", FILTERS)
def test_nothing_that_passes_the_filters_is_lost(quick: Bundle, filters: Filters) -> None:
    hits = quick.searcher.search(Query("coordination among the ITU Sectors"), 1000, filters)
    texts = quick.store.texts()
    assert {h.number for h in hits} == {texts[n][0] for n in quick.store.numbers(filters).tolist()}


def test_where_nothing_passes_nothing_is_found(quick: Bundle) -> None:
    assert quick.searcher.search(Query("coordination"), 10, Filters(instrument=("",))) == []


@pytest.mark.parametrize("filters", [ALL, FILTERS[0]])
def test_dense_scores_are_cosines_with_the_best_passage(quick: Bundle, filters: Filters) -> None:
    query = quick.encoder.encode(["who reports to TSAG?"])[0]
    cosines = np.array([quick.dense.vector(n) @ query for n in range(quick.dense.size)])
    owners, texts = quick.store.passage_owners(), quick.store.texts()
    for hit in quick.searcher.search(Query("who reports to TSAG?"), 1000, filters):
        assert hit.dense == pytest.approx(cosines[owners == texts.index((hit.number, hit.version))].max(), abs=1e-5)


@pytest.mark.parametrize("k", [1, 5, 100])
def test_a_hundred_and_fewer_are_given_where_asked(quick: Bundle, k: int) -> None:
    hits = quick.searcher.search(Query("coordination among the ITU Sectors"), k)
    assert len({h.number for h in hits}) == k
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)


def test_the_best_are_compared_token_by_token_and_the_others_follow(quick: Bundle) -> None:
    hits = quick.searcher.search(Query("coordination among the ITU Sectors"), 271)
    matched = [bool(hit.late) for hit in hits]
    assert matched == sorted(matched, reverse=True)
    assert 0.5 * LATE_DEPTH <= sum(matched) <= LATE_DEPTH
    first = quick.searcher.search(Query("coordination among the ITU Sectors"), 3)
    assert first == hits[:3]


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_one_ranking_alone_stays_what_it_is(quick: Bundle, weight: float) -> None:
    hits = quick.searcher.search(Query("coordination among the ITU Sectors"), 20, dense_weight=weight)
    assert {hit.late for hit in hits} == {0.0}
    everything = quick.searcher.search(Query("coordination among the ITU Sectors"), 1000, dense_weight=weight)
    best = {name: max(getattr(hit, name) for hit in everything) for name in ("lexical", "dense", "prototype")}
    shares = [{name: max(getattr(hit, name), 0) / (best[name] or 1) for name in best} for hit in hits]
    vectors = [OWN_WEIGHT * share["dense"] + (1 - OWN_WEIGHT) * share["prototype"] for share in shares]
    own = vectors if weight else [share["lexical"] for share in shares]
    assert [hit.score for hit in hits] == pytest.approx([score / own[0] for score in own])


def test_words_in_their_company_tell_texts_apart_that_share_them(bundle: Bundle) -> None:
    hits = bundle.searcher.search(Query("who reports annually to TSAG?"), 10)
    clauses = bundle.store.clauses([hit.number for hit in hits])
    assert clauses[int(np.argmax([hit.late for hit in hits]))].id == TSAG


def test_the_same_query_finds_the_same(quick: Bundle) -> None:
    query = Query("who chairs the ICG?")
    assert quick.searcher.search(query, 50) == quick.searcher.search(query, 50)


@pytest.mark.parametrize("text", ["", "***", '"', "'; DROP TABLE clauses; --", "NEAR(a, b)", "\0", "🙂", "the of"])
def test_hostile_text_is_searched_like_any_other(bundle: Bundle, text: str) -> None:
    assert len(bundle.searcher.search(Query(text), 5)) == 5


def test_a_clause_of_several_passages_is_one_hit_found_by_any_of_them(tmp_path: Path) -> None:
    paragraph = "; ".join([*["that light is good"] * 120, "that the albatross is wise", *["that fog is bad"] * 120])
    source = tmp_path / "long.txt"
    source.write_text(
        f"RESOLUTION 900 (Geneva, 2024)\nOn birds\nThe World Telecommunication Standardization Assembly,\nresolves\n"
        f"1\t{paragraph};\n2\tthat keepers shall rest\n",
        "utf-8",
    )
    build([source], tmp_path / "bundle", HashingEncoder())
    bundle = Bundle.open(tmp_path / "bundle")
    assert bundle.manifest.counts["clauses"] == 2
    assert bundle.manifest.counts["passages"] > 3
    hits = bundle.searcher.search(Query("albatross wise"), 10, dense_weight=1.0)
    assert [h.number for h in hits] == [0, 1]
    assert hits[0].dense == pytest.approx(
        max(bundle.dense.search(bundle.encoder.encode(["albatross wise"])[0], 1)[1].tolist())
    )
