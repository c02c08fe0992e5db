"""What a chat says: links that lead to the clauses, annotations that fit the text, and conversations."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionTooLong
from qa.answer import Answerer
from qa.chat import MOST_BEFORE, Options, Said, chunks, escaped, questions, respond
from qa.model import Answer, Question

BASE = "https://clauses.example/itu"
ANNUAL = "who reports annually to TSAG?"
Say = Callable[..., Said]


@pytest.fixture(scope="session")
def say(answerer: Answerer) -> Say:
    """What the service says to the last of some messages."""

    def reply(*messages: str, **options: object) -> Said:
        instruments = answerer.bundle.store.instruments.values()
        return respond(messages, answerer.ask, instruments, BASE, Options(**options))  # type: ignore[arg-type]

    return reply


def cited(said: Said) -> list[str]:
    """References of the clauses that a text cites, in its order."""
    return [a.evidence.clause.reference for a in said.annotations]


class TestAnswers:
    def test_an_answer_links_each_of_its_numbers_to_the_clause(self, say: Say) -> None:
        said = say(ANNUAL)
        url = f"{BASE}/clauses/itu-wtsa/res-18/2024/instructs__para_2"
        assert said.text.startswith("The Director of TSB: Resolution 18 (Rev. New Delhi, 2024) of WTSA, in force,")
        assert said.text.endswith(f"(instructs 2) [[1]]({url}).")
        assert cited(said) == ["instructs 2 of Resolution 18 (Rev. New Delhi, 2024)"]
        assert said.annotations[0].url == url

    @pytest.mark.parametrize("question", [ANNUAL, "list all clauses on regional offices", "who pays for an ICG?"])
    def test_an_annotation_stands_where_its_link_stands(self, say: Say, question: str) -> None:
        said = say(question)
        assert said.answer is not None
        assert said.annotations
        for annotation in said.annotations:
            assert said.text[annotation.start : annotation.end] == f"[[{annotation.number}]]({annotation.url})"
        assert list(dict.fromkeys(a.number for a in said.annotations)) == [n + 1 for n in range(len(said.annotations))]
        assert {a.evidence.clause.id for a in said.annotations} == {
            e.clause.id for e in said.answer.evidence if e.supports_answer
        }

    def test_a_list_is_one_in_markdown_too(self, say: Say) -> None:
        said = say("list all clauses on regional offices")
        head, *items = said.text.split("\n- ")
        assert head.endswith(" resolutions:")
        assert len(items) == len(said.annotations) > 2
        assert all(annotation.url in item for annotation, item in zip(said.annotations, items, strict=True))

    def test_a_refusal_links_the_nearest_clauses_and_cites_none(self, say: Say) -> None:
        said = say("who won the World Cup?")
        assert said.answer is not None
        assert not said.answer.answered
        assert said.annotations == ()
        nearest = said.answer.evidence[0]
        assert f"[{nearest.reference}]({BASE}/clauses/{nearest.clause.id})" in said.text

    def test_the_words_of_an_answer_come_one_by_one_with_what_they_cite(self, say: Say) -> None:
        said = say("list all clauses on regional offices")
        made = chunks(said)
        assert "".join(text for text, _ in made) == said.text
        assert [a for _, done in made for a in done] == list(said.annotations)
        assert all(a.url in text for text, done in made for a in done)

    def test_filters_and_versions_are_handed_on(self, say: Say) -> None:
        said = say("who reports annually?", filters={"body": ("WTDC",)}, k=2, version="in_force")
        assert said.answer is not None
        assert {e.instrument.body for e in said.answer.evidence} == {"WTDC"}
        assert len(said.answer.evidence) == 2

    def test_greetings_and_questions_of_the_service_cite_nothing(self, say: Say) -> None:
        for message in ("Hello!", "thanks", "what can you do?", "which resolutions do you know?"):
            said = say(ANNUAL, message)
            assert (said.answer, said.annotations) == (None, ())

    def test_a_question_that_is_too_long_is_refused(self, say: Say) -> None:
        with pytest.raises(QuestionTooLong, match="2000 are the most"):
            say("who reports to TSAG? " * 100)


class TestConversations:
    @pytest.mark.parametrize(
        ("messages", "reference"),
        [
            ([ANNUAL, "and to TDAG?"], "Telecommunication Development Bureau 3 of Resolution 59"),
            ([ANNUAL, "who does that for ITU-D?"], "Telecommunication Development Bureau 3 of Resolution 59"),
            ([ANNUAL, "and in Resolution 59?"], "Telecommunication Development Bureau 3 of Resolution 59"),
            ([ANNUAL, "thanks! And to TDAG?"], "Telecommunication Development Bureau 3 of Resolution 59"),
            ([ANNUAL, "thanks", "hello", "and to TDAG?"], "Telecommunication Development Bureau 3 of Resolution 59"),
            ([ANNUAL, "quote it in full", "and to TDAG?"], "Telecommunication Development Bureau 3 of Resolution 59"),
            (["Hi, who reports annually to TSAG, please?"], "instructs 2 of Resolution 18"),
        ],
    )
    def test_the_last_turn_is_read_in_the_light_of_those_before(
        self, say: Say, messages: list[str], reference: str
    ) -> None:
        assert reference in cited(say(*messages))[0]

    @pytest.mark.parametrize("message", ["quote it in full", "show me the text", "where does it say that?", "source?"])
    def test_the_words_of_what_was_cited_are_quoted_in_full(self, say: Say, message: str) -> None:
        before, said = say(ANNUAL), say(ANNUAL, message)
        assert cited(said) == cited(before)
        assert (
            "**instructs 2 of Resolution 18 (Rev. New Delhi, 2024)**, in force: compilation.txt, line 397" in said.text
        )
        assert (
            "\n\n> the Director of TSB to report annually to TSAG on the implementation of this resolution" in said.text
        )

    def test_the_words_are_those_of_the_last_question_even_if_it_was_a_follow_up(self, say: Say) -> None:
        said = say(ANNUAL, "who does that for ITU-D?", "where does it say that?")
        assert "> to inform TDAG annually on the implementation of this resolution" in said.text

    def test_what_a_draft_amends_is_quoted_in_both_versions(self, answerer: Answerer, say: Say) -> None:
        amended = next(c for c in answerer.bundle.store.select() if c.amended and len(c.versions) == 2)
        said = say(f"what does {amended.reference} say?", "quote it in full")
        assert "in force (a draft revision proposed for Doha, 2026 would amend it)" in said.text
        assert "\n\n> *In force:* " in said.text
        assert "\n\n> *Proposed for Doha, 2026:* " in said.text

    def test_what_is_only_proposed_is_said_to_be(self, say: Say) -> None:
        said = say("what do the study groups of all Sectors have to do under the draft revision?", "show me the text")
        assert "proposed for Doha, 2026**, not in force: compilation.txt" in said.text

    def test_one_of_the_citations_can_be_asked_for(self, say: Say) -> None:
        question = "list all clauses on regional offices"
        before = say(question)
        assert cited(say(question, "show me the second one")) == cited(before)[1:2]
        assert cited(say(question, "quote the last one")) == cited(before)[-1:]
        assert "There is no citation 99" in say(question, "quote [99]").text
        assert "There is no citation 0" in say(question, "quote [0]").text

    def test_after_a_refusal_the_nearest_clauses_are_quoted_as_such(self, say: Say) -> None:
        said = say("who won the World Cup?", "show me the text")
        assert said.text.startswith("No clause was found that answers this; the nearest are:")
        assert len(said.annotations) == 2

    def test_without_an_answer_before_there_is_nothing_to_quote(self, say: Say) -> None:
        for messages in (["quote it in full"], ["hello", "quote it in full"]):
            said = say(*messages)
            assert "There is no answer before this" in said.text
            assert said.answer is None

    def test_only_questions_count_as_turns_before_and_only_the_last_of_them(self) -> None:
        turns = ["hello", "", "x" * 2001, "quote it", "thanks, who pays?"]
        assert questions(turns, []) == ["who pays?"]
        assert (
            questions([f"who reads clause {n}?" for n in range(50)], [])[0] == f"who reads clause {50 - MOST_BEFORE}?"
        )


class TestMarkdown:
    @pytest.mark.parametrize(
        "words",
        ["<img src=x onerror=alert(1)>", "[click](javascript:alert(1))", "**bold** `code` ~~struck~~", r"\[1\]"],
    )
    def test_hostile_words_are_shown_and_do_nothing(self, answerer: Answerer, words: str) -> None:
        def hostile(question: Question) -> Answer:
            answer = answerer.ask(question)
            return replace(answer, text=f"It says “{words} [1]” [1].")

        said = respond([ANNUAL], hostile, [], BASE)
        assert escaped(words) in said.text
        assert len(said.annotations) == 1

    def test_numbers_run_in_the_order_of_the_text(self, answerer: Answerer) -> None:
        said = respond([ANNUAL], lambda q: replace(answerer.ask(q), text="So [4], and [2], again [4]."), [], BASE)
        assert [a.number for a in said.annotations] == [1, 2, 1]
        assert said.answer is not None
        assert [a.evidence for a in said.annotations] == [said.answer.evidence[n] for n in (3, 1, 3)]

    def test_a_number_that_no_citation_bears_is_no_link(self, answerer: Answerer) -> None:
        said = respond([ANNUAL], lambda q: replace(answerer.ask(q), text="So [7] and [0] and [1]."), [], BASE)
        assert said.text.startswith("So &#91;7&#93; and &#91;0&#93; and [[1]](https://")
        assert len(said.annotations) == 1

    @given(st.text(max_size=60))
    def test_nothing_is_lost_by_escaping(self, text: str) -> None:
        text = text.replace("&", "")
        assert re.sub(r"&#(\d+);|\\(.)", lambda m: m[2] or chr(int(m[1])), escaped(text)) == text
