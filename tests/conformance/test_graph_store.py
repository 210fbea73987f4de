"""SPARQL 1.1 Graph Store HTTP Protocol, section by section, in cases of our own."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conformance.documents import RDF_XML, TURTLE, triples
from tests.conformance.matching import same_bag
from tests.conformance.target import UPDATE, Target, kgapi

pytestmark = pytest.mark.conformance

G = "http://example.org/g"
OTHER = "http://example.org/other"
ONE = "<http://example.org/one> <http://example.org/p> 1 ."
TWO = "<http://example.org/two> <http://example.org/p> 2 ."
N_TRIPLES = "application/n-triples"
JSON_LD = "application/ld+json"

Graph = dict[str, str]
NAMED: Graph = {"graph": G}
DEFAULT: Graph = {"default": ""}
EITHER = pytest.mark.parametrize("graph", [NAMED, DEFAULT], ids=["named", "default"])


@pytest.fixture
def door(target: Target) -> Iterator[Target]:
    """The server, empty but for one graph that no test speaks of and none may change."""
    target.clear()
    assert put(target, {"graph": OTHER}, TWO).is_success
    yield target
    assert content(target, {"graph": OTHER}) == subjects(TWO), "another graph was touched"


def send(
    door: Target,
    method: str,
    graph: Graph,
    body: str | bytes = b"",
    media_type: str = TURTLE,
    **headers: str,
) -> httpx.Response:
    """A request for a graph named in the URL's query (section 4.2)."""
    headers = {"Content-Type": media_type, **door.key, **headers}
    content = body.encode() if isinstance(body, str) else body
    # A connection of its own: a server that gets one of these wrong spoils only that.
    return httpx.request(method, door.graphs, params=graph, content=content, headers=headers)


def put(door: Target, graph: Graph, body: str, **headers: str) -> httpx.Response:
    return send(door, "PUT", graph, body, **headers)


def get(door: Target, graph: Graph, **headers: str) -> httpx.Response:
    return door.http.get(door.graphs, params=graph, headers={"Accept": TURTLE, **headers})


def content(door: Target, graph: Graph) -> list[str]:
    """The subjects of a graph's triples, sorted."""
    answer = get(door, graph)
    assert answer.status_code == 200, answer.text
    return sorted(str(s) for s, _, _ in triples(answer.content, TURTLE, door.graphs))


def subjects(*documents: str) -> list[str]:
    return sorted(document.partition(" ")[0] for document in documents)


def state(door: Target) -> list[str]:
    return sorted(" ".join(map(str, row)) for row in door.quads())


# Section 5.3, PUT.


def test_put_of_a_new_graph_is_201(door: Target) -> None:
    assert put(door, NAMED, ONE).status_code == 201
    assert content(door, NAMED) == subjects(ONE)


def test_put_of_a_graph_that_is_there_replaces_it(door: Target) -> None:
    put(door, NAMED, ONE)
    assert put(door, NAMED, TWO).status_code in {200, 204}
    assert content(door, NAMED) == subjects(TWO)


def test_put_of_the_default_graph_replaces_it(door: Target) -> None:
    assert put(door, DEFAULT, ONE).is_success
    assert put(door, DEFAULT, TWO).is_success
    assert content(door, DEFAULT) == subjects(TWO)


def test_what_was_put_can_be_queried(door: Target) -> None:
    put(door, NAMED, ONE)
    put(door, DEFAULT, TWO)
    assert door.ask(f"ASK {{ GRAPH <{G}> {{ ?s ?p 1 }} ?s2 ?p2 2 }}").json()["boolean"] is True


@EITHER
def test_put_of_what_cannot_be_read_is_400_and_changes_nothing(door: Target, graph: Graph) -> None:
    """Section 5.1: 400 for a body that does not fit its media type."""
    put(door, graph, ONE)
    assert put(door, graph, f"{TWO} <http://example.org/broken").status_code == 400
    assert content(door, graph) == subjects(ONE)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_body_that_is_no_rdf_is_415(door: Target, method: str) -> None:
    """Section 5.1."""
    for media_type in ("text/plain+nonsense", "image/png", "application/sparql-query"):
        assert send(door, method, NAMED, ONE, media_type).status_code == 415
    assert get(door, NAMED).status_code == 404


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (TURTLE, ONE),
        (f"{TURTLE}; charset=utf-8", ONE),
        (N_TRIPLES, "<http://example.org/one> <http://example.org/p> <http://example.org/o> ."),
        (JSON_LD, '{"@id": "http://example.org/one", "http://example.org/p": 1}'),
        (
            RDF_XML,
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">'
            '<rdf:Description rdf:about="http://example.org/one"><e:p>1</e:p></rdf:Description></rdf:RDF>',
        ),
    ],
)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_every_syntax_of_rdf_is_read(door: Target, method: str, media_type: str, body: str) -> None:
    assert send(door, method, NAMED, body, media_type).is_success
    assert content(door, NAMED) == subjects(ONE)


