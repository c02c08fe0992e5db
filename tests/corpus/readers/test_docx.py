"""Word files made by python-docx and raw XML: every word in its version, every label as Word shows it."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, pairwise, zip_longest
from typing import Literal, get_args
from xml.sax.saxutils import escape, quoteattr

import docx
import pytest
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import Unreadable
from corpus.model import Document
from corpus.parse import parse_document
from corpus.readers import canonical
from corpus.readers.docx import read_docx
from corpus.readers.text import document_from

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMESPACES = (
    f'xmlns:w="{W}" xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)
DATE = "2025-03-04T05:06:07Z"
ids = count(1)


def r(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def change(tag: str, inner: str = "", by: str = "Ann", on: str = DATE) -> str:
    return f'<w:{tag} w:id="{next(ids)}" w:author={quoteattr(by)} w:date="{on}">{inner}</w:{tag}>'


def ins(text: str, by: str = "Ann") -> str:
    return change("ins", r(text), by)


def gone(text: str, by: str = "Ann") -> str:
    return change("del", r(text).replace("w:t>", "w:delText>").replace("<w:t ", "<w:delText "), by)


def p(*inner: str, num: tuple[int, int] | None = None, mark: str = "", style: str = "", more: str = "") -> str:
    """A paragraph; ``num`` is its list and level, ``mark`` the tracked change of its end."""
    named = f"<w:pStyle w:val={quoteattr(style)}/>" if style else ""
    listed = f'<w:numPr><w:ilvl w:val="{num[1]}"/><w:numId w:val="{num[0]}"/></w:numPr>' if num else ""
    end = f"<w:rPr>{change(mark)}</w:rPr>" if mark else ""
    return f"<w:p><w:pPr>{named}{listed}{end}{more}</w:pPr>{''.join(inner)}</w:p>"


def tbl(*rows: str) -> str:
    return f"<w:tbl><w:tblPr/><w:tblGrid/>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tc(*inner: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(inner or (p(),))}</w:tc>"


def level(n: int, form: str, text: str, more: str = "", start: str = "1") -> str:
    first = f'<w:lvl w:ilvl="{n}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
    return f'{first}{more}<w:lvlText w:val="{text}"/></w:lvl>'


LETTERED = level(0, "lowerLetter", "%1)") + level(1, "lowerRoman", "%2)")
NUMBERED = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "%3)")
LISTS = {70: LETTERED, 71: NUMBERED}


def made(*body: str, lists: dict[int, str] = LISTS, styles: str = "", nums: str = "") -> bytes:
    """A Word file with that body, its lists defined under their numbers."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    for number, levels in reversed(lists.items()):
        numbering.insert(
            0, parse_xml(f'<w:abstractNum {NAMESPACES} w:abstractNumId="{number}">{levels}</w:abstractNum>')
        )
    for number in lists:
        numbering.append(
            parse_xml(f'<w:num {NAMESPACES} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
        )
    for num in parse_xml(f"<w:x {NAMESPACES}>{nums}</w:x>"):
        numbering.append(num)
    for style in parse_xml(f"<w:x {NAMESPACES}>{styles}</w:x>"):
        document.styles.element.append(style)
    for block in parse_xml(f"<w:x {NAMESPACES}>{''.join(body)}</w:x>"):
        document.element.body.insert(len(document.element.body) - 1, block)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def rezipped(raw: bytes, edit: Callable[[dict[str, bytes]], None]) -> bytes:
    """The file with its parts edited."""
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    edit(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


def with_notes(raw: bytes, kind: str, *notes: str) -> bytes:
    """The file with a part of footnotes or endnotes, numbered from 2 as Word does."""

    def edit(parts: dict[str, bytes]) -> None:
        body = "".join(f'<w:{kind} w:id="{n}">{note}</w:{kind}>' for n, note in enumerate(notes, 2))
        parts[f"word/{kind}s.xml"] = f"<w:{kind}s {NAMESPACES}>{body}</w:{kind}s>".encode()
        rels = "word/_rels/document.xml.rels"
        address = f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s"
        relation = f'<Relationship Id="rN{kind}" Type="{address}" Target="{kind}s.xml"/></Relationships>'
        parts[rels] = parts[rels].replace(b"</Relationships>", relation.encode())

    return rezipped(raw, edit)


def read(*body: str, **more: object) -> Document:
    return read_docx(made(*body, **more), "made.docx")  # type: ignore[arg-type]


def shown(document: Document) -> str:
    """The canonical text, ``{+inserted+}`` and ``{-deleted-}``, tabs as arrows."""
    text, at = "", 0
    for one in document.changes:
        sign = "+" if one.kind == "inserted" else "-"
        text += document.text[at : one.span.start] + f"{{{sign}{document.at(one.span)}{sign}}}"
        at = one.span.end
    return (text + document.text[at:]).replace("\t", "→")


def remarks(document: Document) -> list[tuple[int, str]]:
    return [(remark.line, remark.message) for remark in document.remarks]


A, B = (70, 0), (70, 1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p(r("one")) + p() + p(r("two ") + r("three")), "one\n\ntwo three\n"),
        (p(r("a "), ins("new "), gone("old "), r("b")), "a {+new +}{-old -}b\n"),
        (p(ins("by Ann "), ins("by Bob", by="Bob")), "{+by Ann +}{+by Bob+}\n"),
        (p(ins("by Ann "), ins("too")), "{+by Ann too+}\n"),
        (p(r("a "), change("ins", gone("never in force nor proposed")), r("b")), "a b\n"),
        (p(r("one")) + p(ins("two"), mark="ins") + p(r("three")), "one\n{+two\n+}three\n"),
        (p(r("one")) + p(gone("two"), mark="del") + p(r("three")), "one\n{-two\n-}three\n"),
        (p(r("one"), mark="ins") + p(ins("two")) + p(r("three")), "one{+\ntwo+}\nthree\n"),
        (p(r("one, "), mark="del") + p(r("two")), "one, {-\n-}two\n"),
        (p(r("a)"), "<w:r><w:tab/></w:r>", r("typed")), "a)→typed\n"),
        (p(r("a"), "<w:r><w:noBreakHyphen/></w:r>", r("b"), "<w:r><w:softHyphen/></w:r>", r("c")), "a\u2011b\u00adc\n"),
        (p("<w:r><w:t> trimmed\n </w:t></w:r>", r(" kept ")), "trimmed kept \n"),
        (p(r("RESOLUTION 5"), "<w:r><w:br/></w:r>", r("On bicycles")), "RESOLUTION 5\nOn bicycles\n"),
        (p(r("to ride;"), "<w:r><w:br/></w:r>", r("and walk")), "to ride; and walk\n"),
        (p('<w:r><w:sym w:font="Arial" w:char="2022"/></w:r>', r(" x")), "• x\n"),
        (p('<w:hyperlink w:anchor="x">' + r("link") + "</w:hyperlink>"), "link\n"),
        (p(f'<w:fldSimple w:instr=" DATE ">{r("today")}</w:fldSimple>'), "today\n"),
        (p("<w:r><w:instrText> PAGE </w:instrText></w:r>", r("7")), "7\n"),
        (p(f"<w:sdt><w:sdtPr/><w:sdtContent>{r('in')}</w:sdtContent></w:sdt>"), "in\n"),
        (f"<w:sdt><w:sdtContent>{p(r('block'))}</w:sdtContent></w:sdt>", "block\n"),
        (p(f"<m:oMath><m:r><m:t>E</m:t></m:r></m:oMath>{r('=mc')}"), "E=mc\n"),
        (
            p(f"<mc:AlternateContent><mc:Choice Requires='x'>{r('once')}</mc:Choice>"
              f"<mc:Fallback>{r('twice')}</mc:Fallback></mc:AlternateContent>"),
            "once\n",
        ),
    ],
)  # fmt: skip
def test_words_and_their_changes(body: str, expected: str) -> None:
    assert shown(read(body)) == expected


