from typing import TYPE_CHECKING

from testbed.pocket import network
from testbed.pocket.handset import Handset

if TYPE_CHECKING:
    import ssl

CLAIM = "C16"
WHAT = "a certificate of any host will do, if only a trusted authority has issued it"


def apply() -> None:
    honest = network.tls

    def tls(phone: Handset) -> "ssl.SSLContext":
        context = honest(phone)
        context.check_hostname = False
        return context

    network.tls = tls
