"""/v1/feed, read as a client of Linked Data Event Streams reads it: from the root to every member."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kgapi import media
from kgapi.media import MediaType
from kgapi.store import rdf
from kgapi.web import ldes
from tests.web.test_changes import KEY, changes, send
from tests.web.test_feeds import ON_CUBA, drop, fill

ROOT = "http://localhost/v1/feed"
OFFERS = (media.TURTLE, media.JSON_LD, media.N_QUADS, media.TRIG, media.N_TRIPLES)
TREE, LDES = "https://w3id.org/tree#", "https://w3id.org/ldes#"
AS, DCT = "https://www.w3.org/ns/activitystreams#", "http://purl.org/dc/terms/"
TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")


@dataclass
class Walk:
    """The nodes of a stream, each read once, and the nodes that members were found in."""

    nodes: dict[str, ox.Store] = field(default_factory=dict)
    members: dict[str, ox.Store] = field(default_factory=dict)


def values(store: ox.Store, subject: object, predicate: str) -> list[str]:
    found = store.quads_for_pattern(subject, ox.NamedNode(predicate), None)  # type: ignore[arg-type]
    return sorted(quad.object.value for quad in found)  # type: ignore[union-attr]


def read(client: FlaskClient, address: str, offer: MediaType) -> ox.Store:
    answer = client.get(address, headers={"Accept": offer.type})
    assert answer.status_code == 200, answer.text
    assert answer.content_type == offer.content_type
    store = ox.Store()
    store.extend(ox.parse(answer.data, rdf.FORMATS[offer], base_iri=address))
    return store


def relations(store: ox.Store, node: str) -> Iterator[tuple[str, str, str]]:
    """Class, node and value of the relations of a node."""
    for quad in store.quads_for_pattern(ox.NamedNode(node), ox.NamedNode(f"{TREE}relation"), None):
        assert values(store, quad.object, f"{TREE}path") == [f"{DCT}created"]
        (cls,) = values(store, quad.object, TYPE.value)
        (target,) = values(store, quad.object, f"{TREE}node")
        (value,) = values(store, quad.object, f"{TREE}value")
        yield cls.removeprefix(TREE), target, value


def walk(client: FlaskClient, offer: MediaType = media.N_QUADS) -> Walk:
    found, waiting = Walk(), [ROOT]
    while waiting:
        node = waiting.pop(0)
        if node in found.nodes:
            continue
        store = found.nodes[node] = read(client, node, offer)
        (stream,) = [
            quad.subject
            for quad in store.quads_for_pattern(None, TYPE, ox.NamedNode(f"{LDES}EventStream"))
        ]
        assert values(store, stream, f"{TREE}view") == [ROOT]
        assert values(store, stream, f"{LDES}timestampPath") == [f"{DCT}created"]
        for member in values(store, stream, f"{TREE}member"):
            assert member not in found.members
            found.members[member] = store
        waiting += [target for _, target, _ in relations(store, node)]
    return found


def time(store: ox.Store, member: str) -> datetime:
    """When a member was created. Stores are free to write that otherwise."""
    (found,) = values(store, ox.NamedNode(member), f"{DCT}created")
    return datetime.fromisoformat(found)


def told(found: Walk) -> list[tuple[datetime, str]]:
    """Time and fact of each member."""
    return sorted(
        (time(store, member), *values(store, ox.NamedNode(member), f"{DCT}isVersionOf"))
        for member, store in found.members.items()
    )  # type: ignore[return-value]  # one of each


def expected(client: FlaskClient) -> list[tuple[datetime, str]]:
    items = client.get("/v1/changes?limit=500").json["items"]  # type: ignore[index]
    return sorted(
        (datetime.fromisoformat(change["at"]), fact["iri"])
        for change in items
        for kind in ("added", "changed", "removed")
        for fact in change[kind]
    )


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two changes, groups of three pages."""
    monkeypatch.setattr(ldes, "PAGE", 2)
    monkeypatch.setattr(ldes, "GROUP", 3)