def test_relative_iris_are_relative_to_the_graph(door: Target) -> None:
    """RFC 3986 section 5.1.3: by section 4.2 the IRI in the query is what the request is about."""
    put(door, NAMED, "<> <p> <#o> .")
    ((s, p, o),) = triples(get(door, NAMED).content, TURTLE)
    assert [str(s), str(p), str(o)] == [f"<{G}>", "<http://example.org/p>", f"<{G}#o>"]


# Section 5.2, GET, and section 5.6, HEAD.


@pytest.mark.parametrize("accept", [TURTLE, RDF_XML, N_TRIPLES])
@EITHER
def test_get_gives_the_graph_in_the_syntax_asked_for(
    door: Target, graph: Graph, accept: str
) -> None:
    put(door, graph, f"{ONE} [] <http://example.org/p> [ <http://example.org/p> 3 ] .")
    answer = get(door, graph, Accept=accept)
    assert answer.headers["Content-Type"].partition(";")[0] == accept
    expected = triples(get(door, graph).content, TURTLE)
    assert same_bag(triples(answer.content, accept), expected)
    assert len(expected) == 3


def test_get_of_what_cannot_be_had_is_406(door: Target) -> None:
    put(door, NAMED, ONE)
    assert get(door, NAMED, Accept="image/png").status_code == 406


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_a_graph_that_is_not_there_is_404(door: Target, method: str) -> None:
    """Sections 5.2, 5.4 and 5.6."""
    assert send(door, method, NAMED).status_code == 404


def test_the_default_graph_is_always_there(door: Target) -> None:
    assert content(door, DEFAULT) == []


@EITHER
def test_head_is_get_without_a_body(door: Target, graph: Graph) -> None:
    put(door, graph, ONE)
    answer = send(door, "HEAD", graph, Accept=TURTLE)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == TURTLE
    assert answer.content == b""


# Section 5.4, DELETE.


def test_delete_leaves_no_graph(door: Target) -> None:
    put(door, NAMED, ONE)
    assert send(door, "DELETE", NAMED).status_code in {200, 202, 204}
    assert get(door, NAMED).status_code == 404
    assert door.ask(f"ASK {{ GRAPH <{G}> {{ ?s ?p ?o }} }}").json()["boolean"] is False


def test_delete_of_the_default_graph_empties_it(door: Target) -> None:
    put(door, DEFAULT, ONE)
    assert send(door, "DELETE", DEFAULT).is_success
    assert content(door, DEFAULT) == []


# Section 5.5, POST.


@EITHER
def test_post_adds_to_what_is_there(door: Target, graph: Graph) -> None:
    put(door, graph, ONE)
    assert send(door, "POST", graph, TWO).status_code in {200, 204}
    assert content(door, graph) == subjects(ONE, TWO)


def test_post_to_a_graph_that_is_not_there_makes_it(door: Target) -> None:
    """Section 5.5 with section 5.1: what is created is a 201."""
    assert send(door, "POST", NAMED, ONE).status_code == 201
    assert content(door, NAMED) == subjects(ONE)


def test_posted_blank_nodes_are_new_ones(door: Target) -> None:
    """Section 5.5: a merge, so blank nodes of the two documents stay apart."""
    blank = "_:same <http://example.org/p> 1 ."
    put(door, NAMED, blank)
    send(door, "POST", NAMED, blank)
    assert len(content(door, NAMED)) == 2


def test_post_to_the_store_makes_a_new_graph_and_says_where(door: Target) -> None:
    """Section 5.5: 201 with the IRI of the new graph in Location."""
    places = []
    for document in (ONE, TWO):
        answer = send(door, "POST", {}, document)
        assert answer.status_code == 201
        place = str(httpx.URL(door.graphs).join(answer.headers["Location"]))
        got = door.http.get(place, headers={"Accept": TURTLE})
        assert sorted(str(s) for s, _, _ in triples(got.content, TURTLE)) == subjects(document)
        places.append(place)
    assert len(set(places)) == 2


