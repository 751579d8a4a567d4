from typing import TYPE_CHECKING, Final

from testbed.pocket import network
from testbed.pocket.handset import Handset

if TYPE_CHECKING:
    import ssl

CLAIM = "C16"
WHAT = "the app takes certificates that have expired or are not valid yet"

NO_CHECK_TIME: Final = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL's x509_vfy.h; Python has no name for it


def apply() -> None:
    honest = network.tls

    def tls(phone: Handset) -> "ssl.SSLContext":
        context = honest(phone)
        context.verify_flags |= NO_CHECK_TIME
        return context

    network.tls = tls
