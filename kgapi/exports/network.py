"""A network of sanctions for programs that draw and measure networks: CSV, GraphML, GEXF 1.3."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lxml import etree
from lxml.builder import ElementMaker

from kgapi.exports import tables
from kgapi.exports.xml import writable
from kgapi.queries.network import Bounds, Edge, Network
from kgapi.queries.reads import Reference

_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_GEXF = "http://gexf.net/1.3"

_NODE = {"label": "string", "type": "string", "unnamed": "int"}
_EDGE = {
    "types": "string",
    "reasons": "string",
    "realis": "string",
    "first_earliest": "string",
    "first_latest": "string",
    "last_earliest": "string",
    "last_latest": "string",
    "undated": "int",
    "first_published": "string",
    "last_published": "string",
    "articles": "int",
    "facts": "int",
    "relieved": "int",
    "stated": "int",
    "claimed": "int",
}
"""What is told of a node and of an edge, with its type in GraphML."""

COLUMNS = ("sender", "sender_label", "target", "target_label", *_EDGE)
"""The columns of the table. The senders that nobody names are empty."""

_GEXF_TYPES = {"string": "string", "int": "integer"}


def csv(network: Network) -> str:
    """An edge a row, those that name no sender last."""
    edges = (*network.edges, *network.unnamed)
    return tables.text(COLUMNS, map(_row, edges))


def _row(edge: Edge) -> Mapping[str, Any]:
    return {
        "sender": edge.sender.iri if edge.sender else None,
        "sender_label": edge.sender.label if edge.sender else None,
        "target": edge.target.iri,
        "target_label": edge.target.label,
        **_about_edge(edge),
    }


def _about_edge(edge: Edge) -> Mapping[str, Any]:
    first, last = edge.first or Bounds(None, None), edge.last or Bounds(None, None)
    derived = {
        "realis": list(edge.realis),
        "first_earliest": first.earliest,
        "first_latest": first.latest,
        "last_earliest": last.earliest,
        "last_latest": last.latest,
    }
    return {name: derived[name] if name in derived else getattr(edge, name) for name in _EDGE}


def _about_node(node: Reference, unnamed: Mapping[str, int]) -> Mapping[str, Any]:
    return {"label": node.label, "type": node.type, "unnamed": unnamed.get(node.iri, 0)}


def _unnamed(network: Network) -> Mapping[str, int]:
    """How many facts tell of sanctions of nobody knows whom, by target."""
    return {edge.target.iri: edge.facts + edge.relieved for edge in network.unnamed}


def graphml(network: Network) -> bytes:
    """The edges between named parties; ``unnamed`` of a node counts facts that name no sender."""
    make = ElementMaker(namespace=_GRAPHML, nsmap={None: _GRAPHML})
    keys = [
        make.key({"id": f"{of}-{name}", "for": of, "attr.name": name, "attr.type": kind})
        for of, told in (("node", _NODE), ("edge", _EDGE))
        for name, kind in told.items()
    ]

    def data(of: str, told: Mapping[str, Any]) -> Iterator[Any]:
        for name, value in _cells(told):
            yield make.data(value, key=f"{of}-{name}")

    unnamed = _unnamed(network)
    nodes = (
        make.node(*data("node", _about_node(n, unnamed)), id=writable(n.iri)) for n in network.nodes
    )
    edges = (
        make.edge(*data("edge", _about_edge(edge)), id=f"e{number}", **_ends(edge))
        for number, edge in enumerate(network.edges)
    )
    graph = make.graph(*nodes, *edges, id="sanctions", edgedefault="directed")
    return _document(make.graphml(*keys, graph))


def gexf(network: Network) -> bytes:
    """The same in GEXF; the weight of an edge is the number of its articles."""
    make = ElementMaker(namespace=_GEXF, nsmap={None: _GEXF})

    def declared(of: str, told: Mapping[str, str]) -> Any:
        attributes = (
            make.attribute(id=name, title=name, type=_GEXF_TYPES[kind])
            for name, kind in told.items()
        )
        return make.attributes(*attributes, {"class": of})

    def values(told: Mapping[str, Any]) -> Any:
        return make.attvalues(*(make.attvalue({"for": n, "value": v}) for n, v in _cells(told)))

    unnamed = _unnamed(network)
    nodes = (
        make.node(
            values(_about_node(node, unnamed)), id=writable(node.iri), label=writable(node.label)
        )
        for node in network.nodes
    )
    edges = (
        make.edge(
            values(_about_edge(e)), id=f"e{number}", weight=str(max(e.articles, 1)), **_ends(e)
        )
        for number, e in enumerate(network.edges)
    )
    graph = make.graph(
        declared("node", _NODE),
        declared("edge", _EDGE),
        make.nodes(*nodes),
        make.edges(*edges),
        defaultedgetype="directed",
    )
    return _document(make.gexf(graph, version="1.3"))


def _ends(edge: Edge) -> dict[str, str]:
    return {
        "source": writable(edge.sender.iri) if edge.sender else "",
        "target": writable(edge.target.iri),
    }


def _cells(told: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """What is told, as text; what is not told is left out."""
    cells = ((name, writable(tables.cell(value))) for name, value in told.items())
    return [(name, text) for name, text in cells if text]


def _document(root: Any) -> bytes:
    told: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return told
