"""What is refused before the engine sees it, since it would take the whole process down or abroad.

Oxigraph has no limits of its own: deep nesting overflows its stack and ends the process, planning
takes time with the cube of the triple patterns, and SERVICE and LOAD reach any address.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from kgapi.errors import BadRequest, FederationRefused, QueryTooComplex, TooLarge
from kgapi.settings import Settings
from kgapi.store.tokens import Prologue, Token, tokens

_OPENS, _CLOSES = ("{", "(", "[", "<<"), ("}", ")", "]", ">>")
_OPERATORS = ("+", "-", "*", "/", "|", "||", "&&", "!", "=", "!=", "<", ">", "<=", ">=", "^", "?")
_GROUPS = ("OPTIONAL", "UNION", "MINUS", "FILTER", "BIND", "EXISTS", "GRAPH", "SERVICE", "VALUES")
# Room for any IRI of the world, and none for an expression that looks like one: ?a<((((?b))))>.
_LONGEST_IRI = 2_000
_ABROAD = ("SERVICE", "LOAD")


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits on the text of a query or an update, and the IRI prefixes that it may reach."""

    size: int = 1_000_000
    depth: int = 128
    patterns: int = 256
    operators: int = 1_000
    terms: int = 10_000
    federation: Sequence[str] = ()

    @classmethod
    def of(cls, settings: Settings) -> "Guards":
        return cls(
            settings.max_query,
            settings.max_depth,
            settings.max_patterns,
            settings.max_operators,
            settings.max_terms,
            settings.federation.split(),
        )

    def check(self, text: str, check_grammar: Callable[[str], None]) -> None:
        """Raises TooLarge, QueryTooComplex or FederationRefused for what breaks a limit.

        What would reach too far and is malformed besides is told by ``check_grammar``.
        """
        # Counting bytes costs a copy, and no character has more than four.
        if len(text) * 4 > self.size and len(text.encode(errors="replace")) > self.size:
            raise TooLarge(f"SPARQL has at most {self.size:,} bytes here", limit=self.size)
        self._weigh(tokens(text))
        if not any(word in text.upper() for word in _ABROAD):
            return
        for target in _abroad(list(tokens(text))):
            if target is None or not self._allows(target):
                check_grammar(text)
                raise FederationRefused(
                    "SERVICE and LOAD reach only what KGAPI_FEDERATION allows here,"
                    f" not {target or 'what is known only when it is asked for'}"
                )

    def _weigh(self, found: Iterable[Token]) -> None:
        deepest = patterns = operators = terms = 0
        before: Token | None = None
        for token, depth, room in _rooms(found):
            deepest = max(deepest, depth)
            if token.kind == "iri" and len(token.text) > _LONGEST_IRI:
                raise QueryTooComplex(f"an IRI has at most {_LONGEST_IRI:,} characters here")
            if room == "list":
                terms += token.kind != "mark"
            elif room != "data":
                operators += token.marks(*_OPERATORS) or token.says(*_GROUPS)
            if room in {"pattern", "row"}:
                patterns += token.marks(".", ";", ",", "/", "{") or token.says("GRAPH")
            if room == "row" and before and _follow(before, token):
                # An item of a collection: rdf:first and rdf:rest (SPARQL 1.1 Query section 4.2.4).
                patterns += 2
            before = token
            # At once, so that the rest of a hostile text costs nothing.
            for number, limit, what in (
                (deepest, self.depth, "levels of nesting"),
                (patterns, self.patterns, "triple patterns, path steps and groups"),
                (operators, self.operators, "operators"),
                (terms, self.terms, "terms in VALUES and IN"),
            ):
                if number > limit:
                    raise QueryTooComplex(
                        f"more than {limit:,} {what}; no more are taken here", limit=limit
                    )

    def _allows(self, target: str) -> bool:
        scheme, has_scheme, _ = target.partition(":")
        if has_scheme and scheme.isascii() and scheme.lower() not in {"http", "https"}:
            # Oxigraph goes nowhere else: that fails by itself, or not at all where it is SILENT.
            return True
        segments = unquote(urlsplit(target).path).replace("\\", "/").split("/")
        if {".", ".."} & set(segments):
            return False
        return any(target.startswith(prefix) for prefix in self.federation)


def check_rdf_xml(data: bytes) -> None:
    """Raises BadRequest for RDF/XML that defines entities: a kilobyte of them can mean gigabytes."""
    # Every encoding that XML processors must read keeps ASCII apart by zero bytes at most.
    if b"<!ENTITY" in data.replace(b"\0", b""):
        raise BadRequest("RDF/XML that defines entities is not read here; write its IRIs in full")


def _rooms(found: Iterable[Token]) -> Iterator[tuple[Token, int, str]]:
    """Each token, the number of brackets open around it, and what the innermost is for.

    That is ``list`` (VALUES and IN), ``data`` (of INSERT and DELETE), ``row`` (round ones in a
    pattern: a collection or an expression) or ``pattern`` (all else).
    """
    inside: list[str] = []
    before: Token | None = None
    values = False
    for token in found:
        if token.marks(*_OPENS):
            outer = inside[-1] if inside else ""
            if before and (before.says("IN") or (values and token.text == "{")):
                inside.append("list")
            elif before and before.says("DATA", "INSERT", "DELETE"):
                inside.append("data")
            elif outer in {"pattern", "row"}:
                inside.append("row" if token.text == "(" else "pattern")
            else:
                inside.append(outer or ("pattern" if token.text == "{" else ""))
        values = token.says("VALUES") or (values and not token.marks("{"))
        yield token, len(inside), inside[-1] if inside else ""
        if token.marks(*_CLOSES) and inside:
            inside.pop()
        before = token


_TERMS = frozenset({"iri", "string", "variable", "language", "number", "name"})


def _follow(before: Token, token: Token) -> bool:
    """Whether two terms stand side by side: in an expression there is something between them."""
    ends = before.kind in _TERMS or before.marks(")", "]") or before.says("TRUE", "FALSE")
    begins = token.kind in _TERMS or token.marks("[") or token.says("TRUE", "FALSE")
    # What a name stands before may be the arguments of a function.
    nested = token.marks("(") and before.kind not in {"iri", "name"}
    return ends and (begins or nested)


def _abroad(found: Sequence[Token]) -> Iterator[str | None]:
    """The targets of SERVICE and LOAD; None for one that only the data would tell."""
    prologue = Prologue()
    for place, token in enumerate(found):
        prologue.hears(token)
        word = token.text.partition(":")[0].upper()
        if token.kind == "word" and any(each in word for each in _ABROAD):
            # Oxigraph needs no space between words: ``trueSERVICE`` is two of them to it.
            after = found[place + 1 : place + 3]
            target = next((each for each in after if not each.says("SILENT")), None)
            yield prologue.iri(target) if target else None
        elif token.kind == "name" and word.removesuffix("SILENT").endswith(_ABROAD):
            # ``SERVICE:x`` is a name by the standard, but a keyword and a name to Oxigraph.
            glued = prologue.iri(Token("name", token.text[len(word) :], token.start))
            if glued is not None:
                yield glued
