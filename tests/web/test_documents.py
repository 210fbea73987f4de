"""/id and /doc: one thing, one document, five syntaxes that say the same."""

import json
import random
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from html import unescape
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import rdflib
from flask.testing import FlaskClient
from rdflib.compare import isomorphic
from signposting.linkheader import find_signposting_http_link

from kgapi.queries.descriptions import PROFILES
from kgapi.store.embedded import EmbeddedEngine
from tests.conftest import BASE, TOKEN, Server, application

KEY = {"Authorization": f"Bearer {TOKEN}"}
SAN = "https://w3id.org/kgapi/sanctions#"
FORMATS = {
    "ttl": ("text/turtle", "turtle"),
    "jsonld": ("application/ld+json", "json-ld"),
    "nt": ("application/n-triples", "nt"),
    "rdf": ("application/rdf+xml", "xml"),
    "html": ("text/html", "json-ld"),
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
EMBEDDED = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def select(live: Server, text: str) -> list[str]:
    """The IRIs that a query finds as ``?x``, sorted."""
    answer = live.http.get("/sparql", params={"query": text}).raise_for_status()
    return sorted({row["x"]["value"] for row in answer.json()["results"]["bindings"]})


def path(iri: str) -> str:
    """``/doc/{kind}/{key}`` of a thing."""
    return "/doc/" + iri.partition("#")[0].removeprefix(f"{BASE}id/")


def graph(answer: httpx.Response) -> rdflib.Graph:
    """What a document says, in whichever syntax."""
    answer.raise_for_status()
    kind = answer.headers["Content-Type"].partition(";")[0]
    syntax = next(name for known, name in FORMATS.values() if known == kind)
    data = answer.text
    if kind == "text/html":
        (data,) = EMBEDDED.findall(data)
    return rdflib.Graph().parse(data=data, format=syntax)


@pytest.fixture(scope="module")
def article(live: Server) -> str:
    """An article that states much."""
    return next(
        iri
        for iri in select(live, f"SELECT ?x {{ ?x a <{SAN}Article> }}")
        if "russia-and-iran-sign" in iri
    )


@pytest.fixture(scope="module")
def fact(live: Server) -> str:
    """A fact that somebody else's words claim."""
    return select(live, f"SELECT ?x {{ ?s <{SAN}states> ?x . ?x a <{SAN}Claim> }}")[0]


def test_a_thing_leads_to_its_document(live: Server) -> None:
    answer = live.http.get("/id/country/ru")
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"{live.address}doc/country/ru"
    assert answer.links["describedby"]["url"] == answer.headers["Location"]
    assert {"Accept", "Accept-Profile"} <= set(answer.headers["Vary"].split(", "))
    asked = live.http.get("/id/country/ru", params={"_profile": "brief"})
    assert asked.headers["Location"].endswith("/doc/country/ru?_profile=brief")


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        ("*/*", "ttl"),
        (None, "ttl"),
        (BROWSER, "html"),
        ("text/turtle", "ttl"),
        ("application/x-turtle", "ttl"),
        ("text/n3;q=0.5, application/rdf+xml;q=0.4", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/json;q=0.2, application/ld+json", "jsonld"),
        ("application/n-triples", "nt"),
        ("text/plain", "nt"),
        ("application/rdf+xml", "rdf"),
        ("application/rdf+xml;q=0.1, text/html;q=0.2", "html"),
        ("text/*;q=0.3, application/ld+json;q=0.2", "ttl"),
        ("application/*", "jsonld"),
        ("image/png, */*;q=0.1", "ttl"),
        ("text/turtle;q=0, */*", "jsonld"),
    ],
)
def test_accept_chooses_the_representation(live: Server, accept: str | None, suffix: str) -> None:
    request = live.http.build_request("GET", "/doc/country/ru")
    request.headers.pop("Accept")
    if accept:
        request.headers["Accept"] = accept
    answer = live.http.send(request)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].partition(";")[0] == FORMATS[suffix][0]
    assert answer.headers["Content-Location"] == f"{live.address}doc/country/ru.{suffix}"
    assert "Accept" in answer.headers["Vary"].split(", ")


