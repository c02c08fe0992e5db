"""Assistants: the official client over both transports, against real processes of the server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Literal

import httpx
import httpx2
import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi.testclient import TestClient
from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent, TextResourceContents

from index.build import build
from index.encoder import HashingEncoder
from qa.api.app import build_app
from qa.api.mcp import hosts
from qa.filters import NAMES
from qa.service import Service
from qa.settings import PREFIX, Settings

HEADLINE = "who reports annually to TSAG?"
TSAG = "itu-wtsa/res-18/2024/instructs__para_2"
TSAG_REFERENCE = "instructs 2 of Resolution 18 (Rev. New Delhi, 2024)"
QUOTE = "the Director of TSB to report annually to TSAG on the implementation of this resolution"
LAMPS = "RESOLUTION 900 (Geneva, 2024)\nOn lamps\nThe Assembly,\nresolves\n1\tto light all lamps;\n2\tto count them"
TOOLS = ["ask", "search", "read_clause", "list_obligations", "compare_provisions"]
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}

Era = Literal["auto", "legacy"]  # today's protocol, without a handshake, and that of clients that begin with one
Connect = Callable[[Era], AbstractAsyncContextManager[Client]]


@contextmanager
def serving(bundle: Path, environment: dict[str, str], *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server process, and its address."""
    command = [sys.executable, "-m", "qa.cli", "serve", "--port", "0", "--bundle", str(bundle), *options]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, bufsize=1)
    try:
        assert server.stderr is not None
        line = server.stderr.readline()
        address = re.search(r"http://[\d.]+:\d+", line)
        assert address, line + server.stderr.read()
        yield address[0], server
    finally:
        server.kill()
        server.communicate()


def at_address(address: str) -> Connect:
    @asynccontextmanager
    async def connect(era: Era) -> AsyncIterator[Client]:
        async with (
            httpx2.AsyncClient(trust_env=False, timeout=60) as plain,
            Client(streamable_http_client(f"{address}/mcp", http_client=plain), mode=era) as client,
        ):
            yield client

    return connect


def by_pipes(bundle: Path) -> Connect:
    command = StdioServerParameters(command=sys.executable, args=["-m", "qa.cli", "mcp", "--bundle", str(bundle)])
    return lambda era: Client(stdio_client(command), mode=era)


class Assistant:
    """The client, called from a test that waits for each answer."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self.portal, self.client = portal, client

    def result(self, tool: str, **arguments: Any) -> CallToolResult:
        async def call() -> CallToolResult:  # the client checks structured content against the tool's schema
            return await self.client.call_tool(tool, arguments)

        return self.portal.call(call)

    def call(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The structured answer of a tool."""
        found = self.result(tool, **arguments)
        assert not found.is_error, found.content
        assert found.structured_content is not None
        return found.structured_content

    def refused(self, tool: str, **arguments: Any) -> str:
        """What a tool says of a call that cannot be served."""
        found = self.result(tool, **arguments)
        assert found.is_error
        assert found.structured_content is None
        (said,) = found.content
        assert isinstance(said, TextContent)
        assert "Traceback" not in said.text
        assert "\n" not in said.text
        return said.text

    def read(self, uri: str) -> dict[str, Any]:
        """A resource."""
        (content,) = self.portal.call(self.client.read_resource, uri).contents
        assert isinstance(content, TextResourceContents)
        assert content.mime_type == "application/json"
        read: dict[str, Any] = json.loads(content.text)
        return read


@contextmanager
def connected(connect: Connect, era: Era = "auto") -> Iterator[Assistant]:
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(connect(era)) as client:
        yield Assistant(portal, client)


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """That of a server which nobody has configured."""
    return {n: v for n, v in os.environ.items() if not n.startswith((PREFIX, "PYTHONUNBUFFERED", "PYTHONDEVMODE"))}


@pytest.fixture(scope="module")
def address(real: Path, environment: dict[str, str]) -> Iterator[str]:
    """Where a server over the real index listens."""
    with serving(real, environment) as (address, _):
        yield address


