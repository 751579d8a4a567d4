import contextlib
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp


class Server(uvicorn.Server):
    """A web server inside the phone's process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the phone's affair."""
        yield


def server_of(app: ASGIApp) -> Server:
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    return Server(config)
