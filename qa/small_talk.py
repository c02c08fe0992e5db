"""What people say to a service beside asking it of its texts: greetings, thanks, questions about itself (pure).

The patterns and replies are in ``small_talk.toml``. A reply names what the corpus holds and cites nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

from corpus.model import NO_BODY, Instrument

LISTED = 20  # resolutions that are named
_EXAMPLES = ("who reports annually to TSAG?", "what must the Secretary-General do?")
_PLACE = re.compile(r"(?<!\?P)<(\w+)>")
_LONGEST = 200  # characters of a message that may be small talk
_DEPTH = 4  # of lists within lists
_MARKS = re.compile(r"[^\w\s'’\[\]-]+|(?<!\w)[-'’]|[-'’](?!\w)|_")
_EDGE = " \t\r\n,;:.!-–—"
_SHORT = {"'s": " is", "'re": " are", "'d": " would", "'m": " am", "'ll": " will"}
_NTH = ("first", "second", "third", "fourth", "fifth")


def small_talk(message: str, instruments: Collection[Instrument]) -> str | None:
    """The reply to ``message`` in Markdown where it is none of the corpus' business, else None.

    >>> small_talk("Thanks!", [])
    'You are welcome. Ask me anything else about the resolutions.'
    """
    if not message.strip() or len(message) > _LONGEST:
        return None
    if not any(c.isalnum() for c in message):  # a thumb, a smile, a question mark
        return _reply("help" if "?" in message else "fine", instruments)
    forms = (_plain(message), _plain(without_courtesies(message)))
    name = next((name for said in forms for name, pattern in _talk() if pattern.fullmatch(said)), None)
    return _reply(name, instruments) if name else None


def without_courtesies(message: str) -> str:
    """``message`` less the greeting or thanks before a question and the please after it.

    >>> without_courtesies("Hello! Who reports annually to TSAG, please?")
    'Who reports annually to TSAG?'
    """
    before, after = _courtesies()
    text = message.strip()
    while (found := before.match(text)) and any(c.isalnum() for c in text[found.end() :]):
        text = text[found.end() :]
    if (found := after.search(text)) and any(c.isalnum() for c in text[: found.start()]):
        text = text[: found.start()] + (found["mark"] or "")
    return text


def asks_for_words(message: str) -> bool:
    """Does ``message`` ask for the words or the place of what the answer before it cited, and nothing else?

    >>> asks_for_words("Quote it in full, please."), asks_for_words("Quote Resolution 18")
    (True, False)
    """
    return _asks_for_words(message) is not None


def which_words(message: str) -> int | None:
    """Which of the citations before are asked for: a rank from 1, -1 for the last, None where it does not say.

    >>> which_words("show me the second one"), which_words("quote [3]"), which_words("quote it")
    (2, 3, None)
    """
    found = _asks_for_words(message)
    which = found["which"].strip("[]") if found and found["which"] else None
    if which is None:
        return None
    if which == "last":
        return -1
    return int(which.rstrip("stndrh")) if which[0].isdigit() else _NTH.index(which) + 1


def holdings(instruments: Collection[Instrument]) -> str:
    """A list of ``instruments`` in Markdown, the first :data:`LISTED` of them."""
    lines = [f"- {_named(i)}" for i in list(instruments)[:LISTED]]
    more = len(instruments) - len(lines)
    return "\n".join([*lines, *([f"- and {more} more"] if more else [])])


def _named(instrument: Instrument) -> str:
    of = "" if instrument.body in ("RA", NO_BODY) else f" of {instrument.body}"
    draft = f", with a draft revision{f' for {instrument.draft_of}' if instrument.draft_of else ''}"
    title = f": {instrument.title}" if instrument.title and instrument.title != instrument.name else ""
    return f"{instrument.name}{of}{draft if instrument.draft else ''}{title}"


def _reply(name: str, instruments: Collection[Instrument]) -> str:
    reply: str = next(row["reply"] for row in _data()["talk"] if row["name"] == name)
    count = _counted(instruments)
    examples = " or ".join(f"“{example}”" for example in _EXAMPLES)
    return reply.format(
        who=f"I answer questions about {count} with the clauses that say it, quoted and linked.",
        how=f"You may ask, for example: {examples}; then go on with “and in Resolution …?” or “quote it in full”. "
        f"I know:\n\n{holdings(instruments)}",
        corpus=f"I answer from the text of {count}:\n\n{holdings(instruments)}",
        more="Ask me anything else about the resolutions.",
    )


def _counted(instruments: Collection[Instrument]) -> str:
    many = "s" if len(instruments) != 1 else ""
    if any(i.body == NO_BODY for i in instruments):
        return f"{len(instruments)} text{many}"
    return f"{len(instruments)} resolution{many} of the International Telecommunication Union"


def _plain(message: str) -> str:
    """Small letters and single spaces, without punctuation and courtesies after the matter."""
    said = message.replace("’", "'").lower()
    for short, full in _SHORT.items():
        said = re.sub(rf"(?<=\w){short}\b", full, said)
    said = " ".join(_MARKS.sub(" ", said).split())
    said = re.sub(r"^(?:(?:and|so|but|well|please|pls|um|oh) )+(?=\w)", "", said)
    return re.sub(r"(?<=\w) (?:please|pls)$", "", said)


def _asks_for_words(message: str) -> re.Match[str] | None:
    if len(message) > _LONGEST:
        return None
    said = _plain(without_courtesies(message))
    said = re.sub(r"^(?:(?:ok|okay|and|so|but|now|then|yes|great) )+", "", said)
    return _quote().fullmatch(said)


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads((resources.files("qa") / "small_talk.toml").read_text("utf-8"))


def _written_out(pattern: str, words: Mapping[str, Sequence[str]]) -> str:
    for _ in range(_DEPTH):
        pattern = _PLACE.sub(lambda m: f"(?:{'|'.join(words[m[1]])})", pattern)
    return pattern


def _compiled(alternatives: Sequence[str], words: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_written_out(a, words)})" for a in alternatives), re.I)


@cache
def _talk() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["name"], _compiled(row["said"], _data()["words"])) for row in _data()["talk"])


@cache
def _quote() -> re.Pattern[str]:
    return _compiled(_data()["quote"]["said"], _data()["quote"]["words"])


@cache
def _courtesies() -> tuple[re.Pattern[str], re.Pattern[str]]:
    rows, words = _data()["courtesies"], _data()["words"]
    before, after = (_compiled(rows[name], words).pattern for name in ("before", "after"))
    return (
        re.compile(rf"(?:{before})(?:[{re.escape(_EDGE)}]+|$)(?![\w\s]*\b(?:a lot|very much)\b)", re.I),
        re.compile(rf"[\s,;.]+(?:{after})[\s.!]*(?P<mark>\?*)[\s.!]*$", re.I),
    )