@pytest.fixture(scope="module", params=["http", "stdio"])
def connect(request: pytest.FixtureRequest, real: Path) -> Connect:
    """How to reach the real index, by either transport."""
    return by_pipes(real) if request.param == "stdio" else at_address(request.getfixturevalue("address"))


@pytest.fixture(scope="module")
def assistant(connect: Connect) -> Iterator[Assistant]:
    """An assistant that is connected to the real index."""
    with connected(connect) as assistant:
        yield assistant


def untimed(answer: dict[str, Any]) -> dict[str, Any]:
    return answer | {"took_ms": 0}


class TestWhatAnAssistantLearnsFirst:
    def test_each_tool_says_what_it_is_for_and_what_it_gives(self, assistant: Assistant) -> None:
        tools = assistant.portal.call(assistant.client.list_tools).tools
        assert [tool.name for tool in tools] == TOOLS
        for tool in tools:
            assert tool.title
            assert len((tool.description or "").split()) > 30
            assert tool.input_schema["additionalProperties"] is False
            assert tool.output_schema is not None
            assert tool.output_schema["type"] == "object"
            assert tool.annotations is not None
            assert tool.annotations.read_only_hint

    def test_each_tool_sends_elsewhere_for_what_another_does_better(self, assistant: Assistant) -> None:
        instructions = assistant.client.instructions or ""
        assert all(f"`{name}`" in instructions for name in TOOLS)
        assert "status" in instructions
        assert "answered" in instructions

    def test_every_filter_is_described(self, assistant: Assistant) -> None:
        (ask, *_) = assistant.portal.call(assistant.client.list_tools).tools
        filters = ask.input_schema["$defs"]["Filters"]["properties"]
        assert filters.keys() == set(NAMES)
        assert all(f["description"] for f in filters.values())

    def test_the_server_says_its_name_and_version(self, assistant: Assistant) -> None:
        assert assistant.client.server_info.name == "clauseqa"
        assert assistant.client.server_info.version


class TestAsking:
    def test_the_answer_is_that_of_http(self, assistant: Assistant, client: TestClient) -> None:
        mine = assistant.call("ask", question=HEADLINE)
        assert untimed(mine) == untimed(client.post("/v1/ask", json={"question": HEADLINE}).json())
        first = mine["citations"][0]
        assert (first["clause_id"], first["quote"], first["verified"]) == (TSAG, QUOTE, True)

    def test_clients_that_read_text_only_get_the_same(self, assistant: Assistant) -> None:
        found = assistant.result("ask", question=HEADLINE)
        (text,) = found.content
        assert isinstance(text, TextContent)
        assert json.loads(text.text) == found.structured_content

    def test_a_quote_stands_in_the_source_at_its_span(self, assistant: Assistant, source_text: str) -> None:
        for citation in assistant.call("ask", question="who coordinates the work of the Sectors?")["citations"]:
            place = citation["provenance"]
            assert source_text[place["char_start"] : place["char_end"]] == citation["quote"]

    def test_what_no_clause_answers_is_no_error(self, assistant: Assistant) -> None:
        answer = assistant.call("ask", question="what is the capital of France?")
        assert answer["answered"] is False
        assert answer["answer"].startswith("No clause was found")

    def test_a_follow_up_rests_on_what_was_asked_before(self, assistant: Assistant, client: TestClient) -> None:
        body = {"question": "and in Resolution 59?", "before": ["who reports annually to the Telecommunication "
                "Development Advisory Group?"]}  # fmt: skip
        assert untimed(assistant.call("ask", **body)) == untimed(client.post("/v1/ask", json=body).json())

    @pytest.mark.parametrize(
        "filters",
        [
            {"resolution": ["WTSA Resolution 18"], "part": ["operative"]},
            {"resolution": "18"},
            '{"resolution": ["18"], "keyword": "instructs"}',  # some assistants send objects as text
        ],
    )
    def test_filters_are_written_as_people_write_them(self, assistant: Assistant, filters: Any) -> None:
        citations = assistant.call("ask", question="coordination", k=20, filters=filters)["citations"]
        assert citations
        assert {c["provenance"]["resolution"] for c in citations} == {"18"}

    def test_one_version_only(self, assistant: Assistant) -> None:
        citations = assistant.call("ask", question=HEADLINE, version="proposed", k=10)["citations"]
        assert "in_force" not in {c["version"] for c in citations if c["provenance"]["resolution"] == "191"}


