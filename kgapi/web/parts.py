"""The parts that a request works with, put together once by ``create_app``."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import current_app

from kgapi.facts.extractor import Extractor
from kgapi.graph.iris import Iris
from kgapi.journal import Journal
from kgapi.queries.census import Census
from kgapi.settings import Settings
from kgapi.store.engine import Engine
from kgapi.web.answers import Answers


@dataclass(frozen=True, slots=True)
class Parts:
    """``extractor`` gives the extractor, made when it is first wanted: reading needs none.

    ``token_digest`` is the hash of the token that writing needs; None where nobody may write.
    ``journal`` has what changed, and the projections that follow. ``census`` keeps what has been
    counted, ``answers`` what was answered to requests by their names.
    """

    settings: Settings
    engine: Engine
    extractor: Callable[[], Extractor]
    journal: Journal
    iris: Iris
    token_digest: str | None
    census: Census = field(default_factory=Census)
    answers: Answers = field(default_factory=Answers)


def parts() -> Parts:
    """The parts of the application at hand."""
    held: Parts = current_app.extensions["kgapi"]
    return held
