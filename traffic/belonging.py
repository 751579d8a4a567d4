"""Secrets with the places where the policy lets them be, and whether one that was seen is at home."""

import re
from collections.abc import Iterable, Mapping

from traffic.events import Exchange
from traffic.learning import is_issued_by, tenant_of
from traffic.places import Place
from traffic.policy import Policy, shipped_policy
from traffic.secrets import Secret, Secrets, Side, Sighting

_CODE, _STATE = re.compile(rb"[?&#]code="), re.compile(rb"[?&#]state=")
_REDIRECTED_KINDS = frozenset({"authorization_code"})


def secrets_of(rows: Iterable[Mapping[str, object]], domain: str, policy: Policy | None = None) -> Secrets:
    """From what the tenant's admin API lists as `{"kind", "value", "tenant", …}`; an unknown kind belongs nowhere.

    Values that cannot be told from chance are not searched; `unsearched` names them.
    """
    given = policy or shipped_policy()
    return Secrets.searchable(
        Secret(kind, value, given.places(kind, [domain], str(row.get("tenant") or "") or tenant_of(value)), claim)
        for row in rows
        for kind, value in [(str(row["kind"]), str(row["value"]))]
        for claim in [given.claim_of(kind)]
    )


def is_at_home(place: Place, sighting: Sighting, seen: Exchange) -> bool:
    """Whether a rule of the secret covers the place.

    A code may also stand in the redirect (RFC 6749 §4.1.2), and a token in the answer that issues it, unless its rules
    say who answers with it: then another's answer is a leak.
    """
    return (
        any(rule.covers(seen.host, seen.path, place.side, place.names) for rule in sighting.secret.allowed)
        or _is_redirect_with_code(place, sighting, seen)
        or _is_issued_here(place, sighting, seen)
    )


def is_host_of(sighting: Sighting, host: str) -> bool:
    return any(rule.covers_host(host) for rule in sighting.secret.allowed)


def is_loopback(host: str) -> bool:
    return host in {"127.0.0.1", "::1", "[::1]", "localhost"}


def _is_issued_here(place: Place, sighting: Sighting, seen: Exchange) -> bool:
    known = any(rule.side is not Side.APP and rule.where == "body" for rule in sighting.secret.allowed)
    return (
        not known and place.side is Side.SERVER and place.where == "body" and is_issued_by(sighting.secret.value, seen)
    )


def _is_redirect_with_code(place: Place, sighting: Sighting, seen: Exchange) -> bool:
    """The parameter `code` of the answer, with its state, or of the request to the phone itself that comes of it."""
    if sighting.secret.kind not in _REDIRECTED_KINDS:
        return False
    if place.where == "header:location":
        return _CODE.search(place.data) is not None and (_STATE.search(place.data) is not None)
    return place.where == "url" and is_loopback(seen.host)
