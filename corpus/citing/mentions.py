"""Where a text names resolutions and provisions of theirs (pure).

A mention is a stretch of readable text and the one citation that it makes. Lists and ranges make several: ``resolves
1, 2 and 3``, ``Annexes B and C``, ``considering c) ii) and e)``, ``Principles 1 to 3``, ``Resolutions 5 and 59 (Rev.
Kigali, 2022)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from string import ascii_lowercase, ascii_uppercase
from typing import Any, NamedTuple

from corpus.keywords import KEYWORD, part_of
from corpus.titles import ADOPTING


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a reference says; None where it does not say. ``items`` is a label path without brackets."""

    number: str | None = None
    body: str | None = None
    revision: str | None = None
    keyword: str | None = None
    addressee: str | None = None
    annex: str | None = None
    heading: str | None = None
    principle: str | None = None
    note: str | None = None
    paragraph: str | None = None
    footnote: str | None = None
    items: tuple[str, ...] = ()
    proposed: bool = False

    @property
    def names_provision(self) -> bool:
        """Does it point inside a resolution, not just at one?"""
        return any((self.keyword, self.annex, self.principle, self.note, self.footnote, self.heading))


class Mention(NamedTuple):
    """``text[start:end]`` makes ``citation``."""

    start: int
    end: int
    citation: Citation


class _Entry(NamedTuple):
    """One member of a list: where it stands and the label path that it means."""

    start: int
    end: int
    path: tuple[str, ...]


_SIGNS = "|".join(ADOPTING.values())
_BODY = rf"(?:{'|'.join(ADOPTING)}|{_SIGNS})\b(?:-\d\d)?"
_NAMED = re.compile(r"\bRes(?:olution(?P<many>s)?\b|\b\.?)\s*(?=\d|(?:ITU-)?R\s)", re.I)
_NUMBERED = re.compile(
    r"(?P<itur>(?:ITU-)?R\s+)?(?P<number>\d{1,4}(?:[-/]\d+)*)\b"
    r"(?:\s*\((?P<revision>(?:Rev\. ?)?(?:(?:[A-Z][^(),]*, ?)?\d{4}|WRC-\d\d))\)| of \d{1,2} [A-Z][a-z]+ \d{4}\b)?",
    re.I,
)
_OF_BODY = re.compile(
    rf",?\s+(?:of|by)\s+(?:(?:the\s+)?(?:United Nations )?(?P<body>{_BODY})"
    r"|(?:this|the present) (?:conference|assembly)\b)",
    re.I,
)
_BODY_BEFORE = re.compile(rf"\b(?P<body>{_BODY})(?:'s)?\s+$", re.I)
_SHORT = re.compile(rf"\b(?:(?P<body>(?:{_SIGNS})\b(?:-\d\d)?)(?:'s)?|(?P<itur>ITU-R))\s+(?P<number>\d{{1,4}})\b", re.I)

