"""`input`: taps, keys and text from the shell (AOSP InputShellCommand)."""

from testbed.android.shell.call import Call

KEYS = {"KEYCODE_HOME": 3, "KEYCODE_BACK": 4, "KEYCODE_ENTER": 66, "KEYCODE_WAKEUP": 224, "KEYCODE_MENU": 82}
SOURCES = frozenset({"touchscreen", "keyboard", "touchpad", "mouse"})


async def tap_and_type(call: Call) -> int:
    words = call.arguments[1:] if call.arguments and call.arguments[0] in SOURCES else call.arguments
    match words:
        case ("tap", x, y):
            await call.phone.tap(float(x), float(y))
            return 0
        case ("keyevent", *codes) if codes:
            return await _press(call, codes)
        case ("text", text):
            await call.phone.type_text(text.replace("%s", " "))
            return 0
    return await call.unmodelled(f"Error: Unknown command: {' '.join(words[:1])}", 255)


async def _press(call: Call, codes: list[str]) -> int:
    for word in codes:
        code = KEYS.get(word, int(word) if word.isdigit() else -1)
        if not await call.phone.press_key(code):
            return await call.unmodelled(f"Error: this phone makes no key {word}", 255)
    return 0
