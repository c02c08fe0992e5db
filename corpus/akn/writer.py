"""Akoma Ntoso 3.0 out, as AKN4UN writes resolutions (pure).

A resolution is a ``<statement>``: recitals in its preamble, a container for each operative section, annexes attached.
Several are a ``<documentCollection>`` that refers to the statements beside it. An ``eId`` is a clause's id below its
instrument. What AKN has no place for stands in ``<proprietary>`` metadata and attributes of our own namespace: the
document that was read, rows and columns of a comparison table, and what the versions of a draft rest on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from corpus.akn.lines import Marked, Sheet, read_sheets
from corpus.akn.meta import (
    AKN,
    OWN,
    collection_identification,
    identification,
    lifecycle,
    proprietary,
    references,
    work,
)  # fmt: skip
from corpus.akn.tree import OF_WORDS, Tree
from corpus.akn.words import Reference, Words
from corpus.citing.mentions import find_resolutions
from corpus.eids import slug
from corpus.links import find_links
from corpus.model import NO_BODY, Clause, Corpus, Line, Span
from corpus.relations import Link
from corpus.titles import instrument_id

_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold


def write_akn(corpus: Corpus, links: Sequence[Link] | None = None) -> str:
    """``corpus`` as one XML document; ``links`` are its references, by default those found in it."""
    root = Element("akomaNtoso", {"xmlns": AKN, "xmlns:clauseqa": OWN})
    before, sheets = read_sheets(corpus)
    known = find_links((corpus,)) if links is None else links
    if len(sheets) == 1:
        root.append(_document(corpus, sheets[0], known, before))
    else:
        root.append(_collection(corpus, sheets, before))
        components = SubElement(root, "components")
        for sheet in sheets:
            SubElement(components, "component").append(_document(corpus, sheet, known))
    _indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{_FORBIDDEN.sub("", tostring(root, "unicode"))}\n'


def _indent(element: Element, depth: int = 0) -> None:
    """Put every element on a line of its own, where no words are beside it."""
    if element.tag in OF_WORDS or not len(element):
        return
    gap = "\n" + "  " * (depth + 1)
    element.text = gap
    for child in element:
        _indent(child, depth + 1)
        child.tail = gap
    element[-1].tail = gap[:-2]


def _document(corpus: Corpus, sheet: Sheet, links: Iterable[Link], before: Sequence[Line] = ()) -> Element:
    """One instrument; ``before`` are lines that stand before its title."""
    instrument = sheet.instrument
    clauses = [clause for clause in corpus.clauses if clause.instrument == instrument.id]
    footnotes = [clause for clause in corpus.footnotes if clause.instrument == instrument.id]
    words = Words(Marked(corpus.document), _references(corpus, links, (*clauses, *footnotes)), footnotes)
    tree = Tree(words, (*clauses, *footnotes))
    for part in sheet.parts:
        tree.add(part)
    passages = instrument.body == NO_BODY
    document = Element("doc" if passages else "statement", {"name": "text" if passages else "resolution"})
    if any(clause.changes for clause in clauses):
        document.set("contains", "multipleVersions")
    meta = SubElement(document, "meta")
    if before:
        SubElement(document, "coverPage").extend(_lines(words, before))
    for name, nodes in (("preface", tree.preface), ("preamble", tree.preamble)):
        if nodes:
            SubElement(document, name).extend(node.element() for node in nodes)
    SubElement(document, "mainBody").extend([node.element() for node in tree.body] or [Element("p")])
    if tree.annexes:
        attachments = SubElement(document, "attachments")
        for annex in tree.annexes:
            attachments.append(attachment := annex.node.element())
            inner = SubElement(attachment, "doc", {"name": "annex"})
            SubElement(inner, "meta").append(identification(instrument, annex.node.attributes["eId"]))
            inside = [node.element(annex.node.row) for node in annex.body]
            SubElement(inner, "mainBody").extend(inside or [Element("p")])
    meta.append(identification(instrument, "main"))
    lifecycle(meta, words.events, words.people)
    references(meta, instrument, words.people)
    own = proprietary(meta, corpus.document)
    if sheet.table:
        SubElement(own, "clauseqa:column", {"number": str(instrument.column)})
    own.extend(_grounds(corpus, tree))
    return document


def _lines(words: Words, lines: Iterable[Line]) -> Iterator[Element]:
    for line in lines:
        yield words.write(Element("p"), (Span(line.start, line.start + len(line.text)),))


def _grounds(corpus: Corpus, tree: Tree) -> Iterator[Element]:
    """What the versions of clauses rest on, where the document does not record its changes."""
    known = corpus.document.grounds
    for node in tree.nodes():
        clause, place = node.clause, node.attributes.get("eId")
        if clause and place and any(n in known for n in range(clause.line_start, clause.line_end + 1)):
            ground = Element("clauseqa:ground", {"href": f"#{place}"})
            ground.set("settled", "false" if clause.status == "uncertain" else "true")
            if clause.confidence:
                ground.set("confidence", clause.confidence)
            ground.text = clause.evidence
            yield ground


def _collection(corpus: Corpus, sheets: Sequence[Sheet], before: Sequence[Line]) -> Element:
    """What holds several instruments together."""
    collection = Element("documentCollection", {"name": "compilation"})
    meta = SubElement(collection, "meta")
    meta.append(collection_identification(corpus.document.name))
    references(meta, None, {})
    own = proprietary(meta, corpus.document)
    if sheets[0].table:
        SubElement(own, "clauseqa:table", {"columns": str(max(sheet.instrument.column for sheet in sheets))})
    if before:
        SubElement(collection, "preface").extend(_lines(Words(Marked(corpus.document), (), ()), before))
    body = SubElement(collection, "collectionBody")
    for n, sheet in enumerate(sheets, 1):
        component = SubElement(body, "component", {"eId": f"cmp_{n}"})
        href = f"{work(sheet.instrument.id)}/!main"
        SubElement(component, "documentRef", {"href": href, "showAs": sheet.instrument.name})
    return collection


def _references(corpus: Corpus, links: Iterable[Link], clauses: Iterable[Clause]) -> Iterator[Reference]:
    """The links that ``clauses`` make; where one version's leads nowhere, the other's goes first."""
    own = {clause.id: clause.instrument for clause in clauses}
    homes = {clause.id: clause.instrument for clause in (*corpus.clauses, *corpus.footnotes)}
    for link in sorted(links, key=lambda link: link.state == "dangling"):
        if link.clause in own:
            attributes = {"href": _href(link, own[link.clause], homes)}
            if link.state == "dangling":
                attributes["status"] = "undefined"
            if link.state in ("dangling", "stale") and link.note:
                attributes["title"] = link.note
            yield Reference(link.span, attributes)


def _href(link: Link, home: str, homes: Mapping[str, str]) -> str:
    """Where ``link`` leads: a place in its own document, one in another, a resolution, or the name of anything else."""
    if link.targets and (instrument := homes.get(link.targets[0])):
        place = link.targets[0].removeprefix(f"{instrument}/")
        return f"#{place}" if instrument == home else f"{work(instrument)}/!main#{place}"
    if link.instrument:
        return work(link.instrument)
    if named := find_resolutions(link.cited):
        cited = named[0].citation
        return work(instrument_id(cited.body, cited.number or "", cited.revision))
    return f"/akn/ontology/reference/un/{slug(link.cited)}"
