"""The rules extractor: articles in, facts out, nothing but the lexicon and the tree in between."""

import gc
from collections.abc import Iterable, Iterator
from functools import cached_property
from hashlib import sha256
from itertools import islice

import kgapi
from kgapi.facts.extractor import Extraction
from kgapi.facts.fact import Fact, Named
from kgapi.facts.rules import (
    assemble,
    candidates,
    complete,
    dating,
    frames,
    lexicon,
    links,
    mending,
    mentions,
    offices,
    people,
    phrases,
    places,
    realis,
    text,
    voice,
)
from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.reading import Filler, Reading, Sanctioned
from kgapi.facts.rules.text import Sentence
from kgapi.news.article import Article
from kgapi.reference import files, gazetteer, ontology

_BATCH = 32
_UTTERANCE = frozenset({"Utterance"})
_JUDGEMENT = frozenset({"Judgement"})
_STATES = frozenset({"SanctionsMeasure", "Designation", "Judgement"})


class RulesExtractor:
    """Finds facts by frames over a dependency parse. See the Extractor protocol."""

    name = "rules"

    def __init__(self) -> None:
        self._gazetteer = gazetteer.shipped()
        self._programmes = self._gazetteer.among(_is_programme)
        self._names = self._gazetteer.among(lambda known: not _is_programme(known))
        self._lexicon = lexicon.shipped()
        self._frames = frames.shipped()
        self._parser = text.Parser(self._gazetteer.__contains__, self._frames.has_verb)
        self._others = frozenset(ontology.shipped().classes) - _UTTERANCE - _JUDGEMENT
        # What is loaded stays: without this every collection goes through all of it again.
        gc.freeze()

    @cached_property
    def version(self) -> str:
        """The package's version and the digest of all data that decide what is found."""
        data = sha256()
        for name in (
            "frames.toml",
            "words.toml",
            "reference.ttl",
            "sanctions.ttl",
            "vocabularies.ttl",
        ):
            data.update(files.ontology(name).read_bytes())
        return f"{kgapi.__version__}+{data.hexdigest()[:12]}"

    def extract(self, articles: Iterable[Article]) -> Iterator[Extraction]:
        """Facts of each article, in the order of the articles, as a stream."""
        stream = iter(articles)
        while batch := list(islice(stream, _BATCH)):
            for article, sentences, warnings in self._parser.read(batch):
                facts = self._facts(self._open(article, sentences))
                yield Extraction(article, tuple(facts), tuple(warnings))

    def read(self, article: Article) -> tuple[list[Named], list[Fact]]:
        """Whom and what an article names, in reading order, and its facts."""
        ((_, sentences, _),) = self._parser.read([article])
        reading = self._open(article, sentences)
        found = {
            Named(mention.entity, mention.words[0].start, mention.words[-1].end)
            for here in reading.mentions
            for mention in here.values()
        }
        named = sorted(found, key=lambda each: (each.start, each.end, each.entity.path))
        return named, self._facts(reading)

    def _facts(self, reading: Reading) -> list[Fact]:
        found: list[Candidate] = []
        carried: voice.Carried = voice.NOBODY
        spoken: list[tuple[Sentence, voice.Speech]] = []
        for sentence in reading.sentences:
            here, carried, speeches = self._sentence(sentence, found, carried, reading)
            found += here
            spoken += [(sentence, speech) for speech in speeches]
        voice.trace_back(found, spoken)
        kept = [c for c in found if complete.is_whole(c) and not _is_in_headline(c)]
        facts = [*assemble.facts(kept, reading.article), *assemble.tenures(reading)]
        return sorted(facts, key=lambda fact: (fact.evidence[0].start, fact.evidence[0].end))

    def _open(self, article: Article, sentences: list[Sentence]) -> Reading:
        plain = text.plain(article.text)
        for sentence in sentences:
            mending.name_measures(sentence, self._lexicon)
            mending.restore_verbs(sentence)
            mending.recount(sentence, self._lexicon)
            mending.bring_members(sentence, self._lexicon)
            mending.find_front(sentence)
            mending.restore_coordinated(sentence, self._frames)
            if sentence.title:
                mending.spell_out(sentence, self._lexicon)
        named = mentions.find(sentences, plain, self._names, self._lexicon)
        known = people.find(sentences, named, plain, self._lexicon)
        for sentence, here in zip(sentences, named, strict=True):
            mending.rejoin(here)
            mending.list_up(sentence, here)
            mending.find_verbs(here)
            mending.find_speakers(here)
        for sentence, here in zip(sentences, named, strict=True):
            for office in offices.read(sentence, here, known, self._lexicon, plain):
                known.hold(office)
        return Reading(article, plain, sentences, named, known, self._lexicon, self._gazetteer)

    def _sentence(
        self, sentence: Sentence, before: list[Candidate], carried: voice.Carried, reading: Reading
    ) -> tuple[list[Candidate], voice.Carried, list[voice.Speech]]:
        for word, mention in reading.mentions[sentence.number].items():
            if word is mention.head:
                reading.remember(mention.entity, sentence, word)
        for word in sentence.words:
            for filler in phrases.pointed_at(word, sentence, reading):
                reading.remember(filler.entity, sentence, word)
        reading.programmes = mentions.programmes(sentence, reading.text, self._programmes)
        taken: set[text.Word] = set()
        utterances = candidates.find(sentence, self._frames, reading, {}, _UTTERANCE, taken, {})
        spoken = voice.speeches(sentence, utterances, reading)
        carried = voice.carry(carried, sentence, spoken, reading)
        speaker_of = voice.speakers(sentence, spoken, carried)
        others = candidates.find(
            sentence, self._frames, reading, speaker_of, self._others, taken, {}
        )
        by_word = {word: c for c in others for word in c.what} | {c.trigger: c for c in others}
        # Once more for the verbs that need a fact told by a noun: "welcomed the withdrawal".
        others += candidates.find(
            sentence, self._frames, reading, speaker_of, self._others, taken, by_word
        )
        judged = candidates.find(
            sentence, self._frames, reading, speaker_of, _JUDGEMENT, set(), by_word
        )
        judged = list(
            {
                c.trigger.head if c.trigger.head.is_noun else c.trigger: c for c in reversed(judged)
            }.values()
        )
        here = sorted([*utterances, *others, *judged], key=lambda c: c.trigger.index)
        for candidate in here:
            candidate.realis = candidate.frame.realis or realis.of(
                candidate.trigger, self._lexicon, state=candidate.type in _STATES
            )
        here = candidates.without_unreal_listings(voice.apply(here, spoken, carried))
        links.connect(here, before, reading)
        for word, entity in candidates.new_names(here, sentence, reading).items():
            reading.remember(entity, sentence, word)
        reading.told += here
        reading.sanctioned += [
            Sanctioned(sentence.number, _named_roles(c))
            for c in here
            if c.type in {"SanctionsAction", "SanctionsMeasure"}
        ]
        places.assign(sentence, here, reading)
        reading.last_day = dating.assign(
            sentence, here, reading.article.published, reading.text, reading.last_day
        )
        dating.date_by_what_is_said(here, before)
        for candidate in here:
            complete.complete(candidate, here, before, reading)
        return here, carried, spoken


def _is_programme(known: gazetteer.Known) -> bool:
    return known.type == "Programme"


def _is_in_headline(candidate: Candidate) -> bool:
    """True for an utterance of a headline: it tells whose words they are, and the body the rest."""
    return candidate.type == "Utterance" and candidate.sentence.zone == "headline"


def _named_roles(candidate: Candidate) -> dict[str, list[Filler]]:
    """Target and sender, under the names that they have for acts and for measures."""
    roles = dict(candidate.roles)
    sender = roles.get("actor") or roles.get("imposedBy")
    if sender:
        roles |= {"actor": sender, "imposedBy": sender}
    return roles
