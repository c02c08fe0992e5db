"""API keys, as those see them who hand them out, those who have one and those who have none."""

from __future__ import annotations

import base64
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import openai
import pytest
from fastapi.testclient import TestClient
from openai import OpenAI

from qa.api.app import build_app
from qa.cli import main
from qa.keys import Keyring, KeysError, added, digest, make, matching, read_keys, revoked
from qa.service import Service
from qa.settings import PREFIX, Settings

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
QUESTION = {"question": "who reports annually to TSAG?"}
PAGE = {"Accept": "text/html,application/xhtml+xml"}
Create = Callable[[str], str]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "some" / "keys.json"


@pytest.fixture
def run(path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs ``clauseqa``: its status, standard output and standard error."""
    for name in os.environ:
        if name.startswith((PREFIX, "PYTHONDEVMODE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("CLAUSEQA_KEYS", str(path))

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        return main(list(arguments)), *capsys.readouterr()

    return call


@pytest.fixture
def create(run: Run) -> Create:
    """Makes a key on the command line."""
    return lambda name: run("keys", "create", name)[1].strip()


class TestCommand:
    def test_a_new_key_is_shown_once_and_never_again(self, run: Run, path: Path) -> None:
        status, secret, told = run("keys", "create", "the registry")
        assert status == 0
        assert re.fullmatch(r"cq_[0-9a-f]{8}_[\w-]{43}\n", secret)
        assert "cannot be shown again" in told
        assert secret.strip() not in path.read_text("utf-8")
        assert secret.split("_", 2)[2].strip() not in str(run("keys", "list", "--json"))
        assert digest(secret.strip()) in path.read_text("utf-8")

    def test_the_list_tells_name_time_and_end(self, run: Run, create: Create) -> None:
        id_ = create("the registry").split("_")[1]
        create("a chat")
        assert run("keys", "revoke", "a chat")[0] == 0
        status, out, _ = run("keys", "list")
        head, registry, chat = out.splitlines()
        assert (status, head.split()) == (0, ["id", "name", "created", "revoked"])
        assert re.fullmatch(rf"{id_}  the registry  \d{{4}}-\d\d-\d\dT[\d:]+\+00:00  -", registry)
        assert re.search(r"a chat .*\+00:00  \d{4}-\d\d-\d\dT", chat)
        held = json.loads(run("keys", "list", "--json")[1])
        assert [(k["name"], k["revoked"] is None) for k in held] == [("the registry", True), ("a chat", False)]
        assert all(k.keys() == {"id", "name", "created", "revoked"} for k in held)

    def test_where_there_is_none_the_command_that_makes_one_is_named(self, run: Run) -> None:
        assert "clauseqa keys create NAME" in run("keys", "list")[2]

    @pytest.mark.parametrize(
        ("arguments", "mend"),
        [
            (["create", " "], "use 1 to 100 characters"),
            (["create", "x" * 101], "use 1 to 100 characters"),
            (["create", "a\nb"], "use 1 to 100 characters"),
            (["create", "a chat"], "choose another name"),
            (["revoke", "nobody"], "(a chat)"),
            (["create", "x", "--keys", "/proc/keys.json"], "name another file"),
        ],
    )
    def test_mistakes(self, run: Run, create: Create, arguments: list[str], mend: str) -> None:
        create("a chat")
        status, out, err = run("keys", *arguments)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert mend in err

    @pytest.mark.parametrize(
        "text", ["", "{", "[]", '{"format": 2, "keys": []}', '{"format": 1, "keys": [{}]}', '{"format": 1, "keys": 1}']
    )
    def test_a_file_that_is_none_is_not_written_over(self, run: Run, path: Path, create: Create, text: str) -> None:
        create("a chat")
        path.write_text(text, "utf-8")
        status, out, err = run("keys", "create", "another")
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert str(path) in err
        assert path.read_text("utf-8") == text

    def test_only_its_owner_may_read_the_file(self, create: Create, path: Path) -> None:
        create("a chat")
        create("another")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert {p.name for p in path.parent.iterdir()} == {"keys.json", "keys.json.lock"}

    def test_none_is_lost_when_several_are_made_at_once(self, path: Path, plain_environment: dict[str, str]) -> None:
        def one(n: int) -> None:
            command = [sys.executable, "-m", "qa.cli", "keys", "create", f"key {n}", "--keys", str(path)]
            subprocess.run(command, env=plain_environment, check=True, capture_output=True)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(one, range(8)))
        assert {k.name for k in read_keys(path)} == {f"key {n}" for n in range(8)}


class TestMatching:
    def test_only_the_very_key_will_do(self) -> None:
        key, secret = make("a", NOW)
        other, other_secret = make("b", NOW)
        keys = (key, other)
        assert matching(keys, secret) is key
        assert matching(keys, other_secret) is other
        wrong = (
            secret[:-1],
            f"{secret}x",
            f"cq_{key.id}_{other_secret.split('_', 2)[2]}",
            key.sha256,
            key.id,
            "",
            "ключ",
        )
        assert [matching(keys, w) for w in wrong] == [None] * len(wrong)

    def test_no_two_are_alike(self) -> None:
        assert len({make("a", NOW).secret for _ in range(100)}) == 100

    def test_a_revoked_one_will_not_do_and_its_name_is_free(self) -> None:
        key, secret = make("a", NOW)
        keys, ended = revoked((key,), key.id, NOW)
        assert ended.revoked == "2026-11-24T12:00:00+00:00"
        assert matching(keys, secret) is None
        with pytest.raises(KeysError, match="no key in use"):
            revoked(keys, key.id, NOW)
        assert len(added(keys, make("a", NOW).key)) == 2

    def test_where_the_file_breaks_or_goes_nobody_comes_in_until_it_is_mended(self, create: Create, path: Path) -> None:
        secret = create("a")
        ring, held = Keyring(path), path.read_bytes()
        assert ring.key_of(secret) is not None
        path.write_text("{", "utf-8")
        assert ring.key_of(secret) is None
        path.write_bytes(held)
        assert ring.key_of(secret) is not None
        path.unlink()
        assert ring.key_of(secret) is None


class TestStart:
    """Whether a server may start at all."""

    @pytest.mark.parametrize("host", ["0.0.0.0", "::"])
    def test_at_an_address_of_others_it_asks_for_a_key_first(self, run: Run, hashed: Path, host: str) -> None:
        status, _, err = run("serve", "--host", host, "--port", "0", "--bundle", str(hashed))
        assert (status, err.count("\n")) == (2, 1)
        assert "clauseqa keys create NAME" in err
        assert "--no-keys" in err

    def test_a_revoked_key_is_none(self, run: Run, create: Create, hashed: Path) -> None:
        create("a")
        run("keys", "revoke", "a")
        assert run("serve", "--host", "0.0.0.0", "--port", "0", "--bundle", str(hashed))[0] == 2

    def test_a_loopback_address_asks_when_told_to(
        self, run: Run, hashed: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CLAUSEQA_NEED_KEYS", "on")
        status, _, err = run("serve", "--port", "0", "--bundle", str(hashed))
        assert status == 2
        assert "CLAUSEQA_NEED_KEYS is on" in err

    def test_it_may_be_waived(self, serve: Callable, path: Path) -> None:
        server = serve("--no-keys", host="0.0.0.0", keys=path)
        port = server.address.rpartition(":")[2]
        asked = httpx.post(f"http://127.0.0.1:{port}/v1/ask", json=QUESTION, trust_env=False)
        assert asked.status_code == 200


class TestServing:
    """With keys on."""

    @pytest.fixture
    def client(self, hashed: Path, path: Path) -> TestClient:
        return TestClient(build_app(Service(Settings(bundle=hashed, keys=path, need_keys=True))))

    @pytest.mark.parametrize("form", ["bearer", "BEARER", "header", "password", "user"])
    def test_a_key_is_taken_whichever_way_it_comes(self, client: TestClient, create: Create, form: str) -> None:
        secret = create("a")
        headers = {
            "header": {"X-API-Key": secret},
            "password": {"Authorization": "Basic " + base64.b64encode(f"anyone:{secret}".encode()).decode()},
            "user": {"Authorization": "Basic " + base64.b64encode(f"{secret}:".encode()).decode()},
        }.get(form, {"Authorization": f"{form} {secret}"})
        assert client.post("/v1/ask", json=QUESTION, headers=headers).status_code == 200

    @pytest.mark.parametrize(
        "given", ["", "Bearer", "Bearer ", "Bearer none", "Basic !", "Basic bm9uZTpub25l", "Digest x", "Bearer \xff"]
    )
    def test_others_are_told_how(self, client: TestClient, create: Create, given: str) -> None:
        create("a")
        refused = client.post("/v1/ask", json=QUESTION, headers={"Authorization": given.encode("latin-1")})
        assert refused.status_code == 401
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["www-authenticate"] == 'Bearer realm="clauseqa"'
        assert "API key" in refused.json()["detail"]

    def test_a_browser_is_told_to_ask_and_shows_a_page(self, client: TestClient) -> None:
        for address in ("/", "/register", "/nowhere"):
            refused = client.get(address, headers=PAGE)
            assert refused.status_code == 401
            assert refused.headers["www-authenticate"].startswith('Basic realm="clauseqa"')
            assert "an API key is needed" in refused.text
            styles = re.findall(r'href="(/static/[^"]+)"', refused.text)
            assert [client.get(s).status_code for s in styles] == [200] * len(styles)

    @pytest.mark.parametrize(
        "path_", ["/metrics", "/docs", "/openapi.json", "/v1/models", "/mcp", "/clauses/x", "//healthz"]
    )
    def test_everything_else_is_closed(self, client: TestClient, path_: str) -> None:
        assert client.get(path_).status_code == 401

    @pytest.mark.parametrize("path_", ["/healthz", "/readyz"])
    def test_who_watches_over_the_process_needs_none(self, client: TestClient, path_: str) -> None:
        assert client.get(path_).status_code == 200

    def test_the_description_of_the_interface_says_so(self, client: TestClient, create: Create, hashed: Path) -> None:
        told = client.get("/openapi.json", headers={"X-API-Key": create("a")}).json()
        schemes = told["components"]["securitySchemes"].values()
        assert {(s["type"], s.get("scheme") or s["name"]) for s in schemes} == {
            ("http", "bearer"),
            ("apiKey", "X-API-Key"),
        }
        open_to_all = TestClient(build_app(Service(Settings(bundle=hashed)))).get("/openapi.json").json()
        assert "security" not in open_to_all

    def test_the_rejected_are_counted(self, client: TestClient, create: Create) -> None:
        client.get("/v1/instruments")
        told = client.get("/metrics", headers={"X-API-Key": create("a")}).text
        assert 'clauseqa_http_requests_rejected_total{reason="key"} 1.0' in told


def test_assistants_and_chats_lose_their_key_while_the_server_runs(
    serve: Callable, create: Create, run: Run, path: Path
) -> None:
    first, other = create("a chat"), create("another")
    server = serve(keys=path, need_keys="on")

    def models(secret: str) -> list[str]:
        with OpenAI(base_url=f"{server.address}/v1", api_key=secret, max_retries=0) as client:
            return [m.id for m in client.models.list()]

    assert models(first) == models(other) == ["clauseqa"]
    run("keys", "revoke", "a chat")
    with pytest.raises(openai.AuthenticationError, match="revoked") as refused:
        models(first)
    assert refused.value.code == "invalid_api_key"
    assert models(other) == models(create("a third")) == ["clauseqa"]
    server.stop()
    ids = [line.get("key") for line in server.requests()]
    assert ids[:3] == [first.split("_")[1], other.split("_")[1], None]
    assert not any(secret in "".join(server.lines) for secret in (first, other))
