"""The server over real HTTP, as the driver reaches it through the adb forward."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from testbed.android.uiautomator import server
from tests.testbed.android.uiautomator.toy_phone import PACKAGE, Client, ToyPhone


class Switchboard:
    """Gives every test a phone and a server of its own behind one port."""

    def __init__(self) -> None:
        self.app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@pytest.fixture(scope="session")
def served() -> Iterator[tuple[str, Switchboard]]:
    board = Switchboard()
    host = uvicorn.Server(uvicorn.Config(board, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=host.run)
    thread.start()
    while not host.started:
        time.sleep(0.01)
    port = host.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", board
    host.should_exit = True
    thread.join(5)


@pytest.fixture(scope="session")
def http(served: tuple[str, Switchboard]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served[0]) as http:
        yield http


@pytest.fixture
def client(served: tuple[str, Switchboard], http: httpx.Client) -> Client:
    phone = ToyPhone()
    unmodelled: list[tuple[str, str]] = []
    ended = threading.Event()
    served[1].app = server(phone, ended.set, lambda kind, what: unmodelled.append((kind, what)))
    wanted = {"firstMatch": [{"appPackage": PACKAGE, "platformName": "Android"}], "alwaysMatch": {}}
    created = http.post("/session", json={"capabilities": wanted}).json()
    return Client(phone, http, created["sessionId"], unmodelled, ended)
