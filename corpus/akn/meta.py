"""The metadata of Akoma Ntoso documents: FRBR's three levels, who is referred to, and what is our own (pure).

IRIs follow the naming convention as AKN4UN fills it in: ``/akn/un/statement/deliberation/itu-wtsa/2024/res-18``. Of a
date only the year is known, so its first day stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement

from corpus.eids import slug
from corpus.model import NO_BODY, Document, Instrument
from corpus.titles import ADOPTING

AKN = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
OWN = "urn:clauseqa:akn:1"
_SOURCE = {"source": "#clauseqa"}
_YEAR = re.compile(r"\d{4}")


class _Dated(NamedTuple):
    """A day, and what happened then."""

    date: str
    name: str


_UNDATED = _Dated("0001-01-01", "unknown")


def work(name: str) -> str:
    """The IRI of the instrument with the id ``name``."""
    if name.startswith("doc/"):
        return f"/akn/un/{name}"
    actor, number, year = name.split("/")
    return f"/akn/un/statement/deliberation/{actor}/{year}/{number}"


def identification(instrument: Instrument, component: str) -> Element:
    """Work, expression and manifestation of a component of ``instrument``; a draft is expressed in the year that it is
    proposed for."""
    adopted = _in_year(instrument.revision or instrument.adopted, "adoption")
    expressed = adopted if instrument.draft_of is None else _in_year(instrument.draft_of, "proposal")
    number = instrument.id.split("/")[1]
    passages = instrument.body == NO_BODY
    element = Element("identification", _SOURCE)
    first = _level(element, "FRBRWork", (work(instrument.id), component, ""), adopted, actor(instrument))
    if instrument.title and component == "main":
        first.insert(2, Element("FRBRalias", {"name": "title", "value": instrument.title}))
    _about(first, None if passages else "deliberation", number, instrument.name)
    _expressed(element, work(instrument.id), component, expressed, actor(instrument))
    return element


def collection_identification(name: str) -> Element:
    """Work, expression and manifestation of the collection in the document ``name``."""
    number = slug(name.rpartition(".")[0] or name) or "collection"
    iri = f"/akn/un/documentCollection/publication/itu/undated/{number}"
    element = Element("identification", _SOURCE)
    _about(_level(element, "FRBRWork", (iri, "main", ""), _UNDATED, "itu"), "publication", number, name)
    _expressed(element, iri, "main", _UNDATED, "itu")
    return element


def _in_year(said: str | None, event: str) -> _Dated:
    year = _YEAR.search(said or "")
    return _Dated(f"{year[0]}-01-01", event) if year else _UNDATED


def _level(parent: Element, tag: str, iri: tuple[str, str, str], dated: _Dated, author: str) -> Element:
    uri, component, suffix = iri
    element = SubElement(parent, tag)
    SubElement(element, "FRBRthis", {"value": f"{uri}/!{component}{suffix}"})
    SubElement(element, "FRBRuri", {"value": f"{uri}{suffix}"})
    SubElement(element, "FRBRdate", {"date": dated.date, "name": dated.name})
    SubElement(element, "FRBRauthor", {"href": f"#{author}"})
    return element


def _about(element: Element, subtype: str | None, number: str, shown: str) -> None:
    SubElement(element, "FRBRcountry", {"value": "un"})
    if subtype:
        SubElement(element, "FRBRsubtype", {"value": subtype})
    SubElement(element, "FRBRnumber", {"value": number, "showAs": shown})


def _expressed(parent: Element, iri: str, component: str, dated: _Dated, author: str) -> None:
    """Expression and manifestation."""
    expression = f"{iri}/eng@" + ("" if dated == _UNDATED else dated.date[:4])
    language = _level(parent, "FRBRExpression", (expression, component, ""), dated, author)
    SubElement(language, "FRBRlanguage", {"language": "eng"})
    markup = dated._replace(name="markup")
    _level(parent, "FRBRManifestation", (expression, component, ".xml"), markup, "clauseqa")


def actor(instrument: Instrument) -> str:
    """The body that adopts ``instrument``, as its id names it: ``itu-wtsa``."""
    return "itu" if instrument.body == NO_BODY else instrument.id.split("/")[0]


def lifecycle(meta: Element, events: Mapping[tuple[str, str], str], people: Mapping[str, str]) -> None:
    """When the changes with the eIds in ``events`` were made, by author and date."""
    if events:
        element = SubElement(meta, "lifecycle", _SOURCE)
        for (author, date), name in events.items():
            SubElement(
                element, "eventRef", {"eId": name, "date": date, "source": f"#{people[author]}", "type": "amendment"}
            )


def references(meta: Element, instrument: Instrument | None, people: Mapping[str, str]) -> None:
    """Who is referred to: this application, the adopting body and the authors of changes by their eIds."""
    element = SubElement(meta, "references", _SOURCE)
    _show(element, "TLCObject", "clauseqa", "object", "clauseqa")
    signs = {sign: name for name, sign in ADOPTING.items()}
    union = "International Telecommunication Union"
    body = signs.get(instrument.body, instrument.body) if instrument and instrument.body != NO_BODY else union
    _show(element, "TLCOrganization", actor(instrument) if instrument else "itu", "organization", body)
    for author, person in people.items():
        _show(element, "TLCPerson", person, "person", author)


def _show(parent: Element, tag: str, name: str, kind: str, shown: str) -> None:
    href = f"/akn/ontology/{kind}/un/{slug(shown) or name}"
    SubElement(parent, tag, {"eId": name, "href": href, "showAs": shown})


def proprietary(meta: Element, document: Document) -> Element:
    """What AKN has no place for: the document that was read, and whatever is put in besides."""
    own = SubElement(meta, "proprietary", _SOURCE)
    SubElement(own, "clauseqa:document", {"name": document.name, "sha256": document.sha256})
    return own
