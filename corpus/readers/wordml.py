"""Finding one's way in WordprocessingML: elements and attributes by their names in its namespace (pure)."""

from __future__ import annotations

from xml.etree.ElementTree import Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def get(element: Element, name: str) -> str:
    """An attribute in Word's namespace; empty where there is none."""
    return element.get(W + name, "")


def find(element: Element | None, path: str) -> Element | None:
    """The first element at ``path``, its steps in Word's namespace."""
    return None if element is None else element.find("/".join(W + step for step in path.split("/")))


def value(element: Element | None, path: str) -> str | None:
    """The ``w:val`` of the element at ``path``."""
    found = find(element, path)
    return None if found is None else found.get(f"{W}val")


def children(element: Element | None, name: str) -> list[Element]:
    """The children of that name."""
    return [] if element is None else element.findall(W + name)


def is_on(switch: Element | None) -> bool:
    """Is an on-off property (``<w:vanish/>``) there and not switched off?"""
    return switch is not None and get(switch, "val") not in ("0", "false", "off")


def number(text: str | None, default: int) -> int:
    """``text`` as a small whole number, ``default`` where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else default
