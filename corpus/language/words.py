"""The words of a sentence, and what the grammar of resolutions makes of them: modals, infinitives, adverbs (pure).

Verbs are known from ``words.toml``; the other classes are closed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

# The modal verbs by the one of shall, will, should, would and may that says the same; the second kind takes "to".
MODALS = {
    "shall": "shall", "must": "shall", "will": "will", "should": "should", "would": "would",
    "may": "may", "can": "may", "could": "may", "might": "may", "cannot": "may not",
}  # fmt: skip
_MODALS_TO = {
    "is": "shall", "are": "shall", "has": "shall", "have": "shall", "ought": "should",
}  # fmt: skip
FINITE = frozenset({"is", "are", "was", "were", "has", "have", "had", "does", "do", *MODALS})
OPENERS = frozenset(
    "which who whom whose that where when if whether because unless whereby how while".split()
)  # of subordinate clauses
DETERMINERS = frozenset(
    "the a an each every such any all some this these those it they its their both no other another".split()
)
PREPOSITIONS = frozenset(
    "of on for in to by with from at as through within between among under during before after until upon via towards"
    " into than and or and/or".split()
)
INTRODUCTORY = (PREPOSITIONS - {"and", "or"}) | frozenset(
    "if when where while unless given pursuant subject following without further similarly however once prior"
    " notwithstanding also inter furthermore moreover".split()
)
_ADVERBS = frozenset(
    "not also further then thus therefore both once more always never only still together better again either inter"
    " alia so thereby".split()
)
_NO_ADVERBS = frozenset("apply supply comply rely multiply".split())
_CATENATIVE = frozenset("continue need seek strive endeavour endeavor".split())
_IRREGULAR = frozenset(
    "begun borne brought built chosen done drawn found given held kept known led left made met paid put read seen sent"
    " set shown taken taught understood undertaken upheld withdrawn written".split()
)  # participles
_BASE_OF = {"given": "give", "sent": "send"}
_CLOSING = re.compile(r"(?: ?(?:\( *\)|\" *\"|“ *”|[”\")]))+")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("corpus.language") / "words.toml").read_text("utf-8"))


@cache
def _group(name: str) -> frozenset[str]:
    return frozenset(_data()[name].split())


@cache
def _verbs() -> frozenset[str]:
    groups = (words for words in _data().values() if isinstance(words, str))
    return frozenset(word for words in (*groups, *_data()["tell"].values()) for word in words.split())


@cache
def telling() -> dict[str, str]:
    """The verbs that tell or allow someone to act, by the modal verb that says the same."""
    modals = {"obligation": "shall", "recommendation": "should", "permission": "may"}
    return {verb: modals[modality] for modality, words in _data()["tell"].items() for verb in words.split()}


def is_verb(word: str, group: str | None = None) -> bool:
    """Is ``word`` the base form of a known verb (of the group)?"""
    return word in (_group(group) if group else _verbs())


def is_completed(noun: str, by: str) -> bool:
    """Is the noun or adjective one that is completed by what is named: "infinitive", "to" or "with"?"""
    return bool({noun, singular(noun)} & set(_data()["completed"][by].split()))


def singular(noun: str) -> str:
    """The singular of a regular noun, in small letters.

    >>> singular("Authorities")
    'authority'
    """
    noun = noun.lower()
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


def lemmas(word: str) -> tuple[str, ...]:
    """What the base form of a verb may be whose form in -s, -ed or -ing is ``word``."""
    stem = re.sub(r"(?:ed|ing|s)$", "", word)
    return (word, stem, f"{stem}e", stem[:-1], f"{stem[:-1]}y")  # "submitting" -> "submitt" -> "submit"


def is_form(word: str, group: str) -> bool:
    """Is ``word`` a verb of the group, in its base form, in -ing or as a participle?"""
    if word.endswith("s"):
        return is_verb(word, group)
    return any(is_verb(lemma, group) for lemma in lemmas(_BASE_OF.get(word, word)))


def word_at(text: str, start: int) -> tuple[str, int]:
    """The word that begins at ``start``, and where it ends."""
    word = re.compile(r"[\w-]*").match(text, start)
    return (word[0], word.end()) if word else ("", start)


def is_participle(word: str) -> bool:
    """Is ``word`` a past participle?"""
    return word.endswith("ed") or word in _IRREGULAR


class Word(NamedTuple):
    """A word or a mark, and where it stands."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a sentence of ``text``, by index; outside of it every word is empty."""

    text: str
    words: Sequence[Word]

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, i: int) -> str:
        """The word ``i`` in small letters."""
        return self.words[i].text.lower() if 0 <= i < len(self.words) else ""

    def find(self, mark: str, lo: int, hi: int | None = None) -> list[int]:
        """Where the word or mark stands between ``lo`` and ``hi``."""
        return [i for i in range(lo, len(self) if hi is None else hi) if self[i] == mark]

    def is_base(self, i: int) -> bool:
        """Is it the base form of a verb? One with a capital is a name."""
        return 0 <= i < len(self) and is_verb(self.words[i].text)

    def is_adverb(self, i: int) -> bool:
        """Is it an adverb?"""
        return self[i] in _ADVERBS or (self[i].endswith("ly") and self[i] not in _NO_ADVERBS)

    def past_adverbs(self, i: int) -> int:
        """The first word from ``i`` on that is no adverb."""
        while self.is_adverb(i):
            i += 1
        return i

    def verb_at(self, i: int) -> int | None:
        """The verb at ``i``, adverbs before it passed over."""
        i = self.past_adverbs(i)
        return i if self.is_base(i) else None

    def infinitive(self, i: int, *, surely: bool = False) -> int | None:
        """The verb, if an infinitive begins at ``i`` with "to" or "not to"; ``surely``: nothing else stands there, and
        the verb need not be known."""
        i += self[i] == "not" and self[i + 1] == "to"
        if self[i] != "to":
            return None
        verb, _ = self._after(i + 1)
        if verb is None or self.is_base(verb):
            return verb
        word = self.words[verb].text
        return verb if surely and word.islower() and word not in DETERMINERS and not word.endswith("ing") else None

    def modal(self, i: int) -> tuple[str, int] | None:
        """The modal verb at ``i``, as one of the values of ``MODALS``, with " not" where it is denied; and its verb."""
        word = self.words[i].text if 0 <= i < len(self) else ""  # "May" is a month
        modal, j = MODALS.get(word), i + 1
        if word in _MODALS_TO and self[i - 1] not in DETERMINERS:  # "the need to ..." is none
            j = self.past_adverbs(j) + 1
            modal = _MODALS_TO[word] if self.infinitive(j - 1, surely=True) is not None else None
        verb, denied = self._after(j) if modal else (None, False)
        if modal is None or verb is None:
            return None
        return (f"{modal} not" if denied and "not" not in modal else modal), verb

    def _after(self, i: int) -> tuple[int | None, bool]:
        """The verb after a modal verb or "to" at ``i``, and whether "not" stands before it; adverbs and what stands
        between commas are passed over."""
        denied = False
        while i < len(self):
            if self[i] == ",":
                closing = self.find(",", i + 1)
                if not closing:
                    break
                i = closing[0] + 1
            elif self.is_adverb(i):
                denied |= self[i] == "not"
                i += 1
            elif self[i] in PREPOSITIONS:  # "could on its own initiative, or in response, develop"
                return next((k + 1 for k in self.find(",", i) if self.is_base(k + 1)), None), denied
            else:
                return (i if self[i][0].isalpha() else None), denied
        return None, denied

    def main_verb(self, verb: int) -> int:
        """Of "continue to assist", whose first verb is ``verb``, the last one."""
        while self[verb] in _CATENATIVE and (inner := self.infinitive(verb + 1, surely=True)) is not None:
            verb = inner
        return verb

    def stop(self, end: int) -> int:
        """Where in the text the words before ``end`` stop, brackets and quotes after them included, commas not."""
        while self[end - 1] in {",", ";", ":"}:
            end -= 1
        stop = self.words[end - 1].end
        closing = _CLOSING.match(self.text, stop)
        return closing.end() if closing else stop
