"""/mcp: the tools for agents, over the application itself."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from kgapi.client import Client
from kgapi.errors import KgapiError, MethodNotAllowed, NotInstalled
from kgapi.server.refusal import refuse

if TYPE_CHECKING:
    from uvicorn._types import ASGI3Application, Scope
    from uvicorn._types import ASGIReceiveCallable as Receive
    from uvicorn._types import ASGISendCallable as Send

    from kgapi.server.answer import App

LACKING = "agents take packages that are not here: pip install 'kgapi[mcp]'"


def doors(app: "App") -> "Mapping[str, ASGI3Application]":
    """The doors of agents by their paths."""
    return {"/mcp": Agents(app)}


class Agents:
    """The Model Context Protocol by streamable HTTP, each request on its own.

    A tool that is called has a thread while it answers, and nobody has one in between.
    """

    def __init__(self, app: "App") -> None:
        self._app = app
        self._starting: asyncio.Task[ASGI3Application] | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] == "http" and scope["method"] not in {"POST", "OPTIONS"}:
            error = MethodNotAllowed("agents ask here by POST, in the Model Context Protocol")
            await refuse(error, send, (b"Allow", b"POST"))
            return
        if self._starting is None:
            self._starting = asyncio.get_running_loop().create_task(self._start())
        try:
            answer = await asyncio.shield(self._starting)
        except ImportError:
            await refuse(NotInstalled(LACKING), send)
        else:
            await answer(scope, receive, send)

    async def _start(self) -> "ASGI3Application":
        made, manager = await asyncio.to_thread(_made, self._app)
        ready = asyncio.Event()
        # What the SDK begins has to end in the same task: that ends with the loop.
        self._running = asyncio.get_running_loop().create_task(_run(manager, ready))
        await ready.wait()
        return made


async def _run(manager: Any, ready: asyncio.Event) -> None:
    async with manager.run():
        ready.set()
        await asyncio.Event().wait()


def _made(app: "App") -> tuple["ASGI3Application", Any]:
    # Not before the first agent comes: this takes a second, and megabytes.
    from mcp.server.transport_security import TransportSecuritySettings
    from starlette.middleware.cors import CORSMiddleware

    from kgapi import mcp

    graph = Client("http://127.0.0.1/", transport=httpx.WSGITransport(breaking(app)), retries=0)
    server = mcp.server(graph)
    # As everywhere here: pages of any origin may read, and there is nothing else to do.
    anybody = TransportSecuritySettings(enable_dns_rebinding_protection=False)
    server.streamable_http_app(stateless_http=True, json_response=True, transport_security=anybody)
    manager = server.session_manager
    answer = CORSMiddleware(
        manager.asgi_app, allow_origins=["*"], allow_methods=["POST"], allow_headers=["*"]
    )
    return answer, manager  # type: ignore[return-value]


def breaking(app: "App") -> Any:
    """The same application; an answer that fails on its way breaks off, as connections do."""

    def answer(environ: dict[str, Any], start: Any) -> Iterator[bytes]:
        told = app(environ, start)
        try:
            yield from told
        except KgapiError as error:
            raise httpx.ReadError(f"the answer broke off: {error}") from None
        finally:
            if close := getattr(told, "close", None):
                close()

    return answer
