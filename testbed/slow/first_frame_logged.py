import time
from collections.abc import Mapping

from testbed.pocket.handset import Handset
from testbed.pocket.main import App

BENCHMARK = ""
WHAT = "not slower: the process logs when it hands over its first frame, by its own clock"
MILLISECONDS = 0


def apply() -> None:
    honest = App.__init__

    def watched(self: App, phone: Handset) -> None:
        honest(self, phone)
        show = phone.show

        def first(screen: str, root: Mapping[str, object]) -> None:
            # before it is handed over: whoever waits for it takes the processor then, and this process comes back late
            at = time.time()
            show(screen, root)
            phone.show = show  # type: ignore[method-assign]
            phone.log("I", "pocket", f"first frame at {at:.4f}")

        phone.show = first  # type: ignore[method-assign]

    App.__init__ = watched  # type: ignore[method-assign]
