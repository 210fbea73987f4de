"""SPARQL as a row of tokens (SPARQL 1.1 Query section 19.8): enough to look before the engine parses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urljoin

from kgapi.errors import BadQuery

# Each alternative is linear in the text: possessive, or of bounded length.
_TOKEN = re.compile(
    r"""(?P<space>\s++|\#[^\n\r]*+)
      | (?P<iri><[^<>"{}|^`\x00-\x20]*+>)
      | (?P<string>\"\"\"(?:(?:\"|\"\")?[^"\\]|(?:\"|\"\")?\\.)*+\"\"\"
                 | \'\'\'(?:(?:\'|\'\')?[^'\\]|(?:\'|\'\')?\\.)*+\'\'\'
                 | (?!\"\"\")"(?:[^"\\\n\r]|\\.)*+" | (?!\'\'\')'(?:[^'\\\n\r]|\\.)*+')
      | (?P<unclosed>["'])
      | (?P<variable>[?$]\w++)
      | (?P<language>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)
      | (?P<number>(?:\d++\.?+\d*+|\.\d++)(?:[eE][+-]?\d++)?)
      | (?P<name>(?:\w(?:[\w.\-]{0,62}[\w\-])?)?:(?:[\w:\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%]
                 |\.(?=[\w.:\-%\\]))*+)
      | (?P<word>[A-Za-z]\w*+)
      | (?P<mark>\^\^|<<|>>|&&|\|\||!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)
_SHORT = 4_096
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_LOCAL_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True, slots=True)
class Token:
    """A token of ``kind`` (iri, string, variable, language, number, name, word, mark) at an offset.

    ``name`` is a prefixed name or the label of a blank node, ``word`` a keyword of the language.
    """

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    def says(self, *keywords: str) -> bool:
        """Whether it is one of these keywords, in whatever case."""
        return self.kind == "word" and self.text.upper() in keywords

    def marks(self, *signs: str) -> bool:
        return self.kind == "mark" and self.text in signs


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query or an update, without white space and comments.

    Raises BadQuery for a string that is not closed. Nothing else is malformed here: what is no
    token is a mark of one character.
    """
    # A request has its text looked at from several sides; a long one is seldom seen to its end.
    return iter(_short(text)) if len(text) <= _SHORT else _scan(text)


@lru_cache(maxsize=64)
def _short(text: str) -> tuple[Token, ...]:
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup or "mark"
        if kind == "unclosed":
            raise _unclosed(text, found.start())
        if kind != "space":
            yield Token(kind, found[0], found.start())


def _unclosed(text: str, start: int) -> BadQuery:
    line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
    return BadQuery(
        f"line {line}, column {column}: this string is not closed", line=line, column=column
    )


class Prologue:
    """BASE and PREFIX as they have been declared so far: which IRI does a token mean?"""

    def __init__(self) -> None:
        self._base = ""
        self._prefixes: dict[str, str] = {}
        self._last: tuple[Token | None, Token | None] = (None, None)

    def hears(self, token: Token) -> None:
        """Take in the next token of the text; what ends no declaration changes nothing."""
        keyword, name = self._last
        if token.kind == "iri" and name and name.says("BASE"):
            self._base = self.iri(token) or ""
        elif token.kind == "iri" and keyword and keyword.says("PREFIX") and name:
            self._prefixes[name.text.removesuffix(":")] = self.iri(token) or ""
        self._last = (name, token)

    def iri(self, token: Token) -> str | None:
        """The absolute IRI that a token means; None where it means none that is known here."""
        if token.kind == "iri":
            reference = _ESCAPE.sub(_character, token.text[1:-1])
            return urljoin(self._base, reference) if self._base else reference
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix in self._prefixes:
                return self._prefixes[prefix] + _LOCAL_ESCAPE.sub(r"\1", local)
        return None


def _character(found: re.Match[str]) -> str:
    code = int(found[1] or found[2], 16)
    return chr(code) if code <= 0x10FFFF else found[0]
