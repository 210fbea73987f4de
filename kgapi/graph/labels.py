"""A line of words for a fact, for people who meet it in a list."""

from itertools import chain

from kgapi.facts.fact import Entity, Fact
from kgapi.graph.vocab import ROLE_ORDER

# Whoever is named before the verb.
_DOERS = ("actor", "imposedBy", "signatory", "speaker", "host", "holder", "observedFor")
_OTHERS = tuple(role for role in ROLE_ORDER if role not in _DOERS)


def label(fact: Fact) -> str:
    """``United States, European Union: impose: Russia``: doers, what happened, everybody else."""
    doers = _names(fact, _DOERS)
    others = _names(fact, _OTHERS)
    told = [", ".join(doers), _verb(fact), ", ".join(others)]
    return ": ".join(part for part in told if part)


def _names(fact: Fact, roles: tuple[str, ...]) -> list[str]:
    """Labels by role, in alphabetical order within one: articles name the same parties in any."""
    fillers = (fact.roles[role] for role in roles if role in fact.roles)
    named = (sorted(e.label for e in each if isinstance(e, Entity)) for each in fillers)
    return list(dict.fromkeys(chain.from_iterable(named)))


def _verb(fact: Fact) -> str:
    match fact.type:
        case "EconomicEffect":
            named = ("indicator", "direction", "value", "unit")
            return " ".join(str(fact.values[name]) for name in named if name in fact.values)
        case "SanctionsMeasure":
            return "sanctions"
        case "Designation":
            return "listing"
        case "Tenure":
            return "holds the post"
        case "Judgement":
            return f"called {fact.values.get('characterizedAs', '')}"
        case _:
            return (fact.action or fact.type).replace("-", " ")
