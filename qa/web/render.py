"""Templates and static files, read once. The only file that imports jinja2."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corpus.readable import readable
from qa.web import words

_HERE = Path(__file__).parent
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class StaticFile(NamedTuple):
    """A style, script or picture. ``digest`` changes with its content, so that a browser may keep it for good."""

    content: bytes
    media_type: str
    digest: str


@cache
def static_files() -> Mapping[str, StaticFile]:
    """Everything that pages load, by name."""
    return {
        file.name: StaticFile(
            content := file.read_bytes(), MEDIA_TYPES[file.suffix], hashlib.sha256(content).hexdigest()[:12]
        )
        for file in (_HERE / "static").iterdir()
        if file.suffix in MEDIA_TYPES
    }


def render(template: str, **shown: Any) -> str:
    """The page made from ``template``; every text among ``shown`` is escaped."""
    return _environment().get_template(template).render(**shown)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(asset=lambda name: f"/static/{name}?v={static_files()[name].digest}")
    environment.filters.update(
        readable=readable,
        status=words.status,
        must=words.must,
        place=words.place,
        version=words.version,
        plain=words.plain,
        body=words.body,
        percent=words.percent,
    )
    return environment