JOINT = re.compile(r"(?P<comma>, (?:and |or )?)|(?P<to> to | through |[-–])| and | or ")
_AT_RESOLUTION = rf"(?:Resolution|Res\b|ITU-R|(?:{_SIGNS})\b)"
_ITEM = (
    r"(?:\d{1,2}(?:\.\d+)*(?![\d)]|-(?!\d))|\(?[a-z]{1,4}(?:bis|ter)?\)(?:bis|ter)?"
    rf"|[a-z](?= of {_AT_RESOLUTION}))"
)
_PATH = re.compile(rf"{_ITEM}(?:\s?{_ITEM})*(?!\w|-[a-z])")
_OTHER = r"(?:Res|Annex|Art|Decision|No|Opinion|Principle|Question|Recommendation)"
_ADDRESSEE = rf"(?!{_OTHER})(?:the |all |[A-Z])(?:(?! to [a-z])[^;?()\d])*?"
# A keyword is a citation only with a label, or with "of Resolution" or "above" after it.
_SECTION = re.compile(
    rf"\b(?P<keyword>(?i:{KEYWORD}))(?: (?P<addressee>{_ADDRESSEE}))??"
    rf"(?:(?P<listed>\s)(?={_ITEM})"
    rf"|(?:, paragraph (?P<paragraph>\d+))?(?=,? of (?:{_AT_RESOLUTION}|this resolution\b)| (?:above|below)\b))"
)
_PLACES: Mapping[str, str] = {
    "annex": "(?i:annex(?:es)?)",
    "heading": "(?i:sections?)",
    "principle": "(?i:principles?)",
    "note": "N(?:OTE|ote)s?",
    "paragraph": "(?i:paragraphs?)",
    "footnote": "(?i:footnotes?)",
}
_PLACE = re.compile("|".join(rf"(?P<{kind}>\b{word})\s+(?=\w)" for kind, word in _PLACES.items()))
_PLACE_NUM = re.compile(r"\d{1,2}\b|[A-Z]\b|[a-z]\b(?!\))")
_WITHIN = re.compile(r",? (?:(?:of|in|to) )?(?:the )?")
_BEFORE_LABELS = re.compile(r",?\s+|(?=\()")
_ITEMS_OF = re.compile(
    rf"(?:\b(?:items?|points?|(?:sub-?)?paragraphs?) )?(?P<items>{_ITEM}(?:{_ITEM}|[ ,]|and|or|to)*?)"
    r",? (?:of|in) (?:the )?$"
)
_BARE = re.compile(
    r"(?<![Aa]genda )\b(?P<word>(?i:items?|points?|(?:sub-?)?paragraphs?|indents?)) "
    r"|(?<![\w(])(?:(?=\(?[a-z]{1,4}\))|(?:(?<=\bin )|(?<=\bof )|(?<=\bto )|(?<=\bby ))(?=\d))"
)
_ABOVE = re.compile(r" (?:above|below)\b")
_OF_OTHER = re.compile(r",? of (?!(?:its |this |the present )?resolution)", re.I)
# What may follow a number that is a label: no noun that it would count ("instructs 4 people").
_GOES_ON = re.compile(
    r"\s*(?:$|[^\w\s]|\(?[a-z]{1,4}\)|(?:above|also|and|are|as|at|be|been|below|by|can|could|did|do|does|for|from|had|has"
    r"|have|here|hereof|if|in|inclusive|is|may|might|must|not|of|on|only|or|shall|should|than|that|then|thereof|through"
    r"|to|under|was|were|when|where|which|while|who|will|with|would"
    r"|address(?:es)?|appl(?:y|ies)|asks?|binds?|calls?|concerns?|contains?|covers?|deals?|differs?|gives?|happens?"
    r"|means?|obliges?|points?|provides?|refers?|requires?|says?|states?|tells?"
    rf"|{KEYWORD}|Annex|Principle|Res|Resolution|ITU-R|{_SIGNS})\b)",
    re.I,
)
_LEADS_TO = re.compile(r"\b(?:by|did|do|does|from|how|in|must|of|per|see|should|the|to|under|with)\s+$", re.I)
_ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv")
_SEQUENCES = (_ROMANS, tuple(ascii_lowercase), tuple(ascii_uppercase), tuple(map(str, range(1, 100))))


def find_resolutions(text: str, adopting: str | None = None, short: bool = False) -> list[Mention]:
    """The resolutions that ``text`` names, in its order. ``adopting`` is the body that "this assembly" means; ``short``
    takes names without the word, as people write them ("WTDC 59")."""
    found: list[Mention] = []
    for named in _NAMED.finditer(text):
        found += _numbered(text, named, adopting)
    for name in _SHORT.finditer(text) if short else ():
        if not any(m.start < name.end() and name.start() < m.end for m in found):
            body = "RA" if name["itur"] else _sign(name["body"])
            found.append(Mention(*name.span(), Citation(number=name["number"].lstrip("0"), body=body)))
    found = [m for m in found if m.citation.number and int(re.split("[-/]", m.citation.number)[0]) <= 1900]
    return sorted(found, key=_in_order)


