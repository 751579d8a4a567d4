"""Records that change on the server, so that a client has something to fetch."""

from testbed.cloud.store import Store
from testbed.cloud.tables import TABLES, Table

# Knuth's multiplicative hash of the id: spread over all kinds of rows, and a small share is part of every larger one
CHOSEN = "(id * 2654435761) % 4294967296 < ? * 42949672.96"


def touch(store: Store, tenant: str, percent: float, at: str) -> int:
    """Date so many of each hundred records of a tenant as changed at this moment; returns how many."""
    with store.together():
        return sum(store.change(_statement(table, tenant), (at, percent)) for table in TABLES)


def _statement(table: Table, tenant: str) -> str:
    """The tenant is one of ours, so its name may stand in the statement; the date is the last column."""
    columns = table.columns
    return (
        f"INSERT OR REPLACE INTO changed_{table.name} (tenant, id, {', '.join(columns)})"  # noqa: S608 -- ours
        f" SELECT '{tenant}', id, {', '.join(columns[:-1])}, ? FROM temp.\"{tenant}_{table.name}\" WHERE {CHOSEN}"
    )
