"""What holds for every resolution that can be written down, tried on random ones."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, pairwise, zip_longest
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from corpus.bodies import bodies, expanded, find_bodies
from corpus.errors import SourceError
from corpus.keywords import OPERATIVE, PREAMBULAR
from corpus.labels import Level, kinds, ordinal, place
from corpus.model import Corpus, Span
from corpus.parse import parse_document, parse_file
from corpus.readable import readable
from corpus.readers.text import document_from
from corpus.references import find_citations, parse_reference, resolve
from corpus.revisions import split_glued_label
from corpus.titles import ADOPTING

moderate = settings(max_examples=60, deadline=None, derandomize=True, database=None)

ADDRESSEES = ("Member States", "Member States and Sector Members", *(f"the {b.name}" for b in bodies().values()))
PLACES = ("Lima", "New Delhi", "Sharm el-Sheikh", "Málaga", "Addis Ababa", "Kyiv")
ROMANS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii", "xiii", "xiv", "xv", "xvi")
LETTERS = tuple("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Item:
    labels: tuple[str, ...]
    text: str
    end: str


@dataclass(frozen=True)
class Section:
    heading: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Resolution:
    heading: str
    sections: tuple[Section, ...]
    breaks: tuple[int, ...]

    def cells(self) -> list[str]:
        """The resolution cut into cells before the lines at ``breaks``, empty lines strewn in."""
        lines = list(chain.from_iterable((s.heading, *map(printed, s.items)) for s in self.sections))
        cuts = sorted({0, *(b % len(lines) for b in self.breaks), len(lines)})
        return [self.heading, *("\n\n".join(lines[a:b]) for a, b in pairwise(cuts))]


def printed(item: Item) -> str:
    label = item.labels[-1] if item.labels else ""
    bracket = "" if not label or label[0].isdigit() else ")"
    return f"{label}{bracket}\t{item.text}{item.end}" if label else f"{item.text}{item.end}"


words = st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=8), min_size=1, max_size=6).flatmap(
    lambda found: st.sampled_from([" ", "\u00a0", "\u2011", " \u2011 "]).map(lambda by: "that " + by.join(found))
)


def below(parent: str) -> st.SearchStrategy[tuple[str, ...]]:
    lists = (ROMANS, LETTERS) if parent[0].isdigit() else (ROMANS,)
    return st.sampled_from(lists).flatmap(lambda labels: st.integers(1, 3).map(lambda n: labels[:n]))


@st.composite
def items(draw: st.DrawFn) -> tuple[Item, ...]:
    numbers = tuple(map(str, range(1, 15)))
    labels = draw(st.sampled_from([(), numbers, LETTERS]))
    if not labels:
        return tuple(Item((), f"{text}.", "") for text in draw(st.lists(words, min_size=1, max_size=3)))
    found: list[Item] = []
    for label in labels[: draw(st.integers(1, 12))]:
        nested = draw(below(label)) if draw(st.integers(0, 3)) == 0 else ()
        found.append(Item((label,), draw(words) + ":" * bool(nested), "" if nested else ";"))
        found += [Item((label, inner), draw(words), draw(st.sampled_from([";", ",", "; "]))) for inner in nested]
    return tuple(found)


@st.composite
def resolutions(draw: st.DrawFn, number: int) -> Resolution:
    body = draw(st.sampled_from(sorted(ADOPTING)))
    revision = f"{draw(st.sampled_from(PLACES))}, {draw(st.integers(1990, 2040))}"
    itur = "ITU-R " if ADOPTING[body] == "RA" else ""
    heading = f"RESOLUTION {itur}{number} (Rev. {revision})\nOn {draw(words)}\n\nThe {body} ({revision}),"
    recitals = st.sampled_from(PREAMBULAR)
    commands = st.builds(
        lambda keyword, to: f"{keyword} {to}".strip(), st.sampled_from(OPERATIVE), st.sampled_from(["", *ADDRESSEES])
    )
    headings = draw(st.lists(recitals | commands, min_size=1, max_size=5, unique=True))
    sections = tuple(Section(h, draw(items())) for h in headings)
    return Resolution(heading, sections, tuple(draw(st.lists(st.integers(1, 60), max_size=4))))


@st.composite
def tables(draw: st.DrawFn) -> list[Resolution]:
    numbers = draw(st.lists(st.integers(1, 999), min_size=1, max_size=5, unique=True))
    return [draw(resolutions(n)) for n in numbers]


def flattened(table: list[Resolution]) -> str:
    rows = zip_longest(*(r.cells() for r in table), fillvalue="")
    return "Compilation of resolutions\n\n" + "\n".join(f"\t{cell}" for row in rows for cell in row)


def parsed(text: str) -> Corpus:
    return parse_document(document_from(text.encode(), "made-up.txt"), {})


@moderate
@given(tables())
def test_every_clause_that_was_written_is_found_and_no_other(table: list[Resolution]) -> None:
    found = parsed(flattened(table))
    assert len(found.instruments) == len(table)
    assert found.remarks == ()
    for resolution, instrument in zip(table, found.instruments, strict=True):
        written = [(s.heading, i.labels, i.text) for s in resolution.sections for i in s.items]
        clauses = sorted((c for c in found.clauses if c.instrument == instrument.id), key=lambda c: c.span)
        items = [tuple(s.num for s in c.path if s.kind == "item") for c in clauses]
        assert [(c.heading, i, c.text) for c, i in zip(clauses, items, strict=True)] == written


@moderate
@given(tables())
def test_every_quote_is_verbatim_at_its_span_and_lines(table: list[Resolution]) -> None:
    text = flattened(table)
    for c in parsed(text).clauses:
        assert text[c.span.start : c.span.end] == c.text
        assert text.count("\n", 0, c.span.start) + 1 == c.line_start == c.line_end


@moderate
@given(tables())
def test_ids_are_unique_and_the_same_on_every_reading(table: list[Resolution]) -> None:
    text = flattened(table)
    ids = [c.id for c in parsed(text).clauses]
    assert len(set(ids)) == len(ids)
    assert ids == [c.id for c in parsed(text).clauses]


@moderate
@given(tables(), st.integers(0, 1000), words)
def test_other_words_in_one_clause_leave_every_id_and_reference_alone(
    table: list[Resolution], nth: int, other: str
) -> None:
    text = flattened(table)
    before = parsed(text).clauses
    changed = before[nth % len(before)]
    end = changed.text[-1] if changed.text[-1] in ".:" else ""
    after = parsed(text[: changed.span.start] + other + end + text[changed.span.end :]).clauses
    assert [(c.id, c.reference) for c in after] == [(c.id, c.reference) for c in before]
    assert [c.id for b, c in zip(before, after, strict=True) if b.text != c.text] in ([], [changed.id])


@moderate
@given(tables())
def test_every_printed_reference_leads_back_to_its_clause(table: list[Resolution]) -> None:
    found = parsed(flattened(table))
    for clause in found.clauses:
        citation = parse_reference(clause.reference)
        assert citation is not None, clause.reference
        exact, _ = resolve(citation, found.clauses, found.instruments)
        assert [c.id for c in exact] == [clause.id], clause.reference


FRAGMENTS = (
    "RESOLUTION 5 (Rev. Lima, 2031)", "RESOLUTION ITU-R 75", "Resolution 18", "The Plenipotentiary Conference,",
    "The Radiocommunication Assembly (Lima, 2031Oslo, 2035),", "(2023)", "On bicycles", "resolves", "noting recalling",
    "instructs the Director of BR", "invites all", "considering", "ANNEX 1", "Annex B", "(to Resolution 18)",
    "Principle 3", "NOTE 1 – this", "NOTE - that", "1\tGeneral", "1\tto ride;", "12\tto walk:", "1.1\tto run", "2.\tno",
    "a)\tthe rain,", "fh)\tthe sun;", "b)bis\tthe wind", "i) the moon", "xii)\tstars:", "zz)\tz", "9999\tmore",
    "it rains, instructs the Council to pay", "the end. [1: 1 \tA note.]", "[bookmark: x]", "[footnoteRef:1]1",
    ",;", ":", "٣\tthree", "", "\t", "\u00a0", "\u2028", "\x0b", "İTU, ſecond K", "(Rev.", "[", "]",
)  # fmt: skip
documents = st.lists(st.sampled_from(FRAGMENTS), max_size=30).flatmap(
    lambda lines: st.lists(st.sampled_from(["\n", "\n\t", "\r\n", " "]), min_size=len(lines), max_size=len(lines)).map(
        lambda ends: "".join(chain.from_iterable(zip(ends, lines, strict=True)))
    )
)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "any.txt"


@settings(moderate, max_examples=300)
@given(st.binary() | st.text().map(str.encode) | documents.map(str.encode))
@example("RESOLUTION 5\nThe Plenipotentıary Conference,\nresolves\nto ride.".encode())
@example(b"RESOLUTION 5\nThe Radiocommunication Assembly,\nresolves\n" + b"9" * 5000 + b"\tto ride.")
def test_any_file_is_read_or_refused_as_a_source_that_cannot_be_read(file: Path, raw: bytes) -> None:
    file.write_bytes(raw)
    with suppress(SourceError):
        parse_file(file)


@settings(moderate, max_examples=300)
@given(documents)
def test_whatever_is_found_in_a_broken_document_has_a_true_quote_and_an_id_of_its_own(body: str) -> None:
    text = (
        f"RESOLUTION 5 (Rev. Lima, 2031)\nOn bicycles\nThe Radiocommunication Assembly,\nresolves\n1\tto ride;\n{body}"
    )
    found = parsed(text)
    everything = (*found.clauses, *found.footnotes)
    assert all(found.document.at(c.span) == c.text and c.line_start <= c.line_end for c in everything)
    assert len({c.id for c in everything}) == len(everything)


@moderate
@given(st.text() | documents)
def test_any_question_can_be_searched_for_citations_and_bodies(question: str) -> None:
    find_citations(question)
    find_bodies(question)
    expanded(question)


marks = st.sampled_from(
    [
        "[bookmark: _Toc1]",
        "[footnoteRef:2]2",
        "[1: 1 \tA note.]",
        "developing1 ",
        "\u00a0",
        "\u2011",
        "\u00ad",
        "\n",
        "  ",
    ]
)


@moderate
@given(st.text() | st.lists(st.text(max_size=5) | marks, max_size=12).map("".join))
@example("abc1\u00ad; and")
@example("[bookmark:\u00a0x]")
def test_readable_text_reads_the_same_and_is_never_longer(text: str) -> None:
    assert readable(readable(text)) == readable(text)
    assert len(readable(text)) <= len(text)


@pytest.mark.parametrize("labels", [ROMANS, LETTERS, (*LETTERS, "aa", "bb", "cc"), tuple(map(str, range(1, 40)))])
def test_labels_in_their_order_make_one_list(labels: tuple[str, ...]) -> None:
    levels = place(labels[0], (), opens=True)
    for label in labels[1:]:
        levels = place(label, levels, opens=False)
        assert [level.last for level in levels] == [label]


@pytest.mark.parametrize(("number", "numeral"), [*enumerate(ROMANS, 1), (19, "xix"), (24, "xxiv"), (39, "xxxix")])
def test_roman_numerals_count(number: int, numeral: str) -> None:
    assert kinds(numeral)[0] == "roman"
    assert ordinal(numeral, "roman") == number


label = st.sampled_from((*ROMANS, *LETTERS, "aa", "bbis", "1", "2", "10", "1.1", "1.2", "2.1"))


@moderate
@given(st.lists(st.tuples(label, st.booleans()), min_size=1, max_size=20))
def test_an_item_is_the_last_of_the_open_levels_and_at_most_one_deeper(steps: list[tuple[str, bool]]) -> None:
    levels: tuple[Level, ...] = ()
    for num, opens in steps:
        before, levels = levels, place(num, levels, opens)
        assert levels[-1].last == num
        assert len(levels) <= len(before) + 1
        assert levels[:-1] == before[: len(levels) - 1]


@moderate
@given(st.integers(1, 26), st.integers(1, 26))
def test_two_letters_run_together_come_apart_again(one: int, other: int) -> None:
    old, new = sorted((LETTERS[one - 1], LETTERS[other - 1]))
    assert split_glued_label(old + new) == split_glued_label(new + old) == ((old, new) if old != new else None)


@moderate
@given(st.integers(1, 99), st.integers(1, 99))
def test_two_numbers_run_together_come_apart_into_a_smaller_and_a_larger(one: int, other: int) -> None:
    found = split_glued_label(f"{one}{other}")
    if one < other:
        assert found is not None
    if found:
        old, new = found
        assert old + new == f"{one}{other}"
        assert int(old) < int(new)


def test_a_span_is_half_open() -> None:
    found = parsed("RESOLUTION 5\nOn\nThe Radiocommunication Assembly,\nresolves\nx;")
    assert found.clauses[0].span == Span(len(found.document.text) - 2, len(found.document.text) - 1)
