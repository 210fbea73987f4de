"""Which fact of a sentence a time in it belongs to."""

from dataclasses import replace
from datetime import date

from kgapi.facts.fact import NEVER_SAID, When
from kgapi.facts.rules import times
from kgapi.facts.rules.candidates import Candidate
from kgapi.facts.rules.clauses import deps
from kgapi.facts.rules.realis import is_purpose
from kgapi.facts.rules.text import Sentence, Word
from kgapi.facts.rules.times import Expression, Lean

_DATED = frozenset({"EconomicEffect", "SanctionsMeasure", "Designation"})
_TAKES_PLACE = frozenset({"begin", "start", "launch", "occur", "happen", "take"})
_DONE = frozenset({"SanctionsAction", "AgreementAction", "Vote", "Event", "EconomicEffect"})
_AHEAD = frozenset({"planned", "possible", "threatened"})
_LASTING = frozenset({"EconomicEffect", "SanctionsMeasure", "Designation", "Tenure"})


def assign(
    sentence: Sentence, here: list[Candidate], published: date | None, text: str, last: When
) -> When:
    """Gives each candidate of the sentence the time that hangs on it in the tree, if one does.

    Without a day of publication only times that need none are read. ``last`` is the time spoken
    of last, for "on the same day"; returns it anew.
    """
    owners: dict[Word, list[Candidate]] = {}
    for candidate in here:
        for anchor in candidate.anchors():
            owners.setdefault(anchor, []).append(candidate)
    held: list[tuple[float, Candidate, Expression, When]] = []
    for expression in times.find(text, sentence.start, sentence.end):
        if published is not None:
            when = times.resolve(expression, published, "past")
            if when.text != times.SAME_DAY and when.begin is not None and when.begin == when.end:
                last = when
        held += [
            (weight, candidate, expression, last)
            for candidate, weight in _holder(expression, sentence, owners)
        ]
    # What has a time of its own does not take that of the verb it completes.
    for weight, candidate, expression, before in sorted(held, key=lambda each: -each[0]):
        if candidate.when == NEVER_SAID:
            _set(candidate, expression, published, weight, before)
    _share(here)
    _meet(here)
    return last


_STAGES = frozenset(
    {"end", "start", "beginning", "sideline", "sidelines", "margin", "margins", "close"}
)


def _meet(here: list[Candidate]) -> None:
    """Dates a meeting at which something is done by what is done: "signed on Tuesday at the end of
    a forum"."""
    dated = {c.trigger: c for c in here if c.trigger.is_verb and c.when.begin == c.when.end}
    for candidate in here:
        if candidate.type != "Meeting" or candidate.when != NEVER_SAID:
            continue
        word = candidate.trigger
        while word.head is not word and not word.is_verb:
            word = word.head
            if word.is_noun and word.lemma not in _STAGES:
                break
            if (
                not word.is_noun
                and not word.is_verb
                and word.lower not in {"at", "during", "of", "on"}
            ):
                break
        if word in dated and dated[word].when != NEVER_SAID:
            candidate.when = dated[word].when
            candidate.weight *= 0.9


def date_by_what_is_said(here: list[Candidate], told: list[Candidate]) -> None:
    """Dates an utterance by an act that it says has just been done, and that the article dates."""
    for utterance in here:
        if utterance.type != "Utterance" or utterance.when != NEVER_SAID:
            continue
        for claim in utterance.links.get("says", ()):
            if not any(c.lower == "just" for c in deps(claim.trigger, "advmod")):
                continue
            for other in reversed(told):
                day = other.when.begin is not None and other.when.begin == other.when.end
                if day and (other.type, other.action) == (claim.type, claim.action):
                    utterance.when = replace(other.when, text="just")
                    utterance.weight *= 0.9
                    break


def _set(
    candidate: Candidate,
    expression: Expression,
    published: date | None,
    weight: float,
    last: When,
) -> None:
    if published is None:
        if not any(mark.isdigit() for mark in expression.text):
            return
        published = date(2000, 1, 1)
    when = times.resolve(expression, published, _lean(candidate))
    if when.text == times.SAME_DAY:
        when, weight = replace(last, text=expression.text), weight * 0.9
        if when.begin is None:
            return
    if when.lasting and candidate.type not in _LASTING and when.begin is None:
        return
    candidate.when = when
    candidate.weight *= weight


