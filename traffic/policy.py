"""The policy: one readable TOML that says where each kind of secret may go; `policy.toml` is the one that ships."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from faults import UsageError
from traffic.given_file import text_of
from traffic.secrets import Allowed, Side

KINDS = (
    *("password", "access_token", "refresh_token", "id_token", "authorization_code", "code_verifier"),
    *("session_cookie", "totp_seed", "totp_code", "provider_cookie", "provider_code", "provider_token", "ticket"),
    *("push_handle", "personal_data", "record_mark", "image"),
)
"""The kinds that tenant, sign-in and recorder name."""
SHIPPED = Path(__file__).with_name("policy.toml")
LEAK = "O13"  # the claim where a kind names none
_KEYS = {
    "": {"domains", "roles", "kinds", "hosts"},
    "hosts": {"app", "system"},
    "kind": {"claim", "allowed"},
    "place": {"role", "host", "where", "path", "side"},
}
_CLAIM = re.compile(r"[CO]\d{1,2}")
_DOMAIN, _TENANT = "{domain}", "{tenant}"
_HOST = re.compile(r"[A-Za-z0-9_*?-]+|\[!?[A-Za-z0-9-]+\]|\.(?=.)|^[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:]*$")
_SIMILAR = 0.8
_WHERE = "url, header:NAME, cookie, body, frame, sni, dns, inside (all but the URL) or any"


@dataclass(frozen=True, slots=True)
class Rule:
    """Hosts still hold `{domain}`."""

    claim: str = LEAK
    places: tuple[Allowed, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """`app` and `system` are the hosts of packets that the app and the phone itself may talk to, beside the roles'."""

    domains: tuple[str, ...]
    roles: Mapping[str, tuple[str, ...]]
    kinds: Mapping[str, Rule]
    app: tuple[str, ...] = ()
    system: tuple[str, ...] | None = None

    def places(self, kind: str, domains: Iterable[str] | None = None, tenant: str | None = None) -> tuple[Allowed, ...]:
        """Where a secret of that kind may stand at these vendor's domains (default: the policy's own).

        `tenant` is whose it is; a secret of which nobody knows that may be at any tenant's.
        """
        every = tuple(self.domains if domains is None else domains)
        rule = self.kinds.get(kind, Rule())
        return tuple(dict.fromkeys(_at(place, domain, tenant or "*") for place in rule.places for domain in every))

    def claim_of(self, kind: str | None) -> str:
        return self.kinds.get(kind or "", Rule()).claim

    def hosts(self, role: str, domains: Iterable[str] | None = None) -> tuple[str, ...]:
        """The patterns of a role; none for one that the policy does not know."""
        every = tuple(self.domains if domains is None else domains)
        return tuple(dict.fromkeys(_filled(host, one) for host in self.roles.get(role, ()) for one in every))


@cache
def shipped_policy() -> Policy:
    return read_policy(SHIPPED)


def read_policy(path: Path) -> Policy:
    """Raises UsageError with the line that is wrong."""
    text = text_of(path, "policy")
    try:
        return _policy(tomllib.loads(text))
    except tomllib.TOMLDecodeError as trouble:  # it names line and column
        raise UsageError(
            f"{path}: no policy: {trouble}; each table and each key stands once, texts in quotes"
        ) from None
    except _Wrong as trouble:
        raise UsageError(f"{path}: line {_line(text, trouble.at)}: {trouble}") from None


class _Wrong(Exception):  # noqa: N818 -- never leaves this module
    def __init__(self, words: str, *at: str) -> None:
        """`at` are the names that lead to the wrong place, outermost first."""
        super().__init__(words)
        self.at = at


def _policy(read: Mapping[str, Any]) -> Policy:
    _expect_only("", "a policy", read)
    domains = read.get("domains", [])
    _expect(_are_texts(domains), "domains is a list of names", "domains")
    roles = _table(read, "roles")
    for name, hosts in roles.items():
        _expect(_are_texts(hosts), f"role {name} is a list of host patterns", "[roles]", name)
        _expect_hosts(f"role {name}", hosts, "[roles]", name)
    kinds = {name: _rule(name, rule, roles) for name, rule in _table(read, "kinds").items()}
    _expect(bool(kinds), "a policy without kinds allows nothing; name them under [kinds.NAME]")
    app, system = _hosts(read)
    return Policy(tuple(domains) or ("",), {name: tuple(each) for name, each in roles.items()}, kinds, app, system)


def _hosts(read: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...] | None]:
    hosts = _table(read, "hosts")
    _expect_only("hosts", "hosts", hosts, "[hosts]")
    for name, patterns in hosts.items():
        _expect(_are_texts(patterns), f"{name} is a list of host patterns", "[hosts]", name)
        _expect_hosts(name, patterns, "[hosts]", name)
    return tuple(hosts.get("app", ())), tuple(hosts["system"]) if "system" in hosts else None