@pytest.mark.parametrize("suffix", FORMATS)
def test_suffix_and_format_win_over_accept(live: Server, suffix: str) -> None:
    for place in (f"/doc/country/ru.{suffix}", f"/doc/country/ru?format={suffix}"):
        answer = live.http.get(place, headers={"Accept": "application/n-triples"})
        assert answer.headers["Content-Type"].partition(";")[0] == FORMATS[suffix][0]
        assert answer.headers["Content-Location"].endswith(f"/doc/country/ru.{suffix}")
        head = live.http.head(place)
        assert (head.status_code, head.content) == (200, b"")


def same_in_all(live: Server, iri: str, **parameters: str) -> rdflib.Graph:
    """What the document about a thing says, the same in five syntaxes."""
    first, *others = (
        graph(live.http.get(f"{path(iri)}.{suffix}", params=parameters)) for suffix in FORMATS
    )
    assert len(first) > 2
    for suffix, other in zip(list(FORMATS)[1:], others, strict=True):
        assert isomorphic(first, other), f"{iri} is another in {suffix}"
    return first


def test_five_syntaxes_say_the_same(live: Server, article: str, fact: str) -> None:
    for iri in (f"{BASE}id/country/ir", article, fact):
        told = same_in_all(live, iri)
        document = rdflib.URIRef(f"{live.address.rstrip('/')}{path(iri)}")
        assert told.value(document, rdflib.FOAF.primaryTopic) == rdflib.URIRef(iri)


@pytest.mark.slow
def test_five_syntaxes_say_the_same_of_fifty_things(live: Server) -> None:
    known = select(live, f'SELECT ?x {{ ?x a ?c FILTER(STRSTARTS(STR(?x), "{BASE}id/")) }}')
    things = sorted({iri.partition("#")[0] for iri in known})
    for iri in random.Random(20).sample(things, 50):
        same_in_all(live, iri)


@pytest.mark.parametrize("profile", [each.name for each in PROFILES])
def test_profiles_say_the_same_in_five_syntaxes(live: Server, fact: str, profile: str) -> None:
    same_in_all(live, fact, _profile=profile)


def test_a_fact_comes_with_its_statements_passages_and_names(live: Server, fact: str) -> None:
    told = graph(live.http.get(path(fact)))
    san = rdflib.Namespace(SAN)
    statements = list(told.subjects(san.states, rdflib.URIRef(fact)))
    assert statements
    for statement in statements:
        passages = list(told.objects(statement, san.evidence))
        assert passages
        for passage in passages:
            assert told.value(passage, rdflib.URIRef("http://www.w3.org/ns/oa#exact"))
        source = told.value(statement, rdflib.DCTERMS.source)
        assert source
        assert told.value(source, rdflib.RDFS.label)
    for role in ("speaker", "actor", "target", "concerns"):
        for filler in told.objects(rdflib.URIRef(fact), san[role]):
            assert told.value(filler, rdflib.RDFS.label)


def test_every_minted_iri_of_an_article_answers(live: Server, article: str) -> None:
    home = article.replace("/id/", "/graph/")
    found = select(live, f"SELECT ?x {{ GRAPH <{home}> {{ ?x a ?class }} }}")
    things = {iri for iri in found if iri.startswith(BASE)}
    assert len(things) > 40
    for iri in things:
        place = iri.partition("#")[0].replace(BASE, live.address)
        answer = live.http.get(place, headers={"Accept": "text/turtle"}, follow_redirects=True)
        assert (rdflib.URIRef(iri), None, None) in graph(answer), iri


