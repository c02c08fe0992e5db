"""The development figures may not fall below the intervals recorded in ``eval/gate.json``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.errors import AnnotationError
from eval.gate import Bar, Gate
from eval.questions import Labelled, digest_of
from eval.report import Scored
from eval.run import ask, figures
from qa.answer import Answerer

MakeScore = Callable[..., Scored]


def test_the_development_figures_hold(answerer: Answerer, dev_questions: list[Labelled]) -> None:
    scored = ask(answerer, dev_questions)
    digest = answerer.bundle.manifest.corpus_digest
    faults = Gate.read().faults(figures(scored), scored, digest_of(dev_questions), digest)
    assert not faults, "\n".join(("", *faults))


@pytest.fixture
def gate() -> Gate:
    return Gate("labels", "corpus", {"success@1": Bar(0.8, 0.7, 40)}, ("q0",))


def answered(a_score: MakeScore, wrong: int) -> list[Scored]:
    return [a_score(f"q{n}", first=n >= wrong) for n in range(10)]


class TestGate:
    def test_a_run_as_good_passes(self, gate: Gate, a_score: MakeScore) -> None:
        scored = answered(a_score, 3)
        assert gate.faults(figures(scored), scored, "labels", "corpus") == []

    def test_a_worse_one_does_not_and_the_questions_missed_anew_are_named(self, gate: Gate, a_score: MakeScore) -> None:
        scored = answered(a_score, 4)
        fallen, *new = gate.faults(figures(scored), scored, "labels", "corpus")
        assert fallen == "success@1 fell to 0.600, below 0.700 (it was 0.800)"
        assert [line.split(",")[0].strip() for line in new] == [f"now missed: q{n}" for n in (1, 2, 3)]
        assert new[0].endswith(": Who keeps lamp q1?")

    def test_a_figure_that_can_no_longer_be_measured_fails(self, gate: Gate, unanswerable: MakeScore) -> None:
        scored = [unanswerable("u1", answered=False)]
        (fault,) = gate.faults(figures(scored), scored, "labels", "corpus")
        assert "success@1 can no longer be measured" in fault

    @pytest.mark.parametrize(("labels", "corpus", "what"), [("new", "corpus", "labels"), ("labels", "new", "corpus")])
    def test_other_labels_or_another_corpus_ask_for_a_new_gate(
        self, gate: Gate, a_score: MakeScore, labels: str, corpus: str, what: str
    ) -> None:
        scored = answered(a_score, 0)
        (fault,) = gate.faults(figures(scored), scored, labels, corpus)
        assert fault.startswith(f"the {what} changed since")
        assert "--write-gate" in fault

    def test_a_run_passes_the_gate_made_of_it(self, a_score: MakeScore, tmp_path: Path) -> None:
        scored = answered(a_score, 3)
        made = Gate.of(figures(scored), scored, "labels", "corpus")
        path = tmp_path / "gate.json"
        path.write_text(made.to_json(), "utf-8")
        assert Gate.read(path) == made
        assert made.missed == ("q0", "q1", "q2")
        assert made.faults(figures(scored), scored, "labels", "corpus") == []
        assert replace(made, bars={}).faults(figures(scored), scored, "labels", "corpus") == []

    @pytest.mark.parametrize("content", ["", "{}", "[]", '{"bars": {"x": 1}}'])
    def test_a_broken_file_is_said(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "gate.json"
        path.write_text(content, "utf-8")
        with pytest.raises(AnnotationError, match=r"gate\.json is not a gate"):
            Gate.read(path)