class TestLookingUp:
    def test_search_gives_the_hits_of_http(self, assistant: Assistant, client: TestClient) -> None:
        mine = assistant.call("search", query="annual report", limit=3, offset=2, filters={"body": ["WTSA"]})
        assert mine == client.get("/v1/search?q=annual report&limit=3&offset=2&body=WTSA").json()
        assert [item["rank"] for item in mine["items"]] == [3, 4, 5]

    @pytest.mark.parametrize(
        "name",
        [TSAG, TSAG_REFERENCE, f"/clauses/{TSAG}", f"https://itu.example/clauses/{TSAG}", f"clauseqa://clauses/{TSAG}"],
    )
    def test_a_clause_is_read_by_whatever_name_was_given_for_it(
        self, assistant: Assistant, client: TestClient, name: str
    ) -> None:
        assert assistant.call("read_clause", clause=name) == client.get(f"/v1/clauses/{TSAG}").json()

    def test_a_footnote_is_read_too(self, assistant: Assistant, client: TestClient) -> None:
        footnote = client.get("/v1/clauses?part=footnote").json()["items"][0]["clause_id"]
        assert assistant.call("read_clause", clause=footnote)["clause_id"] == footnote

    def test_the_register_is_that_of_http(self, assistant: Assistant, client: TestClient) -> None:
        mine = assistant.call("list_obligations", filters={"bearer": ["Director of TSB"]}, direct=True, sort="deadline")
        assert mine == client.get("/v1/obligations?bearer=Director of TSB&direct=true&sort=deadline&limit=20").json()
        assert mine["total"] > 0

    def test_the_register_is_paged_to_its_end(self, assistant: Assistant) -> None:
        wanted: dict[str, Any] = {"filters": {"modality": "must"}, "version": "in_force", "limit": 40}
        first = assistant.call("list_obligations", **wanted)
        offsets = range(0, first["total"], 40)
        pages = [assistant.call("list_obligations", **wanted, offset=offset)["items"] for offset in offsets]
        assert first["total"] > 40
        assert sum(map(len, pages)) == first["total"]
        assert {item["modality"] for page in pages for item in page} == {"obligation"}

    def test_words_narrow_the_register(self, assistant: Assistant) -> None:
        items = assistant.call("list_obligations", text="annual TSAG")["items"]
        assert TSAG in {item["clause_id"] for item in items}

    @pytest.mark.parametrize(
        ("wanted", "query"),
        [
            ({"clause": TSAG_REFERENCE}, f"clause={TSAG}"),
            ({"row": 14, "version": "in_force"}, "row=14&version=in_force&limit=1"),
            ({"only": "Resolution 59"}, "only=Resolution 59"),
            ({"only": "WTDC Resolution 59", "among": ["18", "59"]}, "only=59&among=18&among=59"),
            ({}, "limit=1"),
            ({"offset": 3}, "limit=1&offset=3"),
        ],
    )
    def test_a_comparison_is_that_of_http(
        self, assistant: Assistant, client: TestClient, wanted: dict[str, Any], query: str
    ) -> None:
        theirs = client.get(f"/v1/compare?{query}")
        assert theirs.status_code == 200
        assert assistant.call("compare_provisions", **wanted) == {"result": theirs.json()}