def test_the_passages_of_an_article_are_places_in_its_text(live: Server, article: str) -> None:
    page = live.http.get(f"{path(article)}.html").text
    passages = select(live, f"SELECT ?x {{ ?s <{SAN}evidence> ?x . ?s <{SAN}states> ?f }}")
    own = [iri.partition("#")[2] for iri in passages if iri.startswith(article)]
    assert own
    for fragment in own:
        assert f'id="{fragment}"' in page
    text = live.http.get(f"/v1/articles/{article.rpartition('/')[2]}").json()["text"]
    shown = re.search(r'<div class="text"[^>]*>(.*?)</div>', page, re.DOTALL)
    assert shown
    plain = re.sub(r"<sup>.*?</sup>|<[^>]*>", "", shown[1], flags=re.DOTALL)
    assert unescape(plain) == text


def test_json_ld_is_json_that_people_can_read(live: Server, fact: str) -> None:
    told = live.http.get(f"{path(fact)}.jsonld").json()
    assert told["@context"] == f"{live.address}context.jsonld"
    assert (told["id"], told["type"]) == (fact, "Claim")
    statements = told["statements"]
    first = statements[0] if isinstance(statements, list) else statements
    assert first["source"]["label"]
    assert isinstance(first["evidence"], list) or first["evidence"]["exact"]
    assert told["document"]["id"].endswith(path(fact))
    # Every key is a term of ours, or below a @reverse.
    context = live.http.get("/context.jsonld").json()["@context"]
    assert {key for key in told if not key.startswith("@")} <= context.keys()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/turtle", "application/problem+json"),
        ("*/*", "application/problem+json"),
        (BROWSER, "text/html"),
        ("text/plain", "text/plain"),
    ],
)
def test_what_is_not_there_is_said_in_the_asked_format(
    live: Server, accept: str, kind: str
) -> None:
    for place in ("/doc/country/xx", "/doc/nothing/here"):
        answer = live.http.get(place, headers={"Accept": accept})
        assert answer.status_code == 404
        assert answer.headers["Content-Type"].partition(";")[0] == kind
        assert "Accept" in answer.headers["Vary"]
        assert place.removeprefix("/doc") in answer.text


def test_what_nobody_offers_is_a_406_with_the_offers(live: Server) -> None:
    for asked in ({"headers": {"Accept": "image/png"}}, {"params": {"format": "png"}}):
        answer = live.http.get("/doc/country/ru", **asked)  # type: ignore[arg-type]
        assert answer.status_code == 406
        assert set(answer.json()["offered"]) == {kind for kind, _ in FORMATS.values()}


@pytest.mark.parametrize(
    "name", ["_profile=nice", "link=target&_profile=brief", "link=a%20b", "after=x"]
)
def test_parameters_that_make_no_sense_are_refused(live: Server, name: str) -> None:
    assert live.http.get(f"/doc/country/ru?{name}").status_code == 400


def test_an_unknown_parameter_is_refused(live: Server) -> None:
    assert live.http.get("/doc/country/ru?profile=brief").status_code == 422


@pytest.mark.parametrize("profile", PROFILES, ids=lambda each: each.name)
def test_a_profile_is_asked_for_by_header_or_parameter(live: Server, profile: Any) -> None:
    named = live.http.get("/doc/country/ru.nt", params={"_profile": profile.name})
    asked = live.http.get("/doc/country/ru.nt", headers={"Accept-Profile": f"<{profile.iri}>"})
    assert named.text == asked.text
    for answer in (named, asked):
        assert answer.headers["Content-Profile"] == f"<{profile.iri}>"
        assert "Accept-Profile" in answer.headers["Vary"]
        links = find_signposting_http_link([answer.headers["Link"]])
        assert links.citeAs.target == f"{BASE}id/country/ru"
        assert f'<{profile.iri}>; rel="profile"' in answer.headers["Link"]


