"""When idle time in the background ends the session (preference AutoLogoutTime)."""

from typing import Final

CLOCK_SLACK: Final = 60.0
"""Seconds that a phone's clock may be set back by its network without anyone having touched it."""


def expired(paused_at: float | None, now: float, minutes: int) -> bool:
    """Whether the app was idle in the background for `minutes` or more; 0 or less means no timeout.

    Times are seconds of the phone's clock. A clock that went back counts as expired: else setting it back would be
    the way around the timeout.
    """
    if paused_at is None or minutes <= 0:
        return False
    away = now - paused_at
    return away >= minutes * 60 or away < -CLOCK_SLACK
