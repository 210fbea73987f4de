"""Tools for agents over a kgapi server: the Model Context Protocol, by its own SDK.

The tools only read, and ask through ``kgapi.client``: a server elsewhere (``kgapi mcp`` on standard
input and output), or the very one that they are a door of (``/mcp``).
"""

from mcp.server import MCPServer
from mcp_types import ToolAnnotations

from kgapi import __version__
from kgapi.client import Client
from kgapi.mcp.tools import Resources, Tools

_INSTRUCTIONS = """\
News on sanctions as a graph of facts, each with the exact sentences that say so, who says it, where
and how surely. Find the key of who or what you are asked about with `entity`, ask `facts` by it, and
cite the sentences with their articles. Who sanctions whom is in `facts` with types SanctionsAction
(what was done) and SanctionsMeasure (what holds); facet sender, reason gives an overview. What only
somebody claims is marked as claimed: do not tell it as true. What is not in the graph was not found
in its articles, which does not mean that it is not so.
"""


def server(graph: Client) -> MCPServer:
    """The tools and resources over what a client asks, for any transport."""
    made: MCPServer = MCPServer(
        "kgapi",
        title="Sanctions news",
        instructions=_INSTRUCTIONS,
        version=__version__,
        log_level="WARNING",
        # Nothing here changes while it is served.
        subscriptions=False,
    )
    tools, resources = Tools(graph), Resources(graph)
    reading = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
    for tool in (
        tools.entity, tools.facts, tools.search, tools.timeline, tools.sparql, tools.ontology,
    ):  # fmt: skip
        made.add_tool(tool, annotations=reading)
    made.resource("kgapi://article/{key}", mime_type="text/plain")(resources.article)
    made.resource("kgapi://fact/{kind}/{key}", mime_type="application/json")(resources.fact)
    return made
