"""What is said beside questions: greetings, thanks, questions about the service itself, and asking for the words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Corpus
from qa.small_talk import LISTED, asks_for_words, small_talk, which_words, without_courtesies

QUESTIONS = Path(__file__).parents[2] / "eval" / "questions"


def lines(name: str) -> list[str]:
    return (QUESTIONS / f"{name}.jsonl").read_text("utf-8").splitlines()


@pytest.mark.parametrize(
    "message",
    [
        *("hello", "Hi there!", "Good morning", "hey", "Bonjour", "你好", "how are you?", "What's up?", "test"),
        *("what can you do?", "Who are you?", "what is this?", "What's this bot for?", "help", "Can you help me?"),
        *("how does this work?", "What can I ask you?", "what kind of questions can I ask?", "give me an example"),
        *("hello, what can you do?", "Hi! Who are you, please?", "tell me about yourself", "who made you?"),
    ],
)
def test_who_greets_or_wonders_is_told_what_can_be_asked(corpus: Corpus, message: str) -> None:
    reply = small_talk(message, corpus.instruments)
    assert reply is not None
    assert "4 resolutions of the International Telecommunication Union" in reply
    assert "who reports annually to TSAG?" in reply


@pytest.mark.parametrize(
    "message",
    [
        *(
            "which resolutions do you know?",
            "What resolutions do you have",
            "list the resolutions",
            "what do you know?",
        ),
        *("what do you know?", "show me all the resolutions you have"),
        *("which documents are available?", "what's in your corpus?"),
        *("where do your answers come from?", "what are your sources?", "how many resolutions do you cover?"),
        *("what topics do you cover?", "What resolutions can I ask about?", "which texts are you based on?"),
    ],
)
def test_who_asks_what_it_rests_on_is_told_every_resolution(corpus: Corpus, message: str) -> None:
    reply = small_talk(message, corpus.instruments)
    assert reply is not None
    for instrument in corpus.instruments:
        assert f"- {instrument.name}" in reply
        assert instrument.title in reply
    assert "with a draft revision for Doha, 2026" in reply


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("thanks!", "You are welcome"),
        ("Thank you very much.", "You are welcome"),
        ("ok thx", "You are welcome"),
        ("merci", "You are welcome"),
        ("bye", "Goodbye"),
        ("And thanks, bye!", "Goodbye"),
        ("great", "anything else"),
        ("👍", "anything else"),
        ("?", "You may ask"),
        ("are you an AI?", "do not write from memory"),
        ("Are you ChatGPT", "do not write from memory"),
        ("do you speak French?", "English only"),
        ("can I trust you?", "check every word"),
        ("Do you make things up?", "check every word"),
    ],
)
def test_it_answers_to_what_is_said(corpus: Corpus, message: str, says: str) -> None:
    assert says in (small_talk(message, corpus.instruments) or "")


@pytest.mark.parametrize(
    "message",
    [
        *("who reports annually to TSAG?", "What is ISCG?", "which resolutions mention TSAG?", "what does ISCG do?"),
        *("What can ITU-T do?", "what is this resolution about?", "hello world summit", "who are the members of ISCG?"),
        *("hello, who reports annually to TSAG?", "thanks, and to TDAG?", "how does it work with the Council?"),
        *("list all clauses on regional offices", "", "  "),
    ],
)
def test_a_question_of_the_texts_is_none(corpus: Corpus, message: str) -> None:
    assert small_talk(message, corpus.instruments) is None


def test_no_question_that_people_asked_is_taken_for_small_talk() -> None:
    rows = [json.loads(line) for name in ("compilation", "dev_b") for line in lines(name)]
    asked = [row["question"] for row in rows if row["split"] == "dev"]
    assert len(asked) > 50
    assert [q for q in asked if small_talk(q, []) or asks_for_words(q) or without_courtesies(q) != q.strip()] == []


def test_of_a_large_corpus_the_first_are_named(corpus: Corpus) -> None:
    many = [replace(corpus.instruments[0], number=str(n)) for n in range(LISTED + 5)]
    reply = small_talk("which resolutions do you know?", many) or ""
    assert reply.count("\n- ") == LISTED + 1
    assert reply.endswith("- and 5 more")


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Hello! Who reports annually to TSAG, please?", "Who reports annually to TSAG?"),
        ("Good morning, who pays?", "who pays?"),
        ("thanks. and who chairs it?", "and who chairs it?"),
        ("Great, thank you! And to TDAG?", "And to TDAG?"),
        ("who pays? Thanks in advance!", "who pays?"),
        ("Who should thank TSAG?", "Who should thank TSAG?"),
        ("hello", "hello"),
        ("please", "please"),
    ],
)
def test_courtesies_are_no_part_of_a_question(message: str, question: str) -> None:
    assert without_courtesies(message) == question


@pytest.mark.parametrize(
    "message",
    [
        *("quote it in full", "Quote it.", "show me the text", "where does it say that?", "which clause?", "full text"),
        *("can you show me the full text?", "Could you quote the clause in full, please?", "what does it say exactly?"),
        *("Thanks. Quote it in full, please.", "how do you know that?", "source?", "verbatim", "read it to me"),
        *("give me the exact wording", "where is that written?", "which resolution says that?", "what clause is that?"),
        *("quote both clauses", "are you sure?", "and where does it say so?", "Can I see the source?"),
    ],
)
def test_asking_for_the_words(message: str) -> None:
    assert asks_for_words(message)
    assert which_words(message) is None


@pytest.mark.parametrize(
    ("message", "which"),
    [
        ("show me the second one", 2),
        ("quote [3]", 3),
        ("the first", 1),
        ("show me citation 2 in full", 2),
        ("quote the last one", -1),
        ("and the 2nd clause?", 2),
    ],
)
def test_asking_for_the_words_of_one(message: str, which: int) -> None:
    assert which_words(message) == which


@pytest.mark.parametrize(
    "message",
    [
        *("quote Annex C", "show me the clauses on TSAG", "where does it say who pays?", "which clause says who pays?"),
        *("what does Resolution 18 say?", "show the text of resolves 2", "Where?", "and the draft?", ""),
    ],
)
def test_asking_for_other_words(message: str) -> None:
    assert not asks_for_words(message)


@given(st.text(max_size=2000))
def test_any_text_can_be_said(message: str) -> None:
    assert small_talk(message, []) is None or len(message) <= 200
    assert len(without_courtesies(message)) <= len(message)
    assert which_words(message) is None or asks_for_words(message)


@pytest.mark.parametrize("message", ["great " * 33, "thanks " * 28, " " * 2000, "show me the " * 16, "and " * 500])
def test_long_winded_messages_are_read_too(message: str) -> None:
    small_talk(message, [])
    without_courtesies(message)
    asks_for_words(message)
