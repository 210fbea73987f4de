"""The shared vocabulary, ``ontology/words.toml``, as sets that words are asked against."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from kgapi.errors import BadSettings
from kgapi.facts.rules.text import Word
from kgapi.reference import files


@dataclass(frozen=True)
class Lemmas:
    """A set of lemmas and of sequences of lemmas, asked whether a word (with those before it) is
    one of them."""

    single: frozenset[str]
    several: Mapping[str, tuple[tuple[str, ...], ...]]

    def __contains__(self, word: object) -> bool:
        if not isinstance(word, Word):
            return False
        if word.lemma in self.single:
            return True
        phrases = self.several.get(word.lemma)
        return phrases is not None and any(_ends_with(word, phrase) for phrase in phrases)

    def __bool__(self) -> bool:
        return bool(self.single or self.several)

    def __or__(self, other: "Lemmas") -> "Lemmas":
        if other is ANYTHING:
            return other
        several = dict(self.several)
        for last, phrases in other.several.items():
            several[last] = tuple(dict.fromkeys((*several.get(last, ()), *phrases)))
        return Lemmas(self.single | other.single, several)


class _Anything(Lemmas):
    def __contains__(self, word: object) -> bool:
        return True

    def __or__(self, other: Lemmas) -> Lemmas:
        return self

    def __ror__(self, other: Lemmas) -> Lemmas:
        return self


ANYTHING = _Anything(frozenset(), {})


def lemmas(entries: Iterable[str]) -> Lemmas:
    """Lemmas from a list of words and of phrases with spaces."""
    single: set[str] = set()
    several: dict[str, tuple[tuple[str, ...], ...]] = {}
    for entry in entries:
        parts = tuple(entry.split())
        if len(parts) == 1:
            single.add(entry)
        else:
            several[parts[-1]] = (*several.get(parts[-1], ()), parts)
    return Lemmas(frozenset(single), several)


def _ends_with(word: Word, phrase: tuple[str, ...]) -> bool:
    before: Word | None = word
    for lemma in reversed(phrase):
        if before is None or before.lemma != lemma:
            return False
        before = before.previous
    return True


@dataclass(frozen=True)
class Lexicon:
    """``words.toml``: every list by table and name, as Lemmas; and the tables as they stand."""

    tables: Mapping[str, Mapping[str, Lemmas]]
    raw: Mapping[str, Any]

    @cached_property
    def phrases(self) -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """By table, each phrase of each list as (name of the list, its words)."""
        return {
            table: tuple(
                (name, tuple(phrase.split()))
                for name, entries in lists.items()
                if isinstance(entries, list)
                for phrase in entries
            )
            for table, lists in self.raw.items()
        }

    def __getitem__(self, name: str) -> Lemmas:
        table, _, entry = name.partition(".")
        try:
            return self.tables[table][entry]
        except KeyError:
            raise BadSettings(f"words.toml has no list {name}") from None


@cache
def shipped() -> Lexicon:
    """The vocabulary that comes with the package. Raises BadSettings where it is malformed."""
    try:
        raw = tomllib.loads(files.ontology("words.toml").read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise BadSettings(f"cannot read words.toml: {problem}") from problem
    tables = {
        table: {
            name: lemmas(entries) for name, entries in lists.items() if isinstance(entries, list)
        }
        for table, lists in raw.items()
    }
    return Lexicon(tables, raw)
