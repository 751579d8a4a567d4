"""io.appium.settings' UnicodeIME: what `input text` types through it is modified UTF-7 (RFC 3501, section 5.1.3)."""

import base64
import re

SHIFTED = re.compile(r"&([^-]*)-")


def decoded(typed: str) -> str:
    """The text that reaches the field; what is no UTF-7 stays as it is."""
    return SHIFTED.sub(_plain, typed)


def _plain(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    packed = found[1].replace(",", "/")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True).decode("utf-16-be")
    except ValueError:
        return found[0]
