"""How alike two names are, and in what respects."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from kgapi.matching.spelling import Spelling, bare_sounds, spelling, words_of

# What a word weighs that many names have, against one that few have.
_GENERIC = 1 / 3
# Below this, two words are different words, not two spellings of one.
_SAME_WORD = 0.78
# What is more in the longer of two names of a person costs that much of its weight: a second given
# name, a patronymic.
_FURTHER_NAME = 0.4
# What sounding the same is worth where a script had to be left, by the number of consonants.
_SAME_SOUND = {0: 0.0, 1: 0.8, 2: 0.93}
_SAME_SOUND_OF_MORE = 0.97


@dataclass(frozen=True, slots=True)
class NameFeatures:
    """In what respects two names are alike.

    ``exact`` but for case and spaces; ``folded`` in ASCII letters, without legal forms, in any
    order of words; ``words`` and ``sounds`` from 0 to 1, word by word in the best order;
    ``initials`` where one abbreviates the other; ``numbers`` where both have the same ones.
    """

    exact: bool
    folded: bool
    words: float
    sounds: float
    initials: bool
    numbers: bool

    @property
    def score(self) -> float:
        """From 0 to 100."""
        if self.exact:
            return 100.0
        if self.folded:
            return 96.0
        alike = max(self.words, self.sounds, 0.8 if self.initials else 0.0)
        return 95 * (alike if self.numbers else alike / 2)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How names of one class are compared: whether a single letter may stand for a word, whether a
    name may be longer than another one, and whether what sounds alike is alike."""

    initial: bool = False
    further: bool = False
    sounds: bool = True


_MANNERS = {
    "Person": _Manner(initial=True, further=True),
    # Niger and Nigeria: few names, most of them near another one, and known in all scripts.
    "Country": _Manner(sounds=False),
    "Currency": _Manner(sounds=False),
}
_OTHERS = _Manner()


def compare(query: str, name: str, kind: str) -> NameFeatures:
    """The features of a name asked for against one that an entity of this class has."""
    asked, known = spelling(query), spelling(name)
    manner = _MANNERS.get(kind, _OTHERS)
    letters = _pairs_by_letters(asked, known, manner)
    return NameFeatures(
        exact=asked.written == known.written,
        folded=_folded(asked, known),
        words=round(_alike(asked, known, letters, manner), 4),
        sounds=round(_alike_in_sound(asked, known, letters, manner), 4) if manner.sounds else 0.0,
        initials=_abbreviates(asked, known) or _abbreviates(known, asked),
        numbers=asked.numbers == known.numbers,
    )


def _folded(asked: Spelling, known: Spelling) -> bool:
    if not asked.words or asked.vowelless or known.vowelless:
        return False
    if sorted(asked.words) == sorted(known.words):
        return True
    # Where words begin is a matter of taste in Chinese and Korean names, and so is their order.
    whole = "".join(known.words)
    return any(turned == whole for turned in _turned(asked.words))


def _turned(words: tuple[str, ...]) -> Iterator[str]:
    for at in range(len(words)):
        yield "".join(words[at:] + words[:at])


def _abbreviates(short: Spelling, long: Spelling) -> bool:
    return (
        len(short.words) == 1
        and len(long.words) > 2
        and len(short.words[0]) > 2
        and short.words[0] == long.initials
    )


Pair = tuple[float, int, int]


def _pairs_by_letters(asked: Spelling, known: Spelling, manner: _Manner) -> list[Pair]:
    return [
        (_letters(one, other, manner), i, j)
        for i, one in enumerate(asked.words)
        for j, other in enumerate(known.words)
    ]


def _letters(one: str, other: str, manner: _Manner) -> float:
    if one == other:
        return 1.0
    if manner.initial and min(len(one), len(other)) == 1 and one[0] == other[0]:
        return 0.7
    if min(len(one), len(other)) < 5:
        return 0.0
    alike = Indel.normalized_similarity(one, other)
    return alike if alike >= _SAME_WORD else 0.0


def _pairs_by_sound(asked: Spelling, known: Spelling, letters: list[Pair]) -> list[Pair]:
    """The same pairs; of words that sound the same, by what that is worth where it is worth more."""
    here, there = _heard(asked, known)
    worth = _worth_of_sound(asked, known)
    return [
        (max(alike, worth(asked.words[i], known.words[j], here[i])), i, j)
        if here[i] == there[j]
        else (alike, i, j)
        for alike, i, j in letters
    ]


def _worth_of_sound(asked: Spelling, known: Spelling) -> Callable[[str, str, str], float]:
    """How alike two words are that sound the same: whatever their letters where one has no vowels,
    less for other letters where a script had to be left, least within a script."""
    if asked.vowelless or known.vowelless:
        return lambda word, other, sound: _SAME_SOUND.get(len(sound), _SAME_SOUND_OF_MORE)
    if asked.foreign or known.foreign:
        return lambda word, other, sound: (
            _SAME_SOUND.get(len(sound), _SAME_SOUND_OF_MORE)
            * (4 + Indel.normalized_similarity(word, other))
            / 5
        )
    return lambda word, other, sound: (
        (1 + Indel.normalized_similarity(word, other)) / 2 if len(sound) > 2 else 0.0
    )


def _alike_in_sound(
    asked: Spelling, known: Spelling, letters: list[Pair], manner: _Manner
) -> float:
    found = _alike(asked, known, _pairs_by_sound(asked, known, letters), manner)
    return max(found, _SAME_SOUND_OF_MORE) if _sound_whole(asked, known) else found


def _heard(asked: Spelling, known: Spelling) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The sounds of both names, as the poorer of their scripts writes them."""
    if asked.vowelless or known.vowelless:
        return bare_sounds(asked), bare_sounds(known)
    return asked.sounds, known.sounds


def _sound_whole(asked: Spelling, known: Spelling) -> bool:
    """Whether two names sound the same from end to end, wherever their words begin."""
    here, there = _heard(asked, known)
    whole = "".join(there)
    return len(whole) > 4 and any(turned == whole for turned in _turned(here))


def _alike(asked: Spelling, known: Spelling, pairs: list[Pair], manner: _Manner) -> float:
    """The weight of the words that found one another, as alike as they are, over that of all."""
    met = 0.0
    left, right = set(range(len(asked.words))), set(range(len(known.words)))
    same = [pair for pair in pairs if pair[0]]
    for alike, i, j in sorted(same, key=lambda pair: (-pair[0], pair[1], pair[2])):
        if i in left and j in right:
            left.remove(i)
            right.remove(j)
            met += alike * (_weight(asked.words[i]) + _weight(known.words[j]))
    missed = sum(_weight(asked.words[i]) for i in left) + sum(
        _weight(known.words[j]) for j in right
    )
    every = sum(map(_weight, asked.words)) + sum(map(_weight, known.words))
    longer = manner.further and not (left and right) and len(asked.words) - len(left) > 1
    return met / (every - missed * (1 - _FURTHER_NAME if longer else 0)) if every else 0.0


def _weight(word: str) -> float:
    return _GENERIC if word in words_of("generic") else 1.0
