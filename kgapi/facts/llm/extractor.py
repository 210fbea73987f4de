"""The llm extractor: a question for each article, an answer held against its text."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from time import sleep
from typing import Any

import kgapi
from kgapi.errors import BadFacts
from kgapi.facts import schema
from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Fact
from kgapi.facts.llm import chat, check
from kgapi.facts.llm.answers import Answers
from kgapi.facts.llm.chat import Model
from kgapi.news.article import Article
from kgapi.settings import Settings

LONGEST = 60_000
"""Characters of an article that the model is given."""

MOST = 500
"""Facts that are taken of one answer."""


class LlmExtractor:
    """Asks a model for the facts of each article. See the Extractor protocol.

    What the model says is data like any other: a fact counts only as far as the ontology knows its
    terms and the article says what it quotes. ``confidence`` is that of every fact, as a model's own
    is worth little.
    """

    name = "llm"

    def __init__(
        self,
        model: Model,
        answers: Answers,
        confidence: float,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self._model, self._answers, self._confidence, self._wait = model, answers, confidence, wait
        self._prompt = Path(__file__).with_name("prompt.md").read_text("utf-8")
        self._schema = schema.answer()
        asked = f"{self._prompt}{json.dumps(self._schema)}{LONGEST}"
        self._question = sha256(asked.encode()).hexdigest()[:12]

    @property
    def version(self) -> str:
        """The model, and a digest of what it is asked and of how its answers are read."""
        read = f"{self._question}{kgapi.__version__}{self._confidence}"
        return f"{self._model.name}-{sha256(read.encode()).hexdigest()[:12]}"

    def extract(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        """Facts of each article, in the order of the articles, as a stream. Raises ModelFailed."""
        for article in articles:
            dropped: Counter[str] = Counter()
            facts = _once(self._facts(self._answer(article)["facts"], article, dropped))
            warnings = tuple(_warnings(article, dropped))
            yield Extraction(article, tuple(facts), warnings, fallible=True)

    def _answer(self, article: Article) -> dict[str, Any]:
        key = (self._model.name, self._question, article.digest, str(article.published))
        answer = self._answers.get(*key)
        if answer is None:
            answer = chat.ask(self._model, self._prompt, _told(article), self._schema, self._wait)
            self._answers.put(answer, *key)
        return answer

    def _facts(self, told: list[Any], article: Article, dropped: Counter[str]) -> Iterator[Fact]:
        for each in told[:MOST]:
            try:
                yield check.fact(each, article, self.name, self._confidence)
            except BadFacts as error:
                dropped[error.extra["reason"]] += 1
        dropped["too-many"] += len(told[MOST:])


def open_model(settings: Settings) -> LlmExtractor:
    """The extractor that the settings describe. Raises BadSettings."""
    model = Model(
        settings.llm_url,
        settings.llm_model,
        settings.llm_key,
        settings.llm_timeout,
        settings.llm_attempts,
    )
    folder = Path(settings.llm_cache) if settings.llm_cache else None
    if folder is None and not settings.in_memory:
        folder = settings.store_folder / "llm-answers"
    return LlmExtractor(model, Answers(folder), settings.llm_confidence)


def _told(article: Article) -> str:
    # No article holds its own digest, so none can close the lines around it.
    edge = f"-----ARTICLE {article.digest}"
    return f"Published: {article.published}\n{edge}\n{article.text[:LONGEST]}\n{edge}"


def _once(facts: Iterable[Fact]) -> list[Fact]:
    """The facts in the order of the text, repeats left out."""
    found: list[Fact] = []
    for fact in facts:
        if fact not in found:
            found.append(fact)
    return sorted(found, key=lambda fact: (fact.evidence[0].start, fact.evidence[0].end))


def _warnings(article: Article, dropped: Counter[str]) -> Iterator[str]:
    if len(article.text) > LONGEST:
        yield f"the model read the first {LONGEST:,} characters only"
    if reasons := [f"{number} {reason}" for reason, number in sorted(dropped.items()) if number]:
        yield f"facts of the model that are left out: {', '.join(reasons)}"
