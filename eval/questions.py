"""Hand-labelled questions: reading and checking the files in ``eval/questions/``."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from importlib import resources
from itertools import chain
from pathlib import Path
from typing import Any

from corpus.errors import AnnotationError, NotFound
from corpus.readable import readable
from qa.model import DEFAULT_K, Question

SPLITS = ("dev", "test")
POLARITIES = ("yes", "no")
GRADES = (0, 1, 2, 3)
ANSWERS, SUPPORTS = 3, 2  # the least grades of a clause that answers, and of one that supports an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One question with its graded clauses (3 answers it, 2 in a parallel provision, 1 related, 0 judged and
    not relevant); see GUIDE.md.

    A right answer begins with ``polarity`` ("yes" or "no"), holds one string of ``accept``, and one of each group of
    ``all_of``, as far as they are given. ``after`` are the earlier questions of a conversation that this one goes on.
    """

    id: str
    split: str
    question: str
    type: str
    style: str
    fact: str
    answerable: bool
    answer: str
    accept: tuple[str, ...]
    relevant: dict[str, int]
    note: str
    polarity: str | None = None
    all_of: tuple[tuple[str, ...], ...] = ()
    after: tuple[str, ...] = ()

    @property
    def answering(self) -> list[str]:
        """The clauses that answer."""
        return [clause for clause, grade in self.relevant.items() if grade >= ANSWERS]

    @property
    def sha256(self) -> str:
        """Of the question with everything that a score depends on, in hex."""
        row = {name: value for name, value in asdict(self).items() if name not in _UNSCORED}
        return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()

    def asked(self, k: int = DEFAULT_K) -> Question:
        """The question as it is put to the service, after those that came before it."""
        return Question(self.question, k, before=self.after)

    def is_met_by(self, text: str) -> bool:
        """Does ``text`` say what is expected? Case and the marks of an extraction do not count."""
        said = readable(text).lower()

        def holds(strings: Iterable[str]) -> bool:
            return any(readable(s).lower() in said for s in strings)

        first = said.split(maxsplit=1)[0].strip(" ,.;:!—–-“”\"'") if said else ""
        return (
            (self.polarity is None or first == self.polarity)
            and (not self.accept or holds(self.accept))
            and all(holds(group) for group in self.all_of)
        )


_UNSCORED = {"split", "fact", "answer", "note"}
_OPTIONAL = {f.name for f in fields(Labelled) if f.default is not MISSING}
_FIELDS = {f.name for f in fields(Labelled)}
_TEXTS = ("id", "split", "question", "type", "style", "fact", "answer", "note")


def default_questions() -> tuple[Path, ...]:
    """The files with the questions over the default corpus."""
    folder = Path(str(resources.files("eval") / "questions"))
    return tuple(sorted(folder.glob("*.jsonl")))


def load_questions(
    paths: Path | Sequence[Path], *, split: str | None = None, clauses: Collection[str] | None = None
) -> list[Labelled]:
    """The questions in ``paths``, of one split if given.

    ``clauses`` are the ids that labels may name. Raises :class:`NotFound` for a file that is not there and
    :class:`AnnotationError`, which names file and line, for one that is malformed, for an id that was used before, and
    for a fact that stands on both sides of the split.
    """
    files = [paths] if isinstance(paths, Path) else paths
    found: list[Labelled] = []
    places: dict[str, str] = {}
    sides: dict[str, Labelled] = {}
    for place, line in chain.from_iterable(map(_lines, files)):
        labelled = _read(place, line)
        if (first := places.setdefault(labelled.id, place)) != place:
            raise AnnotationError(f"{place}: the id {labelled.id} is that of {first}; give it another")
        other = sides.setdefault(labelled.fact, labelled)
        if other.split != labelled.split:
            raise AnnotationError(
                f"{place}: the fact {labelled.fact} is in the {labelled.split} part here and in the {other.split} part "
                f"in {places[other.id]}; a fact stands on one side"
            )
        if unknown := next((c for c in labelled.relevant if clauses is not None and c not in clauses), None):
            raise AnnotationError(f"{place}: no clause {unknown}; label it anew")
        found.append(labelled)
    return [q for q in found if split in (None, q.split)]


def digest_of(questions: Iterable[Labelled]) -> str:
    """SHA-256, in hex, of the labels of ``questions``, in whatever order and files they stand."""
    return hashlib.sha256("".join(sorted(f"{q.id} {q.sha256}\n" for q in questions)).encode()).hexdigest()


def _lines(path: Path) -> list[tuple[str, str]]:
    """The lines of a file that hold something, each with its place."""
    try:
        text = path.read_text("utf-8")
    except (FileNotFoundError, IsADirectoryError) as exc:
        raise NotFound(f"no file {path}; name a file of labelled questions, one JSON object a line") from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise AnnotationError(f"{path} cannot be read as UTF-8 text ({exc}); save it anew") from exc
    rows = enumerate(text.split("\n"), 1)
    return [(f"{path.name}, line {number}", line) for number, line in rows if line.strip()]


def _read(place: str, line: str) -> Labelled:
    """The question on one line. Raises :class:`AnnotationError`."""
    try:
        row = json.loads(line)
    except ValueError as exc:
        raise AnnotationError(f"{place}: not JSON ({exc}); see GUIDE.md for the fields") from exc
    if wrong := _mistake(row):
        raise AnnotationError(f"{place}: {wrong}; see GUIDE.md for the fields")
    lists = {name: tuple(row.get(name, ())) for name in ("accept", "after")}
    return Labelled(**{**row, **lists, "all_of": tuple(map(tuple, row.get("all_of", ())))})


def _mistake(row: Any) -> str | None:
    """What is wrong with a line's content, if anything."""
    if not isinstance(row, dict):
        return "not an object with fields"
    if unknown := sorted(row.keys() - _FIELDS):
        return f"unknown field {unknown[0]!r}"
    if missing := sorted(_FIELDS - _OPTIONAL - row.keys()):
        return f"field {missing[0]!r} is missing"
    if wrong := next((name for name in _TEXTS if not isinstance(row[name], str)), None):
        return f"{wrong!r} is not a text"
    if empty := next((name for name in _TEXTS[:6] if not row[name].strip()), None):
        return f"{empty!r} is empty"
    if len(row["id"].split()) != 1 or row["id"] != row["id"].strip():
        return f"the id {row['id']!r} holds a space"
    if row["split"] not in SPLITS:
        return f"'split' is {row['split']!r}, not {' or '.join(SPLITS)}"
    if not isinstance(row["answerable"], bool):
        return "'answerable' is neither true nor false"
    if row.get("polarity") not in (None, *POLARITIES):
        return f"'polarity' is {row['polarity']!r}, not {' or '.join(POLARITIES)}"
    if wrong := next((name for name in ("accept", "after") if not _are_texts(row.get(name, []))), None):
        return f"{wrong!r} is not a list of texts"
    groups = row.get("all_of", [])
    if not isinstance(groups, list) or not all(_are_texts(group) and group for group in groups):
        return "'all_of' is not a list of lists of texts"
    grades = row["relevant"]
    if not isinstance(grades, dict) or not all(type(g) is int and g in GRADES for g in grades.values()):
        return "'relevant' does not give each clause a grade of 0 to 3"
    return None


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(v, str) and v.strip() for v in value)
