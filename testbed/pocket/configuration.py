"""Configuration links and QR codes: which sign-in service the app uses.

The payload is ours until the real one is known: `soprotocol://?crmOnline=true`, optionally with `&superId=https://HOST`.
A payload only ever chooses a service among the built-in trusted domains, and never signs anyone in.
"""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

CRM_ONLINE: Final = "https://online.superoffice.test"
TRUSTED_DOMAINS: Final = ("superoffice.test",)
LONGEST: Final = 2048
ADDRESSES: Final = frozenset({"superId", "superIdUrl", "netserverUrl"})


class NotAccepted(ValueError):  # noqa: N818 -- the answer to a payload, shown to a person
    """The payload configures nothing; the message says why."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """The sign-in service to use, scheme and host without a path, and whether the person must be asked before."""

    super_id: str
    ask_first: bool


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
    if not values or len(values) != len(pairs) or not values.keys() <= ADDRESSES | {"crmOnline"}:
        raise NotAccepted("This is not a configuration for Mobile CRM.")
    return values


def judged(values: dict[str, str], current: str) -> Configuration:
    """Decide what a payload may change; raises NotAccepted for a foreign service."""
    for name in ADDRESSES & values.keys():
        if not trusted(values[name]):
            raise NotAccepted("The configuration was refused: it comes from a host that is not trusted.")
    if values.get("crmOnline", "").lower() != "true" or "netserverUrl" in values:
        raise NotAccepted("This version of Mobile CRM connects to CRM Online only.")
    named = service(values)
    return Configuration(named, ask_first=current not in ("", named))


def service(values: dict[str, str]) -> str:
    """Return the service that a payload names, CRM Online if it names none."""
    named = values.get("superId") or values.get("superIdUrl")
    return f"https://{urlsplit(named).netloc}" if named else CRM_ONLINE


def trusted(address: str) -> bool:
    """Whether an address is https on a built-in domain, with nothing in it that could mislead."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    plain = parts.scheme == "https" and port is None and parts.netloc.lower() == host and "\\" not in address
    return plain and any(host == domain or host.endswith("." + domain) for domain in TRUSTED_DOMAINS)
