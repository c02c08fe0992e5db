"""Two rankings become one; with all the weight on one side, it is that side's own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.fusion import Hit, Match, fuse, rescore

moderate = settings(max_examples=200, deadline=None, derandomize=True)
scores = st.dictionaries(st.integers(0, 30), st.floats(-1, 1, width=32), max_size=20)
lexical = st.dictionaries(st.integers(0, 30), st.floats(0, 50, width=32), max_size=20)
weights = st.floats(0, 1)
ALL = 1000


def ranked(of: dict[int, float]) -> list[int]:
    """Best first, by number where they tie; negative scores count as none."""
    return sorted(of, key=lambda n: (-max(of[n], 0.0), n))


def numbers(hits: list[Hit]) -> list[int]:
    return [hit.number for hit in hits]


@moderate
@given(one=scores, other=lexical)
def test_weight_one_is_the_dense_ranking_and_zero_the_lexical(one: dict[int, float], other: dict[int, float]) -> None:
    by_dense = [hit.number for hit in fuse(one, other, 1.0, ALL) if hit.number in one]
    by_words = [hit.number for hit in fuse(one, other, 0.0, ALL) if hit.number in other]
    assert by_dense == ranked(one)
    assert by_words == ranked(other)


@moderate
@given(one=scores, other=lexical, weight=weights)
def test_scores_lie_between_zero_and_one_and_fall(
    one: dict[int, float], other: dict[int, float], weight: float
) -> None:
    found = [hit.score for hit in fuse(one, other, weight, ALL)]
    assert all(0 <= score <= 1 + 1e-9 for score in found)
    assert found == sorted(found, reverse=True)


@moderate
@given(one=scores, other=lexical, weight=weights)
def test_every_clause_of_either_ranking_comes_once_with_its_own_scores(
    one: dict[int, float], other: dict[int, float], weight: float
) -> None:
    found = fuse(one, other, weight, ALL)
    assert sorted(numbers(found)) == sorted({*one, *other})
    assert {(h.number, h.dense, h.lexical) for h in found} == {
        (n, one.get(n, 0.0), other.get(n, 0.0)) for n in {*one, *other}
    }


@moderate
@given(one=scores, other=lexical, weight=weights, k=st.integers(0, 40))
def test_the_first_k_are_the_first_of_all(
    one: dict[int, float], other: dict[int, float], weight: float, k: int
) -> None:
    assert fuse(one, other, weight, k) == fuse(one, other, weight, ALL)[:k]


@moderate
@given(one=scores, other=lexical, weight=weights, order=st.randoms(use_true_random=False))
def test_the_order_does_not_hang_on_how_the_scores_were_collected(
    one: dict[int, float], other: dict[int, float], weight: float, order: object
) -> None:
    def shuffled(of: dict[int, float]) -> dict[int, float]:
        items = list(of.items())
        order.shuffle(items)  # type: ignore[attr-defined]
        return dict(items)

    assert fuse(shuffled(one), shuffled(other), weight, ALL) == fuse(one, other, weight, ALL)


@moderate
@given(one=scores, other=lexical, weight=weights, factor=st.sampled_from([0.25, 2.0, 8.0]))
def test_the_scale_of_a_ranking_does_not_matter(
    one: dict[int, float], other: dict[int, float], weight: float, factor: float
) -> None:
    larger = {n: s * factor for n, s in other.items()}
    assert numbers(fuse(one, larger, weight, ALL)) == numbers(fuse(one, other, weight, ALL))


@pytest.mark.parametrize(
    ("dense", "words", "expected"),
    [
        ({}, {}, []),
        ({1: 0.5}, {}, [(1, 0.5)]),
        ({}, {1: 7.0}, [(1, 0.5)]),
        ({1: 0.8, 2: 0.4}, {2: 10.0, 3: 5.0}, [(2, 0.75), (1, 0.5), (3, 0.25)]),
        ({1: -0.2, 2: -0.1}, {}, [(1, 0.0), (2, 0.0)]),
        ({2: 0.5, 1: 0.5}, {}, [(1, 0.5), (2, 0.5)]),
    ],
)
def test_by_hand(dense: dict[int, float], words: dict[int, float], expected: list[tuple[int, float]]) -> None:
    assert [(h.number, pytest.approx(h.score)) for h in fuse(dense, words, 0.5, ALL)] == expected


@moderate
@given(one=scores, other=lexical, weight=weights, late=st.lists(st.floats(0, 1, width=32), max_size=10), share=weights)
def test_what_was_not_rescored_stays_below_what_was(
    one: dict[int, float], other: dict[int, float], weight: float, late: list[float], share: float
) -> None:
    hits = fuse(one, other, weight, ALL)
    late = late[: len(hits)]
    found = rescore(hits, list(map(Match, late)), share)
    assert set(numbers(found[: len(late)])) == set(numbers(hits[: len(late)]))
    assert numbers(found[len(late) :]) == numbers(hits[len(late) :])
    assert [h.score for h in found] == sorted((h.score for h in found), reverse=True)
    assert all(0 <= h.score <= 1 + 1e-9 for h in found)
    before = dict(zip(numbers(hits), late, strict=False))
    assert {h.number: h.late for h in found} == {n: before.get(n, 0.0) for n in numbers(hits)}


@pytest.mark.parametrize(
    ("late", "expected"),
    [
        ([], [(1, 0.5), (2, 0.4), (3, 0.1)]),
        ([0.0, 0.0], [(1, 0.5), (2, 0.4), (3, 0.1)]),
        ([0.3, 0.6], [(2, 0.9), (1, 0.75), (3, 0.1)]),
        ([0.6, 0.3, 0.6], [(1, 1.0), (2, 0.65), (3, 0.6)]),
    ],
)
def test_rescored_by_hand(late: list[float], expected: list[tuple[int, float]]) -> None:
    hits = [Hit(1, 1.0, 0.0, 0.0), Hit(2, 0.8, 0.0, 0.0), Hit(3, 0.2, 0.0, 0.0)]
    assert [(h.number, pytest.approx(h.score)) for h in rescore(hits, list(map(Match, late)), 0.5)] == expected
