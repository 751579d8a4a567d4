"""The custom provider: oidc-provider-mock, an independent library, in a process of its own behind a host of ours.

It knows no passwords: whoever opens its page chooses who to be, so SuperID checks the e-mail address it says.
"""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from testbed.cloud.federation.faults import FederationError
from testbed.cloud.federation.party import Registration

READY_SECONDS, SECONDS = 20, 10
# what a browser and a relying party need; registration and the library's own knobs stay inside
PUBLIC = {
    "/.well-known/openid-configuration": ["GET"],
    "/jwks": ["GET"],
    "/oauth2/authorize": ["GET", "POST"],
    "/oauth2/token": ["POST"],
    "/userinfo": ["GET", "POST"],
    "/oauth2/end_session": ["GET", "POST"],
    "/oauth2/end_session/confirm": ["POST"],
}
DROPPED = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"})


class Outsider:
    """Started when first asked for, started anew (and empty) when it died, ended with the cloud."""

    def __init__(self, host: str, redirect_uri: str, users: tuple[str, ...]) -> None:
        self._host = host
        self._redirect_uri = redirect_uri
        self._users = users
        self._process: Process | None = None
        self._client: httpx2.AsyncClient | None = None
        self._registration: Registration | None = None
        self._starting = asyncio.Lock()

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.returncode is None else None

    def application(self) -> Starlette:
        built = Starlette(routes=[Route(path, self.forward, methods=methods) for path, methods in PUBLIC.items()])
        built.router.redirect_slashes = False
        return built

    async def forward(self, request: Request) -> Response:
        """As a proxy that ends TLS does, saying so in X-Forwarded-*."""
        try:
            client = await self._running()
            answer = await client.request(
                request.method,
                request.url.path,
                params=request.url.query,
                content=await request.body(),
                headers=_passed_on(request, self._host),
            )
        except (OSError, TimeoutError, httpx2.HTTPError):
            return PlainTextResponse("Bad gateway", 502)
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in DROPPED}
        return Response(answer.content, answer.status_code, headers)

    async def registration(self) -> Registration:
        """SuperID as a client of it, by dynamic registration (RFC 7591)."""
        try:
            await self._running()
        except (OSError, TimeoutError, ValueError, httpx2.HTTPError):
            raise FederationError("The identity provider cannot be reached.") from None
        if self._registration is None:
            raise FederationError("The identity provider cannot be reached.")
        return self._registration

    async def retract(self, email: str) -> None:
        client = await self._running()
        (await client.post(f"/users/{email}/revoke-tokens")).raise_for_status()

    async def end(self) -> None:
        if self._client is not None:
            await self._client.aclose()
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()

    async def _running(self) -> httpx2.AsyncClient:
        async with self._starting:
            if self._client is None or self.pid is None:
                await self._start()
            if self._client is None:
                raise OSError("the custom provider did not start")
            return self._client

    async def _start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "testbed.cloud.federation.outsider_process", *self._users),
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, "AUTHLIB_INSECURE_TRANSPORT": "1"},
        )
        if self._process.stdout is None:
            raise OSError("the custom provider has no output")
        line = await asyncio.wait_for(self._process.stdout.readline(), READY_SECONDS)
        self._client = httpx2.AsyncClient(
            base_url=f"http://127.0.0.1:{json.loads(line)['port']}", timeout=SECONDS, trust_env=False
        )
        body = {"redirect_uris": [self._redirect_uri], "token_endpoint_auth_method": "client_secret_post"}
        made = (await self._client.post("/oauth2/clients", json=body)).raise_for_status().json()
        self._registration = Registration(made["client_id"], made["client_secret"], self._redirect_uri)


def _passed_on(request: Request, host: str) -> dict[str, str]:
    kept = {
        name: value for name, value in request.headers.items() if name in {"content-type", "accept", "authorization"}
    }
    return {**kept, "X-Forwarded-Host": host, "X-Forwarded-Proto": "https", "X-Forwarded-Port": "443"}
