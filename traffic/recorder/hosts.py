"""Which names lead where. A name that is not mapped leads nowhere, so no look-up ever reaches a real network."""

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import override

from faults import UsageError

HTTPS = 443
_PATTERN = re.compile(r"[A-Za-z0-9*?_.-]+")
type Address = tuple[str, int]
type AddressInfo = tuple[int, int, int, str, tuple[str, int]]


def is_host_pattern(text: str) -> bool:
    """Letters, digits, dots, hyphens and the wildcards * and ?."""
    return _PATTERN.fullmatch(text) is not None


def host_matches(pattern: str, host: str) -> bool:
    """Names compare without case (RFC 4343)."""
    return fnmatchcase(host.lower().rstrip("."), pattern.lower())


@dataclass(frozen=True, slots=True)
class Mapping:
    pattern: str
    port: int
    target: Address

    @classmethod
    def parse(cls, text: str) -> "Mapping":
        """Reads `PATTERN[:PORT]=ADDRESS:PORT`; the pattern's port is 443 unless said. Raises UsageError."""
        name, equals, target = text.partition("=")
        pattern, _, port = name.partition(":")
        address, _, target_port = target.rpartition(":")
        if not equals or not is_host_pattern(pattern) or not _is_address(address):
            raise UsageError(
                f"--map {text!r}: expected PATTERN=ADDRESS:PORT, for example '*.example.test=127.0.0.1:8443'"
            )
        return cls(pattern, _port(port or str(HTTPS), text), (address, _port(target_port, text)))


class HostMap:
    def __init__(self, mappings: Iterable[Mapping]) -> None:
        self._mappings = tuple(mappings)

    def target(self, host: str, port: int) -> Address | None:
        """The first mapping that fits decides."""
        return next((m.target for m in self._mappings if m.port == port and host_matches(m.pattern, host)), None)

    def address_of(self, host: str) -> str | None:
        """Where a name leads by its first mapping, whatever the port."""
        return next((m.target[0] for m in self._mappings if host_matches(m.pattern, host)), None)

    def refusal(self, scheme: str, host: str, port: int) -> str | None:
        """Why a request is not forwarded, or None."""
        if scheme != "https":
            return f"cleartext {scheme} to {host}:{port} is recorded and not forwarded"
        if _is_address(host):
            return f"{host} is an address, and only names are mapped"
        if self.target(host, port) is None:
            return f"{host}:{port} is not mapped"
        return None


class MappedLoop(asyncio.SelectorEventLoop):
    """Resolves by the map instead of the network.

    The connection keeps its name for SNI, certificate and re-use; only the socket goes elsewhere.
    """

    def __init__(self, hosts: HostMap) -> None:
        super().__init__()
        self._hosts = hosts

    @override
    async def getaddrinfo(  # type: ignore[override]
        self, host: str | bytes | None, port: str | int | None, **hints: int
    ) -> list[AddressInfo]:
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)
        target = self._hosts.target(name, int(port or 0))
        if target is None:
            raise socket.gaierror(socket.EAI_NONAME, f"{name}:{port} is not mapped")
        family = socket.AF_INET6 if ":" in target[0] else socket.AF_INET
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", target)]


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True


def _port(text: str, mapping: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1 << 16):
        raise UsageError(f"--map {mapping!r}: {text!r} is no port")
    return int(text)
