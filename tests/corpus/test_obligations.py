"""Obligations, read from made-up resolutions of several bodies and from the compilation."""

from __future__ import annotations

import pytest

from corpus.model import Corpus, Obligation, Phrase, Span
from corpus.obligations import clause_obligations, find_obligations
from corpus.parse import parse_document
from corpus.readers.text import document_from
from corpus.readings import read_span

TITLE = """RESOLUTION 999 (Rev. Atlantis, 2031)
Bicycles for all
The {body} (Atlantis, 2031),
considering
a)	that bicycles shall be round;
"""
PP = "Plenipotentiary Conference of the International Telecommunication Union"
WTSA = "World Telecommunication Standardization Assembly"
WTDC = "World Telecommunication Development Conference"


def read(text: str, body: str = PP) -> tuple[Obligation, ...]:
    return find_obligations(parse_document(document_from((TITLE.format(body=body) + text).encode(), "made-up.txt"), {}))


def only(text: str, body: str = PP) -> Obligation:
    (obligation,) = read(text, body)
    return obligation


def words(phrase: Phrase | None) -> str | None:
    return phrase.text if phrase else None


def test_an_instruction_says_who_reports_what_to_whom_and_how_often() -> None:
    found = only("instructs the Director of the Telecommunication Standardization Bureau\n"
                 "1\tto submit to TSAG, as appropriate, an annual report on bicycles;\n", WTSA)  # fmt: skip
    assert (found.modality, found.bearer, found.recipient) == ("obligation", ("dir-tsb",), ("tsag",))
    assert words(found.bearer_phrase) == "the Director of the Telecommunication Standardization Bureau"
    assert words(found.action) == "submit to TSAG, as appropriate, an annual report on bicycles"
    assert words(found.object) == "an annual report on bicycles"
    assert (found.frequency, words(found.frequency_phrase)) == ("annual", "annual")
    assert [c.text for c in found.condition] == ["as appropriate"]


def test_a_report_to_the_next_conference_has_a_recipient_and_a_deadline() -> None:
    found = only("instructs the Secretary-General\nto report on bicycles to the next plenipotentiary conference,\n")
    assert (found.recipient, words(found.deadline)) == (("pp",), "the next plenipotentiary conference")
    assert found.object is None


@pytest.mark.parametrize(
    ("heading", "modality"),
    [
        ("instructs the Council", "obligation"),
        ("requests the Council", "obligation"),
        ("invites the Council", "recommendation"),
        ("encourages the Council", "recommendation"),
        ("urges the Council", "recommendation"),
        ("authorizes the Council", "permission"),
    ],
)
def test_the_keyword_decides_before_the_verb(heading: str, modality: str) -> None:
    found = only(f"{heading}\nto consider bicycles,\n")
    assert (found.modality, found.bearer) == (modality, ("council",))


@pytest.mark.parametrize(
    ("clause", "modality", "bearer"),
    [
        ("that Member States shall ride", "obligation", ("member-states",)),
        ("that Member States must ride", "obligation", ("member-states",)),
        ("that Member States are to ride", "obligation", ("member-states",)),
        ("that Member States should ride", "recommendation", ("member-states",)),
        ("that Member States may ride", "permission", ("member-states",)),
        ("that Member States shall not ride", "prohibition", ("member-states",)),
        ("that Member States may not ride", "prohibition", ("member-states",)),
        ("that Member States should be urged to ride", "recommendation", ("member-states",)),
        ("that the Council be instructed to ride", "obligation", ("council",)),
        ("that TSAG continue to ride", "obligation", ("tsag",)),
        ("to continue to ride", "obligation", ("pp",)),
        ("to instruct the Secretary-General to ride", "obligation", ("sg",)),
        ("to invite Sector Members to ride", "recommendation", ("sector-members",)),
    ],
)
def test_under_resolves_the_verb_decides(clause: str, modality: str, bearer: tuple[str, ...]) -> None:
    found = only(f"resolves\n1\t{clause};\n")
    assert (found.modality, found.bearer) == (modality, bearer)
    assert words(found.action) in ("ride", "continue to ride")


@pytest.mark.parametrize(
    "clause",
    [
        "that it is crucial that all Sectors ride",
        "that bicycles are a matter for ITU-R",
        "that bicycles, which may be used by Member States, are round",
    ],
)
def test_a_statement_of_fact_obliges_nobody(clause: str) -> None:
    assert read(f"resolves\n1\t{clause};\n") == ()


