"""Configuration links and QR codes: which sign-in service the app uses.

The payload is ours until the real one is known: `soprotocol://?crmOnline=true`, optionally with `&superId=https://HOST`.
An onsite installation is named by `netserverUrl`, which ends with its `ServicesNN` folder. `&crashSink=https://HOST`
says where crash reports go from now on, also ours.
A payload only ever chooses a service among the built-in trusted domains, and never signs anyone in. An address that a
person types is another matter: that may be any host, as long as it is https.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

CRM_ONLINE: Final = "https://online.superoffice.test"
CRASH_SINK: Final = "https://in.appcenter.test"
"""App Center is retired, so where reports go is a setting, and this is its value until a link says another; "" for
nowhere."""
APP_SECRET: Final = "5f0e7a52-6a3c-4a2e-9a34-3c1d7c2a9b10"  # noqa: S105 -- public, see below
"""Names the app to the sink, as in each app that reports to one; it opens nothing."""
TRUSTED_DOMAINS: Final = ("superoffice.test",)
SINK_DOMAINS: Final = ("appcenter.test", "superoffice.test")
LONGEST: Final = 2048
ONSITE_DOMAINS: Final = ("onsite.test",)
"""Installations that a link or a code may name; a build for a customer lists that customer's own."""
ADDRESSES: Final = {
    "superId": TRUSTED_DOMAINS,
    "superIdUrl": TRUSTED_DOMAINS,
    "netserverUrl": ONSITE_DOMAINS,
    "crashSink": SINK_DOMAINS,
}
"""What names a host, and where that may be."""
SERVICES: Final = re.compile(r"/services\d{2}/?", re.IGNORECASE)


class NotAccepted(ValueError):  # noqa: N818 -- the answer to a payload, shown to a person
    """The payload configures nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The sign-in service to use, scheme and host without a path, and whether the person must be asked before.

    `netserver` is the address of an onsite installation, and then there is no sign-in service. `crash_sink` is where
    crash reports go, "" for where they went.
    """

    super_id: str
    ask_first: bool
    netserver: str = ""
    crash_sink: str = ""

    @property
    def host(self) -> str:
        """Whom the person is asked about."""
        service = urlsplit(self.netserver or self.super_id).hostname or ""
        sink = urlsplit(self.crash_sink).hostname
        return f"{service}, with crash reports to {sink}" if sink else service


def from_link(link: str, current: str) -> Configuration:
    """Read a link that another app opened; `current` is the service in use, if any. Raises NotAccepted."""
    return judged(parsed(link), current)


def from_qr(payload: str, current: str) -> Configuration:
    """Read what a scanned QR code says; the same rules as for a link. Raises NotAccepted."""
    return judged(parsed(payload), current)


def parsed(payload: str) -> dict[str, str]:
    """Take a payload apart, whoever made it; raises NotAccepted for what is no configuration at all."""
    if len(payload) > LONGEST:
        raise NotAccepted("The configuration is too long.")
    scheme, colon, rest = payload.partition(":")
    if scheme.lower() != "soprotocol" or not colon or not payload.isprintable():
        raise NotAccepted("This is not a configuration for Mobile CRM.")
    try:
        pairs = parse_qsl(rest.removeprefix("//").removeprefix("?"), keep_blank_values=True, strict_parsing=True)
    except ValueError:
        pairs = []
    values = dict(pairs)
    if not values or len(values) != len(pairs) or not values.keys() <= {*ADDRESSES, "crmOnline"}:
        raise NotAccepted("This is not a configuration for Mobile CRM.")
    return values


def judged(values: dict[str, str], current: str) -> Configuration:
    """Decide what a payload may change; raises NotAccepted for a foreign service."""
    for name in ADDRESSES.keys() & values.keys():
        if not trusted(values[name], ADDRESSES[name]):
            raise NotAccepted("The configuration was refused: it comes from a host that is not trusted.")
    online, netserver = values.get("crmOnline", "").lower(), values.get("netserverUrl", "")
    reports_to = origin(values["crashSink"]) if "crashSink" in values else ""
    if netserver and online != "true" and not values.keys() & {"superId", "superIdUrl"}:
        api_of(netserver)
        return Configuration("", ask_first=True, netserver=netserver, crash_sink=reports_to)
    if online != "true" or netserver:
        raise NotAccepted("The configuration names neither CRM Online nor one onsite installation.")
    named = service(values)
    return Configuration(
        named, ask_first=current not in ("", named) or bool(current and reports_to), crash_sink=reports_to
    )


def api_of(netserver: str) -> str:
    """Return the Web API of an installation, ending with `/`; raises NotAccepted for an address that is none."""
    try:
        parts = urlsplit(netserver.strip())
        host = parts.hostname or ""
    except ValueError:
        host = ""
    folder = SERVICES.sub("", parts.path) if host else ""
    plain = host and parts.scheme == "https" and parts.netloc.lower() == host and not parts.query + parts.fragment
    if not plain or folder == parts.path or not netserver.isprintable():
        raise NotAccepted("The address must be https and end with the services folder of the installation.")
    return f"https://{host}{folder}/api/"


def service(values: dict[str, str]) -> str:
    """Return the service that a payload names, CRM Online if it names none."""
    named = values.get("superId") or values.get("superIdUrl")
    return origin(named) if named else CRM_ONLINE


def origin(address: str) -> str:
    """Return scheme and host alone."""
    return f"https://{urlsplit(address).netloc}"


def sink(configured: str) -> str:
    """Return where crash reports go: where a configuration said, if one did, else where the build says."""
    return configured or CRASH_SINK


def trusted(address: str, domains: tuple[str, ...] = TRUSTED_DOMAINS) -> bool:
    """Whether an address is https on a built-in domain, with nothing in it that could mislead."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port is None and parts.netloc.lower() == host and "\\" not in address
    return plain and any(host == domain or host.endswith("." + domain) for domain in domains)
