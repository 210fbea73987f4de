"""Bytes made small."""

import sys

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LEVEL = 3


def pack(data: bytes) -> bytes:
    return zstd.compress(data, level=_LEVEL)


def unpack(data: bytes) -> bytes:
    return zstd.decompress(data)
