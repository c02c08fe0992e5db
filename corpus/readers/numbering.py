"""Lists that Word numbers by itself: where a paragraph stands in them, and the label that it shows (pure).

A paragraph names its list itself or through its style, a style through the one it is based on; lists that share a
definition count on together (ECMA-376 part 1, section 17.9). Bullets are no labels.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from xml.etree.ElementTree import Element

from corpus.readers.canonical import Place
from corpus.readers.wordml import children, find, get, is_on, number, value

_NO_LIST = "0"
_LONGEST = 40  # characters of a label's pattern
_HIGHEST = 999  # beyond it letters and numerals would grow without end
_PLACEHOLDER = re.compile(r"%([1-9])")
_NUMERALS = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def letters(number: int) -> str:
    """``c`` for 3, and after ``z`` as Word goes on: ``aa``, ``bb``."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def roman(number: int) -> str:
    """``xiv`` for 14."""
    signs = ""
    for step, sign in _NUMERALS:
        signs += sign * (number // step)
        number %= step
    return signs


FORMATS: Mapping[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
    "decimalZero": "{:02}".format,
    "none": lambda _: "",
}


def printed(number: int, form: str) -> str:
    """``number`` in a format by Word's name for it; those unknown here are printed in digits."""
    return FORMATS.get(form, str)(number) if 0 < number <= _HIGHEST else str(number)


@dataclass(frozen=True, slots=True)
class _Level:
    """``restart`` is the level, counted from 1, whose items set this one back; 0 for none, absent for any above."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(frozen=True, slots=True)
class _List:
    """``definition`` is what lists that count together share; ``anew`` are the levels that do not go on with it."""

    definition: str
    levels: Mapping[int, _Level]
    anew: frozenset[int]
    by_style: Mapping[str, int]


class Numbering:
    """The lists and paragraph styles of one document, from its parts of these names."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        self._styles = {get(style, "styleId"): style for style in children(styles, "style")}
        self._default = next((name for name, style in self._styles.items() if _is_default(style)), "")
        self._nums = {get(num, "numId"): num for num in children(numbering, "num")}
        self._definitions = {get(one, "abstractNumId"): one for one in children(numbering, "abstractNum")}
        self.lists = {name: self._list(num) for name, num in self._nums.items()}

    def place(self, properties: Element | None) -> Place | None:
        """Where a paragraph of these properties (``w:pPr``) stands; None outside every list."""
        num, level = value(properties, "numPr/numId"), value(properties, "numPr/ilvl")
        chain = list(self._chain(value(properties, "pStyle") or self._default))
        styled = [style for style in chain if value(self._styles[style], "pPr/numPr/numId")]
        if num is None and styled:
            num = value(self._styles[styled[0]], "pPr/numPr/numId")
            by_style = self.lists[num].by_style if num in self.lists else {}
            levels = (str(by_style[s]) if s in by_style else value(self._styles[s], "pPr/numPr/ilvl") for s in chain)
            level = level or next(filter(None, levels), None)
        if num is None or num == _NO_LIST or num not in self.lists:
            return None
        return Place(num, number(level, 0))

    def _chain(self, style: str) -> Iterator[str]:
        """``style`` and those that it is based on, nearest first."""
        seen: set[str] = set()
        while style in self._styles and style not in seen:
            seen.add(style)
            yield style
            style = value(self._styles[style], "basedOn") or ""

    def _list(self, num: Element) -> _List:
        name = value(num, "abstractNumId") or ""
        definition = self._definitions.get(name)
        if link := value(definition, "numStyleLink"):
            linked = self._nums.get(value(self._styles.get(link), "pPr/numPr/numId") or "")
            name = value(linked, "abstractNumId") or name
            definition = self._definitions.get(name)
        levels = dict(_levels(definition))
        anew = set()
        for override in children(num, "lvlOverride"):
            levels |= _levels(override)
            if start := value(override, "startOverride"):
                level = number(get(override, "ilvl"), 0)
                levels[level] = replace(levels.get(level, _Level()), start=number(start, 1))
                anew.add(level)
        by_style = {
            style: number(get(e, "ilvl"), 0) for e in children(definition, "lvl") if (style := value(e, "pStyle"))
        }
        return _List(name, levels, frozenset(anew), by_style)


@dataclass
class Count:
    """Counts the items of all lists of a document, read from its beginning."""

    numbering: Numbering
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)
    _begun: set[str] = field(default_factory=set)

    def label(self, place: Place) -> str:
        """The label of the next item at ``place``; empty where it shows none."""
        one = self.numbering.lists[place.list]
        counts = self._counts.setdefault(one.definition, {})
        if place.list not in self._begun:
            self._begun.add(place.list)
            for number in one.anew:
                counts.pop(number, None)
        level = one.levels.get(place.level, _Level())
        counts[place.level] = counts.get(place.level, level.start - 1) + 1
        for deeper in [n for n in counts if n > place.level]:
            restart = one.levels.get(deeper, level).restart
            if restart is None or place.level < restart:
                del counts[deeper]
        if level.form == "bullet":
            return ""

        def counted(found: re.Match[str]) -> str:
            above = one.levels.get(n := int(found[1]) - 1, _Level())
            return printed(counts.get(n, above.start), "decimal" if level.legal else above.form)

        return _PLACEHOLDER.sub(counted, level.text).strip()


def _is_default(style: Element) -> bool:
    return get(style, "type") == "paragraph" and get(style, "default") in ("1", "true", "on")


def _levels(definition: Element | None) -> Iterator[tuple[int, _Level]]:
    for element in children(definition, "lvl"):
        restart = value(element, "lvlRestart")
        yield (
            number(get(element, "ilvl"), 0),
            _Level(
                start=number(value(element, "start"), 1),
                form=value(element, "numFmt") or "decimal",
                text=(value(element, "lvlText") or "")[:_LONGEST],
                restart=None if restart is None else number(restart, 0),
                legal=is_on(find(element, "isLgl")),
            ),
        )
