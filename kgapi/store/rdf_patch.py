"""RDF Patch (https://afs.github.io/rdf-patch/): the changes of a graph, a row each, as one update.

Rows are read as N-Quads are, one a line. Prefixes (PA, PD) change nothing here: the store keeps
none. The label of a blank node is good for one patch: ``A`` makes a new node for each label, and
``D`` takes back what the patch itself added. No row can name a blank node that is in the store.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kgapi.errors import BadRequest, OtherGraph
from kgapi.store import rdf

_ROW = re.compile(r"(?P<code>[A-Z]+)(?P<terms>\s.*)?", re.DOTALL)
_HEADER = re.compile(r'\s+(?:[A-Za-z][\w.-]*|"[^"\\]+")\s+(?:<[^<>\s]+>|"(?:[^"\\]|\\.)*"\S*)\s*\.')
_PREFIX = re.compile(
    r"""\s+(?:[A-Za-z][\w.-]*:?|"[^"\\]*"|:)\s+(?:<[^<>\s]*>|"[^"\\]*")(?:\s+<[^<>\s]+>)?\s*\."""
)
_NO_PREFIX = re.compile(r'\s+(?:[A-Za-z][\w.-]*:?|"[^"\\]*"|:)(?:\s+<[^<>\s]+>)?\s*\.')
_COMMENT = re.compile(r"\s*(?:#.*)?")
# Where in a row Oxigraph saw an error; the line of the patch is what helps.
_PLACE = re.compile(r"Parser error at line 1 column \d+: | \(line 1\)$")
# The other way to write a blank node, wherever it is not within a string.
_BLANK = re.compile(r'"(?:[^"\\]|\\.)*+"|<_:(?P<label>[^<>\s]+)>')

Rows = dict[ox.Triple, bool]
"""The triples that a patch is about, in its order: True for one that is to be there in the end."""


@dataclass
class _Patch:
    """What the rows so far come to; ``open`` are those of a transaction that is under way."""

    graph: ox.NamedNode | ox.DefaultGraph
    done: Rows = field(default_factory=dict)
    open: Rows | None = None

    def take(self, code: str, terms: str) -> None:
        """Take in a row. Raises ValueError for one that is not a row, or not here."""
        match code:
            case "A" | "D":
                self._change(_quad(terms), is_there=code == "A")
            case "TX" if self.open is None:
                _ends(terms)
                self.open = {}
            case "TC" if self.open is not None:
                _ends(terms)
                for triple, is_there in self.open.items():
                    _put(self.done, triple, is_there=is_there)
                self.open = None
            case "TA" if self.open is not None:
                _ends(terms)
                self.open = None
            case "TX" | "TC" | "TA":
                raise ValueError(f"{code} has no place here: TX … TC or TA, one after another")
            case "H" | "PA" | "PD":
                pattern = {"H": _HEADER, "PA": _PREFIX, "PD": _NO_PREFIX}[code]
                if not pattern.fullmatch(terms.rstrip()):
                    raise ValueError(f"this is no row of {code}")
            case _:
                raise ValueError(f"{code} is none of H, TX, TC, TA, PA, PD, A and D")

    def _change(self, quad: ox.Quad, *, is_there: bool) -> None:
        if quad.graph_name not in {ox.DefaultGraph(), self.graph}:
            raise OtherGraph(f"this changes {quad.graph_name}, not {self.graph}")
        rows = self.done if self.open is None else self.open
        made_here = rows.get(quad.triple, self.done.get(quad.triple))
        if not is_there and not made_here and rdf.has_blank(quad.triple):
            raise ValueError("D cannot name a blank node that this patch did not make")
        _put(rows, quad.triple, is_there=is_there)


def _put(rows: Rows, triple: ox.Triple, *, is_there: bool) -> None:
    """The last word on a triple, in the last place."""
    rows.pop(triple, None)
    rows[triple] = is_there


def update(text: str, name: str | None) -> str:
    """A patch of one graph as a SPARQL update; nothing at all is an empty one.

    Transactions that are aborted or never committed change nothing. Rows are of triples, or of
    quads of this very graph; what the last row says of a triple counts. Raises BadRequest with the
    ``line`` of what is no row, OtherGraph for a quad of another graph.
    """
    patch = _Patch(ox.DefaultGraph() if name is None else rdf.named(name))
    for number, line in enumerate(text.split("\n"), 1):
        if _COMMENT.fullmatch(line):
            continue
        try:
            patch.take(*_row(line))
        except ValueError as error:
            raise BadRequest(f"line {number} of the patch: {error}", line=number) from None
        except OtherGraph as error:
            raise OtherGraph(f"line {number} of the patch: {error.detail}", line=number) from None
    if patch.open is not None:
        raise BadRequest("the patch ends within a transaction: TC or TA is missing")
    return " ;\n".join(_operations(patch))


def _row(line: str) -> tuple[str, str]:
    row = _ROW.fullmatch(line.strip())
    if not row:
        raise ValueError("a row begins with its code in capitals")
    return row["code"], row["terms"] or ""


def _operations(patch: _Patch) -> Iterator[str]:
    removed = [each for each, there in patch.done.items() if not there and not rdf.has_blank(each)]
    added = [each for each, there in patch.done.items() if there]
    for keyword, triples in (("DELETE", removed), ("INSERT", added)):
        if triples:
            lines = "\n".join(f"{triple} ." for triple in triples)
            is_named = isinstance(patch.graph, ox.NamedNode)
            block = f"GRAPH {patch.graph} {{\n{lines}\n}}" if is_named else lines
            yield f"{keyword} DATA {{ {block} }}"


def _quad(terms: str) -> ox.Quad:
    try:
        quad: ox.Quad
        (quad,) = ox.parse(_BLANK.sub(_blank, terms).strip(), ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        words = _PLACE.sub("", str(error))
        raise ValueError(f"A and D are followed by N-Quads, a row a line: {words}") from None
    return quad


def _blank(found: re.Match[str]) -> str:
    # Such a label may have any character, one of N-Quads may not.
    return f"_:x{found['label'].encode().hex()}" if found["label"] else found[0]


def _ends(terms: str) -> None:
    if terms.strip() != ".":
        raise ValueError("this row has nothing but a dot behind its code")
