"""A phone on paper: it notes what a person does and shows what the test wants to be seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.controls import Control
from faults import ControlNotFound


@dataclass(slots=True)
class PaperPhone:
    """The part of `drivers.phone.Phone` that scenarios use; a control that is not in `shown` never appears."""

    shown: Mapping[Control, tuple[str, ...]]
    done: list[tuple[str, ...]] = field(default_factory=list)
    pictures: list[bytes] = field(default_factory=list)

    def tap(self, control: Control) -> None:
        self._expect(control)
        self.done.append(("tap", control.id))

    def enter(self, control: Control, text: str) -> None:
        self._expect(control)
        self.done.append(("enter", control.id, text))

    def wait_for(self, *controls: Control, seconds: float = 15.0) -> Control:
        for control in controls:
            if control in self.shown:
                return control
        msg = f"paper: {' nor '.join(map(str, controls))} did not appear within {seconds:g} s"
        raise ControlNotFound(msg)

    def appears(self, control: Control, seconds: float = 15.0) -> bool:  # noqa: ARG002 -- nothing changes on paper
        return self.sees(control)

    def sees(self, control: Control) -> bool:
        return control in self.shown

    def wait_gone(self, control: Control, seconds: float = 15.0) -> None:
        self.done.append(("wait gone", control.id, f"{seconds:g}"))

    def text_of(self, control: Control) -> str:
        return self.texts_of(control)[0]

    def texts_of(self, control: Control) -> tuple[str, ...]:
        self._expect(control)
        return self.shown[control]

    def go_back(self) -> None:
        self.done.append(("back",))

    def show_to_camera(self, png: bytes) -> None:
        self.pictures.append(png)

    @property
    def tapped(self) -> list[str]:
        return [words[1] for words in self.done if words[0] == "tap"]

    def _expect(self, control: Control) -> None:
        self.wait_for(control)


def showing(*controls: Control, **texts: str) -> PaperPhone:
    """All these controls are on the screen; `texts` by their id."""
    return PaperPhone({control: (texts.get(control.id, ""),) for control in controls})
