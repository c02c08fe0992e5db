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
        ("CLAUSEQA_KEYS", "/srv/keys.json", "keys", Path("/srv/keys.json")),
        ("CLAUSEQA_NEED_KEYS", "auto", "need_keys", None),
        ("CLAUSEQA_NEED_KEYS", "on", "need_keys", True),
        ("CLAUSEQA_NEED_KEYS", "off", "need_keys", False),
        ("CLAUSEQA_RATE", "auto", "rate", None),
        ("CLAUSEQA_RATE", "60", "rate", 60),
        ("CLAUSEQA_CONCURRENCY", "0", "concurrency", 0),
        ("CLAUSEQA_MAX_CHAT_BODY", "1000", "max_chat_body", 1000),
        ("CLAUSEQA_GRACE", "5", "grace", 5),
        (
            "CLAUSEQA_CORS",
            "https://a.example, http://b.example:8080",
            "cors",
            ("https://a.example", "http://b.example:8080"),
        ),
        ("CLAUSEQA_CORS", "*", "cors", ("*",)),
        ("CLAUSEQA_PROXIES", "10.0.0.0/8,::1", "proxies", ("10.0.0.0/8", "::1")),
        ("CLAUSEQA_PROXIES", "", "proxies", ()),
        ("CLAUSEQA_LOG", "json", "log", "json"),
        ("CLAUSEQA_LOG_QUESTIONS", "on", "log_questions", True),
        ("CLAUSEQA_TRACES", "http://127.0.0.1:4318", "traces", "http://127.0.0.1:4318"),
        ("CLAUSEQA_MODEL_KEY", "sk-1", "model_key", "sk-1"),
        ("CLAUSEQA_MODEL_TIMEOUT", "2.5", "model_timeout", 2.5),
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


@pytest.mark.parametrize(
    ("variable", "value", "mend"),
    [
        ("CLAUSEQA_NEED_KEYS", "yes", "must be on or off, or auto"),
        ("CLAUSEQA_RATE", "many", "must be a whole number, or auto"),
        ("CLAUSEQA_CORS", "chat.example", "holds 'chat.example'; it must be origins as https://itu.example"),
        ("CLAUSEQA_CORS", "https://a.example/", "must be origins"),
        ("CLAUSEQA_PROXIES", "proxy", "must be addresses"),
        ("CLAUSEQA_PROXIES", "10.0.0.1/8", "must be addresses"),
        ("CLAUSEQA_LOG", "xml", "must be one of auto, text, json"),
        ("CLAUSEQA_TRACES", "collector:4318", "must be an address that begins with http"),
    ],
)
def test_what_cannot_be_used_is_refused(variable: str, value: str, mend: str) -> None:
    with pytest.raises(SettingsError, match=mend):
        read_settings({variable: value})


@pytest.mark.parametrize(
    ("host", "asks"), [("127.0.0.1", False), ("localhost", False), ("::1", False), ("0.0.0.0", True), ("::", True)]
)
def test_keys_are_asked_for_wherever_others_can_come(host: str, asks: bool) -> None:
    assert Settings(host=host).keys_needed is asks
    assert Settings(host=host, need_keys=False).keys_needed is False
    assert Settings(host=host, need_keys=True).keys_needed is True


@pytest.mark.parametrize("value", ["", "yes", "1", "ON"])
def test_what_is_neither_on_nor_off_is_refused(value: str) -> None:
    with pytest.raises(SettingsError, match="must be on or off"):
        read_settings({"CLAUSEQA_CHAT_SOURCES": value})


def test_a_language_model_has_an_address_and_a_name() -> None:
    given = {"CLAUSEQA_MODEL_URL": "http://127.0.0.1:8080/v1", "CLAUSEQA_MODEL": "small"}
    settings = read_settings(given)
    assert (settings.model_url, settings.model, settings.model_timeout) == ("http://127.0.0.1:8080/v1", "small", 30)
    for variable, value in given.items():
        with pytest.raises(SettingsError, match="MODEL_URL and CLAUSEQA_MODEL belong together"):
            read_settings({variable: value})


@pytest.mark.parametrize(
    ("variable", "value", "mend"),
    [
        ("CLAUSEQA_MODEL_URL", "127.0.0.1:8080", "must be an address such as http://127.0.0.1:8080/v1"),
        ("CLAUSEQA_MODEL_URL", "http://user:secret@host/v1", "without a user"),
        ("CLAUSEQA_MODEL_URL", "http://host/v1?key=secret", "without a user, a question mark"),
        ("CLAUSEQA_MODEL", " ", "must be the name of a model"),
        ("CLAUSEQA_MODEL_KEY", "secret secret", "must be printable ASCII without spaces"),
        ("CLAUSEQA_MODEL_KEY", "secret\r\nX-Evil: 1", "must be printable ASCII without spaces"),
        ("CLAUSEQA_MODEL_TIMEOUT", "0", "must be a number of seconds"),
        ("CLAUSEQA_MODEL_TIMEOUT", "-1", "must be a number of seconds"),
        ("CLAUSEQA_MODEL_TIMEOUT", "nan", "must be a number of seconds"),
    ],
)
def test_a_setting_of_the_model_that_cannot_be_used_is_refused(variable: str, value: str, mend: str) -> None:
    with pytest.raises(SettingsError, match=mend) as told:
        read_settings({variable: value})
    assert "secret" not in str(told.value)


def test_options_that_are_given_win() -> None:
    settings = Settings(port=1, host="a").with_options(port=2, host=None)
    assert (settings.port, settings.host) == (2, "a")
