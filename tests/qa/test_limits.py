"""Too large, too often, too much at once: what clients are told, and that others are served meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import anyio
import httpx
import openai
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openai import OpenAI

from qa.api.app import build_app
from qa.api.limits import MINUTE, Rates
from qa.keys import changing, make
from qa.service import Service
from qa.settings import MAX_CHAT_BODY, Settings

QUESTION = {"question": "who reports annually to TSAG?"}
CHAT = {"model": "clauseqa", "messages": [{"role": "user", "content": "Hello!"}]}
PAGE = {"Accept": "text/html,application/xhtml+xml"}
PREFLIGHT = {"Origin": "https://chat.example", "Access-Control-Request-Method": "POST"}
App = Callable[..., FastAPI]


@pytest.fixture
def app(hashed: Path) -> App:
    """The application with these settings."""
    return lambda **settings: build_app(Service(Settings(bundle=hashed, **settings)))


class Clock:
    """Tells the time that it is set to."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class TestRates:
    def test_a_minutes_worth_may_be_used_up_at_once(self) -> None:
        rates = Rates(60, Clock())
        assert [rates.take("a") for _ in range(60)] == [0.0] * 60
        assert rates.take("a") == pytest.approx(1.0)

    def test_it_comes_back_evenly(self) -> None:
        clock = Clock()
        rates = Rates(60, clock)
        taken = [rates.take("a") for _ in range(60)]
        clock.now += 2.0
        taken += [rates.take("a") for _ in range(2)]
        assert taken == [0.0] * 62
        clock.now += 0.75
        assert rates.take("a") == pytest.approx(0.25)

    def test_whoever_waits_as_told_is_served_and_asking_in_vain_costs_nothing(self) -> None:
        clock = Clock()
        rates = Rates(7, clock)
        for _ in range(7):
            rates.take("a")
        waits = {rates.take("a") for _ in range(100)}
        assert len(waits) == 1
        clock.now += waits.pop()
        assert rates.take("a") == 0.0

    def test_each_client_has_its_own(self) -> None:
        rates = Rates(1, Clock())
        assert [rates.take(c) for c in ("a", "b", "a")] == [0.0, 0.0, pytest.approx(MINUTE)]

    def test_who_has_nothing_used_up_is_forgotten(self) -> None:
        clock = Clock()
        rates = Rates(60, clock)
        for n in range(30_000):
            clock.now += 0.01
            rates.take(str(n))
        assert len(rates) < 11_000
        assert rates.take("29999") == 0.0


class TestTooOften:
    def test_each_route_tells_it_in_its_own_shape(self, app: App) -> None:
        client = TestClient(app(rate=1))
        assert client.post("/v1/ask", json=QUESTION).status_code == 200
        problem, chat, page = (
            client.post("/v1/ask", json=QUESTION),
            client.post("/v1/chat/completions", json=CHAT),
            client.get("/register", headers=PAGE),
        )
        assert {r.status_code for r in (problem, chat, page)} == {429}
        assert all(1 <= int(r.headers["retry-after"]) <= 60 for r in (problem, chat, page))
        assert problem.headers["content-type"] == "application/problem+json"
        assert problem.json()["detail"].startswith("too many requests; come again in")
        assert chat.json()["error"]["code"] == "rate_limit_exceeded"
        assert "<h1" in page.text
        assert "too many requests" in page.text

    def test_probes_are_always_answered(self, app: App) -> None:
        client = TestClient(app(rate=1))
        assert {client.get(path).status_code for path in ("/healthz", "/readyz") * 5} == {200}

    def test_others_are_limited_unless_told_otherwise_and_oneself_is_not(self) -> None:
        assert Settings().requests_a_minute == 0
        assert Settings(rate=5).requests_a_minute == 5
        assert Settings(host="0.0.0.0").requests_a_minute == 600
        assert Settings(host="0.0.0.0", rate=0).requests_a_minute == 0

    def test_keys_are_counted_each_for_itself(self, app: App, tmp_path: Path) -> None:
        made = [make(name, datetime.now(UTC)) for name in ("a", "b")]
        with changing(tmp_path / "keys.json") as write:
            write([m.key for m in made])
        client = TestClient(app(rate=1, need_keys=True, keys=tmp_path / "keys.json"))
        asked = [client.get("/v1/instruments", headers={"X-API-Key": m.secret}).status_code for m in (*made, *made)]
        assert asked == [200, 200, 429, 429]

    @pytest.mark.parametrize(("proxies", "expected"), [("127.0.0.1", [200, 200, 429]), ("192.0.2.1", [200, 429, 429])])
    def test_a_clients_address_is_believed_of_known_proxies_only(
        self, serve: Callable, proxies: str, expected: list[int]
    ) -> None:
        server = serve(rate=1, proxies=proxies)
        with httpx.Client(base_url=server.address, trust_env=False) as client:
            asked = [
                client.get("/v1/instruments", headers={"X-Forwarded-For": f"198.51.100.9, {address}"}).status_code
                for address in ("203.0.113.1", "203.0.113.2", "203.0.113.1")
            ]
            client.get("/v1/instruments")
        official = OpenAI(base_url=f"{server.address}/v1", api_key="none", max_retries=0)
        with official, pytest.raises(openai.RateLimitError) as refused:
            official.models.list()
        assert asked == expected
        assert int(refused.value.response.headers["retry-after"]) > 0


