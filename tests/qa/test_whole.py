"""Questions for all clauses of a kind: what falls to a body, what a draft changes, what a resolution cites."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.model import Corpus
from corpus.readable import readable
from index.store import Store
from qa.answer import Answerer
from qa.model import MAX_K, Answer, Question
from qa.register import RegisterQuery, look_up

Ask = Callable[..., Answer]


@pytest.fixture(scope="module")
def store(answerer: Answerer) -> Store:
    return answerer.bundle.store


def ids(answer: Answer) -> list[str]:
    return [e.clause.id for e in answer.evidence if e.supports_answer]


@pytest.mark.parametrize(
    ("question", "bearer", "resolution"),
    [
        ("What are the obligations of the Director of TSB?", "dir-tsb", None),
        ("What must the Secretary-General do?", "sg", None),
        ("list the tasks of TSAG under Resolution 18", "tsag", "18"),
        ("Which duties does the Director of BDT have according to WTDC Resolution 59?", "dir-bdt", "59"),
    ],
)
def test_what_falls_to_a_body_is_all_that_the_register_holds(
    ask: Ask, store: Store, question: str, bearer: str, resolution: str | None
) -> None:
    filters = {"bearer": (bearer,)} | ({"resolution": (resolution,)} if resolution else {})
    rows = look_up(store, RegisterQuery(filters=filters, limit=None)).rows
    answer = ask(question, k=MAX_K)
    assert set(ids(answer)) == {r.clause.id for r in rows if r.obligation.modality != "permission"}
    assert answer.text.startswith(f"{len(ids(answer))} clause")
    assert answer.confidence > 0.9


@pytest.mark.parametrize(
    ("question", "resolution"),
    [
        ("what does the lead Sector have to do?", None),
        ("What duties does Annex 2 of Resolution ITU-R 75 lay on the lead Sector?", "75"),
    ],
)
def test_what_falls_to_a_role_that_is_no_body_is_so_too(
    ask: Ask, store: Store, question: str, resolution: str | None
) -> None:
    filters = {"resolution": (resolution,)} if resolution else {}
    rows = look_up(store, RegisterQuery(filters=filters, limit=None)).rows
    phrases = [(r.clause.id, r.obligation.bearer_phrase) for r in rows if r.obligation.modality != "permission"]
    led = {clause for clause, phrase in phrases if phrase and phrase.text.lower() == "the lead sector"}
    answer = ask(question, k=MAX_K)
    assert set(ids(answer)) == led != set()
    assert "on what falls to the lead Sector" in answer.text


@pytest.mark.parametrize(
    ("question", "body"),
    [
        ("what does the draft add for the study groups?", "sgs"),
        ("which obligations does the draft add for the Secretary-General?", "sg"),
        ("what new tasks does the draft give the Secretary-General?", "sg"),
    ],
)
def test_of_what_a_draft_adds_the_duties_of_one_body(ask: Ask, store: Store, question: str, body: str) -> None:
    rows = look_up(store, RegisterQuery(filters={"bearer": (body,)}, limit=None)).rows
    added = {r.clause.id for r in rows if r.clause.status == "proposed"}
    assert added
    assert set(ids(ask(question, k=MAX_K))) == added


def test_of_a_draft_only_what_it_proposes(ask: Ask) -> None:
    answer = ask("List the obligations of the Secretary-General that are only proposed", k=MAX_K)
    assert answer.answered
    assert {e.status for e in answer.evidence if e.supports_answer} <= {"proposed", "uncertain"}


def test_what_is_in_force_comes_before_what_is_only_proposed_which_is_counted(ask: Ask) -> None:
    answer = ask("What are the obligations of the Director of TSB?", k=MAX_K)
    proposed = [e.status == "proposed" for e in answer.evidence if e.supports_answer]
    assert proposed == sorted(proposed)
    assert f", {sum(proposed)} of them only proposed:\n- " in answer.text


@pytest.mark.parametrize(
    ("question", "body", "keyword"),
    [
        ("What is TDAG invited to do?", "tdag", "invites"),
        ("What is the Director of BDT instructed to do?", "dir-bdt", "instructs"),
    ],
)
def test_what_a_body_is_instructed_to_do_stands_where_it_is_instructed(
    ask: Ask, store: Store, question: str, body: str, keyword: str
) -> None:
    rows = look_up(store, RegisterQuery(filters={"bearer": (body,)}, limit=None)).rows
    answer = ask(question, k=MAX_K)
    assert set(ids(answer)) == {r.clause.id for r in rows if r.clause.keyword == keyword}
    bearers = [len(r.obligation.bearer) for n in ids(answer)[:1] for r in rows if r.clause.id == n]
    assert min(bearers) == 1  # first what falls to it alone


def test_what_an_annex_says_is_all_that_stands_in_it(ask: Ask, corpus: Corpus) -> None:
    clauses = [c.id for c in corpus.clauses if c.reference.startswith("Annex A") and c.id.startswith("itu-wtsa")]
    for question in ("What is in Annex A of Resolution 18?", "Summarize Annex A of Resolution 18"):
        answer = ask(question, k=MAX_K)
        assert ids(answer) == clauses
        assert answer.text.startswith(f"{len(clauses)} clauses of Resolution 18")
    assert "; the first 3:" in ask("What is in Annex A of Resolution 18?", k=3).text


@pytest.mark.parametrize(
    ("question", "lead"),
    [
        ("What is TSAG?", "Telecommunication Standardization Advisory Group: Resolution ITU-R 75"),
        ("what is the full name of rag?", "Radiocommunication Advisory Group: "),
        ("What does CRS mean?", "Cognitive radio systems: "),
        ("what does iscg stand for?", "Inter-Sector Coordination Group on issues of mutual interest: "),
        # what a draft takes it for comes after what texts in force do
        ("What does ICG stand for?", "Inter-Sector coordination group or intersector correspondence groups: "),
    ],
)
def test_what_an_acronym_stands_for_is_told_by_the_texts_that_spell_it_out(ask: Ask, question: str, lead: str) -> None:
    answer = ask(question)
    assert answer.answered
    assert answer.text.startswith(lead)
    assert all("(" in e.words for e in answer.evidence if e.supports_answer)


def test_an_acronym_that_no_text_spells_out_is_refused(ask: Ask) -> None:
    assert not ask("What does NATO stand for?").answered


def test_an_annex_of_the_draft_is_that_of_no_other_resolution(ask: Ask) -> None:
    answer = ask("What does Annex 3 of the draft say?", k=MAX_K)
    assert {e.status for e in answer.evidence if e.supports_answer} == {"proposed"}


def test_how_many_there_are_is_said_even_where_not_all_are_shown(ask: Ask) -> None:
    shown = ask("What are the obligations of the Director of TSB?", k=3)
    whole = ask("What are the obligations of the Director of TSB?", k=MAX_K)
    assert len(ids(shown)) == 3
    assert shown.text.startswith(f"{len(ids(whole))} clauses of 4 resolutions on what falls to the Director of TSB")
    assert "; the first 3:\n- " in shown.text


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("What does the draft change in Resolution 191?", {"added", "amended"}),
        ("what is new in the proposed revision of Resolution 191?", {"added"}),
        ("Which clauses would the draft revision amend?", {"amended"}),
    ],
)
def test_what_a_draft_changes_is_all_that_it_changes(ask: Ask, corpus: Corpus, question: str, kinds: set[str]) -> None:
    added = {c.id for c in corpus.clauses if c.status == "proposed"}
    amended = {c.id for c in corpus.clauses if c.amended}
    expected = (added if "added" in kinds else set()) | (amended if "amended" in kinds else set())
    answer = ask(question, k=MAX_K)
    assert set(ids(answer)) == expected
    assert "the draft revision proposed for Doha, 2026 would" in answer.text


def test_what_no_draft_does_is_refused_and_said(ask: Ask) -> None:
    answer = ask("Which clauses would the draft delete?")
    assert not answer.answered
    assert answer.text.startswith("No clause was found that the draft revision proposed for Doha, 2026 would strike.")


def test_within_a_part_only_what_stands_there(ask: Ask) -> None:
    answer = ask("What does the draft add to Annex 3?", k=MAX_K)
    assert {e.clause.annex for e in answer.evidence if e.supports_answer} == {"3"}


def test_what_a_resolution_cites_is_every_clause_of_it_with_a_reference(ask: Ask, store: Store) -> None:
    answer = ask("Which resolutions are cited in Resolution 18?", k=MAX_K)
    citing = {
        clause.id
        for clause in store.select()
        if clause.instrument == "itu-wtsa/res-18/2024"
        and any(link.kind == "resolution" for link in store.links_from(clause.id))
    }
    assert set(ids(answer)) == citing


@pytest.mark.parametrize(
    "question",
    [
        "What must the Director of TSB report to TSAG?",
        "What must the Secretary-General do about overlapping functions?",
        "What would the draft change about regional offices?",
        "Must the Secretary-General report to the Council on anything?",
        "which resolutions on the standardization gap does Resolution 18 recall?",
    ],
)
def test_a_question_with_words_of_its_own_is_one_for_a_clause(ask: Ask, question: str) -> None:
    assert " on what falls to " not in ask(question).text
    assert " with references to " not in ask(question).text


@pytest.mark.parametrize(
    ("question", "body", "resolution"),
    [("Which clauses mention ISC-TF?", "isc-tf", ""), ("which clauses of Resolution 59 name TDAG?", "tdag", "59")],
)
def test_who_is_named_is_found_in_every_clause_that_names_them(
    ask: Ask, store: Store, question: str, body: str, resolution: str
) -> None:
    answer = ask(question, k=MAX_K)
    clauses = store.select()
    naming = {
        clauses[number].id
        for (number, _), mentioned in store.mentioned(range(len(clauses))).items()
        if body in mentioned.named and (not resolution or f"res-{resolution}/" in clauses[number].id)
    }
    assert set(ids(answer)) == naming


def test_words_are_found_in_every_clause_that_holds_them(ask: Ask, store: Store) -> None:
    answer = ask("Which clauses mention climate change?", k=MAX_K)
    assert set(ids(answer)) == {c.id for c in store.select() if "climate change" in readable(c.text)}
    assert answer.text.startswith("3 clauses of 2 resolutions mentioning climate change, 1 of them only proposed:")


def test_no_mark_or_quote_of_a_question_gets_into_an_answer(ask: Ask) -> None:
    text = ask("Which clauses mention []“climate *change*”[]?", k=1).text
    assert "mentioning climate change, 1 of them" in text


def test_words_that_stand_nowhere_are_searched_for_by_what_they_mean(ask: Ask) -> None:
    assert "mentioning" not in ask("Which clauses mention doing the same job twice?").text


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Does Resolution 59 mention climate change?", "Yes: Resolution 59"),
        ("Is ISCG mentioned in Resolution 59?", "Yes: "),
        ("Must the Secretary-General do anything?", "Yes: "),
        ("Does the draft change Resolution 191?", "Yes: "),
        ("Are there any obligations on Sector Members?", "No clause was found on what the Sector Members must do."),
        ("Does the draft delete anything?", "Yes: "),  # words
        ("Does the draft delete any clause?", "No clause was found that the draft revision proposed for Doha, 2026"),
        ("Must Member States do anything?", "No clause was found on what the Member States must do."),
        ("What must the Director of BR not do?", "No clause was found on what the Director of BR must not do."),
    ],
)
def test_whether_there_are_any_is_yes_where_there_are_some_and_refused_where_none_is(
    ask: Ask, question: str, first: str
) -> None:
    assert ask(question).text.startswith(first)


def test_filters_hold_here_too(answerer: Answerer) -> None:
    answer = answerer.ask(Question("What must TSAG do?", MAX_K, {"resolution": ("18",)}))
    assert {e.clause.instrument for e in answer.evidence} == {"itu-wtsa/res-18/2024"}


@pytest.mark.parametrize(
    "question",
    [
        "What is Resolution 59 about?",
        "Who adopted Resolution 59?",
        "When was Resolution 59 last revised?",
        "Is Resolution 59 in force?",
        "Resolution 59",
        "who drafted Resolution 59?",
    ],
)
def test_of_a_resolution_as_a_whole_its_heading_is_told_which_is_no_clause(ask: Ask, question: str) -> None:
    answer = ask(question)
    assert not answer.answered
    told = "By its heading, this is Resolution 59 (Rev. Baku, 2025) of WTDC, in force, “Strengthening coordination"
    assert answer.text.startswith(told)
    assert "nearest" not in answer.text


def test_that_a_draft_of_it_is_only_proposed_is_told_too(ask: Ask) -> None:
    answer = ask("Is the draft revision of Resolution 191 in force?")
    assert "of PP, in force (a draft revision is proposed for Doha, 2026), “Strategy" in answer.text
