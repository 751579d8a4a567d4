from typing import Final

from testbed.pocket import signin

SUPER_ID: Final = "https://online.superoffice.test"


def address() -> str:
    """Return where a sign-in would begin, were it the app's intention."""
    return signin.address(signin.attempt(SUPER_ID), ask_password=True)
