"""Sentences keep the offsets of the stored text, whatever its typography."""

from datetime import date

import pytest
from spacy.tokens import Token

from kgapi import news
from kgapi.facts.rules.text import Parser, plain
from kgapi.news.article import Article, Zone, paragraphs
from kgapi.reference import files

SEED = "2023-12-06-moscow-declaration-russia-iran.md"


@pytest.fixture(scope="module")
def parser() -> Parser:
    return Parser()


def body(text: str) -> Article:
    zones = tuple(Zone("body", start, end) for start, end in paragraphs(text))
    return Article(text, "x", date(2023, 12, 5), zones)


@pytest.mark.parametrize(
    "text",
    [
        "“We\u00a0have signed,” said Lavrov\u2019s aide.\n\nIran\u2014he said\u2014agreed.",
        "Zażółć gęślą jaźń. 🇷🇺 Russia signed 🤝 a deal.\n\nA second line\nwith a break.",
        "Mr Lavrov (left) met Mr Fidan (right) in Bali.",
        "Albania co-sponsored the re-imposed measures.",
        "Albania --- said to be well-- paid -- agreed.\n\n---\n\nIt signed.",
    ],
)
def test_words_are_cut_from_the_stored_text(parser: Parser, text: str) -> None:
    ((article, sentences, warnings),) = parser.read([body(text)])
    assert warnings == []
    assert sentences
    for sentence in sentences:
        for word in sentence.words:
            assert plain(article.text[word.start : word.end]) == word.text
        starts = [word.start for word in sentence.words]
        assert starts == sorted(starts)


def test_the_parse_is_the_one_that_the_library_makes(parser: Parser) -> None:
    """``Parser`` leads spaCy's transition parsers step by step, which another release may change."""
    article = news.read((files.seeds("articles") / SEED).read_bytes(), "text/markdown")
    texts = [article.text[start:end] for start, end in paragraphs(article.text)]
    ours = parser._parsed(map(parser._nlp.make_doc, texts))
    theirs = parser._nlp.pipe(texts)
    assert [list(map(parsed, doc)) for doc in ours] == [list(map(parsed, doc)) for doc in theirs]


def parsed(token: Token) -> tuple[int, str, str, str, str]:
    return token.head.i, token.dep_, token.tag_, token.ent_iob_, token.ent_type_


def test_where_someone_stands_in_a_picture_is_left_out(parser: Parser) -> None:
    ((_, (sentence,), _),) = parser.read([body("Sergei Lavrov (left) met Hakan Fidan.")])
    assert "left" not in {word.text for word in sentence.words}


def test_plain_never_changes_the_length() -> None:
    text = "“a”\u00a0‘b’ – c\u2009d « e »"
    assert len(plain(text)) == len(text)


def test_a_headline_is_read_in_sentence_case(parser: Parser) -> None:
    text = "Iran Signs Deal With Oman\n\nIran has signed a deal with Oman."
    (first, second) = paragraphs(text)
    article = Article(text, "x", None, (Zone("headline", *first), Zone("body", *second)))
    ((_, sentences, _),) = parser.read([article])
    assert [word.text for word in sentences[0].words] == ["Iran", "signs", "deal", "with", "Oman"]
    assert text[sentences[0].start : sentences[0].end] == "Iran Signs Deal With Oman"


def test_a_paragraph_without_end_is_warned_of(parser: Parser) -> None:
    text = "word " * 20_000
    ((_, sentences, warnings),) = parser.read([body(text)])
    assert sentences == []
    assert len(warnings) == 1


def test_boilerplate_is_not_read(parser: Parser) -> None:
    text = "Russia signed a deal with Iran."
    article = Article(text, "x", None, (Zone("boilerplate", 0, len(text)),))
    ((_, sentences, _),) = parser.read([article])
    assert sentences == []
