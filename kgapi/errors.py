"""Errors know their status: one family, told in HTTP at the door and in one line on the terminal."""

from collections.abc import Mapping
from typing import Any, ClassVar


class KgapiError(Exception):
    """Something a caller did or asked that cannot be done, said so that they can mend it.

    ``status`` is the HTTP status, ``slug`` the last segment of the problem type (RFC 9457
    section 3.1.1), ``title`` the kind of problem in words. ``detail`` says what is wrong this
    time and how to mend it; ``extra`` holds further members of the problem document.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, Any] = extra


class BadSettings(KgapiError):
    slug, title = "bad-settings", "A setting cannot be used"


class BadGold(KgapiError):
    """Gold facts, or a baseline, that cannot be read as such."""

    status, slug, title = 422, "bad-gold", "The gold cannot be read"


class BadRequest(KgapiError):
    status, slug, title = 400, "bad-request", "The request cannot be read"


class BadCursor(BadRequest):
    """A cursor that the collection did not give, or gave for another question."""

    slug, title = "bad-cursor", "The cursor is none of this collection"


class Unauthorized(KgapiError):
    status, slug, title = 401, "unauthorized", "Writing needs a token"


class Forbidden(KgapiError):
    status, slug, title = 403, "forbidden", "That token does not open this door"


class NotFound(KgapiError):
    status, slug, title = 404, "not-found", "There is nothing here"


class NotAcceptable(KgapiError):
    status, slug, title = 406, "not-acceptable", "None of the media types asked for is on offer"


class TooSlow(KgapiError):
    status, slug, title = 408, "too-slow", "The request took too long to come"


class Conflict(KgapiError):
    """A graph that is there and should not be, or the other way round, in an update."""

    status, slug, title = 409, "conflict", "The store is not in the state that this presumes"


class AlreadyDecided(Conflict):
    slug, title = "already-decided", "Somebody has decided this already"


class PreconditionFailed(KgapiError):
    status, slug, title = 412, "precondition-failed", "The graph is not the one you know"


class PreconditionRequired(KgapiError):
    status, slug, title = 428, "precondition-required", "Writing over something needs a condition"


class TooLarge(KgapiError):
    status, slug, title = 413, "too-large", "The body is larger than the limit"


class HeadTooLarge(KgapiError):
    status, slug, title = 431, "head-too-large", "The line and headers of the request are too long"


class HttpVersion(KgapiError):
    status, slug, title = 505, "http-version", "That takes a newer version of HTTP"


class UnsupportedMediaType(KgapiError):
    status, slug, title = 415, "unsupported-media-type", "That media type is not read here"


class UnreadableArticle(KgapiError):
    """Bytes that hold no article we can take: empty, binary, not English, undated, malformed."""

    status, slug, title = 422, "unreadable-article", "That is not an article we can read"


class ShapeViolation(KgapiError):
    """A graph that breaks the shapes of the ontology; ``extra`` carries the SHACL results."""

    status, slug, title = 422, "shape-violation", "The facts break the shapes of the ontology"


class BadFacts(KgapiError):
    """Facts that cannot be taken as sent. ``extra`` has the ``place`` as a JSON pointer (RFC 6901)
    and, in a word, the ``reason``."""

    status, slug, title = 422, "bad-facts", "The facts cannot be taken"


class OtherGraph(KgapiError):
    status, slug, title = 422, "other-graph", "That changes another graph than the one asked for"


class PartnerFailed(KgapiError):
    """A server that SERVICE or LOAD asks does not answer as it should."""

    status, slug, title = 502, "partner-failed", "Another server did not answer"


class ModelFailed(PartnerFailed):
    """The language model of KGAPI_LLM_URL gives no answer that can be read."""

    slug, title = "model-failed", "The language model did not answer"


class StoreUnavailable(KgapiError):
    status, slug, title = 503, "store-unavailable", "The store cannot be used"


class StoreLocked(StoreUnavailable):
    slug, title = "store-locked", "Another process holds the store"


class StoreRefused(StoreUnavailable):
    """A remote store that does not let us in, or not do what we are there for."""

    slug, title = "store-refused", "The store does not take our credentials"


class Unsupported(KgapiError):
    """What the engine behind this server has not got, though the standard has."""

    status, slug, title = 501, "unsupported-by-store", "The store has nothing like that"


class DeadlinePassed(KgapiError):
    """Work that was ended because it took longer than it may; nothing of it remains."""

    status, slug, title = 504, "deadline-passed", "That takes longer than it may"


class OverMemory(KgapiError):
    """Work that was ended because it needed more memory than it may; nothing of it remains."""

    status, slug, title = 503, "over-memory", "That takes more memory than it may"


class Busy(KgapiError):
    """No room for one more at the moment; ``extra`` has ``retry_after`` in seconds."""

    status, slug, title = 503, "busy", "The server has its hands full"


class TooMany(Busy):
    """A client that has its share of the work under way."""

    status, slug, title = 429, "too-many-requests", "One client asks for too much at a time"


class BadQuery(KgapiError):
    """SPARQL that the engine refuses; ``extra`` has line and column where the parser knows them."""

    status, slug, title = 400, "bad-query", "The query cannot be answered as written"


class QueryTooComplex(BadQuery):
    """SPARQL over a limit of nesting or number; ``extra`` has the ``limit``."""

    slug, title = "query-too-complex", "The query is larger than this server plans for"


class FederationRefused(Forbidden):
    slug, title = "federation-refused", "This server does not ask that one"