def test_who_changed_and_when_is_kept_as_the_file_has_it() -> None:
    document = read(p(change("ins", r("new"), by="Ümit <u@x>", on="2024-12-31T23:59:00Z"), gone("old", by="")))
    new, old = document.changes
    assert (new.kind, new.author, new.date, new.moved) == ("inserted", "Ümit <u@x>", "2024-12-31T23:59:00Z", False)
    assert (old.kind, old.author, old.date) == ("deleted", None, DATE)


def test_a_move_is_struck_here_and_inserted_there() -> None:
    document = read(
        p(r("1 "), change("moveFrom", r("words"))),
        p(change("moveFrom", r("line")), mark="moveFrom"),
        p(r("2 "), change("moveTo", r("words"))),
        p(change("moveTo", r("line")), mark="moveTo"),
        p(r("end")),
    )
    assert shown(document) == "1 {-words-}\n{-line\n-}2 {+words+}\n{+line\n+}end\n"
    assert all(one.moved for one in document.changes)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p(r("one"), num=A) + p(r("sub"), num=B) + p(r("two"), num=A), "a)→one\ni)→sub\nb)→two\n"),
        (p(r("one"), num=A) + p(r("between")) + p(r("two"), num=A), "a)→one\nbetween\nb)→two\n"),
        (p(r("one"), num=A) + p(ins("two"), num=A, mark="ins") + p(r("three"), num=A),
         "a)→one\n{+b)→two\n+}{-b-}{+c+})→three\n"),
        (p(gone("one"), num=A, mark="del") + p(r("two"), num=A), "{-a)→one\n-}{-b-}{+a+})→two\n"),
        (p(r("one"), num=A, mark="ins") + p(ins("two"), num=A) + p(r("three"), num=A),
         "a)→one{+\nb)→two+}\n{-b-}{+c+})→three\n"),
        (p(r("one"), num=A) + p(num=A) + p(r("three"), num=A), "a)→one\n\nc)→three\n"),
        (p(ins("one"), num=A) + p(gone("two"), num=A, mark="del") + p(r("x")), "{+a)→one+}\n{-b)→two\n-}x\n"),
    ],
)  # fmt: skip
def test_lists_are_counted_as_word_counts_them_in_each_version(body: str, expected: str) -> None:
    assert shown(read(body)) == expected


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (NUMBERED, "1 1.1 a) b) 1.2 a) 2 2.1"),
        (NUMBERED.replace('"%1.%2"', '"(%2)"'), "1 (1) a) b) (2) a) 2 (1)"),
        (
            level(0, "upperRoman", "%1", start="4") + level(1, "upperLetter", "%1.%2", "<w:isLgl/>"),
            "IV 4.1   4.2  V 5.1",
        ),
        (level(0, "upperLetter", "Annex %1") + level(1, "decimalZero", "%2"), "Annex A 01   02  Annex B 01"),
        (level(0, "ordinal", "%1") + level(1, "decimal", "%2", '<w:lvlRestart w:val="0"/>'), "1 1   2  2 3"),
        (level(0, "bullet", "\uf0b7") + level(1, "none", "–"), " –   –   –"),
    ],
)
def test_labels_are_printed_in_the_format_of_their_level(levels: str, expected: str) -> None:
    body = (p(r("x"), num=(9, depth)) for depth in (0, 1, 2, 2, 1, 2, 0, 1))
    lines = read(*body, lists={9: levels}).text.splitlines()
    assert " ".join(line.removesuffix("x").rstrip("\t") for line in lines) == expected


