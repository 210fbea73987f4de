"""What pronouns and phrases such as "both nations" or "the ministry" point back to."""

from collections.abc import Iterable

from kgapi.facts.fact import Entity
from kgapi.facts.rules.clauses import conjuncts, deps, first_conjunct
from kgapi.facts.rules.mentions import Mention
from kgapi.facts.rules.names import entity
from kgapi.facts.rules.reading import Filler, Named, Reading, is_subject
from kgapi.facts.rules.text import Sentence, Word

_PERSONAL = frozenset({"he", "him", "his", "she", "her", "himself", "herself"})
_NEUTER = frozenset({"it", "its", "itself"})
_PLURAL = frozenset({"they", "them", "their", "themselves"})
_SPEAKERS = frozenset({"we", "our", "us", "i", "my", "me", "ourselves"})
_NOT_PERSON = frozenset(
    {
        "Country",
        "Organization",
        "AgentGroup",
        "Currency",
        "Agreement",
        "Vessel",
        "LegalInstrument",
        "Programme",
        "Asset",
    }
)

_PRONOUNS = _PERSONAL | _NEUTER | _PLURAL | _SPEAKERS


def is_pronoun(word: Word) -> bool:
    """True for a pronoun that can point back to somebody; "US" is none."""
    return word.tag in {"PRP", "PRP$"} and word.lower in _PRONOUNS and word.text != "US"


_COUNTRIES = frozenset(
    {
        "country",
        "nation",
        "state",
        "side",
        "government",
        "republic",
        "neighbour",
        "neighbor",
        "power",
        "capital",
        "kingdom",
    }
)
_BODIES = frozenset(
    {
        "ministry",
        "department",
        "agency",
        "bank",
        "company",
        "firm",
        "group",
        "union",
        "bloc",
        "council",
        "commission",
        "organization",
        "organisation",
        "regulator",
        "alliance",
        "committee",
        "parliament",
        "court",
        "body",
        "lender",
        "airline",
        "treasury",
        "watchdog",
        "assembly",
        "house",
        "senate",
        "congress",
    }
)
_BOTH = frozenset({"both", "two", "the two", "three"})


def pronoun(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading, speaker: Entity | None
) -> list[Filler]:
    """What a pronoun stands for, if something of these classes was named before."""
    low = word.lower
    if low in _SPEAKERS:
        return _of_speaker(word, types, reading, speaker)
    if low in {"themselves", "itself", "himself", "herself"}:
        return []
    if low in _PERSONAL:
        wanted = types & {"Person"}
    elif low in _PLURAL:
        return _plural(word, sentence, types, reading)
    elif low == "its":
        wanted = types & _NOT_PERSON
    else:
        # "it" stands for one thing, whatever the frame would like it to be.
        wanted = _NOT_PERSON
    found = _last_speaker(word, sentence, reading) or _nearest(word, sentence, wanted, reading)
    return [Filler(found, word, True, 0.85)] if found and found.type in types else []


def _last_speaker(word: Word, sentence: Sentence, reading: Reading) -> Entity | None:
    """Whose words the sentence before gave, where "it" goes on to say something: "According to the
    agency, the bank helped. It called this a crime." """
    if word.lower != "it" or word.dep != "nsubj" or word.head not in reading.lexicon["voice.say"]:
        return None
    before = reading.told_in(sentence.number - 1)
    speakers = [e for c in before if c.type == "Utterance" for e in c.entities("speaker")]
    return next((e for e in reversed(speakers) if e.type in {"Country", "Organization"}), None)


def _of_speaker(
    word: Word, types: frozenset[str], reading: Reading, speaker: Entity | None
) -> list[Filler]:
    if speaker is None:
        return []
    if speaker.type in types:
        return [Filler(speaker, word, True, 0.85)]
    side = reading.people.country_of(speaker) if speaker.type == "Person" else None
    return [Filler(side, word, True, 0.8)] if side and side.type in types else []


