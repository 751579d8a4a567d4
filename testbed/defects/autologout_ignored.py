from testbed.pocket import idle

CLAIM = "C50"
WHAT = "however long the app was in the background, nobody is logged out"


def apply() -> None:
    def expired(paused_at: float | None, now: float, minutes: int) -> bool:  # noqa: ARG001 -- stands in for one that uses them
        return False

    idle.expired = expired
