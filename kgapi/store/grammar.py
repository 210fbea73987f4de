"""Whether SPARQL is well formed, by Oxigraph's own word and without doing anything."""

import re

import pyoxigraph as ox

from kgapi.errors import BadQuery
from kgapi.store.tokens import tokens

_POSITION = re.compile(r"(?:error )?at (\d+):(\d+)(?:-\d+:\d+|-\d+)?: ")
_THERE = ox.NamedNode("urn:x-kgapi:there")


def check_query(text: str) -> None:
    """Raises BadQuery for what is no query."""
    try:
        # Two options that exclude each other: Oxigraph parses, then refuses them and ends.
        ox.Store().query(text, use_default_graph_as_union=True, default_graph=[])
    except SyntaxError as error:
        raise bad_query(error) from None
    except ValueError:
        return


def check_update(text: str) -> None:
    """Raises BadQuery for what is no update."""
    store = ox.Store()
    store.add_graph(_THERE)
    start = prologue(text)
    try:
        # All is parsed before anything is done, and what is done first fails.
        store.update(f"{text[:start]} CREATE GRAPH {_THERE} ; {text[start:]}")
    except SyntaxError as error:
        # Where it says it is lies in the text as it stands here.
        raise BadQuery(_POSITION.sub("", str(error))) from None
    except RuntimeError:
        return


def bad_query(error: SyntaxError) -> BadQuery:
    """Oxigraph's words for what is malformed, with line and column."""
    words = str(error)
    place = _POSITION.match(words)
    if not place:
        return BadQuery(words)
    line, column = int(place[1]), int(place[2])
    return BadQuery(
        f"line {line}, column {column}: {words[place.end() :]}", line=line, column=column
    )


def prologue(text: str) -> int:
    """Where the declarations at the beginning of a query or an update end."""
    end = rest = 0
    for token in tokens(text):
        if rest:
            rest -= 1
        elif token.says("BASE"):
            rest = 1
        elif token.says("PREFIX"):
            rest = 2
        else:
            break
        end = token.end
    return end