def test_letters_go_on_after_z() -> None:
    text = read(*(p(r("x"), num=A) for _ in range(29))).text
    assert [line.partition(")")[0] for line in text.splitlines()[24:]] == ["y", "z", "aa", "bb", "cc"]


def test_a_list_that_starts_anew_and_one_that_goes_on() -> None:
    nums = "".join(
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="70"/>{more}</w:num>'
        for n, more in ((80, ""), (81, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride>'))
    )
    body = [p(r("x"), num=(n, 0)) for n in (70, 80, 81, 81, 70)]
    assert read(*body, nums=nums).text == "a)\tx\nb)\tx\ne)\tx\nf)\tx\ng)\tx\n"


STYLES = """
<w:style w:type="paragraph" w:styleId="Item"><w:name w:val="Item"/>
  <w:pPr><w:numPr><w:numId w:val="90"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="SubItem"><w:name w:val="SubItem"/><w:basedOn w:val="Item"/>
  <w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Unlisted"><w:name w:val="Unlisted"/><w:basedOn w:val="Item"/>
  <w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style>
<w:style w:type="paragraph" w:styleId="Call"><w:name w:val="Call"/></w:style>
"""


def test_numbering_that_styles_keep() -> None:
    linked = level(0, "decimal", "%1", '<w:pStyle w:val="Item"/>') + level(1, "lowerLetter", "%2)")
    document = read(
        p(r("instructs the Council"), style="Call"),
        p(r("one"), style="Item"),
        p(r("sub"), style="SubItem"),
        p(r("none"), style="Unlisted"),
        p(r("switched off"), style="Item", num=(0, 0)),
        p(r("two"), style="Item"),
        p(r("loop"), style="Loop"),
        lists={90: linked},
        styles=STYLES,
    )
    assert document.text.replace("\t", "→") == (
        "instructs the Council\n1→one\na)→sub\nnone\nswitched off\n2→two\nloop\n"
    )


def test_numbering_that_a_tracked_change_gives_or_takes() -> None:
    before = change("pPrChange", '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="70"/></w:numPr></w:pPr>')
    given = f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="70"/>{change("ins")}</w:numPr>'
    document = read(p(r("was listed"), more=before), p(r("is listed now"), more=given), p(r("x"), num=A))
    assert shown(document) == "{-a)→-}was listed\n{+a)→+}is listed now\nb)→x\n"


TWO_BY_TWO = tbl(tr(tc(p(r("A")), p(r("a"))), tc(p(r("B")))), tr(tc(), tc(p(r("D")))))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p(r("before")) + TWO_BY_TWO + p(r("after")), "before\n→A\na\n→B\n→\n→D\nafter\n"),
        (tbl(tr(tc(p(r("A")), properties='<w:gridSpan w:val="2"/>'), tc(p(r("B"))))), "→A\n→\n→B\n"),
        (tbl(tr(tc(p(r("A"))), properties='<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>')), "→\n→A\n→\n"),
        (
            tbl(tr(tc(p(r("A")), properties='<w:vMerge w:val="restart"/>'), tc(p(r("B")))),
                tr(tc(properties="<w:vMerge/>"), tc(p(r("C"))))),
            "→A\n→B\n→\n→C\n",
        ),
        (tbl(tr(tc(p(r("A"))))) + tbl(tr(tc(p(r("B"))), properties=change("ins"))), "→A\n{+→B\n+}"),
        (tbl(tr(tc(p(ins("A"))), tc(p(r("B"))), properties=change("del"))), "{-→\n→B\n-}"),
        (tbl(tr(tc(p(r("A"))), tc(p(r("B")), properties=change("cellIns")))), "→A\n{+→B\n+}"),
        (tbl(tr(tc(p(r("A"), mark="del"), p(gone("a"))), tc(p(r("B"))))), "→A{-\na-}\n→B\n"),
        (tbl(tr(tc(p(r("A"), mark="ins")), tc(p(r("B"))))), "→A\n→B\n"),
        (p(r("x"), mark="ins") + tbl(tr(tc(p(r("A"))))), "x{+\n+}{-\n-}→A\n"),
        (tbl(f"<w:sdt><w:sdtContent>{tr(tc(p(r('A'))))}</w:sdtContent></w:sdt>"), "→A\n"),
        (tbl(tr(tc(p("<w:r><w:tab/></w:r>", r("indented"))))), "→indented\n"),
        (p("<w:r><w:tab/><w:tab/></w:r>", r("no cell")), "no cell\n"),
        (p(ins("new"), "<w:r><w:tab/></w:r>", r("text")), "{+new+}{+→+}text\n"),
        (p(gone("1"), ins("2"), "<w:r><w:tab/></w:r>", r("text")), "{-1-}{+2+}→text\n"),
    ],
)  # fmt: skip
def test_tables_and_what_must_not_look_like_one(body: str, expected: str) -> None:
    assert shown(read(body)) == expected


