"""Loads pages as a browser does: follows redirects itself, keeps cookies, and hands other schemes to the phone.

Addresses may carry authorization codes, so none is ever logged.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.cookiejar import LWPCookieJar
from typing import Final
from urllib.parse import urlsplit

import httpx

from testbed.browser.form import Method
from testbed.browser.page import Page, message, parse
from testbed.runtime.phone import Phone

HEADERS: Final = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.9",
}
REDIRECTS: Final = 20
SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Visit:
    """Where to go, and with which form's data."""

    address: str
    method: Method = Method.GET
    data: Sequence[tuple[str, str]] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A link that is not the browser's: the phone finds the app that takes it."""

    address: str


class Overtaken(Exception):  # noqa: N818 -- what became of the visit
    """Another page was asked for meanwhile."""


class Loader:
    def __init__(self, phone: Phone, jar: LWPCookieJar, agent: str) -> None:
        self._phone = phone
        self._jar = jar
        self._headers = HEADERS | {"User-Agent": agent}

    def load(self, visit: Visit, wanted: Callable[[], bool]) -> Page | Elsewhere:
        """Return the page at the end of all redirects; `wanted` is asked before each. Raises Overtaken."""
        try:
            with self._client() as client:
                return self._follow(client, visit, wanted)
        except ssl.SSLError:
            return _not_private(visit.address)
        except (httpx.InvalidURL, ValueError):
            # an address that is none: from a link, a redirect or a form
            return _unreachable(visit.address)
        except httpx.HTTPError as error:
            return _not_private(visit.address) if _is_about_trust(error) else _unreachable(visit.address)
        finally:
            self._jar.save()

    def _follow(self, client: httpx.Client, visit: Visit, wanted: Callable[[], bool]) -> Page | Elsewhere:
        for _ in range(REDIRECTS):
            if not wanted():
                raise Overtaken
            if urlsplit(visit.address).scheme not in {"http", "https"}:
                return Elsewhere(visit.address)
            answer = client.send(_request(client, visit))
            if not answer.has_redirect_location:
                return parse(str(answer.url), answer.text)
            visit = _next(visit, answer)
        return message(visit.address, "net_error", "This page isn't working: too many redirects")

    def _client(self) -> httpx.Client:
        proxy = self._phone.proxy()
        return httpx.Client(
            proxy=f"http://{proxy[0]}:{proxy[1]}" if proxy else None,
            verify=self._phone.tls_context(),
            trust_env=False,
            timeout=SECONDS,
            headers=self._headers,
            cookies=self._jar,
        )


def _request(client: httpx.Client, visit: Visit) -> httpx.Request:
    if visit.method is Method.POST:
        headers = {"Origin": visit.origin} if visit.origin else {}
        return client.build_request("POST", visit.address, data=dict(visit.data), headers=headers)
    return client.build_request("GET", visit.address, params=list(visit.data) or None)


def _next(visit: Visit, answer: httpx.Response) -> Visit:
    # a location of another scheme must stay as it was sent, so it does not pass through httpx's URL
    location = answer.headers["location"]
    absolute = location if urlsplit(location).scheme else str(answer.url.join(location))
    if answer.status_code in {httpx.codes.TEMPORARY_REDIRECT, httpx.codes.PERMANENT_REDIRECT}:
        return Visit(absolute, visit.method, visit.data, visit.origin)
    return Visit(absolute)


def _is_about_trust(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _not_private(address: str) -> Page:
    return message(address, "ssl_error", "Your connection is not private")


def _unreachable(address: str) -> Page:
    return message(address, "net_error", "This site can't be reached")
