"""The two promises about secrets that are known: none in a URL, and each only where its rules let it be."""

from collections.abc import Callable, Iterable, Iterator

from traffic.belonging import is_at_home, is_host_of
from traffic.events import Exchange
from traffic.findings import Finding
from traffic.places import Place
from traffic.policy import LEAK, shipped_policy
from traffic.redaction import redacted
from traffic.secrets import Secrets, Sighting
from traffic.sightings import sightings_in

IN_A_URL = "O9"


def tokens_stay_out_of_urls(seen: Exchange, secrets: Secrets) -> Iterator[Finding]:
    """Servers, proxies and browsers keep URLs (RFC 6750 §2.3 and §5.3; RFC 9700 §4.2 and §4.3.2).

    An authorization code may stand in the redirect: RFC 6749 §4.1.2 puts it there. A place that a secret's own rules
    allow is allowed.
    """
    for place, sighting in sightings_in(seen, secrets).found:
        if place.is_url and not is_at_home(place, sighting, seen):
            yield _leak("tokens_stay_out_of_urls", IN_A_URL, seen, secrets, place, sighting)


def tokens_go_only_where_they_belong(seen: Exchange, secrets: Secrets) -> Iterator[Finding]:
    """Each secret only at the hosts and places that its rules name (RFC 9700 §2.3 and §4.9; MASTG-TEST-0206).

    In the URL of a host that it belongs to it is `tokens_stay_out_of_urls` that is broken, and only that.
    """
    for place, sighting in sightings_in(seen, secrets).found:
        in_own_url = place.is_url and is_host_of(sighting, seen.host)
        if not in_own_url and not is_at_home(place, sighting, seen):
            claim = sighting.secret.claim or shipped_policy().claim_of(sighting.secret.kind)
            yield _leak("tokens_go_only_where_they_belong", claim, seen, secrets, place, sighting)


LEAK_CLAIMS: dict[Callable[[Exchange, Secrets], Iterable[Finding]], str] = {
    tokens_stay_out_of_urls: IN_A_URL,
    tokens_go_only_where_they_belong: LEAK,
}


def _leak(  # noqa: PLR0913, PLR0917 -- all that a finding tells
    promise: str, claim: str, seen: Exchange, secrets: Secrets, place: Place, sighting: Sighting
) -> Finding:
    host, where = redacted(seen.host, secrets), redacted(place.where, secrets)
    return Finding(
        promise=promise,
        claim=claim,
        exchange=seen.n,
        host=host,
        side=place.side,
        where=where,
        text=f"{sighting.label} ({sighting.encoding}) in {where} of the {place.side}, {host}",
        kind=sighting.secret.kind,
        secret=sighting.index,
        encoding=sighting.encoding,
        sent=redacted(seen.sent, secrets),
    )
