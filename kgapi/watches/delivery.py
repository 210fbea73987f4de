"""Telling webhooks what changed: each change at least once, and those of a watch in their order."""

import asyncio
import json
import sqlite3
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

import httpx

from kgapi import __version__, feeds
from kgapi.errors import KgapiError
from kgapi.graph.iris import Iris
from kgapi.journal import Change, Journal
from kgapi.journal.turn import Turn
from kgapi.watches.addresses import destinations
from kgapi.watches.signing import signature
from kgapi.watches.watches import Watch, Watches

# Seconds between two looks for something to tell, and in which a webhook must have answered.
_LOOK, _PATIENCE = 0.2, 15.0
# Changes that are read at a time for a watch, and watches that are told at a time.
_PIECE, _AT_A_TIME = 50, 16
_LONGEST_PAUSE = 3_600.0
_GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How webhooks are told: prefixes of URLs that may be anywhere, seconds before a change is tried
    again, which are doubled each time, and how often it is tried."""

    allowed: Sequence[str] = ()
    pause: float = 5.0
    attempts: int = 20


class _NotTaken(Exception):
    """A webhook did not take a change; ``for_good`` says that it never will."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


def keep_delivering(
    turn: Turn, journal: Journal, watches: Watches, iris: Iris, manner: Manner, stopped: Event
) -> None:
    """Tell the webhooks of all watches what changes, until stopped, from when it is our turn."""
    with turn:
        while not turn.take():
            if stopped.wait(_LOOK):
                return
        asyncio.run(_Deliveries(journal, watches, iris, manner).run(stopped))


class _Deliveries:
    def __init__(self, journal: Journal, watches: Watches, iris: Iris, manner: Manner) -> None:
        self._journal = journal
        self._watches = watches
        self._iris = iris
        self._manner = manner
        self._under_way: dict[str, asyncio.Task[None]] = {}

    async def run(self, stopped: Event) -> None:
        # Neither redirects nor proxies: they would lead elsewhere than to what was checked.
        async with httpx.AsyncClient(
            trust_env=False,
            timeout=_PATIENCE,
            limits=httpx.Limits(max_keepalive_connections=0),
            headers={"User-Agent": f"kgapi/{__version__}"},
        ) as client:
            while not stopped.is_set():
                try:
                    self._begin(client)
                except (KgapiError, sqlite3.Error) as error:
                    print(f"kgapi: webhooks are not told: {error}", file=sys.stderr, flush=True)
                    await asyncio.sleep(_PATIENCE)
                await asyncio.sleep(_LOOK)
            for task in self._under_way.values():
                task.cancel()

    def _begin(self, client: httpx.AsyncClient) -> None:
        """Begin to tell whom there is something to tell."""
        self._under_way = {key: t for key, t in self._under_way.items() if not t.done()}
        present = self._journal.present()
        if present is None:
            return
        for watch in self._watches.due(present.seq, time.time()):
            if len(self._under_way) >= _AT_A_TIME:
                return
            if watch.id not in self._under_way:
                task = asyncio.create_task(self._tell(client, watch, present.seq))
                self._under_way[watch.id] = task

    async def _tell(self, client: httpx.AsyncClient, watch: Watch, last: int) -> None:
        """Tell a watch what comes next for it, change by change, until one is not taken."""
        try:
            with self._journal.reading() as connection:
                wanted = watch.wanted
                changes = feeds.selected(connection, wanted, watch.reached, _PIECE, until=last)
            for change in changes:
                await self._send(client, watch, change)
                self._watches.delivered(watch.id, change.seq)
            if len(changes) < _PIECE:
                self._watches.passed(watch.id, last)
        except _NotTaken as error:
            self._put_off(watch.id, str(error), for_good=error.for_good)
        except (KgapiError, sqlite3.Error) as error:
            print(f"kgapi: a webhook is not told: {error}", file=sys.stderr, flush=True)
            await asyncio.sleep(_PATIENCE)
        except Exception as error:
            # A mistake of ours, which shall neither go unheard nor be made again at once.
            traceback.print_exc()
            self._put_off(watch.id, f"kgapi failed at it: {error!r}", for_good=False)

    def _put_off(self, key: str, why: str, *, for_good: bool) -> None:
        watch = self._watches.get(key)
        if watch is None:
            return
        failures = watch.failures + 1
        if for_good or failures >= self._manner.attempts:
            self._watches.given_up(key, failures, why)
        else:
            # Whatever the number of failures, the power is one that a float can have.
            pause = min(self._manner.pause * 2.0 ** min(failures - 1, 30), _LONGEST_PAUSE)
            self._watches.failed(key, failures, time.time() + pause, why)

    async def _send(self, client: httpx.AsyncClient, watch: Watch, change: Change) -> None:
        """Send a change to a webhook. Raises _NotTaken."""
        url = watch.url or ""
        try:
            async with asyncio.timeout(_PATIENCE):
                addresses = await asyncio.to_thread(destinations, url, self._manner.allowed)
                status = await self._post(client, watch, change, addresses)
        except KgapiError as error:
            raise _NotTaken(str(error)) from None
        except (httpx.HTTPError, OSError, TimeoutError) as error:
            raise _NotTaken(f"no answer: {str(error) or type(error).__name__}") from None
        if not 200 <= status < 300:
            raise _NotTaken(f"it answered {status}", for_good=status == _GONE)

    async def _post(
        self, client: httpx.AsyncClient, watch: Watch, change: Change, addresses: Sequence[str]
    ) -> int:
        """The status of the answer, from the first of some addresses that can be reached."""
        *others, last = addresses
        for address in others:
            with suppress(httpx.ConnectError):
                return await _sent(client, _request(client, watch, change, self._iris, address))
        return await _sent(client, _request(client, watch, change, self._iris, last))


async def _sent(client: httpx.AsyncClient, request: httpx.Request) -> int:
    """The status of the answer; whatever else it says is not read."""
    response = await client.send(request, stream=True)
    await response.aclose()
    return response.status_code


def _request(
    client: httpx.AsyncClient, watch: Watch, change: Change, iris: Iris, address: str
) -> httpx.Request:
    """A change, signed, to an address that the host of the webhook has."""
    told = {"watch": watch.id, **feeds.told(change, iris)}
    message = {"type": "kgapi.change", "timestamp": change.at, "data": told}
    body = json.dumps(message).encode()
    name, sent = f"msg_{watch.id}_{change.seq}", int(time.time())
    url = httpx.URL(watch.url or "")
    return client.build_request(
        "POST",
        url.copy_with(host=address),
        content=body,
        headers={
            "Host": url.netloc.decode("ascii"),
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": str(sent),
            "webhook-signature": signature(watch.secret or "", name, sent, body),
        },
        # The certificate is to be that of the host.
        extensions={"sni_hostname": url.raw_host.decode("ascii")},
    )
