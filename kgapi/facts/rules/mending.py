"""Small repairs of the tree where the parser is known to stumble: over names and headlines."""

from collections.abc import Mapping

from kgapi.facts.rules.frames import Lexicon as Verbs
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.mentions import Mention
from kgapi.facts.rules.text import Sentence, Word

_COMPLEMENTS = frozenset({"dobj", "ccomp", "xcomp", "aux", "auxpass", "attr", "oprd"})
_DO = frozenset({"do", "does", "did"})


def name_measures(sentence: Sentence, lexicon: Lexicon) -> None:
    """Makes nouns of "freezes" in "imposed asset freezes" and the like, which the parser takes for
    a clause of their own."""
    measures = lexicon["classes.sanctions"]
    for word in sentence.words:
        before = word.previous
        if before is not None and before.dep == "pobj" and _is_measure(before, word, lexicon):
            _take_over(word, before)
        if not word.is_verb or word.lemma in measures.single or before not in word.children:
            continue
        if word in measures and word.dep in {"ccomp", "conj", "xcomp"}:
            word.tag = "NNS" if word.lower.endswith("s") else "NN"
            word.dep = "conj" if word.dep == "conj" else "dobj"
            before.dep = "compound"


def _is_measure(before: Word, word: Word, lexicon: Lexicon) -> bool:
    """True for "freezes" in "exempts aid from asset freezes", taken for a verb without a subject."""
    alone = not any(child.dep in {"nsubj", "dobj", "aux"} for child in word.children)
    pair = (before.lemma, word.lemma)
    return (
        word.tag == "VBZ"
        and alone
        and pair in lexicon["classes.sanctions"].several.get(word.lemma, ())
    )


def _take_over(word: Word, before: Word) -> None:
    """Makes the word the noun that the one before it was taken for."""
    _hang(word, before.head, before.dep)
    word.tag = "NNS"
    _hang(before, word, "compound")


def restore_verbs(sentence: Sentence) -> None:
    """Makes a verb of what has "did" before it and that the parser takes for a noun or an
    adjective: "did not designate"."""
    for word in sentence.words:
        helped = any(child.dep == "aux" and child.lower in _DO for child in word.children)
        if helped and not word.is_verb:
            word.tag, word.lemma = "VB", word.lower


def restore_coordinated(sentence: Sentence, frames: Verbs) -> None:
    """Makes a verb of what the parser takes for a noun before another: "It lists ten banks and
    tightens export controls"."""
    for word in sentence.words:
        before, noun = word.previous, word.head
        if word.tag != "NNS" or word.dep != "compound" or not frames.has_verb(word.lemma):
            continue
        *_, first = (word, *word.ancestors())
        if before is None or before.lower != "and" or first.tag != "VBZ":
            continue
        for child in [c for c in noun.children if c.index < word.index and c.dep == "cc"]:
            _hang(child, first, "cc")
        _hang(word, first, "conj")
        _hang(noun, word, "dobj")
        word.tag = "VBZ"


def recount(sentence: Sentence, lexicon: Lexicon) -> None:
    """Makes plurals of those that the parser takes for a singular: "key oligarchs"."""
    groups = lexicon["nouns.groups"].single
    for word in sentence.words:
        if word.tag == "NN" and word.lower.endswith("s") and word.lower[:-1] in groups:
            word.tag, word.lemma = "NNS", word.lower[:-1]


def rejoin(here: Mapping[Word, Mention]) -> None:
    """Puts people side by side where the parser has hung one below the other's name: "the assets
    of Putin and Foreign Minister Sergei Lavrov"."""
    heads = {m.head: m for m in here.values() if m.manner == "person"}
    for head, mention in heads.items():
        above = head.head
        if head.dep not in {"nmod", "compound", "amod"} or above is head or above not in heads:
            continue
        if heads[above] is mention:
            continue
        above.children.remove(head)
        if above.head is not above:
            above.head.children.remove(above)
            above.head.children.append(head)
            head.head = above.head
        else:
            head.head = head
        head.dep, above.dep, above.head = above.dep, "conj", head
        head.children.append(above)
        for title in [c for c in head.children if c.dep == "conj" and c.index < above.index]:
            # The title of the second was taken for somebody of its own.
            head.children.remove(title)
            title.dep, title.head = "compound", above
            above.children.append(title)


