"""BM25F as its formula says, by a slow reference; words are just words; what is saved loads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import BundleDamaged
from corpus.model import Corpus
from corpus.readable import readable
from index.lexical import ASKED, BIGRAM, K1, WEIGHTS, B, LexicalIndex
from index.text import ASKING, FIELDS, STOPWORDS, lexical_fields, tokens

Row = Sequence[str]
WORDS = ("report", "reports", "annually", "TSAG", "the", "director", "8.1.2", "group", "groups", "two", "")
ROWS: list[Row] = [
    ("the director reports annually to TSAG", "instructs", "", "Telecommunication Standardization", "Res. 18", ""),
    ("reports to the group", "instructs the director", "with a view", "", "Resolution 59", "they report to two groups"),
    ("annually", "", "", "", "Resolution 59", "each year"),
    ("see No. 8.1.2 and 8.1.3", "noting", "", "", "Resolution 18", ""),
    ("", "", "", "", "", ""),
]


def terms(text: str) -> list[str]:
    """Stems and pairs of neighbours, as often as they stand there."""
    stems = tokens(text)
    return [*stems, *(f"{a} {b}" for a, b in pairwise(stems))]


def bm25f(rows: Sequence[Row], question: str, also: Sequence[str] = ()) -> list[float]:
    """The score of every row, worked out from the formula, term by term and field by field."""
    weights = [WEIGHTS[f] for f in FIELDS]
    lengths = [[len(tokens(text)) for text in row] for row in rows]
    means = [max(1.0, sum(row[f] for row in lengths) / len(rows)) for f in range(len(FIELDS))]
    asked = dict.fromkeys([*terms(question), *tokens(" ".join(also))])
    said = [term for row in rows for term in terms(row[-1])]

    def held(row: Row) -> list[list[str]]:
        """The terms of each field, less pairs that were said once in all glosses."""
        return [*map(terms, row[:-1]), [t for t in terms(row[-1]) if " " not in t or said.count(t) > 1]]

    scores = []
    for row, length in zip(rows, lengths, strict=True):
        score = 0.0
        for term in asked:
            frequency = sum(
                weight * found.count(term) / (1 - B + B * n / mean)
                for found, weight, n, mean in zip(held(row), weights, length, means, strict=True)
            )
            holders = sum(any(term in found for found in held(other)) for other in rows)
            idf = math.log(1 + (len(rows) - holders + 0.5) / (holders + 0.5))
            score += (BIGRAM if " " in term else 1) * idf * frequency * (K1 + 1) / (K1 + frequency)
        scores.append(score)
    return scores


@pytest.fixture(scope="module")
def rows(corpus: Corpus) -> list[Row]:
    """The fields of the compilation's clauses."""
    return [lexical_fields(c, corpus.instrument_of(c), readable(c.text)) for c in corpus.clauses]


@pytest.fixture(scope="module")
def lexical(rows: list[Row]) -> LexicalIndex:
    return LexicalIndex.of(rows)


text = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rows=st.lists(st.tuples(text, text, text, text, text, text), min_size=1, max_size=6), question=text, also=text)
def test_scores_are_those_of_the_formula(rows: list[Row], question: str, also: str) -> None:
    found = LexicalIndex.of(rows).scores(question, also.split())
    np.testing.assert_allclose(found, bm25f(rows, question, also.split()), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "question", ["who reports annually to TSAG?", "chair of the ICG", "resolves 2 of Resolution 18"]
)
def test_scores_are_those_of_the_formula_for_the_compilation(
    rows: list[Row], lexical: LexicalIndex, question: str
) -> None:
    sample = rows[::9]
    found = LexicalIndex.of(sample).scores(question)
    np.testing.assert_allclose(found, bm25f(sample, question), rtol=1e-4, atol=1e-6)


def test_neighbouring_words_count_for_more_than_the_same_words_apart() -> None:
    together, apart = ("electronic means", *[""] * 5), ("means electronic", *[""] * 5)
    scores = LexicalIndex.of([together, apart, *ROWS]).scores("electronic means")
    assert scores[0] > scores[1] > 0


@pytest.mark.parametrize("one", ["report", "Reports", "REPORTED", "reporting"])
def test_case_and_endings_do_not_matter(one: str) -> None:
    np.testing.assert_array_equal(LexicalIndex.of(ROWS).scores(one), LexicalIndex.of(ROWS).scores("report"))


def test_saying_a_word_twice_changes_nothing(lexical: LexicalIndex) -> None:
    np.testing.assert_array_equal(lexical.scores("tsag", ("TSAG", "tsag")), lexical.scores("tsag"))