def test_post_of_nothing_is_204_and_makes_nothing(door: Target) -> None:
    """Section 5.5."""
    put(door, NAMED, ONE)
    before = state(door)
    for graph in (NAMED, DEFAULT, {}):
        assert send(door, "POST", graph, "").status_code == 204
    assert state(door) == before


@EITHER
def test_several_files_of_a_form_are_merged(door: Target, graph: Graph) -> None:
    """Section 5.5: multipart/form-data, each part an RDF document of its own media type."""
    put(door, graph, ONE)
    files = [
        ("graph", ("two.ttl", TWO.encode(), TURTLE)),
        (
            "graph",
            ("three.nt", TWO.replace("two", "three").replace("2", '"3"').encode(), N_TRIPLES),
        ),
    ]
    answer = httpx.post(door.graphs, params=graph, files=files, headers=door.key)
    assert answer.is_success, answer.text
    assert content(door, graph) == subjects(ONE, TWO, TWO.replace("two", "three"))


def test_one_bad_file_of_a_form_spoils_all(door: Target) -> None:
    put(door, NAMED, ONE)
    files = [
        ("graph", ("two.ttl", TWO.encode(), TURTLE)),
        ("graph", ("bad.ttl", b"<http://example.org/broken", TURTLE)),
    ]
    answer = httpx.post(door.graphs, params=NAMED, files=files, headers=door.key)
    assert answer.status_code == 400
    assert content(door, NAMED) == subjects(ONE)


# Section 4, which graph.


def test_a_graph_below_the_store_is_named_by_its_own_url(door: Target) -> None:
    """Section 4.1: direct naming, and the same graph by indirect naming."""
    url = f"{door.graphs}/people/one"
    assert (
        httpx.put(url, content=ONE, headers={"Content-Type": TURTLE, **door.key}).status_code == 201
    )
    got = door.http.get(url, headers={"Accept": TURTLE})
    assert sorted(str(s) for s, _, _ in triples(got.content, TURTLE)) == subjects(ONE)
    assert content(door, {"graph": url}) == subjects(ONE)
    assert httpx.delete(url, headers=door.key).is_success
    assert door.http.get(url, headers={"Accept": TURTLE}).status_code == 404


def test_the_name_of_a_graph_is_taken_as_it_stands(door: Target) -> None:
    """Section 4.2: percent-encoding belongs to the URL, what it encodes is the IRI."""
    name = "http://example.org/a?b=c&d=%20e#é"
    assert put(door, {"graph": name}, ONE).status_code == 201
    found = [row[0] for row in door.quads()]
    assert f"<{name}>" in map(str, found)


@pytest.mark.parametrize(
    "parameters",
    [
        {"graph": "relative/reference"},
        {"graph": ""},
        {"graph": "http://example.org/with space"},
        {"graph": [G, OTHER]},
        {"graph": G, "default": ""},
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_graph_that_is_not_named_rightly_is_400(
    door: Target, method: str, parameters: dict[str, str]
) -> None:
    """Section 4.2: one absolute IRI, or ``default``; section 5.1 for the status."""
    before = state(door)
    assert send(door, method, parameters, ONE).status_code == 400
    assert state(door) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
@pytest.mark.parametrize("name", ["grpah", "Graph", "graphs", "defualt", "graph-uri"])
def test_a_misspelt_parameter_changes_nothing(door: Target, method: str, name: str) -> None:
    """A slip of the pen is never the whole dataset."""
    put(door, DEFAULT, ONE)
    before = state(door)
    assert 400 <= send(door, method, {name: G}, TWO).status_code < 500
    assert state(door) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_the_store_itself_is_not_replaced_or_deleted(own: Target, method: str) -> None:
    own.clear()
    put(own, NAMED, ONE)
    before = state(own)
    answer = send(own, method, {}, TWO)
    assert answer.status_code in {400, 405}
    assert state(own) == before


# What kgapi promises beyond the standard.


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_misspelt_parameter_reads_nothing(own: Target, method: str) -> None:
    assert send(own, method, {"grpah": G}).status_code == 400


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    ("authorization", "status"), [("", 401), ("Basic eDp5", 401), ("Bearer wrong", 403)]
)
def test_writing_needs_the_token(own: Target, method: str, authorization: str, status: int) -> None:
    own.clear()
    put(own, NAMED, ONE)
    answer = send(own, method, NAMED, TWO, Authorization=authorization)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].partition(";")[0] == "application/problem+json"
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)
    assert content(own, NAMED) == subjects(ONE)


