"""Draft revisions flattened to text: which words are in force and which proposed (pure).

An extraction that drops the marks of tracked changes leaves the deleted and the inserted words glued together. They are
taken apart again, line by line, the later source winning over the earlier:

1. nothing known: the words of a draft are ``uncertain``, never ``in_force``;
2. rules: label arithmetic within a list, two keywords in one heading, places, years and closing marks run together;
3. hand-made annotations with their evidence, which hold only for the very words that were reviewed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.grammar import Column, Found
from corpus.labels import match_label, ordinal
from corpus.model import Change, Confidence, Ground, Line, Span, Step, printed_label

_YEAR = r"(?:19|20)\d{2}"
_WORD = r"[A-Z](?:(?![A-Z])[^\W\d_]|')+"
_NAME = rf"{_WORD}(?:[ \u00a0-](?:(?:da|de|el|la)[ -])?{_WORD})*"
# "Rev. KigaliBaku, 20222025", "New Delhi, 2024Geneva, 2022", "20192023", ",;" at the end of an item
_GLUED_PLACES = re.compile(rf"(?P<old>{_NAME}, {_YEAR})(?P<new>{_NAME}, {_YEAR})")
_GLUED_PAIRS = re.compile(rf"(?P<places>{_NAME}(?=[A-Z]))(?P<other>{_NAME}), (?P<years>{_YEAR}{_YEAR})(?!\d)")
_GLUED_YEARS = re.compile(rf"(?<!\d){_YEAR}{_YEAR}(?!\d)")
_GLUED_END = re.compile(r"[,;.](?=[,;.]$)")
_UNKNOWN = "no rule or annotation settles it"
_RUN_TOGETHER = "old and new words are run together in the source"


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a person found out about one line of a draft: the changes in it (spans count from the line's first
    character), how sure that is, and why. ``uncertain`` says that the version of some of its words cannot be told."""

    changes: tuple[Change, ...]
    confidence: Confidence
    evidence: str
    uncertain: bool = False


@dataclass(frozen=True, slots=True)
class Reconstruction:
    """The changes of one flattened draft, and the ground for each of its lines by number."""

    changes: tuple[Change, ...]
    grounds: Mapping[int, Ground]


def reconstruct(column: Column, annotations: Mapping[str, Annotation]) -> Reconstruction:
    """Take the two versions of ``column`` apart; ``annotations`` are keyed by the words of their line. A column whose
    enacting formula does not name two places is no draft, and has no changes."""
    if column.title.place_proposed is None:
        return Reconstruction((), {})
    changes: list[Change] = []
    grounds: dict[int, Ground] = {}
    arithmetic = dict(_label_arithmetic(column))
    headings = {found.heading_span.start: found for found in column.found if found.keyword_proposed}
    for line in column.lines:
        if known := annotations.get(line.text):
            changes += _moved(known.changes, line.start)
            grounds[line.number] = Ground(known.evidence, not known.uncertain, known.confidence)
            continue
        by_rule, ground = arithmetic.get(line.number, ((), Ground(_UNKNOWN)))
        if glued := tuple(_glued_words(line.text)):
            by_rule = glued if ground.settled else (*by_rule, *glued)
            ground = Ground(_RUN_TOGETHER)
        if found := headings.get(line.start + len(line.text) - len(line.text.lstrip())):
            by_rule = tuple(_renamed(line.text, found))
        changes += _moved(by_rule, line.start)
        grounds[line.number] = ground
    return Reconstruction(tuple(sorted(changes, key=lambda c: c.span)), grounds)


def _moved(changes: Sequence[Change], by: int) -> list[Change]:
    return [replace(c, span=Span(c.span.start + by, c.span.end + by)) for c in changes]


def _swap(old: tuple[int, int], new: tuple[int, int]) -> tuple[Change, Change]:
    return Change("deleted", Span(*old)), Change("inserted", Span(*new))


def _renamed(text: str, found: Found) -> Iterator[Change]:
    start = text.index(found.path[0].num)
    cut = start + len(found.path[0].num) + 1
    yield from _swap((start, cut), (cut, cut + len(found.keyword_proposed or "")))


