"""The keywords that open the sections of a resolution, and what they mean for its clauses.

Source: headings counted in the Final Acts of the Plenipotentiary Conference (Dubai, 2018) and in the default corpus.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.model import Part

PREAMBULAR = (
    "aware", "bearing in mind", "concerned", "considering", "convinced", "emphasizing", "having considered",
    "having examined", "mindful", "noting", "noting with concern", "noting with satisfaction", "reaffirming",
    "recalling", "recognizing", "stressing", "taking into account", "taking note", "underlining", "welcoming",
)  # fmt: skip
OPERATIVE = (
    "appeals to", "authorizes", "calls upon", "charges", "decides", "directs", "encourages", "instructs", "invites",
    "recommends", "requests", "resolves", "urges",
)  # fmt: skip
# The United Nations have more of them, and qualify them ("Noting with deep concern", "Strongly urges").
_UN_PREAMBULAR = (
    "acknowledging", "affirming", "alarmed", "appreciating", "believing", "cognizant", "commending", "condemning",
    "conscious", "deploring", "desiring", "determined", "encouraged", "expressing", "guided by", "highlighting",
    "keeping in mind", "noting", "recalling", "regretting", "reiterating", "taking note of", "underscoring",
)  # fmt: skip
_UN_OPERATIVE = (
    "acknowledges", "adopts", "affirms", "agrees", "approves", "calls for", "commends", "condemns", "confirms",
    "considers", "declares", "deplores", "emphasizes", "endorses", "expresses", "highlights", "notes", "proclaims",
    "reaffirms", "recalls", "recognizes", "reiterates", "stresses", "supports", "takes note", "takes note of",
    "underlines", "underscores", "welcomes",
)  # fmt: skip
_ADDRESSING = (
    "appeals to", "authorizes", "calls upon", "directs", "encourages", "instructs", "invites", "requests", "urges"
)  # fmt: skip


def _any_of(*keywords: str) -> str:
    return "|".join(re.escape(k) for k in sorted(set(keywords), key=len, reverse=True))


_ALL = _any_of(*PREAMBULAR, *OPERATIVE)
_BEFORE = r"(?:(?:again|also|deeply|further|fully|gravely|once again|strongly) )?"
_AFTER = (
    r"(?: (?:again|also|further)| with (?:deep |grave |great )?(?:appreciation|concern|interest|regret|satisfaction))*"
)
KEYWORD = rf"{_BEFORE}(?:{_any_of(*PREAMBULAR, *OPERATIVE, *_UN_PREAMBULAR, *_UN_OPERATIVE)}){_AFTER}"
_ADDRESSEE = r"(?:the |all |its |[A-Z])(?:(?! to [a-z]).)*?"  # never the infinitive that opens the clause itself
# A keyword alone, two keywords run together by a draft ("noting recalling"), or a keyword with its addressee.
_ITU_KEYWORD = rf"(?:further )?(?:{_ALL})(?: further| also)?"
_HEADING = re.compile(rf"(?P<keyword>{_ITU_KEYWORD})(?: (?P<second>{_ITU_KEYWORD})| (?P<addressee>{_ADDRESSEE}))?[,:]?")
_RUN_IN = re.compile(
    rf"(?<=[,;])\s+(?P<keyword>{'|'.join(OPERATIVE)})\s+(?P<addressee>the [^,;]+?|Member States[^,;]*?)\s+(?=to [a-z])"
)

# "Recalling also its resolution ...", "5. Requests the Secretary-General to ...": a capital sets it apart from a
# heading.
_OPENING = re.compile(
    rf"\s*(?:(?P<num>\d{{1,3}})\.\s+)?(?=[A-Z])(?P<keyword>(?i:{KEYWORD}))(?=[\s,])"
    rf"(?:(?<=[a-z]) (?P<addressee>{_ADDRESSEE})(?= to [a-z]))?,?\s+(?=\S)"
)


class Opening(NamedTuple):
    """The keyword that opens a paragraph, with its number and addressee; ``start`` to ``heading_end`` is where keyword
    and addressee stand, ``width`` where the words after them begin."""

    keyword: str
    addressee: str | None
    num: str | None
    start: int
    heading_end: int
    width: int


def bare(keyword: str) -> str:
    """``considering further`` -> ``considering``, ``strongly urges`` -> ``urges``."""
    return re.sub(rf"^{_BEFORE}|{_AFTER}$", "", keyword)


def part_of(keyword: str) -> Part:
    """``preamble`` for a recital, ``operative`` for what the body decides."""
    return "preamble" if bare(keyword) in (*PREAMBULAR, *_UN_PREAMBULAR) else "operative"


def match_heading(line: str) -> tuple[str, str | None, str | None] | None:
    """``(keyword, addressee, keyword proposed)`` if the readable ``line`` is a section heading, else None.

    >>> match_heading("instructs the Secretary-General")
    ('instructs', 'the Secretary-General', None)
    >>> match_heading("noting recalling")
    ('noting', None, 'recalling')
    """
    found = _HEADING.fullmatch(line)
    if not found or (found["addressee"] and part_of(found["keyword"]) == "preamble"):
        return None
    addressee = found["addressee"]
    return found["keyword"], addressee.strip(" ,") if addressee else None, found["second"]


def match_opening(line: str) -> Opening | None:
    """The keyword that opens the paragraph in ``line`` (canonical text), as in the style of the United Nations.

    >>> match_opening("5. Requests the Secretary-General to report on it;")
    Opening(keyword='requests', addressee='the Secretary-General', num='5', start=3, heading_end=33, width=34)
    """
    found = _OPENING.match(line)
    if found is None:
        return None
    keyword = found["keyword"].lower()
    if bare(keyword) not in _ADDRESSING and found["addressee"]:
        return Opening(
            keyword, None, found["num"], found.start("keyword"), found.end("keyword"), found.end("keyword") + 1
        )
    end = found.end("addressee") if found["addressee"] else found.end("keyword")
    return Opening(keyword, found["addressee"], found["num"], found.start("keyword"), end, found.end())


def find_run_in(text: str) -> re.Match[str] | None:
    """A heading that an extraction ran into the end of an item: ``..., instructs the ITU Council to include ...``.

    It stands after the comma or semicolon that closes the item, names an addressee and is followed by the infinitive
    that opens the next clause.
    """
    return _RUN_IN.search(text)
