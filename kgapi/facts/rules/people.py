"""People, and the surnames by which an article goes on to call them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kgapi.facts.fact import Entity
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.mentions import Mention
from kgapi.facts.rules.names import slug
from kgapi.facts.rules.text import Sentence, Word


@dataclass(frozen=True, slots=True)
class Office:
    """A post as worded for one person. ``inferred`` where it is copied from a counterpart."""

    holder: Entity
    title: str
    within: Entity
    sentence: Sentence
    inferred: bool = False
    former: bool = False

    @property
    def post(self) -> Entity:
        """The post as an entity: "foreign minister of Iran", within Iran."""
        label = f"{self.title} of {self.within.label}"
        return Entity("post", slug(label), label, "Post", self.within)


@dataclass
class People:
    """The people of one article, in order of appearance, by the names they are called by; their
    offices, and the words of their titles."""

    by_name: dict[str, Entity] = field(default_factory=dict)
    offices: list[Office] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)
    _first: dict[str, Office] = field(default_factory=dict, repr=False)

    def hold(self, office: Office) -> None:
        self.offices.append(office)
        self.titles.update(office.title.split())
        self._first.setdefault(office.holder.key, office)

    def office_of(self, person: Entity) -> Office | None:
        """The office that the article gives to the person first."""
        return self._first.get(person.key)

    def country_of(self, person: Entity) -> Entity | None:
        """The country or body for which the person acts, as far as the article says."""
        office = self.office_of(person)
        return office.within if office else None

    def add(self, name: str) -> Entity:
        """The person of this name: someone known whose name ends with it, or someone new."""
        key = slug(name)
        if key in self.by_name:
            return self.by_name[key]
        person = Entity("person", key, name, "Person")
        parts = key.split("-")
        for start in range(len(parts)):
            self.by_name.setdefault("-".join(parts[start:]), person)
        # Family names come first in Korea and China: "Kim" is Kim Jong Un.
        self.by_name.setdefault(parts[0], person)
        return person


def find(
    sentences: list[Sentence],
    mentions: list[dict[Word, Mention]],
    text: str,
    lexicon: Lexicon,
) -> People:
    """Reads the people off the sentences, and adds each person's mentions to ``mentions``.

    Whole names come before surnames, wherever they stand: a caption may say less than the body.
    """
    people = People()
    spans = [
        list(_spans(sentence, here, lexicon))
        for sentence, here in zip(sentences, mentions, strict=True)
    ]
    names = [_joined(words, text) for found in spans for words in found]
    for name in sorted(names, key=lambda name: " " not in name):
        people.add(name)
    for sentence, here, called in zip(sentences, mentions, spans, strict=True):
        for words in called:
            here |= dict.fromkeys(words, Mention(words, people.add(_joined(words, text)), "person"))
        for mention in list(here.values()):
            key = slug(_joined(mention.words, text))
            if mention.manner in {"new", "new-place"} and key in people.by_name:
                known = Mention(mention.words, people.by_name[key], "person")
                here |= dict.fromkeys(mention.words, known)
        for words in _surnames(sentence, here, people):
            here |= dict.fromkeys(words, Mention(words, people.add(_joined(words, text)), "person"))
    return people


def _joined(words: tuple[Word, ...], text: str) -> str:
    return text[words[0].start : words[-1].end]


def _spans(
    sentence: Sentence, here: Mapping[Word, Mention], lexicon: Lexicon
) -> Iterator[tuple[Word, ...]]:
    """The words of each person's name: the parser's guess without titles, and names after offices."""
    run: list[Word] = []
    for word in (*sentence.words, None):
        if word is not None and word.ner == "PERSON" and word not in here:
            run.append(word)
            continue
        if run and (name := _name(run, lexicon)):
            yield name
        run = []
    for word in sentence.words:
        if word in lexicon["offices.heads"] and word.is_name and (after := word.next):
            run = []
            while after and (after.is_name or after.text == "-") and after not in here:
                if after.ner == "PERSON":
                    break
                run.append(after)
                after = after.next
            if len(run) < 2 or not run[-1].is_name or (after and after.ner == "PERSON"):
                continue
            if name := _name(run, lexicon):
                yield name


def _name(run: list[Word], lexicon: Lexicon) -> tuple[Word, ...]:
    words = list(run)
    while words and (
        words[0] in lexicon["offices.titles"]
        or words[0] in lexicon["offices.heads"]
        or words[0] in lexicon["offices.former"]
        or not words[0].text[0].isalpha()
        or words[0].tag in {"DT", "IN", "POS"}
    ):
        words.pop(0)
    while words and (
        words[-1].tag == "POS"
        or not words[-1].text[-1].isalpha()
        or not (words[-1].text[0].isupper() or _is_hyphenated(words[-1]))
    ):
        words.pop()
    while (
        words and (after := words[-1].next) and after.text == "-" and after.start == words[-1].end
    ):
        last = after.next
        if last is None or last.start != after.end or not last.text[0].isalpha():
            break
        words += [after, last]
    if (
        words
        and words[0].text[0].isupper()
        and words[-1].tag in {"NNP", "NNPS", "NN", "JJ", "FW", "NNS"}
    ):
        return tuple(words)
    return ()


def _is_hyphenated(word: Word) -> bool:
    """True for the second half of "Joon-kook"."""
    before = word.previous
    return before is not None and before.text == "-" and before.end == word.start


def _surnames(
    sentence: Sentence, here: Mapping[Word, Mention], people: People
) -> Iterator[tuple[Word, ...]]:
    """Surnames of people known that the parser did not take for people, hyphens included."""
    words = sentence.words
    at = 0
    while at < len(words):
        step = 1
        if words[at] not in here and words[at].text[0].isupper():
            for length in (5, 3, 1):
                run = words[at : at + length]
                if len(run) < length or any(word in here for word in run):
                    continue
                if (
                    slug("".join(word.text for word in run)) in people.by_name
                    and len(run[0].text) > 2
                ):
                    yield run
                    step = length
                    break
        at += step
