"""A server process: the store made ready, the token made known, HTTP until told to stop."""

import secrets
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import NoReturn

from waitress.server import create_server

from kgapi import facts, news, pipeline
from kgapi.app import create_app
from kgapi.errors import BadSettings, KgapiError, StoreUnavailable
from kgapi.graph.iris import Iris
from kgapi.reference import files
from kgapi.settings import Settings
from kgapi.store import open_engine
from kgapi.store.engine import Engine
from kgapi.web.access import digest

Tell = Callable[[str], None]


def serve(settings: Settings, host: str, port: int, *, seeds: bool, tell: Tell) -> None:
    """Serve until SIGINT or SIGTERM. Raises KgapiError where the store or the port is taken."""
    engine = open_engine(settings)
    try:
        token, token_digest = _token(settings)
        is_new = not any(engine.graphs())
        iris = Iris(settings.base)
        pipeline.prepare(engine, iris)
        if is_new and seeds:
            load_seeds(engine, settings, tell)
        app = create_app(settings, engine, token_digest)
        try:
            # What streams leaves as it comes, however little that is.
            server = create_server(app, host=host, port=port, ident="kgapi", send_bytes=1)
        except OSError as error:
            raise KgapiError(f"cannot listen on {host}:{port}: {error.strerror}") from None
        address = f"http://{host}:{getattr(server, 'effective_port', port)}/"
        tell(f"kgapi serves {settings.store} at {address}")
        if token:
            tell(_welcome(token, address))
        signal.signal(signal.SIGTERM, _stop)
        server.run()
    finally:
        engine.close()


def load_seeds(engine: Engine, settings: Settings, tell: Tell) -> None:
    """Take the seed articles into a store."""
    paths = sorted(files.seeds("articles").glob("*.md"))
    articles = (news.read(path.read_bytes(), "text/markdown") for path in paths)
    iris, extractor = Iris(settings.base), facts.extractor(settings.extractor)
    done = pipeline.ingest(articles, extractor, engine, iris, keep_text=settings.keep_text)
    found = [len(each.extraction.facts) for each in done]
    tell(f"loaded {len(found)} seed articles with {sum(found)} facts")


def _token(settings: Settings) -> tuple[str | None, str | None]:
    """(a token to print, the digest that writing is checked against)."""
    if settings.token:
        return None, digest(settings.token)
    if settings.is_remote:
        raise BadSettings(
            "a remote store has no folder to keep a token in: set KGAPI_TOKEN to the token that"
            " writing shall need, for example what `openssl rand -hex 24` prints"
        )
    kept = None if settings.in_memory else settings.store_folder / "token.sha256"
    if kept and kept.exists():
        return None, kept.read_text(encoding="ascii").strip()
    token = secrets.token_urlsafe(24)
    if kept:
        _keep(kept, digest(token))
    return token, digest(token)


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


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)
