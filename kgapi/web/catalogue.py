"""What the dataset says of itself, as triples: VoID (W3C Interest Group Note) and DCAT 3."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kgapi import media
from kgapi.exports.formats import EXPORTS
from kgapi.media import MediaType
from kgapi.queries.census import Counts, Part
from kgapi.settings import Settings
from kgapi.web.description import FORMATS, GRAPH_FORMATS

PREFIXES = {
    "void": "http://rdfs.org/ns/void#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_SPARQL = NamedNode("https://www.w3.org/TR/sparql11-protocol/")
_GRAPH_STORE = NamedNode("https://www.w3.org/TR/sparql11-http-rdf-update/")
_OPENAPI = NamedNode("https://spec.openapis.org/oas/v3.1.0")
_FOLLOW_THE_MONEY = NamedNode("https://followthemoney.tech/")
_IANA = "https://www.iana.org/assignments/media-types/"
# Of so many classes a first thing is named; more examples are no better.
_EXAMPLES = 10

Term = NamedNode | BlankNode | Literal


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The description of a dataset; ``root`` is the URL of the server, with a slash at its end."""

    root: str
    settings: Settings
    counts: Counts
    dataset: NamedNode = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dataset", NamedNode(f"{self.root}dataset#dataset"))

    def triples(self) -> Iterator[Triple]:
        """All of it."""
        yield from self._document()
        yield from self._dataset()
        yield from self._statistics()
        yield from self._graphs()
        yield from self._dumps()
        yield from self._links()
        yield from self._services()

    def _document(self) -> Iterator[Triple]:
        page = NamedNode(f"{self.root}.well-known/void")
        yield from _said(page, {"foaf:primaryTopic": self.dataset}, a="void:DatasetDescription")
        yield from _said(page, {"dcterms:title": _text(f"Description of {self.settings.title}")})

    def _dataset(self) -> Iterator[Triple]:
        for kind in ("void:Dataset", "dcat:Dataset", "sd:Dataset"):
            yield from _said(self.dataset, a=kind)
        yield from _said(self.dataset, {"dcterms:title": _text(self.settings.title)})
        description = (
            "Facts of sanctions news, each with the exact passage of an article that states it."
        )
        yield from _said(self.dataset, {"dcterms:description": _text(description)})
        if self.settings.license:
            yield from _said(self.dataset, {"dcterms:license": NamedNode(self.settings.license)})
        for day, name in (
            (self.counts.first, "dcat:startDate"),
            (self.counts.last, "dcat:endDate"),
        ):
            if day:
                period = BlankNode("period")
                yield from _said(self.dataset, {"dcterms:temporal": period})
                yield from _said(period, {name: _day(day)}, a="dcterms:PeriodOfTime")
        yield from _said(
            self.dataset,
            {
                "dcat:landingPage": NamedNode(f"{self.root}dataset"),
                "foaf:homepage": NamedNode(self.root),
                "void:sparqlEndpoint": NamedNode(f"{self.root}sparql"),
                "void:uriSpace": Literal(self.settings.base),
                "void:rootResource": NamedNode(f"{self.settings.base}graph/ontology"),
            },
        )
        for name in GRAPH_FORMATS:
            yield from _said(self.dataset, {"void:feature": NamedNode(FORMATS + name)})

    def _statistics(self) -> Iterator[Triple]:
        counts = self.counts
        numbers = {
            "void:triples": counts.triples,
            "void:entities": counts.entities,
            "void:distinctSubjects": counts.subjects,
            "void:distinctObjects": counts.objects,
            "void:classes": len(counts.classes),
            "void:properties": len(counts.properties),
        }
        yield from _counted(self.dataset, numbers)
        for name in sorted(
            {_namespace(part.iri) for part in (*counts.classes, *counts.properties)}
        ):
            yield from _said(self.dataset, {"void:vocabulary": NamedNode(name)})
        for example in self._examples():
            yield from _said(self.dataset, {"void:exampleResource": NamedNode(example)})
        for number, part in enumerate(counts.classes):
            node = BlankNode(f"class{number}")
            yield from _said(self.dataset, {"void:classPartition": node})
            yield from _said(node, {"void:class": NamedNode(part.iri)})
            yield from _counted(node, {"void:entities": part.entities})
        for number, part in enumerate(counts.properties):
            node = BlankNode(f"property{number}")
            yield from _said(self.dataset, {"void:propertyPartition": node})
            yield from _said(node, {"void:property": NamedNode(part.iri)})
            yield from _counted(
                node, {"void:triples": part.triples, "void:distinctSubjects": part.entities}
            )

    def _examples(self) -> list[str]:
        start = f"{self.settings.base}id/"
        found = {part.example for part in self.counts.classes}
        return sorted(each for each in found if each.startswith(start))[:_EXAMPLES]

    def _graphs(self) -> Iterator[Triple]:
        """The graphs that kgapi puts there itself, each a subset that can be fetched as a file."""
        for part in self.counts.graphs:
            yield from self._graph(part)

    def _graph(self, part: Part) -> Iterator[Triple]:
        address = f"{self.root}graphs?graph={quote(part.iri, safe='')}"
        name = part.iri.rpartition("/")[2]
        subset = NamedNode(f"{self.root}dataset#graph-{name}")
        yield from _said(self.dataset, {"void:subset": subset})
        yield from _said(subset, {"dcterms:title": _text(f"The graph {name}")}, a="void:Dataset")
        yield from _said(subset, {"void:dataDump": NamedNode(address)})
        yield from _counted(subset, {"void:triples": part.triples})
        node = BlankNode(f"graph-{name}")
        yield from _said(self.dataset, {"sd:namedGraph": node})
        yield from _said(node, {"sd:name": NamedNode(part.iri)}, a="sd:NamedGraph")
        yield from _said(node, {"sd:graph": subset})
        for offer in media.GRAPHS:
            download = NamedNode(f"{address}&format={offer.name}")
            yield from _said(subset, {"dcat:distribution": download})
            yield from _said(download, {"dcat:downloadURL": download}, a="dcat:Distribution")
            yield from _said(download, {"dcat:mediaType": _iana(offer)})

    def _dumps(self) -> Iterator[Triple]:
        """Everything as files: those that are RDF 1.1 are dumps to VoID, too."""
        for export in EXPORTS.values():
            download = NamedNode(f"{self.root}dumps/{export.name}")
            said: dict[str, Term] = {
                "dcterms:title": _text(export.summary),
                "dcat:accessURL": NamedNode(f"{self.root}dumps/"),
                "dcat:downloadURL": download,
            }
            if export.media_type is media.FTM:
                said["dcterms:conformsTo"] = _FOLLOW_THE_MONEY
            else:
                said["dcat:mediaType"] = _iana(export.inner or export.media_type)
            if export.inner:
                said["dcat:compressFormat"] = _iana(export.media_type)
            yield from _said(self.dataset, {"dcat:distribution": download})
            yield from _said(download, said, a="dcat:Distribution")
            if (export.inner or export.media_type) in media.DATASETS:
                yield from _said(self.dataset, {"void:dataDump": download})

    def _links(self) -> Iterator[Triple]:
        for number, links in enumerate(self.counts.links, 1):
            linkset = NamedNode(f"{self.root}dataset#links-{number}")
            target = BlankNode(f"place{number}")
            yield from _said(self.dataset, {"void:subset": linkset})
            yield from _said(
                linkset,
                {
                    "void:linkPredicate": NamedNode(links.property),
                    "void:subjectsTarget": self.dataset,
                    "void:objectsTarget": target,
                },
                a="void:Linkset",
            )
            yield from _counted(linkset, {"void:triples": links.triples})
            yield from _said(target, {"void:uriSpace": Literal(links.place)}, a="void:Dataset")

    def _services(self) -> Iterator[Triple]:
        for door, title, standard, described in (
            ("sparql", "SPARQL 1.1 query and update", _SPARQL, "sparql"),
            ("graphs", "SPARQL 1.1 Graph Store", _GRAPH_STORE, "openapi.json"),
            ("v1/", "REST", _OPENAPI, "openapi.json"),
        ):
            service = NamedNode(f"{self.root}dataset#{door.rstrip('/').replace('/', '-')}")
            distribution = BlankNode(f"by-{door.rstrip('/')}")
            yield from _said(
                service,
                {
                    "dcterms:title": _text(title),
                    "dcterms:conformsTo": standard,
                    "dcat:endpointURL": NamedNode(self.root + door),
                    "dcat:endpointDescription": NamedNode(self.root + described),
                    "dcat:servesDataset": self.dataset,
                },
                a="dcat:DataService",
            )
            yield from _said(self.dataset, {"dcat:distribution": distribution})
            yield from _said(
                distribution,
                {
                    "dcterms:title": _text(title),
                    "dcat:accessURL": NamedNode(self.root + door),
                    "dcat:accessService": service,
                },
                a="dcat:Distribution",
            )


def _said(
    subject: NamedNode | BlankNode, values: Mapping[str, Term] | None = None, *, a: str = ""
) -> Iterator[Triple]:
    if a:
        yield Triple(subject, _named("rdf:type"), _named(a))
    for name, value in (values or {}).items():
        yield Triple(subject, _named(name), value)


def _counted(subject: NamedNode | BlankNode, numbers: Mapping[str, int]) -> Iterator[Triple]:
    for name, number in numbers.items():
        yield Triple(subject, _named(name), Literal(number))


def _named(name: str) -> NamedNode:
    prefix, _, local = name.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def _iana(media_type: MediaType) -> NamedNode:
    """The IRI of a media type, without its parameters."""
    return NamedNode(_IANA + media_type.type.partition(";")[0])


def _text(words: str) -> Literal:
    return Literal(words, language="en")


def _day(day: str) -> Literal:
    return Literal(day, datatype=_named("xsd:date"))


def _namespace(iri: str) -> str:
    """Where a term comes from, as namespaces are written: up to the last #, / or, in a URN, colon."""
    cut = max(iri.rfind("#"), iri.rfind("/"))
    cut = iri.rfind(":") if cut < 0 else cut
    return iri[: cut + 1]
