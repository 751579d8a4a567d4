"""A screen driven through the real Appium server: find, tap, enter, read, wait."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from appium import webdriver
from appium.options.common import AppiumOptions
from selenium.common.exceptions import (
    NoAlertPresentException,
    NoSuchElementException,
    StaleElementReferenceException,
    WebDriverException,
)
from urllib3.exceptions import HTTPError

from drivers.controls import Control
from faults import ControlNotFound, PhoneLost

PATIENCE = 15.0  # seconds a screen may take before a person would give up
STILL = 0.5  # seconds in which a screen that has come to rest stays the same
PAUSE = 0.05  # seconds between two looks; a look costs 3-6 ms
WORDS = re.compile(r' (?:text|label)="([^"]+)"')  # of the page source of Android and of iOS
Locate = Callable[[Control], tuple[str, str]]


class Session:
    """One Appium session; `locate` says how this platform finds a control."""

    def __init__(self, phone: str, server: str, capabilities: Mapping[str, object], locate: Locate) -> None:
        self._phone = phone
        self._locate = locate
        with self._reachable("open a session"):
            self._driver: Any = webdriver.Remote(server, options=AppiumOptions().load_capabilities(dict(capabilities)))

    def close(self) -> None:
        with self._reachable("close the session"):
            self._driver.quit()

    def tap(self, control: Control, seconds: float = PATIENCE) -> None:
        """Tap a control as soon as it is there."""
        self._patiently(control, seconds, lambda element: element.click())

    def enter(self, control: Control, text: str, seconds: float = PATIENCE) -> None:
        """Replace what a field holds."""
        self._patiently(control, seconds, lambda element: (element.clear(), element.send_keys(text)))

    def text_of(self, control: Control, seconds: float = PATIENCE) -> str:
        found: list[str] = []
        self._patiently(control, seconds, lambda element: found.append(str(element.text)))
        return found[-1]

    def texts_of(self, control: Control) -> tuple[str, ...]:
        """The texts of all such controls on the screen now; none is a good answer."""
        with self._reachable(f"read {control}"):
            return tuple(str(element.text) for element in self._driver.find_elements(*self._locate(control)))

    def sees(self, control: Control) -> bool:
        """Whether the control is on the screen now; does not wait."""
        with self._reachable(f"look for {control}"):
            return bool(self._driver.find_elements(*self._locate(control)))

    def count(self, find: tuple[str, str]) -> int:
        """How many elements of the screen a strategy and its value find now."""
        with self._reachable(f"look for {find[1]}"):
            return len(self._driver.find_elements(*find))

    def settled(self, after: str = "", seconds: float = PATIENCE) -> str:
        """The source of a screen that no longer changes, or of one that does all the time after so many seconds.

        `after` is the source before something was done: it may take a while until that shows, or never show.
        """
        until, shown = time.monotonic() + seconds, self.source()
        while time.monotonic() < until:
            time.sleep(STILL)
            before, shown = shown, self.source()
            if shown == before != after:
                break
        return shown

    def wait_for(self, *controls: Control, seconds: float = PATIENCE) -> Control:
        """The first of the controls to appear."""
        until = time.monotonic() + seconds
        while True:
            for control in controls:
                if self.sees(control):
                    return control
            if time.monotonic() > until:
                raise ControlNotFound(self._missing(controls, seconds))
            time.sleep(PAUSE)

    def appears(self, control: Control, seconds: float = PATIENCE) -> bool:
        try:
            self.wait_for(control, seconds=seconds)
        except ControlNotFound:
            return False
        return True

    def wait_gone(self, control: Control, seconds: float = PATIENCE) -> None:
        """Until the control is no longer on the screen."""
        until = time.monotonic() + seconds
        while self.sees(control):
            if time.monotonic() > until:
                msg = f"{self._phone}: {control} was still there after {seconds:g} s; the screen shows: {self._words()}"
                raise ControlNotFound(msg)
            time.sleep(PAUSE)

    def back(self) -> None:
        with self._reachable("go back"):
            self._driver.back()

    def source(self) -> str:
        with self._reachable("read the screen"):
            return str(self._driver.page_source)

    def screenshot(self) -> bytes:
        with self._reachable("take a screenshot"):
            return bytes(self._driver.get_screenshot_as_png())

    def alert(self) -> str | None:
        """What the system asks now, over the app; None where it asks nothing."""
        with self._reachable("look for an alert"):
            try:
                return str(self._driver.switch_to.alert.text)
            except NoAlertPresentException:
                return None

    def accept(self, seconds: float = PATIENCE) -> None:
        """Say yes to what the system asks, by the button that is its first answer; raises ControlNotFound."""
        until = time.monotonic() + seconds
        while self.alert() is None:
            if time.monotonic() > until:
                msg = f"{self._phone}: the system asked nothing within {seconds:g} s; the screen shows: {self._words()}"
                raise ControlNotFound(msg)
            time.sleep(PAUSE)
        with self._reachable("accept an alert"):
            self._driver.switch_to.alert.accept()

    def log_lines(self, kind: str) -> list[str]:
        """What the phone logged since this was asked for last (`kind` as in the driver's log types)."""
        with self._reachable(f"read the {kind}"):
            return [str(entry["message"]) for entry in self._driver.get_log(kind)]

    def pull(self, folder: str) -> str:
        """A folder of the phone as a zip in base64."""
        with self._reachable(f"pull {folder}"):
            return str(self._driver.pull_folder(folder))

    def run(self, command: str, **arguments: object) -> Any:  # noqa: ANN401 -- each `mobile:` command answers its own shape
        """A `mobile:` command of the driver."""
        with self._reachable(command):
            return self._driver.execute_script(command, arguments)

    def act_at_once(self) -> None:
        """No longer wait for the screen to rest before each command (`waitForIdleTimeout` of both drivers)."""
        with self._reachable("change its settings"):
            self._driver.update_settings({"waitForIdleTimeout": 0})

    def _patiently(self, control: Control, seconds: float, act: Callable[[Any], object]) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                with self._reachable(f"use {control}"):
                    act(self._driver.find_element(*self._locate(control)))
            except (NoSuchElementException, StaleElementReferenceException) as absent:
                if time.monotonic() > until:
                    raise ControlNotFound(self._missing((control,), seconds)) from absent
                time.sleep(PAUSE)
            else:
                return

    def _missing(self, controls: tuple[Control, ...], seconds: float) -> str:
        wanted = " nor ".join(map(str, controls))
        return f"{self._phone}: {wanted} did not appear within {seconds:g} s; the screen shows: {self._words()}"

    def _words(self) -> str:
        """The visible words, so that a message says where the app really was."""
        return " | ".join(WORDS.findall(self.source()))[:300] or "nothing"

    @contextmanager
    def _reachable(self, doing: str) -> Iterator[None]:
        try:
            yield
        except (NoSuchElementException, StaleElementReferenceException):
            raise
        except (WebDriverException, HTTPError, OSError) as lost:
            said = (getattr(lost, "msg", None) or str(lost) or type(lost).__name__).strip().splitlines()[0]
            msg = f"{self._phone}: Appium could not {doing}: {said}"
            raise PhoneLost(msg) from lost
