"""SHACL core over the graph of one article: shapes compiled once, then plain look-ups.

Only what ``ontology/shapes.ttl`` uses is understood. A shape that uses anything else is refused when
it is compiled, so that nothing goes unchecked. Sections are those of the SHACL recommendation of
20 July 2017.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import le, lt
from typing import Any

from rdflib import RDF, RDFS, SH, BNode, Graph, Literal, Node, URIRef
from rdflib.collection import Collection

from kgapi.reference.turtle import local

Triple = tuple[Node, Node, Node]
Values = Sequence[Node]


@dataclass(frozen=True, slots=True)
class Result:
    """One finding, as a SHACL validation result has it (section 3.6.2).

    ``severity`` is Violation, Warning or Info. ``path`` is None where the finding is about the node
    itself or about a path of several steps, ``value`` where it is about a missing one. ``shape`` is
    the shape or rule that found it, ``component`` the kind of constraint.
    """

    focus: Node
    path: URIRef | None
    value: Node | None
    severity: str
    message: str
    shape: Node
    component: Node

    def __str__(self) -> str:
        about = [local(str(each)) for each in (self.path, self.value) if each is not None]
        where = f"{self.focus} {' '.join(about)}".rstrip()
        return f"{self.severity}: {self.message} ({where})"


class Data:
    """Triples by property and node, on top of others that are the same for many graphs."""

    def __init__(self, triples: Iterable[Triple], base: "Data | None" = None) -> None:
        self._base = base
        self._held: dict[Node, dict[Node, list[Node]]] = defaultdict(dict)
        self._sources: dict[Node, Mapping[Node, list[Node]]] = {}
        self._above: dict[Node, frozenset[Node]] = {}
        for subject, predicate, value in triples:
            self._held[predicate].setdefault(subject, []).append(value)

    def values(self, node: Node, predicate: Node) -> Values:
        own = self._held[predicate].get(node, ()) if predicate in self._held else ()
        below = self._base.values(node, predicate) if self._base is not None else ()
        return [*own, *below] if below else own

    def subjects(self, predicate: Node) -> Iterable[Node]:
        """The nodes that have the property, without those of the base."""
        return self._held.get(predicate, {})

    def sources(self, node: Node, predicate: Node) -> Values:
        """The nodes whose property has this node as a value, without those of the base."""
        if predicate not in self._sources:
            of: dict[Node, list[Node]] = defaultdict(list)
            for subject, values in self._held.get(predicate, {}).items():
                for value in values:
                    of[value].append(subject)
            self._sources[predicate] = of
        return self._sources[predicate].get(node, ())

    @cached_property
    def _instances(self) -> Mapping[Node, Mapping[Node, None]]:
        found: dict[Node, dict[Node, None]] = defaultdict(dict)
        for node, types in self._held.get(RDF.type, {}).items():
            for each in types:
                for above in self.above(each):
                    found[above][node] = None
        return found

    def instances(self, of: Node) -> Iterable[Node]:
        """The nodes of a class and of those below it."""
        return self._instances.get(of, {})

    def is_a(self, node: Node, of: Node) -> bool:
        return node in self._instances.get(of, {})

    def above(self, of: Node) -> frozenset[Node]:
        """A class and all classes above it."""
        if self._base is not None and RDFS.subClassOf not in self._held:
            return self._base.above(of)
        if of not in self._above:
            found, left = {of}, [of]
            while left:
                higher = set(self.values(left.pop(), RDFS.subClassOf)) - found
                found |= higher
                left += higher
            self._above[of] = frozenset(found)
        return self._above[of]


Path = Callable[[Data, Node], Values]
Check = Callable[[Data, Node, Values], Iterable[Node | None]]
"""What the constraint finds: each value that breaks it, or None for all of them together."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A compiled shape. Its values are those of the path, or the focus node itself."""

    name: Node
    classes: tuple[Node, ...]
    properties: tuple[Node, ...]
    follow: Path | None
    path: URIRef | None
    severity: str
    message: str
    checks: tuple[tuple[Node, Check], ...]

    def results(self, data: Data) -> Iterator[Result]:
        """What is wrong with the nodes that the shape is aimed at (section 2.1.3)."""
        focuses: dict[Node, None] = {}
        for each in self.classes:
            focuses |= dict.fromkeys(data.instances(each))
        for each in self.properties:
            focuses |= dict.fromkeys(data.subjects(each))
        for focus in focuses:
            for component, value in self._found(data, focus):
                yield Result(
                    focus, self.path, value, self.severity, self.message, self.name, component
                )

    def admits(self, data: Data, node: Node) -> bool:
        return not any(True for _ in self._found(data, node))

    def _found(self, data: Data, focus: Node) -> Iterator[tuple[Node, Node | None]]:
        values = self.follow(data, focus) if self.follow is not None else (focus,)
        for component, check in self.checks:
            for value in check(data, focus, values):
                yield component, value


