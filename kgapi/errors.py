"""Errors know their status: one family, told in HTTP at the door and in one line on the terminal."""

from collections.abc import Mapping
from typing import Any, ClassVar


class KgapiError(Exception):
    """Something a caller did or asked that cannot be done, said so that they can mend it.

    ``status`` is the HTTP status, ``slug`` the last segment of the problem type (RFC 9457
    section 3.1.1), ``title`` the kind of problem in words. ``detail`` says what is wrong this
    time and how to mend it; ``extra`` holds further members of the problem document.

    The docstring of each kind is for whoever meets it: it is what ``/problems/{slug}`` says.
    """

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal-error"
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra: Mapping[str, Any] = extra


class BadSettings(KgapiError):
    """A setting of this server, or of a command, has a value that it cannot have."""

    slug, title = "bad-settings", "A setting cannot be used"


class BadGold(KgapiError):
    """Gold facts, or a baseline, that cannot be read as such."""

    status, slug, title = 422, "bad-gold", "The gold cannot be read"


class BadRequest(KgapiError):
    """Some part of the request is malformed, or contradicts another part. `detail` names it."""

    status, slug, title = 400, "bad-request", "The request cannot be read"


class BadCursor(BadRequest):
    """A cursor that the collection did not give, or gave for another question. Begin without one, and
    follow `next` or the links from there."""

    slug, title = "bad-cursor", "The cursor is none of this collection"


class InvalidParameter(KgapiError):
    """A parameter that this has not got, or a value that it does not take. `errors` says what is wrong
    with each, by name."""

    status, slug, title = 422, "invalid-parameter", "A parameter cannot be used as given"


class Unauthorized(KgapiError):
    """Reading is open to everybody; writing takes the header `Authorization: Bearer TOKEN`."""

    status, slug, title = 401, "unauthorized", "Writing needs a token"


class Forbidden(KgapiError):
    """The token is none that this server knows, or nobody may do this here."""

    status, slug, title = 403, "forbidden", "That token does not open this door"


class NotFound(KgapiError):
    """No such thing is here, or not any more. Lists of what there is begin at `/`."""

    status, slug, title = 404, "not-found", "There is nothing here"


class MethodNotAllowed(KgapiError):
    """That is here, and does not take this method. `Allow` has those that it takes."""

    status, slug, title = 405, "method-not-allowed", "The method is none that this takes"


class NotAcceptable(KgapiError):
    """`Accept`, or `format`, names only representations that this has not got. `offered` has those that
    it has."""

    status, slug, title = 406, "not-acceptable", "None of the media types asked for is on offer"


class TooSlow(KgapiError):
    """The request came too slowly, and its connection was wanted for others. Send it again."""

    status, slug, title = 408, "too-slow", "The request took too long to come"


class Conflict(KgapiError):
    """A graph that is there and should not be, or the other way round, in an update."""

    status, slug, title = 409, "conflict", "The store is not in the state that this presumes"


class AlreadyDecided(Conflict):
    """A proposal is decided once. `detail` says who decided, and when."""

    slug, title = "already-decided", "Somebody has decided this already"


class StillUnderWay(Conflict):
    """The first request with this `Idempotency-Key` is being answered. Send it again in a while."""

    slug, title = "still-under-way", "The same request is being answered"


class KeyReused(KgapiError):
    """An `Idempotency-Key` names one request: the same again has the same address and body. Another one
    takes another key."""

    status, slug, title = 422, "key-reused", "The key belongs to another request"


class PreconditionFailed(KgapiError):
    """Somebody has written since you read: `If-Match` or `If-None-Match` does not hold. Get it again,
    and look whether your change is still wanted."""

    status, slug, title = 412, "precondition-failed", "The graph is not the one you know"


class PreconditionRequired(KgapiError):
    """Nothing is written over or removed unseen here. Send `If-Match` with the `ETag` that you know."""

    status, slug, title = 428, "precondition-required", "Writing over something needs a condition"


class RangeNotSatisfiable(KgapiError):
    """`Range` asks for a part of a file that the file has not got."""

    status, slug, title = 416, "range-not-satisfiable", "The file has no such part"


class TooLarge(KgapiError):
    """The body, as sent or decompressed, has more bytes than this takes. `limit` says how many it may
    have."""

    status, slug, title = 413, "too-large", "The body is larger than the limit"


class HeadTooLarge(KgapiError):
    """Send long queries by POST, and fewer headers."""

    status, slug, title = 431, "head-too-large", "The line and headers of the request are too long"


