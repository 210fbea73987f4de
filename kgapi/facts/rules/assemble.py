"""Facts out of groups of candidates that tell the same."""

from collections.abc import Iterable
from datetime import timedelta

from kgapi.facts.fact import NEVER_SAID, Entity, Evidence, Fact, Value, When
from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.merge import Group, documents, groups, narrower
from kgapi.facts.rules.people import Office
from kgapi.facts.rules.reading import Reading
from kgapi.facts.rules.text import Sentence
from kgapi.news.article import Article


def facts(candidates: list[Candidate], article: Article) -> list[Fact]:
    """The facts that the candidates tell, in the order of the text, repeats made one."""
    found = groups(candidates)
    assembly = _Assembly(article, found)
    return [assembly.fact(group) for group in found]


def cut(sentence: Sentence, article: Article) -> Evidence:
    """The sentence as evidence."""
    return Evidence(sentence.start, sentence.end, article.text[sentence.start : sentence.end])


def tenures(reading: Reading) -> list[Fact]:
    """The posts that the article gives to people, each once with all the passages that do."""
    held: dict[tuple[str, str], list[Office]] = {}
    for office in reading.people.offices:
        held.setdefault((office.holder.key, office.post.key), []).append(office)
    return [_tenure(mentions, reading) for mentions in held.values()]


def _tenure(mentions: list[Office], reading: Reading) -> Fact:
    first = mentions[0]
    inferred = all(office.inferred for office in mentions)
    published = reading.article.published
    when = NEVER_SAID
    if first.former and published is not None:
        when = When(None, published - timedelta(1), "former", "day", True)
    return Fact(
        type="Tenure",
        evidence=tuple(sorted({cut(office.sentence, reading.article) for office in mentions})),
        rule="counterpart" if inferred else "office",
        roles={"holder": (first.holder,), "post": (first.post,)},
        when=when,
        confidence=0.9 if inferred else 0.95,
        inferred=("post",) if inferred else (),
    )


class _Assembly:
    """Facts made once each, with the facts that they point to made before them."""

    def __init__(self, article: Article, found: list[Group]) -> None:
        self._article = article
        self._renamed = documents(found)
        self._home = {
            id(member): group for group in found for member in (*group.members, *group.same)
        }
        self._made: dict[int, Fact] = {}
        self._making: set[int] = set()

    def fact(self, group: Group) -> Fact:
        if id(group) not in self._made:
            self._making.add(id(group))
            self._made[id(group)] = self._make(group)
            self._making.discard(id(group))
        return self._made[id(group)]

    def _make(self, group: Group) -> Fact:
        first, members = group.first, group.members
        roles = self._entities(group)
        for role, fact in self._linked(members):
            if all(fact is not known for known in roles.get(role, ())):
                roles[role] = (*roles.get(role, ()), fact)
        when = NEVER_SAID
        for member in members:
            when = narrower(when, member.when)
        explicit = {role for m in members for role in m.roles if role not in m.inferred}
        inferred = {role for m in members for role in m.inferred} - explicit
        # Every repeat makes it a little surer.
        sure = max(member.weight for member in members) + 0.02 * (len(members) - 1)
        return Fact(
            type=first.type,
            evidence=tuple(sorted({cut(m.sentence, self._article) for m in members})),
            rule=first.frame.id,
            action=first.action,
            roles=roles,
            values=_values(members),
            when=when,
            realis=first.realis,
            modality="stated" if group.outright else first.modality,
            speaker=None if group.outright else first.speaker,
            confidence=round(min(0.99, _calibrated(sure)), 3),
            inferred=tuple(sorted(inferred & roles.keys())),
        )

    def _entities(self, group: Group) -> dict[str, tuple[Entity | Fact, ...]]:
        roles: dict[str, tuple[Entity | Fact, ...]] = {}
        for role in sorted(group.roles):
            entities = [self._renamed.get(e.path, e) for e in group.roles[role]]
            if role == "signatory" and any(e.type == "Person" for e in entities):
                # Those who sign for their countries are the signatories; the countries are parties.
                entities = [e for e in entities if e.type == "Person"]
            roles[role] = tuple(dict.fromkeys(entities))
        return roles

    def _linked(self, members: Iterable[Candidate]) -> Iterable[tuple[str, Fact]]:
        for member in members:
            for role, others in sorted(member.links.items()):
                for other in others:
                    group = self._home.get(id(other))
                    if group is None or id(group) in self._making:
                        continue
                    if role != "says" or not group.outright:
                        yield role, self.fact(group)


# Doubts about the parts of a fact go together, so that their product doubts too much: of the facts
# of all cases with gold, those between 0.7 and 0.8 were right in 14 of 16, the others always.
_DOUBT = 0.6


def _calibrated(weight: float) -> float:
    """The share of facts of this weight that are right."""
    return 1 - _DOUBT * (1 - weight)


def _values(members: Iterable[Candidate]) -> dict[str, Value]:
    """The values of all members; those that can have several are joined, else the first counts."""
    values: dict[str, Value] = {}
    for member in members:
        for name, value in member.values.items():
            known = values.get(name)
            if isinstance(value, tuple) and isinstance(known, tuple):
                values[name] = tuple(dict.fromkeys((*known, *value)))
            else:
                values.setdefault(name, value)
    return dict(sorted(values.items()))
