"""What differs between the browsers of the two systems: one row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kit:
    """`bar` is the id of the host's place, `cancel` the button that closes a sheet, if the system has one."""

    agent: str
    cookies: str
    bar: str
    cancel: str = ""


KITS: Final[Mapping[str, Kit]] = {
    "android": Kit(
        agent="Mozilla/5.0 (Linux; Android 13; K) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/130.0.0.0 Mobile Safari/537.36",
        cookies="app_chrome",
        bar="url_bar",
    ),
    "ios": Kit(
        agent="Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/17.5 Mobile/15E148 Safari/604.1",
        cookies="Library/Cookies",
        bar="URL",
        cancel="Cancel",
    ),
}
