"""One place for settings: every row has a name, a default and a line of help."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kgapi.errors import BadSettings

_DIALECTS = ("", "generic", "oxigraph", "virtuoso")


def _row(default: Any, help: str, *, least: int = 1, secret: bool = False) -> Any:
    return field(default=default, repr=not secret, metadata={"help": help, "least": least})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this kgapi runs. The environment variable of a field is ``KGAPI_`` + its name in capitals."""

    store: str = _row(
        "kgapi-store",
        "Folder of the store, or address of a SPARQL 1.1 endpoint (`https://…/sparql`);"
        " `:memory:` keeps nothing.",
    )
    store_update_url: str = _row(
        "", "Address that a remote store takes updates at, where it is not the usual one."
    )
    store_graphs_url: str = _row(
        "",
        "Address of a remote store's Graph Store Protocol, where it is not the usual one.",
    )
    store_user: str = _row("", "User at a remote store, for Basic or Digest as it asks.")
    store_password: str = _row("", "Password of that user.", secret=True)
    store_token: str = _row("", "Bearer token for a remote store, instead of a user.", secret=True)
    store_dialect: str = _row(
        "",
        "What a remote store is: `generic`, `oxigraph` or `virtuoso`. Empty: asked at the start.",
    )
    store_timeout: int = _row(60, "Seconds that a remote store may keep silent.")
    index: str = _row(
        "",
        "Folder of the index and the journal of changes; empty: `index` in the folder of the store, or"
        " a temporary one beside a store in memory or a remote one.",
    )
    follow_every: int = _row(
        60, "Seconds after which a remote store is looked over for what others wrote to it."
    )
    base: str = _row(
        "https://kgapi.example.org/",
        "Start of every IRI that is minted. Choose it before the first article: it cannot change later.",
    )
    title: str = _row(
        "Sanctions news as a knowledge graph", "What the dataset is called where it is described."
    )
    license: str = _row("", "IRI of the licence of your data, for its description.")
    token: str = _row(
        "", "Token that writing needs. Empty: the first `kgapi serve` makes one.", secret=True
    )
    extractor: str = _row(
        "rules",
        "Extractor that finds the facts in articles: `rules`, `llm`, `ensemble`, or `submitted`, which"
        " finds none itself.",
    )
    ensemble: str = _row(
        "rules llm", "Extractors that `ensemble` combines, the most trusted first."
    )
    review_below: float = _row(
        0.5, "Facts of a lower confidence wait at `/v1/review` instead of being told; 0: none do."
    )
    llm_url: str = _row("", "Base URL of an OpenAI-compatible server, up to and with `/v1`.")
    llm_model: str = _row("", "Name of the model on that server.")
    llm_key: str = _row("", "Key for that server, sent as a bearer token.", secret=True)
    llm_timeout: int = _row(
        60, "Seconds in which the model must have answered, each time it is asked."
    )
    llm_attempts: int = _row(3, "How often the model is asked before an article is given up.")
    llm_confidence: float = _row(0.4, "Confidence of what the model alone finds, from 0 to 1.")
    llm_cache: str = _row(
        "", "Folder of the model's answers; empty: `llm-answers` in the folder of the store."
    )
    max_article: int = _row(1_000_000, "Largest article taken, in bytes, decompressed.")
    max_query: int = _row(1_000_000, "Largest SPARQL query taken, in bytes, decompressed.")
    max_graph: int = _row(50_000_000, "Largest graph taken at `/graphs`, in bytes, decompressed.")
    query_timeout: int = _row(
        30, "Longest time that a query may take, in seconds; `timeout` asks for less."
    )
    update_timeout: int = _row(
        60, "Longest time that an update may take, in seconds; `timeout` asks for less."
    )
    max_depth: int = _row(128, "Deepest nesting of brackets in SPARQL.")
    max_patterns: int = _row(256, "Most triple patterns, path steps and groups in SPARQL.")
    max_operators: int = _row(1_000, "Most operators and filters in SPARQL.")
    max_terms: int = _row(10_000, "Most terms in VALUES and IN.")
    default_graph: str = _row(
        "union",
        "What a query sees where it names no graph: `union` of all graphs, or `strict`, the"
        " store's default graph. Updates are always strict.",
    )
    queries: str = _row(
        "", "Folder of your own `.rq` files, which become `/v1/queries` beside ours."
    )
    federation: str = _row(
        "",
        "What SERVICE and LOAD may reach: IRI prefixes with a path, separated by spaces.",
    )
    webhooks: str = _row(
        "",
        "Where webhooks may lead beside the public Internet: IRI prefixes with a path, separated by"
        " spaces.",
    )
    webhook_pause: int = _row(
        5,
        "Seconds after which a webhook that failed is tried again; doubled each time, up to an hour.",
    )
    webhook_attempts: int = _row(
        20, "How often a change is posted to a webhook before the watch is given up."
    )
    max_watches: int = _row(1_000, "Most watches that are kept.")
    require_if_match: bool = _row(
        False, "Refuse to replace, patch or delete a graph without `If-Match` or `If-None-Match`."
    )
    page_size: int = _row(50, "Items on a page of a collection where `limit` is not given.")
    max_page_size: int = _row(500, "Largest `limit` a collection grants.")
    max_screen: int = _row(
        100_000, "Largest request taken at `/v1/screen`, in bytes, decompressed."
    )
    max_batch: int = _row(
        50, "Most queries, entities or names in one request at `/reconcile` and `/v1/screen`."
    )
    answers: str = _row(
        "",
        "Folder of the answers to requests with an `Idempotency-Key`; empty: the folder of the store,"
        " or a temporary one beside a store in memory or a remote one.",
    )
    answers_hours: int = _row(24, "Hours that such an answer is kept.")
    max_answers: int = _row(10_000, "Most such answers that are kept; the oldest go first.")
    workers: int = _row(2, "Web processes. A store in memory, or a remote one, has one.")
    threads: int = _row(16, "Requests that a web process answers at a time.")
    streams: int = _row(100, "Streams of events that a web process holds open at a time.", least=0)
    readers: int = _row(
        4,
        "Queries that may take long and run at a time for a web process, each in its own process.",
    )
    max_memory: int = _row(
        2_048, "Memory that a query or an update may take until it is ended, in megabytes."
    )
    cache: int = _row(
        64_000_000,
        "Bytes of answers that a web process keeps until the store changes; 0 keeps none.",
        least=0,
    )
    grace: int = _row(30, "Seconds that answers under way have to end when the server stops.")
    proxies: int = _row(0, "Proxies in front whose `X-Forwarded-*` headers are believed.", least=0)
    keep_text: bool = _row(
        True, "Keep the text of articles in the graph, not only the cited passages."
    )

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        if parts.scheme not in {"http", "https"} or not parts.netloc or not self.base.endswith("/"):
            raise BadSettings(
                f"KGAPI_BASE must be an absolute http(s) IRI that ends with a slash, not {self.base!r}"
            )
        if parts.query or parts.fragment or set(self.base) & set(' <>"{}|\\^`'):
            raise BadSettings(f"KGAPI_BASE cannot stand at the start of an IRI: {self.base!r}")
        if self.license and not urlsplit(self.license).scheme:
            raise BadSettings(f"KGAPI_LICENSE is an absolute IRI, not {self.license!r}")
        if set(self.license) & set(' <>"{}|\\^`'):
            raise BadSettings(f"KGAPI_LICENSE is no IRI: {self.license!r}")
        self._check_store()
        if self.default_graph not in {"union", "strict"}:
            raise BadSettings(f"KGAPI_DEFAULT_GRAPH is union or strict, not {self.default_graph!r}")
        for name in ("federation", "webhooks"):
            _check_prefixes(name, getattr(self, name))
        for row in fields(self):
            least = row.metadata["least"]
            if type(row.default) is int and getattr(self, row.name) < least:
                raise BadSettings(f"{variable(row.name)} must be at least {least}")
        for name in ("review_below", "llm_confidence"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadSettings(f"{variable(name)} is from 0 to 1")

    def _check_store(self) -> None:
        """A wrong address is not repeated: it may hold a password."""
        for name in ("store", "store_update_url", "store_graphs_url"):
            given = getattr(self, name)
            if not given or (name == "store" and not self.is_remote):
                continue
            try:
                address = urlsplit(given)
                usable = address.scheme in {"http", "https"} and address.hostname
                private = address.username is not None or address.password is not None
                usable = usable and not address.fragment and address.port != 0
            except ValueError:
                usable, private = False, False
            if private:
                raise BadSettings(
                    f"{variable(name)} has a user in the address: say KGAPI_STORE_USER and"
                    " KGAPI_STORE_PASSWORD instead"
                )
            if not usable:
                raise BadSettings(f"{variable(name)} is no http(s) address of a server")
        if self.store_dialect not in _DIALECTS:
            raise BadSettings(
                f"KGAPI_STORE_DIALECT is one of {', '.join(_DIALECTS[1:])}, not {self.store_dialect!r}"
            )
        if self.store_token and self.store_user:
            raise BadSettings("KGAPI_STORE_TOKEN or KGAPI_STORE_USER: say one of them")

    @property
    def is_remote(self) -> bool:
        return self.store.lower().startswith(("http:", "https:"))

    @property
    def in_memory(self) -> bool:
        return self.store == ":memory:"

    @property
    def is_folder(self) -> bool:
        return not (self.is_remote or self.in_memory)

    @property
    def store_folder(self) -> Path:
        return Path(self.store)

    @property
    def index_folder(self) -> Path | None:
        """None for a temporary one."""
        if self.index:
            return Path(self.index)
        return self.store_folder / "index" if self.is_folder else None

    @property
    def answers_folder(self) -> Path | None:
        """None for a temporary one."""
        if self.answers:
            return Path(self.answers)
        return self.store_folder if self.is_folder else None


def _check_prefixes(name: str, prefixes: str) -> None:
    for prefix in prefixes.split():
        # Without a path, http://example.org would allow http://example.org.example.net too.
        target = urlsplit(prefix)
        if target.scheme not in {"http", "https"} or not target.netloc or not target.path:
            raise BadSettings(
                f"{variable(name)} has absolute http(s) IRIs with a path, not {prefix!r}"
            )


def variable(name: str) -> str:
    """The environment variable of a field."""
    return f"KGAPI_{name.upper()}"


def rows() -> Iterator[tuple[str, Any, str]]:
    """Each setting as (environment variable, default, help), for the manual and ``--help``."""
    for row in fields(Settings):
        yield variable(row.name), row.default, row.metadata["help"]


_TRUTH = {
    "1": True,
    "true": True,
    "yes": True,
    "on": True,
    "0": False,
    "false": False,
    "no": False,
    "off": False,
}


def _read(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text.lower() not in _TRUTH:
            raise BadSettings(f"{variable(name)} is yes or no, not {text!r}")
        return _TRUTH[text.lower()]
    if kind is int:
        try:
            return int(text)
        except ValueError:
            raise BadSettings(f"{variable(name)} is a whole number, not {text!r}") from None
    if kind is float:
        try:
            return float(text)
        except ValueError:
            raise BadSettings(f"{variable(name)} is a number, not {text!r}") from None
    return text


def from_environ(environ: Mapping[str, str] | None = None, **given: Any) -> Settings:
    """Settings from the environment; ``given`` (say, command-line options) wins where not None.

    Raises BadSettings for a value that cannot be used or a ``KGAPI_`` variable nobody knows.
    """
    environ = os.environ if environ is None else environ
    types = {row.name: type(row.default) for row in fields(Settings)}
    known = {variable(name): name for name in types}
    unknown = sorted(key for key in environ if key.startswith("KGAPI_") and key not in known)
    if unknown:
        raise BadSettings(
            f"unknown setting {unknown[0]}; the settings are {', '.join(sorted(known))}"
        )
    read = {
        name: _read(name, environ[key], types[name])
        for key, name in known.items()
        if environ.get(key, "") != ""
    }
    return Settings(**read | {name: value for name, value in given.items() if value is not None})
