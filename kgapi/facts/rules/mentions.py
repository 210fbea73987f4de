"""Who and what a sentence names: the gazetteer first, then the parser's own guesses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kgapi.facts.fact import Entity
from kgapi.facts.rules import numbered
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.names import entity, slug
from kgapi.facts.rules.text import Sentence, Word
from kgapi.reference.gazetteer import Gazetteer, Match, Sense


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that name an entity. ``stands_for`` is the actor whose seat a place is ("Moscow")."""

    words: tuple[Word, ...]
    entity: Entity
    manner: str
    stands_for: Entity | None = None

    @property
    def head(self) -> Word:
        """The word of the name on which the others hang."""
        inside = set(self.words)
        return next(
            (word for word in self.words if word.head not in inside or word.head is word),
            self.words[-1],
        )


Mentions = Mapping[Word, Mention]

_JOINERS = frozenset({"of", "for", "the", "and", "de", "al", "-", "&", "'s", "in", "on"})
_COMPANY_FORMS = frozenset(
    {"ltd.", "inc.", "co.", "corp.", "l.l.c.", "s.a.", "plc.", "jsc.", "b.v."}
)
_BUSINESS = _COMPANY_FORMS | {
    "bank", "company", "group", "corporation", "holding", "holdings", "shipping", "trading",
    "industries", "airlines", "insurance", "ltd", "inc", "llc", "jsc", "gmbh", "management", "energy",
    "maritime", "petroleum", "bancorp", "investment", "enterprise", "exchange", "logistics", "fund",
}  # fmt: skip
_MISTER = frozenset({"mr", "mr.", "ms", "ms.", "mrs", "mrs."})
_LOCATIVE = frozenset(
    {"in", "at", "from", "near", "outside", "around", "across", "to", "into", "toward"}
)


def find(
    sentences: Iterable[Sentence], text: str, gazetteer: Gazetteer, lexicon: Lexicon
) -> list[dict[Word, Mention]]:
    """For each sentence, the mention that each of its words belongs to."""
    sentences = list(sentences)
    matches = [list(gazetteer.find(text, s.start, s.end)) for s in sentences]
    elsewhere = _of_provinces(sentences, matches)
    matches = [[m for m in found if m.senses[0].known.path not in elsewhere] for found in matches]
    certain = {
        sense.known.path
        for found in matches
        for match in found
        if len(match.senses) == 1
        and not match.senses[0].ambiguous
        and match.senses[0].manner != "bare"
        for sense in match.senses
    }
    certain |= {country for path in certain for country in gazetteer[path].countries}
    certain |= {
        match.senses[0].known.path
        for sentence, found in zip(sentences, matches, strict=True)
        for match in found
        if len(match.senses) == 1 and match.senses[0].ambiguous
        if _is_place_here(sentence.between(match.start, match.end), match.senses[0])
        or _beside_a_country(match, found)
    }
    certain |= _borne_by_nobody(sentences, matches)
    return [
        _of_sentence(sentence, found, certain, gazetteer, lexicon, text)
        for sentence, found in zip(sentences, matches, strict=True)
    ]


def programmes(sentence: Sentence, text: str, gazetteer: Gazetteer) -> dict[Word, Entity]:
    """The sanctions programmes that the sentence names, by the words of their names.

    Their names are phrases ("UN sanctions on Iran") in which others are named: they are looked
    for apart, in a gazetteer of programmes alone.
    """
    found: dict[Word, Entity] = {}
    for match in gazetteer.find(text, sentence.start, sentence.end):
        if len(match.senses) == 1 and not match.senses[0].ambiguous:
            programme = entity(match.senses[0].known, gazetteer)
            found |= dict.fromkeys(sentence.between(match.start, match.end), programme)
    return found


def _of_sentence(
    sentence: Sentence,
    matches: list[Match],
    certain: set[str],
    gazetteer: Gazetteer,
    lexicon: Lexicon,
    text: str,
) -> dict[Word, Mention]:
    found: dict[Word, Mention] = {}
    for words, instrument in numbered.find(sentence, text):
        found |= dict.fromkeys(words, Mention(words, instrument, "name"))
    named = list(_named_by_parser(sentence, text, lexicon))
    here = {s.known.path for m in matches for s in m.senses if len(m.senses) == 1}
    for match in matches:
        words = sentence.between(match.start, match.end)
        if not words or any(_inside(words, name) for name in named):
            continue
        if any(word in found for word in words):
            continue
        mention = _from_reference(words, match, here, certain, gazetteer)
        if mention is not None:
            found |= dict.fromkeys(words, mention)
    for name in named:
        if not any(word in found for word in name.words):
            found |= dict.fromkeys(name.words, name)
    return found


def _inside(words: tuple[Word, ...], name: Mention) -> bool:
    """True where a longer name holds these words: "Central Bank of Iran", "West Africa"."""
    if name.manner == "new-place" and name.words[0] is not words[0]:
        return False
    return len(words) < len(name.words) and set(words) < set(name.words)


