"""Which part of an article a paragraph is, told by its form and place alone."""

import re
from collections.abc import Iterator

from kgapi.news.article import Zone, paragraphs
from kgapi.news.dates import MONTH, WEEKDAY, written

_UNWRAPPED = 120  # characters; a paragraph with a longer line breaks lines between paragraphs
_HEAD = 4  # lines above a story: picture, headline, author, date
_TITLE = 200  # characters of the longest headline
_AIRY = 130  # characters; of two lines that could be the headline, a longer one is the caption

_BOILERPLATE = re.compile(
    r"""(?:more\ (?:news|stories|from)\b|read\ (?:more|also|next|the\ full)\b|see\ also\b
    |(?:related|latest|top|most\ read|recommended|trending)(?:\ \w+){0,2}:?$|follow\ (?:us|@)
    |most\ (?:read|popular)\b|subscribe\b|sign\ (?:up|in)\b|log\ in\b|share\ (?:this|on)\b
    |advertisement(?::|$)|sponsored(?:\ content)?$
    |copyright\b|©|\(c\)\ \d|all\ rights\ reserved|tags?:|topics?:
    |click\ here|join\ our\b|download\ our\ app
    |\((?:reporting|editing|writing)\ by\b|(?:reporting|writing)\ by\ [^.;]{1,80};|editing\ by\b
    |(?:media|press)\ (?:contact|inquiries)|we\ use\ cookies|accept\ (?:all\ )?cookies
    |please\ enable\ javascript|privacy\ policy|terms\ of\ (?:use|service)|our\ standards:
    |(?:\#{3}|\*{3}|-{2,3}\ ?30\ ?-{2,3}|ends|-ends-)$)""",
    re.IGNORECASE | re.VERBOSE,
)
_LINKS_FOLLOW = re.compile(
    r"more (?:news|stories)|related|most (?:read|popular)|recommended|trending|latest|read also",
    re.IGNORECASE,
)
_CREDITED = re.compile(
    r"""(?i:file\ (?:photo|picture|image)\b|(?:photo|picture|image|caption)(?:\ by|\ credit)?:)
    |FILE\ ?[-–—]""",
    re.VERBOSE,
)
_CREDIT = re.compile(
    r"\[?\(?(?:AP Photo|Photo(?: by|:)|REUTERS/|Getty Images|AFP/|Image:|Source: Reuters)[^.]*\W*$"
)
_PICTURED = re.compile(
    r"(?i)\((?:pictured|(?:from )?(?:left|right|cent(?:er|re)|[lrc])"
    r"|(?:second|third) from (?:left|right))\)|\bpictured\b|\bin this (?:\w+ )?(?:photo|picture)\b"
)
_BYLINE = re.compile(
    r"(?:By|Written by|Reported by) [A-Z][\w.'’-]*"
    r"(?:,? (?:and|in|for|of|at|[A-Z][\w.'’&-]*)){0,12},?"
)
_SENTENCE_END = re.compile(r"""(?<!\b[A-Z]\.[A-Z])[.:;…]["'”’)\]]*$""")
_MONTH_DAY = re.compile(rf"\b(?:{MONTH}\.? \d\d?|\d\d? {MONTH})\b(?:, ?(?:19|20)\d\d)?", re.I)
_CLOCK = re.compile(
    r"\b\d\d?[:.]\d\d(?::\d\d)?\b|\b(?:[ap]\.?m|GMT|UTC|CET|CEST|[EMCP][SD]?T|MSK|IRST|hrs?|h"
    r"|on|at|in|first|last|published|updated|posted|modified|date|by|\d+ min(?:ute)? read)\b",
    re.I,
)
_AGENCY = r"(?: ?\([A-Z][\w ./-]{1,30}\))"
_DAY = rf"(?:, ?(?:{MONTH}\.? \d\d?|\d\d? {MONTH})(?:,? (?:19|20)\d\d)?)"
_INLINE = re.compile(
    rf"(?:[A-Z][A-Z.'’/-]+(?: [A-Z][A-Z.'’/-]+){{0,4}}"
    rf"(?:, ?[A-Z][A-Za-z. ]{{1,20}})?{_DAY}?{_AGENCY}?"
    rf"|[A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){{0,3}}(?:{_DAY}{_AGENCY}?|{_AGENCY}))"
    r"(?=\s*(?:—|–|--|-)\s+\S)"
)
_DASH = re.compile(r"\s*[—–-]+\s+")
_MARK = re.compile(r"#{1,6}\s+")


