"""What countries are called in other languages, after CLDR."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from babel import Locale

from kgapi.matching.spelling import spelling

# Those in which news of sanctions and lists of names come, the official ones of the United Nations
# among them.
_LANGUAGES = ("ar", "be", "de", "es", "fa", "fr", "he", "hi", "it", "ja", "ko", "pt", "ru", "tr",
              "uk", "ur", "zh", "zh_Hant")  # fmt: skip


def called(name: str) -> tuple[str, ...]:
    """The countries of this name in one of the languages, by their ISO 3166-1 codes in small
    letters. The name is as it is written there or, from scripts with vowels, in ASCII letters."""
    found = spelling(name)
    return _codes().get(found.written) or _codes().get(" ".join(found.words)) or ()


@cache
def _codes() -> Mapping[str, tuple[str, ...]]:
    codes: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for language in _LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            # Others are regions of the world, by number.
            if len(code) == 2 and code.isalpha():
                for key in _keys(name):
                    codes[key].setdefault(code.lower())
    return {key: tuple(found) for key, found in codes.items()}


def _keys(name: str) -> set[str]:
    found = spelling(name)
    return {found.written} if found.vowelless else {found.written, " ".join(found.words)}
