"""Resolutions of other shapes, and texts that are none."""

from __future__ import annotations

import pytest

from corpus.keywords import match_opening
from corpus.model import Clause, Corpus
from corpus.parse import parse_document
from corpus.readable import readable
from corpus.readers.text import document_from
from corpus.references import parse_reference, resolve

UNITED_NATIONS = """Resolution adopted by the General Assembly on 14 December 2031

[on the report of the Second Committee (A/86/443/Add.1, para. 13)]

86/150. Bicycles for sustainable development

The General Assembly,

Recalling its resolutions 65/183 of 21 December 2010 and 66/238, as well as other relevant resolutions,

Noting with deep concern that a gap remains,

Deeply concerned about flat tyres,

1. Recognizes that bicycles present new opportunities;

2. Requests the Secretary-General to submit to the General Assembly at its eighty-seventh session a report on:

(a) progress made;

(b) remaining gaps;

3. Strongly urges Member States, in cooperation with cities, to continue to support riders;

4. Also requests the Secretary-General to convene a forum every year;

5. Decides to include the item entitled "Bicycles" in the provisional agenda.
"""


def parsed(text: str, name: str = "source.txt") -> Corpus:
    return parse_document(document_from(text.encode(), name), {})


def shown(clause: Clause) -> str:
    return f"{clause.part} | {clause.reference.partition(' of Resolution')[0]} | {readable(clause.text)}"


def test_a_resolution_of_the_united_nations_is_read() -> None:
    corpus = parsed(UNITED_NATIONS)
    (instrument,) = corpus.instruments
    assert (instrument.id, instrument.name) == ("un-unga/res-86-150/2031", "Resolution 86/150 (2031)")
    assert instrument.title == "Bicycles for sustainable development"
    assert [shown(c) for c in corpus.clauses] == [
        "preamble | recalling | its resolutions 65/183 of 21 December 2010 and 66/238, as well as other relevant "
        "resolutions",
        "preamble | noting with deep concern | that a gap remains",
        "preamble | deeply concerned | about flat tyres",
        "operative | recognizes 1 | that bicycles present new opportunities",
        "operative | requests the Secretary-General 2 | to submit to the General Assembly at its eighty-seventh "
        "session a report on:",
        "operative | requests the Secretary-General 2 a) | progress made",
        "operative | requests the Secretary-General 2 b) | remaining gaps",
        "operative | strongly urges Member States, in cooperation with cities, 3 | to continue to support riders",
        "operative | also requests the Secretary-General 4 | to convene a forum every year",
        'operative | decides 5 | to include the item entitled "Bicycles" in the provisional agenda.',
    ]


def test_its_references_lead_back_to_its_clauses() -> None:
    corpus = parsed(UNITED_NATIONS)
    for clause in corpus.clauses:
        citation = parse_reference(clause.reference)
        assert citation is not None, clause.reference
        assert resolve(citation, corpus.clauses, corpus.instruments)[0][0] is clause, clause.reference


@pytest.mark.parametrize(
    "line",
    [
        "that, recalling Resolution 5, it is agreed;",
        "invites the Council",
        "Recalling",
        "Requestsbox is a company.",
        "The Secretary-General requests help.",
        "1\tRequests",
    ],
)
def test_other_lines_open_no_section(line: str) -> None:
    assert match_opening(line) is None


def test_several_resolutions_of_the_united_nations_in_one_file_stay_apart() -> None:
    corpus = parsed(UNITED_NATIONS + UNITED_NATIONS.replace("86/150", "86/151"))
    assert [i.number for i in corpus.instruments] == ["86/150", "86/151"]
    assert {c.instrument for c in corpus.clauses} == {i.id for i in corpus.instruments}


LETTER = """Annual report of the Bureau

Introduction

This report covers the year 2031. It was written
by the secretariat.

It is short.

Outlook

Next year will be better.
"""


def test_a_text_without_resolutions_becomes_passages_placed_by_heading_and_paragraph() -> None:
    corpus = parsed(LETTER, "report.txt")
    assert [(c.part, c.reference, c.heading, readable(c.text)) for c in corpus.clauses] == [
        (
            "passage",
            "section 1, paragraph 1 of report.txt",
            "Introduction",
            "This report covers the year 2031. It was written by the secretariat.",
        ),
        ("passage", "section 1, paragraph 2 of report.txt", "Introduction", "It is short."),
        ("passage", "section 2 of report.txt", "Outlook", "Next year will be better."),
    ]
    assert corpus.instruments[0].title == "Annual report of the Bureau"
    assert any("no resolution was found" in r.message for r in corpus.remarks)


def test_every_passage_is_verbatim() -> None:
    corpus = parsed(LETTER)
    assert all(corpus.document.at(c.span) == c.text for c in corpus.clauses)


def test_a_list_without_a_resolutions_heading_is_text_too() -> None:
    assert [c.part for c in parsed("resolves\n1\tto ride.\n").clauses] == ["passage"]
