"""Canonical text -> readable text: what an extraction left behind is taken out, and nothing else is changed (pure)."""

from __future__ import annotations

import re
from functools import lru_cache

_BOOKMARK = re.compile(r"\[bookmark: [^\]]*\]")
_FOOTNOTE_MARK = re.compile(r"\[footnoteRef:\d+\]\d*")
FOOTNOTE_BODY = re.compile(r"\[(?P<n>\d+): (?P<mark>\d+)?\s*(?P<text>[^\[\]]+?)\s*\]")
_SUPERSCRIPT = re.compile(r"(?<=[a-z]{3})\d(?=[\s,.;:)])")
PLAIN = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2011": "-", "\u2010": "-", "\u00ad": None})
MARKS = (_BOOKMARK, FOOTNOTE_BODY, _FOOTNOTE_MARK, _SUPERSCRIPT)  # taken out in this order
_SPACES = re.compile(r"\s+")


@lru_cache(maxsize=1 << 13)
def readable(text: str) -> str:
    """``text`` without bookmarks, footnote marks and bodies, stray superscripts ("developing1"), with plain spaces
    and hyphens and no line breaks. For reading and searching; spans always point into the canonical text."""
    text = _SPACES.sub(" ", text.translate(PLAIN))
    for mark in MARKS:
        text = mark.sub("", text)
    return _SPACES.sub(" ", text).strip()
