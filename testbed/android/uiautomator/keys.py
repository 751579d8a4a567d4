"""Keys that are no text: the W3C code points and the Android key codes that they stand for (W3CKeyCode.java)."""

ENTER = 66
BACK = 4

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
