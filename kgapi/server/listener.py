"""The listening socket that all web processes share."""

import ctypes
import socket
import struct
import sys
from contextlib import ExitStack, suppress

from kgapi.errors import KgapiError

_BACKLOG = 1024
# Linux, <asm/socket.h>; Python names it nowhere.
_SO_ATTACH_FILTER = 26


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 is any free one. Raises KgapiError where it cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with ExitStack() as closing:
            listener = closing.enter_context(socket.socket(family, kind, protocol))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            listener.listen(_BACKLOG)
            listener.setblocking(False)
            closing.pop_all()
            return listener
    except OSError as error:
        raise KgapiError(f"cannot listen on {host}:{port}: {error.strerror}") from None


def address_of(listener: socket.socket, host: str) -> str:
    """The URL of what listens, with the host as it was asked for."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}/"


def last_call(listener: socket.socket) -> None:
    """Let nobody join the queue any more; whoever stands in it can still be accepted.

    A connection that completes between the last accept and the close would be reset by the kernel
    although its client believes itself connected. So on Linux a filter drops what asks for a new
    connection: the client asks again a second later, and is refused properly. Other systems have
    no such filter, and that gap of some microseconds.
    """
    if sys.platform == "linux":
        with suppress(OSError):
            _drop_new_connections(listener)


def _drop_new_connections(listener: socket.socket) -> None:
    # Classic BPF (Linux, Documentation/networking/filter.rst) on the TCP header: drop a segment
    # whose flags have SYN (2) and not ACK (16).
    program = b"".join(
        struct.pack("=HBBI", *instruction)
        for instruction in (
            (0x30, 0, 0, 13),  # A = flags, the byte at 13
            (0x54, 0, 0, 0x12),  # A &= SYN | ACK
            (0x15, 0, 1, 0x02),  # SYN alone? else skip one
            (0x06, 0, 0, 0),  # drop
            (0x06, 0, 0, 0xFFFFFFFF),  # pass
        )
    )
    held = ctypes.create_string_buffer(program)
    fprog = struct.pack("@HP", len(program) // 8, ctypes.addressof(held))
    listener.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, fprog)
