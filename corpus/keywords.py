"""The keywords that open the sections of a resolution, and what they mean for its clauses.

Source: headings counted in the Final Acts of the Plenipotentiary Conference (Dubai, 2018) and in the default corpus.
"""

from __future__ import annotations

import re

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

_ALL = "|".join(re.escape(k) for k in sorted(PREAMBULAR + OPERATIVE, key=len, reverse=True))
KEYWORD = rf"(?:further )?(?:{_ALL})(?: further| also)?"
_ADDRESSEE = r"(?:the |all |its |[A-Z])(?:(?! to [a-z]).)*?"  # never the infinitive that opens the clause itself
# A keyword alone, two keywords run together by a draft ("noting recalling"), or a keyword with its addressee.
_HEADING = re.compile(rf"(?P<keyword>{KEYWORD})(?: (?P<second>{KEYWORD})| (?P<addressee>{_ADDRESSEE}))?[,:]?")
_RUN_IN = re.compile(
    rf"(?<=[,;])\s+(?P<keyword>{'|'.join(OPERATIVE)})\s+(?P<addressee>the [^,;]+?|Member States[^,;]*?)\s+(?=to [a-z])"
)


def bare(keyword: str) -> str:
    """``considering further`` -> ``considering``."""
    return keyword.removeprefix("further ").removesuffix(" further").removesuffix(" also")


def part_of(keyword: str) -> Part:
    """``preamble`` for a recital, ``operative`` for what the body decides."""
    return "preamble" if bare(keyword) in PREAMBULAR else "operative"


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


def find_run_in(text: str) -> re.Match[str] | None:
    """A heading that an extraction ran into the end of an item: ``..., instructs the ITU Council to include ...``.

    It stands after the comma or semicolon that closes the item, names an addressee and is followed by the infinitive
    that opens the next clause.
    """
    return _RUN_IN.search(text)
