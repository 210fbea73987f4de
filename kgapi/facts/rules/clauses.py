"""A clause seen by its roles: subjects, objects and phrases of a word, whatever the construction.

Passives are turned round, coordination is spread out, subjects are inherited by participles and
infinitives, and relative pronouns stand for what they refer to.
"""

from collections.abc import Iterable, Iterator

from kgapi.facts.rules.text import Word

_RELATIVE = frozenset({"who", "which", "that", "whom"})
_SUBJECTS = frozenset({"nsubj", "csubj"})
_PASSIVE_SUBJECTS = frozenset({"nsubjpass", "csubjpass"})
_NOUN_LINKS = frozenset({"acl", "relcl"})


def deps(word: Word, *names: str) -> list[Word]:
    """The children that hang on the word by one of these relations, in reading order."""
    return [child for child in word.children if child.dep in names]


def is_passive(verb: Word) -> bool:
    """True for "was signed", "signed by", "the sanctions imposed on"; not for "has signed"."""
    if not verb.is_verb:
        return False
    if deps(verb, "auxpass", "nsubjpass", "csubjpass"):
        return True
    if verb.tag not in {"VBN", "VBD"} or deps(verb, "aux", "nsubj"):
        return False
    if verb.dep in {"acl", "amod"} and verb.tag in {"VBN", "VBD"}:
        return True
    if deps(verb, "agent") and not deps(verb, "dobj"):
        return True
    if verb.dep == "conj" and verb.tag == "VBN" and not deps(verb, "dobj"):
        return is_passive(verb.head)
    return verb.dep in {"advcl", "pcomp"} and verb.tag == "VBN" and not deps(verb, "dobj")


_GERUND_VERBS = frozenset(
    {
        "deny",
        "admit",
        "stop",
        "avoid",
        "consider",
        "continue",
        "begin",
        "start",
        "risk",
        "suggest",
        "resume",
        "halt",
        "discuss",
        "weigh",
        "mull",
        "oppose",
        "propose",
        "recommend",
        "support",
        "resist",
    }
)


def is_gerund(verb: Word) -> bool:
    """True for "denied supplying weapons", where the parser takes the gerund for an adjective."""
    return (
        verb.dep == "amod"
        and verb.tag == "VBG"
        and verb.head.dep == "dobj"
        and verb.head.head.lemma in _GERUND_VERBS
        and verb.previous in {verb.head.head, *verb.head.head.children}
    )


def surface_subjects(verb: Word, depth: int = 0) -> list[Word]:
    """What stands before the verb as its subject, spelled out, inherited or through a relative."""
    own = [child for child in verb.children if child.dep in _SUBJECTS | _PASSIVE_SUBJECTS]
    if own:
        return [_antecedent(subject, verb) for subject in own]
    if depth > 6 or verb.head is verb:
        return []
    head = verb.head
    if verb.dep in _NOUN_LINKS:
        if head.is_verb:
            return surface_subjects(head, depth + 1)
        if verb.tag == "VB" and any(c.lower == "to" for c in deps(verb, "aux")):
            # "Iran's efforts to evade", "efforts by Iran to evade": Iran's; else the subject's.
            if owners := [*deps(head, "poss"), *agents_of(head), *_named_modifiers(head)]:
                return owners
            above = governor(head) or _verb_above(head)
            if above is None and head.is_name and head.head is head:
                return [head]  # a headline: "EU to extend sanctions"
            return subjects_of(above) if above is not None else []
        return [head]
    if is_gerund(verb):
        return surface_subjects(head.head, depth + 1)
    if verb.dep == "amod":
        return [head]
    if verb.dep == "pcomp":
        return _controller(head, depth)
    if verb.dep == "xcomp":
        objects = deps(head, "dobj")
        return objects if objects else surface_subjects(head, depth + 1)
    if verb.dep in {"conj", "advcl", "dep", "ccomp"} and head.is_verb:
        if verb.dep == "ccomp" and verb.tag not in {"VBG", "VB"}:
            return []
        return surface_subjects(head, depth + 1)
    return []


def _verb_above(noun: Word) -> Word | None:
    """The verb somewhere above a noun inside other nouns: "signed a declaration on ways to"."""
    for word in noun.ancestors():
        if word.is_verb:
            return word
    return None


def _named_modifiers(noun: Word) -> list[Word]:
    return [w for w in deps(noun, "amod", "compound", "nmod") if w.text[0].isupper()]


def _controller(preposition: Word, depth: int) -> list[Word]:
    """Who does what follows the preposition: "accused X of doing", "hit X after doing"."""
    verb = preposition.head
    if verb.is_verb:
        if preposition.lower in {"of", "from", "for", "to"} and (objects := objects_of(verb)):
            return objects
        return surface_subjects(verb, depth + 1)
    if verb.is_noun and verb.dep in {"pobj", "dobj", "nsubj", "appos", "conj"}:
        return [] if preposition.lower in {"of", "for"} else [verb]
    return []


