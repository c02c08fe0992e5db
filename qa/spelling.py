"""Repairs the spelling of a question against the corpus' own words. The only file that imports rapidfuzz."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from types import MappingProxyType

_WORD = re.compile(r"[^\W\d_]+")
_DOUBLED = re.compile(r"(.)\1")
_SHORT = 4  # shorter words are left alone, and acronyms of this length: too many of them are one letter apart


class Speller:
    """Knows the words of a corpus, how many clauses hold each, and which words need no repair: ``everyday`` ones, and
    those that ``is_word`` (lower case) finds in the language. ``misspelled`` words have their repairs given."""

    def __init__(
        self,
        counts: Mapping[str, int],
        everyday: frozenset[str],
        is_word: Callable[[str], bool] = lambda _: False,
        misspelled: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._counts, self._everyday, self._is_word, self._misspelled = counts, everyday, is_word, misspelled
        self._repair = lru_cache(maxsize=4096)(self._search)

    def repair(self, text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """``text`` with each unknown word replaced by the nearest known one, and the list of what was replaced."""
        repairs: dict[str, str] = {}

        def fix(match: re.Match[str]) -> str:
            word = match[0]
            acronym = len(word) <= _SHORT and word[:2].isupper()
            better = None if acronym else self._repair(word.lower())
            if better is None:
                return word
            repairs[word] = better
            return better

        return _WORD.sub(fix, text), tuple(repairs.items())

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self._counts.keys() | self._everyday)

    @cached_property
    def _by_undoubled(self) -> Mapping[str, str]:
        """The commonest word by what is left of it without doubled letters; made when a word is first unknown."""
        return {_undoubled(w): w for w in sorted(self._counts, key=lambda w: self._counts[w])}

    def _search(self, word: str) -> str | None:
        """The nearest word: the one that differs in doubled letters only, in any inflection, else one within one edit,
        or two for words of eight letters and more; the commoner of equals.

        Edits are insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). The first
        letter is trusted.
        """
        if word in self._misspelled and not self._counts.get(word):
            return self._misspelled[word]
        if (
            len(word) < _SHORT
            or word in self._counts
            or word in self._everyday
            or self._inflected(word)
            or self._is_word(word)
        ):
            return None
        for ending, after in (("", ""), ("s", ""), ("d", "e")):
            same = self._by_undoubled.get(_undoubled(word.removesuffix(ending))) if word.endswith(ending) else None
            if same and same.endswith(after):
                return f"{same}{ending}"
        from rapidfuzz import process  # most questions are spelled right, and the first should not wait for it
        from rapidfuzz.distance import OSA

        limit = 1 if len(word) < 8 else 2
        near = process.extract(word, self._words, scorer=OSA.distance, score_cutoff=limit, limit=20)
        best = [(distance, -self._counts.get(known, 0), known) for known, distance, _ in near if known[0] == word[0]]
        return min(best)[2] if best else None

    def _inflected(self, word: str) -> bool:
        """Is it a known word with another ending? Stemming finds that one by itself."""
        stems = [word.removesuffix(e) for e in ("", "s", "es", "ed", "ing", "ly", "er") if word.endswith(e)]
        stems += [word[:-1]] if word.endswith("ed") else []  # approve-d
        endings = ("", "e", "s", "es", "ed", "d", "ing")
        return any(f"{stem}{e}" in self._counts or stem in self._everyday for stem in stems for e in endings)


def _undoubled(word: str) -> str:
    """``word`` with every doubled letter once: what is most often misspelled in it left out."""
    return _DOUBLED.sub(r"\1", word)
