"""What figures were made with: the corpus, the encoder, every number that steers retrieval and answers, the code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import qa.answer
from corpus import VERSION
from index.encoder import Identity

_ROOT = Path(__file__).parent.parent
_CODE = ("corpus", "index", "qa", "eval", "pyproject.toml")
_LAYERS = ("index", "qa")  # whose numbers steer what is found and answered

Setting = float | dict[str, float]


def made_with(encoder: Identity) -> dict[str, Any]:
    """The encoder, the settings, the code's version and the time, as a report names them."""
    return {
        "encoder": asdict(encoder),
        "settings": settings(modules_behind(qa.answer)),
        "code": code_version(),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def settings(modules: Iterable[ModuleType]) -> dict[str, Setting]:
    """The numbers in capitals at the top of ``modules``, and values made of numbers, by module and name; one that a
    module has from one before it is named once."""
    found: dict[str, Setting] = {}
    seen: set[tuple[str, str]] = set()
    for module in modules:
        for name, value in vars(module).items():
            number = _numbers(value) if name.isupper() else None
            if number is not None and (name, repr(number)) not in seen:
                seen.add((name, repr(number)))
                found[f"{module.__name__}.{name}"] = number
    return dict(sorted(found.items()))


def modules_behind(start: ModuleType) -> list[ModuleType]:
    """``start`` and the modules of retrieval and answering whose functions and classes it uses, and they in turn; what
    is used comes before what uses it."""
    found: dict[ModuleType, None] = {}
    entered = set()

    def enter(module: ModuleType) -> None:
        if module not in entered:
            entered.add(module)
            for used in _used_by(module):
                enter(used)
            found[module] = None

    enter(start)
    return list(found)


def _used_by(module: ModuleType) -> Iterator[ModuleType]:
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str) and name.partition(".")[0] in _LAYERS and name in sys.modules:
            yield sys.modules[name]


def code_version() -> str:
    """``clauseqa VERSION``, and in a checkout the commit, with ``-dirty`` where its files were changed since."""
    name = f"clauseqa {VERSION}"
    if not (_ROOT / ".git").exists():
        return name
    commit = _git("rev-parse", "--short=12", "HEAD")
    changes = _git("status", "--porcelain", "--", *_CODE)
    if commit is None or changes is None:
        return name
    return f"{name} ({commit}{'-dirty' if changes else ''})"


def _numbers(value: object) -> Setting | None:
    """``value`` where it is a number, or names numbers: a mapping, or an object with fields."""
    if isinstance(value, (int, float)):
        return None if isinstance(value, bool) else value
    if is_dataclass(value) and not isinstance(value, type):
        value = asdict(value)
    if isinstance(value, Mapping) and value and all(isinstance(v, (int, float)) for v in value.values()):
        return {str(name): number for name, number in value.items()}
    return None


def _git(*arguments: str) -> str | None:
    """What git prints, None where it cannot tell. Takes no lock on the checkout."""
    command = ["git", "--no-optional-locks", "-C", str(_ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
