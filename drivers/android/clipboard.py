"""What is on the phone's clipboard: through Appium's helper, for Android lets only the keyboard in use read it."""

import base64
from secrets import token_hex

from drivers.session import Session
from faults import EvidenceMissing


def read_clipboard(phone: str, session: Session) -> str:
    """An empty one is believed only after it was seen to hold something; raises EvidenceMissing."""
    held = _get(session)
    if held:
        return held
    mark = f"pocketgate {token_hex(4)}"
    _set(session, mark)
    if _get(session) != mark:
        msg = f"{phone}: the clipboard is empty also after something was put on it; it cannot be read"
        raise EvidenceMissing(msg)
    _set(session, "")
    return ""


def _get(session: Session) -> str:
    return base64.b64decode(str(session.run("mobile: getClipboard", contentType="plaintext") or "")).decode()


def _set(session: Session, text: str) -> None:
    session.run("mobile: setClipboard", content=base64.b64encode(text.encode()).decode(), contentType="plaintext")
