"""All secrets that the tenant issued in a run: a reset of the tenant forgets them, the recording does not."""

from collections.abc import Iterable
from dataclasses import asdict

from drivers.tenant import IssuedSecret, Marker, Tenant
from traffic.belonging import secrets_of
from traffic.secrets import Secrets


class KeyRing:
    """Collected before each reset and once at the end."""

    def __init__(self) -> None:
        self._issued: dict[tuple[str, str], IssuedSecret] = {}

    def collect(self, tenant: Tenant) -> None:
        """Take in what the tenant knows now; nothing is fine, for before the first sign-in there is nothing."""
        for secret in tenant.issued():
            self._issued[secret.kind, secret.value] = secret

    @property
    def issued(self) -> tuple[IssuedSecret, ...]:
        return tuple(self._issued.values())

    def tracked(self, domain: str, marks: Iterable[Marker] = ()) -> Secrets:
        """All of them and the marks of records, each with the places where it may stand."""
        return tracked(self._issued.values(), domain, marks)


def tracked(issued: Iterable[IssuedSecret], domain: str, marks: Iterable[Marker] = ()) -> Secrets:
    """Each with the places where the policy lets it be; a mark stands for all that its record says."""
    of_records = ({"kind": "record_mark", "value": mark.text} for mark in marks)
    return secrets_of((*(asdict(each) for each in issued), *of_records), domain)