def test_profiles_tell_more_and_less(live: Server, fact: str) -> None:
    told = {
        each.name: graph(live.http.get(path(fact), params={"_profile": each.name}))
        for each in PROFILES
    }
    assert set(told["labels"]) < set(told["brief"]) < set(told["full"])
    assert set(told["labels"]) < set(told["prov"]) < set(told["full"])
    states = rdflib.URIRef(f"{SAN}states")
    assert (None, states, None) in told["prov"]
    assert (None, states, None) not in told["brief"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("<https://example.org/p>;q=1, <https://w3id.org/kgapi/profile#brief>;q=0.2", "brief"),
        (
            "<https://w3id.org/kgapi/profile#labels>;q=0.2,"
            "<https://w3id.org/kgapi/profile#prov>;q=0.9",
            "prov",
        ),
        ("*", "full"),
        ("", "full"),
    ],
)
def test_accept_profile_weighs(live: Server, header: str, name: str) -> None:
    answer = live.http.get("/doc/country/ru.nt", headers={"Accept-Profile": header})
    assert answer.headers["Content-Profile"].endswith(f"#{name}>")


@pytest.mark.parametrize(
    "header", ["<https://example.org/p>", "<https://w3id.org/kgapi/profile#brief>;q=0"]
)
def test_a_profile_that_nobody_offers_is_a_406(live: Server, header: str) -> None:
    answer = live.http.get("/doc/country/ru", headers={"Accept-Profile": header})
    assert answer.status_code == 406
    assert answer.json()["offered"] == [each.iri for each in PROFILES]


def followed(live: Server, place: str) -> Iterator[httpx.Response]:
    """A page and all that follow it."""
    answer = live.http.get(place).raise_for_status()
    yield answer
    while following := answer.links.get("next"):
        answer = live.http.get(following["url"]).raise_for_status()
        yield answer


def test_links_are_paged_by_property_to_the_last_one(live: Server) -> None:
    russia = rdflib.URIRef(f"{BASE}id/country/ru")
    country = rdflib.URIRef(f"{SAN}country")
    wanted = select(live, f"SELECT ?x {{ ?x <{country}> <{russia}> }}")
    assert len(wanted) > 50
    document = graph(live.http.get("/doc/country/ru"))
    first = set(document.subjects(country, russia))
    assert len(first) == 10
    more = {str(each) for each in document.objects(None, rdflib.RDFS.seeAlso)}
    assert any("link=country&after=" in each for each in more)
    found: list[str] = []
    for answer in followed(live, "/doc/country/ru?link=country"):
        page = graph(answer)
        found += sorted(str(each) for each in page.subjects(country, russia))
        assert page.value(russia, rdflib.RDFS.label)
    assert found == wanted
    same_in_all(live, str(russia), link="country", after=found[12])


def test_signposting_shows_the_ways(live: Server, article: str) -> None:
    answer = live.http.get(f"{path(article)}.html")
    found = find_signposting_http_link([answer.headers["Link"]])
    assert found.citeAs.target == article
    assert {each.type for each in found.describedBy} == {
        kind for kind, _ in FORMATS.values() if kind != "text/html"
    }
    assert {each.target for each in found.types} == {
        "https://schema.org/AboutPage",
        f"{SAN}Article",
    }
    assert found.collection.target == f"{live.address}dataset"
    for each in found.describedBy:
        there = live.http.get(each.target)
        assert there.headers["Content-Type"].startswith(each.type)
        back = find_signposting_http_link([there.headers["Link"]])
        assert back.citeAs.target == article


def test_the_licence_is_told_where_there_is_one(client: FlaskClient, app: Any) -> None:
    assert "license" not in client.get("/doc/country/ru").headers["Link"]
    held = app.extensions["kgapi"]
    licence = "https://creativecommons.org/licenses/by/4.0/"
    settings = replace(held.settings, license=licence)
    app.extensions["kgapi"] = replace(held, settings=settings)
    answer = client.get("/doc/country/ru.nt")
    assert f'<{licence}>; rel="license"' in answer.headers["Link"]
    assert f"<http://purl.org/dc/terms/license> <{licence}>" in answer.text


