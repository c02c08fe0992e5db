"""Hand-made annotation files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.annotations import Annotations, load_annotations
from corpus.errors import AnnotationError
from corpus.model import Change, Span
from corpus.parse import default_source

HEAD = '{"instrument": "itu-pp/res-7/2031"}'
ROW = '{"text": "1 to {++ride++}", "confidence": "high", "evidence": "seen"}'


def load(folder: Path, *lines: str) -> Annotations:
    (folder / "res7-draft.jsonl").write_text("\n".join(lines), "utf-8")
    return load_annotations(folder)


def test_annotations_are_read_by_instrument_and_line(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("not an annotation")
    found = load(tmp_path, HEAD, ROW)
    known = found["itu-pp/res-7/2031"]["1 to ride"]
    assert (known.evidence, known.changes) == ("seen", (Change("inserted", Span(5, 9)),))


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ((), 1),
        (("not json",), 1),
        (("[]",), 1),
        (('{"about": "nothing"}',), 1),
        ((HEAD, "not json"), 2),
        ((HEAD, ROW, ROW.replace("high", "sure")), 3),
        ((HEAD, ROW, ROW.replace("++", "--")), 3),
        ((HEAD, ROW, ROW, '{"text": "2 to walk"}'), 4),
        ((HEAD, "", ROW), 2),
    ],
)
def test_a_malformed_file_is_named_with_its_line(tmp_path: Path, lines: tuple[str, ...], line: int) -> None:
    with pytest.raises(AnnotationError, match=rf"res7-draft\.jsonl, line {line}: .*needs instrument") as caught:
        load(tmp_path, *lines)
    assert "\n" not in str(caught.value)


def test_a_file_in_another_encoding_is_malformed(tmp_path: Path) -> None:
    (tmp_path / "res7-draft.jsonl").write_bytes(HEAD.encode("utf-16"))
    with pytest.raises(AnnotationError, match="line 1"):
        load_annotations(tmp_path)


def test_every_annotation_of_the_product_has_its_evidence() -> None:
    for rows in load_annotations().values():
        assert all(a.evidence for a in rows.values())


def test_no_annotation_of_the_product_is_given_twice() -> None:
    lines = (default_source().parent / "res191-draft.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines[1:]]
    assert len(set(texts)) == len(texts)
