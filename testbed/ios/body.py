from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Battery:
    """`level` from 0 to 1."""

    level: float
    charging: bool


class Body(Protocol):
    """What the phone's services ask of the part that has a screen, buttons and apps that run."""

    @property
    def locked(self) -> bool:
        """Whether files and keychain items that need an unlocked phone are out of reach."""

    @property
    def battery(self) -> Battery: ...

    @property
    def orientation(self) -> int:
        """UIInterfaceOrientation, 1 (portrait) to 4."""

    def screenshot(self) -> bytes:
        """The screen as PNG."""

    def icon(self, bundle_id: str) -> bytes:
        """An app's icon as PNG."""

    async def restart(self) -> None:
        """Ends every app; comes back locked, before the first unlock."""

    async def shut_down(self) -> None: ...

    async def sleep(self) -> None:
        """The side button: the screen goes dark and the phone locks."""
