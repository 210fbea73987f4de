"""What countries are called in other languages, after CLDR."""

from functools import cache

from babel import Locale

# Those in which news of sanctions and lists of names come, the official ones of the United Nations
# among them.
_LANGUAGES = ("ar", "be", "de", "es", "fa", "fr", "he", "hi", "it", "ja", "ko", "pt", "ru", "tr",
              "uk", "ur", "zh", "zh_Hant")  # fmt: skip


@cache
def elsewhere(alpha2: str) -> tuple[str, ...]:
    """The names of a country, by its ISO 3166-1 code in any case, in the languages of the list."""
    names = (Locale.parse(language).territories.get(alpha2.upper()) for language in _LANGUAGES)
    return tuple(dict.fromkeys(name for name in names if name))
