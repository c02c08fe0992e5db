"""Comparing: what stands side by side, what is parallel to a clause, and what the other resolutions lack."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.errors import QueryError, UnknownClause, UnknownFilter
from corpus.model import Clause, Corpus
from corpus.parallels import align
from corpus.parse import parse_document
from corpus.readable import readable
from corpus.readers.text import document_from
from qa.cli import main
from qa.compare import CompareQuery, Comparison, Lacked, Matches, Rows, amended
from qa.compare_text import Screen, show_comparison

REPORT = "instructs 2 of Resolution 18 (Rev. New Delhi, 2024)"
TABLE = """\tRESOLUTION 1 (Rev. Geneva, 2024)
On lamps
The World Telecommunication Standardization Assembly (Geneva, 2024),
\tRESOLUTION 2 (Rev. Kigali, 2022)
On lights
The World Telecommunication Development Conference (Kigali, 2022),
\tresolves
1\tto light all coasts with electric lamps;
2\tto count the ships that pass at night;
3\tto paint every harbour white
\tresolves
1\tto count all the ships that pass at night;
2\tto feed seagulls
\tinstructs the Director of TSB
1\tto publish a list of sailors every spring
\tinstructs the Director of BDT
1\tto light all coasts with gas lamps
"""

Get = Callable[..., dict[str, Any]]


def comparison(*corpora: Corpus) -> Comparison:
    clauses = [c for corpus in corpora for c in corpus.clauses]
    homes = {i.id: i for corpus in corpora for i in corpus.instruments}
    return Comparison(clauses, homes, align(corpora))


def parsed(text: str, name: str) -> Corpus:
    return parse_document(document_from(text.encode(), name))


@pytest.fixture(scope="module")
def lamps() -> Comparison:
    return comparison(parsed(TABLE, "lamps.txt"))


@pytest.fixture(scope="module")
def whole(corpus: Corpus) -> Comparison:
    return comparison(corpus)


def rows(found: Rows | Matches | Lacked) -> Rows:
    assert isinstance(found, Rows)
    return found


def matches(found: Rows | Matches | Lacked) -> Matches:
    assert isinstance(found, Matches)
    return found


def lacked(found: Rows | Matches | Lacked) -> list[str]:
    assert isinstance(found, Lacked)
    return [place(c) for c in found.items]


def place(clause: Clause) -> str:
    return clause.reference.partition(" of Resolution")[0]


class TestRows:
    def test_what_a_row_holds_stands_in_columns(self, lamps: Comparison) -> None:
        found = rows(lamps.answer(CompareQuery()))
        assert found.total == len(found.items) == 2
        assert [[len(column.clauses) for column in row.columns] for row in found.items] == [[3, 2], [1, 1]]

    def test_parallels_are_grouped_and_their_differences_marked(self, lamps: Comparison) -> None:
        (row,) = rows(lamps.answer(CompareQuery(row=2))).items
        groups = [[place(c) for c in group.clauses] for group in row.groups]
        assert groups == [["resolves 1"], ["resolves 2", "resolves 1"], ["resolves 3"], ["resolves 2"]]
        (difference,) = row.groups[1].differences
        assert [tuple(p) for p in difference.pieces] == [
            ("equal", "to count"), ("inserted", " all"), ("equal", " the ships that pass at night"),
        ]  # fmt: skip

    def test_a_parallel_in_another_row_is_named(self, lamps: Comparison) -> None:
        (row,) = rows(lamps.answer(CompareQuery(row=2))).items
        assert [place(c) for c in row.groups[0].elsewhere] == ["instructs the Director of BDT 1"]
        assert row.groups[0].lacking == ()

    def test_who_lacks_a_provision_is_named(self, lamps: Comparison) -> None:
        (row,) = rows(lamps.answer(CompareQuery(row=2))).items
        assert [[i.number for i in group.lacking] for group in row.groups] == [[], [], ["2"], ["1"]]

    def test_pages(self, lamps: Comparison) -> None:
        found = rows(lamps.answer(CompareQuery(limit=1, offset=1)))
        assert ([row.number for row in found.items], found.total) == ([3], 2)
        assert rows(lamps.answer(CompareQuery(offset=7))).items == ()

    def test_a_row_of_the_same_number_in_two_documents(self) -> None:
        both = comparison(
            parsed(TABLE, "a.txt"), parsed(TABLE.replace("2024", "2020").replace("2022", "2018"), "b.txt")
        )
        assert [row.document for row in rows(both.answer(CompareQuery(row=3))).items] == ["a.txt", "b.txt"]
        assert [row.document for row in rows(both.answer(CompareQuery(row=3, document="b.txt"))).items] == ["b.txt"]

    def test_every_clause_of_a_row_is_in_one_group(self, whole: Comparison, corpus: Corpus) -> None:
        found = rows(whole.answer(CompareQuery(limit=100)))
        assert sorted(c.id for row in found.items for group in row.groups for c in group.clauses) == sorted(
            c.id for c in corpus.clauses
        )


class TestClause:
    @pytest.mark.parametrize("name", [REPORT, "itu-wtsa/res-18/2024/instructs__para_2"])
    def test_a_clause_is_named_by_reference_or_id(self, whole: Comparison, name: str) -> None:
        found = matches(whole.answer(CompareQuery(clause=name)))
        assert found.clause.reference == REPORT
        assert {m.clause.instrument for m in found.parallels} == {"itu-pp/res-191/2022", "itu-wtdc/res-59/2025"}
        assert [i.number for i in found.lacking] == ["75"]

    def test_the_most_alike_come_first(self, whole: Comparison, corpus: Corpus) -> None:
        for clause in corpus.clauses:
            scores = [m.parallel.score for m in whole.matches(clause).parallels]
            assert scores == sorted(scores, reverse=True)

    def test_differences_are_those_of_the_texts_in_one_version(self, whole: Comparison, corpus: Corpus) -> None:
        for clause in corpus.clauses:
            for match in whole.matches(clause).parallels:
                version = match.parallel.versions[0]
                pieces = match.difference.pieces
                before = "".join(p.text for p in pieces if p.op != "inserted")
                after = "".join(p.text for p in pieces if p.op != "deleted")
                assert before == readable(clause.text_of(version))
                assert after == readable(match.clause.text_of(version))

    def test_in_force_no_proposal_is_a_parallel(self, whole: Comparison) -> None:
        found = matches(whole.answer(CompareQuery(clause=REPORT, version="in_force")))
        assert [m.clause.instrument for m in found.parallels] == ["itu-wtdc/res-59/2025"]
        assert {i.number for i in found.lacking} == {"191", "75"}

    def test_a_proposal_does_not_stand_in_force(self, whole: Comparison, corpus: Corpus) -> None:
        proposal = next(c for c in corpus.clauses if c.status == "proposed")
        with pytest.raises(QueryError, match="does not stand in the text in force; ask for version=all"):
            whole.answer(CompareQuery(clause=proposal.id, version="in_force"))

    @pytest.mark.parametrize("name", ["", "foo", "instructs 77 of Resolution 18", "itu-wtsa/res-18/2024/"])
    def test_no_such_clause(self, whole: Comparison, name: str) -> None:
        with pytest.raises(UnknownClause, match="give its id"):
            whole.answer(CompareQuery(clause=name))

    def test_a_reference_that_fits_several_clauses(self, whole: Comparison) -> None:
        with pytest.raises(QueryError, match=r"may be 4 clauses; name one: resolves 1 of Resolution 191"):
            whole.answer(CompareQuery(clause="resolves 1"))


class TestOnly:
    def test_what_the_other_resolutions_lack(self, lamps: Comparison) -> None:
        assert lacked(lamps.answer(CompareQuery(only="1")))[0] == "resolves 3"
        assert lacked(lamps.answer(CompareQuery(only="WTDC Resolution 2"))) == ["resolves 2"]

    def test_a_resolution_is_named_as_people_do(self, whole: Comparison) -> None:
        names = (
            "18",
            "Resolution 18",
            "WTSA Resolution 18",
            "Resolution 18 (Rev. New Delhi, 2024)",
            "itu-wtsa/res-18/2024",
        )
        assert len({tuple(lacked(whole.answer(CompareQuery(only=name)))) for name in names}) == 1

    def test_without_the_proposals_fewer_provisions_have_a_parallel(self, whole: Comparison) -> None:
        alone = {version: set(lacked(whole.answer(CompareQuery(only="75", version=version, limit=100))))
                 for version in ("all", "in_force")}  # fmt: skip
        assert alone["all"] < alone["in_force"]

    def test_an_unknown_resolution(self, whole: Comparison) -> None:
        with pytest.raises(UnknownFilter, match=r"unknown resolution '44'; known: PP Resolution 191"):
            whole.answer(CompareQuery(only="44"))


@pytest.mark.parametrize(
    ("asked", "mend"),
    [
        ({"row": 99}, "unknown row 99; known: 2, 3"),
        ({"document": "x"}, "unknown document 'x'; known: lamps.txt"),
        ({"version": "old"}, "known: all, in_force, proposed"),
        ({"row": 2, "only": "1"}, "ask either for a row, or for a clause"),
        ({"clause": REPORT, "only": "1"}, "ask either for a row, or for a clause"),
        ({"limit": 0}, "between 1 and 100"),
        ({"limit": 101}, "between 1 and 100"),
        ({"offset": -1}, "between 0 and"),
    ],
)
def test_what_cannot_be_asked(lamps: Comparison, asked: dict[str, Any], mend: str) -> None:
    with pytest.raises(QueryError, match=mend):
        lamps.answer(CompareQuery(**asked))


class TestText:
    @pytest.mark.parametrize("width", [40, 80, 100, 180])
    @pytest.mark.parametrize("asked", [{"limit": 100}, {"clause": REPORT}, {"only": "75", "limit": 100}])
    def test_no_line_is_wider_than_the_screen(self, whole: Comparison, asked: dict[str, Any], width: int) -> None:
        query = CompareQuery(**asked)
        assert max(map(len, show_comparison(whole.answer(query), query, Screen(width)).splitlines())) <= width

    def test_four_resolutions_stand_side_by_side_where_there_is_room(self, whole: Comparison) -> None:
        query = CompareQuery(row=5)
        found = whole.answer(query)
        wide, narrow = (show_comparison(found, query, Screen(width)) for width in (100, 80))
        assert any(line.count("│") == 3 for line in wide.splitlines())
        assert "│" not in narrow

    def test_differences_are_marked_without_colour_and_with_it(self, lamps: Comparison) -> None:
        query = CompareQuery(clause="resolves 1 of Resolution 1")
        found = lamps.answer(query)
        plain, coloured = (show_comparison(found, query, Screen(80, colour)) for colour in (False, True))
        assert "to light all coasts with [-electric-] {+gas+} lamps" in plain
        assert "\x1b" not in plain
        assert "\x1b[31;9m[-electric-]\x1b[0m \x1b[32;1m{+gas+}\x1b[0m" in coloured

    def test_a_mark_stays_whole_words_when_a_line_breaks_in_it(self, lamps: Comparison) -> None:
        query = CompareQuery(row=2)
        text = show_comparison(lamps.answer(query), query, Screen(30))
        assert "to count {+all+} the ships that pass at night" in " ".join(text.split())

    def test_a_proposal_is_marked_as_one(self, whole: Comparison) -> None:
        query = CompareQuery(clause=REPORT)
        text = " ".join(show_comparison(whole.answer(query), query, Screen(100)).split())
        assert "proposed for Doha, 2026, PROPOSED, not in force: [-the Director of TSB-] to report annually" in text
        assert "Not in: Resolution ITU-R 75 (2023)" in text

    def test_the_words_that_a_draft_gives_to_a_clause_in_force_are_marked(
        self, whole: Comparison, corpus: Corpus
    ) -> None:
        changed = next(c for c in corpus.clauses if amended(c, "all") and whole.matches(c, "proposed").parallels)
        for version, heading in (("proposed", "AS PROPOSED, these words are not in force:"), ("in_force", "in force:")):
            query = CompareQuery(clause=changed.id, version=version)  # type: ignore[arg-type]
            text = " ".join(show_comparison(whole.answer(query), query, Screen(100)).split())
            words = readable(changed.text_of(version))  # type: ignore[arg-type]
            assert f"{changed.reference}, {heading} {words}" in text

    def test_more_pages_are_pointed_at(self, whole: Comparison) -> None:
        query = CompareQuery(limit=2, offset=2)
        assert "3 to 4 of 19 rows; --offset 4 shows more" in show_comparison(whole.answer(query), query, Screen(100))

    def test_nothing_that_the_others_lack(self, whole: Comparison) -> None:
        query = CompareQuery(only="18", offset=50)
        assert "0 of" in show_comparison(whole.answer(query), query, Screen(100))


@pytest.fixture(scope="module")
def get(client: TestClient) -> Get:
    def ask(**parameters: Any) -> dict[str, Any]:
        response = client.get("/v1/compare", params=parameters)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    return ask


class TestHttp:
    def test_rows_are_paged(self, get: Get) -> None:
        page = get(limit=2, offset=1)
        assert ([item["row"] for item in page["items"]], page["total"]) == ([3, 4], 19)
        assert (page["limit"], page["offset"]) == (2, 1)

    def test_a_row(self, get: Get) -> None:
        (item,) = get(row=14)["items"]
        assert [column["body"] for column in item["columns"]] == ["PP", "RA", "WTSA", "WTDC"]
        ids = {c["clause_id"] for column in item["columns"] for c in column["clauses"]}
        assert {one for group in item["groups"] for one in group["clauses"]} == ids
        assert all(d["clause"] in ids and d["base"] in ids for group in item["groups"] for d in group["differences"])

    def test_a_clause_with_its_provenance(self, get: Get, source_text: str) -> None:
        found = get(clause=REPORT)
        for item in (found["clause"], *(p["clause"] for p in found["parallels"])):
            where = item["provenance"]
            assert item["text"] == source_text[where["char_start"] : where["char_end"]]
            assert item["url"] == f"/clauses/{item['clause_id']}"
        assert found["lacking"] == ["itu-ra/res-75/2023"]
        assert [p["basis"] for p in found["parallels"]] == ["content", "content"]
        assert {piece["op"] for p in found["parallels"] for piece in p["diff"]} == {"equal", "deleted", "inserted"}

    def test_a_version_is_shown_in_its_own_words_alone(self, get: Get, corpus: Corpus) -> None:
        clauses = {c.id: c for c in corpus.clauses}
        for version in ("in_force", "proposed"):
            for item in get(version=version, limit=100)["items"]:
                for shown in (c for column in item["columns"] for c in column["clauses"]):
                    clause = clauses[shown["clause_id"]]
                    assert clause.status != ("proposed" if version == "in_force" else "deleted")
                    assert (shown["version"], shown["text_proposed"]) == (version, None)
                    assert shown["text"] == clause.text_of(version)

    def test_of_any_version_the_text_proposed_stands_beside(self, get: Get, corpus: Corpus) -> None:
        clauses = {c.id: c for c in corpus.clauses}
        shown = [c for item in get(limit=100)["items"] for column in item["columns"] for c in column["clauses"]]
        beside = [c for c in shown if c["text_proposed"] is not None]
        assert beside
        for item in beside:
            clause = clauses[item["clause_id"]]
            assert (item["text"], item["text_proposed"]) == (clause.text_of("in_force"), clause.text_of("proposed"))

    def test_what_the_others_lack(self, get: Get) -> None:
        page = get(only="Resolution ITU-R 75", limit=3)
        assert len(page["items"]) == 3 < page["total"]
        assert {item["provenance"]["resolution"] for item in page["items"]} == {"75"}

    @pytest.mark.parametrize(
        ("parameters", "status", "mend"),
        [
            ({"row": 99}, 422, "known: 2, 3"),
            ({"row": "x"}, 422, "row"),
            ({"clause": "foo"}, 404, "give its id"),
            ({"only": "44"}, 422, "known: PP Resolution 191"),
            ({"limit": 0}, 422, "limit"),
            ({"colour": "red"}, 422, "colour is unknown"),
            ({"row": 2, "clause": REPORT}, 422, "ask either"),
        ],
    )
    def test_errors_are_problem_documents(
        self, client: TestClient, parameters: dict[str, Any], status: int, mend: str
    ) -> None:
        response = client.get("/v1/compare", params=parameters)
        assert response.status_code == status
        assert response.headers["content-type"] == "application/problem+json"
        assert mend in response.json()["detail"]


class TestCommandLine:
    @pytest.fixture
    def run(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, real: Path
    ) -> Callable[..., tuple[int, str, str]]:
        monkeypatch.setenv("COLUMNS", "100")
        for name in os.environ:
            if name.startswith("CLAUSEQA_"):
                monkeypatch.delenv(name)

        def call(*arguments: str) -> tuple[int, str, str]:
            status = main(["compare", *arguments, "--bundle", str(real)])
            return status, *capsys.readouterr()

        return call

    @pytest.mark.parametrize(
        ("arguments", "parameters"),
        [
            ((), {}),
            (("--row", "7"), {"row": 7}),
            ((REPORT,), {"clause": REPORT}),
            (("--only", "18", "--version", "in_force"), {"only": "18", "version": "in_force"}),
            (("--limit", "1", "--offset", "3", "--document", "compilation.txt"),
             {"limit": 1, "offset": 3, "document": "compilation.txt"}),
        ],
    )  # fmt: skip
    def test_json_is_exactly_what_http_answers(
        self, run: Callable[..., tuple[int, str, str]], get: Get, arguments: tuple[str, ...], parameters: dict[str, Any]
    ) -> None:
        status, out, err = run(*arguments, "--json")
        assert (status, err) == (0, "")
        assert json.dumps(json.loads(out)) == json.dumps(get(**parameters))

    def test_for_people(self, run: Callable[..., tuple[int, str, str]]) -> None:
        status, out, _ = run("--row", "7")
        assert status == 0
        assert out.startswith("Row 7 of compilation.txt")

    @pytest.mark.parametrize(
        ("arguments", "mend"),
        [
            (("--row", "99"), "known: 2, 3"),
            (("foo",), "e.g. 'instructs 2 of Resolution 18"),
            (("--only", "44"), "known: PP Resolution 191"),
            (("--version", "old"), "known: all, in_force, proposed"),
            (("--limit", "0"), "between 1 and 100"),
        ],
    )
    def test_mistakes(self, run: Callable[..., tuple[int, str, str]], arguments: tuple[str, ...], mend: str) -> None:
        status, out, err = run(*arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("clauseqa: ")
        assert mend in err
