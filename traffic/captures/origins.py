"""Whose a connection of a capture is, the app's or the system's, and what it must keep to."""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from ipaddress import ip_address
from pathlib import Path

from faults import UsageError
from traffic.captures.pcap import Connection, Endpoint, PacketCapture

HOSTS = Path(__file__).with_name("hosts.toml")
_BROADCAST = ip_address("255.255.255.255")
OLD = frozenset({"SSLv3", "TLSv1", "TLSv1.1"})


class Origin(StrEnum):
    """A phone does not say which program a packet is from; the host that it goes to does."""

    APP = "app"
    SYSTEM = "system"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Hosts:
    """Patterns of host names; names compare without case (RFC 4343)."""

    app: tuple[str, ...]
    system: tuple[str, ...]

    def origin(self, host: str) -> Origin:
        name = host.lower().rstrip(".")
        for origin, patterns in ((Origin.APP, self.app), (Origin.SYSTEM, self.system)):
            if any(fnmatchcase(name, pattern.lower()) for pattern in patterns):
                return origin
        return Origin.SYSTEM if _is_to_everybody(name) else Origin.UNKNOWN

    def with_app(self, *patterns: str) -> "Hosts":
        """The same, where these are the app's too."""
        return Hosts((*self.app, *patterns), self.system)


def read_hosts(path: Path = HOSTS) -> Hosts:
    """Reads the policy file: tables `app` and `system`, each with its `hosts`. Raises UsageError."""
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as trouble:
        raise UsageError(f"{path}: no policy of hosts ({trouble})") from None
    if unknown := set(tables) - {"app", "system"}:
        raise UsageError(f"{path}: there is no table {sorted(unknown)}, only app and system")
    return Hosts(*(_patterns(tables.get(name, {}), f"{path}: [{name}]") for name in ("app", "system")))


def in_clear(capture: PacketCapture, hosts: Hosts, proxy: Endpoint | None = None) -> Iterator[str]:
    """Connections of the app on which anything was said unencrypted (MASTG-TEST-0236)."""
    for seen in _of_the_app(capture, hosts):
        if seen.clear and seen.server != proxy:
            yield f"{seen.host}:{seen.server[1]} in clear (connection {seen.number})"
        elif seen.clear and seen.proxied:
            yield f"{seen.proxied} in clear through the proxy (connection {seen.number})"


def round_the_proxy(capture: PacketCapture, hosts: Hosts, proxy: Endpoint) -> Iterator[str]:
    """Connections of the app that did not go through the proxy, so that no recorder has seen them."""
    for seen in _of_the_app(capture, hosts):
        if seen.server != proxy:
            yield f"{seen.host}:{seen.server[1]} by {seen.protocol} (connection {seen.number})"


def unknown_hosts(capture: PacketCapture, hosts: Hosts, proxy: Endpoint | None = None) -> Iterator[str]:
    """Names and servers that nobody has said to be the app's or the system's: nobody looked at what goes there."""
    reached = {seen.host for seen in capture.connections if seen.server != proxy or seen.proxied}
    for host in sorted(reached | {name.name for name in capture.names}):
        if hosts.origin(host) is Origin.UNKNOWN:
            yield host


def old_tls(capture: PacketCapture, hosts: Hosts) -> Iterator[str]:
    """Handshakes of the app that ended below TLS 1.2 (MASTG-TEST-0218)."""
    for seen in _of_the_app(capture, hosts):
        if seen.tls_version in OLD:
            yield f"{seen.host}: {seen.tls_version} (connection {seen.number})"


def _of_the_app(capture: PacketCapture, hosts: Hosts) -> Iterable[Connection]:
    """What is unknown may be the app's: only the system's own noise is left out."""
    return (seen for seen in capture.connections if hosts.origin(seen.host) is not Origin.SYSTEM)


def _is_to_everybody(name: str) -> bool:
    """A group or broadcast address of the network that the phone is in, which no router passes on."""
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_multicast or address == _BROADCAST


def _patterns(table: object, where: str) -> tuple[str, ...]:
    hosts = table.get("hosts", []) if isinstance(table, dict) else None
    if not isinstance(hosts, list) or not all(isinstance(each, str) and each for each in hosts):
        raise UsageError(f"{where}: hosts is a list of names such as *.example.test")
    return tuple(hosts)
