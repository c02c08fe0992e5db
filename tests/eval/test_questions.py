"""The labelled questions are well-formed, what makes an answer right, and what is said of a file that is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import AnnotationError, NotFound
from corpus.model import Corpus
from corpus.readable import readable
from eval.questions import Labelled, default_questions, digest_of, load_questions

Make = Callable[..., Labelled]

TYPES = {
    "bearer", "recipient", "frequency", "deadline", "action", "permission", "yes-no", "definition", "membership",
    "reason", "fact", "procedure", "scoped", "citation", "version", "comparison", "list", "keywords",
}  # fmt: skip
STYLES = {"plain", "everyday", "misspelled", "abbreviation", "keywords", "follow-up"}


@pytest.fixture(scope="module")
def questions() -> list[Labelled]:
    return load_questions(default_questions())


class TestOurs:
    def test_every_label_names_a_clause(self, corpus: Corpus) -> None:
        clauses = {c.id for c in (*corpus.clauses, *corpus.footnotes)}
        assert len(load_questions(default_questions(), clauses=clauses)) >= 80

    def test_no_question_is_asked_twice(self, questions: list[Labelled]) -> None:
        asked = [(*q.after, q.question.lower()) for q in questions]
        assert sorted({a for a in asked if asked.count(a) > 1}) == []

    def test_answerable_questions_have_a_clause_that_answers_and_others_have_none(
        self, questions: list[Labelled]
    ) -> None:
        def tells(q: Labelled) -> bool:
            return bool(q.accept or q.all_of or q.polarity)

        assert [q.id for q in questions if q.answerable != bool(q.answering) or q.answerable != tells(q)] == []
        assert [q.id for q in questions if not q.answerable and max(q.relevant.values(), default=0) > 1] == []

    def test_an_accepted_answer_is_in_the_words_of_a_clause_that_answers(
        self, questions: list[Labelled], corpus: Corpus
    ) -> None:
        clauses = {c.id: c for c in (*corpus.clauses, *corpus.footnotes)}
        inferred = {"regularly", "not in force", "clause", "annually"}  # said by the text in other words
        for q in (q for q in questions if q.accept):
            answering = [clauses[i] for i in q.answering]
            words = [(c.reference, c.context, c.text, *map(c.text_of, c.versions)) for c in answering]
            text = readable(" ".join(" ".join(w) for w in words)).lower()
            assert any(a.lower() in text or a.lower() in inferred for a in q.accept), q.id

    def test_enough_have_no_answer_and_types_and_styles_are_those_of_the_guide(self, questions: list[Labelled]) -> None:
        assert sum(not q.answerable for q in questions) >= 15
        assert {q.type for q in questions} <= TYPES
        assert {q.style for q in questions} <= STYLES
        assert {q.split for q in questions} == {"dev", "test"}


class TestRight:
    def test_an_answer_holds_an_accepted_string_whatever_its_case_and_hyphens(self, a_question: Make) -> None:
        asked = a_question(accept=("Director of TSB", "TSB\u2011Director"))
        assert asked.is_met_by("The DIRECTOR of\u00a0TSB reports [1].")
        assert asked.is_met_by("It is the TSB-Director.")
        assert not asked.is_met_by("The Director of BDT reports [1].")

    @pytest.mark.parametrize("text", ["Yes. It may [1].", "yes, it may", "Yes"])
    def test_an_answer_begins_with_yes_where_that_is_right(self, a_question: Make, text: str) -> None:
        assert a_question(accept=(), polarity="yes").is_met_by(text)

    @pytest.mark.parametrize("text", ["No: it may not.", "It may, yes.", "Yesterday it did.", ""])
    def test_no_other_beginning_will_do(self, a_question: Make, text: str) -> None:
        assert not a_question(accept=(), polarity="yes").is_met_by(text)

    def test_the_answer_must_hold_one_of_each_group(self, a_question: Make) -> None:
        asked = a_question(accept=(), all_of=(("191",), ("ITU-R 75", "Resolution 75")))
        assert asked.is_met_by("Resolution 191 [1]. Resolution ITU-R 75 [2].")
        assert not asked.is_met_by("Resolution 191 [1].")

    def test_all_that_is_given_must_hold(self, a_question: Make) -> None:
        asked = a_question(accept=("fog",), all_of=(("lamp",),), polarity="no")
        assert asked.is_met_by("No. Lamps and fogs [1].")
        for wrong in ("Yes. Lamps and fogs [1].", "No. Lamps [1].", "No. Fogs [1]."):
            assert not asked.is_met_by(wrong)

    def test_a_follow_up_is_asked_after_what_came_before(self, a_question: Make) -> None:
        asked = a_question(after=("Who pays?",)).asked(3)
        assert (asked.text, asked.k, asked.before) == ("Who keeps the lamps?", 3, ("Who pays?",))


def written(tmp_path: Path, *rows: dict[str, Any], name: str = "mine.jsonl") -> Path:
    path = tmp_path / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def row(**more: Any) -> dict[str, Any]:
    plain = {
        "id": "m1", "split": "dev", "question": "Who?", "type": "bearer", "style": "plain", "fact": "who", "note": "",
        "answerable": True, "answer": "he", "accept": ["he"], "relevant": {"a": 3},
    }  # fmt: skip
    return {**plain, **more}


class TestFile:
    def test_the_optional_fields_are_read(self, tmp_path: Path) -> None:
        given = row(polarity="no", all_of=[["a", "b"], ["c"]], after=["Who?", "When?"])
        (found,) = load_questions(written(tmp_path, given))
        assert (found.polarity, found.all_of, found.after) == ("no", (("a", "b"), ("c",)), ("Who?", "When?"))

    def test_files_are_read_together_and_parts_apart(self, tmp_path: Path) -> None:
        first = written(tmp_path, row(), name="first.jsonl")
        second = written(tmp_path, row(id="m2", fact="when", split="test"), name="second.jsonl")
        assert [q.id for q in load_questions([first, second])] == ["m1", "m2"]
        assert [q.id for q in load_questions([first, second], split="test")] == ["m2"]

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"colour": "red"}, "unknown field 'colour'"),
            ({"split": "train"}, "'split' is 'train', not dev or test"),
            ({"polarity": "maybe"}, "'polarity' is 'maybe', not yes or no"),
            ({"relevant": {"a": 4}}, "grade of 0 to 3"),
            ({"relevant": ["a"]}, "grade of 0 to 3"),
            ({"accept": "he"}, "'accept' is not a list of texts"),
            ({"after": [1]}, "'after' is not a list of texts"),
            ({"all_of": ["he"]}, "'all_of' is not a list of lists of texts"),
            ({"all_of": [[]]}, "'all_of' is not a list of lists of texts"),
            ({"answerable": "yes"}, "'answerable' is neither true nor false"),
            ({"question": " "}, "'question' is empty"),
            ({"question": None}, "'question' is not a text"),
            ({"id": "m 2"}, "holds a space"),
            ({"id": "m1", "fact": "when"}, "the id m1 is that of mine.jsonl, line 1"),
            ({"split": "test"}, "the fact who is in the test part here and in the dev part in mine.jsonl, line 1"),
        ],
    )
    def test_what_is_wrong_is_said_with_its_file_and_line(
        self, tmp_path: Path, wrong: dict[str, Any], said: str
    ) -> None:
        file = written(tmp_path, row(), row(**{"id": "m2", **wrong}))
        with pytest.raises(AnnotationError) as caught:
            load_questions(file)
        assert str(caught.value).startswith("mine.jsonl, line 2: ")
        assert said in str(caught.value)

    @pytest.mark.parametrize("line", ["{", "[]", "{}"])
    def test_a_malformed_line_is_named(self, tmp_path: Path, line: str) -> None:
        file = written(tmp_path, row())
        file.write_text(file.read_text("utf-8") + f"\n{line}\n", "utf-8")
        with pytest.raises(AnnotationError, match=r"mine\.jsonl, line 3"):
            load_questions(file)

    def test_an_id_and_a_fact_are_checked_across_files(self, tmp_path: Path) -> None:
        first, second = written(tmp_path, row(), name="a.jsonl"), written(tmp_path, row(fact="when"), name="b.jsonl")
        with pytest.raises(AnnotationError, match=r"b\.jsonl, line 1: the id m1 is that of a\.jsonl, line 1"):
            load_questions([first, second])
        third = written(tmp_path, row(id="m3", split="test"), name="c.jsonl")
        with pytest.raises(AnnotationError, match=r"c\.jsonl, line 1: the fact who"):
            load_questions([first, third], split="dev")

    def test_a_label_for_a_clause_that_is_gone_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(AnnotationError, match="line 1: no clause a; label it anew"):
            load_questions(written(tmp_path, row()), clauses={"b"})

    def test_a_file_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(NotFound, match=r"gone\.jsonl"):
            load_questions(tmp_path / "gone.jsonl")

    def test_a_file_that_is_no_text_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "odd.jsonl").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(AnnotationError, match=r"odd\.jsonl cannot be read"):
            load_questions(tmp_path / "odd.jsonl")


class TestDigest:
    def test_it_does_not_depend_on_order_or_notes(self, a_question: Make) -> None:
        first, second = a_question("a"), a_question("b")
        assert digest_of([first, second]) == digest_of([second, a_question("a", note="looked at twice")])

    @pytest.mark.parametrize(
        "change", [{"relevant": {"a": 2}}, {"accept": ("x",)}, {"question": "Who else?"}, {"polarity": "no"}]
    )
    def test_it_changes_with_what_scores_depend_on(self, a_question: Make, change: dict[str, Any]) -> None:
        assert digest_of([a_question()]) != digest_of([a_question(**change)])
