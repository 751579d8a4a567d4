"""The app's way to its servers.

httpx and ssl are imported where they are used: together they cost a quarter of a second, which a cold start should not
spend before its first frame.
"""

from typing import TYPE_CHECKING, Final

from .handset import Handset
from .platforms import PLATFORMS
from .trouble import Insecure, Trouble, Unreachable

if TYPE_CHECKING:
    import ssl

    import httpx

SECONDS: Final = 20.0


def tls(phone: Handset) -> "ssl.SSLContext":
    """Return the TLS rules of every connection: the phone's trust store, verified, 1.2 or newer."""
    return phone.tls_context()


class Network:
    """Sends requests by the phone's proxy, as it is set at that moment, over the phone's trust."""

    def __init__(self, phone: Handset) -> None:
        self.phone = phone
        self._proxy: tuple[str, int] | None = None
        self._client: httpx.Client | None = None

    def warm_up(self) -> None:
        """Get ready to send, so that the first request need not wait for it."""
        self._current()

    def send(self, method: str, url: str, **options: object) -> "httpx.Response":
        """Return the answer, whatever its status; redirects are answers too. Raises Unreachable or Insecure."""
        import httpx  # noqa: PLC0415 -- see the module's docstring

        try:
            return self._current().request(method, url, **options)  # type: ignore[arg-type]
        except httpx.HTTPError as error:
            raise trouble(error) from None

    def _current(self) -> "httpx.Client":
        proxy = self.phone.proxy()
        if self._client is None or proxy != self._proxy:
            if self._client is not None:
                self._client.close()
            self._proxy, self._client = proxy, self._open(proxy)
        return self._client

    def _open(self, proxy: tuple[str, int] | None) -> "httpx.Client":
        import httpx  # noqa: PLC0415 -- see the module's docstring

        return httpx.Client(
            proxy=f"http://{proxy[0]}:{proxy[1]}" if proxy else None,
            verify=tls(self.phone),
            trust_env=False,
            timeout=SECONDS,
            headers={"User-Agent": PLATFORMS[self.phone.platform].agent, "Accept": "application/json"},
        )


def trouble(error: BaseException | None) -> Trouble:
    """Tell a server that could not prove who it is, or speaks too weak a TLS, from one that did not answer."""
    import ssl  # noqa: PLC0415 -- see the module's docstring

    while error is not None:
        if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError):
            return Insecure("The connection is not secure: the server could not prove who it is.")
        error = error.__cause__ or error.__context__
    return Unreachable("CRM Online cannot be reached.")
