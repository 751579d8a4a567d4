"""The only way out of an app process: the phone's uplink.

Resolving names and connecting are the phone's affair (airplane mode, name table, packet capture), so the process itself
may do neither: what would bypass the phone is refused as Android refuses an app without the INTERNET permission.
"""

import _socket
import errno
import json
import socket
from typing import Final, NoReturn

REFUSALS: Final = {
    "ENETUNREACH": OSError(errno.ENETUNREACH, "Network is unreachable"),
    "ECONNREFUSED": ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    "EAI_NONAME": socket.gaierror(socket.EAI_NONAME, "No address associated with hostname"),
}
LONGEST_ANSWER: Final = 256
_DEFAULT_TIMEOUT: Final = object()


class Uplink:
    """Opens streams through the phone; `port` is the phone's, on the loopback interface."""

    def __init__(self, port: int, package: str) -> None:
        self._port = port
        self._package = package

    def create_connection(
        self,
        address: tuple[str, int],
        timeout: object = _DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        *,
        all_errors: bool = False,
    ) -> socket.socket:
        """Stand in for `socket.create_connection`; raises the OSError that a real phone's kernel would."""
        del source_address, all_errors
        stream = socket.socket(socket.AF_INET)
        try:
            if timeout is None or isinstance(timeout, int | float):
                stream.settimeout(timeout)
            _socket.socket.connect(stream, ("127.0.0.1", self._port))
            self._ask(stream, address)
        except BaseException:
            stream.close()
            raise
        return stream

    def _ask(self, stream: socket.socket, address: tuple[str, int]) -> None:
        request = {"host": address[0], "port": address[1], "package": self._package}
        stream.sendall(json.dumps(request).encode() + b"\n")
        answer = json.loads(_line(stream))
        if answer.get("ok") is not True:
            raise _refusal(str(answer.get("errno")))


def install(uplink: Uplink) -> None:
    """Give this process the phone's network and take every other away."""
    socket.create_connection = uplink.create_connection  # type: ignore[assignment]
    for name in ("getaddrinfo", "gethostbyname", "gethostbyname_ex"):
        setattr(socket, name, _no_names)
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(name))


def _guarded(name: str) -> object:
    original = getattr(_socket.socket, name)

    def local_only(self: socket.socket, *arguments: object) -> object:
        if self.family != socket.AF_UNIX:
            raise PermissionError(errno.EPERM, "this app reaches the network through its phone only")
        return original(self, *arguments)

    return local_only


def _no_names(*_arguments: object, **_options: object) -> NoReturn:
    raise socket.gaierror(socket.EAI_FAIL, "names are resolved by the phone only")


def _line(stream: socket.socket) -> bytes:
    # byte by byte: what follows the line belongs to the stream
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = stream.recv(1)
        if not byte or len(line) > LONGEST_ANSWER:
            raise OSError(errno.EIO, "the phone's uplink answered nothing that can be read")
        line += byte
    return bytes(line)


def _refusal(name: str) -> OSError:
    known = REFUSALS.get(name)
    return type(known)(*known.args) if known else OSError(errno.EIO, f"uplink: {name}")
