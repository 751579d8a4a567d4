"""Who visits the cloud in tests: an app's HTTP client, a browser that fills in the real forms, the lab's admin."""

import base64
import hashlib
import json
import secrets
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import psutil
from lxml import html

REDIRECT = "test.superoffice.pocket:/signed-in"
AUTHORIZE = "https://online.superoffice.test/login/common/oauth/authorize"
TOKENS = "https://online.superoffice.test/login/common/oauth/tokens"
API = "https://online2.superoffice.test/Cust10001/api/v1"
PATIENCE = 30.0  # seconds that an answer may take on a machine that does much else
NAMESPACE = "http://schemes.superoffice.net/identity/"


class ToPort(httpx.BaseTransport):
    """Takes every host name to the cloud's port, as the phone's network does; a connection serves one name only."""

    def __init__(self, port: int, trust: ssl.SSLContext) -> None:
        self._port = port
        self._trust = trust
        self._by_host: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        if host not in self._by_host:
            self._by_host[host] = httpx.HTTPTransport(verify=self._trust)
        moved = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1", port=self._port),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._by_host[host].handle_request(moved)

    def close(self) -> None:
        for transport in self._by_host.values():
            transport.close()


@dataclass
class Cloud:
    """A running cloud by its ready line."""

    ready: dict[str, Any]
    process: subprocess.Popen[str]
    admin: httpx.Client = field(init=False)
    trust: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.ready['admin_token']}"}
        self.admin = httpx.Client(base_url=self.ready["admin"], headers=headers, trust_env=False, timeout=PATIENCE)
        self.trust = ssl.create_default_context(cafile=self.ready["ca"])

    def client(self, headers: dict[str, str] | None = None) -> httpx.Client:
        return httpx.Client(transport=ToPort(self.ready["port"], self.trust), headers=headers, timeout=PATIENCE)

    def password(self, email: str) -> str:
        return next(each["password"] for each in self.admin.get("/accounts").json() if each["email"] == email)

    def state_bytes(self) -> bytes:
        """Whatever the server keeps of its state, in every file of it."""
        home = Path(self.ready["ca"]).parent
        return b"".join(file.read_bytes() for file in sorted(home.glob("state.db*")))

    def secrets(self, kind: str) -> list[str]:
        return [each["value"] for each in self.admin.get("/secrets").json() if each["kind"] == kind]

    @property
    def busy(self) -> float:
        """Seconds that it has computed: what takes long is told by these, as others may be at work on the machine."""
        return float(sum(psutil.Process(self.process.pid).cpu_times()[:2]))

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def running(home: Path, *options: str) -> Iterator[Cloud]:
    command = [sys.executable, "-m", "testbed.cloud", "--home", str(home), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            cloud = Cloud(json.loads(process.stdout.readline()), process)
            with cloud.admin:
                yield cloud
        finally:
            process.terminate()


class Page:
    """One page of the sign-in, as the browser shows it."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.tree = html.fromstring(response.content or b"<p/>", base_url=str(response.url))

    def has(self, identifier: str) -> bool:
        return bool(self.tree.xpath("//*[@id=$it]", it=identifier))

    def text(self, identifier: str) -> str:
        return self.tree.get_element_by_id(identifier).text_content().strip()

    @property
    def heading(self) -> str:
        return self.tree.findtext(".//h1")


class Browser:
    """Follows redirects itself, up to the one that leads out of the web and into the app."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.left_to = ""
        # an address of the web that is the application's, not a page
        self.stop_at = ""

    def open(self, url: str) -> Page:
        return self.follow(self.client.get(url))

    def submit(self, page: Page, button: str, **typed: str) -> Page:
        """Fills in the form around the button and presses it."""
        pressed = page.tree.get_element_by_id(button)
        form = next(pressed.iterancestors("form"))
        for name, value in typed.items():
            assert page.tree.get_element_by_id(name) in form.iterdescendants()
            form.fields[name] = value
        data = dict(form.form_values())
        if pressed.get("name"):
            data[pressed.get("name")] = pressed.get("value")
        assert form.method == "POST"
        return self.follow(self.client.post(urljoin(str(page.response.url), form.action), data=data))

    def sign_in(self, page: Page, email: str, password: str) -> Page:
        page = self.submit(page, "next", email=email)
        return self.submit(page, "sign_in", password=password)

    def follow(self, response: httpx.Response) -> Page:
        while response.is_redirect:
            target = urljoin(str(response.url), response.headers["location"])
            if urlsplit(target).scheme != "https" or (self.stop_at and target.startswith(self.stop_at)):
                self.left_to = target
                break
            response = self.client.get(target)
        return Page(response)


@dataclass
class Attempt:
    """One sign-in of the app: its PKCE pair, state and nonce."""

    client_id: str = "pocket-mobile"
    redirect_uri: str = REDIRECT
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    state: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    def url(self, **changes: str | None) -> str:
        """The authorization request; a change to None leaves the parameter out."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        parameters = {
            "client_id": self.client_id,
            "scope": "openid",
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        chosen = {name: value for name, value in (parameters | changes).items() if value is not None}
        return str(httpx.URL(AUTHORIZE, params=chosen))

    def form(self, code_received: str, **changes: str | None) -> dict[str, str]:
        parameters = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "code": code_received,
            "code_verifier": self.verifier,
        }
        return {name: value for name, value in (parameters | changes).items() if value is not None}


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified: for tests that are about something else."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def answer_in(url: str) -> dict[str, str]:
    """The parameters of a redirect to the app."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def code_for(cloud: Cloud, client: httpx.Client, email: str, attempt: Attempt, **changes: str | None) -> str:
    """Through all the pages, for people with one tenant or a named one."""
    browser = Browser(client)
    page = browser.sign_in(browser.open(attempt.url(**changes)), email, cloud.password(email))
    if page.has("approve"):
        browser.submit(page, "approve")
    return answer_in(browser.left_to)["code"]


def tokens_for(cloud: Cloud, email: str, client_id: str = "pocket-mobile", **changes: str | None) -> dict[str, Any]:
    redirect = REDIRECT if client_id == "pocket-mobile" else "test.superoffice.other:/signed-in"
    attempt = Attempt(client_id=client_id, redirect_uri=redirect)
    with cloud.client() as client:
        code = code_for(cloud, client, email, attempt, **changes)
        return client.post(TOKENS, data=attempt.form(code)).raise_for_status().json()
