"""Android's key codes by name (AOSP KeyEvent.java), the characters they make, the W3C code points they stand for."""

import string

NAMES = (
    *("UNKNOWN", "SOFT_LEFT", "SOFT_RIGHT", "HOME", "BACK", "CALL", "ENDCALL"),
    *string.digits,
    *("STAR", "POUND", "DPAD_UP", "DPAD_DOWN", "DPAD_LEFT", "DPAD_RIGHT", "DPAD_CENTER", "VOLUME_UP", "VOLUME_DOWN"),
    *("POWER", "CAMERA", "CLEAR"),
    *string.ascii_uppercase,
    *("COMMA", "PERIOD", "ALT_LEFT", "ALT_RIGHT", "SHIFT_LEFT", "SHIFT_RIGHT", "TAB", "SPACE", "SYM", "EXPLORER"),
    *("ENVELOPE", "ENTER", "DEL", "GRAVE", "MINUS", "EQUALS", "LEFT_BRACKET", "RIGHT_BRACKET", "BACKSLASH"),
    *("SEMICOLON", "APOSTROPHE", "SLASH", "AT", "NUM", "HEADSETHOOK", "FOCUS", "PLUS", "MENU", "NOTIFICATION"),
    *("SEARCH", "MEDIA_PLAY_PAUSE", "MEDIA_STOP", "MEDIA_NEXT", "MEDIA_PREVIOUS", "MEDIA_REWIND"),
    *("MEDIA_FAST_FORWARD", "MUTE", "PAGE_UP", "PAGE_DOWN"),
)
"""In order from 0."""
CODES = {f"KEYCODE_{name}": code for code, name in enumerate(NAMES)} | {
    "KEYCODE_ESCAPE": 111,
    "KEYCODE_FORWARD_DEL": 112,
    "KEYCODE_CTRL_LEFT": 113,
    "KEYCODE_CTRL_RIGHT": 114,
    "KEYCODE_MOVE_HOME": 122,
    "KEYCODE_MOVE_END": 123,
    "KEYCODE_NUMPAD_ENTER": 160,
    "KEYCODE_VOLUME_MUTE": 164,
    "KEYCODE_APP_SWITCH": 187,
    "KEYCODE_BRIGHTNESS_DOWN": 220,
    "KEYCODE_BRIGHTNESS_UP": 221,
    "KEYCODE_SLEEP": 223,
    "KEYCODE_WAKEUP": 224,
    "KEYCODE_COPY": 278,
    "KEYCODE_PASTE": 279,
}
CODES |= {f"KEYCODE_NUMPAD_{digit}": 144 + digit for digit in range(10)}

HOME, BACK, POWER, TAB, ENTER, DEL, MENU, NOTIFICATION, ESCAPE = (
    CODES[f"KEYCODE_{name}"]
    for name in ("HOME", "BACK", "POWER", "TAB", "ENTER", "DEL", "MENU", "NOTIFICATION", "ESCAPE")
)
NUMPAD_ENTER, APP_SWITCH, SLEEP, WAKEUP, PASTE, CENTRE = (
    CODES[f"KEYCODE_{name}"] for name in ("NUMPAD_ENTER", "APP_SWITCH", "SLEEP", "WAKEUP", "PASTE", "DPAD_CENTER")
)
UNHEARD = frozenset(
    CODES[f"KEYCODE_{name}"]
    for name in ("VOLUME_UP", "VOLUME_DOWN", "VOLUME_MUTE", "MUTE", "BRIGHTNESS_UP", "BRIGHTNESS_DOWN", "MEDIA_STOP")
)
"""Keys that change nothing that this phone shows."""

_SIGNS = dict(zip(("COMMA", "PERIOD", "SPACE", "MINUS", "EQUALS", "SLASH", "AT", "PLUS"), ",. -=/@+", strict=True))
_SIGNS |= dict(zip(("STAR", "POUND", "SEMICOLON", "APOSTROPHE", "BACKSLASH", "GRAVE"), "*#;'\\`", strict=True))
LETTERS = {
    **{CODES[f"KEYCODE_{letter}"]: letter.lower() for letter in string.ascii_uppercase + string.digits},
    **{CODES[f"KEYCODE_NUMPAD_{digit}"]: digit for digit in string.digits},
    **{CODES[f"KEYCODE_{name}"]: sign for name, sign in _SIGNS.items()},
}
"""What a key writes without a modifier (Generic.kcm)."""

W3C_KEYS = {
    "\ue003": 67,  # BACK_SPACE -> KEYCODE_DEL
    "\ue004": 61,  # TAB
    "\ue006": ENTER,
    "\ue007": ENTER,
    "\ue00c": 111,  # ESCAPE
    "\ue010": 123,  # END -> KEYCODE_MOVE_END
    "\ue011": 3,  # HOME
    "\ue012": 21,  # DPAD_LEFT
    "\ue013": 19,  # DPAD_UP
    "\ue014": 22,  # DPAD_RIGHT
    "\ue015": 20,  # DPAD_DOWN
    "\ue017": 112,  # DELETE -> KEYCODE_FORWARD_DEL
}
_PRIVATE_USE = range(0xE000, 0xF900)


def is_text(letter: str) -> bool:
    return ord(letter) not in _PRIVATE_USE
