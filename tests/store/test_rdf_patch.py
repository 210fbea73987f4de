"""RDF Patch, row by row."""

import pyoxigraph as ox
import pytest
from rdflib import BNode, Dataset, Literal, URIRef

from kgapi.errors import BadRequest, KgapiError, OtherGraph
from kgapi.store import rdf_patch

G = "https://example.org/g"
S, P = "<https://example.org/s>", "<https://example.org/p>"


def patched(text: str, name: str | None = G, before: str = "") -> set[str]:
    """The triples of a graph after a patch, which is about that graph alone."""
    graph = ox.DefaultGraph() if name is None else ox.NamedNode(name)
    store = ox.Store()
    store.add(
        ox.Quad(ox.NamedNode("a:a"), ox.NamedNode("a:a"), ox.NamedNode("a:a"), ox.NamedNode("a:g"))
    )
    for line in before.splitlines():
        store.load(line.encode(), ox.RdfFormat.N_TRIPLES, to_graph=graph)
    store.update(rdf_patch.update(text, name))
    assert {quad.graph_name for quad in store} <= {graph, ox.NamedNode("a:g")}
    return {str(quad.triple) for quad in store.quads_for_pattern(None, None, None, graph)}


@pytest.mark.parametrize("name", [G, None])
def test_every_row_of_the_format(name: str | None) -> None:
    graph = f" <{G}>" if name else ""
    patch = f"""
H id <uuid:0686c69d-8f89-4496-acb5-744f0157a8db> .
H "prev" <uuid:3ee0eca0-6d5f-4b4d-85db-f69ab1167eb1> .
H note "made by hand" .
# a comment
TX .
PA "rdf" "http://www.w3.org/1999/02/22-rdf-syntax-ns#" .
PA ex <https://example.org/> .
PD "old" .
A {S} {P} "new" .
A {S} {P} "also new, with <_:no> blank node and a . dot"@en{graph} . # a comment
D {S} {P} "old" .
D {S} {P} "never there"{graph} .
TC .
"""
    after = patched(patch, name, f'{S} {P} "old" .\n{S} {P} "kept" .')
    assert after == {
        f'{S} {P} "new"',
        f'{S} {P} "kept"',
        f'{S} {P} "also new, with <_:no> blank node and a . dot"@en',
    }


@pytest.mark.parametrize(
    ("rows", "there"),
    [
        ("A\nD", False),
        ("D\nA", True),
        ("A\nD\nA", True),
        ("TX\nA\nTC\nTX\nD\nTC", False),
        ("TX\nA\nTC\nTX\nD\nTA", True),
        ("TX\nD\nTA\nA", True),
        ("TX\nA\nTA", False),
    ],
)
def test_the_last_word_on_a_triple_counts_unless_it_is_aborted(rows: str, there: bool) -> None:
    text = "".join(
        f"{row} ." if row[0] == "T" else f'{row} {S} {P} "x" .' for row in rows.split("\n")
    )
    text = text.replace(".A", ".\nA").replace(".D", ".\nD").replace(".T", ".\nT")
    assert patched(text) == ({f'{S} {P} "x"'} if there else set())


def test_a_label_is_one_new_node_however_it_is_written() -> None:
    after = patched(f'A _:b {P} "1" .\nA _:b {P} "2" .\nA <_:b:3> {P} "3" .\nA <_:b:3> {P} "4" .')
    subjects = {line.partition(" ")[0]: 0 for line in after}
    assert (len(after), len(subjects)) == (4, 2)
    again = patched(f'A _:b {P} "1" .', before=f'_:b {P} "0" .')
    assert len({line.partition(" ")[0] for line in again}) == 2


def test_a_patch_takes_back_its_own_blank_nodes_and_names_no_others() -> None:
    assert patched(f'A _:b {P} "1" .\nA _:b {P} "2" .\nD _:b {P} "1" .').pop().endswith('"2"')
    with pytest.raises(BadRequest, match="line 1 of the patch") as told:
        rdf_patch.update(f'D _:b {P} "1" .', G)
    assert told.value.extra["line"] == 1


def test_lines_end_where_unix_and_windows_end_them_and_nowhere_else() -> None:
    text = f'A {S} {P} "a\u2028b\x85c" .\r\nA {S} {P} "d" .\r\n'
    assert len(patched(text)) == 2


@pytest.mark.parametrize("nothing", ["", "\n# nothing\n", "H id <uuid:1> .", "TX .\nTC ."])
def test_nothing_is_nothing(nothing: str) -> None:
    assert rdf_patch.update(nothing, G) == ""


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"A {S} {P} .", "N-Quads"),
        (f'A {S} {P} "x"', "N-Quads"),
        (f'A {S} {P} "x" <{G}> "y" .', "N-Quads"),
        (f'A {S} {P} "x" . A {S} {P} "y" .', "N-Quads"),
        (f'A {S} {P} "x" }} ; DROP ALL ; INSERT DATA {{ .', "N-Quads"),
        (f'A <relative> {P} "x" .', "N-Quads"),
        (f'A ex:s {P} "x" .', "N-Quads"),
        (f'A "literal" {P} "x" .', "N-Quads"),
        ("TX", "nothing but a dot"),
        ("TX now .", "nothing but a dot"),
        ("TC .", "no place"),
        ("TA .", "no place"),
        ("TX .\nTX .", "no place"),
        ("H id .", "no row of H"),
        ("PA ex .", "no row of PA"),
        ("PD .", "no row of PD"),
        ("Q <a:a> .", "none of"),
        (f'add {S} {P} "x" .', "capitals"),
    ],
)
def test_what_is_no_row_is_told_its_line(line: str, words: str) -> None:
    place = 2 + line.count("\n")
    with pytest.raises(BadRequest, match=f"line {place} of the patch.*{words}") as told:
        rdf_patch.update(f'A {S} {P} "x" .\n{line}', G)
    assert told.value.extra["line"] == place


def test_a_transaction_that_does_not_end_is_refused() -> None:
    with pytest.raises(BadRequest, match="TC or TA is missing"):
        rdf_patch.update(f'TX .\nA {S} {P} "x" .', G)


@pytest.mark.parametrize("name", [G, None])
def test_a_quad_of_another_graph_is_refused(name: str | None) -> None:
    with pytest.raises(OtherGraph, match="line 1"):
        rdf_patch.update(f'A {S} {P} "x" <https://example.org/other> .', name)
    with pytest.raises(KgapiError, match="absolute IRI"):
        rdf_patch.update("", "relative")


@pytest.mark.filterwarnings("ignore:Dataset:DeprecationWarning")
def test_what_rdflib_writes_as_a_patch_is_read() -> None:
    dataset = Dataset()
    graph = dataset.graph(URIRef(G))
    graph.add(
        (
            URIRef("https://example.org/s"),
            URIRef("https://example.org/p"),
            Literal('a\n"b"', lang="en"),
        )
    )
    graph.add((BNode(), URIRef("https://example.org/p"), Literal(1)))
    patch = dataset.serialize(format="patch", operation="add", header_id="uuid:1")
    assert len(patched(patch)) == 2
