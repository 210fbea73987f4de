"""Names in small ASCII letters, whatever their script, and how their words sound."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from anyascii import anyascii

_WORDS = Path(__file__).with_name("words.toml")

SOURCES = (Path(__file__), _WORDS)
"""The files that decide how a name is spelt here, and what its keys are."""

# Scripts without spaces between words: each sign is a word of its own.
_SYLLABLE = re.compile(r"([\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff])")
# Scripts that leave short vowels out: Hebrew, Arabic with what Persian adds to it.
_VOWELLESS = re.compile(r"[\u0590-\u06ff\u0750-\u077f\ufb1d-\ufdff\ufe70-\ufeff]")
_ARABIC_ARTICLE = re.compile(r"(?<!\w)ال(?=\w\w)")
_JOINER = "\u200c"
# Persian says z for three letters that are not z in Arabic.
_PERSIAN = re.compile(r"[\u067e\u0686\u0698\u06a9\u06af\u06cc]")
_SAID_AS_Z = str.maketrans("ذضظ", "ززز")
_ABBREVIATED = re.compile(r"\b(\w)\.(?=\w\b)")
_POSSESSIVE = re.compile(r"['\u2019]s\b")
_SILENT = re.compile(r"['`\u2018\u2019\u02bb\u02bc]")
_WORD = re.compile(r"[a-z0-9]+")
_DOUBLE = re.compile(r"(.)\1+")

# Letters that transliterations write for one another, as one consonant; first match wins.
_SOUNDS = re.compile(
    r"(?P<X>shch|sch|sh|^x)|(?P<J>dzh|dj|zh|j)|(?P<C>tch|ch)|(?P<S>ts|tz|c(?=[eiy])|[sz])"
    r"|(?P<H>kh|h)|(?P<F>ph|f)|(?P<T>th|t)|(?P<D>dh|d)|(?P<K>gh|ck|[gqkc])|(?P<V>[vw])"
    r"|(?P<B>b)|(?P<L>l)|(?P<M>m)|(?P<N>n)|(?P<P>p)|(?P<R>r)|[aeiouy]"
)
_BARE_FIRST = {"F": "V", "P": "B"}
_BARE_REST = str.maketrans("P", "B", "FHV")
# Names are shorter; what is longer is no name, and not worth the time.
_MOST_WORDS = 40
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name as it is compared: as written (case folded), its words in ASCII without legal forms
    and titles, how each word sounds, and whether its script leaves vowels out or is not Latin."""

    written: str
    words: tuple[str, ...]
    sounds: tuple[str, ...]
    vowelless: bool
    foreign: bool

    @property
    def numbers(self) -> frozenset[str]:
        """The words that are numbers, or hold one."""
        return frozenset(word for word in self.words if _DIGITS & set(word))

    @property
    def initials(self) -> str:
        """The first letters of the words, those of "of" and the like left out: "irgc"."""
        return "".join(word[0] for word in self.words if word not in _little())


@lru_cache(maxsize=65_536)
def spelling(name: str) -> Spelling:
    """How a name is compared."""
    vowelless = bool(_VOWELLESS.search(name))
    words = _telling(latin(name).split()[:_MOST_WORDS])
    sounds = tuple(_bare(sound(word)) if vowelless else sound(word) for word in words)
    written = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    foreign = vowelless or any(ord(letter) > 0x24F and letter.isalpha() for letter in name)
    return Spelling(written, words, sounds, vowelless, foreign)


def latin(name: str) -> str:
    """The name in small ASCII letters and digits, one space between words; "" for no letters."""
    text = _ARABIC_ARTICLE.sub("", unicodedata.normalize("NFC", name).replace(_JOINER, ""))
    if _PERSIAN.search(text):
        text = text.translate(_SAID_AS_Z)
    text = "".join(" " if unicodedata.category(sign) == "So" else sign for sign in text)
    text = _SYLLABLE.sub(r" \1 ", text)
    text = _POSSESSIVE.sub("", _ABBREVIATED.sub(r"\1", text))
    return " ".join(_WORD.findall(_SILENT.sub("", anyascii(text)).lower()))


def sound(word: str) -> str:
    """The consonants of an ASCII word, those one takes for another as one: "Lavrov", "Lawrow".

    A number stands for itself, and so does a word without consonants.
    """
    if _DIGITS & set(word):
        return word
    once = _DOUBLE.sub(r"\1", word[:1] + word[1:].replace("x", "ks"))
    return "".join(found.lastgroup or "" for found in _SOUNDS.finditer(once)) or word


def bare_sounds(found: Spelling) -> tuple[str, ...]:
    """The sounds of its words as a script without vowels would leave them."""
    return found.sounds if found.vowelless else tuple(_bare(each) for each in found.sounds)


def keys(name: str) -> frozenset[str]:
    """Under what a name is looked up: two names for one thing mostly share a key. They are its
    words by their bare sounds, a single word as it is, the whole name, and its initials."""
    found = spelling(name)
    bare = bare_sounds(found)
    told = [
        one if len(one) > 1 else word
        for word, one in zip(found.words, bare, strict=True)
        if word not in _little()
    ]
    each = set(told or found.words)
    whole = {"=" + "".join(sorted(bare))} if len(bare) > 1 else set()
    short = {found.initials} if len(found.initials) > 2 else set()
    return frozenset(each | whole | short | ({found.words[0]} if len(found.words) == 1 else set()))


def _bare(sounds: str) -> str:
    """As scripts without vowels have it: v is written as a vowel or as f, h may mark a vowel, and p
    is written b."""
    return _BARE_FIRST.get(sounds[:1], sounds[:1]) + sounds[1:].translate(_BARE_REST)


def _telling(words: list[str]) -> tuple[str, ...]:
    """The words without legal forms and titles; all of them where nothing else is left."""
    text = f" {' '.join(words)} "
    for phrase in _phrases():
        text = text.replace(f" {phrase} ", " ")
    return tuple(text.split() or words)


@cache
def _little() -> frozenset[str]:
    """The short ones of the words that many names share: "of", "al"."""
    return frozenset(word for word in words_of("generic") if len(word) < 4)


@cache
def _phrases() -> tuple[str, ...]:
    """Legal forms and titles, the longest first."""
    return tuple(
        sorted(words_of("legal") | words_of("titles"), key=lambda text: (-len(text), text))
    )


@cache
def words_of(kind: str) -> frozenset[str]:
    """The words of one list of words.toml: ``legal``, ``titles`` or ``generic``."""
    listed: list[str] = tomllib.loads(_WORDS.read_text("utf-8"))[kind]
    return frozenset(listed)