def _from_reference(
    words: tuple[Word, ...],
    match: Match,
    here: set[str],
    certain: set[str],
    gazetteer: Gazetteer,
) -> Mention | None:
    senses = match.senses
    if senses[0].manner == "bare":
        chosen = _bare(senses, here, certain)
        return Mention(words, entity(chosen.known, gazetteer), "bare") if chosen else None
    places = [sense for sense in senses if sense.known.type == "Place"]
    seats = [sense for sense in senses if sense.manner == "metonym"]
    if places and seats:
        actor = _choose(seats, certain)
        return Mention(
            words,
            entity(places[0].known, gazetteer),
            "place",
            entity(actor.known, gazetteer) if actor else None,
        )
    chosen = _choose(list(senses), certain)
    if chosen is not None and len(senses) == 1 and _is_anothers(chosen, here, certain):
        return None
    if chosen is None or (chosen.ambiguous and not _supported(words, chosen, certain)):
        return None
    if chosen.manner == "name" and chosen.known.type == "Currency" and words[-1].tag == "JJ":
        return None
    return Mention(words, entity(chosen.known, gazetteer), chosen.manner)


# Currencies that their short name means where nothing says otherwise; a rial is nobody's.
_ALONE = frozenset({"rub", "usd", "gbp", "cny"})


def _bare(senses: tuple[Sense, ...], here: set[str], certain: set[str]) -> Sense | None:
    """The currency whose country the sentence names, else the article; one that is never shared."""
    if len(senses) == 1:
        return senses[0]
    for context in (here, certain):
        fitting = [s for s in senses if context & {s.known.path, *s.known.countries}]
        if len(fitting) == 1:
            return fitting[0]
    return next((s for s in senses if s.known.key in _ALONE), None)


def _is_anothers(sense: Sense, here: set[str], certain: set[str]) -> bool:
    """Whether a body's common name ("the Supreme Court") may be that of another country's."""
    homes = set(sense.known.countries)
    if not sense.ambiguous or sense.known.type != "Organization" or not homes:
        return False
    countries = {path for path in certain if path.startswith("country/")}
    return sense.known.path not in certain and not homes & here and countries != homes


def _choose(senses: list[Sense], certain: set[str]) -> Sense | None:
    """The one sense that the article supports; none where several stay open."""
    if len(senses) == 1:
        return senses[0]
    for fitting in (
        [s for s in senses if s.known.path in certain],
        [s for s in senses if not s.ambiguous],
        [s for s in senses if not s.known.countries],
        [s for s in senses if certain & set(s.known.countries)],
    ):
        if len(fitting) == 1:
            return fitting[0]
    return None


def _of_provinces(sentences: list[Sentence], matches: list[list[Match]]) -> set[str]:
    """Countries whose names mean something smaller in this article: "the governor of Georgia"."""
    return {
        match.senses[0].known.path
        for sentence, found in zip(sentences, matches, strict=True)
        for match in found
        if len(match.senses) == 1 and match.senses[0].ambiguous
        if _has_governor(sentence.between(match.start, match.end))
    }


def _borne_by_nobody(sentences: list[Sentence], matches: list[list[Match]]) -> set[str]:
    """Countries with the names of people ("Jordan") that stand alone wherever the article has them:
    whoever is called so has another name as well, at least once."""
    alone: dict[str, bool] = {}
    for sentence, found in zip(sentences, matches, strict=True):
        for match in found:
            sense, words = match.senses[0], sentence.between(match.start, match.end)
            if len(match.senses) > 1 or sense.known.type != "Country" or sense.manner != "name":
                continue
            if words and sense.ambiguous:
                path = sense.known.path
                alone[path] = alone.get(path, True) and _stands_alone(words)
    return {path for path, is_alone in alone.items() if is_alone}


def _stands_alone(words: tuple[Word, ...]) -> bool:
    """True where no other name is beside: no first name, and no town as in "Atlanta, Georgia"."""
    before = words[0].previous
    if before is not None and before.text == ",":
        before = before.previous
    return all(word.is_name for word in words) and not any(
        word is not None and (word.is_name or word.lower in _MISTER)
        for word in (before, words[-1].next)
    )


def _has_governor(words: tuple[Word, ...]) -> bool:
    of = words[0].previous if words else None
    noun = of.previous if of is not None and of.lower == "of" else None
    return noun is not None and noun.lemma in {"governor", "senator"}


_OF_PLACES = frozenset({"on", "in", "against", "to", "with", "from", "between", "of"})


def _is_place_here(words: tuple[Word, ...], sense: Sense) -> bool:
    """True where the words around an ambiguous name speak of a country: "sanctions on Niger"."""
    if not words or sense.known.type != "Country" or _in_longer_name(words):
        return False
    before, after = words[0].previous, words[-1].next
    if words[-1].ner in {"GPE", "NORP"} or (after is not None and after.lower == "sanctions"):
        return True
    return (
        before is not None
        and before.lower in _OF_PLACES
        and before.previous is not None
        and before.previous.lemma in {"sanction", "embargo", "coup", "troop", "visit", "relation"}
    )


