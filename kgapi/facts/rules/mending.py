"""Small repairs of the tree where the parser is known to stumble over names."""

from collections.abc import Mapping

from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.mentions import Mention
from kgapi.facts.rules.text import Sentence, Word


def name_measures(sentence: Sentence, lexicon: Lexicon) -> None:
    """Makes nouns of "freezes" in "imposed asset freezes" and the like, which the parser takes for
    a clause of their own."""
    measures = lexicon["classes.sanctions"]
    for word in sentence.words:
        before = word.previous
        if not word.is_verb or word.lemma in measures.single or before not in word.children:
            continue
        if word in measures and word.dep in {"ccomp", "conj", "xcomp"}:
            word.tag = "NNS" if word.lower.endswith("s") else "NN"
            word.dep = "conj" if word.dep == "conj" else "dobj"
            before.dep = "compound"


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