def compiled(shapes: Graph) -> tuple[Shape, ...]:
    """The shapes that are aimed at something. Raises ValueError for what is not understood."""
    aimed = {*shapes.subjects(SH.targetClass), *shapes.subjects(SH.targetSubjectsOf)}
    return tuple(_shape(shapes, node) for node in sorted(aimed, key=str))


# What is no constraint: SHACL sections 2.1 and 2.3, and what names the node a shape.
_NO_CONSTRAINTS = frozenset(
    {RDF.type, SH.targetClass, SH.targetSubjectsOf, SH.path, SH.severity, SH.message}
)


def _shape(shapes: Graph, node: Node) -> Shape:
    path = shapes.value(node, SH.path)
    severity = shapes.value(node, SH.severity) or SH.Violation
    return Shape(
        name=node,
        classes=tuple(sorted(shapes.objects(node, SH.targetClass), key=str)),
        properties=tuple(sorted(shapes.objects(node, SH.targetSubjectsOf), key=str)),
        follow=_path(shapes, path) if path is not None else None,
        path=path if isinstance(path, URIRef) else None,
        severity=local(str(severity)),
        message=str(shapes.value(node, SH.message) or ""),
        checks=tuple(_checks(shapes, node)),
    )


def _checks(shapes: Graph, node: Node) -> Iterator[tuple[Node, Check]]:
    for parameter, value in sorted(shapes.predicate_objects(node), key=str):
        if parameter in _NO_CONSTRAINTS:
            continue
        if parameter not in _CONSTRAINTS:
            raise ValueError(f"{node}: {parameter} is not understood")
        name, make = local(str(parameter)), _CONSTRAINTS[parameter]
        yield SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"], make(shapes, value)


def _path(shapes: Graph, path: Node) -> Path:
    """Sections 2.3.1.1 to 2.3.1.4: a property, a sequence, alternatives, an inverse."""
    if isinstance(path, URIRef):
        return lambda data, node: data.values(node, path)
    if (inverse := shapes.value(path, SH.inversePath)) is not None:
        return lambda data, node: data.sources(node, inverse)
    if (listed := shapes.value(path, SH.alternativePath)) is not None:
        ways = [_path(shapes, each) for each in Collection(shapes, listed)]
        return lambda data, node: _once(value for way in ways for value in way(data, node))
    if (path, RDF.first, None) not in shapes:
        raise ValueError(f"{path}: this path is not understood")
    steps = [_path(shapes, each) for each in Collection(shapes, path)]

    def follow(data: Data, node: Node) -> Values:
        reached: Values = (node,)
        for step in steps:
            reached = _once(value for each in reached for value in step(data, each))
        return reached

    return follow


def _once(nodes: Iterable[Node]) -> Values:
    return tuple(dict.fromkeys(nodes))


def _each(is_right: Callable[[Data, Node], bool]) -> Check:
    """A constraint on each value by itself."""
    return lambda data, _, values: [value for value in values if not is_right(data, value)]