class TestTooMuchAtOnce:
    async def crowd(self, app: FastAPI, more: Callable[[httpx.AsyncClient], object]) -> int:
        """The status of a request that is held up while ``more`` is done."""
        entered, go_on = anyio.Event(), anyio.Event()

        @app.get("/held")
        async def held() -> str:
            entered.set()
            await go_on.wait()
            return "done"

        found: list[int] = []
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:

            async def hold() -> None:
                found.append((await client.get("/held")).status_code)

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(hold)
                await entered.wait()
                await more(client)
                go_on.set()
        return found[0]

    def test_one_more_is_turned_away_and_told_to_come_again(self, app: App) -> None:
        async def more(client: httpx.AsyncClient) -> None:
            refused = await client.get("/v1/instruments")
            assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
            assert refused.json()["detail"].startswith("too many requests at once")
            chat = await client.post("/v1/chat/completions", json=CHAT)
            assert chat.json()["error"]["code"] == "rate_limit_exceeded"
            assert (await client.get("/healthz")).status_code == 200

        assert anyio.run(self.crowd, app(concurrency=1), more) == 200

    @pytest.mark.parametrize("concurrency", [0, 2])
    def test_below_the_limit_nobody_notices(self, app: App, concurrency: int) -> None:
        async def more(client: httpx.AsyncClient) -> None:
            assert [(await client.get("/v1/instruments")).status_code for _ in range(3)] == [200] * 3

        assert anyio.run(self.crowd, app(concurrency=concurrency), more) == 200

    def test_a_failure_gives_its_place_back(self, app: App) -> None:
        made = app(concurrency=1)

        @made.get("/broken")
        def broken() -> None:
            raise RuntimeError

        client = TestClient(made, raise_server_exceptions=False)
        assert [client.get(p).status_code for p in ("/broken", "/broken", "/v1/instruments")] == [500, 500, 200]

    def test_a_slow_sender_holds_no_place(self, app: App) -> None:
        async def more(client: httpx.AsyncClient) -> None:
            async def slowly() -> object:
                yield b'{"question": '
                assert (await client.get("/v1/instruments")).status_code == 200
                yield b'"who reports?"}'

            sent = await client.post("/v1/ask", content=slowly(), headers={"Content-Type": "application/json"})
            assert sent.status_code == 200

        assert anyio.run(self.crowd, app(concurrency=2), more) == 200


class TestTooLarge:
    def test_a_chat_may_be_longer_than_a_question(self, app: App) -> None:
        client = TestClient(app())
        turns = [{"role": "assistant", "content": "x" * 100_000}, *CHAT["messages"]]
        assert client.post("/v1/chat/completions", json=CHAT | {"messages": turns}).status_code == 200
        refused = client.post("/v1/chat/completions", content=b"x" * (MAX_CHAT_BODY + 1))
        assert refused.status_code == 413
        assert "larger than 1048576 bytes" in refused.json()["error"]["message"]

    @pytest.mark.parametrize(("most", "status"), [(1000, 413), (0, 200)])
    def test_how_long_is_a_setting(self, app: App, most: int, status: int) -> None:
        client = TestClient(app(max_chat_body=most))
        turns = [{"role": "assistant", "content": "x" * 2_000_000}, *CHAT["messages"]]
        assert client.post("/v1/chat/completions", json=CHAT | {"messages": turns}).status_code == status
        assert client.post("/v1/ask", content=b"x" * 70_000).status_code == 413


def test_what_was_turned_away_is_counted_by_its_reason(app: App) -> None:
    client = TestClient(app(rate=2))
    client.post("/v1/ask", content=b"x" * 70_000)
    counts = {
        reason: f'clauseqa_http_requests_rejected_total{{reason="{reason}"}} {count}'
        for reason, count in (("key", 0.0), ("rate", 0.0), ("concurrency", 0.0), ("size", 1.0))
    }
    told = client.get("/metrics").text
    assert all(line in told for line in counts.values())


class TestOtherOrigins:
    """What a browser lets the pages of other sites do."""

    def test_nothing_unless_set(self, app: App) -> None:
        answered = TestClient(app()).get("/v1/instruments", headers={"Origin": "https://chat.example"})
        assert "access-control-allow-origin" not in answered.headers

    def test_an_origin_that_is_set_may_ask_with_its_key_and_its_clients_headers(self, app: App, tmp_path: Path) -> None:
        client = TestClient(app(cors=("https://chat.example",), need_keys=True, keys=tmp_path / "none"))
        wanted = {"Access-Control-Request-Headers": "authorization,content-type,x-stainless-lang"}
        allowed = client.options("/v1/chat/completions", headers=PREFLIGHT | wanted)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == "https://chat.example"
        assert {"authorization", "x-stainless-lang"} <= set(
            allowed.headers["access-control-allow-headers"].replace(" ", "").split(",")
        )
        refused = client.post("/v1/chat/completions", json=CHAT, headers=PREFLIGHT)
        assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (401, "https://chat.example")
        assert "x-request-id" in refused.headers["access-control-expose-headers"].lower()

    def test_another_may_not(self, app: App) -> None:
        client = TestClient(app(cors=("https://chat.example",)))
        other = client.options("/v1/ask", headers=PREFLIGHT | {"Origin": "https://evil.example"})
        assert other.status_code == 400
        assert "access-control-allow-origin" not in other.headers

    def test_any_may_where_it_is_set_so_but_no_password_goes_with_it(self, app: App) -> None:
        answered = TestClient(app(cors=("*",))).get("/v1/instruments", headers={"Origin": "https://x.example"})
        assert answered.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answered.headers