def test_recitals_oblige_nobody() -> None:
    assert {o.clause.rpartition("/")[2] for o in read("resolves\n1\tto ride;\n")} == {"resolves__para_1"}


def test_every_predicate_with_an_object_of_its_own_is_an_obligation() -> None:
    found = read(
        "instructs the Council\n1\tto identify gaps in order to close them, and propose bicycles to fill them;\n"
    )
    assert [words(o.action) for o in found] == ["identify gaps in order to close them", "propose bicycles to fill them"]
    assert {o.bearer for o in found} == {("council",)}


@pytest.mark.parametrize(
    "action",
    [
        "share and implement the projects",
        "contribute to and participate in the work of TSAG",
        "collaborate with cities so as to avoid accidents and make use of results",
        "report to TSAG, including taking part in groups, paying attention to lights",
    ],
)
def test_two_verbs_of_one_object_purposes_and_participles_are_one_obligation(action: str) -> None:
    assert words(only(f"instructs the Director of TSB\n1\tto {action};\n").action) == action


def test_each_half_of_a_clause_has_its_own_bearer_and_modality() -> None:
    first, second = read("resolves\n1\tthat the Council shall ride, and that TSAG should walk with it;\n")
    assert (first.bearer, first.modality, words(first.action)) == (("council",), "obligation", "ride")
    assert (second.bearer, second.modality, words(second.action)) == (("tsag",), "recommendation", "walk with it")


def test_in_the_passive_the_agent_bears_it_and_the_subject_is_the_object() -> None:
    found = only("resolves\n1\tthat a report shall be submitted by the Directors of the Bureaux to the Council;\n")
    assert (found.bearer, found.recipient, words(found.object)) == (("directors",), ("council",), "a report")
    nobody = only("resolves\n1\tthat a report shall be presented to the Council;\n")
    assert (nobody.bearer, nobody.bearer_phrase, words(nobody.object)) == ((), None, "a report")


def test_a_group_that_is_regulated_bears_it() -> None:
    found = only("resolves\n1\tthat ISCG shall be composed of representatives of the Sectors;\n")
    assert (found.bearer, found.object) == (("iscg",), None)


def test_an_actor_outside_the_list_is_named_in_words() -> None:
    found = only("resolves\n1\tthat experts of both Sectors should assist developing countries;\n")
    assert (found.bearer, words(found.bearer_phrase)) == ((), "experts of both Sectors")
    assert (found.recipient, words(found.recipient_phrase)) == ((), "developing countries")


def test_a_nested_item_takes_bearer_force_and_condition_from_its_lead_in() -> None:
    found = read(
        "resolves\n1\tthat, if resources permit, the Council should:\na)\treview bicycles;\nb)\tinform TDAG of them;\n"
    )
    assert [words(o.action) for o in found] == ["review bicycles", "inform TDAG of them"]
    assert {(o.bearer, o.modality, o.condition[0].text) for o in found} == {
        (("council",), "recommendation", "if resources permit")
    }
    assert found[1].recipient == ("tdag",)


def test_a_lead_in_whose_items_say_nothing_of_their_own_speaks_for_them() -> None:
    found = only("instructs the Council\n1\tto review the following:\na)\tbicycles;\nb)\troads;\n")
    assert found.clause.endswith("instructs_council__para_1")


@pytest.mark.parametrize(
    ("body", "phrase", "bearer"),
    [
        (WTSA, "the Directors of the other two Bureaux", ("dir-br", "dir-bdt")),
        (WTDC, "the Directors of the other two Bureaux", ("dir-br", "dir-tsb")),
        (PP, "the Directors of BR and BDT", ("dir-br", "dir-bdt")),
        (PP, "the Directors of the three Bureaux", ("directors",)),
        (WTSA, "this assembly", ("wtsa",)),
        (WTDC, "its Director", ("dir-bdt",)),
        (PP, "RAG, TSAG and TDAG", ("rag", "tsag", "tdag")),
        (PP, "the Radiocommunication and Telecommunication Standardization Advisory Groups", ("rag", "tsag")),
        (PP, "the Director of TSB, assisted by the ITU-T study groups,", ("dir-tsb",)),
    ],
)
def test_names_are_resolved_from_the_body_that_speaks(body: str, phrase: str, bearer: tuple[str, ...]) -> None:
    found = only(f"resolves\n1\tthat {phrase} shall ride;\n", body)
    assert found.bearer == bearer
    assert words(found.bearer_phrase) == phrase.partition(", assisted")[0]


