"""Locators as a person writes them down: what drivers make of them, and what is refused."""

import pytest

from drivers.controls import Control
from drivers.locators import find_of, told_to


@pytest.mark.parametrize(
    ("text", "platform", "found"),
    [
        ("accessibility id=Sign in", "android", ("accessibility id", "Sign in")),
        ("resource-id=email", "android", ("-android uiautomator", 'new UiSelector().resourceId("email")')),
        ('text=Say "yes"', "android", ("-android uiautomator", 'new UiSelector().text("Say \\"yes\\"")')),
        ("xpath=//a[@b='c=d']", "android", ("xpath", "//a[@b='c=d']")),
        ("text=Next", "ios", ("-ios predicate string", 'label == "Next"')),
        ("class chain=**/XCUIElementTypeButton[2]", "ios", ("-ios class chain", "**/XCUIElementTypeButton[2]")),
    ],
)
def test_a_locator_is_what_the_driver_takes(text: str, platform: str, found: tuple[str, str]) -> None:
    assert find_of(text, platform) == found


@pytest.mark.parametrize(
    ("text", "platform"),
    [("log_in", "android"), ("id=log_in", "android"), ("text=", "ios"), ("resource-id=a:id/b", "ios"), ("", "android")],
)
def test_a_locator_of_no_known_strategy_or_without_a_value_is_refused(text: str, platform: str) -> None:
    with pytest.raises(ValueError, match=r"is no locator; write STRATEGY=VALUE, with accessibility id, "):
        find_of(text, platform)


def test_what_was_told_is_found_as_told_and_the_rest_as_ever() -> None:
    find = told_to(lambda control: ("id", control.id), {"log_in": "text=Go"}, "ios")

    assert find(Control("log_in")) == ("-ios predicate string", 'label == "Go"')
    assert find(Control("next")) == ("id", "next")
    assert told_to(lambda control: ("id", control.id), None, "ios")(Control("log_in")) == ("id", "log_in")