def zones(text: str, headline: str | None = None) -> tuple[Zone, ...]:
    """The zones of a text: in reading order, disjoint, without outer white space.

    ``headline`` is the headline as known from elsewhere; a paragraph that repeats it is the
    headline zone.
    """
    spans = list(_blocks(text))
    blocks = [text[start:end] for start, end in spans]
    kinds = _kinds(blocks, headline)
    return tuple(
        zone
        for kind, (start, end) in zip(kinds, spans, strict=True)
        for zone in _cut(kind, start, text[start:end])
    )


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    """Paragraphs; and the lines of those whose lines are no wrapped prose: too long, or a head."""
    for start, end in paragraphs(text):
        lines = text[start:end].split("\n")
        heads = any(_by_form(line.strip()) in {"dateline", "byline"} for line in lines[:_HEAD])
        if len(lines) == 1 or (max(map(len, lines)) <= _UNWRAPPED and not heads):
            yield start, end
            continue
        for line in lines:
            if inner := line.strip():
                lead = start + len(line) - len(line.lstrip())
                yield lead, lead + len(inner)
            start += len(line) + 1


def _kinds(blocks: list[str], headline: str | None) -> list[str]:
    kinds = [_by_form(block) for block in blocks]
    head = _end_of_head(kinds)
    if head == 0 and _captions_a_head(blocks, kinds):
        kinds[0] = "caption"
        head = _end_of_head(kinds)
    titles = [i for i in range(head) if kinds[i] == "title"]
    chosen = _headline_among(titles, blocks, headline)
    links = False
    for i, kind in enumerate(kinds):
        links = links or (kind == "boilerplate" and bool(_LINKS_FOLLOW.match(blocks[i])))
        if kind == "title":
            kinds[i] = _title_kind(i, chosen, head, links, blocks[i])
        elif kind in {"byline", "dateline"} and i > head:
            kinds[i] = "boilerplate" if links else kind
    if "body" not in kinds and chosen is not None and not _title_case(blocks[chosen]):
        kinds[chosen] = "body"  # a single line, sent to be read
    return kinds


def _by_form(block: str) -> str:
    """The kind that a paragraph's form gives away, else title or body: with or without an end."""
    if len(block) <= 300 and _BOILERPLATE.match(block):
        return "boilerplate"
    if len(block) <= 120 and _is_dateline(block):
        return "dateline"
    if len(block) <= 150 and _BYLINE.fullmatch(block):
        return "byline"
    if len(block) <= 500 and (_CREDITED.match(block) or _CREDIT.search(block[-80:])):
        return "caption"
    if "\n" in block or len(block) > 300 or _SENTENCE_END.search(block):
        return "body"
    return "title"


def _is_dateline(block: str) -> bool:
    """A date with nothing beside it but a place, a clock, a byline."""
    rest, days = block, [(one.start, one.end) for one in written(block)]
    for start, end in reversed(days):
        rest = rest[:start] + " " + rest[end:]
    rest, partial = _MONTH_DAY.subn(" ", rest)
    rest = _CLOCK.sub(" ", WEEKDAY.sub(" ", rest))
    words = re.findall(r"[^\W_]+", rest)
    return bool(days or partial) and len(words) <= 5 and all(word[0].isupper() for word in words)


def _captions_a_head(blocks: list[str], kinds: list[str]) -> bool:
    """True where a first sentence stands above the headline: it captions the picture there."""
    following = kinds[1:3]
    return following[:1] == ["title"] and (
        bool(_PICTURED.search(blocks[0]))
        or (following[1:] in (["dateline"], ["byline"]) and _title_case(blocks[1]))
    )


def _end_of_head(kinds: list[str]) -> int:
    return next((i for i, kind in enumerate(kinds) if kind == "body"), len(kinds))


def _headline_among(titles: list[int], blocks: list[str], headline: str | None) -> int | None:
    """The title that is the headline: the known one, a marked one, else the most title-like."""
    if headline:
        known = " ".join(headline.split()).casefold()
        for i in titles:
            if " ".join(_MARK.sub("", blocks[i], count=1).split()).casefold() == known:
                return i
    fitting = [i for i in titles if len(blocks[i]) <= _TITLE and not _PICTURED.search(blocks[i])]
    return max(
        fitting,
        key=lambda i: (
            bool(_MARK.match(blocks[i])),
            _title_case(blocks[i]),
            len(blocks[i]) <= _AIRY,
            -i,
        ),
        default=None,
    )


def _title_kind(i: int, chosen: int | None, head: int, links: bool, block: str) -> str:
    if i == chosen:
        return "headline"
    if i < head and (i < (chosen or 0) or _PICTURED.search(block)):
        return "caption"
    return "boilerplate" if links and i > head else "body"


def _title_case(block: str) -> bool:
    words: list[str] = [word for word in re.findall(r"[^\W\d_]+", block) if len(word) > 3]
    capital = sum(word[0].isupper() for word in words)
    return 10 * capital >= 7 * len(words)


def _cut(kind: str, start: int, block: str) -> Iterator[Zone]:
    """The zones of a block: a wire dateline is cut off its paragraph, a mark off its headline."""
    if kind == "headline" and (mark := _MARK.match(block)):
        yield Zone(kind, start + mark.end(), start + len(block))
    elif kind == "body" and (place := _INLINE.match(block[:150])):
        dash = _DASH.match(block, place.end())
        yield Zone("dateline", start, start + place.end())
        yield Zone(kind, start + (dash.end() if dash else place.end()), start + len(block))
    else:
        yield Zone(kind, start, start + len(block))
