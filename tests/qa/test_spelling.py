"""Misspelled words are mended against the corpus; right ones, names and acronyms are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer import Answerer
from qa.spelling import Speller
from qa.understand import KNOWN


@pytest.fixture(scope="module")
def speller(answerer: Answerer) -> Speller:
    return Speller(answerer.bundle.store.spellings(), KNOWN)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("reprots", "reports"),
        ("anualy", "annually"),
        ("implementaion", "implementation"),
        ("coordiantion", "coordination"),
        ("developping", "developing"),
        ("contries", "countries"),
        ("responsabilities", "responsibilities"),
        ("meetting", "meeting"),
        ("distribtion", "distribution"),
        ("secters", "sectors"),
        ("wrok", "work"),
        ("aproves", "approves"),
        ("aproved", "approved"),
    ],
)
def test_a_misspelled_word_of_the_corpus_is_mended(speller: Speller, wrong: str, right: str) -> None:
    assert speller.repair(wrong) == (right, ((wrong, right),))


def test_repairs_are_told_and_nothing_else_is_touched(speller: Speller) -> None:
    assert speller.repair("Who reprots, anualy -- to TSAG (ITU-T)?") == (
        "Who reports, annually -- to TSAG (ITU-T)?",
        (("reprots", "reports"), ("anualy", "annually")),
    )


@pytest.mark.parametrize(
    "text",
    [
        "who reports annually to TSAG on the implementation of this resolution?",
        "which countries pay how much each year, and what does it mean?",
        "what is the capital of France?",
        "is there a deadline for proposals, a draft or a revision?",
        "TSAG RAG TDAG ISCG ISC-TF TSB BR BDT ITU-R ITU-T ITU-D WTSA WTDC WRC PP SCV CCT ICG IRG",
        "WSIS ITRs CWG IETF ISO IEC GSMA",
        "Doha Bucharest Kigali Baku New Delhi Geneva Dubai Hyderabad Busan Marrakesh Antalya Sharm el-Sheikh Kyiv",
        "Doreen Bogdan-Martin, Houlin Zhao, Malcolm Johnson",
        "Switzerland, Brazil, Kenya",
        "lighthouse albatross blockchain quantum",
        "reported reporting coordinates coordinated meetings instructing",
        "resolves 2 i) of Resolution 18, Annex C, d)",
        "谁 each année",
        "",
    ],
)
def test_right_words_names_and_acronyms_are_left_alone(speller: Speller, text: str) -> None:
    assert speller.repair(text) == (text, ())


def test_no_word_of_the_corpus_is_changed(speller: Speller, answerer: Answerer) -> None:
    text = " ".join(answerer.bundle.store.spellings())
    assert speller.repair(text) == (text, ())


@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=st.text(max_size=60))
def test_any_text_may_be_given(text: str) -> None:
    speller = Speller({"report": 3, "annually": 1}, frozenset({"who"}))
    repaired, repairs = speller.repair(text)
    assert speller.repair(repaired) == (repaired, ())
    assert (repaired == text) is (not repairs)


def test_of_equally_near_words_the_commoner_wins() -> None:
    assert Speller({"sector": 9, "vector": 1, "sectot": 1}, frozenset()).repair("sectoz")[0] == "sector"


def test_only_words_of_the_corpus_are_known() -> None:
    repaired, repairs = Speller({"lighthouse": 1}, KNOWN).repair("lighthose reprots")
    assert (repaired, repairs) == ("lighthouse reprots", (("lighthose", "lighthouse"),))
