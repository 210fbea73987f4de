"""text/plain: the text is the article, newlines aside (RFC 2046 section 4.1)."""

import codecs
import re

from kgapi.errors import UnreadableArticle
from kgapi.news.draft import Draft

# Names under which Python knows the encodings that English text comes in; codecs that are no
# encodings of text, or that can hide one character behind many spellings, are left out.
_CHARSETS = re.compile(
    r"utf-(?:8|16|32)(?:-[bl]e|-sig)?|ascii|iso8859-\d+|cp125\d|koi8-[ru]|mac-roman"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HTML = re.compile(r"\s*(?:<!doctype html|<html|<\?xml)", re.IGNORECASE)
_JSON = re.compile(r'\s*(?:\{\s*"|\[\s*[{"])')


def read(data: bytes, charset: str | None = None) -> Draft:
    """The text as it came. Raises UnreadableArticle for other formats and for no text at all."""
    text = decode(data, charset)
    for sign, media_type in ((_HTML, "text/html"), (_JSON, "application/json")):
        if sign.match(text):
            raise UnreadableArticle(
                f"The text is {media_type} and was sent as text/plain: send it as {media_type}."
            )
    return Draft(text=text)


def decode(data: bytes, charset: str | None = None) -> str:
    """Bytes as text: by their byte order mark, else the declared charset, else as UTF-8."""
    declared = "utf-8" if charset is None else _codec(charset)
    codec = next((codec for mark, codec in _MARKS if data.startswith(mark)), declared)
    try:
        return data.decode(codec).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        what = "binary" if b"\0" in data[:1000] else f"not {charset or 'UTF-8'}"
        raise UnreadableArticle(
            f"The bytes are {what} (at byte {error.start}): send text in UTF-8,"
            " or declare the charset it is in."
        ) from None


def _codec(charset: str) -> str:
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        name = ""
    if not _CHARSETS.fullmatch(name):
        raise UnreadableArticle(f"The charset {charset[:40]!r} is not read: send text in UTF-8.")
    # Whoever declares Latin-1 or ASCII means its superset: WHATWG Encoding section 4.2
    return "cp1252" if name in {"iso8859-1", "ascii"} else name
