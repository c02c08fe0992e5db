"""The register over HTTP: its contract, and what is downloaded from it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient

from index.bundle import Bundle
from qa.api.app import build_app
from qa.api.register import preferred
from qa.service import Service
from qa.settings import Settings

ITEM = {
    "clause_id", "url", "reference", "status", "version", "modality", "bearer", "bearer_text", "action", "object",
    "recipient", "recipient_text", "frequency", "deadline", "condition", "quote", "matched", "spans", "provenance",
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TSAG = {
    "id": "tsag",
    "name": "Telecommunication Standardization Advisory Group",
    "acronym": "TSAG",
}


def serve(path: Path) -> TestClient:
    return TestClient(build_app(Service(Settings(bundle=path))), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def small(lamps: Path) -> Iterator[TestClient]:
    with serve(lamps) as client:
        yield client


@pytest.fixture(scope="module")
def whole(hashed: Path) -> Iterator[TestClient]:
    with serve(hashed) as client:
        yield client


def get(client: TestClient, **parameters: Any) -> dict[str, Any]:
    response = client.get("/v1/obligations", params=parameters)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def sheet(client: TestClient, **parameters: Any) -> list[dict[str, str]]:
    response = client.get("/v1/obligations", params={"format": "csv", **parameters})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


class TestContract:
    def test_an_item_says_who_must_do_what_for_whom_and_where_it_stands(self, small: TestClient) -> None:
        found = get(small, recipient="TSAG", frequency="annual")
        assert {name: found[name] for name in ("total", "limit", "offset")} == {"total": 1, "limit": 50, "offset": 0}
        (item,) = found["items"]
        assert set(item) == ITEM
        assert item["recipient"] == [TSAG]
        assert item["bearer"] == [
            {"id": "dir-tsb", "name": "Director of the Telecommunication Standardization Bureau", "acronym": None}
        ]
        assert item["quote"] == "to report annually to TSAG on lamps"
        assert item["action"] == "report annually to TSAG on lamps"
        assert item["recipient_text"] == "TSAG"
        assert item["bearer_text"] is None
        assert (item["status"], item["version"], item["modality"]) == ("in_force", "in_force", "obligation")
        assert (item["deadline"], item["condition"], item["matched"]) == (None, [], "direct")
        assert item["provenance"]["body"] == "WTSA"

    def test_every_quote_stands_at_its_span_and_every_phrase_at_its_own(self, small: TestClient, lamps: Path) -> None:
        bundle = Bundle.open(lamps)
        for item in get(small)["items"]:
            place, text = item["provenance"], bundle.document(item["provenance"]["document"])
            assert text[place["char_start"] : place["char_end"]] == item["quote"]
            assert item["quote"] in text.splitlines()[place["line_start"] - 1]
            for name in ("action", "object", "recipient", "deadline"):
                if span := item["spans"][name]:
                    words = item["recipient_text"] if name == "recipient" else item[name]
                    assert text[span["char_start"] : span["char_end"]] == words
            for words, span in zip(item["condition"], item["spans"]["condition"], strict=True):
                assert text[span["char_start"] : span["char_end"]] == words

    def test_the_link_leads_to_the_clause(self, small: TestClient) -> None:
        item = get(small)["items"][0]
        assert small.get(item["url"]).json()["reference"] == item["reference"]

    def test_what_reaches_a_body_by_implication_is_marked(self, small: TestClient) -> None:
        assert [i["matched"] for i in get(small, recipient="TSAG")["items"]] == [
            "direct",
            "direct",
            "direct",
            "implied",
        ]
        assert {i["matched"] for i in get(small, recipient="TSAG", direct="true")["items"]} == {"direct"}
        assert {i["matched"] for i in get(small)["items"]} == {None}

    def test_filters_repeat_and_combine(self, small: TestClient) -> None:
        found = get(
            small, modality=["obligation", "prohibition"], resolution="900", version="in_force", sort="-modality"
        )
        assert [i["modality"] for i in found["items"]] == ["prohibition", "obligation", "obligation", "obligation"]

    def test_words_may_be_called_text_or_q(self, small: TestClient) -> None:
        assert get(small, text="lamp") == get(small, q="lamp")
        assert get(small, text="lamp")["total"] == 4

    def test_pages_put_together_are_the_whole(self, whole: TestClient) -> None:
        total = get(whole)["total"]
        pages = [get(whole, limit=40, offset=start)["items"] for start in range(0, total, 40)]
        assert [i for page in pages for i in page] == get(whole, limit=500)["items"]

    def test_nothing_found_is_an_empty_list(self, small: TestClient) -> None:
        assert get(small, text="volcanoes") == {"items": [], "total": 0, "limit": 50, "offset": 0}

    @pytest.mark.parametrize(
        ("parameters", "mend"),
        [
            ({"bearer": "banana"}, "known: Director of TSB"),
            ({"sort": "colour"}, "known: resolution, bearer"),
            ({"format": "pdf"}, "format"),
            ({"limit": 0}, "limit"),
            ({"colour": "red"}, "colour is unknown"),
            ({"version": "old"}, "version"),
        ],
    )
    def test_a_mistake_is_a_problem_that_says_the_mend(
        self, small: TestClient, parameters: dict[str, Any], mend: str
    ) -> None:
        response = small.get("/v1/obligations", params=parameters)
        assert response.status_code == 422
        assert response.headers["content-type"] == "application/problem+json"
        assert mend in response.json()["detail"]


class TestSearching:
    """The same filters where clauses are asked for."""

    def test_a_question_may_be_kept_to_a_kind_of_obligation(self, small: TestClient) -> None:
        filters = {"recipient": ["TSAG"], "modality": ["obligation"], "bearer": ["Director of TSB"]}
        answer = small.post("/v1/ask", json={"question": "lamps?", "filters": filters, "k": 10}).json()
        kept = {i["clause_id"] for i in get(small, recipient="TSAG", modality="obligation")["items"]}
        assert {c["clause_id"] for c in answer["citations"]} == kept

    def test_so_may_a_search_and_a_list(self, small: TestClient) -> None:
        kept = {i["clause_id"] for i in get(small, bearer="Member States")["items"]}
        for path, more in (("/v1/search", {"q": "ships"}), ("/v1/clauses", {})):
            found = small.get(path, params={"bearer": "Member States", **more}).json()
            assert {c["clause_id"] for c in found["items"]} == kept


class TestSheets:
    def test_csv_has_a_header_and_a_row_for_everything(self, whole: TestClient) -> None:
        items, lines = get(whole, limit=500)["items"], sheet(whole)
        assert [line["quote"] for line in lines] == [i["quote"] for i in items]
        assert [line["reference"] for line in lines] == [i["reference"] for i in items]
        assert [int(line["char_start"]) for line in lines] == [i["provenance"]["char_start"] for i in items]

    def test_a_downloaded_link_works_anywhere(self, small: TestClient) -> None:
        assert all(line["url"].startswith("http://testserver/clauses/itu-") for line in sheet(small))

    def test_no_cell_is_taken_for_a_formula(self, small: TestClient) -> None:
        (line,) = sheet(small, text="lighting")
        assert line["action"] == "'+ lighting their coasts"
        assert line["condition"] == "if ships pass"
        assert line["bearer"] == "Member States"

    def test_limit_and_offset_hold_in_csv_too(self, small: TestClient) -> None:
        assert sheet(small, limit=2, offset=3) == sheet(small)[3:5]

    @pytest.mark.parametrize("parameters", [{"format": "xlsx"}, {"format": "xlsx", "text": "volcanoes"}])
    def test_a_workbook_holds_the_same_and_no_formula(self, small: TestClient, parameters: dict[str, str]) -> None:
        response = small.get("/v1/obligations", params=parameters)
        assert response.headers["content-type"] == XLSX
        assert response.headers["content-disposition"] == 'attachment; filename="obligations.xlsx"'
        with zipfile.ZipFile(io.BytesIO(response.content)) as book:
            tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        space = {"": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
        texts = [t.text for t in tree.findall(".//t", space)]
        lines = sheet(small, **{k: v for k, v in parameters.items() if k != "format"})
        assert len(tree.findall(".//row", space)) == len(lines) + 1
        assert tree.findall(".//f", space) == []
        assert {line["quote"].removeprefix("'") for line in lines} <= set(texts)

    @pytest.mark.parametrize(
        ("accept", "kind"),
        [
            ("", "json"),
            ("*/*", "json"),
            ("text/csv", "csv"),
            ("TEXT/CSV; charset=utf-8", "csv"),
            ("application/json, text/csv", "json"),
            ("application/json;q=0.5, text/csv", "csv"),
            ("text/html, application/xhtml+xml, */*;q=0.8", "json"),
            (XLSX, "xlsx"),
            ("image/png", "json"),
            ("text/csv;q=x", "csv"),
        ],
    )
    def test_the_accept_header_may_choose(self, accept: str, kind: str) -> None:
        assert preferred(accept) == kind

    def test_the_parameter_comes_before_the_header(self, small: TestClient) -> None:
        def kind(**parameters: str) -> str:
            headers = {"accept": "text/csv"}
            return small.get("/v1/obligations", params=parameters, headers=headers).headers["content-type"]

        assert kind() == "text/csv; charset=utf-8"
        assert kind(format="json") == "application/json"
