"""Dialogs about an app that has stopped or does not answer (AOSP AppNotRespondingDialog, AppErrorDialog)."""

from collections.abc import Awaitable, Callable

from testbed.android.packages.installed import Installed
from testbed.android.windows.window import Window, Windows, button, column, label

CLOSE, WAIT = "aerr_close", "aerr_wait"


def not_responding(windows: Windows, package: Installed, kill: Callable[[str], Awaitable[None]]) -> Window:
    """`Close app` kills it, `Wait` gives it more time."""
    name = package.manifest.label
    root = column(
        "anr",
        label("alertTitle", f"{name} isn't responding", "android:id/alertTitle"),
        button(CLOSE, "Close app", f"android:id/{CLOSE}"),
        button(WAIT, "Wait", f"android:id/{WAIT}"),
    )
    window = Window(
        "android", "", "NotResponding", root, title=f"Application Not Responding: {package.name}", owner=package.name
    )

    async def click(key: str) -> None:
        if key in (CLOSE, WAIT):
            windows.close(window)
            if key == CLOSE:
                await kill(package.name)

    window.click = click
    windows.open(window)
    return window
