"""HTML and SVG as text that is escaped unless it was made here (pure)."""

from __future__ import annotations

from html import escape

_VOID = frozenset({"meta", "line", "circle", "rect", "path", "br"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *inside: str, **attributes: str | float) -> Markup:
    """An element. ``inside`` is escaped unless it is :class:`Markup`; a trailing underscore is taken off the names of
    attributes, and the others stand for hyphens."""
    given = "".join(f' {n.rstrip("_").replace("_", "-")}="{_value(v)}"' for n, v in attributes.items())
    if name in _VOID and not inside:
        return Markup(f"<{name}{given}/>")
    return Markup(f"<{name}{given}>{join(*inside)}</{name}>")


def join(*parts: str) -> Markup:
    """``parts`` one after the other, escaped unless they are :class:`Markup`."""
    return Markup("".join(part if isinstance(part, Markup) else escape(part, quote=False) for part in parts))


def _value(value: str | float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, (int, float)) else escape(value)
