"""References inside clauses: found wherever a person sees one, and resolved to what they point to."""

from __future__ import annotations

from collections import Counter
from difflib import unified_diff
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.links import find_links, links_around
from corpus.model import Corpus, Span
from corpus.parse import default_source, parse_document, parse_file
from corpus.readers.text import document_from
from corpus.readings import read_span
from corpus.relations import STATES, Link
from qa.check import show_check

GOLDEN = Path(__file__).parent.parent / "data" / "links.golden.txt"
RENEW = "the references are found differently; if that is right, renew: python tests/corpus/test_links.py"

BICYCLES = """RESOLUTION 7 (Rev. Lima, 2031)
On bicycles
The Plenipotentiary Conference of the International Telecommunication Union (Lima, 2031),
considering
a)	that riders ask:
i)	for lanes;
ii)	for lamps;
b)	that walkers {} stroll,
resolves
1	to ride;
2	{};
3	to carry out the procedures annexed:
i)	slowly;
ii)	quickly,
instructs the Secretary-General
1	to lend bicycles;
2	to mend bicycles,
ANNEX 1
Procedures
{}
a)	ask;
b)	wait.
ANNEX 2
Principles
Principle 1
Brake early.
NOTE 1 – not late.
Principle 2
Ring.
"""
WALKS = """RESOLUTION 9 (Rev. Oslo, 2028)
On walks
The World Telecommunication Standardization Assembly (Oslo, 2028),
resolves
1	to walk {};
2	to stroll
"""


def parsed(text: str, name: str = "source.txt") -> Corpus:
    return parse_document(document_from(text.encode(), name), {})


def bicycles(recital: str = "", operative: str = "to ring", annex: str = "The following applies:") -> Corpus:
    return parsed(BICYCLES.format(recital, operative, annex))


def places(link: Link) -> list[str]:
    return [target.split("/", 3)[3] for target in link.targets]


def shown(corpus: Corpus, *others: Corpus) -> list[tuple[str, list[str]]]:
    """What is quoted, with the places that it leads to."""
    return [(link.text, places(link)) for link in find_links([corpus, *others])]


def the_link(*corpora: Corpus) -> Link:
    (link,) = find_links(corpora)
    return link


@pytest.fixture(scope="module")
def links(corpus: Corpus) -> tuple[Link, ...]:
    return find_links([corpus])


def report(corpus: Corpus) -> str:
    return show_check([corpus], find_links([corpus]), 110) + "\n"


def test_every_reference_of_the_compilation_is_found_as_reviewed(corpus: Corpus) -> None:
    reviewed = GOLDEN.read_text("utf-8").splitlines()
    changed = list(unified_diff(reviewed, report(corpus).splitlines(), "reviewed", "found now", n=0, lineterm=""))
    assert not changed, "\n".join((RENEW, *changed))


def test_the_compilation_holds_the_references_counted_by_hand(corpus: Corpus, links: tuple[Link, ...]) -> None:
    assert Counter(link.kind for link in links) == {
        "treaty": 39, "resolution": 47, "self": 11, "provision": 16, "annex": 7, "recommendation": 3,
    }  # fmt: skip


def line_of(corpus: Corpus, link: Link) -> int:
    return corpus.document.text.count("\n", 0, link.span.start) + 1


def test_the_annexes_of_the_draft_cite_provisions_that_it_lacks(corpus: Corpus, links: tuple[Link, ...]) -> None:
    dangling = [link for link in links if link.state == "dangling"]
    assert [(line_of(corpus, link), link.text) for link in dangling] == [
        (476, "resolves 4a)"),
        (512, "resolves 4c)"),
        (557, "resolves 4c)"),
    ]
    assert {link.instrument for link in dangling} == {"itu-pp/res-191/2022"}
    assert all("has resolves 1, 2, 3, 4 and 5, with nothing below 4" in (link.note or "") for link in dangling)