def _numbered(text: str, named: re.Match[str], adopting: str | None) -> list[Mention]:
    """The resolution after the word at ``named``, or after its plural all of a list; a revision or body said at the end
    of it holds for those before it."""
    numbers: list[re.Match[str]] = []
    at: int | None = named.end()
    while at is not None and (number := _NUMBERED.match(text, at)):
        numbers.append(number)
        joint = JOINT.match(text, number.end()) if named["many"] else None
        at = joint.end() if joint and not joint["to"] else None
    if not numbers:
        return []
    of = _OF_BODY.match(text, numbers[-1].end())
    before = _BODY_BEFORE.search(text[: named.start()])
    body = (_sign(of["body"]) if of["body"] else adopting) if of else _sign(before["body"]) if before else None
    found: list[Mention] = []
    revision: str | None = None
    for n, number in reversed(list(enumerate(numbers))):
        revision = number["revision"] or revision
        start = named.start() if n == 0 else number.start()
        end = of.end() if of and number is numbers[-1] else number.end()
        home = "RA" if number["itur"] else "WRC" if "WRC" in (revision or "") else body
        if "/" in number["number"]:  # as only the General Assembly numbers them
            home = body or "UNGA"
        found.append(Mention(start, end, Citation(number=number["number"].lstrip("0"), body=home, revision=revision)))
    return found


def _sign(name: str) -> str:
    plain = re.sub(r"-\d\d$", "", name).lower()
    return next((sign for full, sign in ADOPTING.items() if full.lower() == plain), plain.upper())


def find_provisions(text: str) -> list[Mention]:
    """The provisions that ``text`` cites, in its order, whatever resolution they belong to."""
    sections = [
        mention
        for found in _SECTION.finditer(text)
        if not (found["addressee"] and part_of(found["keyword"].lower()) == "preamble")
        for mention in _section(text, found)
    ]
    return sorted((*sections, *(m for m in _places(text) if not _overlaps(m, sections))), key=_in_order)


def find_items(text: str) -> list[Mention]:
    """Items cited without their section, as ``items 1 to 3``, ``a) and b) above``: those of the list at hand."""
    found: list[Mention] = []
    read = 0
    for opening in _BARE.finditer(text):
        entries = _entries(text, opening.end(), _PATH, strict=True) if opening.start() >= read else ()
        if not entries:
            continue
        read = entries[-1].end
        if _ABOVE.match(text, read) or (opening["word"] and not _OF_OTHER.match(text, read)):
            found += [Mention(e.start, e.end, Citation(items=e.path)) for e in _opened(entries, opening.start())]
    return found


def _in_order(mention: Mention) -> tuple[int, int]:
    return mention.start, mention.end


def _overlaps(mention: Mention, others: Sequence[Mention]) -> bool:
    return any(mention.start < other.end and other.start < mention.end for other in others)


def _section(text: str, found: re.Match[str]) -> list[Mention]:
    addressee = found["addressee"].strip(" ,") if found["addressee"] else None
    citation = Citation(keyword=found["keyword"].lower(), addressee=addressee, paragraph=found["paragraph"])
    if not found["listed"]:
        return [Mention(*found.span(), citation)]
    strict = _LEADS_TO.search(text[: found.start()]) is None
    entries = _entries(text, found.end(), _PATH, strict)
    return [Mention(e.start, e.end, replace(citation, items=e.path)) for e in _opened(entries, found.start())]


def _opened(entries: Sequence[_Entry], start: int) -> Iterator[_Entry]:
    """``entries``, the first of them with the words that open the list."""
    for entry in entries:
        yield entry._replace(start=start) if entry.start == entries[0].start else entry


