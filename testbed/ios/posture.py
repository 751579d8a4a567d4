"""How the phone is held, and which way up an app then stands on the glass (UIDevice, UIInterfaceOrientation)."""

from dataclasses import dataclass

from testbed.ios.running import Running
from testbed.ios.wda.phone import Held

NAMES = {
    Held.PORTRAIT: "UIInterfaceOrientationPortrait",
    Held.UPSIDE_DOWN: "UIInterfaceOrientationPortraitUpsideDown",
    Held.LANDSCAPE_LEFT: "UIInterfaceOrientationLandscapeRight",
    Held.LANDSCAPE_RIGHT: "UIInterfaceOrientationLandscapeLeft",
}
"""An interface turns against the phone: UIKit's names are mirrored, its numbers are not."""
NUMBERS = {held: number for number, held in enumerate(NAMES, start=1)}


@dataclass(slots=True)
class Posture:
    """A phone that lies on a table shows what it showed before it was laid down."""

    held: Held = Held.PORTRAIT
    _upright: Held = Held.PORTRAIT

    def hold(self, held: Held) -> None:
        self.held = held
        if held in NAMES:
            self._upright = held

    def interface(self, front: Running | None) -> Held:
        """Of the app in front; home screen and lock screen of an iPhone, and apps that cannot, stand upright."""
        app = front.program.app if front is not None else None
        allowed = app.info.orientations if app is not None else frozenset({NAMES[Held.PORTRAIT]})
        if NAMES[self._upright] in allowed:
            return self._upright
        first = next((held for held, name in NAMES.items() if name in allowed), Held.PORTRAIT)
        return Held.PORTRAIT if NAMES[Held.PORTRAIT] in allowed else first

    def size(self, front: Running | None, portrait: tuple[int, int]) -> tuple[int, int]:
        """The glass as the app in front sees it, where it is `portrait` for a phone held upright."""
        return (portrait[1], portrait[0]) if self.interface(front).landscape else portrait
