"""Writes of all kinds at random, and what comes of carrying out what the journal says of them."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from random import Random

import pyoxigraph as ox

from kgapi import media
from kgapi.errors import Conflict, NotFound
from kgapi.journal import Journal
from kgapi.store.engine import Dataset, Engine

GRAPHS = [f"https://example.org/graph/{letter}" for letter in "abcd"]
Draw = Callable[[Random], str]

_TRIPLES: Sequence[Draw] = (
    lambda random: f'<urn:s{random.randrange(4)}> <urn:p> "é \\\\ {random.randrange(4)}" .',
    lambda random: f"<urn:s{random.randrange(4)}> <urn:q> <urn:s{random.randrange(4)}> .",
)

# G and H are graphs, T and U triples, D triples without blank nodes.
_UPDATES = (
    "INSERT DATA { GRAPH <G> { T } }",
    "PREFIX g: <https://example.org/graph/> INSERT DATA { GRAPH g:a { T } U }",
    "BASE <https://example.org/> insert data { graph <graph/b> { T } }",
    "INSERT DATA { T }",
    "DELETE DATA { GRAPH <G> { D } }",
    "DELETE WHERE { GRAPH ?g { <urn:s1> ?p ?o } }",
    "DELETE WHERE { GRAPH <G> { ?s <urn:q> ?o } }",
    "DELETE WHERE { ?s <urn:p> ?o }",
    "WITH <G> DELETE { ?s ?p ?o } INSERT { ?s <urn:t> ?o } WHERE { ?s ?p ?o FILTER isIRI(?o) }",
    "WITH <G> INSERT { GRAPH <H> { ?s <urn:t> ?o } } WHERE { ?s <urn:q> ?o }",
    "INSERT { GRAPH ?g { <urn:everywhere> <urn:p> ?n } } WHERE"
    " { { SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g } }",
    "INSERT { GRAPH <G> { ?s ?p ?o } GRAPH <H> { ?o <urn:back> ?s } } USING <H> WHERE"
    " { ?s ?p ?o FILTER isIRI(?o) }",
    "DELETE { GRAPH ?g { ?s ?p ?o } } WHERE { GRAPH ?g { ?s ?p ?o FILTER isLiteral(?o) } }",
    "CREATE SILENT GRAPH <G>",
    "CLEAR SILENT GRAPH <G>",
    "DROP SILENT GRAPH <G>",
    "CLEAR DEFAULT",
    "DROP NAMED",
    "CLEAR ALL",
    "ADD SILENT <G> TO <H>",
    "COPY SILENT <G> TO DEFAULT",
    "COPY SILENT DEFAULT TO <G>",
    "MOVE SILENT GRAPH <G> TO <H>",
    "INSERT DATA { GRAPH <G> { T } } ; DROP SILENT GRAPH <H> ; INSERT DATA { GRAPH <H> { U } }",
)


def write(random: Random, engine: Engine) -> None:
    """One write of any kind, which may change nothing."""
    kind = random.randrange(10)
    name = random.choice([*GRAPHS, None])
    blank = f"<urn:s1> <urn:r> [ <urn:v> {random.random()} ] ." if random.random() < 0.3 else ""
    data = f"{_triples(random)} {blank}".encode()
    with suppress(NotFound, Conflict):
        match kind:
            case 0 | 1:
                engine.put_graph(name, data, media.TURTLE)
            case 2:
                engine.post_graph(name, data, media.TURTLE)
            case 3:
                engine.delete_graph(name)
            case 4:
                engine.patch_graph(GRAPHS[0], _drawn(random, _patch(random)))
            case 5:
                dataset = Dataset(default_graphs=[random.choice(GRAPHS)])
                engine.update(
                    "INSERT { GRAPH <https://example.org/graph/d> { ?s <urn:u> ?o } }"
                    " WHERE { ?s <urn:q> ?o }",
                    dataset,
                )
            case _:
                engine.update(_drawn(random, random.choice(_UPDATES)))


def _patch(random: Random) -> str:
    data = f"DATA {{ GRAPH <{GRAPHS[0]}> {{ D }} }}"
    return f"{random.choice(['INSERT', 'DELETE'])} {data}"


def _triples(random: Random) -> str:
    return " ".join(random.choice(_TRIPLES)(random) for _ in range(random.randrange(1, 4)))


def _drawn(random: Random, update: str) -> str:
    """An update with graphs and triples in the places of the letters."""
    for letter in "GH":
        update = update.replace(f"<{letter}>", f"<{random.choice(GRAPHS)}>")
    for letter in "TUD":
        update = update.replace(f" {letter} ", f" {_triples(random)} ")
    return update


def replayed(patch: Iterable[bytes]) -> set[ox.Quad]:
    """The quads of an empty store in which an RDF Patch has been carried out, row by row.

    Fails where a row takes away what is not there, or adds what is.
    """
    quads: set[ox.Quad] = set()
    for line in b"".join(patch).decode().splitlines():
        code, _, rest = line.partition(" ")
        if code in {"A", "D"}:
            (quad,) = ox.parse(rest, ox.RdfFormat.N_QUADS)
            assert (quad in quads) == (code == "D"), line
            (quads.add if code == "A" else quads.remove)(quad)
        else:
            assert line in {"TX .", "TC ."}
    return quads


def everything(journal: Journal) -> set[ox.Quad]:
    """The quads that come of all that the journal has."""
    return replayed(journal.patch(0, journal.current().seq))


def canonical(quads: Iterable[ox.Quad]) -> list[str]:
    """Quads in a form that is the same for the same datasets (RDFC-1.0)."""
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def held(engine: Engine) -> list[str]:
    """Everything that an engine holds, in that form."""
    return canonical(ox.parse(b"".join(engine.dump(media.N_QUADS)), ox.RdfFormat.N_QUADS))
