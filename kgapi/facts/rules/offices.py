"""The posts that people hold, read off titles, appositions and "his counterpart"."""

from collections.abc import Iterator, Mapping

from kgapi.facts.fact import Entity
from kgapi.facts.rules.clauses import deps
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.mentions import Mention
from kgapi.facts.rules.people import Office, People
from kgapi.facts.rules.text import Sentence, Word

_FUNCTION = frozenset({"of", "for", "to", "the", "'s", "a", "an", "at", "and"})


def read(
    sentence: Sentence,
    here: Mapping[Word, Mention],
    people: People,
    lexicon: Lexicon,
    text: str,
) -> Iterator[Office]:
    done: set[int] = set()
    for mention in here.values():
        if mention.manner != "person" or id(mention) in done:
            continue
        done.add(id(mention))
        before = _before(mention)
        office = _titled(before, mention.entity, sentence, here, lexicon, text) or _counterpart(
            before, mention, sentence, here, people
        )
        if office is not None:
            yield office
        for noun in _appositions(mention, lexicon):
            words = _phrase(noun, mention)
            if office := _titled(words, mention.entity, sentence, here, lexicon, text):
                yield office


def _before(mention: Mention) -> list[Word]:
    """The words of the noun phrase that lead up to the name, a comma at most between."""
    words: list[Word] = []
    word = mention.words[0].previous
    if word is not None and word.text == ",":
        word = word.previous
        if word is None or mention.head not in word.children:
            return []
    while word is not None and (
        word.tag in {"NN", "NNS", "NNP", "NNPS", "JJ", "POS", "PRP$", "HYPH", "VBN", "VBG", "RB"}
        or _joins_names(word)
    ):
        words.insert(0, word)
        word = word.previous
    return words


def _joins_names(word: Word) -> bool:
    """True for the small words of "Secretary of State", "Under Secretary of the Treasury"."""
    before, after = word.previous, word.next
    if word.text == "Under":
        return after is not None and after.lower == "secretary"
    if word.lower == "of":
        return (
            before is not None
            and before.is_name
            and after is not None
            and (after.is_name or after.lower == "the")
        )
    return (
        word.lower == "the"
        and before is not None
        and before.lower == "of"
        and bool(after and after.is_name)
    )


def _appositions(mention: Mention, lexicon: Lexicon) -> list[Word]:
    """Nouns of office beside the name: "X, the foreign minister of Y", "Y's minister, X"."""
    head = mention.head
    found = deps(head, "appos")
    if head.dep == "appos":
        found.append(head.head)
    return [noun for noun in found if noun.tag != "NNS" and noun in lexicon["offices.heads"]]


def _phrase(noun: Word, mention: Mention) -> list[Word]:
    inside = set(mention.words)
    below = sorted(noun.subtree(), key=lambda word: word.index)
    words = [w for w in below if w not in inside]
    # The relative clause and whatever follows it say what the person did, not who they are.
    kept: list[Word] = []
    for word in words:
        if word.index > noun.index and (
            word.text == "," or word.is_verb or word.tag in {"WP", "WDT"}
        ):
            break
        kept.append(word)
    return kept


def _titled(
    words: list[Word],
    holder: Entity,
    sentence: Sentence,
    here: Mapping[Word, Mention],
    lexicon: Lexicon,
    text: str,
) -> Office | None:
    """The office that a noun phrase names, if it says of which country or body."""
    heads = [word for word in words if word in lexicon["offices.heads"] and word not in here]
    if not heads:
        return None
    owners = [
        here[word]
        for word in words
        if word in here and here[word].entity.type in {"Country", "Organization"}
    ]
    if not owners:
        return None
    bodies = [m for m in owners if m.entity.type == "Organization"]
    within = (bodies or owners)[0].entity
    owned = {word for mention in owners for word in mention.words}
    former = any(word in lexicon["offices.former"] or _is_ex(word) for word in words)
    title = [
        word
        for word in words
        if word not in owned
        and word not in lexicon["offices.former"]
        and word.tag not in {"PRP$", "RB", "POS"}
    ]
    while title and (title[0].tag in {"VBN", "VBG", "DT"} or title[0].lower in _FUNCTION):
        title.pop(0)
    while title and title[-1].lower in _FUNCTION:
        title.pop()
    title = title[: _gap(title)]
    if not any(word in lexicon["offices.heads"] for word in title):
        return None
    worded = " ".join(word.text for word in title).replace(" - ", "-").lower().removeprefix("ex-")
    return Office(holder, worded, within, sentence, former=former)


def _is_ex(word: Word) -> bool:
    return word.lower.startswith("ex-")


def _gap(title: list[Word]) -> int | None:
    """Where the title breaks off because the owner's name stood between: "head of [the agency]"."""
    for at, word in enumerate(title):
        if at and word.lower in _FUNCTION and word.index > title[at - 1].index + 1:
            return at
    return None


def _counterpart(
    words: list[Word],
    mention: Mention,
    sentence: Sentence,
    here: Mapping[Word, Mention],
    people: People,
) -> Office | None:
    """ "his Russian counterpart X": the office of the person before, in the other country."""
    if not words or words[-1].lemma not in {"counterpart", "opposite"}:
        return None
    country = next((here[word].entity for word in words if word in here), None)
    if country is None:
        return None
    for word in reversed(sentence.words[: words[0].index]):
        if word in here and here[word].manner == "person":
            model = people.office_of(here[word].entity)
            if model is not None:
                return Office(mention.entity, model.title, country, sentence, inferred=True)
    return None
