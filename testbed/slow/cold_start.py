import time

from testbed.pocket.handset import Handset
from testbed.pocket.main import App

BENCHMARK = "bench_first_display[cold start]"
WHAT = "the process waits before its first frame"
MILLISECONDS = 0


def apply() -> None:
    honest = App.__init__

    def slow(self: App, phone: Handset) -> None:
        time.sleep(MILLISECONDS / 1000)
        honest(self, phone)

    App.__init__ = slow  # type: ignore[method-assign]
