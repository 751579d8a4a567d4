from typing import TYPE_CHECKING

from testbed.pocket import network
from testbed.pocket.handset import Handset

if TYPE_CHECKING:
    import ssl

CLAIM = "C16"
WHAT = "the app talks to servers whose certificate is anyone's"


def apply() -> None:
    honest = network.tls

    def tls(phone: Handset) -> "ssl.SSLContext":
        import ssl  # noqa: PLC0415 -- as the app does, so that the defect does not slow its start

        context = honest(phone)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    network.tls = tls