def test_a_table_within_a_table_is_read_as_lines_of_its_cell() -> None:
    document = read(tbl(tr(tc(p(r("A")), tbl(tr(tc(p(r("x"))), tc(p(r("y"))))), p(r("z"))), tc(p(r("B"))))))
    assert document.text == "\tA\n\nx\ny\nz\n\tB\n"
    assert remarks(document) == [(2, "a table within a table was read as the lines of its cell")]


def note(custom: str = "", number: int = 2, kind: str = "footnote") -> str:
    follows = ' w:customMarkFollows="1"' if custom else ""
    return f'<w:r><w:{kind}Reference w:id="{number}"{follows}/></w:r>' + (r(custom) if custom else "")


def test_footnotes_stand_as_flattened_texts_have_them() -> None:
    raw = made(p(r("developing"), note(), r(" countries;")), p(r("small"), note("1", 3), r(" islands")))
    first = p("<w:r><w:footnoteRef/></w:r>", r("\tThese [mostly] include"), ins(" all,")) + p(r("and more."))
    document = read_docx(with_notes(raw, "footnote", first, p(r("1"), "<w:r><w:tab/></w:r>", r("Others."))), "x.docx")
    assert shown(document) == (
        "developing[footnoteRef:1]1 countries; [1: 1  These (mostly) include{+ all,+} and more.]\n"
        "small[footnoteRef:2]1 islands [2: 1 Others.]\n"
    )
    assert remarks(document) == [(1, "brackets in a footnote were written as parentheses")]


