"""text/html and application/xhtml+xml: the story of a page, without what stands around it.

The text that is stored is the headline and the paragraphs of the story, with a blank line between
them; evidence points into that text. Nothing is ever fetched.
"""

import json
import re
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kgapi.errors import UnreadableArticle
from kgapi.news import dates
from kgapi.news.draft import Draft, check_characters, is_url
from kgapi.news.plaintext import decode
from kgapi.news.record import named, news_articles
from kgapi.news.zones import zones

if TYPE_CHECKING:
    from datetime import date

LARGEST = 5_000_000  # bytes of a page
MOST_ELEMENTS = 15_000  # the time that finding the story takes grows with their square
DEEPEST = 250  # elements within elements; the parser drops what lies below 255
_CHARSET = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,200}?encoding)\s*=\s*["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-zA-Z!]")
_SENTENCE = re.compile(r"""(?:\S+\s+){5}.*[.!?…]["'”’)\]]*\Z""", re.DOTALL)
_QUOTED = re.compile(r"""=\s*(?:"[^"]*"|'[^']*')""")
_GIANT_TAG = re.compile(r"<[a-zA-Z][^<>]{20000}")
_DATING = {
    "extensive_search": False,  # dates that the page states; no search through its text
    "original_date": True,  # published, not modified
    "deferred_url_extractor": True,
    "min_date": "1900-01-01",
    "max_date": "2100-01-01",  # fixed: by default it is today, which is another day tomorrow
}


def read(data: bytes, charset: str | None = None) -> Draft:
    """The story, its headline, date and address. Raises UnreadableArticle where there is none.

    The page's own word on its language is not passed on: it is often only its template's.
    """
    if len(data) > LARGEST:
        raise UnreadableArticle(
            f"The page has {len(data)} bytes, more than the {LARGEST} that are read:"
            " send the story as text/plain."
        )
    declared = _CHARSET.search(data[:1024])  # HTML Living Standard section 13.2.3.2
    markup = decode(data, charset or (declared[1].decode() if declared else None))
    markup = markup.replace("\f", " ")  # white space in HTML, a control character in a story
    check_characters("page", markup)
    if not _TAG.search(markup):
        raise UnreadableArticle("The page has no markup at all: send it as text/plain.")
    # The parser compares each attribute of an element with all others before it
    if _GIANT_TAG.search(_QUOTED.sub("=", markup)):
        raise UnreadableArticle(
            "The page has an element with thousands of attributes: send the story as text/plain."
        )
    stated = _json_ld(_parse(markup))
    trafilatura = _trafilatura()
    known = trafilatura.extract_metadata(_parse(markup), date_config=_DATING, extensive=False)
    found: Any = trafilatura.bare_extraction(_parse(markup), include_comments=False)
    headline = named(stated.get("headline"), "@value") or known.title
    text = _story((found.text if found else None) or "", headline)
    address = (named(stated.get("url") or stated.get("mainEntityOfPage"), "@id"), known.url)
    return Draft(
        text=text,
        headline=headline,
        published=_published(stated, known.date, markup),
        source=next((url for url in address if url and is_url(url)), None),
        source_title=named(stated.get("publisher"), "name") or known.sitename,
    )


@cache
def _trafilatura() -> ModuleType:
    """The library, loaded at the first page and kept from telling on stderr what our errors tell."""
    import logging

    import trafilatura

    for name in ("trafilatura", "htmldate"):
        logging.getLogger(name).addHandler(logging.NullHandler())
    return trafilatura


def _parse(markup: str) -> Any:
    """The tree of a page, a new one each time: those who read it also prune it."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        page = html.document_fromstring(markup.encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        raise UnreadableArticle(
            "The page holds no element: send the story as text/plain."
        ) from None
    size = int(page.xpath("count(//*)"))
    if size > MOST_ELEMENTS:
        raise UnreadableArticle(
            f"The page has {size} elements, more than the {MOST_ELEMENTS} that are read:"
            " send the story as text/plain."
        )
    if page.xpath(f"boolean({'/*' * DEEPEST})"):
        raise UnreadableArticle(
            f"The page nests {DEEPEST} elements or more: send the story as text/plain."
        )
    return page


def _json_ld(page: Any) -> dict[str, Any]:
    """The first schema.org article that the page says it is; broken JSON-LD says nothing."""
    for script in page.xpath("//script[@type='application/ld+json']"):
        try:
            for article in news_articles(json.loads(script.text or "")):
                return article
        except (ValueError, RecursionError):
            continue
    return {}


def _story(body: str, headline: str | None) -> str:
    """Headline and paragraphs. Raises UnreadableArticle where no paragraph is a sentence."""
    blocks = [line.strip() for line in body.split("\n") if line.strip()]
    if headline and blocks and " ".join(headline.split()) not in blocks[:3]:
        blocks.insert(0, " ".join(headline.split()))
    text = "\n\n".join(blocks)
    if not any(
        zone.kind == "body" and _SENTENCE.match(text[zone.start : zone.end])
        for zone in zones(text, headline)
    ):
        raise UnreadableArticle(
            "The page holds no story, only navigation, notices or scripts:"
            " send the page of one article, or its story as text/plain."
        )
    return text


def _published(stated: dict[str, Any], guess: str | None, markup: str) -> "date | None":
    """The day that the page states. What htmldate makes of a written date is read by our rules.

    Those see that 12/05/2023 has two readings, and look at the weekday.
    """
    for value in (named(stated.get("datePublished"), "@value"), guess):
        try:
            day = dates.iso(value or "", "datePublished")
        except UnreadableArticle:
            continue
        if any(day.strftime(form) in markup for form in ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d")):
            return day
        visible = " ".join(_parse(markup).xpath("//text()[not(parent::script or parent::style)]"))
        everywhere = dates.written(visible)
        for one in everywhere:
            if day in one.readings:
                return dates.settled(one, visible, everywhere)
    return None
