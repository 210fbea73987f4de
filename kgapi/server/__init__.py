"""A server: one process that watches over others, and those that do the work."""

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing, suppress
from functools import partial
from math import inf
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from kgapi import facts, news, pipeline
from kgapi.app import create_app, deliverer, journal_of
from kgapi.errors import BadSettings, KgapiError, StoreUnavailable
from kgapi.facts.extractor import Extractor
from kgapi.graph.iris import Iris
from kgapi.journal import Journal, await_first, keep_following
from kgapi.queries.saved import saved
from kgapi.reference import files
from kgapi.server.agents import doors
from kgapi.server.answer import App
from kgapi.server.bridge import Bounds, Bridge
from kgapi.server.cache import Cache
from kgapi.server.control import Control
from kgapi.server.homes import home
from kgapi.server.listener import address_of, listen
from kgapi.server.streams import Streams
from kgapi.server.supervisor import Role, Supervisor
from kgapi.server.threads import Threads
from kgapi.server.worker import work
from kgapi.settings import Settings
from kgapi.store.embedded import ServedEngine
from kgapi.store.engine import Engine
from kgapi.web.access import digest

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application

Tell = Callable[[str], None]

# Seconds that the end of a web process waits for its thread that follows the store.
_PATIENCE = 5.0


def serve(settings: Settings, host: str, port: int, *, seeds: bool, tell: Tell) -> None:
    """Serve until SIGINT or SIGTERM. Raises KgapiError where the store or the port is taken."""
    # Read here, too: whoever starts a server with a broken file should hear of it at once.
    saved(settings.queries)
    with listen(host, port) as listener:
        address = address_of(listener, host)
        token, token_digest, keep = _token(settings)
        extractor = _extractor(settings)

        ready = partial(prepare, settings=settings, extractor=extractor, seeds=seeds, tell=tell)

        def web(control: Control) -> None:
            with ExitStack() as stack:
                engine = stack.enter_context(closing(place.engine(control)))
                app = create_app(settings, engine, token_digest, extractor)
                journal = stack.enter_context(closing(journal_of(app)))
                if not place.follows:
                    for thread in _following(journal, settings, control):
                        stack.callback(thread.join, _PATIENCE)
                    await_first(journal, control.stopped)
                threads = Threads(settings.threads)
                bridge = Bridge(
                    _behind_proxies(app, settings.proxies), threads, _bounds(settings), doors(app)
                )
                cached = _cached(bridge, engine, settings)
                position = partial(_position, journal)
                streams = Streams(cached, position, control.stopped, settings.streams)
                work(streams, listener, control, settings.grace)

        def welcome() -> None:
            keep()
            tell(f"kgapi serves {settings.store} at {address}")
            if token:
                tell(_welcome(token, address))

        with home(settings, ready) as place:
            patience = settings.grace + 5
            workers = Role("web", place.workers, web, listens=True, patience=patience)
            Supervisor([*place.roles, workers], listener, tell).run(welcome)


def prepare(
    engine: Engine, settings: Settings, extractor: Extractor, *, seeds: bool, tell: Tell
) -> None:
    """Make a store ready to be served; an empty one gets the seed articles."""
    is_new = not any(engine.graphs())
    iris = Iris(settings.base)
    pipeline.prepare(engine, iris)
    if not is_new or not seeds:
        return
    paths = sorted(files.seeds("articles").glob("*.md"))
    articles = (news.read(path.read_bytes(), "text/markdown") for path in paths)
    done = pipeline.ingest(articles, extractor, engine, iris, pipeline.Policy.of(settings))
    found = [len(each.extraction.facts) for each in done]
    tell(f"loaded {len(found)} seed articles with {sum(found)} facts")


def _following(journal: Journal, settings: Settings, control: Control) -> list[Thread]:
    """Threads that follow the store, and tell webhooks of it, until this process is told to stop."""
    every = settings.follow_every if settings.is_remote else inf
    threads = [
        Thread(target=keep_following, args=(journal, control.stopped, every), daemon=True),
        Thread(target=deliverer(journal, settings), args=(control.stopped,), daemon=True),
    ]
    for thread in threads:
        thread.start()
    return threads


def _position(journal: Journal) -> int:
    """How far the journal is, as far as it can be told at the moment."""
    with suppress(KgapiError, sqlite3.Error):
        found = journal.present()
        return found.seq if found else 0
    return 0


def _extractor(settings: Settings) -> Extractor:
    """The extractor, loaded once for all processes that are forked from this one."""
    # Threads of a numeric library would not survive the fork, and whoever waits for them hangs.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    return facts.extractor(settings.extractor, settings)


def _cached(bridge: Bridge, engine: Engine, settings: Settings) -> "ASGI3Application":
    if not settings.cache:
        return bridge
    return Cache(
        bridge,
        engine.revision,
        settings.cache,
        forwarded=settings.proxies > 0,
        look_up=engine.look_up if isinstance(engine, ServedEngine) else None,
    )


def _behind_proxies(app: Flask, proxies: int) -> App:
    if not proxies:
        return app
    return ProxyFix(
        app, x_for=proxies, x_proto=proxies, x_host=proxies, x_port=proxies, x_prefix=proxies
    )


def _bounds(settings: Settings) -> Bounds:
    # In a form every byte of the text may take three, and what else it says comes on top.
    largest = max(settings.max_article, 3 * settings.max_query, settings.max_graph) + 100_000
    return Bounds(body=largest, bodies=4 * largest)


def _token(settings: Settings) -> tuple[str | None, str | None, Callable[[], None]]:
    """(a token to print, the digest that writing is checked against, what keeps that digest)."""
    if settings.token:
        return None, digest(settings.token), _nothing
    if settings.is_remote:
        raise BadSettings(
            "a remote store has no folder to keep a token in: set KGAPI_TOKEN to the token that"
            " writing shall need, for example what `openssl rand -hex 24` prints"
        )
    kept = None if settings.in_memory else settings.store_folder / "token.sha256"
    if kept and kept.exists():
        return None, kept.read_text(encoding="ascii").strip(), _nothing
    token = secrets.token_urlsafe(24)
    return token, digest(token), partial(_keep, kept, digest(token)) if kept else _nothing


def _nothing() -> None:
    """There is nothing to keep."""


def _keep(path: Path, token_digest: str) -> None:
    try:
        path.touch(mode=0o600)
        path.write_text(token_digest + "\n", encoding="ascii")
    except OSError as error:
        raise StoreUnavailable(f"cannot write {path}: {error.strerror}") from None


def _welcome(token: str, address: str) -> str:
    return (
        f"Writing needs this token; it is shown this once, keep it: {token}\n"
        f"  curl -H 'Authorization: Bearer {token}' -H 'Content-Type: text/plain' "
        f"--data-binary @article.txt {address}v1/articles"
    )