def test_provision_numbers_stay_whole() -> None:
    scores = LexicalIndex.of(ROWS).scores("8.1.2")
    assert scores.argmax() == 3
    assert (LexicalIndex.of(ROWS).scores("8") == 0).all()


@pytest.mark.parametrize("word", ["who", "the", "of"])
def test_words_of_any_question_count_for_nothing(lexical: LexicalIndex, word: str) -> None:
    assert word in STOPWORDS
    assert not lexical.scores(word).any()


@pytest.mark.parametrize("word", sorted(ASKING))
def test_words_of_asking_count_half(word: str) -> None:
    rows: list[Row] = [(f"{word} electronic means", *[""] * 5), *ROWS]
    index = LexicalIndex.of(rows)
    np.testing.assert_allclose(index.scores(word), ASKED * np.array(bm25f(rows, word)), rtol=1e-4)
    rest = np.array(bm25f(rows, f"{word} electronic")) - bm25f(rows, "electronic")
    expected = bm25f(rows, "electronic") + ASKED * rest
    np.testing.assert_allclose(index.scores(f"{word} electronic"), expected, rtol=1e-4)


@pytest.mark.parametrize(
    "mark", ['"{}"', "{}*", "*{}", "NEAR({})", "'{}'; --", "({}", "{}:", "^{}", "-{}", "{} \\", "{}\0", "«{}»"]
)
def test_syntax_of_other_engines_means_nothing(lexical: LexicalIndex, mark: str) -> None:
    plain = lexical.scores("near tsag" if "NEAR" in mark else "tsag")
    np.testing.assert_array_equal(lexical.scores(mark.format("tsag")), plain)


@pytest.mark.parametrize(
    "hostile", ["", "***", "'; DROP TABLE clauses; --", "\0", "\u202e", "🙂", "a" * 5000, "\ud800"]
)
def test_hostile_text_finds_at_most_the_words_it_holds(lexical: LexicalIndex, hostile: str) -> None:
    assert lexical.search(hostile, 10) == {}


def test_the_best_come_first_and_no_more_than_asked(lexical: LexicalIndex) -> None:
    found = lexical.search("annual report to TSAG", 7)
    assert len(found) == 7
    assert list(found.values()) == sorted(found.values(), reverse=True)
    scores = lexical.scores("annual report to TSAG")
    assert min(found.values()) >= max(s for n, s in enumerate(scores.tolist()) if n not in found)


def test_only_clauses_that_share_a_word_are_found(rows: list[Row], lexical: LexicalIndex) -> None:
    found = lexical.search("chair", len(rows))
    holders = {n for n, row in enumerate(rows) if any("chair" in tokens(text) for text in row)}
    assert found.keys() == holders
    assert lexical.clauses_with("chair") == len(holders)
    assert "chair" in lexical
    assert "lighthous" not in lexical


@pytest.mark.parametrize("allowed", [[], [0], [3, 1, 200], list(range(0, 268, 2))])
def test_only_allowed_clauses_are_found_and_none_of_them_is_lost(lexical: LexicalIndex, allowed: list[int]) -> None:
    question = "coordination among the ITU Sectors"
    everything = lexical.search(question, 1000)
    found = lexical.search(question, 1000, allowed=np.array(allowed, np.int64))
    assert found == {n: s for n, s in everything.items() if n in allowed}


def test_what_is_saved_loads(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path / "w")
    loaded = LexicalIndex.load(tmp_path / "w")
    assert loaded.size == lexical.size
    for question in ("who reports annually to TSAG?", "electronic means", "lighthouse"):
        np.testing.assert_array_equal(loaded.scores(question), lexical.scores(question))


def damaged(content: bytes) -> list[bytes]:
    flipped = [bytearray(content) for _ in range(3)]
    for n, one in enumerate(flipped):
        one[len(one) * (n + 1) // 4] ^= 0xFF
    return [b"", b"junk", b"\x93NUMPY", content[:10], content[: len(content) // 2], content[:-1], *map(bytes, flipped)]


def test_a_damaged_file_is_named(lexical: LexicalIndex, tmp_path: Path) -> None:
    lexical.save(tmp_path / "w")
    for content in damaged((tmp_path / "w").read_bytes()):
        (tmp_path / "w").write_bytes(content)
        with pytest.raises(BundleDamaged, match="build the index again"):
            LexicalIndex.load(tmp_path / "w")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BundleDamaged, match="build the index again"):
        LexicalIndex.load(tmp_path / "w")
