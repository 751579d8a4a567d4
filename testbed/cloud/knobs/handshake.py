"""Orders that show in TLS: the context of a connection is chosen by the name that its ClientHello asks for.

OpenSSL settles the protocol's version before it calls Python's sni_callback, so the choice must come earlier: the
hello is shown to a context that merely reads the name, then handed to the context that fits.
"""

import ssl
import warnings
from collections.abc import Callable
from typing import Any

from testbed.cloud.knobs.forgeries import Forger
from testbed.cloud.knobs.rules import HANDSHAKE, Forgery, Kind, Orders

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
# what TLS 1.0 and SHA-1 need of an OpenSSL that has put both away
ANYTHING = "ALL:@SECLEVEL=0"

Chooser = Callable[[str | None], ssl.SSLContext | None]


class ChoosingContext(ssl.SSLContext):
    """As any context, until there are orders about handshakes; then each connection gets what its name is due."""

    choose: Chooser | None = None
    wanted: Callable[[], bool] = staticmethod(lambda: False)

    def wrap_bio(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO, *args: Any, **options: Any) -> Any:  # noqa: ANN401 -- asyncio's
        if self.choose is None or not self.wanted():
            return super().wrap_bio(incoming, outgoing, *args, **options)
        return LateConnection(self, incoming, outgoing)

    def plain_wrap(self, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> ssl.SSLObject:
        return super().wrap_bio(incoming, outgoing, server_side=True)


class LateConnection:
    """A server's side of TLS that looks at the hello before it is anything; then it is the connection chosen."""

    def __init__(self, context: ChoosingContext, incoming: ssl.MemoryBIO, outgoing: ssl.MemoryBIO) -> None:
        self._context = context
        self._incoming = incoming
        self._outgoing = outgoing
        self._hello = b""
        self._chosen: ssl.SSLObject | None = None
        self.asked_name: str | None = None

    def do_handshake(self) -> None:
        if self._chosen is None:
            self._hello += self._incoming.read()
            complete, self.asked_name = read_hello(self._hello)
            if not complete:
                raise ssl.SSLWantReadError
            self._incoming.write(self._hello)
            self._chosen = self._start()
        self._chosen.do_handshake()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 -- whatever an SSLObject has
        return getattr(self._chosen, name)

    def _start(self) -> ssl.SSLObject:
        choose = self._context.choose
        other = choose(self.asked_name) if choose else None
        if other is None:
            return self._context.plain_wrap(self._incoming, self._outgoing)
        return other.wrap_bio(self._incoming, self._outgoing, server_side=True)


def read_hello(hello: bytes) -> tuple[bool, str | None]:
    """Whether the ClientHello is whole, and the name in it; OpenSSL reads it, with a context that goes no further."""
    found: list[str | None] = []

    def note(_: object, name: str | None, __: object) -> int:
        found.append(name)
        return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(ANYTHING)
    _allow(context, "1.0", "1.3")
    context.sni_callback = note
    incoming = ssl.MemoryBIO()
    incoming.write(hello)
    try:
        context.wrap_bio(incoming, ssl.MemoryBIO(), server_side=True).do_handshake()
    except ssl.SSLWantReadError:
        return False, None
    except ssl.SSLError:
        # refused by `note`, or no hello at all: that is for the real context to say
        pass
    return True, found[0] if found else None


class Wardrobe:
    """The context that a host's orders ask for, made once."""

    def __init__(self, orders: Orders, forger: Callable[[], Forger], load: Callable[[ssl.SSLContext], None]) -> None:
        self._orders = orders
        self._forger = forger
        self._load = load
        self._made: dict[tuple[str, str, str, str], ssl.SSLContext] = {}

    def wanted(self) -> bool:
        return self._orders.any(HANDSHAKE)

    def choose(self, host: str | None) -> ssl.SSLContext | None:
        """None where no order concerns the host."""
        struck = self._orders.striking(HANDSHAKE, host or "")
        if not struck:
            return None
        forgery, minimum, maximum = "", "1.2", "1.3"
        for order in struck:
            if order.rule.kind is Kind.CERTIFICATE:
                forgery = str(order.rule.what["certificate"])
            else:
                minimum = str(order.rule.what.get("minimum", "1.0"))
                maximum = str(order.rule.what.get("maximum", "1.3"))
        wish = (host or "", forgery, minimum, maximum)
        if wish not in self._made:
            self._made[wish] = self._make(*wish)
        return self._made[wish]

    def _make(self, host: str, forgery: str, minimum: str, maximum: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers(ANYTHING)
        _allow(context, minimum, maximum)
        if forgery:
            context.load_cert_chain(self._forger().chain(Forgery(forgery), host))
        else:
            self._load(context)
        return context


def _allow(context: ssl.SSLContext, minimum: str, maximum: str) -> None:
    with warnings.catch_warnings():
        # old versions are the point
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = VERSIONS[minimum]
        context.maximum_version = VERSIONS[maximum]