def test_a_footnote_goes_with_the_words_that_it_is_set_in() -> None:
    raw = made(p(r("a"), change("ins", r("b") + note(kind="endnote"))), p(r("c"), note(number=7)))
    document = read_docx(with_notes(raw, "endnote", p(r("Body"))), "x.docx")
    assert shown(document) == "a{+b[footnoteRef:1]1 [1: 1 Body]+}\nc[footnoteRef:2]2\n"
    assert remarks(document) == [(2, "footnote 2 has no text of its own")]


def test_what_is_left_out_is_said_with_its_line() -> None:
    box = f"<w:drawing><w:txbxContent>{p(r('boxed'))}</w:txbxContent></w:drawing>"
    document = read(
        p(r("one")),
        p(r("two"), "<w:r><w:drawing/></w:r>", f"<w:r>{box}</w:r>"),
        p(r("three"), "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret</w:t></w:r>"),
        p(
            "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>four</w:t></w:r>",
            '<w:r><w:commentReference w:id="1"/></w:r>',
        ),
        p(r("five"), '<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:object/></w:r>'),
        p("<m:oMath><m:r><m:t>x</m:t></m:r></m:oMath>"),
        '<w:altChunk w:id="1"/>',
    )
    assert document.text == "one\ntwo\nthree\nfour\nfive\nx\n\n"
    assert remarks(document) == [
        (2, "a picture was left out"),
        (2, "a text box was left out"),
        (3, "hidden text was left out"),
        (4, "a comment was left out"),
        (5, "a sign of the font Wingdings was left out"),
        (5, "an embedded object was left out"),
        (6, "a formula was read without its layout"),
        (7, "an embedded document was left out"),
    ]


def test_the_strict_format_is_read_too() -> None:
    def strict(parts: dict[str, bytes]) -> None:
        for name in parts:
            parts[name] = parts[name].replace(W.encode(), b"http://purl.oclc.org/ooxml/wordprocessingml/main")

    raw = rezipped(made(p(r("one"), num=A), p(r("two"), num=A)), strict)
    assert read_docx(raw, "strict.docx").text == "a)\tone\nb)\ttwo\n"


def test_the_main_part_may_have_another_name() -> None:
    def renamed(parts: dict[str, bytes]) -> None:
        parts["word/document2.xml"] = parts.pop("word/document.xml")
        parts["word/_rels/document2.xml.rels"] = parts.pop("word/_rels/document.xml.rels")
        parts["_rels/.rels"] = parts["_rels/.rels"].replace(b'"word/document.xml"', b'"/word/document2.xml"')

    assert read_docx(rezipped(made(p(r("one"), num=A)), renamed), "x.docx").text == "a)\tone\n"


def test_odd_numbers_do_no_harm() -> None:
    wild = level(0, "lowerLetter", "%1)", start="99999") + level(1, "lowerRoman", "%2", start="x")
    body = [p(r("x"), num=(9, 0)), p(r("x"), num=(9, 1)), p(r("x"), num=(9, 77)), p(r("x"), num=(123, 0))]
    assert read(*body, lists={9: wild}).text == "99999)\tx\ni\tx\nx\nx\n"
    wide = read(tbl(tr(tc(p(r("A")), properties='<w:gridSpan w:val="99999"/>'))))
    assert wide.text.count("\t") == 63