def test_a_citation_of_another_revision_than_the_one_held_is_stale(corpus: Corpus, links: tuple[Link, ...]) -> None:
    stale = {(line_of(corpus, link), link.instrument) for link in links if link.state == "stale"}
    assert stale == {
        (27, "itu-wtsa/res-18/2024"),
        (30, "itu-wtdc/res-59/2025"),
        (46, "itu-wtsa/res-18/2024"),
        (47, "itu-wtdc/res-59/2025"),
        (66, "itu-wtdc/res-59/2025"),
    }
    note = next(link.note for link in links if line_of(corpus, link) == 66)
    assert note == (
        "Resolution 59 of WTDC is cited as Rev. Kigali, 2022; the corpus holds Rev. Baku, 2025, "
        "whose enacting formula says Kigali, 2022"
    )


def test_each_text_of_a_draft_makes_its_own_references(corpus: Corpus, links: tuple[Link, ...]) -> None:
    beside = [
        (link.text.partition(" of ")[0], link.versions, link.state) for link in links if line_of(corpus, link) == 30
    ]
    assert beside == [
        ("Resolution 59 (Rev. Kigali, 2022)", ("in_force",), "stale"),
        ("Resolution 59 (Rev. Baku, 2025)", ("proposed",), "resolved"),
    ]


def test_a_clause_that_points_elsewhere_shows_what_it_points_to_and_what_points_to_it(
    links: tuple[Link, ...],
) -> None:
    around = links_around("itu-wtsa/res-18/2024/resolves__para_2__para_i", links)
    assert [(link.kind, places(link)[:2]) for link in around.outgoing] == [
        ("annex", ["annex_a__para_nn_1", "annex_a__para_a"])
    ]
    assert [link.clause.split("/", 3)[3] for link in around.incoming] == ["annex_a__para_nn_1"]


def test_numbers_of_the_treaties_belong_to_the_treaty_named_next(links: tuple[Link, ...]) -> None:
    cited = [link.cited for link in links if link.clause == "itu-wtdc/res-59/2025/recalling__para_c"]
    assert cited == [
        "the Constitution",
        "the Convention",
        "No. 119 of the Constitution",
        "Nos. 151-154 of the Convention",
        "No. 193 of the Convention",
        "Nos. 211 and 214 of the Convention",
        "No. 215 of the Convention",
    ]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("see resolves 1", [("resolves 1", ["resolves__para_1"])]),
        ("see resolves 1, 2 and 3 ii) below", [
            ("resolves 1", ["resolves__para_1"]),
            ("2", ["resolves__para_2"]),
            ("3 ii) below", ["resolves__para_3__para_ii"]),
        ]),
        ("see considering a) ii) and b) above", [
            ("considering a) ii)", ["considering__para_a__para_ii"]),
            ("b) above", ["considering__para_b"]),
        ]),
        ("see resolves 1 to 2", [("resolves 1 to 2", ["resolves__para_1"]), ("resolves 1 to 2", ["resolves__para_2"])]),
        ("see instructs the Secretary-General 2", [
            ("instructs the Secretary-General 2", ["instructs_secretary-general__para_2"])
        ]),
        ("see resolves 3", [
            ("resolves 3", ["resolves__para_3", "resolves__para_3__para_i", "resolves__para_3__para_ii"])
        ]),
        ("see Annex 1", [("Annex 1", ["annex_1__para_nn_1", "annex_1__para_a", "annex_1__para_b"])]),
        ("see b) of Annex 1", [("b) of Annex 1", ["annex_1__para_b"])]),
        ("see Annex 2, Principle 1, NOTE 1", [("Annex 2, Principle 1, NOTE 1", ["annex_2__principle_1__note_1"])]),
        ("see Principle 2", [("Principle 2", ["annex_2__principle_2__para_nn_1"])]),
        ("see items 1 and 3 i)", [("items 1", ["resolves__para_1"]), ("3 i)", ["resolves__para_3__para_i"])]),
        ("observe this resolution", [("this resolution", [])]),
        ("see resolves 1 of this resolution", [("resolves 1 of this resolution", ["resolves__para_1"])]),
    ],
)  # fmt: skip
def test_a_provision_without_a_resolution_is_one_of_the_clauses_own(
    written: str, found: list[tuple[str, list[str]]]
) -> None:
    assert shown(bicycles(operative=written)) == found


def test_annexes_are_cited_together_or_without_a_number() -> None:
    first, second = find_links([bicycles(operative="see Annexes 1 and 2 to this resolution")])
    assert (first.text, second.text) == ("Annexes 1", "2 to this resolution")
    whole = the_link(bicycles(operative="see the annexes to this resolution"))
    assert whole.targets == (*first.targets, *second.targets)
    assert {first.kind, second.kind, whole.kind} == {"annex"}