def _lean(candidate: Candidate) -> Lean:
    if candidate.realis in {"planned", "threatened", "possible"}:
        return "future"
    # What has happened lies behind: "the withdrawal in May", told in February, was the last May.
    return "past" if candidate.trigger.is_verb or candidate.type in _DONE else "near"


def _holder(
    expression: Expression, sentence: Sentence, owners: dict[Word, list[Candidate]]
) -> list[tuple[Candidate, float]]:
    """The candidates that the expression dates: the nearest above it in the tree, purposes aside."""
    inside = [w for w in sentence.words if w.start < expression.end and expression.start < w.end]
    if not inside:
        return []
    top = next((w for w in inside if w.head not in inside or w.head is w), inside[0])
    if top.dep in {"poss", "compound", "nmod", "amod", "nummod"} and not _adverbial(expression):
        return []
    word = top
    while True:
        for candidate in owners.get(word, ()):
            if _is_over(expression) and candidate.realis in _AHEAD:
                continue
            if not (candidate.trigger.is_verb and is_purpose(candidate.trigger)):
                return [
                    (c, 1.0) for c in owners[word] if not is_purpose(c.trigger) or c.trigger.is_noun
                ]
        if word.head is word:
            break
        if word.is_verb and word.dep == "relcl" and word not in owners:
            if word.lemma in _TAKES_PLACE and word.head in owners:
                return [(c, 1.0) for c in owners[word.head]]
            return []
        if word.dep == "ccomp" and any(c.type == "Utterance" for c in owners.get(word.head, ())):
            break
        if (
            word.dep == "prep"
            and word.lower == "of"
            and word.head.is_noun
            and word.head not in owners
        ):
            return []
        word = word.head
    below = [candidates for verb in _completions(word) for candidates in owners.get(verb, ())]
    return [(candidate, 0.9) for candidate in below[:1]]


def _is_over(expression: Expression) -> bool:
    """True for a time that is past whatever the act: "last March", "yesterday"."""
    words = expression.text.lower().split()
    return words[0] in {"last", "yesterday"} or words[-1] == "ago"


def _adverbial(expression: Expression) -> bool:
    return expression.text.lower().split()[0] in {
        "in",
        "on",
        "since",
        "until",
        "from",
        "by",
        "last",
        "this",
        "next",
        "yesterday",
        "over",
        "during",
    }


def _completions(root: Word) -> list[Word]:
    """Verbs and objects that complete the main verb: "decided on Monday to extend", "agreed a deal"."""
    found: list[Word] = []
    for child in deps(root, "xcomp", "ccomp", "dobj", "nsubjpass", "advcl", "acl", "relcl", "conj"):
        if child.dep == "relcl" and child.tag != "VBZ":
            continue  # "signed an order that lifts sanctions": by signing it
        if child.dep == "acl" and child.tag != "VBG":
            continue
        if child.dep == "advcl" and deps(child, "mark"):
            continue  # "jumped on Wednesday after Russia withdrew": it withdrew some day before
        found += [child, *_completions(child)]
    return found


def _share(here: list[Candidate]) -> None:
    """Coordinated acts share a time; a noun that stands off from it has the year at most."""
    for candidate in here:
        if candidate.when == NEVER_SAID or candidate.trigger.dep != "conj":
            continue
        first = candidate.trigger.head
        for other in here:
            if other.trigger is first and other.when == NEVER_SAID and other.type != "Utterance":
                if first.is_noun:
                    other.when = _to_year(candidate.when)
                    other.weight *= 0.7
                else:
                    other.when = candidate.when
                    other.weight *= 0.9
    for candidate in here:
        if (
            candidate.trigger.dep == "conj"
            and candidate.trigger.is_verb
            and candidate.when == NEVER_SAID
        ):
            for other in here:
                if (
                    other.trigger is candidate.trigger.head
                    and other.when != NEVER_SAID
                    and other.realis == candidate.realis
                ):
                    candidate.when = other.when
                    candidate.weight *= 0.9


def _to_year(when: When) -> When:
    if when.begin is None or when.end is None or when.begin.year != when.end.year:
        return when
    year = when.begin.year
    return replace(when, begin=date(year, 1, 1), end=date(year, 12, 31), precision="year")
