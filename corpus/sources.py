"""Files and folders -> corpora; a file of a folder that cannot be read does not keep the others from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import SourceError
from corpus.model import Corpus
from corpus.parse import parse_file
from corpus.readers.read import find_documents


@dataclass(frozen=True, slots=True)
class Sources:
    """What was read, and for each file of a folder that was not, why and how to mend it."""

    corpora: tuple[Corpus, ...]
    failures: tuple[str, ...] = ()


def read_sources(sources: Iterable[Path], *, together: bool = False) -> Sources:
    """Parse every source; ``together`` says that they are to make one corpus, in which every name must be one thing's.

    Raises :class:`SourceError` for a source that is itself a file and cannot be read, where nothing at all can be, and
    where two documents or resolutions of one corpus have the same name.
    """
    corpora: list[Corpus] = []
    failures: list[str] = []
    for source in sources:
        if not source.is_dir():
            corpora.append(parse_file(source))
            continue
        for file in find_documents(source):
            try:
                corpora.append(parse_file(file))
            except SourceError as exc:
                failures.append(str(exc))
    if not corpora:
        raise SourceError("; ".join(failures) or "no source was named")
    if together and (collision := next(_collisions(corpora), None)):
        raise SourceError(collision)
    return Sources(tuple(corpora), tuple(failures))


def _collisions(corpora: Sequence[Corpus]) -> Iterator[str]:
    for what, names in (
        ("documents are called", [c.document.name for c in corpora]),
        ("documents hold", [i.id for c in corpora for i in c.instruments]),
    ):
        yield from (f"two {what} {name}; leave one out" for name in names if names.count(name) > 1)
