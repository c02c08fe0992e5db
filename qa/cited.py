"""The provisions that a question cites: does it ask for them, or for something about them that is said elsewhere?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from corpus.references import Citation, resolve
from index.filters import ALL, Filters
from index.store import Store
from index.text import STOPWORDS, words
from index.text import stem as stem_of
from qa.asked import asks_status_alone
from qa.fit import is_named
from qa.model import Interpretation, Version
from qa.profiles import Profiles
from qa.wording import vocabulary

_BEYOND = 2  # words of a question that a cited clause may lack, and still be what is asked for
_INSIDE = ("provision", "annex")  # references that lead to a place, not to a whole resolution


@dataclass(frozen=True, slots=True)
class Cited:
    """The provisions that a question cites: numbers of the clauses meant exactly, of those below them, and the
    citations that no clause of the corpus fits.

    ``asked_for`` are those that are the answer, whatever else is found, and ``led_to`` what they lead to.
    """

    exact: tuple[int, ...] = ()
    below: tuple[int, ...] = ()
    dangling: tuple[Citation, ...] = ()
    asked_for: tuple[int, ...] = ()
    led_to: tuple[int, ...] = ()
    all: tuple[int, ...] = field(init=False)
    """The first two, exact ones first."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "all", tuple(dict.fromkeys((*self.exact, *self.below))))


class Citations:
    """Finds what a question cites in one store. Safe to use from several threads."""

    def __init__(self, store: Store, profiles: Profiles) -> None:
        self._store, self._profiles, self._clauses = store, profiles, profiles.clauses

    def of(self, asked: Interpretation, filters: Filters) -> Cited:
        """What ``asked`` cites among the clauses that ``filters`` let through."""
        cited = self._in_version(
            self._meant([r for r in asked.references if r.names_provision], filters), asked.version
        )
        if citing := self._citing_instead(asked, cited, filters):
            return Cited(citing, dangling=cited.dangling)
        asked_for, led_to = self._asked_for(asked, cited), self._led_to(asked, cited, filters)
        if led_to and not asked_for and any(r.items for r in asked.references):
            asked_for = cited.all
        return Cited(cited.exact, cited.below, cited.dangling, asked_for, led_to if asked_for else ())

    def _meant(self, citations: Sequence[Citation], filters: Filters) -> Cited:
        if not citations:
            return Cited()
        pool = self._clauses if filters == ALL else self._store.select(filters)
        exact: list[str] = []
        below: list[str] = []
        dangling: list[Citation] = []
        for citation in citations:
            meant, under = resolve(citation, pool, self._store.instruments.values())
            exact += [c.id for c in meant]
            below += [c.id for c in under]
            if not meant and not under and _is_precise(citation):
                dangling.append(citation)
        numbers = self._store.numbers_of
        return Cited(tuple(numbers(exact)), tuple(numbers(below)), tuple(dangling))

    def _in_version(self, cited: Cited, version: Version) -> Cited:
        """Of ``cited`` what the version has that is asked about, if it has any of it: "Annex 3 of the draft"."""
        if version == "all":
            return cited
        exact, below = (
            tuple(n for n in numbers if version in self._clauses[n].versions) for numbers in (cited.exact, cited.below)
        )
        return replace(cited, exact=exact, below=below) if exact or below else cited

    def _asked_for(self, asked: Interpretation, cited: Cited) -> tuple[int, ...]:
        """The cited clauses, if the question asks for them and not for something within a whole annex or section."""
        if not cited.all:
            return ()
        beyond = self._beyond_text(asked, cited.all)
        if not beyond or asks_status_alone(asked.text):
            return cited.all
        if not any(r.items or r.paragraph or r.note for r in asked.references):
            return ()
        if self._are_object(asked, cited):
            return ()
        said = {stem for n in cited.all for stem in self._profiles.of(n).held}
        unsaid = [w for w in beyond if stem_of(w) not in said]
        return cited.all if len(unsaid) <= _BEYOND or asked.slot == "comparison" else ()

    def _are_object(self, asked: Interpretation, cited: Cited) -> bool:
        """Is somebody else asked about, to whom the cited clauses are an object?"""
        about = asked.bearer or (asked.bodies if asked.polar else ())
        cited_ones = cited.exact or cited.below
        return bool(about) and not any(is_named(b, self._profiles.of(n)) for b in about for n in cited_ones)

    def _citing_instead(self, asked: Interpretation, cited: Cited, filters: Filters) -> tuple[int, ...]:
        """The clauses in which somebody who is asked about is told of the cited ones: "is RAG to keep to resolves 3?"
        is answered where RAG is invited to, and not in resolves 3."""
        if not any(r.items for r in asked.references) or not self._are_object(asked, cited):
            return ()
        about, citing = asked.bearer or asked.bodies, self._allowed(self._citing(cited), filters)
        return tuple(n for n in citing if any(is_named(b, self._profiles.of(n)) for b in about))

    def _citing(self, cited: Cited) -> list[str]:
        """Ids of the clauses that cite those that are meant exactly."""
        exact = [self._clauses[n].id for n in cited.exact]
        return [link.clause for i in exact for link in self._store.links_to(i) if link.targets[0] == i]

    def _allowed(self, ids: Iterable[str], filters: Filters) -> list[int]:
        """Numbers of the clauses with these ``ids``, each once, that ``filters`` let through."""
        allowed = None if filters == ALL else {c.id for c in self._store.select(filters)}
        return self._store.numbers_of([i for i in dict.fromkeys(ids) if allowed is None or i in allowed])

    def _beyond_text(self, asked: Interpretation, wanted: Sequence[int]) -> set[str]:
        """The words of a question that ask for more than what the clauses ``wanted`` say."""
        rest = {w for w in words(asked.text) if w not in STOPWORDS | vocabulary("plain_lookup") and not w.isdigit()}
        clauses = [self._clauses[n] for n in wanted]
        named = {w for c in clauses for w in words(f"{c.reference} {self._store.instruments[c.instrument].body}")}
        return rest - named - {"itu", "r", "res", "section"}

    def _led_to(self, asked: Interpretation, cited: Cited, filters: Filters) -> tuple[int, ...]:
        """What the cited clauses point to, then what points to them, where a question asks for more than their text:
        the procedure that applies under a clause stands in the annex that it names."""
        if not cited.exact or not self._beyond_text(asked, cited.exact):
            return ()
        exact = [self._clauses[n].id for n in cited.exact]
        links = [link for i in exact for link in self._store.links_from(i) if link.kind in _INSIDE]
        found = self._allowed((*(t for link in links for t in link.targets), *self._citing(cited)), filters)
        return tuple(n for n in found if n not in cited.exact)


def _is_precise(citation: Citation) -> bool:
    """Does it name more than a section? "supports the cost of Resolution 18" may be a sentence and no reference."""
    return bool(citation.items or citation.annex or citation.principle or citation.paragraph or citation.footnote)
