"""What users approved: an application, in a tenant, once (developer-portal/provisioning/get-consent.mdx)."""

from testbed.cloud.clock import Clock
from testbed.cloud.store import Store


class Consents:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def given(self, client_id: str, email: str, tenant: str) -> bool:
        row = self._store.one(
            "SELECT 1 FROM consent WHERE client_id = ? AND email = ? AND tenant = ?", (client_id, email, tenant)
        )
        return row is not None

    def give(self, client_id: str, email: str, tenant: str) -> None:
        self._store.change(
            "INSERT OR IGNORE INTO consent VALUES (?, ?, ?, ?)", (client_id, email, tenant, self._clock.now())
        )

    def withdraw(self, client_id: str, email: str) -> int:
        """How many there were; a refresh token lives only as long as its consent, so the tokens go along."""
        with self._store.together():
            gone = self._store.change("DELETE FROM consent WHERE client_id = ? AND email = ?", (client_id, email))
            self._store.change("UPDATE token SET revoked = 1 WHERE client_id = ? AND email = ?", (client_id, email))
        return gone
