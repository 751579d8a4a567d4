from typing import TYPE_CHECKING

from testbed.pocket import network
from testbed.pocket.handset import Handset

if TYPE_CHECKING:
    import ssl

CLAIM = "C16"
WHAT = "the app takes certificates signed with SHA-1 and RSA keys of 1024 bits"


def apply() -> None:
    honest = network.tls

    def tls(phone: Handset) -> "ssl.SSLContext":
        context = honest(phone)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        return context

    network.tls = tls
