from typing import TYPE_CHECKING

from testbed.pocket.network import Network

if TYPE_CHECKING:
    import httpx

CLAIM = "C16"
WHAT = "the app follows redirects, also one from https to http"


def apply() -> None:
    honest = Network.send

    def send(self: Network, method: str, url: str, **options: object) -> "httpx.Response":
        return honest(self, method, url, follow_redirects=True, **options)

    Network.send = send  # type: ignore[method-assign]
