"""From a noun phrase to the entity it stands for."""

import re
from collections.abc import Iterator, Mapping

from kgapi.facts.fact import Entity
from kgapi.facts.rules import discourse
from kgapi.facts.rules.clauses import conjuncts, deps, prepositions
from kgapi.facts.rules.frames import inside_partitive
from kgapi.facts.rules.mentions import Mention, acts_from
from kgapi.facts.rules.names import slug
from kgapi.facts.rules.reading import Filler, Reading
from kgapi.facts.rules.text import Sentence, Word

_PREMODIFIERS = frozenset(
    {"amod", "compound", "nmod", "nummod", "quantmod", "advmod", "punct", "case"}
)
_OWNERS = frozenset({"Country", "Organization", "AgentGroup"})
_INCLUDING = ("including", "like", "such as", "among")


def refer(
    word: Word,
    sentence: Sentence,
    types: frozenset[str],
    reading: Reading,
    speaker: Entity | None = None,
) -> list[Filler]:
    """The entities of these classes (ancestors spelled out) that the word stands for."""
    if discourse.is_pronoun(word):
        return discourse.pronoun(word, sentence, types, reading, speaker)
    chain = inside_partitive(word)
    for outer in chain:
        if members := list(_members(outer, sentence, types, reading)):
            counted = [w for w in chain if any(n.tag == "CD" for n in deps(w, "nummod"))]
            whole = _group(counted[0], sentence, types, reading) if counted else []
            return [*whole, *members]
    for inner in chain[::-1]:
        if found := _refer(inner, sentence, types, reading):
            return found
    return []


def _refer(word: Word, sentence: Sentence, types: frozenset[str], reading: Reading) -> list[Filler]:
    mention = reading.mention(word, sentence)
    if mention is not None:
        if "AgentGroup" in types and _is_counted(word, mention):
            return _described(word, sentence, "group", "AgentGroup", reading)
        return _named(word, mention, types, sentence, reading)
    if word.ner == "NORP" and word.tag in {"NNS", "NNPS"} and "Asset" in types:
        return _described(word, sentence, "group", "AgentGroup", reading)  # "500 Americans"
    if word.is_name and (listed := _listed_name(word, sentence, types, reading)):
        return listed
    if not word.is_noun and word.tag not in {"CD", "DT", "JJ", "JJS"}:
        return []
    if word.dep == "appos":
        other = reading.mention(word.head, sentence)
        if other is not None and other.manner != "demonym" and other.entity.type in types:
            return [Filler(other.entity, word, True, 0.95)]
    for beside in deps(word, "appos"):
        other = reading.mention(beside, sentence)
        if other is not None and other.manner != "demonym" and other.entity.type in types:
            return _beside(word, beside, sentence, types, reading)
    if found := discourse.definite(word, sentence, types, reading):
        return found
    if word.tag == "CD" and "AgentGroup" in types:
        for noun in prepositions(word, ("of",)):
            if noun in reading.lexicon["nouns.groups"]:
                label = reading.cut(word, noun)
                key = f"{slug(label)}-{reading.mark}"
                return [Filler(Entity("group", key, label, "AgentGroup"), word, False, 0.9)]
    if word.tag == "CD" and "Asset" in types and "AgentGroup" in types and word.dep == "dobj":
        return _described(word, sentence, "group", "AgentGroup", reading)  # "US sanctions five"
    for make in (_side, _agreement, _instrument, _asset, _group, _someone):
        if found := make(word, sentence, types, reading):
            return found
    return []


def _is_counted(word: Word, mention: Mention) -> bool:
    """True for "16 allies of the president", who are not "the allies" of everybody."""
    return (
        mention.entity.type == "AgentGroup"
        and len(mention.words) == 1
        and word.tag == "NNS"
        and word.text[0].islower()
        and bool(deps(word, "nummod") or prepositions(word, ("of",)))
    )


