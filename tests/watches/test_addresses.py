"""Webhooks lead to the public Internet, whatever the address is called."""

import pytest

from kgapi.errors import WebhookRefused
from kgapi.watches import destinations


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1.2.3:8000/hook",
        "http://localhost/hook",
        "http://[::1]/",
        "http://[::]/",
        "http://0.0.0.0/",
        "http://10.0.0.1/",
        "http://172.16.0.1/",
        "http://192.168.1.1/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://224.0.0.1/",
        "http://[ff02::1]/",
        "http://255.255.255.255/",
        "http://[::ffff:127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        # Other ways to write 127.0.0.1, which resolvers read.
        "http://2130706433/",
        "http://0x7f.1/",
        "http://017700000001/",
        "ftp://8.8.8.8/",
        "file:///etc/passwd",
        "http://user:password@8.8.8.8/",
        "http://8.8.8.8/#fragment",
        "http:///hook",
        "//8.8.8.8/",
        "hook",
        "",
        "http://8.8.8.8:99999/",
        "http://a..b/",
        "http://no-such-host.invalid/",
        f"http://8.8.8.8/{'x' * 2_000}",
    ],
)
def test_refused(url: str) -> None:
    with pytest.raises(WebhookRefused):
        destinations(url, [])


@pytest.mark.parametrize("url", ["https://8.8.8.8/hook", "http://[2001:4860:4860::8888]:8080/"])
def test_taken(url: str) -> None:
    (address,) = destinations(url, [])
    assert address in url


def test_only_what_begins_as_the_operator_says_may_be_private() -> None:
    allowed = ["http://127.0.0.1:9000/hooks/"]
    assert destinations("http://127.0.0.1:9000/hooks/a", allowed) == ["127.0.0.1"]
    for url in (
        "http://127.0.0.1:9000/",
        "http://127.0.0.1:9000/hooks/../admin",
        "http://127.0.0.1:9000/hooks/%2e%2e/admin",
        "http://127.0.0.1:9001/hooks/a",
    ):
        with pytest.raises(WebhookRefused):
            destinations(url, allowed)
