"""What is known about one article while its sentences are read in order."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import merge
from itertools import dropwhile, groupby
from typing import TYPE_CHECKING

from kgapi.facts.fact import NEVER_SAID, Entity, When
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.mentions import Mention
from kgapi.facts.rules.people import People
from kgapi.facts.rules.text import Sentence, Word
from kgapi.news.article import Article
from kgapi.reference.gazetteer import Gazetteer

if TYPE_CHECKING:
    from kgapi.facts.rules.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Filler:
    """An entity that a word stands for. ``inferred`` where the word does not say so itself;
    ``weight`` is how sure that is, from 0 to 1."""

    entity: Entity
    word: Word
    inferred: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Named:
    """Something said earlier: in which sentence, by which word, and whether as its subject."""

    entity: Entity
    sentence: int
    word: Word
    subject: bool


@dataclass(frozen=True, slots=True)
class Sanctioned:
    """What was said about sanctions earlier: in which sentence, and who filled which role."""

    sentence: int
    roles: Mapping[str, list[Filler]]


@dataclass
class Reading:
    """An article being read: its sentences, the mentions in each, its people, and what was said
    so far, oldest first."""

    article: Article
    text: str
    sentences: list[Sentence]
    mentions: list[dict[Word, Mention]]
    people: People
    lexicon: Lexicon
    gazetteer: Gazetteer
    said: list[Named] = field(default_factory=list)
    sanctioned: list[Sanctioned] = field(default_factory=list)
    programmes: Mapping[Word, Entity] = field(default_factory=dict)
    last_day: When = NEVER_SAID
    told: list["Candidate"] = field(default_factory=list)
    _places: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list), repr=False)

    @property
    def mark(self) -> str:
        """What makes a key unique to the article."""
        return self.article.digest[:8]

    def cut(self, first: Word, last: Word) -> str:
        """The text from one word to another, as the parser saw it."""
        return " ".join(self.text[first.start : last.end].split())

    def mention(self, word: Word, sentence: Sentence) -> Mention | None:
        return self.mentions[sentence.number].get(word)

    def remember(self, entity: Entity, sentence: Sentence, word: Word) -> None:
        """Notes that the word has named the entity."""
        self._places[entity.type].append(len(self.said))
        self.said.append(Named(entity, sentence.number, word, is_subject(word)))

    @cached_property
    def names(self) -> frozenset[str]:
        """The paths of all that is named anywhere in the article."""
        return frozenset(m.entity.path for here in self.mentions for m in here.values())

    def told_in(self, sentence: int) -> list["Candidate"]:
        """What the sentence with this number told, in its order."""
        first, last = (
            bisect_left(self.told, number, key=lambda each: each.sentence.number)
            for number in (sentence, sentence + 1)
        )
        return self.told[first:last]

    def since(self, sentence: int) -> list[Named]:
        """What was said from this sentence on."""
        return self.said[bisect_left(self.said, sentence, key=_sentence) :]

    def latest(self, types: Iterable[str]) -> Iterator[Named]:
        """What was said of one of these classes, latest first."""
        places = (reversed(self._places[each]) for each in {*types} & self._places.keys())
        return (self.said[place] for place in merge(*places, reverse=True))

    def earlier(self, types: frozenset[str], sentence: int) -> Iterator[Named]:
        """What was said in earlier sentences of one of these classes, latest sentence first and
        in each the subjects first."""
        before = dropwhile(lambda n: n.sentence >= sentence, self.latest(types))
        for _, together in groupby(before, _sentence):
            named = reversed(list(together))
            yield from sorted(named, key=lambda n: (not n.subject, -n.word.start))


def _sentence(named: Named) -> int:
    return named.sentence


def is_subject(word: Word) -> bool:
    """True where the word is the subject of the main clause, or coordinated with it."""
    while word.dep in {"conj", "appos"}:
        word = word.head
    return word.dep in {"nsubj", "nsubjpass"} and (
        word.head.head is word.head or word.head.dep in {"ccomp", "conj"}
    )


Owners = Mapping[Word, Mention]
