"""Facts as a table: one row for each article that tells a fact, in each voice."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import IO, Any

from kgapi.errors import NotInstalled
from kgapi.exports import tables, told
from kgapi.exports.tables import Row
from kgapi.graph.iris import Iris
from kgapi.graph.vocab import ROLE_ORDER
from kgapi.queries import reads
from kgapi.queries.reads import ArticleRead, FactRead, Reference, StatementRead
from kgapi.store.engine import Engine

# Rows that are held until they are written as one group of Parquet.
_GROUP = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column: ``kind`` is text, texts, number, numbers, flag or day."""

    name: str
    kind: str = "text"


def _snake(name: str) -> str:
    return re.sub(r"(?=[A-Z])", "_", name).lower()


_FACT = (
    Column("fact"),
    Column("type"),
    Column("label"),
    Column("claimed", "flag"),
    Column("action"),
    Column("realis"),
    Column("date"),
    Column("begin"),
    Column("end"),
    Column("earliest", "day"),
    Column("latest", "day"),
    Column("date_text"),
)
_ROLES = tuple(
    Column(f"{_snake(role)}{suffix}", "texts") for role in ROLE_ORDER for suffix in ("", "_iri")
)
_VALUES = {
    "measureType": Column("measure_type", "texts"),
    "reason": Column("reason", "texts"),
    "status": Column("status"),
    "indicator": Column("indicator"),
    "direction": Column("direction"),
    "value": Column("value", "number"),
    "bound": Column("bound"),
    "approximate": Column("approximate", "flag"),
    "characterizedAs": Column("characterized_as"),
}
_STATEMENT = (
    Column("statement"),
    Column("modality"),
    Column("said_by"),
    Column("said_by_iri"),
    Column("confidence", "number"),
    Column("rule"),
    Column("extractor"),
    Column("inferred", "texts"),
    Column("article"),
    Column("headline"),
    Column("published", "day"),
    Column("source"),
    Column("evidence", "texts"),
    Column("evidence_start", "numbers"),
    Column("evidence_end", "numbers"),
)
COLUMNS = (*_FACT, *_ROLES, *_VALUES.values(), *_STATEMENT)
"""The columns of the table, in their order."""


def rows(engine: Engine, iris: Iris) -> Iterator[Row]:
    """The table, in the order of graphs, facts and statements."""
    for name, small in told.stores(engine, iris):
        articles: dict[str, ArticleRead | None] = {}
        for fact in reads.facts_of_graph(small, name):
            for statement in fact.statements:
                article = statement.article.iri
                if article not in articles:
                    articles[article] = reads.article(small, article)
                yield row(fact, statement, articles[article])


def row(fact: FactRead, statement: StatementRead, article: ArticleRead | None) -> Row:
    """One fact as one article tells it; what is not told is None or empty."""
    return {
        **_of_fact(fact),
        **dict(_of_roles(fact)),
        **{column.name: _value(column, fact.values.get(name)) for name, column in _VALUES.items()},
        **_of_statement(statement),
        "source": article.source if article else None,
    }


def _value(column: Column, value: Any) -> Any:
    return (value or []) if column.kind == "texts" else value


def _of_fact(fact: FactRead) -> Row:
    time = fact.time
    return {
        "fact": fact.id,
        "type": fact.type,
        "label": fact.label,
        "claimed": fact.claimed,
        "action": fact.action,
        "realis": fact.realis,
        "date": time["date"],
        "begin": time["begin"],
        "end": time["end"],
        "earliest": time["earliest"],
        "latest": time["latest"],
        "date_text": time["text"],
    }


def _of_roles(fact: FactRead) -> Iterator[tuple[str, list[str]]]:
    for role in ROLE_ORDER:
        fillers = fact.roles.get(role, ())
        named = [each for each in fillers if isinstance(each, Reference)]
        # A unit is a currency, which has a name, or a concept.
        concepts = [str(fact.values[role])] if role in fact.values else []
        yield _snake(role), [each.label for each in named] or concepts
        yield f"{_snake(role)}_iri", [each.iri for each in named]


def _of_statement(statement: StatementRead) -> Row:
    speaker = statement.speaker
    return {
        "statement": statement.id,
        "modality": statement.modality,
        "said_by": speaker.label if speaker else None,
        "said_by_iri": speaker.iri if speaker else None,
        "confidence": statement.confidence,
        "rule": statement.rule,
        "extractor": statement.extractor,
        "inferred": list(statement.inferred),
        "article": statement.article.iri,
        "headline": statement.article.label,
        "published": statement.published,
        "evidence": [each.text for each in statement.evidence],
        "evidence_start": [each.start for each in statement.evidence],
        "evidence_end": [each.end for each in statement.evidence],
    }


def write_csv(engine: Engine, iris: Iris, sink: IO[bytes]) -> None:
    """The table as CSV, with a header."""
    tables.write([column.name for column in COLUMNS], rows(engine, iris), sink)


def write_parquet(engine: Engine, iris: Iris, sink: IO[bytes]) -> None:
    """The table as Parquet, with lists as lists and days as days. Raises NotInstalled."""
    arrow, parquet = pyarrow()
    schema = arrow.schema([(column.name, _TYPES[column.kind](arrow)) for column in COLUMNS])
    with parquet.ParquetWriter(sink, schema, compression="zstd") as file:
        for group in _groups(rows(engine, iris)):
            file.write_table(arrow.Table.from_pylist([_typed(each) for each in group], schema))


def pyarrow() -> tuple[Any, Any]:
    """The library that writes Parquet. Raises NotInstalled where it is not installed."""
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise NotInstalled(
            "Parquet is written with pyarrow, which is not installed here: pip install 'kgapi[parquet]'"
        ) from None
    return pyarrow, pyarrow.parquet


_TYPES: Mapping[str, Callable[[Any], Any]] = {
    "text": lambda arrow: arrow.string(),
    "texts": lambda arrow: arrow.list_(arrow.string()),
    "number": lambda arrow: arrow.float64(),
    "numbers": lambda arrow: arrow.list_(arrow.int64()),
    "flag": lambda arrow: arrow.bool_(),
    "day": lambda arrow: arrow.date32(),
}


def _typed(told: Row) -> Row:
    """A row with each value of the type of its column, None for what is none of that type."""
    return {column.name: _as(column.kind, told[column.name]) for column in COLUMNS}


def _as(kind: str, value: Any) -> Any:
    match kind:
        case "texts":
            return [str(each) for each in value]
        case "text":
            return None if value is None else str(value)
        case "number":
            return value if isinstance(value, int | float) else None
        case "flag":
            return value if isinstance(value, bool) else None
        case "day":
            return _day(value)
        case _:
            return [int(each) for each in value]


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _groups(found: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(found)
    while group := list(islice(rest, _GROUP)):
        yield group
