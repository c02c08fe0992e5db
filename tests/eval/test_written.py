"""Questions that train are each about one clause of the corpus, and of every kind."""

from __future__ import annotations

from collections import Counter

from corpus.glosses import KINDS
from eval.questions import default_questions, load_questions
from eval.written import written_for
from index.text import words
from qa.answer import Answerer


def test_every_clause_has_questions_of_every_kind(answerer: Answerer) -> None:
    written = written_for(answerer.bundle)
    assert len(written) > 250
    for asked in written.values():
        kinds = Counter(kind for kind, text in asked if text.strip())
        assert all(kinds[kind] for kind in KINDS if kind != "says")


def test_none_of_them_is_a_labelled_question(answerer: Answerer) -> None:
    labelled = {tuple(words(q.question)) for q in load_questions(default_questions())}
    asked = {tuple(words(text)) for some in written_for(answerer.bundle).values() for _, text in some}
    assert labelled.isdisjoint(asked)