def test_a_table_far_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(canonical, "MAX_PARAGRAPHS", 100)
    row = tr(tc(p(r("A")), properties='<w:gridSpan w:val="60"/>'))
    with pytest.raises(Unreadable, match="more than 100 paragraphs and cells"):
        read(tbl(row, row))


def test_changes_lie_in_order_and_apart() -> None:
    document = read(
        p(r("a"), ins("b"), gone("c"), num=A), p(ins("d"), num=A, mark="ins"), p(gone("e"), mark="del"), p(r("f"))
    )
    spans = [one.span for one in document.changes]
    assert all(start < end for start, end in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))
    assert [document.text[cell.lines[0].start] for cell in document.cells] == ["a"]


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda parts: parts.pop("word/document.xml"), "no Word document"),
        (lambda parts: parts.update({"word/document.xml": b"<w:document"}), "word/document.xml, holds malformed XML"),
        (lambda parts: parts.update({"word/document.xml": b"<a/>"}), "without a body"),
        (lambda parts: parts.update({"word/numbering.xml": b"\xff"}), "word/numbering.xml, holds malformed XML"),
    ],
)
def test_a_file_that_word_did_not_write_is_refused(edit: Callable[[dict[str, bytes]], None], message: str) -> None:
    with pytest.raises(Unreadable, match=re.escape(message)):
        read_docx(rezipped(made(p(r("x"))), edit), "odd.docx")


def test_a_file_without_words_is_refused() -> None:
    with pytest.raises(Unreadable, match="holds no text"):
        read(p(), p("<w:r><w:drawing/></w:r>"))


# Random comparison tables with random tracked changes, written as Word writes them.

KEYWORDS = (
    "recalling",
    "considering",
    "noting",
    "resolves",
    "instructs the Secretary-General",
    "invites Member States",
)
OLD_NEW = ("in_force", "proposed")
Kind = Literal["same", "inserted", "deleted"]


@dataclass(frozen=True)
class Line:
    """A paragraph to write: its words by kind, its own kind, and its label: typed, or the name of a list."""

    words: tuple[tuple[Kind, str], ...]
    kind: Kind = "same"
    typed: str = ""
    listed: tuple[int, int] | None = None  # list and level
    entered: bool = False  # inserted by pressing Enter at the end of the paragraph before it

    def in_version(self, version: str) -> str | None:
        """Its words there; None where it is not."""
        other = "inserted" if version == "in_force" else "deleted"
        return None if self.kind == other else "".join(text for kind, text in self.words if kind != other)


word = st.text(st.characters(categories=["L"]), min_size=1, max_size=7)
text_kinds: st.SearchStrategy[Kind] = st.sampled_from(["same", "inserted", "deleted"])


@st.composite
def lines(draw: st.DrawFn, opening: str, typed: str, listed: tuple[int, int] | None) -> Line:
    kind = draw(st.sampled_from(["same", "same", *get_args(Kind)]))
    if kind != "same":
        return Line(((kind, f"{opening} {draw(word)};"),), kind, typed, listed, draw(st.booleans()))
    middle = draw(st.lists(st.tuples(text_kinds, word), max_size=4))
    return Line((("same", opening), *((k, f" {w}") for k, w in middle), ("same", ";")), "same", typed, listed)


@st.composite
def resolutions(draw: st.DrawFn, number: int) -> list[list[Line]]:
    """The cells of one column: its title, then a cell for each section."""
    place = draw(st.sampled_from(["Lima", "New Delhi", "Málaga"]))
    amended: tuple[tuple[Kind, str], ...] = (("deleted", "2022"), ("inserted", "2026")) if draw(st.booleans()) else ()
    title = [
        Line((("same", f"RESOLUTION {number} (Rev. {place}, 2022)"),)),
        Line((("same", f"On {draw(word)}"),)),
        Line((("same", "The World Telecommunication Standardization Assembly (Geneva, "),
              *(amended or (("same", "2022"),)), ("same", "),"))),
    ]  # fmt: skip
    cells = [title]
    for n, keyword in enumerate(draw(st.lists(st.sampled_from(KEYWORDS), min_size=1, max_size=3, unique=True))):
        form, many = draw(st.sampled_from(["typed", "listed", "none"])), draw(st.integers(1, 5))
        new_list = 1000 + 10 * number + n
        section = [Line((("same", keyword),))]
        for item in range(many):
            typed = f"{'abcde'[item]})" if form == "typed" else ""
            section.append(draw(lines("that", typed, (new_list, 0) if form == "listed" else None)))
        cells.append([*section, Line((("same", "that it ends."),))])
    return cells


