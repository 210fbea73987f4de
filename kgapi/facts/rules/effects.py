"""How much and which way: the figures of economic effects, and what they are observed for."""

from collections.abc import Iterable
from itertools import chain

from kgapi.facts.fact import Entity
from kgapi.facts.rules import numbers
from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.clauses import deps
from kgapi.facts.rules.lexicon import Lexicon
from kgapi.facts.rules.names import entity
from kgapi.facts.rules.reading import Filler, Reading
from kgapi.facts.rules.text import Word

_OBSERVED = frozenset({"Country", "Currency", "Organization"})


def measure(candidate: Candidate, others: list[Candidate], reading: Reading) -> None:
    """Adds the figure that belongs to the effect or to the fine, if the sentence has one."""
    if candidate.type != "EconomicEffect" and candidate.action != "fine":
        return
    sentence = candidate.sentence
    rivals = {c.trigger for c in others if c is not candidate and c.type == "EconomicEffect"}
    figures = list(numbers.find(reading.text, sentence.start, sentence.end))
    if candidate.values.get("indicator") in {"interest-rate", "inflation"}:
        # "from 9.5 percent to 20 percent": where it stands now.
        figures.sort(key=lambda f: not reading.text[: f.start].endswith(" to "))
    for figure in figures:
        words = [w for w in sentence.words if w.start < figure.end and figure.start < w.end]
        if words and _belongs(words[0], candidate, rivals) and _suits(figure, candidate):
            candidate.values |= figure.values()
            if figure.currency is not None:
                # The unit of a sum of money is its currency, which is an entity and so a role.
                del candidate.values["unit"]
                money = entity(reading.gazetteer[f"currency/{figure.currency}"], reading.gazetteer)
                candidate.roles["unit"] = [Filler(money, words[0])]
            break


def lean(candidate: Candidate, lexicon: Lexicon) -> None:
    """The direction that adjectives and verbs beside the indicator give it."""
    around = [*deps(candidate.trigger, "amod", "acomp"), *candidate.anchors()]
    if candidate.trigger.dep in {"nsubj", "compound"}:
        around.append(candidate.trigger.head)
        around += deps(candidate.trigger.head, "acomp", "amod")
    for direction in ("high", "up", "down", "unchanged"):
        if any(word in lexicon[f"directions.{direction}"] for word in around):
            candidate.values["direction"] = direction
            return


def _suits(figure: numbers.Figure, candidate: Candidate) -> bool:
    indicator = candidate.values.get("indicator")
    if candidate.action == "fine":
        return figure.unit == "amount"
    if indicator in {"inflation", "interest-rate", "gdp-growth"}:
        return figure.unit in {"percent", "percentage-point"}
    if indicator == "exchange-rate":
        return figure.unit in {"percent", "factor"}
    return True


def _belongs(word: Word, candidate: Candidate, rivals: set[Word]) -> bool:
    anchors = set(candidate.anchors())
    for above in (word, *word.ancestors()):
        if above in rivals:
            return False
        if above in anchors:
            return True
    return False


def place(candidate: Candidate, earlier: Iterable[Candidate]) -> None:
    """Fills in for what an effect is observed where the sentence leaves it to the context: to its
    causes, else to what was told earlier, latest first.

    "the loss in value" is that of the currency spoken of before; the cost of imports is that of
    the country whose currency has fallen.
    """
    if candidate.type != "EconomicEffect" or "observedFor" in candidate.roles:
        return
    same = candidate.values.get("indicator") == "exchange-rate"
    causes = candidate.links.get("causedBy", [])
    for other in chain(causes, earlier):
        if other.type != "EconomicEffect" or not other.roles.get("observedFor"):
            continue
        if other not in causes and candidate.sentence.number - other.sentence.number > 4:
            break
        observed = other.entities("observedFor")[0]
        found = observed if same else _home(observed)
        if found is not None and (not same or observed.type == "Currency"):
            candidate.roles["observedFor"] = [Filler(found, candidate.trigger, True, 0.8)]
            candidate.inferred.add("observedFor")
            candidate.weight *= 0.85
            return


def _home(entity: Entity) -> Entity | None:
    return entity if entity.type == "Country" else entity.within
