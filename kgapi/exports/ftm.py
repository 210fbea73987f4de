"""FollowTheMoney: entities, sanctions and occupancies, and the articles that prove them.

An entity of FollowTheMoney is a JSON object: ``id``, ``schema`` and ``properties``, each of these a
list of strings (https://followthemoney.tech/). What an article only attributes to others, and what
is planned, threatened or denied, is left out: the format has no way to say so.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import chain, groupby
from typing import IO, Any

from kgapi.exports import merging, told
from kgapi.graph.iris import Iris
from kgapi.queries import reads
from kgapi.queries.query import Iri, Row, house, rows
from kgapi.queries.reads import ArticleRead, FactRead, Reference, local
from kgapi.store.engine import Engine

Entity = Mapping[str, Any]

SCHEMATA: Mapping[str, str] = {
    "Person": "Person",
    "Organization": "Organization",
    "Country": "PublicBody",
    "AgentGroup": "LegalEntity",
    "Asset": "Asset",
    "Vessel": "Vessel",
    "Post": "Position",
    "Place": "Address",
}
"""The schema of each class of the ontology that has one."""

IMPOSING = frozenset({"impose", "designate", "snapback", "ban", "freeze"})
"""Acts that bring sanctions into force."""

# The voices that say a thing is so, and not only that somebody says so.
_VOUCHING = frozenset({"stated", "reference"})
_MEASURES = frozenset({"SanctionsMeasure", "Designation"})
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
_SKOS, _WIKIDATA = "http://www.w3.org/2004/02/skos/core#", "http://www.wikidata.org/entity/"
_ID = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.-]*[0-9a-zA-Z])?")
_DATE = re.compile(r"\d{4}(-\d\d){0,2}", re.ASCII)
_COUNTRY = re.compile(r"country/([a-z]{2})")
# Languages as ISO 639-3 has them; articles are in English.
_LANGUAGES = {"en": "eng"}


def write_lines(engine: Engine, iris: Iris, sink: IO[bytes]) -> None:
    """All that facts are about and all that is told of it, an entity a line, in order of their ids."""
    parts = (
        (part["id"], [part, is_told])
        for name, small in told.stores(engine, iris)
        for part, is_told in _of_graph(name, small, iris)
    )
    for _, found in merging.together(parts):
        # What the reference data know and no fact is about is no news.
        if any(is_told for _, is_told in found):
            sink.write(line(merged([part for part, _ in found])))


def about(engine: Engine, iri: str, iris: Iris, limit: int) -> list[Entity]:
    """One entity, and up to ``limit`` sanctions against it and posts held, with all these refer to.

    Empty where the entity is none that the format has.
    """
    own = entity(iri, _said(rows(engine, house("entity").bind(entity=Iri(iri)))), iris)
    if own is None:
        return []
    found = rows(engine, house("records-of-entity").page(limit).bind(entity=Iri(iri)))
    facts = reads.facts_among(engine, [row["fact"] for row in found])
    parts = [own, *_with_articles(engine, facts, iris)]
    by_id: dict[str, list[Entity]] = defaultdict(list)
    for part in parts:
        by_id[part["id"]].append(part)
    return [merged(each) for each in by_id.values()]


def _of_graph(name: str, small: Engine, iris: Iris) -> Iterator[tuple[Entity, bool]]:
    """What one graph says of entities, and whether it tells facts or only knows about things."""
    facts = reads.facts_of_graph(small, name)
    described = rows(small, house("entities-of-graph").bind(graph=Iri(name)))
    for iri, group in groupby(described, lambda row: row["entity"]):
        if part := entity(iri, _said(group), iris):
            yield part, bool(facts)
    for part in _with_articles(small, facts, iris):
        yield part, True


def _with_articles(engine: Engine, facts: Sequence[FactRead], iris: Iris) -> Iterator[Entity]:
    """The records of these facts, those whom they name, and the articles that prove them."""
    held = [fact for fact in facts if is_sanction(fact) or is_occupancy(fact)]
    names = {each.article.iri for fact in held for each in fact.statements}
    read = (reads.article(engine, name) for name in sorted(names))
    articles = {each.id: each for each in read if each}
    for fact in held:
        yield from filter(None, (named(each, iris) for each in chain(*fact.roles.values())))
        if found := record(fact, articles, iris):
            yield found
    for each in articles.values():
        yield article(each, iris)


def _said(found: Iterable[Row]) -> dict[str, list[str]]:
    said: dict[str, list[str]] = defaultdict(list)
    for row in found:
        said[row["property"]].append(str(row["value"]))
    return said


def line(found: Entity) -> bytes:
    """An entity as a line of JSON."""
    return f"{json.dumps(found, ensure_ascii=False)}\n".encode()


def merged(parts: Sequence[Entity]) -> Entity:
    """One entity from what different graphs say of it."""
    values: dict[str, set[str]] = defaultdict(set)
    for part in parts:
        for name, told_values in part["properties"].items():
            values[name].update(told_values)
    properties = {name: sorted(values[name]) for name in sorted(values)}
    return {**parts[0], "properties": properties}


def entity(iri: str, said: Mapping[str, Sequence[str]], iris: Iris) -> Entity | None:
    """Somebody or something from all that is said of it, by property; None for what has no schema."""
    classes = [name for each in said.get(_TYPE, ()) if (name := local(each)) in SCHEMATA]
    if not classes or _LABEL not in said:
        return None
    within = [*said.get(f"{reads.SAN}country", ()), *said.get(f"{reads.SAN}postIn", ())]
    same = said.get(f"{_SKOS}exactMatch", ())
    weak = said.get(f"{reads.SAN}ambiguousName", ())
    return _entity(
        iri,
        classes[0],
        iris,
        name=said[_LABEL],
        alias=[each for each in said.get(f"{_SKOS}altLabel", ()) if each not in weak],
        weakAlias=weak,
        country=_codes((iri, *within), iris),
        wikidataId=[each.removeprefix(_WIKIDATA) for each in same if each.startswith(_WIKIDATA)],
    )


def named(reference: Any, iris: Iris) -> Entity | None:
    """Somebody or something from how a fact mentions it; None for what has no schema."""
    if not isinstance(reference, Reference) or reference.type not in SCHEMATA:
        return None
    country = _codes([reference.iri], iris)
    return _entity(reference.iri, reference.type, iris, name=[reference.label], country=country)


def _entity(iri: str, kind: str, iris: Iris, **properties: Iterable[str]) -> Entity:
    schema = SCHEMATA[kind]
    if schema == "Address":
        properties["full"] = properties["name"]
    return _made(identifier(iri, iris), schema, sourceUrl=[iri], **properties)


def is_sanction(fact: FactRead) -> bool:
    """Whether a fact is a sanction in force, or an act that brings one into force of which no more
    is told, and some article vouches for it."""
    if fact.claimed or fact.realis != "actual" or fact.values.get("status") == "threatened":
        return False
    concerned = {getattr(each, "type", "") for each in fact.roles.get("concerns", ())}
    return fact.type in _MEASURES or (
        fact.type == "SanctionsAction"
        and fact.action in IMPOSING
        and _MEASURES.isdisjoint(concerned)
    )


def is_occupancy(fact: FactRead) -> bool:
    """Whether a fact is that somebody holds a post, and some article vouches for it."""
    return fact.type == "Tenure" and not fact.claimed and fact.realis == "actual"


def record(fact: FactRead, articles: Mapping[str, ArticleRead], iris: Iris) -> Entity | None:
    """A sanction or an occupancy, with the articles that state it as proof.

    None for any other fact, and where nobody whom it is about has a schema.
    """
    if is_sanction(fact):
        return _record("Sanction", fact, articles, iris, **_terms(fact, iris))
    if is_occupancy(fact):
        return _record("Occupancy", fact, articles, iris, **_held(fact, iris))
    return None


def _record(
    schema: str,
    fact: FactRead,
    articles: Mapping[str, ArticleRead],
    iris: Iris,
    **own: Sequence[str],
) -> Entity | None:
    if not all(own.get(name, ("optional",)) for name in ("entity", "holder", "post")):
        return None
    vouching = [each for each in fact.statements if each.modality in _VOUCHING]
    names = dict.fromkeys(each.article.iri for each in vouching)
    stating = [articles[name] for name in names if name in articles]
    return _made(
        identifier(fact.id, iris),
        schema,
        **own,
        endDate=_day(fact.time["end"]),
        summary=[fact.label],
        description=[each.text for statement in vouching for each in statement.evidence],
        recordId=[fact.id],
        proof=[identifier(each.id, iris) for each in stating],
        sourceUrl=[each.source or each.id for each in stating],
        publisher=[each.source_title for each in stating if each.source_title],
    )


def _terms(fact: FactRead, iris: Iris) -> dict[str, list[str]]:
    """What a sanction is: on whom, by whom, since when, what, and why."""
    senders = _references(fact, "imposedBy", "actor")
    is_listing = fact.type == "Designation" or fact.action == "designate"
    day = _day(fact.time["date"])
    return {
        "entity": _ids(_references(fact, "target"), iris),
        "authority": [each.label for each in senders],
        "country": _codes((each.iri for each in senders), iris),
        "program": [each.label for each in _references(fact, "programme")],
        "provisions": [_words(each) for each in fact.values.get("measureType", ())],
        "reason": [_words(each) for each in fact.values.get("reason", ())],
        "status": [_words(each) for each in _known(fact.values.get("status"))],
        "startDate": _day(fact.time["begin"]) or ([] if is_listing else day),
        "listingDate": day if is_listing else [],
    }


def _held(fact: FactRead, iris: Iris) -> dict[str, list[str]]:
    """What an occupancy is: who, which post, since when."""
    return {
        "holder": _ids(_references(fact, "holder"), iris),
        "post": _ids(_references(fact, "post"), iris),
        "startDate": _day(fact.time["begin"]),
        "date": _day(fact.time["date"]),
    }


def article(read: ArticleRead, iris: Iris) -> Entity:
    """An article, without its text."""
    return _made(
        identifier(read.id, iris),
        "Article",
        title=[read.headline],
        fileName=[f"{read.id.rpartition('/')[2]}.txt"],
        publishedAt=_day(read.published),
        language=_known(_LANGUAGES.get(read.language)),
        sourceUrl=[read.source or read.id],
        publisher=_known(read.source_title),
    )


def identifier(iri: str, iris: Iris) -> str:
    """The id of what has an IRI: ``kind.key``, or a digest where the format does not take that."""
    path = iris.path(iri)
    name = path.replace("/", ".", 1) if path else ""
    return name if _ID.fullmatch(name) else sha256(iri.encode()).hexdigest()[:40]


def _references(fact: FactRead, *roles: str) -> list[Reference]:
    fillers = chain.from_iterable(fact.roles.get(role, ()) for role in roles)
    return [each for each in fillers if isinstance(each, Reference)]


def _ids(references: Iterable[Reference], iris: Iris) -> list[str]:
    return [identifier(each.iri, iris) for each in references if each.type in SCHEMATA]


def _codes(names: Iterable[str], iris: Iris) -> list[str]:
    """The codes of those that are countries."""
    found = (_COUNTRY.fullmatch(iris.path(each) or "") for each in names)
    return [each[1] for each in found if each]


def _known(value: str | None) -> list[str]:
    return [value] if value else []


def _day(value: str | None) -> list[str]:
    """A date as precise as it is known; nothing for what is no date to the format."""
    return [value] if value and _DATE.fullmatch(value) else []


def _words(concept: str) -> str:
    return concept.replace("-", " ")


def _made(identity: str, schema: str, **properties: Iterable[str]) -> Entity:
    once = {name: list(dict.fromkeys(map(str, values))) for name, values in properties.items()}
    return {
        "id": identity,
        "schema": schema,
        "properties": {name: once[name] for name in sorted(once) if once[name]},
    }
