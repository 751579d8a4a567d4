from testbed.pocket import cache
from testbed.pocket.state import Identity

CLAIM = "C11"
WHAT = "when the same user connects to another tenant, the rows of the first one stay on the phone"


def apply() -> None:
    def another_tenant(owner: Identity | None, now: Identity) -> bool:  # noqa: ARG001 -- stands in for one that uses them
        return False

    cache.another_tenant = another_tenant
