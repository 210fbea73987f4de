"""application/json: our own record of an article, or a schema.org NewsArticle in JSON-LD."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from kgapi.errors import UnreadableArticle
from kgapi.news import dates
from kgapi.news.draft import Content, Draft, Part
from kgapi.news.plaintext import decode

FIELDS = ("text", "headline", "published", "source", "source_title", "language")
TYPES = frozenset(  # https://schema.org/NewsArticle and what is below and right above it
    {"Article", "NewsArticle"}
    | {f"{kind}NewsArticle" for kind in ("Reportage", "Analysis", "Background")}
    | {f"{kind}NewsArticle" for kind in ("AskPublic", "Opinion", "Review")}
)


def read(data: bytes, charset: str | None = None) -> Draft:
    """The one article of a JSON document; raises UnreadableArticle, naming the member."""
    document = _parse(decode(data, charset))
    if isinstance(document, dict) and not document.keys() & {"@context", "@type", "@graph"}:
        return _own(document)
    if not isinstance(document, dict | list):
        raise UnreadableArticle(
            f'The document is {_kind(document)}: send an object with a member "text".'
        )
    found = list(news_articles(document))
    if len(found) != 1:
        raise UnreadableArticle(
            f"The document holds {len(found) or 'no'} schema.org NewsArticle"
            f"{'s' if len(found) > 1 else ''}: send one, or several as application/x-ndjson."
        )
    return _schema_org(found[0])


def lines(data: Content, charset: str | None = None) -> Iterator[Part]:
    """The records of JSON Lines; blank lines hold none."""
    start, number = 3 if data[:3] == b"\xef\xbb\xbf" else 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        end, number = len(data) if end < 0 else end, number + 1
        if (line := data[start:end]).strip():
            yield Part(f"line {number}", "application/json", line)
        start = end + 1


def news_articles(document: Any) -> Iterator[dict[str, Any]]:
    """The schema.org articles of a parsed JSON-LD document: at the top, in a list, in @graph."""
    waiting = [document]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = [one for one in node if isinstance(one, dict | list)]
        elif isinstance(node, dict):
            if TYPES & {name.rpartition("/")[2].rpartition(":")[2] for name in _types(node)}:
                yield node
            waiting[:0] = [node["@graph"]] if "@graph" in node else []


def named(value: Any, member: str) -> str | None:
    """A string, or that member of an object that stands for it (a publisher, a page)."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get(member)
    return value if isinstance(value, str) else None


def _types(node: dict[str, Any]) -> list[str]:
    given = node.get("@type")
    return [one for one in (given if isinstance(given, list) else [given]) if isinstance(one, str)]


def _own(record: dict[str, Any]) -> Draft:
    if unknown := sorted(record.keys() - set(FIELDS)):
        raise UnreadableArticle(
            f"The member {unknown[0][:100]!r} is not known: the members are {', '.join(FIELDS)}."
        )
    values = {field: _string(record, field) for field in FIELDS}
    published = values["published"]
    return Draft(
        text=_required(values["text"], "text"),
        headline=values["headline"],
        published=dates.iso(published, "published") if published is not None else None,
        source=values["source"],
        source_title=values["source_title"],
        language=values["language"],
    )


def _schema_org(article: dict[str, Any]) -> Draft:
    published = _string(article, "datePublished")
    page = article.get("url") or article.get("mainEntityOfPage")
    return Draft(
        text=_required(_string(article, "articleBody"), "articleBody"),
        headline=_string(article, "headline"),
        published=dates.iso(published, "datePublished") if published is not None else None,
        source=named(page, "@id"),
        source_title=named(article.get("publisher"), "name"),
        language=named(article.get("inLanguage"), "alternateName"),
    )


def _string(record: dict[str, Any], member: str) -> str | None:
    value = record.get(member)
    if value is None or isinstance(value, str):
        return value
    raise UnreadableArticle(f"{member} is {_kind(value)}: it must be a string.")


def _required(value: str | None, member: str) -> str:
    if value is None:
        raise UnreadableArticle(f'The member "{member}" is missing: put the article’s text there.')
    return value


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else names.get(type(value), "a number")


def _parse(text: str) -> Any:
    try:
        # No number is ever used, and a float can have any number of digits
        return json.loads(
            text, parse_int=float, parse_constant=_not_json, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        raise UnreadableArticle(
            f"The document is no JSON ({error.msg}, line {error.lineno}, column {error.colno}):"
            " mend it there, or send text as text/plain."
        ) from None
    except RecursionError:
        raise UnreadableArticle("The JSON is nested too deeply: send a flat object.") from None
    except ValueError as error:
        raise UnreadableArticle(f"The document is no JSON we read: {error}.") from None


def _not_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number (RFC 8259 section 6), leave it out")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the member {twice[:100]!r} stands twice in one object, keep one")
    return record
