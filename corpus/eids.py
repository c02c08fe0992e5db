"""Clause ids: OASIS Akoma Ntoso Naming Convention 1.0 for eIds, below the instrument's own id (pure).

``__`` joins the steps, ``_`` a step's abbreviation and its number; edge punctuation is stripped, what has no number is
``nn_1``, and a second element of the same name ends in ``_2``. A section is named by its keyword, and by the first body
of its addressee: ``itu-pp/res-191/2022/instructs_secretary-general__para_4``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from corpus.model import Step
from corpus.readable import readable

_ABBREVIATIONS = {
    "annex": "annex",
    "heading": "sec",
    "principle": "principle",
    "note": "note",
    "item": "para",
    "footnote": "fn",
}
_EDGES = re.compile(r"[^a-z0-9]+")


def eid(path: Sequence[Step]) -> str:
    """The eId of ``path``, which may not be unique yet: see :func:`unique`."""
    return "__".join(_step(step) for step in path)


def unique(names: Iterable[str]) -> list[str]:
    """``names`` with ``_2``, ``_3`` ... added to the second and later of the same name."""
    seen: Counter[str] = Counter()
    result = []
    for name in names:
        seen[name] += 1
        result.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return result


def _step(step: Step) -> str:
    if step.kind == "section":
        first = readable(step.addressee or "").partition(",")[0]
        addressee = slug(first.removeprefix("the "))
        return f"{slug(step.num)}_{addressee}" if addressee else slug(step.num)
    if step.kind == "paragraph":
        return f"para_nn_{step.num}"
    return f"{_ABBREVIATIONS[step.kind]}_{slug(step.num)}"


def slug(text: str) -> str:
    """``text`` in lower case, all but its letters and digits as single hyphens."""
    return _EDGES.sub("-", text.lower()).strip("-")