def test_errors_are_problem_documents_that_any_page_can_read(own: Target) -> None:
    """RFC 9457 section 3, and CORS on errors as on answers."""
    origin = {"Origin": "https://client.example.org"}
    for answer in (
        send(own, "GET", {"graph": "http://example.org/none"}, **origin),
        send(own, "PUT", NAMED, "<broken", **origin),
        send(own, "PUT", NAMED, ONE, "image/png", **origin),
        send(own, "PROPFIND", NAMED, **origin),
    ):
        assert answer.headers["Content-Type"].partition(";")[0] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code
        assert answer.headers["Access-Control-Allow-Origin"] in {"*", origin["Origin"]}


def test_options_tells_the_methods(own: Target) -> None:
    answer = own.http.options(own.graphs)
    assert answer.is_success
    allowed = {each.strip() for each in answer.headers["Allow"].split(",")}
    assert {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"} <= allowed


@EITHER
def test_a_graph_can_be_patched_with_an_update(own: Target, graph: Graph) -> None:
    """Section 5.7: an update that manages the graph of the request, and names it."""
    own.clear()
    put(own, graph, ONE)
    wrapped = "{}" if graph == DEFAULT else f"GRAPH <{G}> {{{{ {{}} }}}}"
    old, new = wrapped.format("?s ?p 1"), wrapped.format(TWO)
    text = f"DELETE WHERE {{ {old} }} ; INSERT DATA {{ {new} }}"
    assert send(own, "PATCH", graph, text, UPDATE).status_code in {200, 204}
    assert content(own, graph) == subjects(TWO)
    assert len(own.quads()) == 1


@pytest.mark.parametrize(
    "text",
    [
        f"INSERT DATA {{ GRAPH <{OTHER}> {{ {ONE} }} }}",
        f"INSERT DATA {{ GRAPH <{G}> {{ {TWO} }} }} ; DROP GRAPH <{OTHER}>",
        f"INSERT DATA {{ GRAPH <{G}> {{ {TWO} }} }} ; CLEAR ALL",
        "DELETE WHERE { GRAPH ?g { ?s ?p ?o } }",
        f"WITH <{OTHER}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}",
        f"MOVE DEFAULT TO <{OTHER}>",
    ],
)
def test_a_patch_reaches_no_other_graph(own: Target, text: str) -> None:
    """Section 5.7: 422 for an update that changes another graph than the request's."""
    own.clear()
    put(own, NAMED, ONE)
    put(own, {"graph": OTHER}, TWO)
    before = state(own)
    assert send(own, "PATCH", NAMED, text, UPDATE).status_code == 422
    assert state(own) == before


def test_a_patch_that_is_none_is_told_so(own: Target) -> None:
    """RFC 5789 section 2.2: 415 names what is read in Accept-Patch, malformed is 400."""
    own.clear()
    put(own, NAMED, ONE)
    wrong = send(own, "PATCH", NAMED, ONE, TURTLE)
    assert wrong.status_code == 415
    assert UPDATE in wrong.headers["Accept-Patch"]
    assert send(own, "PATCH", NAMED, "INSERT DATA {", UPDATE).status_code == 400
    none = f"{G}/none"
    assert send(own, "PATCH", {"graph": none}, f"CLEAR GRAPH <{none}>", UPDATE).status_code == 404
    assert content(own, NAMED) == subjects(ONE)


@EITHER
def test_a_graph_that_has_not_changed_is_304(own: Target, graph: Graph) -> None:
    """RFC 9110 section 13.1.2."""
    own.clear()
    put(own, graph, ONE)
    tag = get(own, graph).headers["ETag"]
    for method in ("GET", "HEAD"):
        answer = send(own, method, graph, **{"If-None-Match": tag, "Accept": TURTLE})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
    put(own, graph, TWO)
    changed = get(own, graph, **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != tag


def test_another_syntax_has_another_tag(own: Target) -> None:
    """RFC 9110 section 8.8.3.3."""
    own.clear()
    put(own, NAMED, ONE)
    assert len({get(own, NAMED, Accept=each).headers["ETag"] for each in (TURTLE, N_TRIPLES)}) == 2


@pytest.mark.parametrize(
    ("method", "body", "media_type"),
    [
        ("PUT", TWO, TURTLE),
        ("POST", TWO, TURTLE),
        ("PATCH", f"INSERT DATA {{ GRAPH <{G}> {{ {TWO} }} }}", UPDATE),
        ("DELETE", "", TURTLE),
    ],
)
def test_a_write_on_a_condition_happens_where_it_holds(
    own: Target, method: str, body: str, media_type: str
) -> None:
    """RFC 9110 sections 13.1.1 and 13.1.2; 412 where it does not hold."""
    own.clear()
    put(own, NAMED, TWO)
    stale = get(own, NAMED).headers["ETag"]
    put(own, NAMED, ONE)
    fresh = get(own, NAMED).headers["ETag"]
    for condition in ({"If-Match": stale}, {"If-Match": '"never"'}, {"If-None-Match": "*"}):
        assert send(own, method, NAMED, body, media_type, **condition).status_code == 412
        assert content(own, NAMED) == subjects(ONE)
    assert send(own, method, NAMED, body, media_type, **{"If-Match": fresh}).is_success


def test_a_graph_can_be_made_only_where_there_is_none(own: Target) -> None:
    own.clear()
    assert put(own, NAMED, ONE, **{"If-Match": "*"}).status_code == 412
    assert put(own, NAMED, ONE, **{"If-None-Match": "*"}).status_code == 201
    assert put(own, NAMED, TWO, **{"If-None-Match": "*"}).status_code == 412
    assert put(own, NAMED, TWO, **{"If-Match": "*"}).is_success
    assert content(own, NAMED) == subjects(TWO)


@pytest.fixture(scope="module")
def careful(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A kgapi that takes no blind overwriting."""
    if target.name != "kgapi":
        pytest.skip("a promise of kgapi's own")
    store: Path = tmp_path_factory.mktemp("careful") / "store"
    with kgapi(store, KGAPI_REQUIRE_IF_MATCH="yes") as door:
        yield door


def test_a_careful_server_wants_a_condition_for_what_is_there(careful: Target) -> None:
    """RFC 6585 section 3."""
    assert put(careful, NAMED, ONE).status_code == 201
    for method, body, media_type in (
        ("PUT", TWO, TURTLE),
        ("PATCH", f"CLEAR GRAPH <{G}>", UPDATE),
        ("DELETE", "", TURTLE),
    ):
        assert send(careful, method, NAMED, body, media_type).status_code == 428
        assert content(careful, NAMED) == subjects(ONE)
    assert send(careful, "DELETE", NAMED, **{"If-Match": "*"}).is_success


# RDF Patch (https://afs.github.io/rdf-patch/), which kgapi takes as a second kind of patch.

RDF_PATCH = "application/rdf-patch"


@EITHER
def test_an_rdf_patch_changes_a_graph(own: Target, door: Target, graph: Graph) -> None:
    put(door, graph, ONE)
    one, two = (f"<http://example.org/{name}> <http://example.org/p> <a:a> ." for name in "op")
    patch = f"H id <uuid:1> .\nTX .\nA {one}\nA {two}\nTC .\nTX .\nD {two}\nTC .\n"
    assert send(door, "PATCH", graph, patch, RDF_PATCH).status_code == 204
    assert content(door, graph) == sorted([*subjects(ONE), "<http://example.org/o>"])


def test_an_rdf_patch_is_done_as_a_whole_or_not_at_all(own: Target, door: Target) -> None:
    put(door, NAMED, ONE)
    added = "A <http://example.org/new> <http://example.org/p> <a:a>"
    for bad, status in (
        (f"{added} .\n{added} <{OTHER}> .", 422),
        (f"{added} .\n{added}", 400),
        (f"TX .\n{added} .", 400),
    ):
        answer = send(door, "PATCH", NAMED, bad, RDF_PATCH)
        assert answer.status_code == status
        assert content(door, NAMED) == subjects(ONE)
    answer = send(door, "PATCH", NAMED, f"{added} .\n\nA nothing .", RDF_PATCH)
    assert answer.json()["line"] == 3


def test_an_rdf_patch_makes_no_graph_and_keeps_conditions(own: Target, door: Target) -> None:
    patch = "A <http://example.org/new> <http://example.org/p> <a:a> ."
    assert send(door, "PATCH", NAMED, patch, RDF_PATCH).status_code == 404
    put(door, NAMED, ONE)
    stale = {"If-Match": '"stale-ttl"'}
    assert send(door, "PATCH", NAMED, patch, RDF_PATCH, **stale).status_code == 412
    assert content(door, NAMED) == subjects(ONE)


def test_both_kinds_of_patch_are_announced(own: Target, door: Target) -> None:
    """RFC 5789 section 3.1."""
    for answer in (
        door.http.options(door.graphs),
        send(door, "PATCH", NAMED, "{}", "application/json"),
    ):
        announced = {each.strip() for each in answer.headers["Accept-Patch"].split(",")}
        assert announced == {UPDATE, RDF_PATCH}
