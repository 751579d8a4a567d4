from testbed.pocket import cache
from testbed.pocket.state import Identity

CLAIM = "C12"
WHAT = "when another user of the same tenant signs in, the rows of the last one stay on the phone"


def apply() -> None:
    def another_user(owner: Identity | None, now: Identity) -> bool:  # noqa: ARG001 -- stands in for one that uses them
        return False

    cache.another_user = another_user