def _listed_name(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    """A name that the parser does not know, coordinated with a body or a person: "Bank A and Zadna
    International"."""
    other = reading.mention(word.head, sentence) if word.dep == "conj" else None
    if other is None or other.entity.type not in types & _LISTED:
        return []
    first = word
    while first.previous is not None and first.previous.is_name and first.previous.head is word:
        first = first.previous
    if first is word:
        return []
    label = reading.cut(first, word)
    unknown = Entity(other.entity.kind, slug(label), label, other.entity.type)
    return [Filler(unknown, word, False, 0.8)]


_LISTED = frozenset({"Organization", "Person"})


def _beside(
    word: Word, beside: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    """What is named beside a noun: of several, "two commanders, A and B", every one."""
    named = conjuncts(beside) if word.tag == "NNS" else [beside]
    found: list[Filler] = []
    for one in named:
        mention = reading.mention(one, sentence)
        if mention is None:
            found += _listed_name(one, sentence, types, reading) if one.is_name else []
        elif mention.entity.type in types:
            found.append(Filler(mention.entity, one))
    return found


_POINTED = frozenset({"Country", "Organization", "Person"})
_DOCUMENTS = frozenset({"Agreement", "LegalInstrument"})


def pointed_at(word: Word, sentence: Sentence, reading: Reading) -> list[Filler]:
    """What a common noun names without a name: a document, or somebody spoken of before."""
    if not word.is_noun or reading.mention(word, sentence) is not None:
        return []
    if (
        word in reading.lexicon["classes.agreements"]
        or word in reading.lexicon["classes.instruments"]
    ):
        return _refer(word, sentence, _DOCUMENTS, reading)
    return discourse.definite(word, sentence, _POINTED, reading)


def _named(
    word: Word, mention: Mention, types: frozenset[str], sentence: Sentence, reading: Reading
) -> list[Filler]:
    if (part := _part(mention, reading.mentions[sentence.number])) is not None:
        mention = part
    if mention.entity.type in types:
        return [Filler(mention.entity, word, False, 0.85 if mention.manner == "new" else 1.0)]
    if mention.stands_for and mention.stands_for.type in types and acts_from(mention):
        return [Filler(mention.stands_for, word, True, 0.9)]
    side = reading.people.country_of(mention.entity) if mention.manner == "person" else None
    return [Filler(side, word, True, 0.8)] if side is not None and side.type in types else []


def _part(mention: Mention, here: Mapping[Word, Mention]) -> Mention | None:
    """The body within a body that the parser has hung below it: "the Department of the Treasury's
    Office of Foreign Assets Control" is the Office."""
    mark = mention.words[-1].next
    part = here.get(mark.next) if mark is not None and mark.tag == "POS" and mark.next else None
    if part is None or part.entity.type != "Organization":
        return None
    return part if any(word in mention.words for word in part.head.ancestors()) else None


def owner(word: Word, sentence: Sentence, reading: Reading) -> Mention | None:
    """The country or body that a noun phrase belongs to: "Iranian", "Iran's", "of Iran"."""
    here = reading.mentions[sentence.number]
    candidates = [
        *deps(word, "poss", "amod", "compound", "nmod", "nsubj"),
        *prepositions(word, ("of", "from")),
    ]
    for candidate in candidates:
        for one in (candidate, *deps(candidate, "compound", "amod", "nmod")):
            mention = here.get(one)
            if mention and (mention.entity.type in _OWNERS or mention.stands_for):
                return mention
    before = word.previous
    while before is not None and (before.is_noun or before.tag in {"JJ", "POS", "HYPH"}):
        if before in here and here[before].entity.type in _OWNERS:
            return here[before]
        before = before.previous
    if word.dep == "conj" and word.head.is_noun and not deps(word, *_PREMODIFIERS, "det", "poss"):
        return owner(word.head, sentence, reading)  # "Belarusian individuals and entities"
    return None


def owned_by(word: Word, sentence: Sentence, reading: Reading) -> Entity | None:
    """The owner as an actor, pronouns included: "its forces"."""
    mention = owner(word, sentence, reading)
    if mention is not None:
        return mention.stands_for or mention.entity
    for possessor in deps(word, "poss"):
        if discourse.is_pronoun(possessor):
            types = frozenset({"Country", "Organization"})
            for filler in discourse.pronoun(possessor, sentence, types, reading, None):
                return filler.entity
    return None


def _members(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> Iterator[Filler]:
    """The members that a group's phrase names: "countries including A and B", "like A"."""
    if (
        word not in reading.lexicon["nouns.groups"]
        and word not in reading.lexicon["classes.partitives"]
    ):
        return
    listed = prepositions(word, _INCLUDING)
    for first in listed:
        for one in conjuncts(first):
            named = list(_members(one, sentence, types, reading))
            yield from named or _refer(one, sentence, types - {"AgentGroup"}, reading)


def _side(word: Word, sentence: Sentence, types: frozenset[str], reading: Reading) -> list[Filler]:
    """A country or body named by those who act for it, or a body of its own named by country."""
    if (
        word not in reading.lexicon["nouns.government"]
        and word not in reading.lexicon["nouns.institutions"]
    ):
        return []
    if several := _owners(word, sentence, types, reading):
        return several
    if word.tag == "NNS" and word.lemma in _PEOPLE and _is_theirs(word) and "AgentGroup" in types:
        return []
    possessor = owned_by(word, sentence, reading)
    if possessor is None or _is_unofficial(word, reading):
        return []
    if word in reading.lexicon["nouns.institutions"] and deps(word, "nummod"):
        return []
    if word in reading.lexicon["nouns.institutions"] and "Organization" in types:
        if possessor.type == "Country":
            words = [*_premodifiers(word, sentence, reading), word]
            label = " ".join([possessor.label, *(w.text.capitalize() for w in words)])
            return [
                Filler(Entity("organization", slug(label), label, "Organization", possessor), word)
            ]
        return [Filler(possessor, word, True, 0.8)]
    if possessor.type in types and not _plural_group(word, types):
        return [Filler(possessor, word, False, 0.9)]
    return []


def _is_theirs(word: Word) -> bool:
    """True for "their ministers", who are of several and no one country."""
    return any(child.lower == "their" for child in deps(word, "poss"))


def _owners(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    """ "the leaders of A, B and C" are A, B and C."""
    named = [one for first in prepositions(word, ("of",)) for one in conjuncts(first)]
    found = [reading.mention(one, sentence) for one in named]
    if len(named) < 2 or word in reading.lexicon["nouns.institutions"]:
        return []
    return [
        Filler(mention.entity, one, False, 0.9)
        for mention, one in zip(found, named, strict=True)
        if mention is not None and mention.entity.type in types & _OWNERS
    ]


_COLLECTIVE = frozenset(
    {
        "official",
        "authority",
        "force",
        "troop",
        "forces",
        "diplomat",
        "negotiator",
        "soldier",
        "leader",
        "minister",
        "lawmaker",
        "government",
        "state",
        "country",
        "nation",
        "ambassador",
        "regulator",
        "prosecutor",
    }
)


_PEOPLE = frozenset(
    {"official", "diplomat", "negotiator", "soldier", "leader", "minister", "lawmaker"}
    | {"ambassador", "prosecutor", "officer", "regulator"}
)


def _plural_group(word: Word, types: frozenset[str]) -> bool:
    """True for "three Iranian officials": people, not the country that they serve. Where things
    may be meant too, as by a measure, so are people: "sanctions on Iranian officials"."""
    if word.tag not in {"NNS", "NNPS"}:
        return False
    if "Asset" in types and word.lemma in _PEOPLE:
        return True
    return bool(deps(word, "nummod")) or word.lemma not in _COLLECTIVE


def _is_unofficial(word: Word, reading: Reading) -> bool:
    """True for "Haitian gang leaders", who do not act for Haiti."""
    modifiers = deps(word, "amod", "compound", "nmod")
    return any(modifier in reading.lexicon["nouns.unofficial"] for modifier in modifiers)


def _premodifiers(word: Word, sentence: Sentence, reading: Reading) -> list[Word]:
    """Adjectives and nouns right before the head, those that name somebody left out."""
    here = reading.mentions[sentence.number]
    found: list[Word] = []
    before = word.previous
    while before is not None and before.tag in {
        "JJ",
        "NN",
        "NNP",
        "NNS",
        "VBN",
        "VBG",
        "HYPH",
        "JJS",
    }:
        if before in here or (before.lower == "-" and not found):
            break
        found.insert(0, before)
        before = before.previous
    return found


_QUOTED = re.compile(r'"([^"]{3,200})"')


def _agreement(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    if "Agreement" not in types or word not in reading.lexicon["classes.agreements"]:
        return []
    here = reading.mentions[sentence.number]
    for modifier in deps(word, "nmod", "compound", "amod"):
        if modifier in here and here[modifier].entity.type == "Agreement":
            return [Filler(here[modifier].entity, word)]
    if (title := _title(word, sentence, reading)) is not None:
        return [Filler(Entity("agreement", slug(title), title, "Agreement"), word)]
    return _document(word, sentence, "agreement", "Agreement", reading)


def _instrument(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    if "LegalInstrument" not in types or word not in reading.lexicon["classes.instruments"]:
        return []
    return _document(word, sentence, "instrument", "LegalInstrument", reading)


def _document(
    word: Word, sentence: Sentence, kind: str, type_: str, reading: Reading
) -> list[Filler]:
    """A document that the text does not call by a name of its own: it is this article's."""
    pointing = any(child.lower in {"the", "this", "that"} for child in deps(word, "det"))
    known = discourse.last_agreement(word, sentence, reading, {type_}) if pointing else None
    if known is not None:
        return [Filler(known, word, True, 0.85)]
    label = _label(word, sentence, reading)
    return [Filler(Entity(kind, f"{slug(label)}-{reading.mark}", label, type_), word, False, 0.95)]


def _title(word: Word, sentence: Sentence, reading: Reading) -> str | None:
    """The title in quotation marks that begins with this word."""
    for quoted in _QUOTED.finditer(reading.text, sentence.start, sentence.end):
        if quoted.start(1) <= word.start < quoted.end(1):
            title = quoted.group(1)
            if title[0].isupper() and title.split()[0].lower() == word.lower:
                return reading.article.text[quoted.start(1) : quoted.end(1)]
    return None


def _asset(word: Word, sentence: Sentence, types: frozenset[str], reading: Reading) -> list[Filler]:
    if "Asset" not in types or word not in reading.lexicon["nouns.assets"]:
        return []
    if word.tag == "NN" and word in reading.lexicon["nouns.vessels"] and (name := _vessel(word)):
        label = reading.cut(*name)
        return [Filler(Entity("vessel", slug(label), label, "Vessel"), word, False, 0.9)]
    kind, type_ = (
        ("vessel", "Vessel") if word in reading.lexicon["nouns.vessels"] else ("asset", "Asset")
    )
    return _described(word, sentence, kind, "Asset" if word.tag == "NNS" else type_, reading)


def _vessel(word: Word) -> tuple[Word, Word] | None:
    """The first and the last word of a ship's name: "the tanker Pluto"."""
    names: list[Word] = []
    after = word.next
    while after is not None and after.is_name:
        names.append(after)
        after = after.next
    return (names[0], names[-1]) if names else None


def _group(word: Word, sentence: Sentence, types: frozenset[str], reading: Reading) -> list[Filler]:
    if "AgentGroup" not in types or word not in reading.lexicon["nouns.groups"]:
        return []
    if any(child.lower in {"these", "those", "such"} for child in deps(word, "det", "amod")):
        return []
    if word.tag not in {"NNS", "NNPS"} and word.lemma not in _ALWAYS_SEVERAL and not _is_any(word):
        return []
    return _described(word, sentence, "group", "AgentGroup", reading)


_ALWAYS_SEVERAL = frozenset({"network", "family", "group", "people"})


def _is_any(word: Word) -> bool:
    """True for "any nation that helps" and "every bank": whoever it may be."""
    return any(child.lower in {"any", "every", "each"} for child in deps(word, "det"))


def _someone(
    word: Word, sentence: Sentence, types: frozenset[str], reading: Reading
) -> list[Filler]:
    """A person or body without a name at which a measure is aimed, "fined a British bank", or who
    is the source of what is told: "an official said"."""
    if word.tag != "NN" or _points_back(word):
        return []
    if "Asset" not in types:
        unnamed = "Person" in types and word in reading.lexicon["nouns.unnamed"]
        return _described(word, sentence, "person", "Person", reading) if unnamed else []
    if "Organization" in types and word in reading.lexicon["nouns.bodies"]:
        return _described(word, sentence, "organization", "Organization", reading)
    if "Person" in types and word in reading.lexicon["nouns.persons"]:
        return _described(word, sentence, "person", "Person", reading)
    return []


def _points_back(word: Word) -> bool:
    determiners = {child.lower for child in deps(word, "det", "poss")}
    return bool(determiners - {"a", "an"})


def _described(
    word: Word, sentence: Sentence, kind: str, type_: str, reading: Reading
) -> list[Filler]:
    label = _label(word, sentence, reading)
    possessor = owned_by(word, sentence, reading)
    within = possessor if possessor is not None and possessor.type == "Country" else None
    entity = Entity(kind, f"{slug(label)}-{reading.mark}", label, type_, within)
    return [Filler(entity, word, False, 0.9)]


def _label(word: Word, sentence: Sentence, reading: Reading) -> str:
    """The noun phrase from its first adjective or number to its head."""
    first = word
    for child in word.children:
        if child.index < word.index and child.dep in _PREMODIFIERS and child.text[0].isalnum():
            for part in sorted(child.subtree(), key=lambda w: w.index):
                if part.tag in {"DT", "PRP$", "WP$", "RB", "PDT", "POS"} or part.text[0] == '"':
                    continue
                if part.index < first.index:
                    first = part
                break
    for possessor in deps(word, "poss"):
        if reading.mention(possessor, sentence) is not None:
            first = min(possessor.subtree(), key=lambda w: w.index)
            first = first.next if first.tag == "DT" and first.next is not None else first
    last = word
    if word.lemma in {
        "member",
        "employee",
        "relative",
        "associate",
        "supporter",
        "minister",
        "leader",
        "representative",
        "ambassador",
    }:
        # These say little without whose they are.
        for noun in prepositions(word, ("of",)):
            last = conjuncts(noun)[-1]
    return reading.cut(first, last)
