"""The values of a run's report, and ``report.json``, which holds them all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ClauseqaError
from eval.estimates import Bin, Estimate

FORMAT_VERSION = 1
REPORT_JSON = "report.json"

Figures = Mapping[str, Estimate]
"""Measure -> figure. A measure that no question bears on is not there."""


class ReportError(ClauseqaError):
    """A report is missing, damaged or of another format."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A clause that answers, and its words."""

    clause: str
    reference: str
    words: str


@dataclass(frozen=True, slots=True)
class Came:
    """A clause that the service put forward, with the grade of its label (0: none) and its score in [0, 1]."""

    clause: str
    reference: str
    grade: int
    score: float
    supports_answer: bool


@dataclass(frozen=True, slots=True)
class Scored:
    """One question with what was expected, what came, and its scores.

    ``labels`` is the SHA-256 of all that the scores depend on in the question. ``scores`` holds, by measure, those that
    bear on the question; all lie in [0, 1], and higher is better.
    """

    id: str
    question: str
    after: tuple[str, ...]
    type: str
    style: str
    split: str
    answerable: bool
    labels: str
    expected_answer: str
    expected: tuple[Expected, ...]
    answered: bool
    confidence: float
    text: str
    came: tuple[Came, ...]
    scores: Mapping[str, float]

    @property
    def grade(self) -> int:
        """The grade of the best clause."""
        return self.came[0].grade if self.came else 0

    @property
    def right(self) -> bool:
        """Answered as expected, or rightly refused."""
        return self.scores["answer accuracy" if self.answerable else "refusal recall"] == 1

    @property
    def kind_of_miss(self) -> str | None:
        """What went wrong, None if nothing did."""
        if not self.answerable:
            return "answered, though no clause answers" if self.answered else None
        if not self.answered:
            return "refused, though a clause answers"
        if not self.right:
            return "answered, but not as expected"
        return None if self.scores["success@1"] == 1 else "answered as expected, but the best clause is another"


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a run and what they were made with.

    ``systems`` are rankings that are compared, ``overall``, ``by_type`` and ``by_style`` the figures of the service.
    """

    format_version: int
    made_with: Mapping[str, Any]
    systems: Mapping[str, Figures]
    overall: Figures
    by_type: Mapping[str, Figures]
    by_style: Mapping[str, Figures]
    reliability: tuple[Bin, ...]
    questions: tuple[Scored, ...]

    @property
    def misses(self) -> list[Scored]:
        """The questions that were not answered as they should, or whose best clause does not answer."""
        return [q for q in self.questions if q.kind_of_miss is not None]

    def to_json(self) -> str:
        """As written to ``report.json``."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"


def setting(made_with: Mapping[str, Any], name: str) -> float | None:
    """The number that is called ``name`` in whichever module."""
    found = (v for n, v in made_with["settings"].items() if n.endswith(f".{name}") and isinstance(v, (int, float)))
    return next(found, None)


def read_report(folder: Path) -> Report:
    """The report in ``folder``. Raises :class:`ReportError`, which says how to mend it."""
    path = folder / REPORT_JSON
    again = "run: clauseqa eval run --out DIR"
    try:
        data = json.loads(path.read_text("utf-8"))
        version = data["format_version"]
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise ReportError(f"{folder} holds no {REPORT_JSON}; {again}") from exc
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ReportError(f"{path} is not a report of this program; {again}") from exc
    if version != FORMAT_VERSION:
        raise ReportError(f"{path} has format {version}, this version reads {FORMAT_VERSION}; {again}")
    try:
        return _report(data)
    except (KeyError, TypeError, AttributeError) as exc:
        raise ReportError(f"{path} is damaged ({exc}); {again}") from exc


def _report(data: dict[str, Any]) -> Report:
    def groups(name: str) -> dict[str, Figures]:
        return {group: _figures(found) for group, found in data[name].items()}

    return Report(
        format_version=data["format_version"],
        made_with=data["made_with"],
        systems=groups("systems"),
        overall=_figures(data["overall"]),
        by_type=groups("by_type"),
        by_style=groups("by_style"),
        reliability=tuple(Bin(**b) for b in data["reliability"]),
        questions=tuple(_scored(q) for q in data["questions"]),
    )


def _figures(data: Mapping[str, Any]) -> Figures:
    return {name: Estimate(**value) for name, value in data.items()}


def _scored(data: dict[str, Any]) -> Scored:
    lists = {
        "after": tuple(data["after"]),
        "expected": tuple(Expected(**e) for e in data["expected"]),
        "came": tuple(Came(**c) for c in data["came"]),
    }
    return Scored(**{**data, **lists})
