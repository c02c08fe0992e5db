"""How much of a file is read, whatever it claims to be: bounds on size, unpacked size and depth.

What goes beyond a bound is refused as :class:`Unreadable` before it costs time or memory.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree

from corpus.errors import NotFound, Unreadable

MEGABYTE = 1 << 20
MAX_FILE = 50 * MEGABYTE
MAX_PART = 32 * MEGABYTE  # one unpacked part of a Word file; the Final Acts of a conference take some 10
MAX_ENTRIES = 10_000  # of a zip file; a Word file has some 20 and one for each picture
MAX_DEPTH = 200  # elements within elements; twenty tables within each other take 120
MAX_ELEMENTS = 2_000_000  # each costs some 300 bytes; a document of 500 pages has half a million

_ENTRY = b"PK\1\2"


def read_bytes(path: Path) -> bytes:
    """The file at ``path``. Raises :class:`NotFound` and :class:`Unreadable`; both say what to do."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_FILE + 1)
    except FileNotFoundError as exc:
        raise NotFound(f"no such file: {path}; check the path") from exc
    except IsADirectoryError as exc:
        raise Unreadable(f"{path} is a folder; name the files in it") from exc
    except OSError as exc:
        raise Unreadable(f"cannot read {path}: {exc.strerror}; check its permissions") from exc
    if len(raw) > MAX_FILE:
        raise Unreadable(f"{path.name} is larger than {MAX_FILE // MEGABYTE} MB; split it or take its pictures out")
    return raw


class Archive:
    """A zip file whose members are unpacked one at a time, never beyond the bounds."""

    def __init__(self, raw: bytes, name: str) -> None:
        self._name = name
        if raw.count(_ENTRY) > MAX_ENTRIES:
            raise Unreadable(f"{name} is a zip file of more than {MAX_ENTRIES:,} parts, no document; unpack it")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, ValueError, NotImplementedError) as exc:
            raise self._damaged() from exc

    def read(self, member: str) -> bytes | None:
        """The unpacked member, None where there is none."""
        try:
            info = self._zip.getinfo(member)
        except KeyError:
            return None
        if info.flag_bits & 1:
            raise Unreadable(f"{self._name} is protected by a password; remove it and save the file again")
        if info.file_size > MAX_PART:
            raise self._bomb(member)
        try:
            with self._zip.open(info) as file:
                raw = file.read(MAX_PART + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as exc:
            raise self._damaged() from exc
        if len(raw) > MAX_PART:
            raise self._bomb(member)
        return raw

    def _damaged(self) -> Unreadable:
        return Unreadable(f"{self._name} is a damaged zip file; fetch it again or save it anew in Word")

    def _bomb(self, member: str) -> Unreadable:
        return Unreadable(
            f"{self._name}: its part {member} unpacks to more than a document of its size should; save it anew in Word"
        )


class _Builder(ElementTree.TreeBuilder):
    """Builds a tree that declares no entities and is neither too deep nor too large."""

    depth = count = 0

    def doctype(self, *_: object) -> None:
        raise _Refused("it declares a document type, and may define entities there; take the <!DOCTYPE ...> out")

    def start(self, tag: str, attrs: Mapping[str, str], /) -> ElementTree.Element:
        self.depth += 1
        self.count += 1
        if self.depth > MAX_DEPTH:
            raise _Refused(f"its elements are nested more than {MAX_DEPTH} deep; simplify it")
        if self.count > MAX_ELEMENTS:
            raise _Refused(f"it has more than {MAX_ELEMENTS:,} elements; split it")
        return super().start(tag, dict(attrs))

    def end(self, tag: str) -> ElementTree.Element:
        self.depth -= 1
        return super().end(tag)


class _Refused(Exception):
    pass


def parse_xml(raw: bytes, name: str) -> ElementTree.Element:
    """The root of the XML in ``raw``; nothing outside it is fetched. Raises :class:`Unreadable` where it is malformed,
    too deep, too large, or has a document type, which alone can define entities."""
    try:
        return ElementTree.fromstring(raw, parser=ElementTree.XMLParser(target=_Builder()))
    except _Refused as exc:
        raise Unreadable(f"{name} is refused: {exc}") from exc
    except (ElementTree.ParseError, ValueError, LookupError) as exc:
        raise Unreadable(f"{name} holds malformed XML ({exc}); save it again with the program that wrote it") from exc
