"""The figures that may not get worse: ``gate.json`` holds those of the development part when they were last reviewed.

A change that pushes a figure below the lower end of the interval recorded there fails the tests. One that means to, or
that changes labels, renews the file with ``clauseqa eval run --split dev --write-gate``; what the file then says
differently is there to be reviewed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.errors import AnnotationError
from eval.report import Figures, Scored

GATE_JSON = Path(__file__).with_name("gate.json")
SPLIT = "dev"
RENEW = "clauseqa eval run --split dev --write-gate"
HELD = (
    "nDCG@10",
    "success@1",
    "RR",
    "recall@5",
    "answer accuracy",
    "citation precision",
    "citation recall",
    "refusal precision",
    "refusal recall",
    "AUROC, answerable",
    "AUROC, best clause right",
)


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure as recorded, and the lower end of its 95 % interval, below which it may not fall."""

    value: float
    low: float
    n: int


@dataclass(frozen=True, slots=True)
class Gate:
    """``labels`` and ``corpus_digest`` are those of the run recorded, ``missed`` the questions that it missed."""

    labels: str
    corpus_digest: str
    bars: Mapping[str, Bar]
    missed: tuple[str, ...]

    @classmethod
    def of(cls, figures: Figures, scored: Sequence[Scored], labels: str, corpus_digest: str) -> Gate:
        """The gate that a run passes."""
        bars = {m: Bar(round(f.value, 4), round(f.low, 4), f.n) for m in HELD if (f := figures.get(m)) is not None}
        return cls(labels, corpus_digest, bars, tuple(q.id for q in scored if q.kind_of_miss is not None))

    @classmethod
    def read(cls, path: Path = GATE_JSON) -> Gate:
        """The gate in a file. Raises :class:`AnnotationError`."""
        try:
            data = json.loads(path.read_text("utf-8"))
            bars = {name: Bar(**bar) for name, bar in data["bars"].items()}
            return cls(**{**data, "bars": bars, "missed": tuple(data["missed"])})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as exc:
            raise AnnotationError(f"{path} is not a gate ({exc}); run: {RENEW}") from exc

    def to_json(self) -> str:
        """As written to ``gate.json``."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n"

    def faults(self, figures: Figures, scored: Sequence[Scored], labels: str, corpus_digest: str) -> list[str]:
        """What keeps a run from passing, a line each; empty if it passes.

        Where a figure fell, the questions missed now and not before follow.
        """
        for what, recorded, now in (("labels", self.labels, labels), ("corpus", self.corpus_digest, corpus_digest)):
            if recorded != now:
                return [f"the {what} changed since the gate was recorded; review the figures and run: {RENEW}"]
        fallen = list(self._fallen(figures))
        new = [q for q in scored if q.kind_of_miss is not None and q.id not in self.missed]
        return fallen + [f"  now missed: {q.id}, {q.kind_of_miss}: {q.question}" for q in new if fallen]

    def _fallen(self, figures: Figures) -> Iterator[str]:
        for name, bar in self.bars.items():
            if name not in figures:
                yield f"{name} can no longer be measured (it was {bar.value:.3f})"
            elif round(figures[name].value, 4) < bar.low:
                yield f"{name} fell to {figures[name].value:.3f}, below {bar.low:.3f} (it was {bar.value:.3f})"
