"""Text without the structure of a resolution -> plain passages, placed by heading and paragraph (pure).

A line without closing punctuation that stands before a paragraph is a heading; a paragraph is a line, or several of
which none but the last ends a sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.grammar import Column, Found
from corpus.model import NO_BODY, NOWHERE, Document, Line, Remark, Span, Step
from corpus.readable import readable
from corpus.titles import Title

_LONGEST_HEADING = 120  # characters
_CLOSING = (".", ";", ":", ",", "?", "!", "”", '"', ")")


def plain_column(document: Document) -> Column:
    """All of ``document`` as one column of passages, under the title that its first heading gives, or its name."""
    lines = [line for cell in document.cells for line in cell.lines if line.text.strip()]
    blocks = list(_blocks([line for cell in document.cells for line in cell.lines]))
    titled = bool(blocks) and _is_heading(blocks, 0)
    title = readable(blocks[0][0].text) if titled else document.name
    found: list[Found] = []
    base: tuple[Step, ...] = ()
    heading, heading_span = (title, _span(blocks[0])) if titled else ("", NOWHERE)
    sections = paragraphs = 0
    for n, block in enumerate(blocks[titled:], titled):
        span = _span(block)
        if _is_heading(blocks, n):
            sections, paragraphs = sections + 1, 0
            base, heading, heading_span = (Step("heading", str(sections)),), readable(block[0].text), span
            continue
        paragraphs += 1
        found.append(
            Found(
                part="passage",
                path=(*base, Step("paragraph", str(paragraphs))),
                span=span,
                line_start=block[0].number,
                line_end=block[-1].number,
                row=1,
                heading=heading,
                heading_span=heading_span,
            )
        )
    remark = Remark(1, "no resolution was found: its paragraphs are passages, without versions and obligations")
    named = Title(document.name, NO_BODY, None, title, None, None, NOWHERE, ())
    return Column(1, named, tuple(lines), tuple(found), (), (remark,))


def _blocks(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Paragraphs and headings, as runs of lines."""
    block: list[Line] = []
    for line in lines:
        text = readable(line.text)
        if block and (not text or readable(block[-1].text).endswith(_CLOSING)):
            yield block
            block = []
        if text:
            block.append(line)
    if block:
        yield block


def _is_heading(blocks: Sequence[Sequence[Line]], n: int) -> bool:
    """A short line of its own that closes no sentence, with something after it."""
    text = readable(blocks[n][0].text)
    return (
        len(blocks[n]) == 1
        and n + 1 < len(blocks)
        and len(text) <= _LONGEST_HEADING
        and not text.endswith(_CLOSING)
        and not text[0].islower()
    )


def _span(block: Sequence[Line]) -> Span:
    first, last = block[0], block[-1]
    start = first.start + len(first.text) - len(first.text.lstrip())
    return Span(start, last.start + len(last.text.rstrip()))