def test_the_addressee_may_stand_in_the_item() -> None:
    found = only("invites\n1\tthe Directors of the Bureaux and ISC-TF to report to ISCG on bicycles;\n")
    assert (found.modality, found.bearer, found.recipient) == ("recommendation", ("directors", "isc-tf"), ("iscg",))


def test_the_general_assembly_speaks_of_its_own_secretary_general() -> None:
    text = """RESOLUTION 86/150
Bicycles for sustainable development
The General Assembly,
1. Notes with appreciation that bicycles shall be round;
2. Requests the Secretary-General to submit to the General Assembly at its ninetieth session a report on bicycles;
"""
    (found,) = find_obligations(parse_document(document_from(text.encode(), "ga.txt"), {}))
    assert (found.bearer, found.recipient, words(found.object)) == (("unsg",), ("unga",), "a report on bicycles")
    assert words(found.deadline) == "its ninetieth session"


def test_each_version_of_an_amended_clause_is_read_on_its_own(corpus: Corpus) -> None:
    amended = {clause.id for clause in corpus.clauses if clause.amended}
    for obligation in find_obligations(corpus):
        if obligation.clause not in amended:
            clause = next(c for c in corpus.clauses if c.id == obligation.clause)
            assert obligation.version == clause.versions[0]


def test_a_clause_is_read_alone_as_with_its_resolution(corpus: Corpus) -> None:
    whole = find_obligations(corpus)
    clause = next(c for c in corpus.clauses if c.reference.startswith("instructs 2 of Resolution 18"))
    alone = clause_obligations(clause, corpus.instrument_of(clause), corpus.document)
    assert alone == tuple(o for o in whole if o.clause == clause.id) != ()


def test_every_phrase_stands_in_the_clause_its_heading_or_its_lead_in(corpus: Corpus) -> None:
    clauses = {clause.id: clause for clause in corpus.clauses}
    for obligation in find_obligations(corpus):
        clause = clauses[obligation.clause]
        assert clause.part in ("operative", "annex")
        leads = [c for c in corpus.clauses if c.span in clause.lead_in_spans]
        pieces = [*clause.pieces(obligation.version), clause.heading_span, *clause.lead_in_spans]
        pieces += [piece for lead in leads for piece in lead.pieces(obligation.version)]
        assert obligation.quote in clause.pieces(obligation.version)
        for phrase in phrases(obligation):
            inside = [Span(max(a, phrase.span.start), min(b, phrase.span.end)) for a, b in pieces]
            readings = {read_span(corpus.document.text, [span]).text for span in inside if span.start < span.end}
            whole = [span for span in clause.pieces(obligation.version) if span.start < phrase.span.end]
            cut = [Span(max(a, phrase.span.start), min(b, phrase.span.end)) for a, b in whole]
            readings.add(read_span(corpus.document.text, [s for s in cut if s.start < s.end]).text)
            assert phrase.text in readings


def phrases(obligation: Obligation) -> list[Phrase]:
    fields = ("action", "bearer_phrase", "object", "recipient_phrase", "frequency_phrase", "deadline")
    return [p for name in fields if (p := getattr(obligation, name))] + list(obligation.condition)


def test_what_is_needed_obliges_nobody() -> None:
    assert read("resolves\n1\tthat the Sectors need to consider bicycles;\n") == ()


def test_who_is_only_helped_by_the_purpose_of_a_gift_is_no_recipient() -> None:
    found = only("instructs the Council\n1\tto support riders by providing experts to assist Member States;\n")
    assert (found.recipient, found.recipient_phrase) == ((), None)


def test_sectors_that_take_part_are_named_in_words_not_as_all_three() -> None:
    found = only("resolves\n1\tthat the report shall be submitted by the Council to the participating Sectors;\n")
    assert (found.bearer, found.recipient, words(found.recipient_phrase)) == (
        ("council",),
        (),
        "the participating Sectors",
    )
