"""The tools of agents, asked by the SDK's own client: on standard input and output, and over HTTP."""

import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import anyio
import httpx
import jsonschema
import pytest
from flask import Flask
from mcp import Client, MCPError, StdioServerParameters
from mcp_types import TextContent

from kgapi import client
from kgapi.errors import DeadlinePassed
from kgapi.mcp import answers
from kgapi.mcp import server as served
from kgapi.server.agents import Agents, breaking
from tests.conftest import TOKEN, Server

NAMES = {"entity", "facts", "ontology", "search", "sparql", "timeline"}
GROUNDS = (
    "WASHINGTON, Nov 21 - The United States, the United Kingdom and Canada imposed sanctions on Iran"
    " on Monday, 21 November 2011, over its nuclear programme.\n\nSwitzerland did not comment.\n"
)
LAW = (
    "BRUSSELS, April 12 - The European Union imposed sanctions on Iran on Tuesday, 12 April 2011, over"
    " human rights abuses.\n"
)


class Agent:
    """Whoever has a question, and nothing but the tools."""

    def __init__(self, session: Client) -> None:
        self.session = session

    async def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """What a tool tells as data; it tells something in words, too."""
        told = await self.session.call_tool(tool, arguments)
        assert not told.is_error, told.content
        assert words(told.content)
        assert isinstance(told.structured_content, dict)
        return told.structured_content

    async def refused(self, tool: str, **arguments: Any) -> str:
        """The words of a tool that cannot answer."""
        told = await self.session.call_tool(tool, arguments)
        assert told.is_error, told.structured_content
        return words(told.content)


def words(content: list[Any]) -> str:
    (only,) = content
    assert isinstance(only, TextContent)
    return only.text


