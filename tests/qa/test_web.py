"""What the pages are made of, without a browser: marks in a text, the source around a clause, citations, addresses."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.model import Corpus, Span
from qa.answer import Answerer
from qa.api.listing import ClauseItem, InstrumentItem
from qa.api.schemas import AskResponse
from qa.model import Question
from qa.register import RegisterQuery, facets, look_up
from qa.web.cite import as_bibtex, as_csl, entry_of
from qa.web.links import address, having, pairs_of, toggled
from qa.web.marked import Mark, runs
from qa.web.source import AROUND, source_view
from qa.web.words import answer_bits, percent, read_as

RES_18 = "itu-wtsa/res-18/2024"
TSAG = f"{RES_18}/instructs__para_2"
AMENDED = "itu-pp/res-191/2022/noting__para_e"

spans = st.tuples(st.integers(-5, 60), st.integers(-5, 60)).map(lambda pair: Span(min(pair), max(pair)))


class TestMarks:
    @given(st.text(max_size=40), st.integers(0, 20), st.lists(st.builds(Mark, st.sampled_from("ab"), spans)))
    def test_no_letter_is_lost_and_each_carries_the_marks_that_cover_it(
        self, text: str, start: int, marks: list[Mark]
    ) -> None:
        found = runs(text, start, marks)
        assert "".join(run.text for run in found) == text
        at = start
        for run in found:
            for place in range(at, at + len(run.text)):
                assert run.kinds == {kind for kind, span in marks if span.start <= place < span.end}
            at += len(run.text)


class TestSource:
    @pytest.mark.parametrize("clause_id", [TSAG, AMENDED, f"{RES_18}/resolves__para_2__para_i"])
    def test_the_lines_are_the_documents_and_the_quote_is_marked_to_the_letter(
        self, corpus: Corpus, source_text: str, clause_id: str
    ) -> None:
        clause = next(c for c in corpus.clauses if c.id == clause_id)
        own = [c for c in corpus.clauses if c.instrument == clause.instrument]
        view = source_view(source_text, own, clause, clause.span)
        lines = source_text.split("\n")
        for line in (line for cell in view.cells for line in cell.lines):
            assert "".join(run.text for run in line.runs) == lines[line.number - 1].removeprefix("\t")
        quoted = [run.text for cell in view.cells for line in cell.lines for run in line.runs if "quote" in run.kinds]
        assert "".join(quoted) == clause.text.replace("\n", "")
        (first,) = [line for cell in view.cells for line in cell.lines if line.quoted]
        assert first.number == clause.line_start

    def test_words_of_either_version_are_told_apart(self, corpus: Corpus, source_text: str) -> None:
        clause = next(c for c in corpus.clauses if c.id == AMENDED)
        view = source_view(source_text, [clause], clause, clause.span)
        shown = {
            kind: [r.text for c in view.cells for line in c.lines for r in line.runs if kind in r.kinds]
            for kind in ("inserted", "deleted")
        }
        assert shown == {"inserted": ["Baku", "2025"], "deleted": ["Kigali", "2022"]}

    def test_of_a_long_document_only_the_surroundings_are_shown(self, corpus: Corpus) -> None:
        base = corpus.clauses[0]
        text = "\n".join(f"line {n}" for n in range(10_000))
        start = text.index("line 5000")
        clause = replace(
            base, text="line 5000", span=Span(start, start + 9), line_start=5001, line_end=5001, changes=()
        )
        view = source_view(text, [clause], clause, clause.span)
        numbers = [line.number for cell in view.cells for line in cell.lines]
        assert (numbers[0], numbers[-1]) == (5001 - AROUND, 5000 + AROUND)
        assert view.above + len(numbers) + view.below == 10_000

    def test_every_clause_and_footnote_has_its_place(self, answerer: Answerer, source_text: str) -> None:
        store = answerer.bundle.store
        clauses = store.select()
        for clause in clauses[::7]:
            own = [c for c in clauses if c.instrument == clause.instrument]
            view = source_view(source_text, own, clause, clause.span)
            quoted = [r.text for cell in view.cells for line in cell.lines for r in line.runs if "quote" in r.kinds]
            assert "".join(quoted) == clause.text.replace("\n", ""), clause.id


class TestCitations:
    @pytest.fixture
    def item(self, corpus: Corpus) -> tuple[ClauseItem, InstrumentItem]:
        clause = next(c for c in corpus.clauses if c.id == TSAG)
        home = corpus.instrument_of(clause)
        return ClauseItem.of(clause, home, corpus.document.sha256), InstrumentItem.of(home)

    def test_csl_json_names_body_resolution_year_and_place(self, item: tuple[ClauseItem, InstrumentItem]) -> None:
        (entry,) = json.loads(as_csl(entry_of(*item, "https://example.org/c")))
        assert entry["authority"] == "World Telecommunication Standardization Assembly"
        assert (entry["number"], entry["section"], entry["URL"]) == ("18", "instructs 2", "https://example.org/c")
        assert entry["issued"] == {"date-parts": [[2024]]}
        assert entry["title"].startswith("Resolution 18 (Rev. New Delhi, 2024): ")
        assert "status" not in entry

    def test_bibtex_escapes_what_would_break_it(self, item: tuple[ClauseItem, InstrumentItem]) -> None:
        clause, instrument = item
        wild = instrument.model_copy(update={"title": r"50% of {R&D} costs #1_a \b ~ ^"})
        found = as_bibtex(entry_of(clause, wild, "u"))
        assert r"50\% of \{R\&D\} costs \#1\_a \textbackslash{}b \textasciitilde{} \textasciicircum{}" in found
        assert found.startswith("@misc{itu-wtsa:res-18:2024:instructs__para_2,\n")

    def test_a_proposal_says_that_it_is_one(self, item: tuple[ClauseItem, InstrumentItem]) -> None:
        clause, instrument = item
        proposal = clause.model_copy(update={"status": "proposed"})
        assert "note = {instructs 2, proposed, not in force}" in as_bibtex(entry_of(proposal, instrument, "u"))
        assert json.loads(as_csl(entry_of(proposal, instrument, "u")))[0]["status"] == "proposed, not in force"


class TestAddresses:
    def test_values_are_escaped(self) -> None:
        assert address("/", pairs_of({"q": "a&b=c #d?", "part": ["x y"]})) == "/?q=a%26b%3Dc%20%23d%3F&part=x%20y"

    def test_a_lone_surrogate_does_no_harm(self) -> None:
        assert address("/", (("q", "a\ud800"),)) == "/?q=a%3F"

    def test_a_value_is_put_in_and_taken_out(self) -> None:
        pairs = pairs_of({"part": ["annex"], "sort": "bearer"})
        assert toggled(toggled(pairs, "part", "operative"), "part", "operative") == pairs
        assert having(pairs, "part", "operative") == (("sort", "bearer"), ("part", "operative"))
        assert having(pairs, "part") == (("sort", "bearer"),)


class TestWords:
    def test_marks_of_citations_become_links_and_no_letter_is_lost(self, answerer: Answerer) -> None:
        answer = AskResponse.of(answerer.ask(Question("who reports annually to TSAG?")))
        bits = answer_bits(answer)
        assert "".join(bit.text for bit in bits) == answer.answer
        assert [bit.cites for bit in bits if bit.cites] == [1]
        odd = answer.model_copy(update={"answer": "see [0], [99] and [2]"})
        assert [(bit.text, bit.cites) for bit in answer_bits(odd)] == [("see [0], [99] and ", None), ("[2]", 2)]

    def test_a_follow_up_is_shown_in_full_and_a_plain_question_is_not(self, answerer: Answerer) -> None:
        def shown(text: str, *before: str) -> dict[str, str]:
            asked = AskResponse.of(answerer.ask(Question(text, before=before)))
            return dict(read_as(asked.interpretation, text))

        plain = shown("who reports annually to TSAG?")
        assert plain["towards"] == "TSAG"
        assert "in full" not in plain
        assert shown("and to TDAG?", "who reports annually to TSAG?")["in full"] == "who reports annually to TDAG?"
        assert shown("who reprots annually to TSAG?")["spelling"] == "reprots → reports"

    def test_only_what_is_whole_is_called_so(self) -> None:
        assert [percent(share) for share in (0.0, 0.29, 0.996, 1.0)] == ["0%", "29%", "99%", "100%"]


class TestFacets:
    @pytest.mark.parametrize(
        "query",
        [
            RegisterQuery(),
            RegisterQuery(filters={"bearer": ("tsag",)}),
            RegisterQuery(text="report", version="in_force"),
        ],
    )
    def test_a_count_is_what_choosing_the_value_finds(self, answerer: Answerer, query: RegisterQuery) -> None:
        store = answerer.bundle.store
        for name, counts in facets(store, query).items():
            assert list(counts.values()) == sorted(counts.values(), reverse=True)
            for value, count in counts.items():
                chosen = (
                    replace(query, version="in_force" if value == "in_force" else "proposed")
                    if name == "version"
                    else replace(query, filters={**query.filters, name: (value,)})
                )
                assert look_up(store, chosen).total == count > 0
