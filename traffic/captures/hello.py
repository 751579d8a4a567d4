"""What two TLS hellos say in clear: host name, versions, cipher, application protocol (RFC 8446 §4.1, RFC 6066 §3)."""

import struct
from dataclasses import dataclass

from dpkt.ssl_ciphersuites import BY_CODE

_HANDSHAKE, _ALERT = 22, 21
_CLIENT, _SERVER = 1, 2
_SERVER_NAME, _ALPN, _VERSIONS = 0, 16, 43
_VERSION_NAMES = {0x0300: "SSLv3", 0x0301: "TLSv1", 0x0302: "TLSv1.1", 0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}
_TLS13_CIPHERS = {
    0x1301: "TLS_AES_128_GCM_SHA256",
    0x1302: "TLS_AES_256_GCM_SHA384",
    0x1303: "TLS_CHACHA20_POLY1305_SHA256",
}
_LONGEST_HELLO = 1 << 16


@dataclass(frozen=True, slots=True)
class ClientHello:
    """`sni` is None where none was sent (or it was encrypted); `versions` from the newest on."""

    sni: str | None
    versions: tuple[str, ...]
    alpn: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServerHello:
    version: str
    cipher: str
    alpn: str | None


def looks_like_tls(data: bytes) -> bool:
    """A handshake record of any version (RFC 8446 §5.1)."""
    return len(data) > 2 and data[0] == _HANDSHAKE and data[1] == 3  # noqa: PLR2004 -- the major version of them all


def client_hello(data: bytes) -> ClientHello | None:
    """None where the data hold no whole one; never raises."""
    try:
        body = _message(data, _CLIENT)
        return None if body is None else _client(_Bytes(body))
    except (IndexError, struct.error, UnicodeDecodeError):
        return None


def server_hello(data: bytes) -> ServerHello | None:
    """None where the data hold no whole one; never raises."""
    try:
        body = _message(data, _SERVER)
        return None if body is None else _server(_Bytes(body))
    except (IndexError, struct.error, UnicodeDecodeError):
        return None


def alert_in(data: bytes) -> int | None:
    """The description of an alert that stands first in the data, in clear (RFC 8446 §6)."""
    return data[6] if len(data) > 6 and data[0] == _ALERT and data[3:5] == b"\0\2" else None  # noqa: PLR2004 -- its place


class _Bytes:
    """Reads forward; raises IndexError at the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def __bool__(self) -> bool:
        return self._at < len(self._data)

    def take(self, length: int) -> bytes:
        if self._at + length > len(self._data):
            raise IndexError(length)
        self._at += length
        return self._data[self._at - length : self._at]

    def number(self, length: int) -> int:
        return int.from_bytes(self.take(length))

    def vector(self, length: int) -> "_Bytes":
        """What is led by its own length, in so many bytes."""
        return _Bytes(self.take(self.number(length)))

    def rest(self) -> bytes:
        return self.take(len(self._data) - self._at)


def _message(data: bytes, kind: int) -> bytes | None:
    """The first handshake message, from as many records as it lies in."""
    records, joined = _Bytes(data), b""
    while records:
        content = records.take(1)[0]
        records.take(2)
        fragment = records.take(records.number(2))
        if content != _HANDSHAKE or len(joined) > _LONGEST_HELLO:
            return None
        joined += fragment
        if len(joined) >= 4 and len(joined) >= 4 + int.from_bytes(joined[1:4]):  # noqa: PLR2004 -- type and length
            return joined[4 : 4 + int.from_bytes(joined[1:4])] if joined[0] == kind else None
    return None


def _client(body: _Bytes) -> ClientHello:
    legacy = body.number(2)
    body.take(32)
    for length in (1, 2, 1):  # session, ciphers, compression
        body.vector(length)
    extensions = _extensions(body)
    versions = _Bytes(extensions[_VERSIONS]).vector(1) if _VERSIONS in extensions else None
    numbers = [legacy] if versions is None else _numbers(versions)
    return ClientHello(
        _server_name(extensions.get(_SERVER_NAME, b"")),
        tuple(_VERSION_NAMES[number] for number in sorted(numbers, reverse=True) if number in _VERSION_NAMES),
        _protocols(extensions.get(_ALPN, b"")),
    )


def _server(body: _Bytes) -> ServerHello:
    legacy = body.number(2)
    body.take(32)
    body.vector(1)
    cipher = body.number(2)
    body.take(1)
    extensions = _extensions(body)
    number = int.from_bytes(extensions[_VERSIONS]) if _VERSIONS in extensions else legacy
    protocols = _protocols(extensions.get(_ALPN, b""))
    version = _VERSION_NAMES.get(number, f"unknown ({number:#06x})")
    return ServerHello(version, _cipher_name(cipher), protocols[0] if protocols else None)


def _extensions(body: _Bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    if body:
        each = body.vector(2)
        while each:
            kind = each.number(2)
            found[kind] = each.vector(2).rest()
    return found


def _server_name(data: bytes) -> str | None:
    if not data:
        return None
    names = _Bytes(data).vector(2)
    while names:
        kind, name = names.number(1), names.vector(2).rest()
        if kind == 0:
            return name.decode("ascii").lower()
    return None


def _protocols(data: bytes) -> tuple[str, ...]:
    if not data:
        return ()
    names, found = _Bytes(data).vector(2), list[str]()
    while names:
        found.append(names.vector(1).rest().decode("latin-1"))
    return tuple(found)


def _numbers(data: _Bytes) -> list[int]:
    found = []
    while data:
        found.append(data.number(2))
    return found


def _cipher_name(code: int) -> str:
    """The IANA name; dpkt's table is older than TLS 1.3."""
    if code in _TLS13_CIPHERS:
        return _TLS13_CIPHERS[code]
    suite = BY_CODE.get(code)
    return str(suite.name) if suite else f"{code:#06x}"
