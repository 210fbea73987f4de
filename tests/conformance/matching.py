"""Are two tables the same but for the names of their blank nodes?

A table is a list of rows, a row a tuple of terms (None where unbound). Solutions, graphs (rows of
three) and datasets (rows of four) are all compared here, as bags: order does not count, duplicates
do. Blank nodes must correspond one to one over the whole table (RDF 1.1 Concepts section 3.6,
SPARQL 1.1 Query section 5.1.4).
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

_XSD = "http://www.w3.org/2001/XMLSchema#"

Term = NamedNode | BlankNode | Literal | Triple | None
Row = tuple[Term, ...]
Table = Sequence[Row]

# The colour of a blank node: two nodes that could be the same have the same colour.
Colours = Mapping[BlankNode, int]


def same_bag(left: Table, right: Table) -> bool:
    """Whether a renaming of blank nodes makes one bag of rows the other."""
    if len(left) != len(right):
        return False
    return _matched(left, right, dict.fromkeys(_nodes(left), 0), dict.fromkeys(_nodes(right), 0))


def same_sequence(left: Table, right: Table) -> bool:
    """The same, row by row in this order."""
    return same_bag(_numbered(left), _numbered(right))


def fits_reduced(actual: Table, expected: Table) -> bool:
    """Whether ``actual`` has every row of ``expected`` at least once and at most as often.

    That is what REDUCED permits (SPARQL 1.1 Query section 15.3.2). Rows with blank nodes are
    compared without their multiplicities.
    """
    allowed = Counter(expected)
    return same_bag(list(set(actual)), list(set(expected))) and all(
        count <= allowed[row] for row, count in Counter(actual).items() if not _nodes([row])
    )


def by_value(table: Table) -> Table:
    """The same with numbers and booleans in one lexical form per value and datatype."""
    return [tuple(_canonical(term) for term in row) for row in table]


def _canonical(term: Term) -> Term:
    if not isinstance(term, Literal):
        return term
    match term.datatype.value.removeprefix(_XSD):
        case "integer":
            value = str(int(term.value))
        case "decimal":
            value = str(Decimal(term.value).normalize())
        case "double" | "float":
            value = repr(float(term.value))
        case "boolean":
            value = {"0": "false", "1": "true"}.get(term.value, term.value)
        case _:
            return term
    return Literal(value, datatype=term.datatype)


def _matched(left: Table, right: Table, ours: Colours, theirs: Colours) -> bool:
    """Refine colours until they tell nothing more, then try the pairs that are left."""
    ours, theirs = _refined(left, right, ours, theirs)
    members, candidates = _classes(ours), _classes(theirs)
    if {c: len(n) for c, n in members.items()} != {c: len(n) for c, n in candidates.items()}:
        return False
    ambiguous = min((c for c, n in members.items() if len(n) > 1), default=None)
    if ambiguous is None:
        names = {node: candidates[colour][0] for node, colour in ours.items()}
        return Counter(_renamed(left, names)) == Counter(right)
    node, fresh = members[ambiguous][0], len(ours) + 1
    return any(
        _matched(left, right, {**ours, node: fresh}, {**theirs, candidate: fresh})
        for candidate in candidates[ambiguous]
    )


def _refined(left: Table, right: Table, ours: Colours, theirs: Colours) -> tuple[Colours, Colours]:
    """Colours split by what surrounds a node, until no class splits any more."""
    while True:
        # One palette for both sides, so that equal surroundings get equal colours.
        palette: dict[object, int] = {}
        before = len(set(ours.values()))
        ours = _recoloured(left, ours, palette)
        theirs = _recoloured(right, theirs, palette)
        if len(set(ours.values())) == before:
            return ours, theirs


def _recoloured(table: Table, colours: Colours, palette: dict[object, int]) -> Colours:
    around: dict[BlankNode, Counter[object]] = {node: Counter() for node in colours}
    for row in table:
        seen = tuple(colours[t] if isinstance(t, BlankNode) else t for t in row)
        for node in _nodes([row]):
            places = tuple(place for place, term in enumerate(row) if term == node)
            around[node][places, seen] += 1
    return {
        node: palette.setdefault((colour, frozenset(around[node].items())), len(palette))
        for node, colour in colours.items()
    }


def _classes(colours: Colours) -> dict[int, list[BlankNode]]:
    classes: dict[int, list[BlankNode]] = {}
    for node, colour in colours.items():
        classes.setdefault(colour, []).append(node)
    return classes


def _renamed(table: Table, names: Mapping[BlankNode, BlankNode]) -> Iterable[Row]:
    return (tuple(names[t] if isinstance(t, BlankNode) else t for t in row) for row in table)


def _nodes(table: Table) -> list[BlankNode]:
    """The blank nodes of a table, each once, in order of appearance."""
    return list(dict.fromkeys(t for row in table for t in row if isinstance(t, BlankNode)))


def _numbered(table: Table) -> Table:
    return [(Literal(place), *row) for place, row in enumerate(table)]
