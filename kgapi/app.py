"""The factory: the only place where the parts meet."""

from collections.abc import Callable
from functools import cache, partial
from threading import Event

from flask import Flask

from kgapi import facts, pipeline, web
from kgapi.facts.extractor import Extractor
from kgapi.feeds import TOPICS
from kgapi.graph.iris import Iris
from kgapi.index import INDEX
from kgapi.journal import Journal
from kgapi.journal.turn import Turn
from kgapi.settings import Settings, from_environ
from kgapi.store import open_engine
from kgapi.store.engine import Engine
from kgapi.watches import Manner, Watches, keep_delivering
from kgapi.web.access import digest
from kgapi.web.answers import Answers
from kgapi.web.parts import Parts


def open_journal(settings: Settings, engine: Engine) -> Journal:
    """The journal of an engine, where the settings have it, with all that follows from it."""
    return Journal(engine, settings.index_folder, [INDEX, TOPICS])


def deliverer(journal: Journal, settings: Settings) -> Callable[[Event], None]:
    """What tells the webhooks of all watches what changes, until stopped; one process at a time does.

    Raises StoreUnavailable where the folder of the index cannot be used.
    """
    manner = Manner(
        allowed=settings.webhooks.split(),
        pause=settings.webhook_pause,
        attempts=settings.webhook_attempts,
    )
    watches = Watches(journal.folder, settings.max_watches)
    turn = Turn(journal.folder, "delivering")
    return partial(keep_delivering, turn, journal, watches, Iris(settings.base), manner)


def journal_of(app: Flask) -> Journal:
    """The journal of an application, to be followed by and closed with whoever serves it."""
    held: Parts = app.extensions["kgapi"]
    return held.journal


def create_app(
    settings: Settings | None = None,
    engine: Engine | None = None,
    token_digest: str | None = None,
    extractor: Extractor | None = None,
) -> Flask:
    """A kgapi over an engine (or the one the settings name), ready to serve.

    ``token_digest`` is the SHA-256 of the token that writing needs, where the settings have no
    token; without either, nobody may write. Without an ``extractor``, the one that the settings name
    is made when it is first wanted. Raises KgapiError where the store cannot be used.
    """
    settings = settings or from_environ()
    engine = engine or open_engine(settings)
    iris = Iris(settings.base)
    pipeline.prepare(engine, iris)
    if settings.token:
        token_digest = digest(settings.token)
    app = Flask(__name__)
    given = extractor
    make = cache(lambda: given or facts.extractor(settings.extractor, settings))
    journal = open_journal(settings, engine)
    answers = Answers(settings.answers_folder, settings.answers_hours, settings.max_answers)
    app.extensions["kgapi"] = Parts(
        settings, engine, make, journal, iris, token_digest, answers=answers
    )
    web.install(app)
    return app