def _antecedent(word: Word, verb: Word) -> Word:
    if word.lower in _RELATIVE and verb.dep in {"relcl", "acl"}:
        before = word.previous
        # "A, B and C, which": the clause is about all of them.
        return first_conjunct(verb.head) if before is not None and before.text == "," else verb.head
    return word


def subjects_of(verb: Word) -> list[Word]:
    """Who does it: the subject of an active verb, the by-phrase of a passive one."""
    if is_passive(verb):
        return agents_of(verb)
    return surface_subjects(verb)


def agents_of(word: Word) -> list[Word]:
    """What the by-phrase names."""
    phrases = [child for child in word.children if child.dep in {"agent", "prep"}]
    return [noun for phrase in phrases if phrase.lower == "by" for noun in deps(phrase, "pobj")]


def objects_of(verb: Word) -> list[Word]:
    """What it is done to: the object of an active verb, the subject of a passive one."""
    if is_passive(verb):
        return surface_subjects(verb)
    if is_gerund(verb):
        return [verb.head]
    if own := deps(verb, "dobj"):
        # "discuss lifting sanctions": what is discussed is the lifting.
        done = {word: [c for c in word.children if is_gerund(c)] for word in own}
        return [_antecedent(one, verb) for word in own for one in done[word] or [word]]
    if verb.dep == "relcl" and surface_subjects(verb) != [verb.head]:
        return [verb.head]
    if verb.dep == "conj" and verb.head.is_verb and not deps(verb, "prep", "ccomp", "xcomp"):
        return objects_of(verb.head)
    # "froze and seized the assets": the object stands behind the last verb.
    shared = [v for v in deps(verb, "conj") if v.is_verb and verb.index < v.index]
    if shared and not deps(verb, "prep", "ccomp", "xcomp") and not is_passive(shared[0]):
        return deps(shared[0], "dobj")
    return []


def introduces_speech(verb: Word) -> bool:
    """True where a clause or a quotation goes with the verb, or it stands inside what is said."""
    if deps(verb, "ccomp", "xcomp", "parataxis", "iobj", "dative"):
        return True
    if any(child.text == '"' for child in verb.children):
        return True
    if verb.dep in {"ccomp", "parataxis"} and verb.head.is_verb:
        return True
    # A quotation elsewhere in the sentence whose marks the parser has hung on its own words.
    return any(word.text == '"' for word in _line(verb))


def _line(word: Word) -> Iterator[Word]:
    first = word
    while first.previous is not None:
        first = first.previous
    at: Word | None = first
    while at is not None:
        yield at
        at = at.next


def prepositions(word: Word, names: Iterable[str]) -> list[Word]:
    """Objects of the phrases that hang on the word by one of these prepositions.

    Two-word prepositions are written with a space: "ahead of", "due to", "because of".
    """
    wanted = frozenset(names)
    found: list[Word] = []
    for child in word.children:
        found += _objects_behind(child, wanted)
    return found


def _objects_behind(child: Word, wanted: frozenset[str]) -> list[Word]:
    if child.dep in {"prep", "agent", "dative", "prt", "advmod", "amod"} or child.tag in {
        "IN",
        "TO",
    }:
        if child.lower in wanted:
            return deps(child, "pobj", "pcomp")
        for inner in deps(child, "prep", "pcomp", "fixed"):
            if f"{child.lower} {inner.lower}" in wanted:
                return deps(inner, "pobj", "pcomp") or deps(child, "pobj", "pcomp")
    return []


def conjuncts(word: Word) -> list[Word]:
    """The word and all that are coordinated with it, in reading order."""
    found = [word]
    for child in word.children:
        if child.dep == "conj":
            found += conjuncts(child)
    return found


def first_conjunct(word: Word) -> Word:
    """The word that this one is coordinated with first, or itself: "A and B" hang on A's place."""
    first = word
    while first.dep == "conj" and first.head.is_noun == first.is_noun:
        first = first.head
    return first


def governor(noun: Word) -> Word | None:
    """The verb of which the noun is object or stands in a phrase: "face sanctions", "grapple with".

    A coordinated noun has the governor of the first.
    """
    first = first_conjunct(noun)
    if first.dep in {"dobj", "attr", "oprd", "nsubjpass"} and first.head.is_verb:
        return first.head
    if first.dep == "pobj":
        phrase = first.head
        holder = phrase.head
        if holder.is_verb:
            return holder
        if holder.tag in {"RB", "IN", "RP"} and holder.head.is_verb:
            return holder.head
    return None
