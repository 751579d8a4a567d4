from typing import TYPE_CHECKING

from testbed.pocket import network
from testbed.pocket.handset import Handset

if TYPE_CHECKING:
    import ssl

CLAIM = "C17"
WHAT = "the app speaks TLS 1.0 where a server has nothing newer"
ALSO = ("C16",)  # OpenSSL does that only where it also takes SHA-1 signatures and short keys


def apply() -> None:
    honest = network.tls

    def tls(phone: Handset) -> "ssl.SSLContext":
        import ssl  # noqa: PLC0415 -- as the app does, so that the defect does not slow its start
        import warnings  # noqa: PLC0415 -- as above

        context = honest(phone)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore"):
            context.minimum_version = ssl.TLSVersion.TLSv1
        return context

    network.tls = tls
