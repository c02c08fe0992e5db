"""``clauseqa corpus check``: what a person should know of documents before they are trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from corpus.links import find_links
from corpus.model import Corpus
from corpus.readable import readable
from qa.check import show_check
from qa.cli import main

WALKS = """RESOLUTION 9 (Rev. Oslo, 2028)
On walks
The World Telecommunication Standardization Assembly (Oslo, 2028),
resolves
1	to walk in accordance with resolves 4;
2	to apply Resolution 7 (Rev. Rome, 2027) of the Plenipotentiary Conference and Article 5 of the Convention
"""
RIDES = """RESOLUTION 7 (Rev. Lima, 2031)
On rides
The Plenipotentiary Conference (Lima, 2031),
resolves
to ride
"""


def as_json(capsys: pytest.CaptureFixture[str], *sources: object) -> Any:
    assert main(["corpus", "check", *map(str, sources), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rides.txt").write_text(RIDES, "utf-8")
    (tmp_path / "walks.txt").write_text(WALKS, "utf-8")
    return tmp_path


def test_the_compilation_is_checked_where_no_source_is_named(
    capsys: pytest.CaptureFixture[str], corpus: Corpus
) -> None:
    assert main(["corpus", "check"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("compilation.txt: 4 resolutions, 268 clauses, 3 footnotes; 123 references: ")
    found = as_json(capsys)
    assert set(found) == {"document", "links", "remarks"}
    assert found["document"]["sha256"] == corpus.document.sha256
    assert [link["text"] for link in found["links"]] == [link.text for link in find_links([corpus])]
    assert [remark["line"] for remark in found["remarks"]] == [remark.line for remark in corpus.remarks]


def test_each_reference_tells_its_clause_line_and_target(capsys: pytest.CaptureFixture[str], corpus: Corpus) -> None:
    link = next(link for link in as_json(capsys)["links"] if link["line"] == 282)
    assert link["clause_id"] == "itu-wtsa/res-18/2024/resolves__para_2__para_i"
    assert link["reference"] == "resolves 2 i) of Resolution 18 (Rev. New Delhi, 2024)"
    assert link["text"] == "Annex A to this resolution"
    assert readable(corpus.document.text[link["char_start"] : link["char_end"]]) == link["text"]
    assert (link["kind"], link["state"], link["note"]) == ("annex", "resolved", None)
    assert link["targets"][0] == "itu-wtsa/res-18/2024/annex_a__para_nn_1"


def test_several_documents_cite_each_other(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    rides, walks = as_json(capsys, folder)
    assert (rides["document"]["name"], rides["links"]) == ("rides.txt", [])
    assert [(link["text"].split(" of ")[0], link["state"], link["instrument"]) for link in walks["links"]] == [
        ("resolves 4", "dangling", "itu-wtsa/res-9/2028"),
        ("Resolution 7 (Rev. Rome, 2027)", "stale", "itu-pp/res-7/2031"),
        ("Article 5", "external", None),
    ]


def test_the_report_lists_both_ways_and_why(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert main(["corpus", "check", str(folder / "rides.txt"), str(folder / "walks.txt")]) == 0
    rides, walks = capsys.readouterr().out.split("\n\nwalks.txt: ")
    assert "cited by other resolutions" in rides
    assert "resolves 2 of Resolution 9 (Rev. Oslo, 2028), line 6" in rides
    assert walks.startswith("1 resolution, 2 clauses, 0 footnotes; 3 references: 1 external, 1 dangling, 1 stale")
    told = " ".join(walks.split())
    assert "(Resolution 9 (Rev. Oslo, 2028) has resolves 1 and 2) resolves 1, line 5: “resolves 4”" in told
    assert "Resolution 7 of PP is cited as Rev. Rome, 2027; the corpus holds Rev. Lima, 2031" in told


def test_a_file_that_cannot_be_read_is_a_mistake_of_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["corpus", "check", str(tmp_path / "none.txt")]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith("clauseqa: ")


def test_no_line_is_wider_than_asked_but_for_words_that_cannot_be_broken(corpus: Corpus) -> None:
    lines = show_check([corpus], find_links([corpus]), 80).splitlines()
    indented = [line for line in lines if line.startswith("    ")]
    assert indented
    assert max(map(len, indented)) <= 80
