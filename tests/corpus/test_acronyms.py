"""What a text says that an acronym stands for."""

from __future__ import annotations

import pytest

from corpus.acronyms import spelled_out


@pytest.mark.parametrize(
    ("acronym", "text", "long"),
    [
        ("BR", "the Directors of the Radiocommunication Bureau (BR)", "Radiocommunication Bureau"),
        ("rag", "that the Radiocommunication Advisory Group (RAG) meets", "Radiocommunication Advisory Group"),
        ("ISCG", "the Inter-Sector Coordination Group on issues (ISCG)", "Inter-Sector Coordination Group on issues"),
        ("ICTs", "information and communication technologies (ICTs)", "information and communication technologies"),
        ("CRS", "infrastructure sharing; and cognitive radio systems (CRS)", "cognitive radio systems"),
        ("CRS", "a rule (CRS)", None),
        ("CRS", "cognitive radio systems; a rule (CRS)", None),  # not across a mark
        ("CRS", "cognitive radio systems", None),
        ("CRS", "(CRS)", None),
        ("A", "anything (A)", None),
        ("CRS)(", "cognitive radio systems (CRS)", None),
    ],
)
def test_the_words_before_it_whose_letters_it_holds(acronym: str, text: str, long: str | None) -> None:
    assert spelled_out(acronym, text) == long
