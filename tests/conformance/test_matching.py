"""The judge is judged: what it must tell apart, and what it must not."""

from pyoxigraph import BlankNode, Literal, NamedNode

from tests.conformance.matching import Row, fits_reduced, same_bag, same_sequence

A, B, P = (NamedNode(f"http://example.org/{name}") for name in "abp")


def cycle(*names: str) -> list[Row]:
    nodes = [BlankNode(name) for name in names]
    return [(s, P, o) for s, o in zip(nodes, nodes[1:] + nodes[:1], strict=True)]


def test_order_does_not_count_in_a_bag_and_does_in_a_sequence() -> None:
    assert same_bag([(A,), (B,)], [(B,), (A,)])
    assert not same_sequence([(A,), (B,)], [(B,), (A,)])
    assert same_sequence([(A,), (B,)], [(A,), (B,)])


def test_duplicates_count() -> None:
    assert not same_bag([(A,), (A,), (B,)], [(A,), (B,), (B,)])
    assert not same_bag([(A,), (A,)], [(A,)])


def test_an_unbound_variable_is_not_an_empty_string() -> None:
    assert not same_bag([(None,)], [(Literal(""),)])


def test_lexical_forms_and_datatypes_are_told_apart() -> None:
    integer = NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    assert not same_bag([(Literal("1", datatype=integer),)], [(Literal("01", datatype=integer),)])
    assert not same_bag([(Literal("1", datatype=integer),)], [(Literal("1"),)])


def test_blank_nodes_may_be_renamed_one_to_one_over_all_rows() -> None:
    x, y, z = BlankNode("x"), BlankNode("y"), BlankNode("z")
    assert same_bag([(x, A), (x, B)], [(y, B), (y, A)])
    assert not same_bag([(x, A), (x, B)], [(y, B), (z, A)])
    assert not same_bag([(x, A), (y, A)], [(z, A), (z, A)])
    assert not same_bag([(x,)], [(A,)])


def test_blank_nodes_correspond_across_the_rows_of_a_sequence() -> None:
    x, y = BlankNode("x"), BlankNode("y")
    assert same_sequence([(x,), (y,), (x,)], [(y,), (x,), (y,)])
    assert not same_sequence([(x,), (y,), (x,)], [(x,), (y,), (y,)])


def test_shapes_that_look_alike_from_every_node_are_told_apart() -> None:
    """Every node of either has one arrow in and one out; only a search finds the difference."""
    six, threes = cycle(*"abcdef"), [*cycle(*"abc"), *cycle(*"def")]
    assert same_bag(six, cycle(*"fbdace"))
    assert same_bag(threes, [*cycle(*"ace"), *cycle(*"bdf")])
    assert not same_bag(six, threes)


def test_reduced_may_drop_duplicates_but_no_row_and_add_none() -> None:
    expected: list[Row] = [(A,), (A,), (B,)]
    assert fits_reduced([(B,), (A,)], expected)
    assert fits_reduced(expected, expected)
    assert not fits_reduced([(A,)], expected)
    assert not fits_reduced([(A,), (B,), (B,)], expected)