def test_an_annex_cites_the_provisions_and_the_items_of_its_own_resolution() -> None:
    annex = "With respect to resolves 3 i), apply b) below and Principle 1:"
    assert shown(bicycles(annex=annex)) == [
        ("resolves 3 i)", ["resolves__para_3__para_i"]),
        ("b) below", ["annex_1__para_b"]),
        ("Principle 1", ["annex_2__principle_1__para_nn_1", "annex_2__principle_1__note_1"]),
    ]


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("see resolves 9", "Resolution 7 (Rev. Lima, 2031) has resolves 1, 2 and 3"),
        ("see resolves 2 a)", "Resolution 7 (Rev. Lima, 2031) has resolves 1, 2 and 3, with nothing below 2"),
        ("see noting a)", "Resolution 7 (Rev. Lima, 2031) has no section 'noting'"),
        ("see Annex 3", "Resolution 7 (Rev. Lima, 2031) has Annex 1 and 2"),
        ("see c) of Annex 1", "Annex 1 of Resolution 7 (Rev. Lima, 2031) has no such place"),
        ("see d) above", "Resolution 7 (Rev. Lima, 2031) has resolves 1, 2 and 3"),
    ],
)
def test_a_provision_that_is_not_there_dangles_and_what_is_there_is_said(written: str, note: str) -> None:
    link = the_link(bicycles(operative=written))
    assert (link.state, link.targets, link.instrument, link.note) == ("dangling", (), "itu-pp/res-7/2031", note)


@pytest.mark.parametrize(
    "written",
    [
        "instructs 4 people to ride",
        "and invites 2 experts and 3 observers",
        "when considering relevant studies",
        "under item 9 of the agenda",
        "and 2 chairs above ground",
        "a given work item or paragraph",
        "the study Questions of the annex",
        "requests the Director to report by 1 January",
        "draft new Recommendations",
        "a convention against rust, the Vienna Convention on the Law of Treaties",
        "the No. 1 bicycle",
        "resolves to ride",
    ],
)
def test_words_that_only_look_like_a_reference_are_none(written: str) -> None:
    assert shown(bicycles(operative=written)) == []


@pytest.mark.parametrize(
    ("written", "state", "instrument"),
    [
        ("Resolution 9 (Rev. Oslo, 2028) of WTSA", "resolved", "itu-wtsa/res-9/2028"),
        ("Resolution 9 (Oslo, 2028) of the World Telecommunication Standardization Assembly", "resolved",
         "itu-wtsa/res-9/2028"),
        ("Resolution 9 of WTSA", "resolved", "itu-wtsa/res-9/2028"),
        ("Resolution 9 (Rev. Oslo, 2028)", "resolved", "itu-wtsa/res-9/2028"),
        ("Resolution 9 (Rev. Paris, 2024) of WTSA", "stale", "itu-wtsa/res-9/2028"),
        ("Resolution 9 (Rev. Paris, 2028) of WTSA", "stale", "itu-wtsa/res-9/2028"),
        ("Resolution 9 (Rev. Oslo, 2028) of WTDC", "external", None),
        ("Resolution 9 of this conference", "external", None),
        ("Resolution ITU-R 9", "external", None),
        ("Resolution 7 (Rev. Lima, 2031)", "resolved", "itu-pp/res-7/2031"),
        ("Resolution 70/125 of the United Nations General Assembly", "external", None),
    ],
)  # fmt: skip
def test_a_resolution_is_told_by_its_body_its_number_and_its_revision(
    written: str, state: str, instrument: str | None
) -> None:
    link = the_link(bicycles(operative=f"to note {written}"), parsed(WALKS.format("")))
    assert (link.text, link.state, link.instrument, link.targets) == (written, state, instrument, ())


def test_a_short_citation_is_of_the_body_named_in_the_full_one() -> None:
    corpus = bicycles("(Resolution 9 of WTDC)", "to apply Resolution 9")
    assert [link.state for link in find_links([corpus, parsed(WALKS.format(""))])] == ["external", "external"]


