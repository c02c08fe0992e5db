"""Glosses: what a clause says in everyday words, written by hand for those who ask in theirs.

A gloss leads to a clause and is never quoted or shown: the clause's own words are what answers. It holds for a clause
of exactly the words, under exactly the heading, that it was written for, wherever these stand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable

from corpus.errors import AnnotationError

SUFFIX = "-glosses.jsonl"
KINDS = ("says", "asks", "yes", "no", "silent")
LEADING = KINDS[:-1]  # those that lead to the clause
AFFIRMED = ("says", "yes")  # those whose words say what it says


@dataclass(frozen=True, slots=True)
class Gloss:
    """``says`` are statements that say the same as the clause; ``asks`` questions that it answers, ``yes`` and ``no``
    those that it answers so; ``silent`` are questions that it might be thought to answer, and that neither it nor
    any clause near it does."""

    says: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()

    @property
    def leading(self) -> tuple[str, ...]:
        """What leads to the clause."""
        return tuple(words for kind in LEADING for words in getattr(self, kind))

    def __add__(self, other: Gloss) -> Gloss:
        return Gloss(*(tuple(dict.fromkeys((*getattr(self, n), *getattr(other, n)))) for n in KINDS))


Glosses = Mapping[tuple[str, str], Gloss]
"""Glosses by the readable heading and words of a clause."""

NONE = Gloss()


def default_glosses(more: Iterable[Traversable] = ()) -> Glosses:
    """Those of the default corpus, and of ``more`` files. Raises :class:`AnnotationError`."""
    folder = resources.files("corpus") / "data"
    own = sorted((file for file in folder.iterdir() if file.name.endswith(SUFFIX)), key=lambda file: file.name)
    return load_glosses([*own, *more])


def load_glosses(files: Iterable[Traversable]) -> Glosses:
    """Each line of a file holds ``heading`` and ``text``, readable and to the letter, and the lists of :class:`Gloss`.
    What several lines say of one clause counts together. Raises :class:`AnnotationError`, which names file and line.
    """
    found: dict[tuple[str, str], Gloss] = {}
    for file in files:
        for key, gloss in _read(file):
            found[key] = found.get(key, NONE) + gloss
    return found


def _read(file: Traversable) -> Iterator[tuple[tuple[str, str], Gloss]]:
    at = 0
    try:
        for line in file.read_text("utf-8").splitlines():
            at += 1
            row = json.loads(line)
            if not all(isinstance(row[name], list) for name in KINDS):
                raise ValueError("what should be a list is none")
            gloss = Gloss(*(tuple(row[name]) for name in KINDS))
            if not all(isinstance(one, str) and one.strip() for one in (row["text"], *gloss.leading, *gloss.silent)):
                raise ValueError("something other than words stands there")
            yield (str(row["heading"]), row["text"]), gloss
    except OSError as exc:
        raise AnnotationError(f"{file}: {exc.strerror}; name a file of glosses") from exc
    except (ValueError, KeyError, TypeError) as exc:
        needs = f"each line is JSON in UTF-8 with heading, text, and the lists {', '.join(KINDS)}"
        raise AnnotationError(f"{file.name}, line {at}: {exc!r}; {needs}") from exc
