"""Where a text cites what no corpus of resolutions holds: the treaties of the Union, Recommendations (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple


class Outside(NamedTuple):
    """``text[start:end]`` cites ``name``: ``No. 119 of the Constitution``, ``Recommendation ITU-T A.1``."""

    start: int
    end: int
    kind: Literal["treaty", "recommendation"]
    name: str


_TREATY = (
    r"(?:ITU )?(?P<treaty>Constitution|Convention|Radio Regulations|International Telecommunication Regulations)\b"
    r"(?: of the (?:ITU|(?:International Telecommunication )?Union)\b)?"
)
_NUM = r"\d+[A-Z]{0,2}(?:\.\d+)*(?:bis|ter)?"
_NUMBERED = re.compile(
    rf"(?P<unit>\bNos?\.|\b(?i:numbers?|articles?|arts?\.))\s?"
    rf"(?P<nums>{_NUM}(?:(?:, and |, or |, | and | or | to |[-–]){_NUM})*)\b"
    rf"(?P<direct>,? (?:of|in|to) (?:the )?{_TREATY})?"
)
_BARE = re.compile(_TREATY)
_OTHER_NAME = re.compile(r"(?!The\b|ITU\b)\b[A-Z][\w-]*\s$")  # "Vienna Convention"
_OTHER_SUBJECT = re.compile(r" (?:on|against|concerning)\b")
_RECOMMENDATION = re.compile(
    r"\b(?=ITU|Rec)(?:(?P<before>ITU-[RTD]) )?(?P<word>Recommendations? )?(?=(?:ITU-[RTD] )?[A-Z]{1,4}\.\d)"
)
_CODE = re.compile(r"(?:(?P<sector>ITU-[RTD]) )?(?P<code>[A-Z]{1,4}\.\d+(?:\.\d+)*(?:-\d+)?)")
_NEXT = re.compile(r", (?:and |or )?| and | or ")


def find_outside(text: str) -> list[Outside]:
    """The numbers and Articles of treaties, treaties named as a whole, and Recommendations, in the text's order."""
    numbered = list(_numbers(text))
    whole = [t for t in _treaties(text) if not any(t.start < n.end and n.start < t.end for n in numbered)]
    return sorted((*numbered, *whole, *_recommendations(text)))


def _treaties(text: str) -> Iterator[Outside]:
    for found in _BARE.finditer(text):
        if not (_OTHER_NAME.search(text[: found.start()]) or _OTHER_SUBJECT.match(text, found.end())):
            yield Outside(*found.span(), "treaty", f"the {found['treaty']}")


def _numbers(text: str) -> Iterator[Outside]:
    """Numbers belong to the treaty named right after them, else to the next one named, else to the last one before.
    "No." may number anything and is taken where the text names a treaty; an Article is one of a treaty anyway."""
    treaties = list(_treaties(text))
    for found in _NUMBERED.finditer(text):
        unit = found["unit"]
        after = [t.name for t in treaties if t.start > found.start() and ";" not in text[found.end() : t.start]]
        before = [t.name for t in treaties if t.end <= found.start()]
        treaty = f"the {found['treaty']}" if found["treaty"] else next(iter((*after, *before[-1:])), None)
        if not found["direct"] and unit[0] != "A" and (treaty is None or unit[0] != "N"):
            continue
        end = found.end() if found["direct"] else found.end("nums")
        yield Outside(found.start(), end, "treaty", f"{unit} {found['nums']}" + (f" of {treaty}" if treaty else ""))


def _recommendations(text: str) -> Iterator[Outside]:
    done = 0
    for found in _RECOMMENDATION.finditer(text):
        at, start, sector = found.end(), found.start(), found["before"]
        while start >= done and (code := _CODE.match(text, at)):
            done, sector = code.end(), code["sector"] or sector
            name = " ".join(filter(None, ("Recommendation", sector, code["code"])))
            yield Outside(start, code.end(), "recommendation", name)
            joint = _NEXT.match(text, code.end()) if found["word"] else None
            if not joint:
                break
            at = start = joint.end()