def list_up(sentence: Sentence, here: Mapping[Word, Mention]) -> None:
    """Makes a list of what the parser takes for names set beside one another: "added Bank A, the
    tanker B and C", "two commanders of the force, A and B, for"."""
    for mention in _named(here):
        noun = mention.words[0].previous
        if noun is None or noun.tag not in {"NN", "NNS"} or mention.head.dep != "appos":
            continue
        if mention.head.head is not noun and noun not in mention.head.subtree():
            _hang(mention.head, noun, "appos")
    for mention in _named(here):
        comma = mention.words[-1].next
        if comma is None or comma.text != ",":
            continue
        item = _item_after(comma, here)
        if item is not None and item.dep == "appos" and item not in mention.words:
            _enlist(item, mention.head, here)
    for mention in _named(here):
        whose = mention.head.head
        after_comma = mention.words[0].previous
        if mention.manner != "person" or mention.head.dep != "conj" or after_comma is None:
            continue
        if after_comma.text == "," and whose in here and here[whose].manner != "person":
            phrase = whose.head
            if phrase.lower == "of" and phrase.head.tag == "NNS":
                # "two commanders of the force, A and B": people are no part of the force.
                _hang(mention.head, phrase.head, "appos")
    for verb in sentence.words:
        objects = [c for c in verb.children if c.dep == "dobj"] if verb.is_verb else []
        for extra in objects[1:]:
            counted = _counted_in(objects[0], extra.index)
            if counted is not None and extra in here and extra.index > verb.index:
                _hang(extra, counted, "appos")


def bring_members(sentence: Sentence, lexicon: Lexicon) -> None:
    """Hangs "including A and B" on the people or bodies that it says more of, where the parser has
    hung it on a verb or a participle between: "nine men linked to the cartel, including A"."""
    groups = lexicon["nouns.groups"]
    for word in sentence.words:
        them = word.next is not None and word.next.lower == "them"
        if word.lower != "including" and not (word.lower == "among" and them):
            continue
        if word.dep != "prep" or word.head in groups or not word.head.is_verb:
            continue
        before = [w for w in sentence.words[: word.index] if w in groups and w.tag == "NNS"]
        if before:
            _hang(word, before[-1], "prep")


def _named(here: Mapping[Word, Mention]) -> list[Mention]:
    found = {id(m): m for m in here.values() if m.manner != "demonym"}
    return sorted(found.values(), key=lambda mention: mention.words[0].index)


def _item_after(comma: Word, here: Mapping[Word, Mention]) -> Word | None:
    """The head of what a list goes on with: a name, or a noun with a name right behind it."""
    word = comma.next
    while word is not None and word not in here:
        after = word.next
        if word.is_noun and after is not None and (after in here or after.is_name):
            return word
        if word.tag not in {"DT", "PRP$", "JJ", "NN", "NNP", "VBG", "VBN", "NNS"}:
            return None
        word = after
    return here[word].head if word is not None and here[word].manner != "demonym" else None


def _enlist(item: Word, first: Word, here: Mapping[Word, Mention]) -> None:
    """Coordinates the item with the name before it, if an "and" follows that goes on with more."""
    beside = [child for child in item.children if child.dep == "appos"]
    tail = [item, *beside, first]
    if not any(c.dep == "conj" and c.index > item.index for word in tail for c in word.children):
        return
    if item in first.ancestors():
        return
    _hang(item, first, "conj")
    for name in beside:
        for child in [c for c in name.children if c.dep in {"conj", "cc"}]:
            _hang(child, item, child.dep)


def _counted_in(noun: Word, before: int) -> Word | None:
    """A noun in the plural with a number, in the phrase of an object: "sanctions on two men"."""
    counted = [
        word
        for word in noun.subtree()
        if word.tag == "NNS" and word.index < before
        if any(child.tag == "CD" for child in word.children)
    ]
    return max(counted, key=lambda word: word.index, default=None)


def _hang(word: Word, head: Word, dep: str) -> None:
    word.head.children.remove(word)
    word.head, word.dep = head, dep
    head.children.append(word)
    head.children.sort(key=lambda child: child.index)


