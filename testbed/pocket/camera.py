from typing import Final

from .handset import Handset
from .platforms import PLATFORMS

FORBIDDEN: Final = "The camera may not be used; allow it in the phone's settings."


def picture(phone: Handset) -> bytes | None:
    """Return what the camera sees, having asked for it where needed; None where it is not allowed. Blocks."""
    try:
        if not phone.request_permission(PLATFORMS[phone.platform].camera):
            return None
        return phone.capture_picture()
    except OSError:
        return None