def test_a_known_document_is_not_sent_again(live: Server) -> None:
    tags = set()
    for suffix in FORMATS:
        for profile in PROFILES:
            place = f"/doc/country/ru.{suffix}?_profile={profile.name}"
            tag = live.http.get(place).headers["ETag"]
            tags.add(tag)
            again = live.http.get(place, headers={"If-None-Match": tag})
            assert (again.status_code, again.content) == (304, b"")
    assert len(tags) == len(FORMATS) * len(PROFILES)


def test_a_write_is_seen(client: FlaskClient) -> None:
    before = client.get("/doc/country/ru.nt")
    put(client, f'<{BASE}id/country/ru> <https://example.org/says> "something new" .')
    after = client.get("/doc/country/ru.nt", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert "something new" in after.text


def put(client: FlaskClient, turtle: str, name: str = "https://example.org/g") -> None:
    answer = client.put(
        f"/graphs?graph={quote(name, safe='')}",
        data=turtle.encode(),
        content_type="text/turtle",
        headers=KEY,
    )
    assert answer.status_code in {201, 204}, answer.text


MALLORY = f"<{BASE}id/person/mallory>"
HOSTILE = '</script><script>alert(1)</script><!-- & "quoted" \\u2028 <b>'


@pytest.fixture(scope="module")
def strange() -> Iterator[FlaskClient]:
    """Graphs of others, with hostile names and odd shapes, for reading only."""
    with closing(EmbeddedEngine()) as engine:
        client = application(engine).test_client()
        put(
            client,
            f"{MALLORY} a <{SAN}Person> ; <http://www.w3.org/2000/01/rdf-schema#label> '{HOSTILE}' ;"
            " <https://example.org/blank> [ <https://example.org/p> 1 ] .",
        )
        put(client, ODD, "https://example.org/odd")
        yield client


@pytest.mark.parametrize("suffix", FORMATS)
def test_hostile_names_stay_words(strange: FlaskClient, suffix: str) -> None:
    answer = strange.get(f"/doc/person/mallory.{suffix}")
    assert answer.status_code == 200
    if suffix == "html":
        assert answer.text.count("<script") == 1
        assert "<b>" not in answer.text
        (data,) = EMBEDDED.findall(answer.text)
        assert json.loads(data)["id"] == f"{BASE}id/person/mallory"
    told = rdflib.Graph()
    if suffix in {"ttl", "nt", "rdf"}:
        told.parse(data=answer.text, format=FORMATS[suffix][1])
        label = told.value(rdflib.URIRef(MALLORY.strip("<>")), rdflib.RDFS.label)
        assert str(label) == HOSTILE.replace("\\u2028", "\u2028")


ODD = f"""
<{BASE}id/person/odd> a <{SAN}Person> ; <https://example.org/123> "n" ; <urn:x> "u" ;
  <https://example.org/p> "a\\u0001b", [ <https://example.org/q> [] ], ( 1 2 ) ;
  <https://example.org/p%20q> <https://example.org/é> .
<{BASE}id/person/selfish> a <{SAN}Person> ; <https://example.org/knows> <{BASE}id/person/selfish> .
_:somebody <https://example.org/knows> <{BASE}id/person/selfish> .
<{BASE}id/event/half> a <{SAN}Event> .
<{BASE}id/statement/s> <{SAN}states> <{BASE}id/event/half> .
<{BASE}id/person/literal> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "literal" .
"""


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "key", ["person/odd", "person/selfish", "person/literal", "event/half", "statement/s"]
)
def test_graphs_of_others_break_no_document(strange: FlaskClient, key: str, suffix: str) -> None:
    for query in ("", "?_profile=labels", "?link=https://example.org/knows"):
        assert strange.get(f"/doc/{key}.{suffix}{query}").status_code == 200


