"""Where a tenant is served now and how it fares (tenant-status/index.mdx): the lab may move it and take it down."""

from dataclasses import dataclass
from enum import StrEnum

from testbed.cloud.addresses import Addresses
from testbed.cloud.people import TENANTS
from testbed.cloud.store import Store


class State(StrEnum):
    """The documented names (tenant-status/check-status.mdx)."""

    UNKNOWN = "Unknown"
    PROVISIONING = "Provisioning"
    RUNNING = "Running"
    DELETED = "Deleted"
    SUSPENDED = "Suspended"
    ONLINE_MAINTENANCE = "OnlineMaintenance"
    OFFLINE_MAINTENANCE = "OfflineMaintenance"
    PROVISIONING_FAILED = "ProvisioningFailed"
    DELETING = "Deleting"
    DELETE_FAILED = "DeleteFailed"
    MIGRATION_PENDING = "MigrationPending"


@dataclass(frozen=True, slots=True)
class Whereabouts:
    host: str
    state: State


class Tenancy:
    """Read from the database at every change and from memory at every request."""

    def __init__(self, store: Store, addresses: Addresses) -> None:
        self._store = store
        self._addresses = addresses
        self._known: dict[str, Whereabouts] = {}
        self.reload()

    def reload(self) -> None:
        rows = self._store.all("SELECT * FROM tenant_state")
        moved = {row["tenant"]: Whereabouts(row["host"], State(row["state"])) for row in rows}
        settled = Whereabouts(self._addresses.api, State.RUNNING)
        self._known = {context: moved.get(context, settled) for context in TENANTS}

    def of(self, context: str) -> Whereabouts | None:
        return self._known.get(context)

    def put(self, context: str, where: Whereabouts) -> None:
        self._store.change("INSERT OR REPLACE INTO tenant_state VALUES (?, ?, ?)", (context, where.host, where.state))
        self.reload()

    def address(self, context: str) -> str:
        """The tenant's own address, as its users see it."""
        return f"https://{self._known[context].host}/{context}"

    def web_api(self, context: str) -> str:
        return f"{self.address(context)}/api/"