def _beside_a_country(match: Match, others: list[Match]) -> bool:
    """True for the "Niger" of "Mali, Burkina Faso and Niger": names of countries follow closely."""
    return match.senses[0].known.type == "Country" and any(
        other.senses[0].known.type == "Country"
        and other.senses[0].manner == "name"
        and (0 < match.start - other.end <= 6 or 0 < other.start - match.end <= 2)
        for other in others
    )


def _in_longer_name(words: tuple[Word, ...]) -> bool:
    """True for the "Jordan" of "Michael Jordan" and the "Paris" of "Paris Hilton"."""
    around = (words[0].previous, words[-1].next)
    return any(word is not None and word.is_name and word.ner == "PERSON" for word in around)


def _supported(words: tuple[Word, ...], sense: Sense, certain: set[str]) -> bool:
    """Whether a name that also means something else is this entity here."""
    if words[0].ner == "PERSON" and _in_longer_name(words):
        return False
    if sense.known.path in certain or certain & set(sense.known.countries):
        return True
    if any(word.ner == "PERSON" for word in words):
        return False
    before = words[0].previous
    if before is not None and before.lower in {",", *_MISTER}:
        return before.lower == "," and (before.previous is None or before.previous.ner != "GPE")
    return words[0].is_name and words[-1].ner in {"GPE", "LOC", "NORP", "ORG"}


def _named_by_parser(sentence: Sentence, text: str, lexicon: Lexicon) -> Iterable[Mention]:
    """Organisations and places by the parser's guess, trimmed to the words of a name."""
    for words in _runs(sentence):
        label = words[0].ner
        words = _trimmed(words)
        if not words or not any(word.is_name for word in words):
            continue
        name = text[words[0].start : words[-1].end]
        if label == "ORG" and _is_name_throughout(words) and not _is_common(words, lexicon):
            yield Mention(words, Entity("organization", slug(name), name, "Organization"), "new")
        elif label in {"GPE", "LOC", "FAC"}:
            yield Mention(words, Entity("place", slug(name), name, "Place"), "new-place")
    for words in _companies(sentence, lexicon):
        name = text[words[0].start : words[-1].end]
        yield Mention(words, Entity("organization", slug(name), name, "Organization"), "new")


def _companies(sentence: Sentence, lexicon: Lexicon) -> Iterable[tuple[Word, ...]]:
    """Runs of capitals that the parser takes for no name, with a word for a body of business in
    them: "Bank Zenit", "Sun Ship Management"."""
    run: list[Word] = []
    for word in (*sentence.words, None):
        if word is not None and word.is_name and not word.ner and word.text[0].isupper():
            run.append(word)
            continue
        if len(run) > 1 and any(one.lower in _BUSINESS for one in run):
            words = tuple(run)
            if not _is_common(words, lexicon):
                yield words
        run = []


def _is_common(words: tuple[Word, ...], lexicon: Lexicon) -> bool:
    """True for "the Council" or "Foreign Ministry": nouns with capitals that point back to a name;
    and for the "US Sanctions" of a headline with capitals."""
    if words[-1] in lexicon["classes.sanctions"]:
        return True
    return words[-1] in lexicon["names.common"] and all(
        w in lexicon["names.common"] or w in lexicon["names.before"] for w in words
    )


def _runs(sentence: Sentence) -> Iterable[tuple[Word, ...]]:
    run: list[Word] = []
    for word in sentence.words:
        if run and word.ner != run[0].ner:
            yield tuple(run)
            run = []
        if word.ner in {"ORG", "GPE", "LOC", "FAC"}:
            run.append(word)
    if run:
        yield tuple(run)


def _trimmed(words: tuple[Word, ...]) -> tuple[Word, ...]:
    first, last = 0, len(words)
    while first < last and (
        words[first].tag in {"DT", "POS"} or not words[first].text[0].isalnum()
    ):
        first += 1
    while last > first and (
        words[last - 1].tag == "POS"
        or not (words[last - 1].text[-1].isalnum() or words[last - 1].lower in _COMPANY_FORMS)
    ):
        last -= 1
    while last > first and words[last - 1].lower in _JOINERS:
        last -= 1
    return words[first:last]


def _is_name_throughout(words: tuple[Word, ...]) -> bool:
    return all(word.text[0].isupper() or word.lower in _JOINERS for word in words) and (
        len(words) > 1 or words[0].is_name
    )


def acts_from(mention: Mention) -> bool:
    """True where a place's name may stand for its government: not after "in", "at" or "near"."""
    phrase = mention.head.head
    return mention.stands_for is not None and not (
        mention.head.dep == "pobj" and phrase.lower in _LOCATIVE
    )