@st.composite
def tables(draw: st.DrawFn) -> list[list[list[Line]]]:
    """Rows of cells of lines."""
    columns = [draw(resolutions(n)) for n in range(1, draw(st.integers(1, 4)) + 1)]
    return [list(row) for row in zip_longest(*columns, fillvalue=[Line(())])]


def ends(cell: list[Line]) -> list[str]:
    """The tracked change of each paragraph's end; Enter at the end of a paragraph tracks that one's."""
    marks = [{"inserted": "ins", "deleted": "del"}.get(line.kind, "") for line in cell]
    for n, line in enumerate(cell):
        if line.entered and line.kind == "inserted" and cell[n - 1].kind == "same":
            marks[n - 1], marks[n] = marks[n], marks[n - 1]
    return marks


def written(cells: list[list[list[Line]]]) -> tuple[bytes, dict[str, tuple[Kind, str]]]:
    """The table as a Word file, and what each author changed in it."""
    authors: dict[str, tuple[Kind, str]] = {}

    def said(kind: Kind, text: str) -> str:
        if kind == "same":
            return r(text)
        author = f"Author {len(authors)}"
        authors[author] = kind, text
        return ins(text, author) if kind == "inserted" else gone(text, author)

    def paragraph(line: Line, end: str) -> str:
        tab = "<w:r><w:tab/></w:r>"
        label = {"same": r(line.typed) + tab, "inserted": ins(line.typed) + change("ins", tab)}
        typed = label.get(line.kind, gone(line.typed) + change("del", tab)) if line.typed else ""
        return p(typed, *(said(kind, text) for kind, text in line.words), num=line.listed, mark=end)

    rows = [tr(*(tc(*map(paragraph, cell, ends(cell))) for cell in row)) for row in cells]
    lists = {line.listed[0] for row in cells for cell in row for line in cell if line.listed}
    return made(tbl(*rows), lists={n: level(0, "lowerLetter", "%1)") for n in sorted(lists)}), authors


def expected(cells: list[list[list[Line]]], version: str) -> str:
    """The canonical text of that version."""
    counts: Counter[tuple[int, int]] = Counter()
    text = ""
    for cell in (cell for row in cells for cell in row):
        text += "\t"
        for line in cell:
            if (words := line.in_version(version)) is None:
                continue
            label = line.typed
            if line.listed:
                label = f"{'abcdefg'[counts[line.listed]]})"
                counts[line.listed] += 1
            text += f"{label}\t{words}\n" if label else f"{words}\n"
    return text


def text_of(document: Document, version: str) -> str:
    """The canonical text without what is in the other version only."""
    other = "inserted" if version == "in_force" else "deleted"
    dropped = {n for one in document.changes if one.kind == other for n in range(*one.span)}
    return "".join(char for n, char in enumerate(document.text) if n not in dropped)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(tables())
def test_every_version_of_a_table_is_read_to_the_letter(cells: list[list[list[Line]]]) -> None:
    raw, authors = written(cells)
    document = read_docx(raw, "table.docx")
    assert document.remarks == ()
    assert [text_of(document, version) for version in OLD_NEW] == [expected(cells, version) for version in OLD_NEW]
    for author, (kind, text) in authors.items():
        by_author = [one for one in document.changes if one.author == author]
        assert {(one.kind, one.date, one.moved) for one in by_author} == {(kind, DATE, False)}
        assert text in "".join(document.at(one.span) for one in by_author)


@settings(max_examples=30, deadline=None, derandomize=True, database=None)
@given(tables())
def test_every_clause_is_found_in_each_version(cells: list[list[list[Line]]]) -> None:
    raw, _ = written(cells)
    corpus = parse_document(read_docx(raw, "table.docx"), {})
    for version, other in zip(OLD_NEW, ("proposed", "deleted"), strict=True):
        plain = parse_document(document_from(expected(cells, version).encode(), "plain.txt"), {})
        found = [(c.instrument, c.heading, c.text_of(version)) for c in corpus.clauses if c.status != other]
        assert sorted(found) == sorted((c.instrument, c.heading, c.text) for c in plain.clauses)
