"""The listening socket, down to its last call."""

import socket
import sys

import pytest

from kgapi.errors import KgapiError
from kgapi.server.listener import address_of, last_call, listen


def test_the_address_is_the_host_as_asked_for_and_the_port_as_given() -> None:
    with listen("localhost", 0) as listener:
        assert address_of(listener, "localhost") == f"http://localhost:{listener.getsockname()[1]}/"
    try:
        listener = listen("::1", 0)
    except KgapiError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    with listener:
        assert address_of(listener, "::1") == f"http://[::1]:{listener.getsockname()[1]}/"


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_ours_is_told(host: str) -> None:
    with pytest.raises(KgapiError, match=f"cannot listen on {host}:0: "):
        listen(host, 0)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can filter what joins the queue")
def test_after_the_last_call_the_queue_is_served_and_nobody_joins_it() -> None:
    with listen("127.0.0.1", 0) as listener, socket.socket() as early, socket.socket() as late:
        early.connect(listener.getsockname())
        last_call(listener)
        late.settimeout(0.3)
        with pytest.raises(TimeoutError):
            late.connect(listener.getsockname())
        accepted, _ = listener.accept()
        with accepted:
            early.sendall(b"hello")
            assert accepted.recv(5) == b"hello"
        with pytest.raises(BlockingIOError):
            listener.accept()
