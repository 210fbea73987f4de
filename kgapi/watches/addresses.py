"""Where a webhook may lead: to addresses of the public Internet, or where the operator lets it.

A name may lead elsewhere each time that it is asked for. So it is asked for once each time, and the
connection goes to an address that was found to be fit.
"""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import unquote

import httpx

from kgapi.errors import WebhookRefused

_LONGEST = 2_000
# RFC 6052: an IPv4 address for whoever has but IPv6.
_NAT64 = IPv6Network("64:ff9b::/96")


def destinations(url: str, allowed: Sequence[str]) -> list[str]:
    """The addresses that a webhook's host has, all of them fit. Raises WebhookRefused.

    Any will do for a URL that begins with one of ``allowed``.
    """
    target = _target(url)
    try:
        found = socket.getaddrinfo(
            target.host, target.port or _PORTS[target.scheme], type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError):
        raise WebhookRefused(f"the host {target.host} is not found") from None
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not _is_allowed(target, allowed) and not all(map(_is_public, addresses)):
        raise WebhookRefused(
            f"the host {target.host} is not on the public Internet; KGAPI_WEBHOOKS may allow it"
        )
    return addresses


_PORTS = {"http": 80, "https": 443}


def _target(url: str) -> httpx.URL:
    try:
        target = httpx.URL(url)
    except httpx.InvalidURL:
        raise WebhookRefused("that is no URL") from None
    if target.scheme not in _PORTS or not target.host or len(url) > _LONGEST:
        raise WebhookRefused("a webhook has an http or https URL, not too long")
    if target.port is not None and not 0 < target.port < 65_536:
        raise WebhookRefused(f"there is no port {target.port}")
    if target.userinfo or target.fragment:
        raise WebhookRefused("the URL of a webhook has no user and no fragment")
    return target


def _is_allowed(target: httpx.URL, allowed: Sequence[str]) -> bool:
    """Both as they are sent: httpx leaves out dots, and ports that go without saying."""
    segments = unquote(target.path).replace("\\", "/").split("/")
    prefixes = tuple(str(httpx.URL(prefix)) for prefix in allowed)
    return not {".", ".."} & set(segments) and str(target).startswith(prefixes)


def _is_public(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    inner = _inner(found) if isinstance(found, IPv6Address) else None
    if inner is not None:
        return _is_public(str(inner))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, in one of the ways to do so."""
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or teredo
