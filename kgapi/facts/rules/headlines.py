"""Verbs of headlines that look like nouns: "US sanctions five", "Putin, Kim sign pact"."""

from collections.abc import Callable, Sequence

_NO_SUBJECT = frozenset({"IN", "DT", "CC", "JJ", "TO", "PRP$", ",", "VBG", "VBN", ":"})
_NO_OBJECT = frozenset({"IN", "TO", ",", "CC", "POS", "VBZ", "VBD", "VBP"})


def hidden_verb(
    words: Sequence[tuple[str, str]], is_verb: Callable[[str, str], bool]
) -> tuple[int, str] | None:
    """Where a noun is the verb of a headline, and a plain verb in the same form to parse instead.

    ``words`` are those of a headline in which no verb was found, each with its tag. ``is_verb``
    tells whether a word with a verb's tag is one.
    """
    for at in range(1, len(words) - 1):
        word, tag = words[at][0].lower(), words[at][1]
        if tag[:2] != "NN" or words[at - 1][1] in _NO_SUBJECT or words[at + 1][1] in _NO_OBJECT:
            continue
        several = any(before == "," for before, _ in words[:at])
        if word.endswith("s") != several and is_verb(word, "VBP" if several else "VBZ"):
            return at, "punish" if several else "punishes"
    return None
