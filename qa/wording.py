"""How questions are worded: the patterns of ``wording.toml``, compiled (pure)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

_COMPILED = ("asked", "held", "one", "other")
_PLACE = re.compile(r"(?<!\?P)<(\w+)>")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("qa") / "wording.toml").read_text("utf-8"))


def _compiled(alternatives: Sequence[str]) -> re.Pattern[str]:
    words: dict[str, list[str]] = _data()["words"]
    return re.compile("|".join(_PLACE.sub(lambda m: f"(?:{'|'.join(words[m[1]])})", a) for a in alternatives), re.I)


@cache
def pattern(name: str) -> re.Pattern[str]:
    """The pattern of that name in ``[patterns]``."""
    return _compiled(_data()["patterns"][name])


@cache
def rows(table: str) -> tuple[dict[str, Any], ...]:
    """The rows of a table, such as ``[[slot]]``, in their order; those of :data:`_COMPILED` compiled."""
    return tuple(
        {key: _compiled(value) if key in _COMPILED else value for key, value in row.items()} for row in _data()[table]
    )


@cache
def misspelled() -> dict[str, str]:
    """Words that ask, by how they are misspelled."""
    return {wrong: right for right, found in _data()["misspelled"].items() for wrong in found}


@cache
def vocabulary(name: str) -> frozenset[str]:
    """The words of that name in ``[vocabulary]``."""
    return frozenset(_data()["vocabulary"][name].split())
