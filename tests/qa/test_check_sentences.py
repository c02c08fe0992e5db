"""What a language model may say of a clause: the clause's own words in a few frames, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.model import Clause, Corpus, Instrument, Span, Step, TextVersion
from corpus.parse import default_source, parse_file
from corpus.readable import readable
from qa.check_sentences import check
from qa.model import Evidence

CORPUS = parse_file(default_source())
CLAUSES = {c.id: c for c in CORPUS.clauses}
ANNUAL = "itu-wtsa/res-18/2024/instructs__para_2"
MEMBERS = "itu-pp/res-191/2022/invites-member-states-and-sector-members__para_2"
HOME = Instrument(
    id="itu-wtsa/res-900/2024",
    body="WTSA",
    number="900",
    revision="Rev. Geneva, 2024",
    title="On lamps",
    adopted="Geneva, 2024",
)


def evidence(clause: Clause, version: TextVersion | None = None) -> Evidence:
    return Evidence(
        clause=clause,
        instrument=CORPUS.instrument_of(clause),
        sha256="",
        score=1.0,
        version=version or clause.versions[0],
    )


def made(text: str, *path: Step, lead_in: str | None = None) -> Evidence:
    """A clause of these words in Resolution 900 of WTSA."""
    clause = Clause(
        id="x",
        instrument=HOME.id,
        document="d",
        reference="resolves 2 of Resolution 900 (Rev. Geneva, 2024)",
        part="operative",
        path=(*(path or (Step("section", "resolves"),)), Step("item", "2")),
        text=text,
        span=Span(0, len(text)),
        line_start=1,
        line_end=1,
        row=1,
        column=1,
        heading=" ".join(filter(None, (path[0].num, path[0].addressee))) if path else "resolves",
        lead_in=lead_in,
    )
    return Evidence(clause=clause, instrument=HOME, sha256="", score=1.0, version="in_force")


def wrong(text: str, *cited: Evidence, verdict: str | None = None) -> tuple[str, ...]:
    """What is wrong with an answer from these clauses."""
    return check(text, cited, range(1, len(cited) + 1), verdict).complaints


INSTRUCTS = Step("section", "instructs", "the Director of TSB")
INVITES = Step("section", "invites", "Member States")


class TestWhatHolds:
    @pytest.mark.parametrize(
        "said",
        [
            "The Director of TSB is instructed to report annually to TSAG on the implementation of this resolution [1]",
            "The Director of TSB reports annually to TSAG on the implementation of this resolution [1].",
            "the director of TSB must report annually to TSAG [1]",
            "The TSB Director shall report annually to TSAG. [1]",
            "The Director of the Telecommunication Standardization Bureau (TSB) is to report annually to the "
            "Telecommunication Standardization Advisory Group (TSAG) [1].",
            "Resolution 18 (Rev. New Delhi, 2024) of WTSA instructs the Director of TSB to report annually to TSAG [1]",
            "WTSA Resolution 18 instructs “the Director of TSB to report annually to TSAG” [1].",
            'Instructs "the Director of TSB to report annually to TSAG" [1].',
            "Under Resolution 18, the Director of TSB is instructed by this resolution to report annually to TSAG [1].",
            "According to instructs 2 of Resolution 18 (Rev. New Delhi, 2024), the Director of TSB reports annually to "
            "TSAG on the implementation of Resolution 18 [1].",
            "The Director of TSB reports annually to TSAG (instructs 2 of Resolution 18 (Rev. New Delhi, 2024)) [1].",
            "- The Director of TSB\nreports annually to TSAG [1].",
        ],
    )
    def test_the_words_of_the_clause_in_a_frame(self, said: str) -> None:
        assert wrong(said, evidence(CLAUSES[ANNUAL])) == ()

    def test_whoever_is_invited_should(self) -> None:
        cited = made("to review their coasts, and to count ships", INVITES)
        for said in ("are invited to review their coasts", "should review their coasts"):
            assert wrong(f"Member States {said}, and to count ships [1].", cited) == ()

    @pytest.mark.parametrize("version", ["in_force", "proposed"])
    def test_every_clause_of_the_compilation_may_be_said_in_its_own_words(self, version: TextVersion) -> None:
        for clause in (c for c in CORPUS.clauses if version in c.versions):
            cited = evidence(clause, version)
            lead_in = f"{clause.lead_in} " if clause.lead_in and "the following" not in clause.lead_in else ""
            assert wrong(f"{lead_in}{cited.words} [1].", cited) == (), clause.reference

    def test_everyone_who_is_instructed_to_may_be_said_to_be(self) -> None:
        told = [c for c in CORPUS.clauses if c.addressee and c.text.startswith("to ")]
        assert len(told) > 40
        for clause in told:
            cited = evidence(clause)
            assert wrong(f"{clause.addressee} are {str(clause.keyword).rstrip('es')}ed {cited.words} [1].", cited) == ()

    def test_several_sentences_each_of_its_own_clause(self) -> None:
        both = (made("that lamps shall be lit"), made("that ships may be counted"))
        assert wrong("Lamps shall be lit [1]. Ships may be counted [2].", *both) == ()

    def test_the_verdict_that_is_known_may_be_said(self) -> None:
        cited = made("that lamps may be lit")
        assert wrong("Yes, lamps may be lit [1].", cited, verdict="yes") == ()


class TestWhatDoesNot:
    @pytest.mark.parametrize(
        ("said", "complaint"),
        [
            ("The Director of TSB may report annually to TSAG [1].", "not “may” but “to”"),
            ("The Director of TSB should report annually to TSAG [1].", "not “should” but “to”"),
            ("The Director of TSB is invited to report annually to TSAG [1].", "“invited”"),
            ("The Director of TSB shall not report annually to TSAG [1].", "not “not” but “report”"),
            ("The Director of BDT reports annually to TSAG [1].", "not “dir-bdt” but “dir-tsb”"),
            ("The Director of TSB reports annually to TDAG [1].", "not “tdag” but “tsag”"),
            ("The Director of TSB (TSAG) reports annually to TSAG [1].", "not “tsag”"),
            ("TSAG reports annually to the Director of TSB [1].", "not “tsag” but “dir-tsb”"),
            ("The Director of TSB reports monthly to TSAG [1].", "not “monthly” but “annually”"),
            ("The Director of TSB reports annually to TSAG by 1 May [1].", "not “by” but “on”"),
            ("The Director of TSB reports annually to TSAG on the implementation of Resolution 19 [1].", "resolution"),
            ("Under Resolution 18 (Rev. Dubai, 2012), the Director of TSB reports annually to TSAG [1].", "not “rev”"),
            ("Under Resolution 18 of PP, the Director of TSB reports annually to TSAG [1].", "not “of”"),
            ("Under instructs 3 of Resolution 18, the Director of TSB reports annually to TSAG [1].", "not “"),
            ("The Director of TSB reports annually to TSAG on the implementation [1].", "goes on “of”"),
            ("The Director of TSB reports annually [1].", "too little is said"),
            ("The Director of TSB reports <b>annually</b> to TSAG [1].", "not “<” but “annually”"),
            ("The Director of TSB reports annually to TSAG on the [implementation](https://evil.example) [1].", ""),
            ("“The Director of TSB will report annually” [1].", "does not hold the words “The Director of TSB will"),
            ("The Director of TSB “reports annually to TSAG [1].", "quotation marks"),
            ("The Director of TSB reports annually to TSAG.", "the number of its clause is missing"),
            ("The Director of TSB [1] reports annually to TSAG.", "the number of its clause is missing"),
            ("The Director of TSB reports annually to TSAG [1]. Council pays.", "after “Council pays”"),
            ("The Director of TSB reports annually to TSAG [2].", "there is no clause 2"),
            ("The Director of TSB reports annually to TSAG [0].", "there is no clause 0"),
            ("[1]", "nothing is said before the number 1"),
            ("", "no sentence cites a clause"),
            ("Yes, the Director of TSB reports annually to TSAG [1].", "do not begin with 'Yes'"),
            ("The Director of TSB reports\u202e annually to TSAG [1].", "not “\u202e” but “annually”"),
            ("The Dіrector of TSB reports annually to TSAG [1].", "“dіrector”"),
            ("The Director of TSB reports annually to TSAG [1]. " * 7, "7 sentences are too many"),
        ],
    )
    def test_anything_else_is_told(self, said: str, complaint: str) -> None:
        assert complaint in " ".join(wrong(said, evidence(CLAUSES[ANNUAL])) or ["it holds"])
        assert wrong(said, evidence(CLAUSES[ANNUAL]))

    @pytest.mark.parametrize(
        ("clause", "said"),
        [
            ("that study groups shall not extinguish any lamp", "study groups shall extinguish any lamp"),
            ("that study groups shall light all lamps", "study groups may light all lamps"),
            ("that study groups may light all lamps", "study groups must light all lamps"),
            ("that study groups should light all lamps", "study groups shall light all lamps"),
            (
                "that lamps shall be lit in all harbours, unless the Council objects",
                "lamps shall be lit in all harbours",
            ),
            ("that lamps shall be lit in harbours, but not in towns", "lamps shall be lit in harbours"),
            ("that lamps shall be lit in harbours or in towns", "lamps shall be lit in harbours"),
            ("that lamps shall stand between harbours and towns", "lamps shall stand between harbours"),
            ("that, if ships pass, the lamps shall be lit", "the lamps shall be lit"),
            ("to encourage Member States to light all their lamps", "Member States to light all their lamps"),
            ("that 5% of all lamps shall be lit", "5 of all lamps shall be lit"),
            ("that 3.5 lamps shall be lit", "35 lamps shall be lit"),
            ("that lamps of Annex A shall be lit", "lamps of Annex B shall be lit"),
            ("that lamps of Annex A shall be lit", "lamps of an Annex shall be lit"),
            ("Each study group counts its lamps. They shall be lit at dusk.", "They shall be lit at dusk"),
            ("No lamp is needed by day. The keeper lights all lamps.", "The keeper lights all lamps"),
        ],
    )
    def test_nor_may_a_sentence_turn_or_shorten_the_sense(self, clause: str, said: str) -> None:
        assert wrong(f"{clause} [1].", made(clause)) == ()
        assert wrong(f"{said} [1].", made(clause))

    def test_what_a_clause_hangs_on_must_be_said_with_it(self) -> None:
        cited = made("a joint meeting may be held", lead_in="that, if ships pass:")
        assert wrong("A joint meeting may be held [1].", cited)
        assert wrong("That, if ships pass: a joint meeting may be held [1].", cited) == ()

    def test_who_is_told_to_do_it_is_not_exchanged(self) -> None:
        cited = made("to report to Member States on all lamps", INSTRUCTS)
        assert wrong("The Director of TSB reports to Member States on all lamps [1].", cited) == ()
        assert wrong("Member States report to the Director of TSB on all lamps [1].", cited)
        assert wrong("Member States are instructed to report to Member States on all lamps [1].", cited)

    def test_the_sentence_of_one_clause_is_not_held_by_another(self) -> None:
        both = (made("that lamps shall be lit"), made("that ships may be counted"))
        assert wrong("Ships may be counted [1].", *both)
        assert wrong("Lamps shall be lit and ships may be counted [1][2].", *both)

    def test_the_clause_that_answers_comes_first(self) -> None:
        both = (made("that lamps shall be lit"), made("that ships may be counted"))
        assert wrong("Ships may be counted [2].", *both) == ("begin with what clause 1 says",)

    def test_a_draft_is_one_only_where_it_is(self) -> None:
        said = "Under the draft revision of Resolution 900, lamps shall be lit [1]."
        assert wrong(said, made("that lamps shall be lit"))


_VOCABULARY = frozenset(chain.from_iterable(re.findall(r"\w+", readable(c.text).lower()) for c in CORPUS.clauses))
_IDS = st.sampled_from(sorted(CLAUSES))
_ARTICLES = {"a", "an", "the"}


@given(_IDS, st.data())
def test_a_clause_with_one_word_exchanged_for_one_from_outside_never_holds(clause: str, data: st.DataObject) -> None:
    cited = evidence(CLAUSES[clause])
    words = _words(cited)
    at = data.draw(st.sampled_from([n for n, w in enumerate(words) if re.search(r"\w", w)]))
    other = data.draw(st.sampled_from(["weekly", "never", "Atlantis", "not", "2031", "may", "orchestra", "TDAG"]))
    assume(other.lower() not in words[at].lower())
    assert wrong(f"{_joined([*words[:at], other, *words[at + 1 :]])} [1].", cited)


@given(_IDS, st.data())
def test_nor_with_a_word_put_in(clause: str, data: st.DataObject) -> None:
    cited = evidence(CLAUSES[clause])
    words = _words(cited)
    at = data.draw(st.integers(0, len(words)))
    other = data.draw(
        st.sampled_from(
            [*sorted(_VOCABULARY - _ARTICLES - {words[n].lower() for n in (at - 1, at) if 0 <= n < len(words)})]
        )
    )
    assume(not re.fullmatch(r"\d|and|or|to|s|that", other))
    assert wrong(f"{_joined([*words[:at], other, *words[at:]])} [1].", cited)


@given(_IDS, st.data())
def test_nor_with_two_words_exchanged(clause: str, data: st.DataObject) -> None:
    cited = evidence(CLAUSES[clause])
    words = _words(cited)
    plain = [n for n, w in enumerate(words) if w.isalpha() and w.lower() not in _ARTICLES]
    one, other = sorted(data.draw(st.lists(st.sampled_from(plain), min_size=2, max_size=2)))
    assume(words[one].lower() != words[other].lower())
    words[one], words[other] = words[other], words[one]
    assert wrong(f"{_joined(words)} [1].", cited)


@given(_IDS, st.text(max_size=60))
def test_whatever_is_said_the_check_ends_with_a_verdict(clause: str, said: str) -> None:
    cited = evidence(CLAUSES[clause])
    checked = check(said, [cited], [1])
    assert checked.complaints or checked.sentences


def _words(cited: Evidence) -> list[str]:
    lead_in = cited.clause.lead_in
    hangs = lead_in if lead_in and "the following" not in lead_in else ""
    return f"{hangs} {cited.words}".split()


def _joined(words: Sequence[str]) -> str:
    return " ".join(words)


def test_the_corpus_is_the_one_of_the_fixture(corpus: Corpus) -> None:
    assert corpus == CORPUS
