"""What a candidate lacks and its context gives: values, parties, bodies, times taken from causes."""

from dataclasses import replace
from itertools import chain

from kgapi.facts.fact import NEVER_SAID, Entity
from kgapi.facts.rules import effects, names, reasons
from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.reading import Filler, Reading
from kgapi.reference import ontology

_HEADLINE_WEIGHT = 0.8
_UNDATED = frozenset({"SanctionsMeasure", "Designation", "Judgement", "EconomicEffect"})
_TO_COME = frozenset({"planned", "threatened", "possible", "denied", "cancelled"})
# Their frames ask for words that say enough: "evaded sanctions", "issued a general licence".
_WORTH_TELLING = frozenset({"evade", "license"})
# One of these makes another act on sanctions worth telling.
_OBJECTS = frozenset(
    {"target", "concerns", "beneficiary", "measureType", "programme", "legalBasis"}
)


def complete(
    candidate: Candidate, here: list[Candidate], before: list[Candidate], reading: Reading
) -> None:
    terms = ontology.shipped()
    if terms.has_property("measureType", candidate.type):
        kinds = reasons.measures(candidate, reading)
        if kinds := tuple(dict.fromkeys((*candidate.frame.measures, *kinds))):
            candidate.values["measureType"] = kinds
    if candidate.type in {"SanctionsAction", "SanctionsMeasure", "Designation"}:
        if grounds := reasons.reasons(candidate, reading):
            candidate.values["reason"] = grounds
        for other in candidate.links.get("inResponseTo", []):
            if other.action == "invade" and "reason" not in candidate.values:
                candidate.values["reason"] = ("invasion",)
    if candidate.type == "Judgement" and candidate.modality == "stated":
        candidate.modality = "opinion"
    if terms.has_property("programme", candidate.type) and "programme" not in candidate.roles:
        for word in (candidate.trigger, *candidate.what):
            if programme := reading.programmes.get(word):
                candidate.roles["programme"] = [Filler(programme, word)]
    if candidate.type == "Vote":
        _body(candidate, reading)
    if candidate.type == "AgreementAction":
        _parties(candidate, reading)
    if candidate.values.get("indicator") == "inflation" and "direction" not in candidate.values:
        effects.lean(candidate, reading.lexicon)
    effects.measure(candidate, here, reading)
    beside = [c for c in here if c.trigger.index < candidate.trigger.index]
    effects.place(candidate, chain(reversed(beside), reversed(before)))
    _since(candidate)
    if candidate.realis == "actual" and _is_ahead(candidate, reading):
        candidate.realis = "planned"
    if candidate.realis in _TO_COME and candidate.values.get("status") == "in-force":
        del candidate.values["status"]
    if candidate.sentence.zone == "headline":
        candidate.weight *= _HEADLINE_WEIGHT


def _is_ahead(candidate: Candidate, reading: Reading) -> bool:
    """Whether the act is dated after the article, whatever the tense."""
    begin, published = candidate.when.begin, reading.article.published
    if begin is None or published is None or candidate.type in _UNDATED:
        return False
    return begin > published


def is_whole(candidate: Candidate) -> bool:
    """Whether enough is known to tell the fact at all."""
    if candidate.type == "EconomicEffect":
        return bool(candidate.roles.get("observedFor")) and bool(
            candidate.values.keys() & {"direction", "value"}
        )
    if candidate.type == "SanctionsMeasure":
        return candidate.realis not in {"possible", "threatened"}  # nothing is in force yet
    if candidate.type == "Judgement":
        return bool(candidate.values.get("characterizedAs"))
    if candidate.type == "Meeting" and candidate.action in {"meet", "call"}:
        present = candidate.entities("participant") + candidate.entities("host")
        if all(entity.type == "Person" for entity in present):
            return len(present) > 1
        return "place" in candidate.roles or candidate.when != NEVER_SAID
    if candidate.type == "Vote":
        return bool(candidate.roles.keys() & {"actor", "participant"})
    if candidate.type == "SanctionsAction" and candidate.action not in _WORTH_TELLING:
        known = candidate.roles.keys() | candidate.links.keys() | candidate.values.keys()
        return bool(known & _OBJECTS)
    return True


def _parties(candidate: Candidate, reading: Reading) -> None:
    """For whom those who sign do so: countries for themselves, people for the country they serve."""
    if candidate.action not in {"conclude", "sign", "ratify", "join"}:
        return
    sides = {filler.entity: filler for filler in candidate.roles.get("party", ())}
    for filler in (*candidate.roles.get("signatory", ()), *candidate.roles.get("actor", ())):
        side: Entity | None = filler.entity
        if filler.entity.type == "Person":
            side = reading.people.country_of(filler.entity)
        if side is not None and side.type in {"Country", "Organization"}:
            sides.setdefault(side, Filler(side, filler.word, filler.entity.type == "Person"))
    if sides:
        candidate.roles["party"] = list(sides.values())
        if any(filler.inferred for filler in sides.values()):
            candidate.inferred.add("party")


_BODIES = (
    ("UN Security Council", "organization/un-security-council"),
    ("UN General Assembly", "organization/un-general-assembly"),
    ("EU ", "organization/council-of-the-european-union"),
)


def _body(candidate: Candidate, reading: Reading) -> None:
    """The body that adopts an instrument, where the instrument's own name tells it."""
    if "participant" in candidate.roles or "actor" in candidate.roles:
        return
    for instrument in candidate.entities("concerns"):
        for start, path in _BODIES:
            if instrument.label.startswith(start):
                body = names.entity(reading.gazetteer[path], reading.gazetteer)
                candidate.roles["participant"] = [Filler(body, candidate.trigger, True)]
                candidate.inferred.add("participant")
                return


def _since(candidate: Candidate) -> None:
    """ "Since X, Y has fallen": the fall begins with X."""
    if candidate.type != "EconomicEffect" or candidate.when != NEVER_SAID:
        return
    for cause in candidate.links.get("causedBy", []):
        phrase = cause.trigger.head
        if cause.when.begin is not None and phrase.lower == "since":
            candidate.when = replace(cause.when, end=None, lasting=True)
            return
