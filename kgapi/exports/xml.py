"""Text as XML can hold it."""

import re

# XML 1.0 section 2.2: what no document can hold.
_NO_CHARACTER = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """A text with a sign in the place of each character that no document can hold."""
    return _NO_CHARACTER.sub("\N{REPLACEMENT CHARACTER}", text)