class HttpVersion(KgapiError):
    """Send HTTP/1.1."""

    status, slug, title = 505, "http-version", "That takes a newer version of HTTP"


class UnsupportedMediaType(KgapiError):
    """`Content-Type` names something that this does not read. `accepted` has what it does, where there
    is a list."""

    status, slug, title = 415, "unsupported-media-type", "That media type is not read here"


class UnreadableArticle(KgapiError):
    """Bytes that hold no article we can take: empty, binary, not English, undated, malformed."""

    status, slug, title = 422, "unreadable-article", "That is not an article we can read"


class ShapeViolation(KgapiError):
    """What the facts would say breaks a shape of the ontology. `results` has what SHACL found, `report` the
    same as Turtle."""

    status, slug, title = 422, "shape-violation", "The facts break the shapes of the ontology"


class BadFacts(KgapiError):
    """Facts that cannot be taken as sent. `place` is a JSON pointer (RFC 6901) to what is wrong, and
    `reason` says why in a word."""

    status, slug, title = 422, "bad-facts", "The facts cannot be taken"


class OtherGraph(KgapiError):
    """A patch changes the graph that it is sent to, and no other."""

    status, slug, title = 422, "other-graph", "That changes another graph than the one asked for"


class PartnerFailed(KgapiError):
    """A server that SERVICE or LOAD asks does not answer as it should."""

    status, slug, title = 502, "partner-failed", "Another server did not answer"


class ModelFailed(PartnerFailed):
    """The language model of KGAPI_LLM_URL gives no answer that can be read."""

    slug, title = "model-failed", "The language model did not answer"


class StoreUnavailable(KgapiError):
    """The store does not answer, or is no store of kgapi. Try again; if it stays so, tell its operator."""

    status, slug, title = 503, "store-unavailable", "The store cannot be used"


class StoreLocked(StoreUnavailable):
    """A store is opened by one process at a time. Ask the server that has it."""

    slug, title = "store-locked", "Another process holds the store"


class StoreRefused(StoreUnavailable):
    """A remote store does not let us in, or not do what we are there for."""

    slug, title = "store-refused", "The store does not take our credentials"


class Unsupported(KgapiError):
    """What the engine behind this server has not got, though the standard has."""

    status, slug, title = 501, "unsupported-by-store", "The store has nothing like that"


class NotInstalled(KgapiError):
    """What takes a package that this installation was made without."""

    status, slug, title = 501, "not-installed", "This installation lacks a package for that"


class DeadlinePassed(KgapiError):
    """Work that was ended because it took longer than it may; nothing of it remains. Ask for less, or ask
    in parts."""

    status, slug, title = 504, "deadline-passed", "That takes longer than it may"


class OverMemory(KgapiError):
    """Work that was ended because it needed more memory than it may; nothing of it remains. Ask for less,
    or ask in parts."""

    status, slug, title = 503, "over-memory", "That takes more memory than it may"


class Busy(KgapiError):
    """No room for one more at the moment. `retry_after`, as `Retry-After`, says in how many seconds to
    try again."""

    status, slug, title = 503, "busy", "The server has its hands full"


class TooMany(Busy):
    """A client that has its share of the work under way. Wait for an answer before you ask again."""

    status, slug, title = 429, "too-many-requests", "One client asks for too much at a time"


class ReaderLost(KgapiError):
    """An article at which the process that read it ended, twice."""

    slug, title = "reader-lost", "The process that read it ended"


class PoolFailed(KgapiError):
    """Nobody is there to read articles: processes that end at once, a scheduler out of reach."""

    status, slug, title = 503, "pool-failed", "There is nobody to read articles"


class BadQuery(KgapiError):
    """SPARQL that the engine refuses. `line` and `column` say where, as far as the parser knows."""

    status, slug, title = 400, "bad-query", "The query cannot be answered as written"


class QueryTooComplex(BadQuery):
    """SPARQL over a limit of nesting or number; `limit` says which it may have."""

    slug, title = "query-too-complex", "The query is larger than this server plans for"


class FederationRefused(Forbidden):
    """SERVICE and LOAD reach what the operator allows in KGAPI_FEDERATION, which is nothing unless said."""

    slug, title = "federation-refused", "This server does not ask that one"


class WebhookRefused(InvalidParameter):
    """A webhook leads to a public address, or where the operator allows in KGAPI_WEBHOOKS."""

    slug, title = "webhook-refused", "This server posts nothing there"


class TooManyWatches(Conflict):
    """There are as many watches as the operator lets there be; `limit` says how many."""

    slug, title = "too-many-watches", "There are too many watches"
