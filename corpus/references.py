"""References as ITU writes them: printing a clause's own, reading those in questions and texts (pure).

Printed: ``instructs 2 of Resolution 18 (Rev. New Delhi, 2024)``, ``resolves 2 i) of ...``, ``Annex C, d) of ...``,
``Annex 1, Principle 7, paragraph 2 of ...``, ``footnote 1 of ...``. What is printed parses back to its clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol, TypeVar

from corpus.bodies import find_bodies
from corpus.keywords import KEYWORD
from corpus.model import Instrument, Step, printed_label
from corpus.readable import readable
from corpus.titles import ADOPTING

PROPOSED = "proposed for"

_ITEM = (
    r"(?:\d{1,2}(?:\.\d+)*(?![\d)-])|\(?[a-z]{1,4}(?:bis|ter)?\)(?:bis|ter)?"
    r"|[a-z](?= of (?:Resolution|Res\b|ITU-R|[A-Z]{2,4} \d)))"
)
_RESOLUTION = re.compile(
    r"\b(?:Resolution|Res\.?)\s*(?P<itur>(?:ITU-)?R\s+)?(?P<number>\d{1,4}(?:-\d+)?)\b"
    r"(?:\s*\((?P<revision>(?:Rev\. ?)?(?:[A-Z][^(),]*, ?)?\d{4})\))?"
    rf"(?:,?\s+(?:of|by)\s+(?:the\s+)?(?P<body>{'|'.join(ADOPTING)}|PP|RA|WTSA|WTDC|WRC)\b(?:-\d\d)?)?",
    re.I,
)
_BODY_FIRST = re.compile(
    r"\b(?P<body>PP|RA|WTSA|WTDC|WRC)(?:-\d\d)?(?:'s)?\s+(?:Resolution|Res\.?)?\s*(?P<number>\d{1,4})\b", re.I
)
_ITUR = re.compile(r"\bITU-R\s+(?P<number>\d{1,4})\b", re.I)
_ANNEX = re.compile(r"\bAnnex\s+(?P<annex>\d{1,2}|[A-Z])\b", re.I)
_HEADING = re.compile(r"\bsection\s+(?P<heading>\d{1,2})\b", re.I)
_PRINCIPLE = re.compile(r"\bPrinciple\s+(?P<principle>\d{1,2})\b", re.I)
_NOTE = re.compile(r"\bN(?:OTE|ote)\s+(?P<note>\d{1,2})\b")
_PARAGRAPH = re.compile(r"\bparagraph\s+(?P<paragraph>\d{1,2})\b", re.I)
_FOOTNOTE = re.compile(r"\bfootnote\s+(?P<footnote>\d{1,2})\b", re.I)
_ANNEX_WORDS = (_ANNEX, _HEADING, _PRINCIPLE, _NOTE, _FOOTNOTE, _PARAGRAPH)
_ITEMS = re.compile(rf"(?:,\s*|\s+|^|(?=\())(?P<items>{_ITEM}(?:\s?{_ITEM})*)(?![\w-])")
# A keyword is a citation only with a label or with "of Resolution" after it: "who instructs ..." cites nothing.
_SECTION = re.compile(
    rf"\b(?P<keyword>(?i:{KEYWORD}))(?: (?P<addressee>(?:the |all |[A-Z])[^;?()\d]*?))??"
    rf"(?:\s(?P<items>{_ITEM}(?:\s?{_ITEM})*)(?![\w-])"
    rf"|(?:, paragraph (?P<paragraph>\d+))?(?=,? of (?:Resolution|Res\b|ITU-R|[A-Z]{2, 4} \d)))"
)


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


class Citable(Protocol):
    """What a clause must have to be found by a reference."""

    @property
    def instrument(self) -> str: ...
    @property
    def path(self) -> tuple[Step, ...]: ...
    @property
    def status(self) -> str: ...
    @property
    def keyword_proposed(self) -> str | None: ...


C = TypeVar("C", bound=Citable)


def print_path(path: Sequence[Step], alone: bool) -> str:
    """``path`` as ITU writes it; ``alone`` says that an unlabelled paragraph has no sibling and needs no number."""
    named = [text for step in path if (text := _print_step(step, alone))]
    items = " ".join(printed_label(s.num) for s in path if s.kind == "item")
    if path[0].kind == "section":
        return " ".join(filter(None, (", ".join(named), items)))
    return ", ".join(filter(None, (*named, items)))


def _print_step(step: Step, alone: bool) -> str:
    """A step in words; nothing for items, which are printed together, and for a paragraph that is alone."""
    if step.kind == "section":
        return f"{step.num} {step.addressee}" if step.addressee else step.num
    if step.kind == "item" or (step.kind == "paragraph" and alone):
        return ""
    words = {"annex": "Annex", "heading": "section", "principle": "Principle", "note": "NOTE"}
    return f"{words.get(step.kind, step.kind)} {step.num}"


def print_reference(path: Sequence[Step], instrument: Instrument, status: str, alone: bool) -> str:
    """The full reference; one that is only proposed says so, for a reader may see nothing else of the clause."""
    suffix = f", {PROPOSED} {instrument.draft_of}" if status == "proposed" else ""
    return f"{print_path(path, alone)} of {instrument.name}{suffix}"


def find_citations(text: str) -> tuple[Citation, ...]:
    """The provisions that ``text`` cites, in its order, each with the resolution it names (the next one after it, or
    the only one). A resolution that is merely named gives a citation without a provision."""
    text = readable(text)
    resolutions = _resolutions(text)
    provisions = _provisions(text)
    if not provisions:
        return tuple(citation for *_, citation in resolutions)
    result = []
    for at, citation in provisions:
        home = _home(text, at, resolutions)
        result.append(
            replace(
                citation,
                number=home.number,
                body=home.body,
                revision=home.revision,
                proposed=PROPOSED in text,
            )
        )
    return tuple(result)


def _home(text: str, at: int, resolutions: Sequence[tuple[int, int, Citation]]) -> Citation:
    """The resolution that the provision cited at ``at`` belongs to: the one right before it, else the next after it,
    else the last."""
    before = [r for start, end, r in resolutions if end <= at and not text[end:at].strip(" ,:")]
    after = [r for start, _, r in resolutions if start > at]
    return next(iter((*before, *after, *(r for *_, r in resolutions[-1:]))), Citation())


def parse_reference(text: str) -> Citation | None:
    """The one citation that ``text`` is, or None."""
    found = find_citations(text)
    return found[0] if len(found) == 1 else None


def resolve(citation: Citation, clauses: Iterable[C], instruments: Iterable[Instrument]) -> tuple[list[C], list[C]]:
    """The clauses meant exactly, and those below them, each in the order given.

    ``resolves 2`` means item 2 exactly and 2 i) below it; ``Annex C`` means its opening paragraph and all below. A
    reference without addressee means the section without one, where there is such a section, and an addressee may go
    by other names ("the Director of BDT") where no section has it to the letter; a reference that does not say
    "proposed" means the clause in force, where two clauses of a draft bear the same number.
    """
    homes = {i.id for i in instruments if is_of(citation, i)}
    found = [c for c in clauses if c.instrument in homes and _is_within(citation, c)]
    to = citation.addressee.lower().removeprefix("the ") if citation.addressee else None
    found = [c for c in found if (c.path[0].addressee or "").lower().removeprefix("the ") == (to or "")] or found
    exact = [c for c in found if _ends_at(citation, c.path)]
    exact.sort(key=lambda c: c.status == "proposed")
    return exact, [c for c in found if c not in exact]


def _resolutions(text: str) -> list[tuple[int, int, Citation]]:
    """Start, end and citation of each resolution that ``text`` names."""
    found: list[tuple[int, int, Citation]] = []
    taken: list[tuple[int, int]] = []
    for pattern in (_RESOLUTION, _BODY_FIRST, _ITUR):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if (
                any(a < match.end() and match.start() < b for a, b in taken)
                or int(match["number"].split("-")[0]) > 1900
            ):
                continue
            body = "RA" if groups.get("itur") or pattern is _ITUR else _body_sign(groups.get("body"))
            if pattern is _RESOLUTION and body is None:
                body = _body_before(text, match.start())
            taken.append(match.span())
            citation = Citation(number=match["number"].lstrip("0"), body=body, revision=groups.get("revision"))
            found.append((*match.span(), citation))
    return sorted(found, key=lambda row: row[0])


def _body_before(text: str, at: int) -> str | None:
    before = re.search(r"\b(PP|RA|WTSA|WTDC|WRC)(?:-\d\d)?(?:'s)?\s+$", text[:at], re.I)
    return before[1].upper() if before else None


def _body_sign(name: str | None) -> str | None:
    if name is None:
        return None
    return next((sign for full, sign in ADOPTING.items() if full.lower() == name.lower()), name.upper())


def _provisions(text: str) -> list[tuple[int, Citation]]:
    """Where each provision is cited, and which; the words for a place in an annex make up one citation together."""
    found: list[tuple[int, Citation]] = []
    for match in _SECTION.finditer(text):
        addressee = match["addressee"].strip(" ,") if match["addressee"] else None
        items, keyword = _split_items(match["items"] or ""), match["keyword"].lower()
        citation = Citation(keyword=keyword, addressee=addressee, items=items, paragraph=match["paragraph"])
        found.append((match.start(), citation))
    sections = [at for at, _ in found]
    found += [(start, citation) for start, citation in _annexed(text) if not any(at < start for at in sections)]
    return sorted(found, key=lambda pair: pair[0])


def _annexed(text: str) -> Iterator[tuple[int, Citation]]:
    """Citations of places in annexes: one in all, or one for each annex where several are named."""
    annexes = [m.start() for m in _ANNEX.finditer(text)]
    cuts = annexes if len(annexes) > 1 else [0]
    for start, end in pairwise([*cuts, len(text)]):
        words = {p: match for p in _ANNEX_WORDS if (match := p.search(text, start, end))}
        if not (words.keys() & {_ANNEX, _PRINCIPLE, _NOTE, _FOOTNOTE}):
            continue
        nums = {key: num for match in words.values() for key, num in match.groupdict().items()}
        labels = _ITEMS.match(text, max(m.end() for m in words.values()), end)
        citation = Citation(
            annex=nums["annex"].upper() if "annex" in nums else None,
            heading=nums.get("heading"),
            principle=nums.get("principle"),
            note=nums.get("note"),
            paragraph=nums.get("paragraph"),
            footnote=nums.get("footnote"),
            items=_split_items(labels["items"]) if labels else (),
        )
        yield min(m.start() for m in words.values()), citation


def _split_items(items: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\d+(?:\.\d+)*|[a-z]+", re.sub(r"\)(?=bis|ter)", "", items)))


def is_of(citation: Citation, instrument: Instrument) -> bool:
    """Can the resolution that ``citation`` names be ``instrument``?"""

    def year(text: str | None) -> str | None:
        found = re.search(r"\d{4}", text or "")
        return found[0] if found else None

    return (
        citation.number in (None, instrument.number)
        and citation.body in (None, instrument.body)
        and (citation.revision is None or year(citation.revision) == year(instrument.revision))
    )


def _is_within(citation: Citation, clause: Citable) -> bool:
    nums: dict[str, str] = {s.kind: s.num for s in clause.path if s.kind != "item"}
    section = clause.path[0]
    items = tuple(s.num for s in clause.path if s.kind == "item")
    wanted = {
        "annex": citation.annex,
        "heading": citation.heading,
        "principle": citation.principle,
        "note": citation.note,
        "paragraph": citation.paragraph,
        "footnote": citation.footnote,
    }
    return (
        all(num is None or nums.get(kind) == num for kind, num in wanted.items())
        and citation.keyword in (None, nums.get("section"), clause.keyword_proposed)
        and (citation.addressee is None or _is_addressed(citation.addressee, section.addressee))
        and items[: len(citation.items)] == citation.items
        and (not citation.proposed or clause.status == "proposed")
    )


def _is_addressed(asked: str, addressee: str | None) -> bool:
    """Is ``addressee`` the same as ``asked``, or does it name all of its bodies under whatever names?"""
    if addressee is None:
        return False
    bodies = {b.id for b in find_bodies(asked)}
    return asked.lower() == addressee.lower() or (bool(bodies) and bodies <= {b.id for b in find_bodies(addressee)})


def _ends_at(citation: Citation, path: Sequence[Step]) -> bool:
    """Is the last step that the citation names the last of ``path``, its first unlabelled paragraph aside?"""
    if path[-1].kind == "paragraph":
        if citation.paragraph is None and path[-1].num != "1":
            return False
        path = path[:-1]
    elif citation.paragraph is not None:
        return False
    if citation.items:
        return sum(s.kind == "item" for s in path) == len(citation.items)
    named = {
        "footnote": citation.footnote,
        "note": citation.note,
        "principle": citation.principle,
        "heading": citation.heading,
        "annex": citation.annex,
        "section": citation.keyword,
    }
    return path[-1].kind == next((kind for kind, num in named.items() if num is not None), None)
