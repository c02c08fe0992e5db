"""``GET /v1/clauses/{id}``: everything that the index knows of one clause."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from corpus.model import Corpus
from corpus.readable import readable

RES_191 = "itu-pp/res-191/2022"
RES_18 = "itu-wtsa/res-18/2024"
TSAG = f"{RES_18}/instructs__para_2"
Get = Callable[..., dict[str, Any]]


@pytest.fixture
def get(client: TestClient) -> Get:
    def look_up(clause_id: str, **parameters: str) -> dict[str, Any]:
        response = client.get(f"/v1/clauses/{clause_id}", params=parameters)
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found

    return look_up


def test_both_texts_of_an_amended_clause_are_shown_with_the_words_that_differ(get: Get) -> None:
    found = get(f"{RES_191}/noting__para_e")
    assert "Kigali, 2022" in found["text_in_force"]
    assert "Baku, 2025" in found["text_proposed"]
    assert "Baku" not in found["text_in_force"]
    assert "Kigali" not in found["text_proposed"]
    for side, text in (("deleted", found["text_in_force"]), ("inserted", found["text_proposed"])):
        assert "".join(p["text"] for p in found["diff"] if p["op"] in ("equal", side)) == readable(text)
    assert {c["text"] for c in found["changes"]} == {"Kigali", "Baku", "2022", "2025"}
    assert (found["status"], found["keyword_proposed"]) == ("in_force", "recalling")


def test_a_clause_that_no_draft_touches_has_no_difference(get: Get) -> None:
    found = get(TSAG)
    assert (found["diff"], found["changes"], found["text_proposed"]) == (None, [], None)
    assert found["text_in_force"] == found["text"]


def test_one_version_is_shown_in_its_own_words(get: Get) -> None:
    clause = f"{RES_191}/noting__para_d"
    assert get(clause, version="in_force")["text"] == get(clause)["text_in_force"]
    assert get(clause, version="proposed")["text"] == get(clause)["text_proposed"]


def test_a_proposal_is_not_to_be_had_as_text_in_force(client: TestClient) -> None:
    response = client.get(f"/v1/clauses/{RES_191}/resolves__para_3", params={"version": "in_force"})
    assert response.status_code == 404
    assert "is only proposed; ask for version=all" in response.json()["detail"]


def test_references_are_listed_both_ways(get: Get) -> None:
    pointing, opening = get(f"{RES_18}/resolves__para_2__para_i"), get(f"{RES_18}/annex_a__para_nn_1")
    (to_annex,) = [r for r in pointing["references"] if r["kind"] == "annex"]
    assert to_annex["state"] == "resolved"
    assert opening["clause_id"] in [t["clause_id"] for t in to_annex["targets"]]
    assert pointing["clause_id"] in [r["clause_id"] for r in opening["referenced_by"]]


def test_a_dangling_reference_says_what_is_missing(get: Get) -> None:
    (dangling,) = [r for r in get(f"{RES_191}/annex_2__para_nn_1")["references"] if r["state"] == "dangling"]
    assert (dangling["text"], dangling["targets"]) == ("resolves 4a)", [])
    assert "resolves 1, 2, 3, 4 and 5" in dangling["note"]


def test_parallels_and_obligations_come_with_it(get: Get) -> None:
    found = get(TSAG)
    assert "itu-wtdc/res-59/2025" in {p["clause_id"].rpartition("/")[0] for p in found["parallels"]}
    (duty,) = found["obligations"]
    assert (duty["modality"], duty["frequency"]) == ("obligation", "annual")
    assert [b["id"] for b in (*duty["bearer"], *duty["recipient"])] == ["dir-tsb", "tsag"]


def test_every_clause_can_be_looked_up(get: Get, corpus: Corpus, source_text: str) -> None:
    for clause in (*corpus.clauses[::9], *corpus.footnotes):
        found = get(clause.id)
        place = found["provenance"]
        assert found["text"] == source_text[place["char_start"] : place["char_end"]]


def test_a_question_about_a_clause_that_points_elsewhere_finds_what_it_points_to(
    post: Callable[..., dict[str, Any]],
) -> None:
    answer = post("what procedure applies under resolves 2 i) of Resolution 18?", k=4)
    ids = [c["clause_id"] for c in answer["citations"]]
    assert ids[:3] == [
        f"{RES_18}/resolves__para_2__para_i",
        f"{RES_18}/annex_a__para_nn_1",
        f"{RES_18}/annex_a__para_a",
    ]
    assert [c["supports_answer"] for c in answer["citations"]] == [True, True, False, False]


def test_a_clause_asked_for_by_its_reference_alone_is_all_that_is_quoted(post: Callable[..., dict[str, Any]]) -> None:
    answer = post("what does resolves 2 i) of Resolution 18 say?", k=4)
    assert [c["supports_answer"] for c in answer["citations"]] == [True, False, False, False]


@pytest.mark.parametrize("version", ["in_force", "proposed", "all"])
def test_no_quote_holds_words_of_both_versions(
    post: Callable[..., dict[str, Any]], corpus: Corpus, version: str
) -> None:
    clauses = {c.id: c for c in corpus.clauses}
    for question in ("Resolution 5 and Resolution 59 of WTDC", "avoid duplication", "developing countries"):
        for citation in post(question, k=100, version=version)["citations"]:
            clause = clauses.get(citation["clause_id"])
            other = "inserted" if citation["version"] == "in_force" else "deleted"
            place = citation["provenance"]
            for change in clause.changes if clause else ():
                outside = change.span.end <= place["char_start"] or place["char_end"] <= change.span.start
                assert change.kind != other or outside