def test_what_waits_for_a_decision_is_told_of_itself_alone(client: FlaskClient) -> None:
    proposal = f"{BASE}id/proposal/p1"
    put(
        client,
        f"<{proposal}> a <{SAN}Proposal> ; <http://purl.org/dc/terms/source>"
        f" <{BASE}id/article/a1> .",
        f"{BASE}graph/article/a1/review",
    )
    put(client, f"<{BASE}id/article/a1> a <{SAN}Article> .", f"{BASE}graph/article/a1")
    assert proposal not in client.get("/doc/article/a1.nt").text
    assert f"{SAN}Proposal" in client.get("/doc/proposal/p1.nt").text


def test_a_document_is_bounded_however_many_facts_there_are(client: FlaskClient) -> None:
    def facts(number: int, target: str) -> str:
        return "".join(
            f"<{BASE}id/event/2020-01-01-{target}-{each:05}> a <{SAN}Event> ;"
            f" <http://www.w3.org/2000/01/rdf-schema#label> 'Event {each}' ;"
            f" <{SAN}target> <{BASE}id/person/{target}> .\n"
            for each in range(number)
        )

    for number, target in ((10, "few"), (2_000, "many")):
        person = (
            f"<{BASE}id/person/{target}> a <{SAN}Person> ;"
            f" <http://www.w3.org/2000/01/rdf-schema#label> '{target}' .\n"
        )
        put(client, person + facts(number, target), f"https://example.org/{target}")
    few, many = (client.get(f"/doc/person/{each}.nt").text.splitlines() for each in ("few", "many"))
    # What the bigger one has more is where the others are.
    assert len(many) == len(few) + 1
    assert "seeAlso" in next(line for line in many if "link=target" in line)


def test_the_iri_of_a_graph_leads_to_its_triples(live: Server, article: str) -> None:
    place = article.replace("/id/", "/graph/").replace(BASE, live.address)
    answer = live.http.get(place, headers={"Accept": "text/turtle"}, follow_redirects=True)
    assert answer.history[0].status_code == 303
    assert (rdflib.URIRef(article), None, None) in graph(answer)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("/doc/country/ir.html", ["Iran", "Wikidata Q794", "Facts, in the order of time"]),
        ("/doc/country/ad.html", ["Andorra", "Andorran"]),
        ("/doc/organization/european-union.html", ["European Union", "as actor"]),
    ],
)
def test_pages_of_things_show_names_links_and_facts(
    live: Server, place: str, words: list[str]
) -> None:
    page = live.http.get(place).text
    for each in words:
        assert each in page


def test_the_page_of_a_fact_shows_who_says_so(live: Server, fact: str) -> None:
    told = live.http.get(f"/v1/facts/{fact.removeprefix(f'{BASE}id/')}").json()
    page = unescape(live.http.get(f"{path(fact)}.html").text)
    assert "No article says this in its own voice" in page
    for statement in told["statements"]:
        assert statement["rule"] in page
        assert statement["article"]["label"] in page
        for evidence in statement["evidence"]:
            assert evidence["text"] in page


@pytest.mark.parametrize("place", ["/", "/search?q=iran", "/search", "/doc/country/ru.html"])
def test_pages_need_nothing_from_elsewhere(live: Server, place: str) -> None:
    answer = live.http.get(place, headers={"Accept": BROWSER})
    assert answer.status_code == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    loaded = re.findall(r'(?:src|<link rel="(?:icon|stylesheet)" href)="([^"]*)"', answer.text)
    assert loaded
    assert all(each.startswith("/static/") for each in loaded)


def test_the_search_page_finds_things_facts_and_articles(live: Server) -> None:
    page = live.http.get("/search", params={"q": "rUSSIAN federation"}).text
    assert f'href="{live.address}doc/country/ru"' in page
    page = live.http.get("/search", params={"q": "vetoes panel"}).text
    assert "Articles" in page
    assert re.search(r"<mark>[vV]eto", page)
    nothing = live.http.get("/search", params={"q": '<b>zzz\\ "'}).text
    assert "Nothing here" in nothing
    assert "<b>" not in nothing