class TestMistakes:
    @pytest.mark.parametrize(
        ("tool", "arguments", "mend"),
        [
            ("ask", {}, "question: Field required"),
            ("ask", {"question": ""}, "ask in words"),
            ("ask", {"question": "?!"}, "ask in words"),
            ("ask", {"question": "who? " * 1000}, "2000 are the most"),
            ("ask", {"question": HEADLINE, "k": 0}, "k: Input should be greater than or equal to 1"),
            ("ask", {"question": HEADLINE, "k": "many"}, "k: Input should be a valid integer"),
            ("ask", {"question": HEADLINE, "version": "old"}, "'all', 'in_force' or 'proposed'"),
            ("ask", {"question": HEADLINE, "resolution": "18"}, "resolution: unknown; the tool's schema lists"),
            ("ask", {"question": HEADLINE, "filters": {"resolutions": "18"}}, "filters.resolutions: unknown"),
            ("ask", {"question": HEADLINE, "filters": {"resolution": "999"}}, "known: 18, 191, 59, 75"),
            ("search", {"query": " "}, "ask in words"),
            ("read_clause", {"clause": "itu-wtsa/res-18/2024/none"}, "give its id"),
            ("read_clause", {"clause": "instructs of Resolution 18"}, "name one: instructs 1"),
            ("read_clause", {"clause": "../../etc/passwd"}, "no clause is called"),
            ("list_obligations", {"sort": "colour"}, "known: resolution, bearer"),
            ("list_obligations", {"filters": {"bearer": "the butler"}}, "unknown bearer 'the butler'; known: "),
            ("compare_provisions", {"row": 99}, "unknown row 99; known: "),
            ("compare_provisions", {"row": 14, "only": "18"}, "ask either for a row, or for a clause"),
            ("read", {"clause": TSAG}, "Unknown tool: read"),
        ],
    )
    def test_a_call_that_cannot_be_served_says_in_one_line_what_to_mend(
        self, assistant: Assistant, tool: str, arguments: dict[str, Any], mend: str
    ) -> None:
        assert mend in assistant.refused(tool, **arguments)

    def test_after_a_mistake_the_assistant_is_served_on(self, assistant: Assistant) -> None:
        assistant.refused("ask", question="")
        assert assistant.call("ask", question=HEADLINE)["answered"]


class TestResources:
    def test_the_resolutions_are_listed(self, assistant: Assistant, client: TestClient) -> None:
        theirs = client.get("/v1/instruments").json()
        assert assistant.read("clauseqa://instruments") == theirs
        listed = assistant.portal.call(assistant.client.list_resources).resources
        assert [r.uri for r in listed] == [
            "clauseqa://instruments", *(f"clauseqa://instruments/{i['id']}" for i in theirs["items"])
        ]  # fmt: skip
        assert all(r.description for r in listed)

    def test_a_resolution_is_read_whole_and_in_order(self, assistant: Assistant, source_text: str) -> None:
        read = assistant.read("clauseqa://instruments/itu-wtsa/res-18/2024")
        assert read["name"] == "Resolution 18 (Rev. New Delhi, 2024)"
        lines = [clause["line_start"] for clause in read["clauses"]]
        assert lines == sorted(lines)
        assert len(lines) > 40
        assert all(clause["text"] in source_text for clause in read["clauses"])
        line = next(c for c in read["clauses"] if c["clause_id"] == TSAG)
        assert assistant.read(line["uri"])["reference"] == line["reference"]

    def test_a_clause_is_read_with_its_provenance(
        self, assistant: Assistant, client: TestClient, source_text: str
    ) -> None:
        clause = assistant.read(f"clauseqa://clauses/{TSAG}")
        place = clause["provenance"]
        assert clause["text"] == QUOTE == source_text[place["char_start"] : place["char_end"]]
        assert clause.items() <= client.get(f"/v1/clauses/{TSAG}").json().items()

    def test_templates_tell_how_to_make_an_address(self, assistant: Assistant) -> None:
        templates = assistant.portal.call(assistant.client.list_resource_templates).resource_templates
        assert {t.uri_template for t in templates} == {
            "clauseqa://instruments/{+instrument}", "clauseqa://clauses/{+clause_id}"
        }  # fmt: skip
        assert all(t.description for t in templates)

    @pytest.mark.parametrize(
        ("uri", "said"),
        [
            ("clauseqa://clauses/none", "no clause has the id 'none'"),
            ("clauseqa://instruments/none", "known: itu-pp/res-191/2022"),
            ("clauseqa://clauses/../../../etc/passwd", "Unknown resource"),
            ("clauseqa://clauses/%00", "Unknown resource"),
            ("file:///etc/passwd", "Unknown resource"),
            ("nothing", "Unknown resource"),
        ],
    )
    def test_what_is_not_there_is_said_to_be_unknown(self, assistant: Assistant, uri: str, said: str) -> None:
        with pytest.raises(MCPError, match=re.escape(said)) as refused:
            assistant.read(uri)
        assert refused.value.error.code == -32602