Session = Callable[[Agent], Awaitable[None]]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with two articles that say who sanctions Iran, and why."""
    store = tmp_path_factory.mktemp("mcp") / "store"
    with (
        Server(store, "--no-seeds", KGAPI_TOKEN=TOKEN) as started,
        client.Client(started.address, TOKEN, retries=10) as graph,
    ):
        graph.ingest(GROUNDS, published="2011-11-21", headline="Three countries act")
        graph.ingest(LAW, published="2011-04-12", headline="Union acts")
        assert graph.facts(target="country/ir").total
        yield started


def over_http(server: Server, session: Session, *, mode: str = "auto") -> None:
    _meet(Client(f"{server.address}mcp", mode=mode), session)


def over_stdio(server: Server, session: Session) -> None:
    arguments = ["-m", "kgapi", "mcp", "--server", server.address]
    _meet(Client(StdioServerParameters(command=sys.executable, args=arguments)), session)


def _meet(connecting: Client, session: Session) -> None:
    failed: list[Exception] = []

    async def meet() -> None:
        with anyio.fail_after(60):
            async with connecting as connected:
                # Through the SDK's groups of tasks it would come as a group of groups of one.
                try:
                    await session(Agent(connected))
                except Exception as error:
                    failed.append(error)

    anyio.run(meet)
    if failed:
        raise failed[0]


async def who_sanctions_iran(agent: Agent) -> None:
    """The question "who sanctions Iran and on which grounds, with sentences", by the tools alone."""
    known = await agent.ask("entity", entity="Iran")
    iran = known["entity"]["id"]
    asked = {"target": [iran], "types": ["SanctionsAction", "SanctionsMeasure"]}
    overview = await agent.ask("facts", **asked, facet=["sender", "reason"], limit=1)
    senders = {iri.rpartition("/id/")[2] for iri in overview["facets"]["sender"]}
    assert senders == {"country/us", "country/gb", "country/ca", "organization/european-union"}
    answered = {}
    for reason in overview["facets"]["reason"]:
        found = await agent.ask("facts", **asked, reason=[reason])
        answered[reason] = [
            (sender["label"], passage["text"], statement["article"]["label"])
            for fact in found["facts"]
            for sender in fact["roles"]["actor"]
            for statement in fact["statements"]
            for passage in statement["evidence"]
        ]
    nuclear, rights = (
        GROUNDS.partition(" - ")[2].partition("\n")[0],
        LAW.partition(" - ")[2].strip(),
    )
    assert {who for who, *_ in answered["nuclear-programme"]} == {
        "United States", "United Kingdom", "Canada",
    }  # fmt: skip
    assert {tuple(said) for _, *said in answered["nuclear-programme"]} == {
        (nuclear, "Three countries act")
    }
    assert answered["human-rights"] == [("European Union", rights, "Union acts")]


def test_who_sanctions_iran_and_why_over_http(server: Server) -> None:
    over_http(server, who_sanctions_iran)


def test_who_sanctions_iran_and_why_by_the_older_protocol(server: Server) -> None:
    over_http(server, who_sanctions_iran, mode="legacy")


def test_who_sanctions_iran_and_why_on_standard_input_and_output(server: Server) -> None:
    over_stdio(server, who_sanctions_iran)


def test_tools_say_that_they_only_read_and_what_they_answer(server: Server) -> None:
    async def session(agent: Agent) -> None:
        tools = (await agent.session.list_tools()).tools
        assert {tool.name for tool in tools} == NAMES
        for tool in tools:
            assert tool.annotations
            assert tool.annotations.read_only_hint
            assert tool.description
            assert all("description" in each for each in tool.input_schema["properties"].values())
        schemas = {tool.name: tool.output_schema for tool in tools}
        for name, arguments in {
            "entity": {"entity": "country/ir"},
            "facts": {"facet": ["type"]},
            "search": {"words": "sanctions"},
            "timeline": {"entity": "Iran"},
            "ontology": {},
            "sparql": {"query": "SELECT * { ?s ?p ?o } LIMIT 1"},
        }.items():
            jsonschema.validate(await agent.ask(name, **arguments), schemas[name] or {})

    over_http(server, session)


def test_pages_follow_each_other_and_say_that_there_are_more(server: Server) -> None:
    async def session(agent: Agent) -> None:
        found, cursor = [], None
        while cursor or not found:
            told = await agent.session.call_tool("facts", {"limit": 1, "cursor": cursor})
            page = told.structured_content or {}
            found += [each["id"] for each in page["facts"]]
            cursor = page["cursor"]
            assert (f"cursor='{cursor}'" in words(told.content)) == (cursor is not None)
        assert len(found) == len(set(found)) == page["total"] > 1

    over_http(server, session)


def test_an_entity_goes_by_its_name_too(server: Server) -> None:
    async def session(agent: Agent) -> None:
        told = await agent.ask("entity", entity="Ira")
        assert told["entity"]["label"] == "Iran"
        assert told["facts"]["SanctionsAction"] == 2
        assert "Iraq" in {each["label"] for each in told["others"]}
        assert "try `search`" in await agent.refused("entity", entity="Nobody of that name")

    over_http(server, session)


def test_the_timeline_is_in_the_order_of_time(server: Server) -> None:
    async def session(agent: Agent) -> None:
        told = await agent.ask("timeline", entity="Iran", since="2011-01-01", limit=25)
        days = [fact["time"]["earliest"] for fact in told["facts"]]
        assert days == sorted(days)
        assert {"2011-04-12", "2011-11-21"} <= set(days)
        later = await agent.ask("timeline", entity="country/ir", since="2011-06-01")
        assert 0 < later["total"] < told["total"]

    over_http(server, session)


def test_the_ontology_has_what_queries_need(server: Server) -> None:
    async def session(agent: Agent) -> None:
        names = await agent.ask("ontology")
        assert "san:SanctionsMeasure" in names["classes"]
        assert "nuclear-programme" in names["concepts"]["reason"]
        about = await agent.ask("ontology", about="who sanctions whom")
        example = about["examples"][0]
        assert (await agent.ask("sparql", query=example["text"]))["rows"]
        (term, *_) = (await agent.ask("ontology", about="imposedBy"))["terms"]
        assert term["name"] == "san:imposedBy"
        assert "san:SanctionsMeasure" in term["of"]

    over_http(server, session)


def test_sparql_answers_every_form_as_far_as_is_read(server: Server) -> None:
    async def session(agent: Agent) -> None:
        some = await agent.ask("sparql", query="SELECT ?s ?o { ?s a ?o }", limit=3)
        assert some["variables"] == ["s", "o"]
        assert [len(row) for row in some["rows"]] == [2, 2, 2]
        assert "there are more" in some["notes"][0]
        assert not (await agent.ask("sparql", query="SELECT ?s { VALUES ?s { 1 } }"))["notes"]
        assert (await agent.ask("sparql", query="ASK { ?s ?p ?o }"))["truth"] is True
        graph = await agent.ask("sparql", query="CONSTRUCT { <a:s> <a:p> 'x' } {}")
        assert graph["triples"] == ['<a:s> <a:p> "x" .']
        long = f"SELECT ?s {{ VALUES ?s {{ '{'x' * 5000}' }} }}"
        ((cell,),) = (await agent.ask("sparql", query=long))["rows"]
        assert len(cell) < 1000
        assert cell.endswith("[…]")

    over_http(server, session)


def test_what_cannot_be_asked_is_told_with_how_to_mend_it(server: Server) -> None:
    async def session(agent: Agent) -> None:
        assert "line 1, column 15" in await agent.refused("sparql", query="SELECT nothing")
        unknown = await agent.refused("facts", reason=["boredom"])
        assert "nuclear-programme" in unknown
        assert "country/ir" in await agent.refused("facts", target=["Iran"])
        assert "country/nowhere" in await agent.refused("entity", entity="country/nowhere")
        assert "25" in await agent.refused("facts", limit=1000)
        assert "cursor" in await agent.refused("facts", cursor="from-nowhere")
        assert "in_force" in await agent.refused("facts", in_force="2011-12-01")
        slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
        assert "ended after 0.5 seconds" in await agent.refused("sparql", query=slow, seconds=0.5)
        with pytest.raises(MCPError, match="nothing"):
            await agent.session.read_resource("kgapi://article/nothing")

    over_http(server, session)


def test_nothing_can_be_written(server: Server) -> None:
    async def session(agent: Agent) -> None:
        for update in ("INSERT DATA { <a:s> <a:p> <a:o> }", "DROP ALL", "LOAD <http://a.example/>"):
            assert "Only SELECT" in await agent.refused("sparql", query=update)

    before = server.http.get("dumps/").headers["ETag"]
    over_http(server, session)
    assert server.http.get("dumps/").headers["ETag"] == before


def test_articles_and_facts_are_resources(server: Server) -> None:
    async def session(agent: Agent) -> None:
        (fact, *_) = (await agent.ask("facts", reason=["human-rights"]))["facts"]
        key = fact["id"].partition("/id/")[2]
        (whole,) = (await agent.session.read_resource(f"kgapi://fact/{key}")).contents
        assert fact["statements"][0]["evidence"][0]["text"] in whole.text
        key = fact["statements"][0]["article"]["iri"].partition("/id/article/")[2]
        (article,) = (await agent.session.read_resource(f"kgapi://article/{key}")).contents
        assert article.text.startswith("Union acts\n2011-04-12")
        assert LAW.strip() in article.text

    over_http(server, session)


def test_the_door_takes_json_by_post_alone(server: Server) -> None:
    refused = server.http.get("mcp")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    assert refused.headers["Content-Type"] == "application/problem+json"
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    assert server.http.options("mcp", headers=asked).headers["Access-Control-Allow-Origin"] == "*"
    for body in (b"", b"{", b"[]", b'{"jsonrpc": "2.0"}', b"\xff"):
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        assert 400 <= server.http.post("mcp", content=body, headers=headers).status_code < 500


def test_a_server_that_is_not_there_is_told() -> None:
    async def session(agent: Agent) -> None:
        assert "cannot be asked" in await agent.refused("entity", entity="country/ir")

    with httpx.Client() as probe, pytest.raises(httpx.TransportError):
        probe.get("http://127.0.0.1:9/")
    graph = client.Client("http://127.0.0.1:9/", retries=0)
    _meet(Client(served(graph)), session)


def test_the_command_takes_the_address_of_a_server_alone() -> None:
    arguments = [sys.executable, "-m", "kgapi", "mcp", "--server", "localhost:8000"]
    ended = subprocess.run(arguments, capture_output=True, text=True, input="")
    assert ended.returncode == 2
    assert "localhost:8000 is no address of a server" in ended.stderr


def test_the_command_says_which_packages_it_takes() -> None:
    without = "import sys; sys.modules['mcp'] = None; from kgapi.cli import main; main(['mcp'])"
    ended = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.strip().endswith("pip install 'kgapi[mcp]'")
    assert ended.stderr.count("\n") == 1


def test_the_door_says_which_packages_it_takes(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server.transport_security", None)

    async def ask() -> httpx.Response:
        door = httpx.ASGITransport(Agents(app))
        async with httpx.AsyncClient(transport=door, base_url="http://a.example/") as agent:
            await agent.post("mcp", json={})
            return await agent.post("mcp", json={})

    refused = anyio.run(ask)
    assert refused.status_code == 501
    assert "kgapi[mcp]" in refused.json()["detail"]


def test_an_answer_that_fails_on_its_way_is_told() -> None:
    def late(environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
        start("200 OK", [("Content-Type", "text/tab-separated-values")])
        yield b"?x\n1\n"
        raise DeadlinePassed("the query was ended after 1 seconds")

    async def session(agent: Agent) -> None:
        told = await agent.refused("sparql", query="SELECT ?x {}")
        assert "the answer broke off: the query was ended after 1 seconds" in told

    transport = httpx.WSGITransport(breaking(late))
    _meet(Client(served(client.Client(transport=transport))), session)


def test_long_facts_are_cut_and_say_so() -> None:
    reference = client.Reference("x:/id/article/a", "Article", "Article")
    evidence = [client.Evidence(0, 9999, "x" * 9999)] * 9
    one = client.Statement(
        "s", reference, "2020-01-01", "stated", None, 0.9, "r", None, evidence=evidence
    )
    fact = client.Fact(
        "x:/id/event/e", "label", "Event", False, None, {}, {}, client.Time(), "actual", [one] * 99
    )
    told = answers.Facts.of(client.Page([fact] * 25, 25))
    assert told.notes[0] == "95 more statements in kgapi://fact/event/e"
    assert len(words(told.result().content)) < 25 * 4 * 4 * 1000
