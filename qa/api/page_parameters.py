"""What the pages take in their addresses, and the addresses that reproduce them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from qa.api.compare import CompareParameters
from qa.api.listing import FilterParameters
from qa.api.register import RegisterParameters
from qa.compare import CompareQuery
from qa.model import DEFAULT_K, MAX_K, Question
from qa.register import DEFAULT_LIMIT, RegisterQuery
from qa.web.links import Pairs, pairs_of

MAX_BEFORE = 5  # questions that a follow-up sends along


class PageParameters(BaseModel):
    """What every page takes: parameters that it does not know, and those that a form sends empty, it leaves alone."""

    model_config = ConfigDict(extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        listed = {
            name: [v for v in value if v != ""] if isinstance(value, list) else value for name, value in given.items()
        }
        return {name: value for name, value in listed.items() if value not in ("", [])}


def _version(parameters: FilterParameters | CompareParameters) -> str | None:
    return parameters.version if parameters.version != "all" else None


class AskParameters(FilterParameters, PageParameters):
    """What the question page takes."""

    q: str = ""
    k: int = Field(DEFAULT_K, ge=1, le=MAX_K)
    before: list[str] = []

    def question(self) -> Question:
        """What is asked. Raises a :class:`~corpus.errors.QueryError` for what cannot be asked."""
        return Question(self.q, self.k, self.filters(), self.version, self.asked_before)

    @property
    def asked_before(self) -> tuple[str, ...]:
        """The last questions of the conversation."""
        return tuple(text for text in self.before if text.strip())[-MAX_BEFORE:]

    def pairs(self) -> Pairs:
        """The parameters that reproduce the page, but for the question and those before it."""
        k = str(self.k) if self.k != DEFAULT_K else None
        return pairs_of({**self.filters(), "version": _version(self), "k": k})


class RegisterPageParameters(RegisterParameters, PageParameters):
    """What the page of the register takes."""

    @property
    def words(self) -> str:
        """The words that must occur."""
        return f"{self.text} {self.q}".strip()

    def query(self) -> RegisterQuery:
        """What is looked up. Raises a :class:`~corpus.errors.QueryError` for what cannot be."""
        return RegisterQuery(
            filters=self.filters(),
            version=self.version,
            text=self.words,
            direct=self.direct,
            sort=self.sort,
            limit=self.limit or DEFAULT_LIMIT,
            offset=self.offset,
        )

    def pairs(self) -> Pairs:
        """The parameters that reproduce the page, but for the place in the list."""
        how = {"direct": "true" if self.direct else None, "sort": self.sort if self.sort != "resolution" else None}
        return pairs_of({"text": self.words, **self.filters(), "version": _version(self), **how})


class ComparePageParameters(CompareParameters, PageParameters):
    """What the page of comparisons takes; a clause goes before a row."""

    def query(self) -> CompareQuery:
        """What is asked for."""
        outdone = ("row", "document", "only") if self.clause else ("row", "document") if self.only else ()
        return CompareParameters.query(self.model_copy(update=dict.fromkeys(outdone)))

    def pairs(self) -> Pairs:
        """The parameters that reproduce the page, but for the row and the place in the list."""
        kept = {"clause": self.clause, "only": self.only, "document": self.document, "among": self.among}
        return pairs_of({**kept, "version": _version(self)})
