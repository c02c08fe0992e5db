"""Settings: the only reader of the environment. Unknown ones are errors."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from corpus.errors import SettingsError

PREFIX = "CLAUSEQA_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is set by ``CLAUSEQA_`` and its name in capitals, and most by an option of the command line.

    ``bundle`` is where the index lies; ``encoder`` the one to build with, and to insist on when serving; ``threads``
    how many the encoder may use (0: one per core); ``public_url`` is where people reach the server, if by another name
    than that of ``host``; ``chat_sources`` whether streamed chats tell their clauses as the events that Open WebUI
    shows as sources, instead of as OpenAI's annotations (``on`` or ``off``).
    """

    bundle: Path = Path(".clauseqa/bundle")
    host: str = "127.0.0.1"
    port: int = 8000
    encoder: str | None = None
    threads: int = 0
    public_url: str | None = None
    chat_sources: bool = False

    def with_options(self, **options: Any) -> Settings:
        """These settings with those ``options`` that are not None in their place."""
        return replace(self, **{name: value for name, value in options.items() if value is not None})


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from ``environment`` (the process's own by default). Raises :class:`SettingsError`."""
    given = os.environ if environment is None else environment
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, Any] = {}
    for variable, value in given.items():
        if not variable.startswith(PREFIX):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in known:
            names = ", ".join(PREFIX + n.upper() for n in known)
            raise SettingsError(f"unknown setting {variable}; known: {names}")
        values[name] = _convert(variable, value, name)
    return Settings(**values)


def _convert(variable: str, value: str, name: str) -> Any:
    if name == "bundle":
        return Path(value)
    if name in ("port", "threads"):
        if not value.isdecimal():
            raise SettingsError(f"{variable} is {value!r}; it must be a whole number")
        return int(value)
    if name == "public_url":
        if not re.match(r"https?://[^/]", value):
            raise SettingsError(f"{variable} is {value!r}; it must be an address that begins with http:// or https://")
        return value
    if name == "chat_sources":
        if value not in ("on", "off"):
            raise SettingsError(f"{variable} is {value!r}; it must be on or off")
        return value == "on"
    return value