def test_a_revision_and_a_body_hold_for_all_of_a_list() -> None:
    found = find_links([bicycles(operative="to apply Resolutions 5 and 59 (Rev. Kigali, 2022) of WTDC")])
    assert [(link.text, link.cited) for link in found] == [
        ("Resolutions 5", "Resolution 5 (Rev. Kigali, 2022) of WTDC"),
        ("59 (Rev. Kigali, 2022) of WTDC", "Resolution 59 (Rev. Kigali, 2022) of WTDC"),
    ]


@pytest.mark.parametrize(
    ("written", "quoted"),
    [
        ("resolves 2 and instructs the Secretary-General 1 of Resolution 7 (Rev. Lima, 2031)", None),
        ("resolves 2 and instructs the Secretary-General 1 of Resolution 7", None),
        ("Resolution 7, resolves 2 and Resolution 7, instructs the Secretary-General 1", None),
    ],
)
def test_a_provision_of_another_resolution_is_found_there(written: str, quoted: None) -> None:
    found = [link for link in find_links([bicycles(), parsed(WALKS.format(f"as in {written}"))]) if link.targets]
    assert [places(link) for link in found] == [["resolves__para_2"], ["instructs_secretary-general__para_1"]]
    assert {link.instrument for link in found} == {"itu-pp/res-7/2031"}


def test_a_provision_of_a_stale_or_unknown_resolution_is_reported_as_such() -> None:
    walks = parsed(WALKS.format("as in resolves 1 of Resolution 7 (Rev. Rome, 2027) of PP and Annex 1 to Resolution 5"))
    stale, external = find_links([bicycles(), walks])
    assert (stale.state, places(stale), external.state, external.targets) == (
        "stale", ["resolves__para_1"], "external", (),
    )  # fmt: skip
    assert external.cited == "Annex 1 of Resolution 5"


@pytest.mark.parametrize(
    ("written", "cited"),
    [
        ("Nos. 86-88, 110-112 and 134-136 of the ITU Constitution",
         "Nos. 86-88, 110-112 and 134-136 of the Constitution"),
        ("Article 5 of the Convention", "Article 5 of the Convention"),
        ("Article 5", "Article 5"),
        ("No. 5.441 of the Radio Regulations", "No. 5.441 of the Radio Regulations"),
        ("Annex 1 to the Convention", "Annex 1 of the Convention"),
        ("Annex 2 to Document C31/5", "Annex 2 of Document C31/5"),
        ("Recommendation ITU-T A.1", "Recommendation ITU-T A.1"),
        ("ITU-R Recommendation M.2083-0", "Recommendation ITU-R M.2083-0"),
        ("the Convention", "the Convention"),
    ],
)  # fmt: skip
def test_what_no_corpus_of_resolutions_holds_is_external(written: str, cited: str) -> None:
    link = the_link(bicycles(operative=f"to follow {written}"))
    assert (link.state, link.cited, link.instrument, link.targets) == ("external", cited, None, ())
    assert written.endswith(link.text)


def test_an_annex_heading_names_the_resolution_that_it_belongs_to() -> None:
    corpus = parsed(BICYCLES.format("", "to ring", "Wait.").replace("Procedures", "(to Resolution 7)\nProcedures"))
    link = the_link(corpus)
    assert (link.text, link.clause, link.instrument) == (
        "Resolution 7", "itu-pp/res-7/2031/annex_1__para_nn_1", "itu-pp/res-7/2031",
    )  # fmt: skip


def test_paragraphs_of_a_resolution_of_the_united_nations_are_cited_by_number() -> None:
    corpus = parsed(
        "86/150. Bicycles\n\nThe General Assembly,\n\n"
        "Recalling its resolutions 65/183 of 21 December 2010 and 66/238,\n\n"
        "1. Requests the Secretary-General to submit a report on:\n\n(a) progress made;\n\n(b) remaining gaps;\n\n"
        "2. Decides to return to paragraph 1 (b) above, as in paragraph 3 of resolution 65/183."
    )
    found = find_links([corpus])
    assert [(link.text, link.state, len(link.targets)) for link in found] == [
        ("resolutions 65/183 of 21 December 2010", "external", 0),
        ("66/238", "external", 0),
        ("paragraph 1 (b) above", "resolved", 1),
        ("paragraph 3 of resolution 65/183", "external", 0),
    ]