def _places(text: str) -> Iterator[Mention]:
    """Citations of places in annexes: ``Annex 1, Principle 7, paragraph 2``, ``d) of Annex C`` are one each."""
    at = 0
    while word := _PLACE.search(text, at):
        done, start, parts = at, word.start(), dict[str, list[_Entry]]()
        at = word.end()
        while word and word.lastgroup and word.lastgroup not in parts:
            entries = _entries(text, word.end(), _PLACE_NUM, strict=False, many=word[0].rstrip()[-1] in "sS")
            if not entries:
                break
            parts[word.lastgroup], at = entries, entries[-1].end
            joint = _WITHIN.match(text, at)
            word = _PLACE.match(text, joint.end()) if joint else None
        if not parts.keys() & {"annex", "principle", "note", "footnote"}:
            continue
        labels = _BEFORE_LABELS.match(text, at)
        if labels and (items := _entries(text, labels.end(), _PATH, strict=True)):
            parts["items"], at = items, items[-1].end
        elif before := _ITEMS_OF.search(text[:start], done):
            items = _entries(text, before.start("items"), _PATH, strict=False)
            if items and items[-1].end == before.end("items"):
                parts["items"], start = items, before.start()
        yield from _combined(parts, start, at)


def _combined(parts: Mapping[str, list[_Entry]], start: int, end: int) -> Iterator[Mention]:
    """One mention for each member of the list among ``parts``: the first has the words before it, the last those
    after."""
    for chosen in product(*parts.values()):
        nums: dict[str, Any] = {}
        first = last = True
        own = (start, end)
        for (kind, entries), entry in zip(parts.items(), chosen, strict=True):
            if kind != "items":
                nums[kind] = entry.path[0].upper() if kind == "annex" else entry.path[0]
            if entries[0].start != entries[-1].start:
                own = entry.start, entry.end
                first, last = entry.start == entries[0].start, entry.end == entries[-1].end
        items = chosen[-1].path if "items" in parts else ()
        yield Mention(start if first else own[0], end if last else own[1], Citation(**nums, items=items))


def _entries(text: str, at: int, one: re.Pattern[str], strict: bool, many: bool = True) -> list[_Entry]:
    """The members of the list at ``at``, each as ``one`` matches it; ranges are filled in, all at the range's place.

    A number that counts the noun after it is no member; the first one is believed unless ``strict``. Without ``many``
    a comma ends the list.
    """
    found: list[_Entry] = []
    joint: re.Match[str] | None = None
    while member := one.match(text, at):
        path = _split(member[0])
        counts = member[0][-1].isalnum() and not _GOES_ON.match(text, member.end())
        if counts and (strict or found or path[0].islower()):
            break
        if found:
            if one is not _PATH and (path[0].isdigit(), path[0].isupper()) != (
                found[0].path[0].isdigit(),
                found[0].path[0].isupper(),
            ):
                break
            path = _beside(found[-1].path, path)
        if joint and joint["to"]:
            first = found.pop()
            found += [_Entry(first.start, member.end(), p) for p in _range(first.path, path)]
        else:
            found.append(_Entry(member.start(), member.end(), path))
        joint = JOINT.match(text, member.end())
        if not joint or (joint["comma"] and not many):
            break
        at = joint.end()
    return found


def _split(items: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+(?:\.\d+)*|[A-Z]|[a-z]+", re.sub(r"\)(?=bis|ter)", "", items)))


def _beside(before: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...]:
    """``path`` with what it leaves to ``before``: after ``2 i)``, ``ii)`` is 2 ii); after ``c) ii)``, ``e)`` is e)."""

    def alike(depth: int) -> bool:
        old, new = before[depth], path[0]
        if old[0].isdigit() or new[0].isdigit():
            return old[0].isdigit() and new[0].isdigit()
        if depth and old in _ROMANS and not before[depth - 1][0].isdigit():
            return new in _ROMANS
        return (old in _ROMANS and new in _ROMANS) or len(old) == len(new) == 1

    depth = next((d for d in reversed(range(len(before))) if alike(d)), 0)
    return (*before[:depth], *path)


def _range(first: tuple[str, ...], last: tuple[str, ...]) -> list[tuple[str, ...]]:
    """All paths from ``first`` to ``last``; only the two where they are not of one list."""
    *above, a = first
    b = last[-1]
    for sequence in _SEQUENCES if list(last[:-1]) == above else ():
        if a in sequence and b in sequence and sequence.index(a) < sequence.index(b):
            return [(*above, num) for num in sequence[sequence.index(a) : sequence.index(b) + 1]]
    return [first, last]
