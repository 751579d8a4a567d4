"""Where a person wrote down how a control is found: `STRATEGY=VALUE`, the same words in configuration and `inspect`.

    accessibility id=Sign in          content description of Android, accessibility identifier of iOS
    resource-id=com.example:id/next   Android, whole and as it stands: a page's node has its HTML id alone
    text=Next                         what is read on it (iOS: its label)
    uiautomator=new UiSelector()…     Android
    predicate=…  class chain=…        iOS
    xpath=…                           last: it breaks with the next build

The table is STRATEGIES.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from drivers.controls import Control

type Find = tuple[str, str]
"""Strategy and value as WebDriver takes them."""

UIAUTOMATOR, PREDICATE, CLASS_CHAIN = "-android uiautomator", "-ios predicate string", "-ios class chain"
"""Appium's own strategies (appium-python-client, webdriver/common/appiumby.py)."""


def _selected_by(method: str) -> Callable[[str], Find]:
    return lambda value: (UIAUTOMATOR, f"new UiSelector().{method}({_quoted(value)})")


def _as_it_is(strategy: str) -> Callable[[str], Find]:
    return lambda value: (strategy, value)


STRATEGIES: Mapping[str, Mapping[str, Callable[[str], Find]]] = {
    "android": {
        "accessibility id": _as_it_is("accessibility id"),
        "resource-id": _selected_by("resourceId"),
        "text": _selected_by("text"),
        "uiautomator": _as_it_is(UIAUTOMATOR),
        "xpath": _as_it_is("xpath"),
    },
    "ios": {
        "accessibility id": _as_it_is("accessibility id"),
        "text": lambda value: (PREDICATE, f"label == {_quoted(value)}"),
        "predicate": _as_it_is(PREDICATE),
        "class chain": _as_it_is(CLASS_CHAIN),
        "xpath": _as_it_is("xpath"),
    },
}


@dataclass(frozen=True, slots=True)
class Told:
    """Finds what was told apart as told, everything else as the platform's drivers do."""

    usual: Callable[[Control], Find]
    told: Mapping[str, Find] = field(default_factory=dict)

    def __call__(self, control: Control) -> Find:
        return self.told.get(control.id) or self.usual(control)


def told_to(usual: Callable[[Control], Find], controls: Mapping[str, str] | None, platform: str) -> Told:
    """`controls` are locators by the id of a control; raises ValueError as `find_of`."""
    return Told(usual, {name: find_of(text, platform) for name, text in (controls or {}).items()})


def find_of(text: str, platform: str) -> Find:
    """Raises ValueError that names the strategies where the text has none of them, or no value."""
    strategy, _, value = text.partition("=")
    known = STRATEGIES[platform]
    if strategy not in known or not value:
        msg = f"{text!r} is no locator; write STRATEGY=VALUE, with {', '.join(known)}"
        raise ValueError(msg)
    return known[strategy](value)


def _quoted(text: str) -> str:
    """For UiSelector's Java and for NSPredicate alike: both take a backslash before quotation marks."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
