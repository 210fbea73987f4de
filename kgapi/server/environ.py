"""The environ of a WSGI application (PEP 3333) out of an ASGI scope."""

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from kgapi.errors import BadRequest

if TYPE_CHECKING:
    from uvicorn._types import HTTPScope

_UNPREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def environ(scope: "HTTPScope", body: bytes) -> dict[str, Any]:
    """The environ of a request whose body has come. Raises BadRequest for headers that contradict."""
    host, port = scope.get("server") or ("", None)
    client = scope.get("client") or ("", 0)
    root, path = scope["root_path"], scope["raw_path"]
    found = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": root,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1")[len(root) :],
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    _add_headers(found, scope)
    if body or "CONTENT_LENGTH" in found:
        # Whatever the framing was, this is what there is.
        found["CONTENT_LENGTH"] = str(len(body))
    return found


def _add_headers(found: dict[str, Any], scope: "HTTPScope") -> None:
    for name, value in scope["headers"]:
        if b"_" in name:
            # Else X_Forwarded_For would pass for X-Forwarded-For.
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in _UNPREFIXED else f"HTTP_{key}"
        text = value.decode("latin-1")
        found[key] = (
            f"{found[key]}{';' if name == b'cookie' else ','}{text}" if key in found else text
        )
    if scope["http_version"] == "1.1" and ("," in found.get("HTTP_HOST", ",")):
        # RFC 9112 section 3.2.
        raise BadRequest("a request has one Host header")