def _glued_words(text: str) -> Iterator[Change]:
    """Places, years and closing marks run together in ``text``; the later year is the new one."""
    taken = 0
    for found in _GLUED_PLACES.finditer(text):
        halves = found.span("old"), found.span("new")
        yield from _swap(*(halves if found["old"][-4:] < found["new"][-4:] else halves[::-1]))
        taken = found.end()
    for found in _GLUED_PAIRS.finditer(text, taken):
        middle = found.start("years") + 4
        pairs = (
            (found.span("places"), found.span("other")),
            (
                (found.start("years"), middle),
                (middle, found.end("years")),
            ),
        )
        new_last = found["years"][:4] < found["years"][4:]
        for one, other in pairs:
            yield from _swap(one, other) if new_last else _swap(other, one)
        taken = found.end()
    for found in _GLUED_YEARS.finditer(text, taken):
        halves = (found.start(), found.start() + 4), (found.start() + 4, found.end())
        yield from _swap(*(halves if found[0][:4] < found[0][4:] else halves[::-1]))
    for found in _GLUED_END.finditer(text):
        yield from _swap(found.span(), (found.end(), found.end() + 1))


def split_glued_label(num: str) -> tuple[str, str] | None:
    """``fh`` -> (``f``, ``h``), ``58`` -> (``5``, ``8``): the old and the new label; insertions only push labels up.

    Where it can be cut in several ways, the closest labels are meant: ``1112`` is 11 and 12. A doubled letter (``aa``)
    and a number that cannot be cut into a smaller and a larger one are not glued.
    """
    if num.isdigit() and len(num) > 1:
        cuts = [(num[:i], num[i:]) for i in range(1, len(num)) if num[i] != "0"]
        pushed = [(a, b) for a, b in cuts if int(a) < int(b)]
        return min(pushed, key=lambda cut: int(cut[1]) - int(cut[0]), default=None)
    if len(num) == 2 and num.isalpha() and num[0] != num[1]:
        return (min(num), max(num))
    return None


def _label_arithmetic(column: Column) -> Iterator[tuple[int, tuple[tuple[Change, ...], Ground]]]:
    """Per line what follows from the labels of one list alone.

    In ``1 12 23 4`` the glued labels say that old 1 and 2 became 2 and 3; so the plain 1 and 4 were inserted: a plain
    label is new if it doubles an old one or goes beyond the last of them. A rule can prove that a clause is proposed,
    never that its words are in force, for words inserted into it leave no trace.
    """
    lines = {line.number: line for line in column.lines}
    lists: dict[tuple[Step, ...], list[Found]] = {}
    for clause in column.found:
        if clause.path[-1].kind == "item":
            lists.setdefault(clause.path[:-1], []).append(clause)
    for clauses in lists.values():
        glued = _glued_in(clauses)
        old = {_place(before) for before, _ in glued.values()}
        for clause in clauses if glued else ():
            if clause in glued:
                before, after = glued[clause]
                evidence = f"label arithmetic: {printed_label(before)} in force becomes {printed_label(after)}"
                yield clause.line_start, (_relabelled(lines[clause.line_start], before), Ground(evidence))
            elif (at := _place(clause.path[-1].num)) in old or at > max(old):
                ground = Ground("label arithmetic: the number belongs to the proposed list only", True)
                for number in range(clause.line_start, clause.line_end + 1):
                    yield number, ((Change("inserted", Span(0, len(lines[number].text))),), ground)


def _relabelled(line: Line, before: str) -> tuple[Change, ...]:
    """The label of ``line`` with its old part, ``before``, struck and the rest inserted."""
    label = match_label(line.text)
    if label is None:
        return ()
    start = line.text.index(label.num)
    cut, end = start + len(before), start + len(label.num)
    if label.num.startswith(before):
        return _swap((start, cut), (cut, end))
    return _swap((end - len(before), end), (start, end - len(before)))


def _glued_in(clauses: Sequence[Found]) -> dict[Found, tuple[str, str]]:
    glued: dict[Found, tuple[str, str]] = {}
    last = 0
    for clause in clauses:
        num = clause.path[-1].num
        at = _place(num)
        if at != last + 1 and (parts := split_glued_label(num)):
            glued[clause] = parts
            at = _place(parts[1])
        last = at
    return glued


def _place(num: str) -> int:
    """Where a plain label stands in its list; 0 for two different letters, which no list of letters has."""
    if num[0].isdigit():
        return ordinal(num, "decimal")
    return ordinal(num, "letter") if len(set(num)) == 1 else 0