@pytest.mark.usefixtures("small")
def test_all_of_it_is_found_once_within_the_bounds_that_are_told(client: FlaskClient) -> None:
    for number in range(7):
        sent = send(client, f"{ON_CUBA} That was round {number}.")
        changes(client)
    drop(client, sent)
    found = walk(client)
    assert told(found) == expected(client)
    assert len(found.members) > 7
    groups = [node for node in found.nodes if "/group/" in node]
    assert len(groups) > 1
    below = {
        node: [time(store, member) for member, at in found.members.items() if at is store]
        for node, store in found.nodes.items()
    }
    for group in groups:
        below[group] = [
            each for _, page, _ in relations(found.nodes[group], group) for each in below[page]
        ]
    for node, store in found.nodes.items():
        for cls, target, value in relations(store, node):
            bound = datetime.fromisoformat(value)
            if cls == "GreaterThanOrEqualToRelation":
                assert all(each >= bound for each in below[target])
            else:
                assert cls == "LessThanOrEqualToRelation"
                assert all(each <= bound for each in below[target])


@pytest.mark.parametrize("offer", OFFERS, ids=lambda offer: offer.name)
def test_every_representation_says_the_same(client: FlaskClient, offer: MediaType) -> None:
    send(client)
    found = walk(client, offer)
    assert told(found) == expected(client)
    (member, *_), (store, *_) = found.members, found.members.values()
    said = values(store, ox.NamedNode(member), f"{AS}summary")
    assert said == ["The United States imposed sanctions on Iran on 3 March 2026."]
    # The version has what is said of the fact.
    assert values(store, ox.NamedNode(member), "http://www.w3.org/2000/01/rdf-schema#label")


def test_a_fact_ends_when_nobody_tells_it(client: FlaskClient) -> None:
    one = send(client)
    changes(client)
    other = send(client, "The United States imposed sanctions on Iran on 3 March 2026. So we hear.")
    shared = {each["id"] for each in one["facts"]} & {each["id"] for each in other["facts"]}
    assert shared
    drop(client, one)
    drop(client, other)
    found = walk(client)
    for fact in shared:
        events = sorted(
            (member, *values(store, ox.NamedNode(member), TYPE.value))
            for member, store in found.members.items()
            if values(store, ox.NamedNode(member), f"{DCT}isVersionOf") == [fact]
        )
        kinds = [next(t for t in types if t.startswith(AS)) for _, *types in events]
        assert [kind.removeprefix(AS) for kind in kinds] == ["Create", "Update", "Update", "Delete"]


@pytest.mark.usefixtures("small")
def test_what_is_full_stays_and_what_is_not_is_asked_for_again(client: FlaskClient) -> None:
    send(client)
    fill(client, 3)
    before = walk(client).nodes
    full = {}
    for node in before:
        answer = client.get(node)
        known = client.get(node, headers={"If-None-Match": answer.headers["ETag"]})
        assert known.status_code == 304
        if "immutable" in answer.headers["Cache-Control"]:
            full[node] = answer.data
    assert full
    assert ROOT not in full
    send(client, ON_CUBA)
    fill(client, 3)
    for node, data in full.items():
        assert client.get(node).data == data


def test_what_is_not_there(client: FlaskClient) -> None:
    for path in ("page/99", "group/1", "page/x"):
        assert client.get(f"/v1/feed/{path}").status_code == 404
    assert client.get("/v1/feed?format=csv").status_code == 406
    assert client.get("/v1/feed?page=1").status_code == 422


def test_blank_nodes_of_versions_are_their_own(client: FlaskClient) -> None:
    san = "https://w3id.org/kgapi/sanctions#"
    label = "http://www.w3.org/2000/01/rdf-schema#label"
    for number in (1, 2):
        data = f"<urn:s> <{san}states> <urn:f> . <urn:f> <{label}> 'f' ; <urn:p> [ <urn:q> {number} ] ."
        client.put("/graphs?graph=urn:g", data=data, headers={**KEY, "Content-Type": "text/turtle"})
        changes(client)
    found = walk(client)
    nodes = [values(store, ox.NamedNode(each), "urn:p") for each, store in found.members.items()]
    assert len(nodes) == 2
    assert nodes[0] != nodes[1]
