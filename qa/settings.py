"""Settings: the only reader of the environment. Unknown ones are errors."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from corpus.errors import SettingsError

PREFIX = "CLAUSEQA_"
RATE = 600  # requests a minute and client, where others are served and nothing else is set
MAX_CHAT_BODY = 1024 * 1024  # bytes
LOGS = ("auto", "text", "json")
OTLP = "OTEL_EXPORTER_OTLP_ENDPOINT"  # the name that OpenTelemetry gives it


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Each field is set by ``CLAUSEQA_`` and its name in capitals, and most by an option of the command line.

    ``bundle`` is where the index lies; ``encoder`` the one to build with, and to insist on when serving; ``threads``
    how many the encoder may use (0: one per core); ``public_url`` is where people reach the server, if by another name
    than that of ``host``; ``chat_sources`` whether streamed chats tell their clauses as the events that Open WebUI
    shows as sources, instead of as OpenAI's annotations (``on`` or ``off``).

    Where others are served: ``keys`` is the file of their API keys; ``need_keys`` whether a request needs one and
    ``rate`` how many requests a client may make a minute (0: any number), of which None (``auto``) asks and limits
    nothing at a loopback address only; ``concurrency`` is how many requests are served at once (0: any number),
    ``max_chat_body`` the most bytes of a chat (0: any number), ``cors`` the origins whose pages may call,
    ``proxies`` the addresses and networks whose ``X-Forwarded-For`` and ``-Proto`` are believed, ``grace`` the seconds
    that requests under way have left when the server is told to stop. ``log`` is the form of the log (``auto``: text at
    a terminal, JSON elsewhere), ``log_questions`` whether it holds what was asked; ``traces`` the OTLP/HTTP receiver to
    send traces to, for which ``OTEL_EXPORTER_OTLP_ENDPOINT`` stands in.

    A language model that may write answers: ``model_url`` is the base of its endpoint, which speaks OpenAI's protocol,
    ``model`` its name there, ``model_key`` the key, if it needs one, and ``model_timeout`` the seconds that it has for
    an answer, a second try included.
    """

    bundle: Path = Path(".clauseqa/bundle")
    host: str = "127.0.0.1"
    port: int = 8000
    encoder: str | None = None
    threads: int = 0
    public_url: str | None = None
    chat_sources: bool = False
    keys: Path = Path(".clauseqa/keys.json")
    need_keys: bool | None = None
    rate: int | None = None
    concurrency: int = 64
    max_chat_body: int = MAX_CHAT_BODY
    cors: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    grace: int = 30
    log: str = "auto"
    log_questions: bool = False
    traces: str | None = None
    model_url: str | None = None
    model: str | None = None
    model_key: str | None = field(default=None, repr=False)
    model_timeout: float = 30.0

    @property
    def keys_needed(self) -> bool:
        """Does a request need a key?"""
        return not is_loopback(self.host) if self.need_keys is None else self.need_keys

    @property
    def requests_a_minute(self) -> int:
        """How many requests a client may make a minute; 0 for any number."""
        return (0 if is_loopback(self.host) else RATE) if self.rate is None else self.rate

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
    if given.get(OTLP):
        values.setdefault("traces", _convert(OTLP, given[OTLP], "traces"))
    settings = Settings(**values)
    if (settings.model_url is None) != (settings.model is None):
        raise SettingsError(f"{PREFIX}MODEL_URL and {PREFIX}MODEL belong together; set both, or neither")
    return settings


def _convert(variable: str, value: str, name: str) -> Any:
    if name in ("bundle", "keys"):
        return Path(value)
    if value == "auto" and name in ("need_keys", "rate"):
        return None
    if name in ("port", "threads", "rate", "concurrency", "max_chat_body", "grace"):
        if not value.isdecimal():
            or_auto = ", or auto" if name == "rate" else ""
            raise SettingsError(f"{variable} is {value!r}; it must be a whole number{or_auto}")
        return int(value)
    if name in ("public_url", "traces"):
        if not re.match(r"https?://[^/]", value):
            raise SettingsError(f"{variable} is {value!r}; it must be an address that begins with http:// or https://")
        return value
    if name.startswith("model"):
        return _of_model(variable, value, name)
    if name in ("chat_sources", "need_keys", "log_questions"):
        if value not in ("on", "off"):
            or_auto = ", or auto" if name == "need_keys" else ""
            raise SettingsError(f"{variable} is {value!r}; it must be on or off{or_auto}")
        return value == "on"
    if name == "log" and value not in LOGS:
        raise SettingsError(f"{variable} is {value!r}; it must be one of {', '.join(LOGS)}")
    if name in ("cors", "proxies"):
        parts = tuple(part.strip() for part in value.split(",") if part.strip())
        sound, form = (_is_origin, "origins as https://itu.example") if name == "cors" else (_is_network, "addresses")
        if wrong := next((part for part in parts if part != "*" and not sound(part)), None):
            raise SettingsError(f"{variable} holds {wrong!r}; it must be {form}, separated by commas, or *")
        return parts
    return value


def _of_model(variable: str, value: str, name: str) -> str | float:
    """A setting of the language model. What is wrong with a key is said without it."""
    if name == "model_url" and not re.fullmatch(r"https?://[^/?#\s@]+(?:/[^?#\s@]*)?", value):
        form = "an address such as http://127.0.0.1:8080/v1, without a user, a question mark or a hash"
        raise SettingsError(f"{variable} is no address of an endpoint; it must be {form}")
    if name == "model" and not value.strip():
        raise SettingsError(f"{variable} is empty; it must be the name of a model")
    if name == "model_key" and not re.fullmatch(r"[!-~]+", value):
        raise SettingsError(f"{variable} is no key; it must be printable ASCII without spaces")
    if name != "model_timeout":
        return value
    if not re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]+)?", value) or not float(value):
        raise SettingsError(f"{variable} is {value!r}; it must be a number of seconds")
    return float(value)


def is_loopback(host: str) -> bool:
    """Does ``host`` mean this machine, so that nobody else can come in?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_origin(text: str) -> bool:
    return re.fullmatch(r"https?://[^/?#\s@]+", text) is not None


def _is_network(text: str) -> bool:
    try:
        ip_network(text)
    except ValueError:
        return False
    return True
