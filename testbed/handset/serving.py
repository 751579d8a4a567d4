import contextlib
from collections.abc import Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp

KEPT: Final = 600
"""Seconds that a connection may be idle: one that is closed in the moment of a request is a command lost.

UiAutomator2's server closes none (its HttpServer.java gives netty no idle timeout); clients keep theirs for a session.
"""


class Server(uvicorn.Server):
    """A web server inside the phone's process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the phone's affair."""
        yield


def server_of(app: ASGIApp) -> Server:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_keep_alive=KEPT,
        timeout_graceful_shutdown=1,
    )
    return Server(config)
