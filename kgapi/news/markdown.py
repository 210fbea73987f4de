"""text/markdown with YAML front matter: the text is the body, exactly as written."""

import re
from collections.abc import Mapping

from kgapi.errors import UnreadableArticle
from kgapi.news import dates
from kgapi.news.draft import Draft
from kgapi.news.plaintext import decode

FIELDS = ("headline", "title", "published", "date", "language", "source", "source_title")
_LONGEST = 20_000  # characters of front matter
_OPENING = re.compile(r"---[ \t]*\r?\n")
_CLOSING = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


def read(data: bytes, charset: str | None = None) -> Draft:
    """The body and what its front matter states. Raises UnreadableArticle, naming the field."""
    text = decode(data, charset)
    stated: Mapping[str, str] = {}
    if opening := _OPENING.match(text):
        closing = _CLOSING.search(text, opening.end())
        if closing is None:
            raise UnreadableArticle(
                "The front matter is opened and never closed: end it with a line of three dashes."
            )
        stated = _front_matter(text[opening.end() : closing.start()])
        text = text[closing.end() :]
    published = stated.get("published") or stated.get("date")
    return Draft(
        text=text,
        headline=stated.get("headline") or stated.get("title"),
        published=dates.iso(published, "The front matter’s date") if published else None,
        source=stated.get("source") or None,
        source_title=stated.get("source_title"),
        language=stated.get("language"),
    )


def _front_matter(written: str) -> Mapping[str, str]:
    """The known fields; others are the author's own business and are left alone."""
    import yaml

    if len(written) > _LONGEST:
        raise UnreadableArticle(
            f"The front matter is longer than {_LONGEST} characters: shorten it."
        )
    try:
        # BaseLoader leaves every scalar the string that was written: no date is silently
        # changed, no merge key or tag is expanded
        loaded = yaml.load(written, Loader=yaml.BaseLoader)  # noqa: S506
    except (yaml.YAMLError, RecursionError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = "" if line is None else f" (its line {line + 1})"
        raise UnreadableArticle(
            f"The front matter is no YAML{where}: write one “field: value” a line,"
            " values with a colon in quotes."
        ) from None
    if loaded in (None, ""):
        return {}
    if not isinstance(loaded, dict):
        raise UnreadableArticle("The front matter is no mapping: write one “field: value” a line.")
    for field in FIELDS:
        if not isinstance(loaded.get(field, ""), str):
            raise UnreadableArticle(
                f"The front matter’s {field} is a list or a mapping: write a single value."
            )
    return {field: loaded[field] for field in FIELDS if field in loaded}
