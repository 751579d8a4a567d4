"""A timer that counts what the phone says a thing took, not what this machine measured around it."""


class PhoneClock:
    """pytest-benchmark's timer: reading it gives the seconds that were reported so far."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def __call__(self) -> float:
        return self._seconds

    def count(self, seconds: float) -> None:
        """Add one duration that the phone reported."""
        self._seconds += seconds
