"""How the XCUITest driver finds a control: one row for each place where controls can be."""

from collections.abc import Mapping

from appium.webdriver.common.appiumby import AppiumBy

from drivers.controls import Control, Where

BROWSER_IDS: Mapping[str, str] = {"url_bar": "URL"}
"""What the browser's own controls are called on iOS: the address field of Safari and of its sheets."""


def locate(control: Control) -> tuple[str, str]:
    """An app's control by its accessibility id, a page's by its HTML id, inside the web view only.

    WebKit gives the HTML id to assistive technologies (WebAccessibilityObjectWrapperIOS.mm,
    accessibilityDOMIdentifier); the chain keeps an app's control of the same name from being taken for the page's.
    """
    match control.where:
        case Where.APP:
            return AppiumBy.IOS_CLASS_CHAIN, f"**/*[`name == {_quoted(control.id)}`]"
        case Where.BROWSER | Where.SYSTEM:
            return AppiumBy.ACCESSIBILITY_ID, BROWSER_IDS.get(control.id, control.id)
        case Where.PAGE:
            return AppiumBy.IOS_CLASS_CHAIN, f"**/XCUIElementTypeWebView/**/*[`name == {_quoted(control.id)}`]"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("`", "``") + '"'
