from testbed.pocket import idle

CLAIM = "C49"
WHAT = "after four hours in the background the session ends though no limit is set"

HOURS_4 = 4 * 60


def apply() -> None:
    honest = idle.expired

    def expired(paused_at: float | None, now: float, minutes: int) -> bool:
        return honest(paused_at, now, minutes if minutes > 0 else HOURS_4)

    idle.expired = expired
