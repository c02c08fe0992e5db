"""Questions for all clauses of a kind, whatever they say: what falls to a body, what a draft changes, what is cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from corpus.acronyms import spelled_out
from corpus.bodies import bodies, without_bodies
from corpus.model import TEXT_VERSIONS, Clause, Instrument, Modality
from corpus.readable import readable
from corpus.references import proposed_for
from index.filters import ANY_DUTY, Duties, Filters, Parties
from index.store import Key, Registered, Store
from index.text import STOPWORDS, tokens, words
from qa.cited import Cited
from qa.compose import only_in_one
from qa.model import Interpretation, status_in
from qa.parties import parties, short_name
from qa.profiles import Profiles
from qa.wording import pattern, rows, vocabulary

_OF_STEM = 3  # its first letters, which every inflection keeps
_PERMANENT = ("sector", "bureau", "advisory_group", "assembly", "conference", "organization")  # kinds of bodies
_PLURAL = re.compile(r"s$")
_BESIDE = re.compile(r"^the |\([^)]*\)", re.IGNORECASE)
_WHOLLY = {"proposed": "added", "deleted": "struck"}
_BINDING: tuple[Modality, ...] = ("obligation", "prohibition", "recommendation", "permission")  # from most to least
_TO_BE_DONE: tuple[Modality, ...] = ("obligation", "recommendation", "prohibition")


class _Found(NamedTuple):
    """What to say of them, and all there are; ``mixed`` if they may be proposed or in force, and it is not said yet.
    ``lead`` is what they say in a word, and ``instead`` is said where there are none."""

    said: str
    keys: Sequence[Key]
    mixed: bool = True
    lead: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Whole:
    """All clauses of a kind, each in the version that is of it, and how to say after their number what they are.

    ``homes`` are the names of the resolutions in which they stand; ``proposed`` counts those that are not in force,
    where ``said`` leaves that open. ``lead`` is what they all say, in a word, and ``instead`` what can be
    said where there are none.
    """

    said: str
    keys: tuple[Key, ...]
    homes: tuple[str, ...]
    proposed: int
    lead: str = ""
    instead: str = ""


class Wholes:
    """Finds them in one store. Safe to use from several threads."""

    def __init__(self, store: Store, profiles: Profiles) -> None:
        self._store, self._clauses, self._numbers = store, profiles.clauses, profiles.numbers
        self._kinds = (
            self._long_form,
            self._changes,
            self._duties,
            self._citing,
            self._naming,
            self._saying,
            self._about,
        )

    def of(self, asked: Interpretation, cited: Cited, filters: Filters) -> Whole | None:
        """What ``asked`` is a question for, within what it cites and ``filters`` let through; None where it is a
        question of some other kind, or has words of its own to look for."""
        text = pattern("scope_words").sub(
            " ", pattern("provision").sub(" ", pattern("resolution").sub(" ", asked.text))
        )
        found = next((found for ask in self._kinds if (found := ask(asked, text, filters))), None)
        if found is None or cited.dangling or asked.foreign:
            return None
        kept = dict[int, Key]()
        for number, version in sorted(found.keys, key=self._standing) if found.mixed else found.keys:
            home = self._clauses[number].instrument
            if (not asked.homes or home in asked.homes) and (not cited.all or number in cited.all):
                kept.setdefault(number, (number, version))
        homes = dict.fromkeys(self._store.instruments[self._clauses[n].instrument].name for n in kept)
        proposed = sum(map(self._is_proposed, kept.values())) if found.mixed else 0
        return Whole(found.said, tuple(kept.values()), tuple(homes), proposed, found.lead, found.instead)

    def _standing(self, key: Key) -> int:
        """Words in force come first, then those that may be proposed, then those that are."""
        return 2 if self._is_proposed(key) else int(self._clauses[key[0]].status == "uncertain")

    def _is_proposed(self, key: Key) -> bool:
        number, version = key
        return status_in(self._clauses[number], version) == "proposed"

    def _long_form(self, asked: Interpretation, text: str, filters: Filters) -> _Found | None:
        """What spells an acronym out. Of a standing body, what it is: texts take that as known."""
        acronym = _acronym(asked)
        named = without_bodies(text).replace(acronym or "", " ")
        explicit = pattern("asks_long_form").search(text) and _is_bare(named, "long_form")
        if not acronym or not (explicit or pattern("asks_what").search(text)):
            return None
        if not explicit and [bodies()[body].kind in _PERMANENT for body in asked.bodies] != [True]:
            return None
        said = {
            (self._numbers[clause.id], version): long
            for clause in self._store.select(filters)
            for version in clause.versions
            if asked.version in ("all", version)
            if (long := spelled_out(acronym, readable(clause.text_of(version))))
        }
        keys = sorted(said, key=self._standing)
        forms: dict[str, str] = {}
        for key in keys:
            forms.setdefault(_PLURAL.sub("", said[key].casefold().replace("-", "")), said[key])
        whole = (w for f, w in forms.items() if not any(other.startswith(f) and other != f for other in forms))
        lead = " or ".join(whole)
        return _Found(f"that spells out {acronym}", keys, lead=lead[:1].upper() + lead[1:]) if keys else None

    def _changes(self, asked: Interpretation, text: str, filters: Filters) -> _Found | None:
        """What a draft would add, strike, amend, or any of these; of what falls to a body where one is asked about."""
        if not pattern("asks_changes").search(asked.text) or set(asked.bodies) != set(asked.bearer):
            return None
        if not _is_bare(without_bodies(text), "changes", *(("duties",) if asked.bearer else ())):
            return None
        row = next(row for row in rows("change") if row["asked"].search(asked.text))
        keys: list[Key] = []
        for clause in self._store.select(replace(filters, duties=Duties(bearer=_party(asked.bearer)))):
            changes = _done_to(clause)
            if changes & {*row["changes"]}:
                keys.append((self._numbers[clause.id], "in_force" if "struck" in changes else "proposed"))
        whose = f", of what falls to {_named(asked.bearer)}" if asked.bearer else ""
        return _Found(f"that {_drafts(self._store.instruments.values())} would {row['said']}{whose}", keys, mixed=False)

    def _duties(self, asked: Interpretation, text: str, filters: Filters) -> _Found | None:
        """What falls to the bodies that are asked about, or else to a role; what they may do where that is asked."""
        about = asked.bearer or asked.bodies
        names_others = asked.recipient or set(asked.bodies) - set(about)
        if names_others or filters.duties != ANY_DUTY:
            return None
        if asked.slot != "action" and not pattern("asks_duties").search(asked.text):
            return None
        role = None if about else next((role for role in self._roles if role.lower() in text.lower()), None)
        rest = re.sub(re.escape(role), " ", text, flags=re.IGNORECASE) if role else without_bodies(text)
        if not (about or role) or not _is_bare(rest, "duties"):
            return None
        modality, of = _TO_BE_DONE, "on what falls to {}"
        if asked.modality == "permission":
            modality, of = ("permission",), "on what {} may do"
        elif asked.negated:
            modality, of = ("prohibition",), "on what {} must not do"
        elif asked.polar and asked.modality == "obligation":
            modality, of = ("obligation",), "on what {} must do"
        version = () if asked.version == "all" else (asked.version,)
        duties = Duties(modality, version=version, bearer=_party(about))
        found = [one for one in self._store.obligations(replace(filters, duties=duties)) if _is_of(role, one)]
        told = pattern("is_addressed").search(text)
        if addressed := [one for one in found if told and (one.clause.keyword or "").startswith(told["verb"].lower())]:
            found, of = addressed, f"that {(addressed[0].clause.keyword or '').removesuffix('s')} {{}}"
        # First what binds, and of that what falls to it alone.
        found.sort(key=lambda one: (_BINDING.index(one.obligation.modality), len(one.obligation.bearer)))
        keys = [(self._numbers[one.clause.id], one.obligation.version) for one in found]
        return _Found(of.format(f"the {role}" if role else _named(about)), keys)

    @cached_property
    def _roles(self) -> Sequence[str]:
        """Who bears an obligation and is no body that is known, but "the lead Sector"; the longest first."""
        unknown = (one.obligation for one in self._store.obligations() if not one.obligation.bearer)
        roles = {_role(o.bearer_phrase.text) for o in unknown if o.bearer_phrase}
        return sorted(roles, key=len, reverse=True)

    def _citing(self, asked: Interpretation, text: str, filters: Filters) -> _Found | None:
        """What of other texts a resolution cites."""
        if len(asked.homes) != 1 or not pattern("asks_cited").search(text) or not _is_bare(text, "cited"):
            return None
        row = next(row for row in rows("cited") if row["asked"].search(text))
        keys = [
            (self._numbers[clause.id], link.versions[0])
            for clause in self._store.select(filters)
            if clause.instrument in asked.homes
            for link in self._store.links_from(clause.id)
            if link.kind in row["kinds"] and asked.version in ("all", *link.versions)
        ]
        return _Found(f"with references to {row['said']}", keys)

    def _naming(self, asked: Interpretation, text: str, filters: Filters) -> _Found | None:
        """What names a body."""
        if len(asked.bodies) != 1 or not pattern("asks_naming").search(text):
            return None
        if not _is_bare(without_bodies(text), "naming") or asked.negated:
            return None
        (body,) = asked.bodies
        clauses = [self._numbers[clause.id] for clause in self._store.select(filters)]
        found = [
            (number, version)
            for (number, version), named in self._store.mentioned(clauses).items()
            if body in named.named and (version is None or asked.version in ("all", version))
        ]
        return _Found(f"naming {_with_article(body)}", sorted(found, key=itemgetter(0)))

    def _saying(self, asked: Interpretation, text: str, filters: Filters) -> _Found | None:
        """What holds some words, one after the other, in any inflection; where nothing does, one may mean them."""
        wanted = pattern("asks_words").search(text)
        said = " ".join(words(wanted["words"])) if wanted else ""  # no mark or quote of a person gets into an answer
        stems = tokens(said)
        if not stems or asked.negated:
            return None
        keys = [
            (self._numbers[clause.id], version)
            for clause in self._store.select(filters)
            if stems[0][:_OF_STEM] in clause.text.lower()
            for version in clause.versions
            if asked.version in ("all", version) and _holds(tokens(readable(clause.text_of(version))), stems)
        ]
        return _Found(f"mentioning {said}", keys) if keys else None

    def _about(self, asked: Interpretation, text: str, _: Filters) -> _Found | None:
        """Of a resolution as a whole nothing: what its heading tells is no clause, but can be said."""
        whole = len(asked.homes) == 1 and not any(r.names_provision for r in asked.references)
        if not whole or not _is_bare(text, "about"):
            return None
        home = self._store.instruments[asked.homes[0]]
        proposed = proposed_for(home)
        if any(c.instrument == home.id and c.status != "proposed" for c in self._clauses):
            standing = "in force" + (f" (a draft revision is {proposed})" if home.draft else "")
        else:
            standing = f"{proposed} and not in force"
        heading = f"By its heading, this is {home.name} of {home.body}, {standing}, “{home.title}”."
        return _Found("that says more", (), instead=f"{heading} No clause was found that says more.")


def _acronym(asked: Interpretation) -> str | None:
    """The one acronym that is asked about, of a body or as it is written."""
    known = [bodies()[body].acronym for body in asked.bodies]
    written = pattern("acronym").findall(asked.text) if not known else []
    found = [*dict.fromkeys((*known, *written))]
    return found[0] if len(found) == 1 else None


def _holds(words: Sequence[str], part: Sequence[str]) -> bool:
    return any(words[at : at + len(part)] == part for at in range(len(words) - len(part) + 1))


def _is_bare(text: str, *kinds: str) -> bool:
    """Does ``text`` say nothing but that something of these ``kinds`` is asked for?"""
    return all(word in STOPWORDS or any(word in vocabulary(kind) for kind in kinds) for word in words(text))


def _party(ids: Iterable[str]) -> Parties:
    """What the register calls those bodies."""
    return parties([bodies()[body] for body in ids])


def _role(phrase: str) -> str:
    """What ``phrase`` names, less what is said of it.

    >>> _role("The coordinating Sector (as user)")
    'coordinating Sector'
    """
    return _BESIDE.sub("", readable(phrase)).strip()


def _is_of(role: str | None, one: Registered) -> bool:
    """Does ``role``, if there is one, bear the obligation?"""
    phrase = one.obligation.bearer_phrase
    return role is None or (phrase is not None and _role(phrase.text) == role)


def _named(ids: Iterable[str]) -> str:
    return " or ".join(map(_with_article, ids))


def _done_to(clause: Clause) -> frozenset[str]:
    """What a draft does to ``clause``; cut is what it strikes words of."""
    if clause.status in _WHOLLY:
        return frozenset({_WHOLLY[clause.status]})
    if not clause.amended:
        return frozenset()
    before, after = (readable(clause.text_of(version)) for version in TEXT_VERSIONS)
    struck, _ = only_in_one(before, after)
    return frozenset({"amended", "cut"} if struck else {"amended"})


def _drafts(instruments: Iterable[Instrument]) -> str:
    drafts = [one for one in instruments if one.draft]
    return f"the draft revision {proposed_for(drafts[0])}" if len(drafts) == 1 else "a draft revision"


def _with_article(body: str) -> str:
    name = short_name(bodies()[body])
    return name if name.isupper() else f"the {name}"
