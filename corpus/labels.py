"""Labels of items: reading them, and finding the level they belong to (pure)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

Kind = Literal["decimal", "letter", "roman"]

# "a)", "(a)", "fh)", "bbis)", "b)bis", "iv)" before any space; "1", "1.", "12", "1.1" only before a TAB, since text may
# begin with a number, and of four digits at most: two numbers run together by a draft ("1112").
_LABEL = re.compile(
    r"\s*(?:\(?(?P<letter>[a-z]{1,4}(?:bis|ter)?)\)(?P<added>bis|ter)?|(?P<decimal>\d{1,4}(?:\.\d{1,4})*)(?=\.?\t)\.?)"
    r"[\t \u00a0]+(?=\S)"
)
_ROMAN = re.compile(r"x{0,3}(?:ix|iv|v?i{0,3})")
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10}


class Label(NamedTuple):
    """A printed label without its bracket, and the length of the line's beginning that it takes up."""

    num: str
    width: int


class Level(NamedTuple):
    """One open level of a list: what its labels look like and the last one seen."""

    kind: Kind
    last: str


def match_label(line: str) -> Label | None:
    """The label that ``line`` (canonical text) begins with, if any."""
    found = _LABEL.match(line)
    return Label((found["letter"] or found["decimal"]) + (found["added"] or ""), found.end()) if found else None


def kinds(num: str) -> tuple[Kind, ...]:
    """What ``num`` may be, likeliest first: ``i`` may be the letter after ``h`` or the numeral one."""
    if num[0].isdigit():
        return ("decimal",)
    return ("roman", "letter") if _ROMAN.fullmatch(num) else ("letter",)


def ordinal(num: str, kind: Kind) -> int:
    """The place of ``num`` in its list, from 1; letters go on after z as aa, bb."""
    if kind == "decimal":
        return int(num.rsplit(".", 1)[-1])
    if kind == "letter":
        return ord(num[0]) - ord("a") + 1 + 26 * (len(num) == 2 and num[0] == num[1])
    values = [_ROMAN_VALUES[c] for c in num]
    return sum(-v if any(w > v for w in values[i + 1 :]) else v for i, v in enumerate(values))


def place(num: str, levels: Sequence[Level], opens: bool) -> tuple[Level, ...]:
    """The open levels after an item labelled ``num``; the last of them is the item's own.

    ``levels`` are those open so far, outermost first; ``opens`` says whether the clause before ends with a colon, so
    that a deeper list is expected. A label goes to the deepest level that it continues; else it opens a list of its
    own where one is expected; else it joins the deepest level of its kind, gap or not. ``i`` where a list is expected
    opens one even after ``h``; ``2.1`` stands below ``2``, and no whole number continues it.
    """
    if num == "i" and opens:
        return (*levels, Level("roman", num))
    if num[0].isdigit():
        levels = tuple(takewhile(lambda level: level.last.count(".") <= num.count("."), levels))
        above = [depth for depth, level in enumerate(levels, 1) if level.last == num.rpartition(".")[0]]
        if above:
            return (*levels[: above[-1]], Level("decimal", num))
    possible = kinds(num)
    for depth in range(len(levels), 0, -1):
        level = levels[depth - 1]
        if level.kind in possible and ordinal(num, level.kind) == ordinal(level.last, level.kind) + 1:
            return (*levels[: depth - 1], Level(level.kind, num))
    if levels and not opens:
        for depth in range(len(levels), 0, -1):
            if levels[depth - 1].kind in possible:
                return (*levels[: depth - 1], Level(levels[depth - 1].kind, num))
    return (*levels, Level(possible[0], num))
