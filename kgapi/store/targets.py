"""Which graphs an update can change, by its text (SPARQL 1.1 Update section 3)."""

from collections.abc import Iterator

from kgapi.errors import BadQuery
from kgapi.store.tokens import Prologue, Token, tokens

DEFAULT = ""
UNKNOWN = None
Target = str | None
"""The IRI of a graph, DEFAULT, or UNKNOWN for several or for one that only the data would tell."""


class _Reader:
    """Steps through the tokens of an update."""

    def __init__(self, text: str) -> None:
        self._tokens = list(tokens(text))
        self._place = 0
        self.prologue = Prologue()

    @property
    def next(self) -> Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def take(self) -> Token | None:
        token = self.next
        if token:
            self.prologue.hears(token)
            self._place += 1
        return token

    def takes(self, *keywords: str) -> bool:
        """Whether one of these keywords is next; then it is taken."""
        if self.next and self.next.says(*keywords):
            self.take()
            return True
        return False

    def iri(self) -> Target:
        token = self.take()
        return self.prologue.iri(token) if token else UNKNOWN

    def graph(self) -> Target:
        """``DEFAULT``, ``GRAPH iri`` or ``iri``; NAMED and ALL are several."""
        self.takes("SILENT")
        if self.takes("DEFAULT"):
            return DEFAULT
        if self.takes("NAMED", "ALL"):
            return UNKNOWN
        self.takes("GRAPH")
        return self.iri()

    def quads(self, default: Target) -> Iterator[Target]:
        """The graphs of a template or of quad data in braces, which begin next."""
        depth = 0
        while token := self.take():
            depth += token.marks("{") - token.marks("}")
            if depth <= 0:
                return
            if token.says("GRAPH") and depth == 1:
                yield self.iri()
                if not (self.next and self.next.marks("{")):
                    yield UNKNOWN
                self.skip()
            elif token.marks("{") and depth > 1:
                yield UNKNOWN
            elif not token.marks("{", "."):
                yield default

    def skip(self) -> None:
        """Step over a group in braces."""
        depth = 0
        while token := self.take():
            depth += token.marks("{") - token.marks("}")
            if depth <= 0:
                return


def targets(text: str) -> set[Target]:
    """Every graph that an update can change. Raises BadQuery for what is no update."""
    reader, found = _Reader(text), set[Target]()
    with_graph: Target = DEFAULT
    while token := reader.take():
        match token.text.upper() if token.kind in {"word", "mark"} else "":
            case "PREFIX":
                reader.take(), reader.take()
            case "BASE":
                reader.take()
            case "WITH":
                with_graph = reader.iri()
            case "INSERT" | "DELETE":
                reader.takes("DATA", "WHERE")
                found.update(reader.quads(with_graph))
            case "USING":
                reader.takes("NAMED")
                reader.take()
            case "WHERE":
                reader.skip()
            case ";":
                with_graph = DEFAULT
            case "CLEAR" | "DROP" | "CREATE":
                found.add(reader.graph())
            case "LOAD":
                reader.takes("SILENT")
                reader.take()
                found.add(reader.graph() if reader.takes("INTO") else DEFAULT)
            case "ADD" | "COPY":
                reader.graph()
                reader.takes("TO")
                found.add(reader.graph())
            case "MOVE":
                found.add(reader.graph())
                reader.takes("TO")
                found.add(reader.graph())
            case _:
                raise BadQuery(f"not an update from {token.text!r} on")
    return found
