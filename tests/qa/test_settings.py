"""Settings come from the environment; unknown and unusable ones are errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import SettingsError
from qa.settings import Settings, read_settings


def test_without_any_there_are_defaults() -> None:
    settings = read_settings({"PATH": "/bin", "OTHER_PORT": "1"})
    assert settings == Settings()
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("variable", "value", "field", "expected"),
    [
        ("CLAUSEQA_BUNDLE", "/srv/index", "bundle", Path("/srv/index")),
        ("CLAUSEQA_HOST", "::1", "host", "::1"),
        ("CLAUSEQA_PORT", "9000", "port", 9000),
        ("CLAUSEQA_ENCODER", "all-MiniLM-L6-v2", "encoder", "all-MiniLM-L6-v2"),
        ("CLAUSEQA_THREADS", "2", "threads", 2),
        ("CLAUSEQA_CHAT_SOURCES", "on", "chat_sources", True),
        ("CLAUSEQA_CHAT_SOURCES", "off", "chat_sources", False),
        ("CLAUSEQA_PUBLIC_URL", "https://itu.example/x", "public_url", "https://itu.example/x"),
    ],
)
def test_each_is_read(variable: str, value: str, field: str, expected: object) -> None:
    assert getattr(read_settings({variable: value}), field) == expected


@pytest.mark.parametrize("variable", ["CLAUSEQA_", "CLAUSEQA_COLOUR", "CLAUSEQA_PROT", "CLAUSEQA_BUNDLE_"])
def test_an_unknown_one_is_refused_and_the_known_are_listed(variable: str) -> None:
    with pytest.raises(SettingsError, match="known: CLAUSEQA_BUNDLE, CLAUSEQA_HOST, CLAUSEQA_PORT"):
        read_settings({variable: "1"})


@pytest.mark.parametrize("value", ["", "eighty", "-1", "8.5", "²", " 80", "0x50"])
@pytest.mark.parametrize("variable", ["CLAUSEQA_PORT", "CLAUSEQA_THREADS"])
def test_what_is_no_number_is_refused(variable: str, value: str) -> None:
    with pytest.raises(SettingsError, match="must be a whole number"):
        read_settings({variable: value})


@pytest.mark.parametrize("value", ["", "itu.example", "ftp://itu.example", "https://", "/x"])
def test_a_public_address_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="must be an address that begins with http"):
        read_settings({"CLAUSEQA_PUBLIC_URL": value})


@pytest.mark.parametrize("value", ["", "yes", "1", "ON"])
def test_what_is_neither_on_nor_off_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="must be on or off"):
        read_settings({"CLAUSEQA_CHAT_SOURCES": value})


def test_options_that_are_given_win() -> None:
    settings = Settings(port=1, host="a").with_options(port=2, host=None)
    assert (settings.port, settings.host) == (2, "a")
