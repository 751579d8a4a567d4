"""A real cloud process, and people who sign in to it."""

import html
import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import httpx

from tests.testbed.runtime.handheld import App, Handheld

PACKAGE = "test.superoffice.pocket"
BROWSER = "com.android.browser"
SOURCES = str(Path(__file__).parents[3])
ADA, BOB, CID, DOT = "ada@nordlys.test", "bob@nordlys.test", "cid@fjordtech.test", "dot@partner.test"


@dataclass(frozen=True)
class Cloud:
    ready: dict[str, Any]
    admin: httpx.Client
    web: httpx.Client
    passwords: dict[str, str]
    since: list[int]

    def reset(self) -> None:
        self.admin.post("/reset").raise_for_status()
        self.since[0] += len(self.evidence())

    def prefer(self, key: str, value: str, tenant: str = "Cust10001") -> None:
        self.admin.put(f"/tenants/{tenant}/preferences/PocketTasks/{key}", json={"value": value}).raise_for_status()

    def advance(self, seconds: int) -> None:
        self.admin.post("/clock", json={"advance_seconds": seconds}).raise_for_status()

    def markers(self, email: str, tenant: str = "Cust10001") -> set[str]:
        found = self.admin.get("/markers", params={"email": email, "tenant": tenant}).raise_for_status().json()
        return {each["marker"] for each in found}

    def secrets(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = self.admin.get("/secrets").raise_for_status().json()
        return found

    def evidence(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            self.admin.get("/evidence", params={"since": self.since[0]}).raise_for_status().json()
        )
        return found

    def calls(self) -> list[str]:
        """What came to the tenants' Web API, in order."""
        return [f"{each['method']} {each['path']}" for each in self.evidence() if each["host"].startswith("online2.")]

    def call(self, method: str, resource: str, email: str = "", json: object = None) -> httpx.Response:
        """Call the Web API as somebody else would, with a token of the app's that is still good."""
        tokens = [each for each in self.secrets() if each["kind"] == "access_token"]
        token = next(each["value"] for each in tokens if not email or each["email"] == email)
        host = "online2.superoffice.test"
        return self.web.request(
            method,
            f"https://127.0.0.1:{self.ready['port']}/Cust10001/api/v1/{resource}",
            headers={"Host": host, "Authorization": f"Bearer {token}"},
            extensions={"sni_hostname": host},
            json=json,
        )

    def role(self, email: str, role: str, tenant: str = "Cust10001") -> None:
        self.admin.put(f"/accounts/{email}/role", json={"tenant": tenant, "role": role}).raise_for_status()

    def fault(self, **order: object) -> None:
        self.admin.post("/faults", json=order).raise_for_status()

    def change(self, resource: str, number: str, field: str, value: str) -> None:
        """Change a record as somebody else would, with a token of the app's that is still good."""
        self.call("PATCH", f"{resource}/{number}", json={field: value}).raise_for_status()

    def answer(self, address: str, email: str, tenant: str = "") -> str:
        """Sign in on the web pages and return the redirect to the app, as a browser without a session would."""
        self.web.cookies.clear()
        page = self._get("GET", address)
        page = self._post(page, email=email)
        page = self._post(page, password=self.passwords[email])
        if "tenant_" in page.text:
            page = self._post(page, tenant=tenant)
        return str(page.headers["location"])

    def _post(self, page: httpx.Response, **typed: str) -> httpx.Response:
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        action = re.search(r'action="([^"]+)"', page.text)
        assert action, page.text
        address = urljoin(str(page.extensions["address"]), html.unescape(action[1]))
        return self._get("POST", address, urlencode(hidden | typed))

    def _get(self, method: str, address: str, body: str = "") -> httpx.Response:
        while True:
            parts = urlsplit(address)
            headers = {"Host": parts.netloc, "Content-Type": "application/x-www-form-urlencoded"}
            here = parts._replace(netloc=f"127.0.0.1:{self.ready['port']}").geturl()
            cookies = "; ".join(f"{each.name}={each.value}" for each in self.web.cookies.jar)
            answer = self.web.request(
                method,
                here,
                content=body,
                headers=headers | ({"Cookie": cookies} if cookies else {}),
                extensions={"sni_hostname": parts.hostname},
            )
            answer.extensions["address"] = address
            location = answer.headers.get("location", "")
            if not location or urlsplit(urljoin(address, location)).scheme != "https":
                return answer
            method, address, body = "GET", urljoin(address, location), ""


@contextmanager
def running_cloud(home: Path, *options: str) -> Iterator[Cloud]:
    command = [sys.executable, "-m", "testbed.cloud", "--home", str(home), *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            ready = json.loads(process.stdout.readline())
            context = ssl.create_default_context(cafile=ready["ca"])
            bearer = {"Authorization": f"Bearer {ready['admin_token']}"}
            with (
                httpx.Client(base_url=ready["admin"], headers=bearer, trust_env=False) as admin,
                httpx.Client(verify=context, trust_env=False) as web,
            ):
                accounts = admin.get("/accounts").raise_for_status().json()
                yield Cloud(ready, admin, web, {each["email"]: each["password"] for each in accounts}, [0])
        finally:
            process.terminate()


@contextmanager
def handheld(cloud: Cloud, home: Path, *, trusting: bool = True) -> Iterator[Handheld]:
    resolve = dict.fromkeys(cloud.ready["hosts"], cloud.ready["port"])
    phone = Handheld(home, resolve, [Path(cloud.ready["ca"])] if trusting else [])
    phone.takes[PACKAGE] = PACKAGE
    try:
        yield phone
    finally:
        phone.close()


def pocket(phone: Handheld, apk: Path | None = None) -> App:
    """The app from its sources, or out of an app file."""
    if apk is None:
        return phone.app(PACKAGE, SOURCES, "testbed.pocket.main:main")
    entry = "pocket.main:main" if apk.stem == "pocket-1.0" else "defect.entry:main"
    return phone.app(PACKAGE, f"{apk}/assets", entry)


def sign_in(app: App, cloud: Cloud, email: str = ADA, tenant: str = "") -> None:
    """From the start screen to the diary, with the web pages filled in by us."""
    count = len(app.phone.opened)
    app.click("log_in")
    app.until(lambda: len(app.phone.opened) > count, "the browser")
    drawn = app.drawn
    app.view(cloud.answer(app.phone.opened[-1], email, tenant))
    app.until(lambda: app.drawn > drawn, "the synchronised diary")


def log_out(app: App) -> None:
    app.click("menu_settings")
    app.click("log_out")
    app.click("confirm_yes")
    app.shown("start")


def synced(app: App) -> str:
    """What the app said of its last synchronisation."""
    return [log["message"] for log in app.logs if log["message"].startswith("sync finished")][-1]


def stored(app: App) -> bytes:
    """Every byte that the app keeps, and every name it gave."""
    files = [file for file in app.data.rglob("*") if file.is_file()]
    return b"\n".join(str(file).encode() + file.read_bytes() for file in files)
