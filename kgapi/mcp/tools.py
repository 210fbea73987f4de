"""The tools: read-only questions to a server, in the words of somebody who has to answer one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from typing import Annotated, Any, Literal

import httpx
import msgspec
from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError, ToolError
from mcp_types import CallToolResult
from pydantic import Field

from kgapi.client import ApiProblem, Client, Entity, Reference
from kgapi.mcp.answers import (
    NAMES,
    Facts,
    Found,
    Known,
    Ontology,
    Rows,
    cut,
    rest,
    snippets,
    trimmed,
)
from kgapi.mcp.ontology import of_graph

# Characters of an article or a fact that are read at once, and of the rows of a query.
_LONGEST, _WIDEST = 60_000, 40_000
_SUGGESTED = 5
_MEND = (
    "Only SELECT, ASK, CONSTRUCT and DESCRIBE are taken, and every prefix has to be declared:"
    " `ontology` has the prefixes, and with `about` queries that work."
)

Limit = Annotated[int, Field(ge=1, le=25, description="How many at most; the others follow.")]
Cursor = Annotated[
    str | None, Field(description="Of an answer before, to go on there; all else as it was.")
]
Things = Annotated[
    list[str] | None,
    Field(description="Entities by kind/key, such as country/ir, or by IRI; any of them."),
]
Names = Annotated[list[str] | None, Field(description="Any of these, by local name.")]
Day = Annotated[str | None, Field(description="A day, YYYY-MM-DD.")]


@contextmanager
def _telling(failure: type[Exception], missing: type[Exception]) -> Iterator[None]:
    """What the server refuses, as an error that says what is wrong and how to mend it."""
    try:
        yield
    except ApiProblem as problem:
        kind = missing if problem.status == httpx.codes.NOT_FOUND else failure
        raise kind(words(problem)) from None
    except httpx.TransportError as error:
        raise failure(f"the server cannot be asked: {error}") from None


_as_tool = _telling(ToolError, ToolError)
_as_resource = _telling(ResourceError, ResourceNotFoundError)


def words(problem: ApiProblem) -> str:
    """A problem with all that it says of how to mend it."""
    further = [f"{name}: {_plain(value)}" for name, value in problem.extra.items()]
    return "; ".join([str(problem), *further])


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


class Tools:
    """The tools over one server. None of them changes anything."""

    def __init__(self, graph: Client) -> None:
        self._graph = graph

    @_as_tool
    def search(
        self,
        words: Annotated[str, Field(description='Words that must all be there; "phrases" as is.')],
        kind: Annotated[
            list[Literal["fact", "entity", "article"]] | None, Field(description="Only these.")
        ] = None,
        limit: Limit = 10,
        cursor: Cursor = None,
    ) -> Annotated[CallToolResult, Found]:
        """Facts, entities and articles that have all the words, the best first, with where they are.

        For what is known of somebody or something, look for its name with `entity` first, and then
        ask `facts` with the key that it has.
        """
        page = self._graph.search(words, kind=kind, limit=limit, cursor=cursor).page()
        hits = [snippets(each) for each in page.items]
        return Found(total=page.total, cursor=page.cursor, hits=hits, notes=rest(page)).result()

    @_as_tool
    def entity(
        self,
        entity: Annotated[str, Field(description="kind/key, such as country/ir, IRI, or a name.")],
    ) -> Annotated[CallToolResult, Known]:
        """A person, body, country, currency …: its key, names, class, and how many facts of which
        class it takes part in. By a name, the entity that is in the most facts, and the others that
        may be meant."""
        iri, others = self._meant(entity)
        found = self._graph.entity(iri)
        counts = self._graph.facts_of(found.id, facet="type", limit=1).page().facets["type"]
        return Known(
            entity=_few_names(found), facts=dict(counts), others=others, notes=_omitted(found)
        ).result()

    @_as_tool
    def facts(
        self,
        kind: Annotated[
            Literal["facts", "events", "measures", "effects", "claims"],
            Field(
                description="facts: all. events: what happened, who imposed or lifted among it."
                " measures: what holds against whom, why and since when. effects: on prices,"
                " currencies, trade. claims: who says what."
            ),
        ] = "facts",
        entity: Annotated[Things, Field(description="Who or what takes part, in any role.")] = None,
        sender: Annotated[Things, Field(description="Who imposes sanctions, or acts.")] = None,
        target: Annotated[Things, Field(description="Whom or what they are directed at.")] = None,
        speaker: Annotated[Things, Field(description="Whose words they are.")] = None,
        country: Annotated[
            Things, Field(description="A country that takes part, or whose people or bodies do.")
        ] = None,
        article: Annotated[Things, Field(description="Articles that state it.")] = None,
        types: Annotated[Names, Field(description="Classes, or those above, by name.")] = None,
        reason: Annotated[Names, Field(description="Grounds, such as nuclear-programme.")] = None,
        measure: Annotated[Names, Field(description="What sanctions restrict.")] = None,
        action: Annotated[Names, Field(description="Kinds of acts, such as impose.")] = None,
        realis: Annotated[
            Names, Field(description="actual, planned, threatened, possible, denied, cancelled.")
        ] = None,
        modality: Annotated[
            Names, Field(description="Voice: stated, quoted, reported, opinion.")
        ] = None,
        confidence: Annotated[float | None, Field(ge=0, le=1, description="At least.")] = None,
        since: Day = None,
        until: Day = None,
        in_force: Annotated[
            str | None, Field(description="With kind=measures: in force on this day, YYYY-MM-DD.")
        ] = None,
        facet: Annotated[
            list[str] | None,
            Field(
                description="Count all the facts by these, such as sender, reason, target, type."
            ),
        ] = None,
        limit: Limit = 10,
        cursor: Cursor = None,
    ) -> Annotated[CallToolResult, Facts]:
        """Facts by what you want, in the order of time, each with the sentences that say so, the
        article and its day, the voice, and how sure it is.

        Different parameters must all hold. Entities go by key: get it from `entity`. `ontology` has
        the names of classes, reasons, measures and actions.
        """
        chosen = {
            "entity": entity, "sender": sender, "target": target, "speaker": speaker,
            "country": country, "article": article, "type": types, "reason": reason,
            "measure": measure, "action": action, "realis": realis, "modality": modality,
            "confidence": confidence, "from_": since, "to": until, "in_force": in_force,
            "facet": facet, "limit": limit, "cursor": cursor,
        }  # fmt: skip
        listing = getattr(self._graph, kind)
        return Facts.of(listing(**chosen).page()).result()

    @_as_tool
    def timeline(
        self,
        entity: Annotated[str, Field(description="kind/key, such as country/ir, IRI, or a name.")],
        since: Day = None,
        until: Day = None,
        limit: Limit = 10,
        cursor: Cursor = None,
    ) -> Annotated[CallToolResult, Facts]:
        """What happened to somebody or something in the order of time, with the sentences.

        Facts of which no time is told are not on it: `facts` has them, too.
        """
        iri, _ = self._meant(entity)
        filters = {"from_": since, "to": until, "limit": limit, "cursor": cursor}
        return Facts.of(self._graph.timeline(iri, **filters).page()).result()

    @_as_tool
    def sparql(
        self,
        query: Annotated[str, Field(description="SELECT, ASK, CONSTRUCT or DESCRIBE.")],
        limit: Annotated[int, Field(ge=1, le=200, description="Rows or triples at most.")] = 50,
        seconds: Annotated[
            float | None, Field(gt=0, description="Time that it may take, if less than usual.")
        ] = None,
    ) -> Annotated[CallToolResult, Rows]:
        """The answer of a SPARQL 1.1 query over the whole graph, for what no other tool answers.

        Begin with `ontology`: it has the prefixes, classes, properties and queries that work. A query
        sees all graphs together; say SELECT DISTINCT. Updates are refused.
        """
        try:
            with self._graph.lines(query, seconds) as lines:
                return _rows(lines, limit).result()
        except ApiProblem as problem:
            if problem.status != httpx.codes.BAD_REQUEST:
                raise
            raise ToolError(f"{words(problem)}. {_MEND}") from None

    @_as_tool
    def ontology(
        self,
        about: Annotated[
            str | None, Field(description="A word or a name, such as SanctionsMeasure or target.")
        ] = None,
    ) -> Annotated[CallToolResult, Ontology]:
        """The words of the graph: classes, properties, vocabularies, prefixes, and queries that work.

        With `about`, the definitions of the terms that have the word, and queries with their text.
        """
        return of_graph(self._graph, about).result()

    def _meant(self, entity: str) -> tuple[str, list[Reference]]:
        """The IRI or key of what is meant, and what else may be. Raises ToolError for nothing."""
        if "/" in entity:
            return entity, []
        found = self._graph.suggest(entity, limit=_SUGGESTED)
        if not found:
            raise ToolError(f"no entity's name begins with {entity!r}: try `search`")
        return found[0].id, [Reference(each.id, each.label, each.type) for each in found[1:]]


class Resources:
    """Articles and facts as such, as text and as JSON."""

    def __init__(self, graph: Client) -> None:
        self._graph = graph

    @_as_resource
    def article(self, key: str) -> str:
        """An article: its headline, its day, where it comes from, and its text."""
        found = self._graph.article(key)
        head = [found.headline, f"{found.published}, {found.source or 'source not told'}", found.id]
        text = found.text or "(the server keeps no text)"
        return cut("\n".join([*head, "", text]), _LONGEST)

    @_as_resource
    def fact(self, kind: str, key: str) -> str:
        """A fact, with all who state it, where, and in which words."""
        found = self._graph.fact(f"{kind}/{key}")
        whole = msgspec.json.format(msgspec.json.encode(found), indent=1).decode()
        if len(whole) <= _LONGEST:
            return whole
        few = msgspec.to_builtins(trimmed(found))
        few["left_out"] = f"{len(found.statements)} statements are too many: these are the first"
        return msgspec.json.format(msgspec.json.encode(few), indent=1).decode()


def _rows(lines: Iterator[str], limit: int) -> Rows:
    """So many of the lines of an answer as are read, and whether there are more."""
    first = next(lines, "")
    if first in {"true", "false"}:
        return Rows(truth=first == "true")
    is_table = first.startswith("?") or not first
    body = lines if is_table else chain([first], lines)
    taken, more = _taken(body, limit)
    if not is_table:
        return Rows(triples=taken, notes=_stopped(len(taken), more))
    return Rows(
        variables=[name.removeprefix("?") for name in first.split("\t") if name],
        rows=[row.split("\t") for row in taken],
        notes=_stopped(len(taken), more),
    )


def _taken(lines: Iterator[str], limit: int) -> tuple[list[str], bool]:
    """(the lines, as many and as long as are read, whether there is another)."""
    taken: list[str] = []
    size = 0
    for line in islice(lines, limit):
        shown = "\t".join(cut(cell) for cell in line.split("\t"))
        size += len(shown)
        if size > _WIDEST:
            return taken, True
        taken.append(shown)
    return taken, next(lines, None) is not None


def _stopped(taken: int, more: bool) -> list[str]:
    if not more:
        return []
    return [
        f"only the first {taken} are told, and there are more: aggregate, or use LIMIT and OFFSET"
    ]


def _few_names(entity: Entity) -> Entity:
    return replace(entity, names=entity.names[:NAMES], same_as=entity.same_as[:NAMES])


def _omitted(entity: Entity) -> list[str]:
    more = max(len(entity.names), len(entity.same_as)) - NAMES
    return [f"{NAMES} names and {NAMES} addresses elsewhere at most are told"] if more > 0 else []
