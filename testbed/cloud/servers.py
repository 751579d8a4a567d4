"""Listeners on the loopback: their ports, their readiness, their end."""

import asyncio
import signal
import socket
import ssl
from asyncio import Transport
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from weakref import WeakKeyDictionary

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from testbed.cloud.knobs.handshake import LateConnection

# above the client's own, so that it is not the server who drops a connection that is about to be used
KEEP_ALIVE_SECONDS = 90
GRACE_SECONDS = 1

# the name each client asked for in its TLS handshake, until the connection is there to take it
_asked_names: WeakKeyDictionary[ssl.SSLObject, str] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Listener:
    """An application and the socket it listens on; `tls` None is plain HTTP."""

    app: ASGIApp
    socket: socket.socket
    tls: ssl.SSLContext | None = None

    @property
    def port(self) -> int:
        port: int = self.socket.getsockname()[1]
        return port


def loopback() -> socket.socket:
    """A free port of the loopback, held from now on.

    The protocol is spelt out, as asyncio switches Nagle's algorithm off for such sockets alone: without it each answer
    waits 40 ms for the client's delayed acknowledgement.
    """
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening


class Gathered:
    """A transport that sends what is written in one turn of the loop at once: an answer's head and body are one packet.

    uvicorn writes them apart, and each write is a TLS record and a system call of its own.
    """

    def __init__(self, transport: Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._waiting: list[bytes] = []

    def write(self, data: bytes) -> None:
        if not self._waiting:
            self._loop.call_soon(self._send)
        self._waiting.append(data)

    def close(self) -> None:
        self._send()
        self._transport.close()

    def abort(self) -> None:
        """What was written before has left, as far as the socket took it."""
        self._send()
        self._transport.abort()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever else a transport can do
        return getattr(self._transport, name)

    def _send(self) -> None:
        waiting, self._waiting = self._waiting, []
        if waiting and not self._transport.is_closing():
            self._transport.write(b"".join(waiting))


class NamedProtocol(HttpToolsProtocol):
    """HTTP/1.1 that also tells the application the TLS server name, as `state.sni`, and how to cut the connection."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.transport = cast("Transport", Gathered(transport, self.loop))
        connection = transport.get_extra_info("ssl_object")
        self.app_state = {**self.app_state, "hang_up": self.transport.abort}
        if connection is not None:
            late = isinstance(connection, LateConnection)
            self.app_state["sni"] = connection.asked_name if late else _asked_names.get(connection)

    def shutdown(self) -> None:
        """An idle connection ends at once; a TLS closure would wait for a client that has no reason to answer."""
        super().shutdown()
        if self.transport.is_closing():
            self.transport.abort()


class Server(uvicorn.Server):
    """uvicorn that says when it listens and leaves signals to the process."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(listeners: Sequence[Listener], when_ready: Callable[[], None]) -> None:
    """Serves until SIGTERM or SIGINT, then ends what is under way and returns."""
    servers = [Server(_config(listener)) for listener in listeners]

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    async with asyncio.TaskGroup() as tasks:
        for server, listener in zip(servers, listeners, strict=True):
            tasks.create_task(server.serve(sockets=[listener.socket]))
        for server in servers:
            await server.listening.wait()
        when_ready()


def _config(listener: Listener) -> uvicorn.Config:
    config = uvicorn.Config(
        listener.app,
        http=NamedProtocol,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
        ssl_context_factory=_ready_context(listener.tls) if listener.tls else None,
    )
    config.load()
    return config


def _ready_context(context: ssl.SSLContext) -> Callable[..., ssl.SSLContext]:
    context.sni_callback = _note_name

    def factory(*_: object) -> ssl.SSLContext:
        return context

    return factory


def _note_name(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
    if name is not None:
        _asked_names[cast("Any", connection)] = name
