"""What the words of a clause name: provisions with the resolution they belong to, resolutions, texts outside (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from corpus.citing.mentions import JOINT, Citation, Mention, find_items, find_provisions, find_resolutions
from corpus.citing.outside import Outside, find_outside
from corpus.references import print_path, steps_of
from corpus.relations import Kind

UNNUMBERED = ""  # the number of an annex that is cited without one
# What names a provision's resolution: words after it, or a resolution right before it.
_OWN = re.compile(r",? (?:above|below)\b|,? (?:of|to|in|under) (?:this|the present) resolution\b", re.I)
_OF = re.compile(r",? (?:of|to|in|from) (?:its |the )?")
_OF_DOCUMENT = re.compile(
    r"(?:[A-Z][\w-]* )*(?:Agreement|Contribution|Decision|Document|Final Acts|Handbook|Opinion|Regulations|Report"
    r"|Rules)\b(?: [\w/.-]*\d[\w/-]*)?"
)
_RIGHT_BEFORE = re.compile(r",? (?:in )?(?:its )?")
_THE_ANNEX = re.compile(r"\b[Aa]nnex(?:es)?(?= (?:to|of) (?:(?:this|the present) r|R)esolution\b)")
_THIS = re.compile(r"\b(?:this|the present) resolution\b", re.I)


class Named(NamedTuple):
    """``text[start:end]`` names a provision or resolution, or with ``outside`` something that no corpus holds; a
    ``citation`` without a number is of the resolution at hand."""

    start: int
    end: int
    kind: Kind
    citation: Citation
    outside: str | None = None


def names_in(text: str, adopting: str | None) -> list[Named]:
    """Everything that ``text`` names, in its order; nothing is named twice."""
    resolutions, outside = find_resolutions(text, adopting), find_outside(text)
    provisions = find_provisions(text)
    provisions += [Mention(*m.span(), Citation(annex=UNNUMBERED)) for m in _THE_ANNEX.finditer(text)]
    provisions += [m for m in find_items(text) if not _within(m, provisions)]
    named = [*_provisions(text, sorted(provisions, key=lambda m: m[:2]), resolutions, outside)][::-1]
    others = [
        *(Named(m.start, m.end, "resolution", m.citation) for m in resolutions),
        *(Named(o.start, o.end, o.kind, Citation(), o.name) for o in outside),
        *(Named(*m.span(), "self", Citation()) for m in _THIS.finditer(text)),
    ]
    named += [other for other in others if not _within(other, named)]
    return sorted(named, key=lambda n: n[:2])


def _within(one: Mention | Named, others: Sequence[Mention] | Sequence[Named]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in others)


def _provisions(
    text: str, provisions: Sequence[Mention], resolutions: Sequence[Mention], outside: Sequence[Outside]
) -> Iterator[Named]:
    """``provisions`` with the words that name their home, from the last to the first: in a list, the home of the last
    member is that of all."""
    starts: dict[int, Mention | Outside] = {o.start: o for o in outside} | {r.start: r for r in resolutions}
    ends = {m.end: m for m in resolutions}
    home: Mention | Outside | str | None = None
    for provision, after in reversed([*pairwise(provisions), *((p, None) for p in provisions[-1:])]):
        end = provision.end
        of = _OF.match(text, end)
        before = next((r for at, r in ends.items() if _RIGHT_BEFORE.fullmatch(text, at, provision.start)), None)
        if own := _OWN.match(text, end):
            home, end = None, own.end()
        elif of and (found := starts.get(of.end())):
            home, end = found, found.end
        elif of and (document := _OF_DOCUMENT.match(text, of.end())):
            home, end = document[0], document.end()
        elif before:
            home = before
        elif not (after and (after.start < end or JOINT.fullmatch(text, end, after.start))):
            home = None
        yield _of_home(provision._replace(end=end), home)


def _of_home(provision: Mention, home: Mention | Outside | str | None) -> Named:
    start, end, citation = provision
    deeper = replace(citation, annex=None).names_provision or citation.items or citation.paragraph
    kind: Kind = "annex" if citation.annex is not None and not deeper else "provision"
    if isinstance(home, Mention):
        of = home.citation
        citation = replace(citation, number=of.number, body=of.body, revision=of.revision)
    elif home is not None:
        return Named(
            start, end, kind, citation, f"{print_place(citation)} of {home if isinstance(home, str) else home.name}"
        )
    return Named(start, end, kind, citation)


def print_place(citation: Citation) -> str:
    """The place within a resolution that ``citation`` names: ``resolves 2 i)``."""
    if citation.annex == UNNUMBERED:
        return "annex"
    return ("" if citation.names_provision else "paragraph ") + print_path(steps_of(citation), alone=False)