def find_speakers(here: Mapping[Word, Mention]) -> None:
    """Gives a verb that goes on with "that" the name before it for a subject, where an apposition
    between them makes the parser take it for a participle: "SWIFT, the network, announced that"."""
    for head in {id(m): m.head for m in here.values()}.values():
        for verb in [c for c in head.children if c.dep == "acl" and c.tag == "VBN"]:
            told = any(c.dep == "ccomp" for c in verb.children)
            if told and verb.previous is not None and verb.previous.text == ",":
                _make_subject(head, verb)


def _make_subject(name: Word, verb: Word) -> None:
    above, dep = name.head, name.dep
    name.children.remove(verb)
    verb.tag, verb.dep = "VBD", dep
    if above is name:
        verb.head = verb
    else:
        above.children[above.children.index(name)] = verb
        verb.head = above
    name.head, name.dep = verb, "nsubj"
    verb.children.insert(0, name)


def find_front(sentence: Sentence) -> None:
    """Gives a verb without a subject what stands between a comma and it, where the parser has taken
    that for more of a clause in front: "To counter the sanctions, A and B ordered"."""
    for verb in sentence.words:
        if verb.tag not in {"VBD", "VBZ", "VBP"} or verb.head is not verb:
            continue
        if any(c.dep in {"nsubj", "nsubjpass", "csubj", "expl"} for c in verb.children):
            continue
        for clause in [c for c in verb.children if c.dep == "advcl" and c.index < verb.index]:
            for word in list(clause.subtree()):
                comma = min(word.subtree(), key=lambda w: w.index).previous
                if word.dep == "conj" and comma is not None and comma.text == ",":
                    _hang(word, verb, "nsubj")
                    break


def find_verbs(here: Mapping[Word, Mention]) -> None:
    """Gives a finite verb without a subject whoever is named right before it: long titles and
    short clauses lose the parser its subject."""
    for mention in {id(m): m for m in here.values() if m.manner in {"person", "name"}}.values():
        verb = mention.words[-1].next
        if verb is None or verb.tag not in {"VBD", "VBZ", "VBP"} or verb in mention.head.children:
            continue
        if any(child.dep in {"nsubj", "nsubjpass", "aux"} for child in verb.children):
            continue
        head = mention.head
        if head.dep in {"nsubj", "nsubjpass"} or verb.dep in {"aux", "auxpass", "acl", "amod"}:
            continue
        if verb in head.subtree() or head.head is head:
            continue
        if mention.manner == "name" and not (
            head.head is verb and head.dep in {"compound", "nmod"}
        ):
            continue
        head.head.children.remove(head)
        head.dep, head.head = "nsubj", verb
        verb.children.append(head)


def spell_out(sentence: Sentence, lexicon: Lexicon) -> None:
    """Makes the tree of a headline that of the sentence it is short for: a comma stands for "and",
    and a passive has no auxiliary."""
    words = sentence.words
    for first, comma, second in zip(words, words[1:], words[2:], strict=False):
        if comma.text == "," and first.is_name and second.is_name:
            _join(first, _head_of_name(second))
    for word in words:
        if (
            word.head is word
            and word.tag in {"VBD", "VBN"}
            and word in lexicon["headlines.passives"]
        ):
            _make_passive(word)


def _head_of_name(word: Word) -> Word:
    while word.dep == "compound" and word.head.is_name and word.head.index > word.index:
        word = word.head
    return word


def _join(first: Word, second: Word) -> None:
    """ "Russia, Iran sign pact": the two are the subject together."""
    beside = second.dep == "appos" and second.head is first and first.dep == "nsubj"
    apart = second.dep == "nsubj" and first.head is second.head and first.dep != "nsubj"
    if beside:
        second.dep = "conj"
    elif apart:
        second.head.children.remove(second)
        first.dep, second.dep, second.head = "nsubj", "conj", first
        first.children.append(second)


def _make_passive(verb: Word) -> None:
    """ "Iran hit with sanctions": Iran was."""
    subjects = [child for child in verb.children if child.dep == "nsubj"]
    if not subjects or any(child.dep in _COMPLEMENTS for child in verb.children):
        return
    verb.tag = "VBN"
    for child in subjects:
        child.dep = "nsubjpass"
    for child in verb.children:
        if child.lower == "by" and child.dep == "prep":
            child.dep = "agent"