def _nearest(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> Entity | None:
    """The main subject of the sentence so far, else the nearest before, else the last subject."""
    here = reading.mentions[sentence.number]
    before: list[Mention] = []
    for other in sentence.words[: word.index]:
        mention = here.get(other)
        if (
            mention
            and mention.manner != "demonym"
            and _entity(mention, types)
            and mention not in before
        ):
            before.append(mention)
    if word.dep in {"dobj", "pobj"} and word.lower == "it":
        return _last_object(sentence, types, reading)
    alone = [m for m in before if not _coordinated(m.head)]
    subjects = [m for m in alone if is_subject(m.head) and m.head.head is not word.head]
    for mention in (*reversed(subjects), *reversed(alone)):
        return _entity(mention, types)
    for named in reading.earlier(types, sentence.number):
        if word.lower == "it" and not (named.subject and named.sentence == sentence.number - 1):
            # A subject that is nobody ("The package") is what "it" would mean.
            return None
        return named.entity if named.sentence >= sentence.number - 3 else None
    return None


def _last_object(sentence: Sentence, types: frozenset[str], reading: Reading) -> Entity | None:
    """What the sentence before was done to: "China and Russia voted for it"."""
    earlier = _before(sentence, types, reading)
    documents = [n for n in earlier if n.entity.type in {"LegalInstrument", "Agreement"}]
    objects = [n for n in earlier if n.word.dep in {"dobj", "nsubjpass"}]
    for named in (*reversed(documents), *reversed(objects)):
        return named.entity
    return None


def _before(sentence: Sentence, types: frozenset[str], reading: Reading) -> list[Named]:
    """What the sentence before named of these classes."""
    last = sentence.number - 1
    return [n for n in reading.since(last) if n.sentence == last and n.entity.type in types]


def _entity(mention: Mention, types: frozenset[str]) -> Entity | None:
    if mention.entity.type in types:
        return mention.entity
    if mention.stands_for and mention.stands_for.type in types:
        return mention.stands_for
    return None


def _coordinated(word: Word) -> bool:
    return word.dep == "conj" or len(conjuncts(word)) > 1


def _plural(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    """Whatever was last named together: in this sentence before the pronoun, else before it."""
    here = reading.mentions[sentence.number]
    for other in reversed(sentence.words[: word.index]):
        if other in here and other.dep == "conj" and other is here[other].head:
            first = first_conjunct(other)
            members = [here[w] for w in conjuncts(first) if w in here and _entity(here[w], types)]
            if len(members) > 1:
                return [Filler(m.entity, word, True, 0.8) for m in members]
    return both(word, sentence, types, reading, None)


def both(
    word: Word,
    sentence: Sentence,
    types: frozenset[str],
    reading: Reading,
    count: int | None,
) -> list[Filler]:
    """The entities last coordinated as a subject, else the last ones named apart."""
    groups: dict[tuple[int, int], list[Named]] = {}
    for named in reading.since(sentence.number - 6):
        if named.word.start < word.start and named.entity.type in types:
            first = first_conjunct(named.word)
            groups.setdefault((named.sentence, first.start), []).append(named)
    for (_, _), members in sorted(groups.items(), reverse=True):
        entities = list(dict.fromkeys(m.entity for m in members))
        if len(entities) > 1 and (count is None or len(entities) == count):
            return [Filler(entity, word, True, 0.85) for entity in entities]
    if count is not None:
        entities = list(dict.fromkeys(n.entity for n in _before(sentence, types, reading)))
        if len(entities) == count:
            return [Filler(entity, word, True, 0.75) for entity in entities]
    return []


def definite(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    """What "the country", "both nations", "the ministry" or "the deal" points back to."""
    determiners = {child.lower for child in deps(word, "det", "nummod", "predet", "poss", "amod")}
    lemma = word.lemma
    if (
        lemma in _COUNTRIES
        and determiners & {"his", "her", "their"}
        and "Country" in types
        and (homes := _homes(word, sentence, reading))
    ):
        return homes
    if lemma in _COUNTRIES and (
        determiners & _BOTH or (word.tag == "NNS" and "their" in determiners)
    ):
        return both(word, sentence, types & {"Country", "Organization"}, reading, 2)
    if lemma in {"minister", "president", "leader", "diplomat", "men", "man", "official"} and (
        determiners & _BOTH
    ):
        return both(word, sentence, types & {"Person"}, reading, 2)
    if not determiners & {"the", "this", "that"} or _restricted(word):
        return []
    if lemma in _COUNTRIES and lemma not in {"side", "power"} and "Country" in types:
        return _last(word, sentence, reading, frozenset({"Country"}), None)
    if word.tag in {"NNS", "NNPS"}:
        if lemma in _BODIES | {"entity", "organization", "lender"} and "Organization" in types:
            return both(word, sentence, frozenset({"Organization"}), reading, _count(word))
        return []
    if lemma in _BODIES and "Organization" in types:
        kind = frozenset({"Organization"})
        return _last(word, sentence, reading, kind, lemma) or _of_union(word, reading)
    if word in reading.lexicon["offices.heads"] and "Person" in types:
        return _by_office(word, sentence, reading)
    return []


_OF_UNION = {
    "council": "organization/council-of-the-european-union",
    "commission": "organization/european-commission",
}


def _of_union(word: Word, reading: Reading) -> list[Filler]:
    """ "the Council" of an article about the European Union, which calls it no other name."""
    known = reading.gazetteer.get(_OF_UNION.get(word.lemma, "")) if word.is_name else None
    if known is None or "organization/european-union" not in reading.names:
        return []
    return [Filler(entity(known, reading.gazetteer), word, True, 0.8)]


def _homes(word: Word, sentence: Sentence, reading: Reading) -> list[Filler]:
    """ "her country" and "their countries" by the offices of the people meant."""
    found: list[Filler] = []
    for possessor in deps(word, "poss"):
        for filler in pronoun(possessor, sentence, frozenset({"Person"}), reading, None):
            home = reading.people.country_of(filler.entity)
            if home is not None and home.type == "Country":
                found.append(Filler(home, word, True, 0.8))
    return found


_COUNTS = {"both": 2, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}


def _count(word: Word) -> int | None:
    return next((_COUNTS[c.lower] for c in word.children if c.lower in _COUNTS), None)


def _restricted(word: Word) -> bool:
    """True where the phrase goes on to say which one it means."""
    return any(
        child.dep in {"relcl", "acl", "compound", "nmod", "amod"}
        or (child.dep == "prep" and child.lower in {"of", "in", "for", "on", "that"})
        for child in word.children
    )


_PUBLIC = frozenset(
    {
        "office",
        "treasury",
        "ministry",
        "council",
        "commission",
        "department",
        "union",
        "nations",
        "assembly",
        "parliament",
        "court",
        "agency",
        "congress",
        "senate",
    }
)
_KIN = {
    "bloc": ("european-union", "nato", "opec", "eurasian-economic-union", "brics", "asean"),
    "alliance": ("nato",),
    "agency": ("ofac", "international-atomic-energy-agency"),
    "union": ("european-union", "african-union"),
}


def _last(
    word: Word, sentence: Sentence, reading: Reading, types: frozenset[str], noun: str | None
) -> list[Filler]:
    here = [
        n
        for n in reading.since(sentence.number)
        if n.word.start < word.start and n.entity.type in types
    ]
    for named in (*reversed(here), *reading.earlier(types, sentence.number)):
        if named.sentence < sentence.number - 6:
            break
        if noun is None or _is_kind(named.entity, noun):
            return [Filler(named.entity, word, True, 0.8)]
    return []


def _is_kind(entity: Entity, noun: str) -> bool:
    if entity.key in _KIN.get(noun, ()):
        return True
    words = entity.label.lower().split()
    if noun in {"company", "firm", "group", "organization", "organisation", "body"}:
        return noun == "body" or not _PUBLIC & set(words)
    stems = (noun, noun[:-1] + "ie" if noun.endswith("y") else noun)
    return any(stem in words for stem in stems) or (
        noun in {"lender", "bank"} and "bank" in entity.label.lower()
    )


def _by_office(word: Word, sentence: Sentence, reading: Reading) -> list[Filler]:
    if word.lemma not in reading.people.titles:
        return []
    for named in reading.earlier(frozenset({"Person"}), sentence.number):
        office = reading.people.office_of(named.entity)
        if office and word.lemma in office.title.split():
            return [Filler(named.entity, word, True, 0.8)]
    return []


def last_agreement(
    word: Word, sentence: Sentence, reading: Reading, types: Iterable[str]
) -> Entity | None:
    """The agreement or instrument that "the deal" or "the resolution" points back to."""
    latest = reading.latest(types)
    return next(
        (n.entity for n in latest if n.word.start < word.start and _may_be(n.entity, word)), None
    )


_MINOR = frozenset({"map", "roadmap", "memorandum"})


def _may_be(entity: Entity, word: Word) -> bool:
    """False for "the agreement" after a road map, which is called by its own noun."""
    noun = entity.label.lower().split()[-1]
    return noun not in _MINOR or noun == word.lemma