def test_a_text_that_is_no_resolution_cites_no_provisions_of_its_own() -> None:
    corpus = parsed("Rules of the club\n\nMembers pay, see resolves 2 of this resolution and Article 5.\n")
    assert [(link.text, link.state) for link in find_links([corpus])] == [("Article 5", "external")]


def test_documents_without_references_have_no_links() -> None:
    assert find_links([]) == ()
    assert find_links([bicycles()]) == ()


KEYWORDS = ("resolves", "considering", "instructs the Secretary-General", "noting further", "Resolves")
LABELS = ("1", "2", "3 i)", "3ii)", "a)", "a) ii)", "b) and c)", "1, 2 and 3", "1 to 3", "4a), 4c)", "i) to iii)", "12")
phrases = st.one_of(
    st.builds("{} {}".format, st.sampled_from(KEYWORDS), st.sampled_from(LABELS)),
    st.sampled_from(["Annex 1", "Annexes 1 and 2", "Annex C, d)", "Principle 2", "Principles 1 to 3", "NOTE 1"]),
    st.sampled_from(
        ["items 1 to 3", "a) and b) above", "this resolution", "the annex to this resolution", "Article 5"]
    ),
    st.sampled_from(["No. 119 of the Constitution", "the Convention", "Recommendations ITU-T A.1 and A.5"]),
    st.builds(
        "Resolution{} {}{}{}".format,
        st.sampled_from(["", "s 5 and", " ITU-R"]),
        st.integers(1, 12),
        st.sampled_from(["", " (Rev. Lima, 2031)", " (2031)", "\u00a0(Rev. Oslo,\u00a02028)"]),
        st.sampled_from(["", " of WTSA", " of this conference", " of the Plenipotentiary Conference"]),
    ),
)
texts = st.lists(
    phrases | st.sampled_from(["and", ",", "of", "to", "above", "in accordance with", "[bookmark: x]", "developing1 "]),
    min_size=1,
    max_size=8,
).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> Corpus:
    """One document with one to six resolutions that cite each other."""
    bodies = draw(st.lists(st.integers(1, 12), min_size=1, max_size=6, unique=True))
    resolutions = []
    for number in bodies:
        template = draw(st.sampled_from([BICYCLES, WALKS]))
        text = template.format(*(draw(texts) for _ in range(template.count("{}"))))
        resolutions.append(
            text.replace("RESOLUTION 7", f"RESOLUTION {number}").replace("RESOLUTION 9", f"RESOLUTION {number}")
        )
    return parsed("\n".join(resolutions))


def check_links(corpus: Corpus, links: tuple[Link, ...]) -> None:
    clauses = {c.id: c for c in (*corpus.clauses, *corpus.footnotes)}
    for link in links:
        clause = clauses[link.clause]
        assert link.versions
        for version in link.versions:
            inside = [Span(max(a, link.span.start), min(b, link.span.end)) for a, b in clause.pieces(version)]
            pieces = [piece for piece in inside if piece.start < piece.end] or [link.span]
            assert read_span(corpus.document.text, pieces).text == link.text
        assert all(target in clauses for target in link.targets)
        assert {clauses[target].instrument for target in link.targets} <= {link.instrument}
        assert link.state in STATES
        assert not (link.targets and link.state in ("dangling", "external"))
        assert (link.instrument is None) == (link.state == "external")
        assert link.cited
        assert link.note or link.state not in ("dangling", "stale")


def test_every_link_of_the_compilation_quotes_its_clause_and_leads_somewhere(
    corpus: Corpus, links: tuple[Link, ...]
) -> None:
    check_links(corpus, links)


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(documents())
def test_every_link_quotes_its_clause_and_leads_somewhere(corpus: Corpus) -> None:
    found = find_links([corpus])
    check_links(corpus, found)
    for clause in corpus.clauses:
        around = links_around(clause.id, found)
        assert all(link.clause == clause.id for link in around.outgoing)
        assert all(clause.id in link.targets for link in around.incoming)


def renew() -> None:
    GOLDEN.write_text(report(parse_file(default_source())), "utf-8")


if __name__ == "__main__":
    renew()