def _min_count(_: Graph, least: Any) -> Check:
    number = int(least)
    return lambda data, focus, values: () if len(values) >= number else (None,)


def _max_count(_: Graph, most: Any) -> Check:
    number = int(most)
    return lambda data, focus, values: () if len(values) <= number else (None,)


def _datatype(_: Graph, datatype: Node) -> Check:
    return _each(
        lambda data, value: (
            isinstance(value, Literal) and value.datatype == datatype and not value.ill_typed
        )
    )


def _node_kind(_: Graph, kind: Node) -> Check:
    if kind != SH.IRI:
        raise ValueError(f"{kind} is not understood")
    return _each(lambda data, value: isinstance(value, URIRef))


def _class(_: Graph, wanted: Node) -> Check:
    return _each(lambda data, value: data.is_a(value, wanted))


def _node(shapes: Graph, name: Node) -> Check:
    inner = _shape(shapes, name)
    return _each(inner.admits)


def _in(shapes: Graph, listed: Node) -> Check:
    allowed = frozenset(Collection(shapes, listed))
    return _each(lambda data, value: value in allowed)


def _has_value(_: Graph, wanted: Node) -> Check:
    return lambda data, focus, values: () if wanted in values else (None,)


def _pattern(_: Graph, pattern: Node) -> Check:
    search = re.compile(str(pattern)).search
    return _each(lambda data, value: not isinstance(value, BNode) and bool(search(str(value))))


def _min_length(_: Graph, least: Any) -> Check:
    number = int(least)
    return _each(lambda data, value: not isinstance(value, BNode) and len(str(value)) >= number)


def _compared(holds: Callable[[Any, Any], bool], one: Node, other: Node) -> bool:
    """Whether it holds by SPARQL's order; what cannot be compared does not hold."""
    if not isinstance(one, Literal) or not isinstance(other, Literal):
        return False
    try:
        return holds(one.value, other.value)
    except TypeError:
        return False


def _min_inclusive(_: Graph, least: Node) -> Check:
    return _each(lambda data, value: _compared(le, least, value))


def _max_inclusive(_: Graph, most: Node) -> Check:
    return _each(lambda data, value: _compared(le, value, most))


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Graph, Node], Check]:
    """Section 4.5.3 and 4.5.4: each value before all those of another property."""
    return lambda shapes, other: (
        lambda data, focus, values: [
            value
            for value in values
            for later in data.values(focus, other)
            if not _compared(holds, value, later)
        ]
    )


def _equals(_: Graph, other: Node) -> Check:
    return lambda data, focus, values: {*values} ^ {*data.values(focus, other)}


def _disjoint(_: Graph, other: Node) -> Check:
    return lambda data, focus, values: {*values} & {*data.values(focus, other)}


def _or(shapes: Graph, listed: Node) -> Check:
    inner = [_shape(shapes, each) for each in Collection(shapes, listed)]
    return _each(lambda data, value: any(each.admits(data, value) for each in inner))


def _xone(shapes: Graph, listed: Node) -> Check:
    inner = [_shape(shapes, each) for each in Collection(shapes, listed)]
    return _each(lambda data, value: sum(each.admits(data, value) for each in inner) == 1)


_CONSTRAINTS: Mapping[Node, Callable[[Graph, Any], Check]] = {
    SH.minCount: _min_count,
    SH.maxCount: _max_count,
    SH.datatype: _datatype,
    SH.nodeKind: _node_kind,
    SH["class"]: _class,
    SH.node: _node,
    SH.property: _node,
    SH["in"]: _in,
    SH.hasValue: _has_value,
    SH.pattern: _pattern,
    SH.minLength: _min_length,
    SH.minInclusive: _min_inclusive,
    SH.maxInclusive: _max_inclusive,
    SH.lessThan: _ordered(lt),
    SH.lessThanOrEquals: _ordered(le),
    SH.equals: _equals,
    SH.disjoint: _disjoint,
    SH["or"]: _or,
    SH.xone: _xone,
}
