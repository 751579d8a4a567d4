"""The engine's only way out: a SOCKS 5 server on loopback (RFC 1928) that goes through the phone's uplink.

Names are resolved by the phone, never by the engine. Where the phone has an HTTP proxy, streams are asked of it by
CONNECT; unlike Chrome, which asks a proxy for whole addresses of cleartext pages, that goes for those as well.
"""

import contextlib
import errno
import socket
import struct
import threading
from collections.abc import Callable
from typing import Final

VERSION, NO_METHOD_NEEDED, CONNECT = 5, 0, 1
IPV4, NAME = 1, 3
OK, FAILED, NO_NETWORK, NO_HOST, REFUSED, NOT_SUPPORTED = 0, 1, 3, 4, 5, 7
REPLIES: Final = {errno.ENETUNREACH: NO_NETWORK, errno.ECONNREFUSED: REFUSED, socket.EAI_NONAME: NO_HOST}
"""errno of the uplink to the reply that says so."""
PIECE: Final = 1 << 16
LONGEST_HEAD: Final = 1 << 14

ERRANDS: Final = (".google.com", ".googleapis.com", ".gvt1.com", ".gvt2.com", ".gstatic.com")
"""Where Chromium goes for itself (accounts, updates), whatever it is told; that is not the traffic of this phone."""

type Proxy = Callable[[], tuple[str, int] | None]


class WayOut:
    """`proxy` is asked for each stream."""

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])

    def start(self) -> None:
        threading.Thread(target=self._accept, name="way out", daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listening.accept()
            threading.Thread(target=self._serve, args=(near,), name="stream", daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, contextlib.suppress(OSError):
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            host, port = _asked(near)
            try:
                far = self._connect(host, port)
            except OSError as error:
                near.sendall(_reply(REPLIES.get(error.errno or 0, FAILED)))
                return
            with far:
                near.sendall(_reply(OK))
                _relay(near, far)

    def _connect(self, host: str, port: int) -> socket.socket:
        if host.endswith(ERRANDS):
            raise OSError(errno.ENETUNREACH, "an errand of the engine's own")
        proxy = self._proxy()
        if proxy is None:
            return socket.create_connection((host, port))
        far = socket.create_connection(proxy)
        try:
            _tunnel(far, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        except BaseException:
            far.close()
            raise
        return far


def _asked(near: socket.socket) -> tuple[str, int]:
    """Whom the engine wants to reach; raises OSError for anything but CONNECT."""
    version, methods = _exactly(near, 2)
    _exactly(near, methods)
    near.sendall(bytes((VERSION, NO_METHOD_NEEDED)))
    version, command, _, kind = _exactly(near, 4)
    if version != VERSION or command != CONNECT:
        near.sendall(_reply(NOT_SUPPORTED))
        raise OSError(errno.EPROTONOSUPPORT, "only CONNECT")
    match kind:
        case 3:  # a name
            host = _exactly(near, _exactly(near, 1)[0]).decode("ascii")
        case 1:
            host = socket.inet_ntop(socket.AF_INET, _exactly(near, 4))
        case _:
            host = socket.inet_ntop(socket.AF_INET6, _exactly(near, 16))
    return host, int(struct.unpack("!H", _exactly(near, 2))[0])


def _reply(code: int) -> bytes:
    return bytes((VERSION, code, 0, IPV4, 0, 0, 0, 0, 0, 0))


def _tunnel(far: socket.socket, target: str) -> None:
    """RFC 9110 section 9.3.6; raises ConnectionRefusedError where the proxy will not."""
    far.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode("ascii"))
    head = bytearray()
    while not head.endswith(b"\r\n\r\n") and len(head) < LONGEST_HEAD:
        head += _exactly(far, 1)  # byte by byte: what follows the head belongs to the stream
    if head.split(b" ", 2)[1] != b"200":
        raise ConnectionRefusedError(errno.ECONNREFUSED, "the proxy refused")


def _exactly(stream: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = stream.recv(size - len(data))
        if not piece:
            raise OSError(errno.ECONNRESET, "ended early")
        data += piece
    return data


def _relay(near: socket.socket, far: socket.socket) -> None:
    back = threading.Thread(target=_copy, args=(far, near), name="stream back", daemon=True)
    back.start()
    _copy(near, far)
    back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(piece)
    for each, how in ((target, socket.SHUT_WR), (source, socket.SHUT_RD)):
        with contextlib.suppress(OSError):
            each.shutdown(how)
