"""One automation session: its app, its settings and the elements that the client holds (FBSession.m)."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from testbed.handset.refusal import Fault, Refusal
from testbed.ios.glass import Window
from testbed.ios.wda.attributes import Reader
from testbed.ios.wda.elements import Elements, stale
from testbed.ios.wda.hand import Hand
from testbed.ios.wda.phone import AppState, Scene, Touchable
from testbed.ios.wda.settings import Settings
from testbed.ios.wda.snapshot import Snapshot, tree

STANDARD = frozenset(
    {
        *("browserName", "browserVersion", "platformName", "acceptInsecureCerts", "pageLoadStrategy", "proxy"),
        *("setWindowRect", "timeouts", "unhandledPromptBehavior"),
    }
)


@dataclass(frozen=True, slots=True)
class View:
    """An app as it is now: its tree, and how to read it."""

    scene: Scene
    root: Snapshot
    reader: Reader


class Session:
    """What lives from POST /session to its DELETE, or to the next POST."""

    def __init__(self, phone: Touchable, app: str | None, on_unmodelled: Callable[[str, str], None]) -> None:
        self.id = str(uuid.uuid4()).upper()
        self.app = app
        self.app_expected = app is not None
        self.terminates_app = True
        self.settings = Settings(on_unmodelled)
        self.elements = Elements()
        self.hand = Hand(phone)
        self._phone = phone

    def active(self) -> Scene:
        """The app that commands are about.

        :raises Refusal: invalid element state, where the app under test is gone.
        """
        default = self.settings.text("defaultActiveApplication")
        if default not in ("auto", "") and (scene := self._phone.scene(default)):
            return scene
        if self.app is not None:
            scene = self._phone.scene(self.app)
            if scene is not None:
                asks = any(pane.window is Window.ALERT for pane in self._phone.springboard().panes)
                return self._phone.springboard() if asks and self.settings.flag("respectSystemAlerts") else scene
            if self.app_expected and self._phone.state(self.app) is AppState.NOT_RUNNING:
                words = f"The application under test with bundle id '{self.app}' is not running, possibly crashed"
                raise Refusal(Fault.INVALID_ELEMENT_STATE, words)
        return self._phone.front()

    async def view(self) -> View:
        """The active app's tree once the app has answered the last input."""
        await self.hand.settle()
        return self.look(self.active())

    def look(self, scene: Scene) -> View:
        device = self._phone.device
        return View(scene, tree(scene, device.size, device.scale), Reader(self._phone, scene.pid))

    async def element(self, uid: str) -> tuple[View, Snapshot]:
        """A held element as it is now, in the tree of its own app.

        :raises Refusal: stale element reference.
        """
        held = self.elements.get(uid)
        await self.hand.settle()
        springboard = self._phone.springboard()
        scene = springboard if held.owner == springboard.bundle_id else self._phone.scene(held.owner)
        if scene is not None and scene.pid == held.pid:
            view = self.look(scene)
            found = next((one for one in view.root.walk() if one.identity == held.identity), None)
            if found is not None:
                return view, found
        self.elements.forget(uid)
        raise stale(held)


def merged(capabilities: object) -> dict[str, Any]:
    """The W3C capabilities as one object, prefixes stripped (FBProtocolHelpers.m, FBParseCapabilities).

    :raises Refusal: session not created.
    """
    if not isinstance(capabilities, Mapping):
        raise _not_created("'capabilities' is mandatory to create a new session")
    always = _stripped(capabilities.get("alwaysMatch") or {})
    for first in capabilities.get("firstMatch") or [{}]:
        chosen = _stripped(first)
        if not always.keys() & chosen.keys():
            return always | chosen
    raise _not_created(f"Could not find matching capabilities from {capabilities}")


def _stripped(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    wrong = [name for name in capabilities if name.removeprefix("appium:") in STANDARD and name.startswith("appium:")]
    if wrong:
        raise _not_created(f"The capabilities {wrong} are standard and should not have the 'appium' prefix")
    return {name.removeprefix("appium:"): value for name, value in capabilities.items()}


def _not_created(message: str) -> Refusal:
    return Refusal(Fault.SESSION_NOT_CREATED, message)
