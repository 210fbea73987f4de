"""/dumps and `kgapi export`: what is told, of one moment, as files that can be trusted to be whole."""

import csv
import gzip
import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from followthemoney import model
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF, VOID

from kgapi import media
from kgapi.app import create_app
from kgapi.cli import _whole
from kgapi.exports import told
from kgapi.exports.formats import EXPORTS
from kgapi.graph.iris import Iris
from kgapi.settings import Settings
from kgapi.store import open_engine
from kgapi.store.embedded import EmbeddedEngine
from kgapi.store.engine import Engine
from tests.conftest import BASE, TOKEN, Server, environment
from tests.exports.conftest import Exported
from tests.web.test_articles import AUTH, TEXT, post
from tests.web.test_review import DOUBTFUL, decide, submit

NAMES = pytest.mark.parametrize("name", EXPORTS)


def quads(data: bytes, syntax: ox.RdfFormat) -> set[str]:
    """The quads of a document, blank nodes named as RDFC-1.0 names them."""
    found = ox.Dataset(ox.parse(data, syntax))
    found.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in found}


@NAMES
def test_each_file_says_what_it_is_and_how_long_it_is_good_for(live: Server, name: str) -> None:
    export = EXPORTS[name]
    answer = live.http.get(f"dumps/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == export.media_type.content_type
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert "Content-Disposition" in answer.headers["Access-Control-Expose-Headers"]
    assert len(answer.content) > 1_000
    known = {"If-None-Match": answer.headers["ETag"]}
    assert live.http.get(f"dumps/{name}", headers=known).status_code == 304
    assert live.http.get(f"dumps/{name}").content == answer.content


@NAMES
def test_head_says_what_get_does(live: Server, name: str) -> None:
    ignored = {"date", "transfer-encoding", "connection", "content-length"}
    accept = {"Accept-Encoding": "gzip"}
    # First, so that it is not the answer to GET that is kept.
    head = live.http.head(f"dumps/{name}", headers=accept)
    got = live.http.get(f"dumps/{name}", headers=accept)
    assert head.content == b""
    assert head.headers.get("Content-Length") in {None, got.headers.get("Content-Length")}
    both = [
        {name: value for name, value in each.headers.items() if name not in ignored}
        for each in (head, got)
    ]
    assert both[0] == both[1]


def test_each_file_has_a_tag_of_its_own(live: Server) -> None:
    assert len({live.http.head(f"dumps/{name}").headers["ETag"] for name in EXPORTS}) == len(
        EXPORTS
    )


def test_the_list_leads_to_every_file(live: Server) -> None:
    listed = live.http.get("dumps/").json()
    assert [each["name"] for each in listed["items"]] == list(EXPORTS)
    for each in listed["items"]:
        head = live.http.head(each["url"])
        assert head.status_code == 200
        assert head.headers["Content-Type"].startswith(each["type"])
    assert f'"{listed["revision"]}.' in live.http.head("dumps/facts.csv").headers["ETag"]
    shown = live.http.get("dumps/", headers={"Accept": "text/html"})
    assert all(f'href="{each["url"]}"' in shown.text for each in listed["items"])
    assert f"{listed['items'][0]['count']:,} triples<" in shown.text


def test_the_counts_of_the_list_are_about_right(live: Server, exported: Exported) -> None:
    counts = {each["name"]: each["count"] for each in live.http.get("dumps/").json()["items"]}
    lines = len(exported("facts.csv").splitlines())
    assert counts["facts.csv"] == lines - 1
    held = quads(exported("dataset.trig"), ox.RdfFormat.TRIG)
    assert counts["dataset.trig"] == len(held)
    assert counts["entities.ftm.json"] is None


def test_what_is_not_there_and_what_nobody_knows_are_told(live: Server) -> None:
    assert live.http.get("dumps/facts.docx").status_code == 404
    assert live.http.get("dumps/facts.csv?limit=3").status_code == 422
    assert live.http.get("dumps/", headers={"Accept": "image/png"}).status_code == 406
    assert live.http.post("dumps/facts.csv").status_code == 405


def test_the_catalogue_leads_to_every_file(live: Server) -> None:
    graph = Graph().parse(data=live.http.get("dataset?format=ttl").content, format="turtle")
    (dataset,) = graph.subjects(RDF.type, DCAT.Dataset)
    offered = set(graph.objects(dataset, DCAT.distribution))
    for name, export in EXPORTS.items():
        download = URIRef(f"{live.address}dumps/{name}")
        assert download in offered
        assert graph.value(download, DCAT.downloadURL) == download
        kind = graph.value(download, DCAT.mediaType) or graph.value(download, DCTERMS.conformsTo)
        held = export.inner or export.media_type
        assert str(kind).endswith((held.type.partition(";")[0], "followthemoney.tech/"))
    dumps = {str(each).rpartition("/")[2] for each in graph.objects(dataset, VOID.dataDump)}
    assert dumps == {"dataset.nq.gz", "dataset.trig", "dataset.jsonld"}


def test_three_syntaxes_hold_the_same_quads(exported: Exported) -> None:
    found = quads(gzip.decompress(exported("dataset.nq.gz")), ox.RdfFormat.N_QUADS)
    assert len(found) > 10_000
    assert quads(exported("dataset.trig"), ox.RdfFormat.TRIG) == found
    assert quads(exported("dataset.jsonld"), ox.RdfFormat.JSON_LD) == found


@pytest.mark.slow
def test_the_command_line_writes_the_same_file(
    live: Server, exported: Exported, tmp_path: Path
) -> None:
    store = live.process.args[live.process.args.index("--store") + 1]
    for name in ("facts.csv", "reified.nt"):
        done = subprocess.run(
            [sys.executable, "-m", "kgapi", "export", name, "-o", tmp_path / name],
            env=environment(KGAPI_STORE=str(store)), capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert (tmp_path / name).read_bytes() == exported(name)


def test_a_file_that_is_not_finished_leaves_the_one_before(tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_bytes(b"before")

    def write_half() -> None:
        with _whole(str(path)) as file:
            file.write(b"half of")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kgapi", "export", "episodes.csv", "-o", tmp_path / "no" / "file"],
        env=environment(KGAPI_STORE=":memory:"), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert (
        done.stderr == f"Error: {tmp_path}/no/file cannot be written: No such file or directory\n"
    )


def test_without_its_library_parquet_is_a_problem_that_says_so(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = client.get("/dumps/facts.parquet")
    assert answer.status_code == 501
    assert answer.json["type"].endswith("/problems/not-installed")
    assert "kgapi[parquet]" in answer.json["detail"]
    assert client.get("/dumps/facts.csv").status_code == 200


@pytest.fixture
def wary(engine: EmbeddedEngine) -> FlaskClient:
    """A kgapi in which doubtful facts wait."""
    settings = Settings(store=":memory:", token=TOKEN, review_below=0.5)
    return create_app(settings, engine).test_client()


def graphs(client: FlaskClient) -> set[str]:
    """What comes behind the key of the article in the names of the graphs of a dump."""
    data = client.get("/dumps/dataset.trig").data
    names = {quad.graph_name.value for quad in ox.parse(data, ox.RdfFormat.TRIG)}
    return {name.partition("/article/")[2].partition("/")[2].partition("/")[0] for name in names}


@pytest.mark.slow
def test_what_waits_is_in_no_file_and_what_is_decided_as_it_is(wary: FlaskClient) -> None:
    path = f"/v1/articles/{post(wary, TEXT).json['article']['id'].rpartition('/')[2]}"
    tables = ("facts.csv", "episodes.csv")
    files = {name: wary.get(f"/dumps/{name}").data for name in tables}
    other = DOUBTFUL | {"action": "ease"}
    assert submit(wary, path, DOUBTFUL, other).status_code == 201
    waiting = wary.get("/v1/review").json["items"]
    assert len(waiting) == 2
    for name in tables:
        assert wary.get(f"/dumps/{name}").data == files[name]
    assert graphs(wary) == {"", "submission"}
    for proposal, verdict in zip(waiting, ("reject", "accept"), strict=True):
        assert decide(wary, proposal, verdict).status_code == 200
        dumped = wary.get("/dumps/dataset.trig").text
        assert (proposal["id"] in dumped) == (verdict == "accept")
    assert graphs(wary) == {"", "submission", "decision"}
    assert len(wary.get("/dumps/facts.csv").text.splitlines()) == 1 + len(
        files["facts.csv"].splitlines()
    )


def test_a_snapshot_is_of_one_moment(tmp_path: Path) -> None:
    for store in (":memory:", str(tmp_path / "store")):
        with closing(open_engine(Settings(store=store))) as engine:
            for number in range(3):
                _put(engine, number, "before")
            found = told.graphs(engine, Iris(BASE))
            name, first = next(each for each in found if each[0])
            seen = [(name, list(first))]
            for number in range(4):
                _put(engine, number, "after")
            seen += [(name, list(triples)) for name, triples in found]
            assert [name for name, _ in seen] == [_name(number) for number in range(3)]
            assert {each.object.value for _, held in seen for each in held} == {"before"}
            fresh = {
                each.object.value for _, held in told.graphs(engine, Iris(BASE)) for each in held
            }
            assert fresh == {"after"}


ODD = """
@prefix san: <https://w3id.org/kgapi/sanctions#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix schema: <https://schema.org/> .
@prefix realis: <https://w3id.org/kgapi/vocab/realis#> .
@prefix modality: <https://w3id.org/kgapi/vocab/modality#> .
<s1> san:states <no-label> . <no-label> a san:Event .
<s2> san:states "no IRI" .
<s3> san:states _:blank . _:blank a san:SanctionsMeasure .
<s4> san:states <odd> ; dcterms:source <a> ; san:modality <m> ; san:confidence "high" ; san:rule 5 ;
  san:evidence <p> .
<p> oa:start "x" ; oa:end 3 ; oa:exact 7 .
<s5> san:states <odd> ; dcterms:source <a> ; san:modality modality:stated ; san:confidence 1 ;
  san:rule 5 ; san:evidence <q> .
<q> oa:start 1 ; oa:end 3.0 ; oa:exact 7 .
<a> schema:headline 8 ; schema:datePublished "soon" .
<odd> a san:SanctionsMeasure ; rdfs:label 9 ; san:realis realis:actual ; san:target <t>, "x", <u> ;
  san:earliest "whenever" ; san:value "many" ; san:begin "x" ; san:measureType "y" .
<t> a san:Country, san:Person ; rdfs:label "T", "U"@de .
<u> a san:Person .
"""


def test_a_graph_put_there_by_hand_keeps_no_file_from_being_made(client: FlaskClient) -> None:
    where = {"graph": "https://example.org/odd"}
    put = client.put(
        "/graphs", query_string=where, data=ODD, content_type="text/turtle", headers=AUTH
    )
    assert put.status_code == 201
    for name in EXPORTS:
        answer = client.get(f"/dumps/{name}")
        assert answer.status_code == 200
        assert answer.data
    (row,) = csv.DictReader(client.get("/dumps/facts.csv").text.splitlines())
    assert (row["statement"], row["label"]) == ("https://example.org/s5", "9")
    for line in client.get("/dumps/entities.ftm.json").text.splitlines():
        entity = json.loads(line)
        model.get_proxy(entity).schema.validate(entity)


def _name(number: int) -> str:
    return f"https://example.org/graph/{number}"


def _put(engine: Engine, number: int, word: str) -> None:
    data = f'<https://example.org/s> <https://example.org/p> "{word}" .'.encode()
    engine.put_graph(_name(number), data, media.N_TRIPLES)


def test_only_so_many_files_are_made_at_a_time(client: FlaskClient) -> None:
    held = [client.get("/dumps/dataset.jsonld", buffered=False) for _ in range(2)]
    busy = client.get("/dumps/facts.csv")
    assert busy.status_code == 503
    assert int(busy.headers["Retry-After"]) > 0
    for each in held:
        each.close()
    deadline = time.monotonic() + 10
    while (answer := client.get("/dumps/facts.csv")).status_code == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert answer.status_code == 200


def test_a_large_graph_is_sorted_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(EmbeddedEngine()) as engine:
        lines = [
            f'<https://example.org/s{n % 50}> <https://example.org/p> "{n}" .' for n in range(999)
        ]
        lines += [f"_:b{n} <https://example.org/p> _:b{n + 1} ." for n in range(3)]
        engine.put_graph(_name(1), "\n".join(lines).encode(), media.N_TRIPLES)
        ((_, none), (_, whole)) = [(n, list(t)) for n, t in told.graphs(engine, Iris(BASE))]
        monkeypatch.setattr(told, "_PIECE", 100)
        ((_, none), (_, pieces)) = [(n, list(t)) for n, t in told.graphs(engine, Iris(BASE))]
    assert none == []
    assert pieces == whole
    assert len(whole) == 1_002
    assert whole == sorted(whole, key=str)
