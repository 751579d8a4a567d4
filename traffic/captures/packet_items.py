"""A packet capture as exchanges, what is wrong with it and what in it is wrong, as an audit wants it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from traffic.captures.damage import Damage, Items
from traffic.captures.origins import OLD, Hosts, Origin, read_hosts
from traffic.captures.pcap import Connection, PacketCapture
from traffic.events import Exchange
from traffic.findings import Finding
from traffic.policy import LEAK, Policy
from traffic.redaction import redacted
from traffic.secrets import Secret, Secrets, Side

STRANGERS, WEAK = "every_host_is_known", "handshakes_are_not_old"
_TLS = "C17"


def hosts_of(policy: Policy, secrets: Iterable[Secret]) -> Hosts:
    """Whom the app may talk to: the roles of the policy, its own list, and where a secret may go; and the system."""
    roles = (host for role in policy.roles for host in policy.hosts(role))
    homes = (place.host for secret in secrets for place in secret.allowed if place.host != "*")
    shipped = read_hosts()
    system = shipped.system if policy.system is None else policy.system
    return Hosts(tuple(dict.fromkeys((*policy.app, *roles, *homes, *shipped.app))), system)


def items_of(capture: PacketCapture, hosts: Hosts) -> Items:
    """What was said in clear, then each connection with the name it showed; encrypted bytes are told as unread.

    Nobody needs to read what the phone itself says to its system's servers.
    """
    yield from capture.exchanges
    yield from (_shown(one, number) for number, one in _numbered(capture) if one.sni)
    encrypted = Counter(one.host for one in capture.connections if one.tls_version or one.protocol == "quic")
    for host, count in encrypted.items():
        if hosts.origin(host) is not Origin.SYSTEM:
            told = f"{count} encrypted connections to {host} could not be read: a packet capture holds no keys"
            yield Damage(None, told)
    yield from (Damage(None, spot) for spot in capture.blind_spots)
    if capture.trouble:
        yield Damage(None, capture.trouble.removeprefix(f"{capture.path.name}: at "))


def findings_in_packets(capture: PacketCapture, hosts: Hosts, secrets: Secrets) -> Iterator[Finding]:
    """Hosts that nobody has named, each once, and handshakes of the app below TLS 1.2 (MASTG-TEST-0218)."""
    met = dict[str, int]()
    for number, seen in enumerate(capture.exchanges):
        met.setdefault(seen.host.lower(), number)
    for number, one in _numbered(capture):
        met.setdefault(one.host.lower(), number)
        if one.tls_version in OLD and hosts.origin(one.host) is not Origin.SYSTEM:
            yield _finding(WEAK, _TLS, number, one.host, "sni", f"a handshake by {one.tls_version}", secrets)
    for host, number in met.items():
        if hosts.origin(host) is Origin.UNKNOWN:
            what = "a host that no policy names as the app's or the system's"
            yield _finding(STRANGERS, LEAK, number, host, _where(capture, number), what, secrets)


def is_system_noise(found: Finding, hosts: Hosts) -> bool:
    """Whether the phone itself said in clear what every phone says; a secret in it is none of that."""
    return found.encoding is None and hosts.origin(found.host) is Origin.SYSTEM


def _where(capture: PacketCapture, number: int) -> str:
    if number >= len(capture.exchanges):
        return "sni"
    return "dns" if capture.exchanges[number].scheme == "dns" else "request"


def _numbered(capture: PacketCapture) -> Iterator[tuple[int, Connection]]:
    """The connections that said nothing in clear, with the numbers that follow those of the exchanges."""
    closed = (one for one in capture.connections if not one.clear)
    return enumerate(closed, len(capture.exchanges))


def _finding(  # noqa: PLR0913, PLR0917 -- all that a finding tells
    promise: str, claim: str, number: int, host: str, where: str, what: str, secrets: Secrets
) -> Finding:
    name = redacted(host, secrets)
    return Finding(promise, claim, number, name, Side.APP, where, f"{what}: {name}")


def _shown(one: Connection, number: int) -> Exchange:
    return Exchange(
        n=number,
        at=one.at,
        started=one.at,
        scheme="tls" if one.protocol == "tcp" else one.protocol,
        method="MESSAGE",
        host=one.host,
        port=one.server[1],
        path="",
        url=f"tls://{one.host}:{one.server[1]}",
        sni=one.sni,
        http_version="",
        tls_version=one.tls_version,
    )