def _table(read: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = read.get(name, {})
    _expect(isinstance(table, dict), f"{name} is a table", name)
    return dict(table)


def _rule(kind: str, rule: Any, roles: Mapping[str, list[str]]) -> Rule:  # noqa: ANN401 -- as TOML has it
    at = f"[kinds.{kind}]"
    _expect(isinstance(rule, dict), f"kind {kind} is a table", f"{kind}")
    _expect_only("kind", f"kind {kind}", rule, at)
    claim, allowed = rule.get("claim", LEAK), rule.get("allowed", [])
    _expect(isinstance(claim, str) and bool(_CLAIM.fullmatch(claim)), f"claim {claim!r} is no C01 or O1", at, "claim")
    _expect(isinstance(allowed, list), f"allowed of {kind} is a list of places", at, "allowed")
    _expect_no_misspelling(kind, at)
    places = tuple(one for place in allowed for one in _places(kind, place, roles))
    if twice := [one for one, count in Counter(places).items() if count > 1]:
        words = f"a place of {kind} stands there twice: {twice[0].host} {twice[0].where}; leave one of them out"
        raise _Wrong(words, at, "allowed")
    return Rule(claim, places)


def _places(kind: str, place: Any, roles: Mapping[str, list[str]]) -> Iterable[Allowed]:  # noqa: ANN401 -- as TOML has it
    at = f"[kinds.{kind}]"
    _expect(
        isinstance(place, dict), f"a place of {kind} is a table such as {{ role = ..., where = ... }}", at, "allowed"
    )
    _expect_only("place", f"a place of {kind}", place, at)
    role, host = place.get("role"), place.get("host")
    _expect((role is None) != (host is None), f"a place of {kind} has either a role or a host", at, "allowed")
    is_role = role is None or (isinstance(role, str) and role in roles)
    _expect(is_role, f"role {role!r} is not in [roles]", at, f'"{role}"')
    where, path, side = place.get("where", "any"), place.get("path"), place.get("side")
    hosts = roles[role] if role is not None else [host]
    _expect(_are_texts(hosts), f"host of {kind} is a host pattern", at, "host")
    _expect_hosts(f"a place of {kind}", hosts, at, str(host or ""))
    _expect(side is None or side in list(Side), f"side {side!r} of {kind} is neither app nor server", at, str(side))
    is_path = path is None or (isinstance(path, str) and path[:1] in {"/", "*"})
    _expect(is_path, f"path {path!r} of {kind} is no text that begins with / or *", at, "path")
    try:
        return [Allowed(str(one), where, path, None if side is None else Side(side)) for one in hosts]
    except (AttributeError, UsageError):
        raise _Wrong(f"where {where!r} of {kind} is none of {_WHERE}", at, str(where)) from None


def _expect_hosts(what: str, hosts: Iterable[str], *at: str) -> None:
    """Names with wildcards alone: what holds more would match no host, and so would allow nothing or hide it."""
    met = set[str]()
    for host in hosts:
        if not is_host_pattern(host.replace(_DOMAIN, "domain")):
            words = f"{host!r} of {what} is no host pattern such as *.{_DOMAIN}; leave out scheme, port and path"
            raise _Wrong(words, *at, host)
        if host.lower() in met:
            raise _Wrong(f"{host!r} of {what} stands there twice; leave one out", *at, host)
        met.add(host.lower())


def is_host_pattern(host: str) -> bool:
    return bool(host) and not _HOST.sub("", host)


def _expect_no_misspelling(kind: str, at: str) -> None:
    """A kind of one's own may have any name, but not nearly that of a known one: that one would be left without."""
    if kind not in KINDS and (meant := get_close_matches(kind, KINDS, 1, _SIMILAR)):
        raise _Wrong(f"kind {kind!r} is not known; write {meant[0]}, or give a kind of your own a name of its own", at)


def _expect(right: bool, words: str, *at: str) -> None:  # noqa: FBT001 -- reads as a sentence
    if not right:
        raise _Wrong(words, *at)


def _expect_only(keys: str, what: str, table: Mapping[str, object], *at: str) -> None:
    unknown = sorted(set(table) - _KEYS[keys])
    _expect(not unknown, f"{what} has no {unknown}", *at, *unknown[:1])


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _line(text: str, at: Iterable[str]) -> int:
    """Each name after the one before; the line of the last one that is there."""
    place = 0
    for name in at:
        if name and (found := text.find(name, place)) >= 0:
            place = found
    return text.count("\n", 0, place) + 1


def _at(place: Allowed, domain: str, tenant: str) -> Allowed:
    path = None if place.path is None else place.path.replace(_TENANT, tenant)
    return Allowed(_filled(place.host, domain), place.where, path, place.side)


def _filled(host: str, domain: str) -> str:
    return host.replace(_DOMAIN, domain)
