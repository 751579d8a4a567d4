"""How a virtual Android phone is asked for by name: `virtual-android@34+play-store+chromium`."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass

from faults import UsageError

LEVELS = range(28, 37)
"""API levels that `python -m testbed.android --api` knows."""
PIN = "2580"
"""Of the phones that have one; a made-up phone's is no secret."""
WORDS: Mapping[str, tuple[str, ...]] = {
    "play-store": ("--play-store",),
    "su": ("--play-store", "--su"),
    "swipe-lock": ("--swipe-lock",),
    "pin": ("--pin", PIN),
    "locked": ("--pin", PIN),
    "chromium": ("--chromium", "auto"),
}
"""What such a phone can have, by the options of `python -m testbed.android`."""
ALIKE = ({"swipe-lock", "pin", "locked"}, {"play-store", "su"})
"""Words of which a phone can have one."""
BUILT = re.compile(r"(?:@(?P<api>\d+))?(?P<words>(?:\+[a-z-]+)*)")


@dataclass(frozen=True, slots=True)
class Build:
    """A phone as it was asked for; `api` None for the level that phones have by themselves."""

    api: int | None = None
    words: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether nothing was asked for that the default phone has not."""
        return self.api is None and not self.words

    @property
    def options(self) -> tuple[str, ...]:
        """For `python -m testbed.android`; the browser of our own unless Chromium was asked for."""
        level = () if self.api is None else ("--api", str(self.api))
        browser = () if "chromium" in self.words else ("--browser",)
        return (*level, *(option for word in self.words for option in WORDS[word]), *browser)

    @property
    def pin(self) -> str | None:
        """The PIN that a run knows; of a phone that is `locked` nobody does."""
        return PIN if "pin" in self.words else None

    @property
    def chromedriver(self) -> str | None:
        """The machine's, for web contexts; without it a Chromium is driven by its native nodes alone."""
        return shutil.which("chromedriver") if "chromium" in self.words else None


def build_of(name: str, text: str) -> Build | None:
    """What stands behind a phone's name, None for what is no such text; raises UsageError with what could stand there.

    `name` is the whole of what was asked for.
    """
    found = BUILT.fullmatch(text)
    if found is None:
        return None
    words = tuple(dict.fromkeys(filter(None, found["words"].split("+"))))
    if wrong := next((word for word in words if word not in WORDS), None):
        raise UsageError(
            f"--phone {name}: no phone can have +{wrong}; there are {', '.join(f'+{one}' for one in WORDS)}"
        )
    if some := next((alike for alike in ALIKE if len(alike & set(words)) > 1), None):
        raise UsageError(f"--phone {name}: give one of {', '.join(f'+{one}' for one in sorted(some))}")
    api = None if found["api"] is None else int(found["api"])
    if api is not None and api not in LEVELS:
        raise UsageError(f"--phone {name}: API levels are {LEVELS.start} to {LEVELS.stop - 1}")
    return Build(api, words)
