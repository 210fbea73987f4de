"""Signatures as Standard Webhooks (https://www.standardwebhooks.com) has them."""

import binascii
import hmac
import secrets
from base64 import b64decode, b64encode

_PREFIX = "whsec_"
_LEAST, _MOST = 24, 64


def new_secret() -> str:
    """A secret that nobody has yet."""
    return _PREFIX + b64encode(secrets.token_bytes(_LEAST)).decode()


def usable_secret(secret: str) -> bool:
    """Whether it is one: ``whsec_`` and 24 to 64 bytes in base64."""
    try:
        key = _key(secret)
    except binascii.Error:
        return False
    return secret.startswith(_PREFIX) and _LEAST <= len(key) <= _MOST


def signature(secret: str, message: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature` of a body, with the ID of its message and the time in seconds."""
    signed = f"{message}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(_key(secret), signed, "sha256")).decode()


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(_PREFIX).encode(errors="replace"), validate=True)
