from typing import TYPE_CHECKING

from testbed.pocket import network
from testbed.pocket.handset import Handset
from testbed.pocket.network import Network

if TYPE_CHECKING:
    import ssl

    import httpx

CLAIM = "C16"
WHAT = "once a server has proved who it is, the next connections are taken unseen"


def apply() -> None:
    honest, send, contexts = network.tls, Network.send, list["ssl.SSLContext"]()

    def tls(phone: Handset) -> "ssl.SSLContext":
        contexts.append(honest(phone))
        return contexts[-1]

    def send_and_trust(self: Network, method: str, url: str, **options: object) -> "httpx.Response":
        import ssl  # noqa: PLC0415 -- as the app does, so that the defect does not slow its start

        answer = send(self, method, url, **options)
        for context in contexts:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return answer

    network.tls = tls
    Network.send = send_and_trust  # type: ignore[method-assign]
