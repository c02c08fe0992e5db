"""What is handed out for running the service elsewhere: what it means, and that it names only settings there are."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from qa.settings import Settings, read_settings

ROOT = Path(__file__).parent.parent.parent
DEPLOYED = ("compose.yaml", "deploy/clauseqa.service", "deploy/nginx.conf", "deploy/Caddyfile", "Dockerfile")


@pytest.fixture
def compose() -> dict[str, Any]:
    service: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["clauseqa"]
    return service


@pytest.fixture
def unit() -> configparser.ConfigParser:
    """The unit, of a name that stands there several times the last."""
    parser = configparser.ConfigParser(strict=False, interpolation=None, delimiters="=", comment_prefixes=("#", ";"))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string((ROOT / "deploy" / "clauseqa.service").read_text("utf-8"))
    return parser


def unit_settings() -> Settings:
    text = (ROOT / "deploy" / "clauseqa.service").read_text("utf-8")
    return read_settings(dict(re.findall(r"^Environment=(\w+)=(\S+)$", text, re.M)))


def image_settings() -> Settings:
    serve = (ROOT / "Dockerfile").read_text("utf-8").rpartition("\nFROM ")[2]
    return read_settings(dict(re.findall(r"(CLAUSEQA_\w+)=(\S+)", serve)))


@pytest.mark.parametrize("name", DEPLOYED)
def test_every_setting_that_is_named_is_one(name: str) -> None:
    known = {f"CLAUSEQA_{field.upper()}" for field in Settings.__slots__}
    assert set(re.findall(r"CLAUSEQA_\w+", (ROOT / name).read_text("utf-8"))) <= known


class TestCompose:
    def test_what_it_sets_can_be_used(self, compose: dict[str, Any]) -> None:
        assert all(isinstance(value, str) for value in compose["environment"].values())
        settings = read_settings(compose["environment"])
        assert settings.keys_needed
        assert settings.requests_a_minute

    def test_its_examples_can_be_used(self) -> None:
        text = (ROOT / "compose.yaml").read_text("utf-8")
        examples = dict(re.findall(r"^ *# (CLAUSEQA_\w+): (\S+)$", text, re.M))
        assert len(examples) == 4
        read_settings(examples)

    def test_the_keys_are_kept_where_the_image_looks_for_them(self, compose: dict[str, Any]) -> None:
        assert [v.partition(":")[2] for v in compose["volumes"]] == [str(image_settings().keys.parent)]

    def test_only_the_machine_itself_reaches_the_port_that_the_image_serves(self, compose: dict[str, Any]) -> None:
        assert compose["ports"] == [f"127.0.0.1:8000:{image_settings().port}"]

    def test_streams_have_time_to_end(self, compose: dict[str, Any]) -> None:
        assert int(compose["stop_grace_period"].removesuffix("s")) > read_settings(compose["environment"]).grace

    def test_it_may_do_no_more_than_it_must(self, compose: dict[str, Any]) -> None:
        assert compose["read_only"] is True
        assert compose["cap_drop"] == ["ALL"]
        assert compose["security_opt"] == ["no-new-privileges:true"]


class TestImage:
    def test_it_asks_for_a_key_although_it_listens_everywhere(self) -> None:
        settings = image_settings()
        assert (settings.host, settings.keys_needed) == ("0.0.0.0", True)

    def test_with_a_key_it_serves_those_who_have_one(
        self, serve: Any, tmp_path: Path, plain_environment: dict[str, str]
    ) -> None:
        keys = tmp_path / "keys.json"
        command = [sys.executable, "-m", "qa.cli", "keys", "create", "a chat", "--keys", str(keys)]
        made = subprocess.run(command, capture_output=True, text=True, check=True, env=plain_environment)
        server = serve(host="0.0.0.0", need_keys="on", keys=keys)
        address = f"http://127.0.0.1:{server.address.rpartition(':')[2]}"
        with httpx.Client(base_url=address, trust_env=False) as client:
            assert client.get("/readyz").status_code == 200
            assert client.get("/v1/models").status_code == 401
            headers = {"Authorization": f"Bearer {made.stdout.strip()}"}
            assert client.get("/v1/models", headers=headers).status_code == 200


class TestUnit:
    def test_it_asks_for_keys_although_it_listens_to_the_proxy_only(self) -> None:
        settings = unit_settings()
        assert (settings.host, settings.keys_needed, settings.requests_a_minute) == ("127.0.0.1", True, 600)

    def test_streams_have_time_to_end(self, unit: configparser.ConfigParser) -> None:
        assert int(unit["Service"]["TimeoutStopSec"]) > unit_settings().grace

    def test_it_runs_the_command_there_is_as_a_user_of_its_own(self, unit: configparser.ConfigParser) -> None:
        assert unit["Service"]["ExecStart"].endswith("/bin/clauseqa serve")
        assert unit["Service"]["User"] not in ("", "root")

    def test_it_may_do_no_more_than_it_must(self, unit: configparser.ConfigParser) -> None:
        service = unit["Service"]
        assert (service["NoNewPrivileges"], service["ProtectSystem"], service["ProtectHome"]) == (
            "yes",
            "strict",
            "yes",
        )
        assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize(
    ("name", "unbuffered"), [("nginx.conf", "proxy_buffering off;"), ("Caddyfile", "flush_interval -1")]
)
def test_a_proxy_lets_streams_through_and_tells_who_asks(name: str, unbuffered: str) -> None:
    text = (ROOT / "deploy" / name).read_text("utf-8")
    assert unbuffered in text
    assert "127.0.0.1:8000" in text
    assert text.count("{") == text.count("}")
