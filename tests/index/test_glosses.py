"""How near a question is to those that a clause answers, affirms, denies, or is silent on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.errors import BundleDamaged
from index.bundle import Bundle
from index.encoder import Vectors
from index.glosses import NOT_NEAR, GlossIndex, Near
from index.prototypes import Prototypes
from index.search import Query, Seen

FILES = ("glosses.npy", "glosses.npz", "silent.faiss")
KINDS = ("says", "asks", "asks", "yes", "no", "silent", "silent")
TEXTS, DIMENSION = 12, 16


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    """Unit vectors of the glosses of some texts; the last texts have none."""
    made = np.random.default_rng(3).normal(size=(TEXTS * len(KINDS), DIMENSION)).astype(np.float32)
    found: Vectors = made / np.linalg.norm(made, axis=1, keepdims=True)
    return found


@pytest.fixture(scope="module")
def prototypes(vectors: Vectors) -> Prototypes:
    owners = np.repeat(np.arange(TEXTS), len(KINDS))
    return Prototypes.of(vectors, owners, vectors, owners, TEXTS)


@pytest.fixture(scope="module")
def glosses(vectors: Vectors, prototypes: Prototypes) -> GlossIndex:
    return GlossIndex.of(vectors.astype(np.float16), np.repeat(np.arange(TEXTS), len(KINDS)), KINDS * TEXTS, prototypes)


def test_each_nearness_is_the_largest_cosine_of_its_kind(
    vectors: Vectors, prototypes: Prototypes, glosses: GlossIndex
) -> None:
    question = vectors[40]
    asked = prototypes.moved(question[None, :])[0]
    near, moved = glosses.near(asked, 5, 0.4), prototypes.moved(vectors) @ asked
    first = 5 * len(KINDS)
    for kind, name in (("asks", "asked"), ("yes", "yes"), ("no", "no"), ("silent", "silent")):
        there = [moved[first + n] for n, own in enumerate(KINDS) if own == kind]
        assert getattr(near, name) == pytest.approx(max(*there, 0.0), abs=2e-3)
    assert near.silent == pytest.approx(1.0, abs=2e-3)
    assert near.unanswered == 0.4


def test_what_one_text_is_silent_on_is_told_of_all(
    vectors: Vectors, prototypes: Prototypes, glosses: GlossIndex
) -> None:
    moved = prototypes.moved(vectors)
    silent = [row for row, kind in zip(moved, KINDS * TEXTS, strict=True) if kind == "silent"]
    for number in (0, 5, 40):
        expected = max(float(row @ moved[number]) for row in silent)
        assert glosses.unanswered(moved[number]) == pytest.approx(max(expected, 0.0), abs=2e-3)


def test_a_text_without_glosses_is_near_to_nothing(vectors: Vectors, prototypes: Prototypes) -> None:
    none = GlossIndex.of(vectors[:0].astype(np.float16), np.zeros(0, np.int64), [], prototypes)
    assert none.near(vectors[0], 3, none.unanswered(vectors[0])) == NOT_NEAR


def test_what_is_saved_loads(vectors: Vectors, prototypes: Prototypes, glosses: GlossIndex, tmp_path: Path) -> None:
    places = tuple(tmp_path / name for name in FILES)
    glosses.save(*places)
    loaded = GlossIndex.load(*places, prototypes)
    for text in range(TEXTS):
        assert loaded.near(vectors[9], text, 0.0) == glosses.near(vectors[9], text, 0.0)
    assert loaded.unanswered(vectors[9]) == glosses.unanswered(vectors[9])


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_says_what_mends_it(
    glosses: GlossIndex, prototypes: Prototypes, tmp_path: Path, name: str
) -> None:
    places = tuple(tmp_path / name for name in FILES)
    glosses.save(*places)
    (tmp_path / name).write_bytes(b"not vectors")
    with pytest.raises(BundleDamaged, match=f"{name} cannot be read; build the index again"):
        GlossIndex.load(*places, prototypes)


def seen(bundle: Bundle, question: str) -> Seen:
    found = bundle.searcher.find(Query(question), 1)[1]
    assert found is not None
    return found


def near(bundle: Bundle, question: str, clause: str) -> Near:
    number = bundle.store.numbers_of([clause])[0]
    return bundle.searcher.near(seen(bundle, question), number, "in_force")


TSAG = "itu-wtsa/res-18/2024/instructs__para_2"


def test_what_the_clause_answers_is_nearer_than_what_it_leaves_out(real: Path) -> None:
    bundle = Bundle.open(real)
    answered = near(bundle, "how often does TSAG hear from the TSB chief about carrying out this resolution?", TSAG)
    left_out = near(bundle, "what happens to the TSB chief if he forgets the report to TSAG?", TSAG)
    assert answered.asked > answered.silent
    assert left_out.silent > left_out.asked


def test_a_version_that_a_clause_has_not_is_near_to_nothing(real: Path) -> None:
    bundle = Bundle.open(real)
    number = bundle.store.numbers_of([TSAG])[0]
    asked = seen(bundle, "who reports?")
    assert bundle.searcher.near(asked, number, "proposed") == NOT_NEAR
    assert bundle.searcher.nothing(asked, number, "proposed") == 0.0
