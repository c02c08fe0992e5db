"""Web pages: words as a browser shows them, labels of lists, tables, and what <ins> and <del> say."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import Unreadable
from corpus.model import Document
from corpus.readers.html import MAX_DEPTH, read_html

DOCUMENTS = Path(__file__).parents[2] / "data" / "documents"


def read(page: str) -> Document:
    return read_html(page.encode(), "page.html")


def shown(document: Document) -> str:
    """The canonical text, ``{+inserted+}`` and ``{-deleted-}``, tabs as arrows."""
    text, at = "", 0
    for one in document.changes:
        sign = "+" if one.kind == "inserted" else "-"
        text += document.text[at : one.span.start] + f"{{{sign}{document.at(one.span)}{sign}}}"
        at = one.span.end
    return (text + document.text[at:]).replace("\t", "→")


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>one\n  two</p> <p>three<p>four", "one two\nthree\nfour\n"),
        ("<h1>RESOLUTION&nbsp;5<br>On\nbicycles</h1>", "RESOLUTION\u00a05\nOn bicycles\n"),
        ("<div>to ride;<br>and walk</div>text", "to ride; and walk\ntext\n"),
        ("<p>a <b>b</b><i> c</i>d</p>", "a b cd\n"),
        ("<!-- no --><script>no</script><style>no</style><p>x<template>no</template></p>", "x\n"),
        ("<p>a)&nbsp;&nbsp; that<p>b) this<p>1 to ride<p>1.2\u2003To walk<p>2024 Acts",
         "a)→that\nb)→this\n1→to ride\n1.2→To walk\n2024 Acts\n"),
        ("<p>7\tTo ride", "7→To ride\n"),
        ("<p><span style='mso-list:Ignore'>2<span>&nbsp; </span></span>to ride", "2→to ride\n"),
        ("<pre>resolves\n1\tto ride</pre>", "resolves\n1→to ride\n"),
        ("<ul><li>one<li>two</ul>", "one\ntwo\n"),
        ("<ol><li>one<li>two</ol>", "1→one\n2→two\n"),
        ("<ol type=a start=3><li>one<ol type=i><li>sub</ol><li>two</ol>", "c)→one\ni)→sub\nd)→two\n"),
        ("<ol type=A><li>one<li value=5>two<li>three</ol>", "A)→one\nE)→two\nF)→three\n"),
        ("<ol><li><p>one</p><p>more</p></li><li><ol type=a><li>sub</ol></li><li>three</ol>",
         "1→one\nmore\n\na)→sub\n3→three\n"),
        ("<table><tr><td>A<p>a<td>B<tr><td><td>D</table>after", "→A\na\n→B\n→\n→D\nafter\n"),
        ("<table><caption>on top</caption><thead><tr><th>A</thead><tbody><tr><td>B</table>", "on top\n→A\n→B\n"),
        ("<table><tr><td rowspan=2>A<td colspan=2>B<tr><td>C<td>D</table>", "→A\n→B\n→\n→\n→C\n→D\n"),
        ("<table><tr><td>A<td rowspan=2>B<tr><td>C</table>", "→A\n→B\n→C\n→\n"),
        ("<table><tr><td><table><tr><td>A<td>B</table></table>", "→A\n→B\n"),
    ],
)  # fmt: skip
def test_words_labels_and_cells(page: str, expected: str) -> None:
    assert shown(read(page)) == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>a <ins>b</ins> c <del>d</del></p>", "a {+b +}c {-d-}\n"),
        ("<p>a <del>b </del><ins>c </ins>d</p>", "a {-b -}{+c +}d\n"),
        ("<p>a<del> b </del> c</p>", "a{- b -}{+ +}c\n"),
        ("<p>a <ins> b</ins></p>", "a {+b+}\n"),
        ("<p>a <ins>b <del>c</del></ins></p>", "a {+b +}\n"),
        ("<p>a</p><ins><p>b</p></ins><p><del>c</del></p><p>d</p>", "a\n{+b\n+}{-c\n-}d\n"),
        ("<ol type=a><li>a<li><ins>b</ins><li>c<li><del>d</del></ol>", "a)→a\n{+b)→b\n+}{-b-}{+c+})→c\n{-c)→d\n-}"),
        ("<table><tr><td><ins>a</ins><td><del>b</del></table>", "→{+a+}\n→{-b-}\n"),
    ],
)
def test_insertions_and_deletions(page: str, expected: str) -> None:
    assert shown(read(page)) == expected


def test_who_changed_and_when_as_word_and_others_write_it() -> None:
    document = read(
        '<p>x <ins cite="mailto:Ann%20B" datetime="2025-03-04T05:06">a</ins> <del data-author="Bob" cite="y">b</del>'
    )
    assert [(one.author, one.date) for one in document.changes] == [("Ann B", "2025-03-04T05:06"), ("Bob", None)]


def test_what_is_left_out_is_said_with_its_line() -> None:
    document = read(
        "<p>one<p>two<img src=x><p>three<span hidden>no</span><span style='display: none'>no</span>"
        "<p>four<s>five</s><nav><a href=x>menu</a></nav><math>x</math><iframe src=x></iframe><p>six"
    )
    assert document.text == "one\ntwo\nthree\nfourfive\nsix\n"
    assert [(remark.line, remark.message) for remark in document.remarks] == [
        (2, "a picture was left out"),
        (3, "hidden text was left out"),
        (4, "words struck through were read as they stand; mark them with <del>"),
        (4, "a list of links was left out"),
        (4, "a formula was left out"),
        (4, "an embedded object was left out"),
    ]


@pytest.mark.parametrize(
    ("reference", "body"),
    [
        ('<a name="a" href="#sdfootnote1sym"><sup>1</sup></a>',
         '<div id="sdfootnote1"><p><a name="sdfootnote1sym" href="#sdfootnote1anc">1</a> The [least]\n ones.</div>'),
        ('<a href="#_ftn1"><span>[1]</span></a>',
         '<div id=ftn1><p><a href="#_ftnref1" name="_ftn1">[1]</a> The [least] ones.</p></div>'),
        ('<a href="#fn1" id="fnref1"><sup>1</sup></a>',
         '<ol><li id="fn1"><p>The [least] ones.<a href="#fnref1">↩</a></p></li></ol>'),
    ],
    ids=["LibreOffice", "Word", "pandoc"],
)  # fmt: skip
def test_footnotes_stand_as_flattened_texts_have_them(reference: str, body: str) -> None:
    page = f"<p>developing{reference} countries;<p>end{body}"
    assert read(page).text == "developing[footnoteRef:1]1 countries; [1: 1 The (least) ones.]\nend\n"


def test_a_page_exported_by_libreoffice() -> None:
    document = read_html((DOCUMENTS / "footnote.html").read_bytes(), "footnote.html")
    lines = document.text.splitlines()
    assert lines[0] == "RESOLUTION 18 (Rev. New Delhi, 2024)"
    assert lines[4].startswith("a)\tthat bridging the standardization gap between developing[footnoteRef:1]1 and")
    assert "; [1: 1 These include the least developed countries, small island" in lines[4]
    assert [line[:5] for line in lines[7:]] == ["1\tto ", "2\tto "]


@pytest.mark.parametrize(
    "raw",
    [
        "<p>Málaga “x”".encode(),
        "<p>Málaga “x”".encode("utf-8-sig"),
        "<meta charset=windows-1252><p>Málaga “x”".encode("cp1252"),
        "\ufeff<p>Málaga “x”".encode("utf-16-le"),
    ],
)
def test_the_encoding_is_found_out(raw: bytes) -> None:
    assert read_html(raw, "page.html").text == "Málaga “x”\n"


@pytest.mark.parametrize("page", ["<html></html>", "<p> </p><img src=x>", "<!-- x -->"])
def test_a_page_without_words_is_refused(page: str) -> None:
    with pytest.raises(Unreadable, match=r"page\.html"):
        read(page)


def test_a_page_nested_too_deep_is_refused() -> None:
    with pytest.raises(Unreadable, match=f"more than {MAX_DEPTH} deep"):
        read("<div>" * 100_000 + "x")


def test_entities_are_not_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret words")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{secret.as_uri()}">]><html><p>words &x; &amp;</p></html>'
    assert "secret words" not in read(page).text
