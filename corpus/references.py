"""References as ITU writes them: printing a clause's own, reading those in questions and texts (pure).

Printed: ``instructs 2 of Resolution 18 (Rev. New Delhi, 2024)``, ``resolves 2 i) of ...``, ``Annex C, d) of ...``,
``Annex 1, Principle 7, paragraph 2 of ...``, ``footnote 1 of ...``. What is printed parses back to its clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from corpus.bodies import find_bodies
from corpus.citing.mentions import Citation as Citation
from corpus.citing.mentions import Mention, find_provisions, find_resolutions
from corpus.model import Instrument, Step, printed_label
from corpus.readable import readable

PROPOSED = "proposed"


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


def proposed_for(instrument: Instrument) -> str:
    """``proposed for Doha, 2026``, or ``proposed`` where a draft does not say for when."""
    return f"{PROPOSED} for {instrument.draft_of}" if instrument.draft_of else PROPOSED


def print_reference(path: Sequence[Step], instrument: Instrument, status: str, alone: bool) -> str:
    """The full reference; one that is only proposed says so, for a reader may see nothing else of the clause."""
    suffix = f", {proposed_for(instrument)}" if status == "proposed" else ""
    return f"{print_path(path, alone)} of {instrument.name}{suffix}"


def steps_of(citation: Citation) -> tuple[Step, ...]:
    """The path that ``citation`` names; what it leaves out has no step."""
    named = (
        Step("section", citation.keyword or "", citation.addressee),
        Step("annex", citation.annex or ""),
        Step("heading", citation.heading or ""),
        Step("principle", citation.principle or ""),
        Step("note", citation.note or ""),
        Step("paragraph", citation.paragraph or ""),
        Step("footnote", citation.footnote or ""),
        *(Step("item", num) for num in citation.items),
    )
    return tuple(step for step in named if step.num)


def find_citations(text: str) -> tuple[Citation, ...]:
    """The provisions that ``text`` cites, in its order, each with the resolution it names (the next one after it, or
    the only one). A resolution that is merely named gives a citation without a provision."""
    text = readable(text)
    resolutions = find_resolutions(text, short=True)
    provisions = find_provisions(text)
    if not provisions:
        return tuple(mention.citation for mention in resolutions)
    return tuple(
        replace(
            mention.citation,
            number=home.number,
            body=home.body,
            revision=home.revision,
            proposed=f", {PROPOSED}" in text,
        )
        for mention in provisions
        for home in [_home(text, mention, resolutions)]
    )


def _home(text: str, provision: Mention, resolutions: Sequence[Mention]) -> Citation:
    """The resolution that ``provision`` belongs to: the one right before it, else the next after it, else the last."""
    start = provision.start
    before = [r for r in resolutions if r.end <= start and not text[r.end : start].strip(" ,:")]
    after = [r for r in resolutions if r.start > start]
    return next((r.citation for r in (*before, *after, *resolutions[-1:])), Citation())


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
