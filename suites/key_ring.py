"""All secrets that the tenant issued in a run: a reset of the tenant forgets them, the recording does not."""

from drivers.tenant import IssuedSecret, Tenant
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

    def tracked(self, domain: str) -> Secrets:
        """All of them, each with the places where it may stand."""
        return secrets_of(({"kind": each.kind, "value": each.value} for each in self._issued.values()), domain)