class TestPrompts:
    @pytest.mark.parametrize(
        ("name", "arguments", "tool"),
        [
            ("answer_with_citations", {"question": HEADLINE}, "`ask`"),
            ("duties_of", {"body": "the Director of TSB"}, "`list_obligations`"),
        ],
    )
    def test_a_prompt_leads_to_a_tool(
        self, assistant: Assistant, name: str, arguments: dict[str, str], tool: str
    ) -> None:
        (listed,) = [p for p in assistant.portal.call(assistant.client.list_prompts).prompts if p.name == name]
        assert listed.description
        assert [a.name for a in listed.arguments or []] == list(arguments)
        (message,) = assistant.portal.call(assistant.client.get_prompt, name, arguments).messages
        assert isinstance(message.content, TextContent)
        assert tool in message.content.text
        assert all(value in message.content.text for value in arguments.values())


class TestTransports:
    def test_clients_that_begin_with_a_handshake_are_served_too(self, connect: Connect) -> None:
        with connected(connect, "legacy") as assistant:
            assert assistant.client.protocol_version == "2025-11-25"
            assert assistant.call("ask", question=HEADLINE)["citations"][0]["clause_id"] == TSAG
            assert assistant.read(f"clauseqa://clauses/{TSAG}")["text"] == QUOTE

    def test_many_assistants_that_call_first_at_once_are_all_answered(
        self, hashed: Path, environment: dict[str, str]
    ) -> None:
        def first_call(address: str) -> list[str]:
            found = httpx.post(f"{address}/mcp", json=LIST_TOOLS, headers=JSON, timeout=60, trust_env=False)
            return [tool["name"] for tool in found.json()["result"]["tools"]]

        with serving(hashed, environment) as (address, _), ThreadPoolExecutor(8) as pool:
            assert list(pool.map(first_call, [address] * 8)) == [TOOLS] * 8

    def test_a_new_index_is_taken_up(
        self, hashed: Path, copy_of: Callable[[Path], Path], tmp_path: Path, environment: dict[str, str]
    ) -> None:
        path, lamps = copy_of(hashed), tmp_path / "lamps.txt"
        lamps.write_text(LAMPS, "utf-8")
        with serving(path, environment) as (address, _), connected(at_address(address)) as assistant:
            assert assistant.read("clauseqa://instruments")["total"] == 4
            build([lamps], path, HashingEncoder())
            assert [i["resolution"] for i in assistant.read("clauseqa://instruments")["items"]] == ["900"]
            assert len(assistant.portal.call(assistant.client.list_resources).resources) == 2

    def test_the_server_stops_when_told_while_an_assistant_is_connected(
        self, hashed: Path, environment: dict[str, str]
    ) -> None:
        with serving(hashed, environment) as (address, server), connected(at_address(address), "legacy") as assistant:
            assistant.call("search", query="report")
            server.send_signal(signal.SIGTERM)
            _, err = server.communicate(timeout=30)
            assert {json.loads(line)["level"] for line in err.splitlines()} == {"info"}

    @pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
    def test_there_is_no_stream_or_session_to_open_or_close(self, address: str, method: str) -> None:
        found = httpx.request(method, f"{address}/mcp", timeout=30, trust_env=False)
        assert (found.status_code, found.headers["allow"]) == (405, "POST")

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({}, 200),
            ({"Host": "localhost:1"}, 200),
            ({"Origin": "http://localhost:3000"}, 200),
            ({"Host": "attacker.example"}, 421),
            ({"Host": "localhost.attacker.example:80"}, 421),
            ({"Origin": "https://attacker.example"}, 403),
            ({"Origin": "null"}, 403),
        ],
    )
    def test_pages_of_other_sites_are_kept_out(self, address: str, headers: dict[str, str], status: int) -> None:
        found = httpx.post(f"{address}/mcp", json=LIST_TOOLS, headers=JSON | headers, timeout=30, trust_env=False)
        assert found.status_code == status

    def test_the_public_name_is_let_in(self, hashed: Path, environment: dict[str, str]) -> None:
        settings = environment | {"CLAUSEQA_PUBLIC_URL": "https://resolutions.example/itu"}
        headers = JSON | {"Host": "resolutions.example", "Origin": "https://resolutions.example"}
        with serving(hashed, settings) as (address, _):
            found = httpx.post(f"{address}/mcp", json=LIST_TOOLS, headers=headers, timeout=30, trust_env=False)
            assert found.status_code == 200

    def test_a_huge_call_is_refused_before_it_is_read(self, address: str) -> None:
        huge = LIST_TOOLS | {"params": {"cursor": "x" * 100_000}}
        assert httpx.post(f"{address}/mcp", json=huge, headers=JSON, timeout=30, trust_env=False).status_code == 413

    def test_who_never_meets_an_assistant_does_not_pay_for_them(self, hashed: Path) -> None:
        code = f"""
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from qa.api.app import build_app
from qa.service import Service
from qa.settings import Settings
with TestClient(build_app(Service(Settings(bundle=Path({str(hashed)!r}))))) as client:
    assert client.post("/v1/ask", json={{"question": "who reports annually to TSAG?"}}).status_code == 200
    print(sorted({{"mcp", "mcp_types"}} & set(sys.modules)))
    assert client.post("/mcp", json={LIST_TOOLS!r}, headers={JSON | {"Host": "localhost"}!r}).status_code == 200
    print(sorted({{"mcp", "torch", "transformers"}} & set(sys.modules)))
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.splitlines() == ["[]", "['mcp']"]

    def test_an_application_that_is_not_running_says_so(self, hashed: Path) -> None:
        found = TestClient(build_app(Service(Settings(bundle=hashed)))).post("/mcp", json=LIST_TOOLS, headers=JSON)
        assert (found.status_code, found.headers["content-type"]) == (503, "application/problem+json")


HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "by hand", "version": "1"},
    },
}


class TestStandardStreams:
    def run(self, bundle: Path, environment: dict[str, str], said: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "qa.cli", "mcp", "--bundle", str(bundle)]
        return subprocess.run(command, input=said, capture_output=True, text=True, env=environment)

    def test_only_the_protocol_is_written_and_it_ends_when_the_assistant_hangs_up(
        self, hashed: Path, environment: dict[str, str]
    ) -> None:
        lines = [HELLO, {"jsonrpc": "2.0", "method": "notifications/initialized"}]
        done = self.run(hashed, environment, "".join(f"{json.dumps(line)}\n" for line in lines) + "not JSON\n")
        answers = [json.loads(line) for line in done.stdout.splitlines()]
        assert answers[0]["result"]["serverInfo"]["name"] == "clauseqa"
        assert all(answer["jsonrpc"] == "2.0" for answer in answers)
        assert done.returncode == 0

    def test_it_stops_when_interrupted_at_a_terminal(self, hashed: Path, environment: dict[str, str]) -> None:
        command = [sys.executable, "-m", "qa.cli", "mcp", "--bundle", str(hashed)]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, env=environment) as server:
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(f"{json.dumps(HELLO)}\n")
            server.stdin.flush()
            assert json.loads(server.stdout.readline())["id"] == 1
            server.send_signal(signal.SIGINT)
            assert server.wait(timeout=30) == -signal.SIGINT

    def test_without_an_index_it_says_what_to_do_and_writes_no_protocol(
        self, tmp_path: Path, environment: dict[str, str]
    ) -> None:
        done = self.run(tmp_path / "none", environment, "")
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith("clauseqa: ")
        assert "run: clauseqa index build" in done.stderr
        assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_at_a_loopback_address_only_its_names_and_the_public_one_will_do(host: str) -> None:
    assert set(hosts(host, "https://itu.example:8443/x") or ()) == {
        *("127.0.0.1", "127.0.0.1:*", "localhost", "localhost:*", "[::1]", "[::1]:*"),
        *("itu.example", "itu.example:*"),
    }
    assert "itu.example" not in (hosts(host, None) or ())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "resolutions.example"])
def test_elsewhere_any_name_will_do(host: str) -> None:
    assert hosts(host, None) is None
