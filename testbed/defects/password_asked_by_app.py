from testbed.pocket import screens
from testbed.pocket.state import Screen, State
from testbed.pocket.view import View, column

CLAIM = "C40"
WHAT = "the start screen asks for the password itself, before it opens the browser"


class PasswordField(View):
    def wire(self, place: str = "root") -> dict[str, object]:
        return super().wire(place) | {"password": True}


def apply() -> None:
    honest = screens.CONTENT[Screen.START]

    def start(state: State) -> View:
        return column(honest(state), PasswordField("field", "password", state.query, hint="Password"))

    screens.CONTENT[Screen.START] = start
