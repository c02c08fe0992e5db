"""What texts say that an acronym stands for: the words before it where it stands in brackets (pure)."""

from __future__ import annotations

import re

from corpus.bodies import bodies

_WORD = re.compile(r"[^\W_]+(?:[-'’/][^\W_]+)*")
_MORE = 4  # words that a long form may have beyond one for each letter of the acronym


def spelled_out(acronym: str, text: str) -> str | None:
    """The words of ``text`` that ``acronym`` stands for, to the letter; None where they are not said.

    Names of bodies are known. Of other words, the letters of the acronym are looked for from the last one to the
    first, which has to begin a word: A. S. Schwartz, M. A. Hearst, "A Simple Algorithm for Identifying Abbreviation
    Definitions in Biomedical Text" (Pacific Symposium on Biocomputing, 2003).

    >>> spelled_out("TSAG", "the Telecommunication Standardization Advisory Group (TSAG)")
    'Telecommunication Standardization Advisory Group'
    >>> spelled_out("CRS", "sharing; and cognitive radio systems (CRS)")
    'cognitive radio systems'
    """
    for found in re.finditer(rf" ?\({re.escape(acronym)}\)", text, re.I):
        before = re.split(r"[;:,()“”]", text[: found.start()])[-1]
        if long := _name_at_the_end(acronym, before) or _long_form(acronym, before):
            return long
    return None


def _name_at_the_end(acronym: str, before: str) -> str | None:
    """The longest name of a body with that acronym on which the words ``before`` it end."""
    owners = (body for body in bodies().values() if (body.acronym or "").casefold() == acronym.casefold())
    names = sorted((name for body in owners for name in body.names), key=len, reverse=True)
    at = next((len(before) - len(name) for name in names if before.casefold().endswith(name.casefold())), None)
    return None if at is None or (at and before[at - 1].isalnum()) else before[at:]


def _long_form(acronym: str, before: str) -> str | None:
    letters = [letter for letter in acronym.removesuffix("s").casefold() if letter.isalnum()]
    words = list(_WORD.finditer(before))[-(len(letters) + _MORE) :]
    if not words or len(letters) < 2:
        return None
    first, at = words[0].start(), len(before)
    for n, letter in reversed(list(enumerate(letters))):
        at -= 1
        while at >= first and (before[at].casefold() != letter or (n == 0 and before[at - 1 : at].isalnum())):
            at -= 1
        if at < first:
            return None
    return before[at:]
