"""A reference cloud of its own for a bar, and somebody who is signed in to it."""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
import psutil

from benchmarks.load.pages import attempt, filled, form_in

TENANT, WHO, CLIENT, REDIRECT = "Cust10001", "ada@nordlys.test", "pocket-mobile", "test.superoffice.pocket:/signed-in"
PATIENCE, HOPS, REDIRECTED = 120.0, 8, range(300, 400)


@dataclass(frozen=True, slots=True)
class Stand:
    """A running cloud: `address` is the tenant's Web API on this machine, `headers` what each request to it carries."""

    ready: dict[str, Any]
    process: psutil.Process
    headers: dict[str, str]

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.ready['port']}/{TENANT}/api"

    @property
    def host(self) -> str:
        return str(self.ready["services"]["web_api"])

    def order(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Something of the lab."""
        headers = {"Authorization": f"Bearer {self.ready['admin_token']}"}
        url = f"{self.ready['admin']}{path}"
        answer = httpx.post(url, json=body, headers=headers, timeout=PATIENCE, trust_env=False)
        told: dict[str, Any] = answer.raise_for_status().json()
        return told


@contextmanager
def cloud(home: Path, *options: str) -> Iterator[Stand]:
    """One with ada signed in; raises httpx.HTTPError or LookupError where she cannot."""
    command = (sys.executable, "-m", "testbed.cloud", "--home", str(home), *options)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = json.loads(process.stdout.readline() if process.stdout else "{}")
            headers = {"Host": ready["services"]["web_api"], "Authorization": f"Bearer {token(ready)}"}
            yield Stand(ready, psutil.Process(process.pid), headers)
        finally:
            process.terminate()


def token(ready: dict[str, Any]) -> str:
    """An access token of hers, through the pages as a browser would; raises httpx.HTTPError or LookupError."""
    trying, services = attempt(), ready["services"]
    answers = {"email": WHO, "password": _password(ready), "tenant": TENANT, "answer": "approve"}
    trust = ssl.create_default_context(cafile=ready["ca"])
    with httpx.Client(transport=_ToPort(ready["port"], trust), timeout=PATIENCE) as browser:
        url = f"https://{services['superid']}/login/common/oauth/authorize?{trying.query(CLIENT, REDIRECT)}"
        page = browser.get(url)
        for _ in range(HOPS):
            if page.status_code in REDIRECTED:
                goal = urljoin(str(page.url), page.headers["location"])
                if goal.startswith(REDIRECT):
                    break
                page = browser.get(goal)
                continue
            form = form_in(page.text)
            sent = filled(form, answers) if form else None
            if form is None or sent is None:
                raise LookupError("the sign-in shows a page that asks for something unknown")
            page = browser.post(urljoin(str(page.url), form.action), data=sent)
        asked = {"grant_type": "authorization_code", "client_id": CLIENT, "redirect_uri": REDIRECT}
        code = trying.code_in(page.headers.get("location", "")) or ""
        tokens = browser.post(
            f"https://{services['superid']}/login/common/oauth/tokens",
            data=asked | {"code": code, "code_verifier": trying.verifier},
        )
        return str(tokens.raise_for_status().json()["access_token"])


def _password(ready: dict[str, Any]) -> str:
    headers = {"Authorization": f"Bearer {ready['admin_token']}"}
    people = httpx.get(f"{ready['admin']}/accounts", headers=headers, trust_env=False).raise_for_status().json()
    return next(str(each["password"]) for each in people if each["email"] == WHO)


class _ToPort(httpx.BaseTransport):
    """Takes every host name to the cloud's port, with a connection for each request."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self._port = port
        self._trust = trust

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = urlsplit(str(request.url)).hostname
        moved = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1", port=self._port),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        with httpx.HTTPTransport(verify=self._trust) as once:
            answer = once.handle_request(moved)
            answer.read()
            return answer
