"""Where it happens: phrases of place that hang on an act somewhere up the tree."""

from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.clauses import deps
from kgapi.facts.rules.phrases import refer
from kgapi.facts.rules.reading import Reading
from kgapi.facts.rules.realis import is_purpose
from kgapi.facts.rules.text import Sentence, Word
from kgapi.reference import ontology

_AT = frozenset({"in", "at", "near", "outside"})


def assign(sentence: Sentence, here: list[Candidate], reading: Reading) -> None:
    """Gives acts without a place the place that hangs below them, acts of purpose aside.

    The parser often hangs the phrase on the last noun before it: "signed a pact on sanctions in
    Moscow".
    """
    owners: dict[Word, list[Candidate]] = {}
    for candidate in here:
        if "place" in candidate.frame.roles:
            for anchor in candidate.anchors():
                owners.setdefault(anchor, []).append(candidate)
    if not owners:
        return
    for word in sentence.words:
        if word.lower not in _AT or word.dep != "prep":
            continue
        for noun in deps(word, "pobj"):
            places = refer(noun, sentence, ontology.shipped().properties["place"].range, reading)
            holders = _above(word, owners) if places else []
            for candidate in holders:
                if "place" not in candidate.roles:
                    candidate.roles["place"] = places[:1]


def _above(word: Word, owners: dict[Word, list[Candidate]]) -> list[Candidate]:
    found: list[Candidate] = []
    for above in word.ancestors():
        for candidate in owners.get(above, ()):
            if not is_purpose(candidate.trigger) and candidate not in found:
                found.append(candidate)
        if above.is_verb and found:
            break
    return found
