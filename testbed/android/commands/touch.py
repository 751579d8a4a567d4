"""`input`: taps, swipes, keys and text from the shell (AOSP InputShellCommand)."""

from testbed.android.shell.call import Call
from testbed.android.uiautomator import keys

SOURCES = frozenset({"touchscreen", "keyboard", "touchpad", "mouse", "dpad", "stylus", "trackball", "gamepad"})


async def tap_and_type(call: Call) -> int:
    words = call.arguments[1:] if call.arguments and call.arguments[0] in SOURCES else call.arguments
    surface = call.phone.surface
    match words:
        case ("tap", x, y) if _numbers(x, y):
            await surface.tap(float(x), float(y))
        case ("swipe" | "draganddrop", *places) if 4 <= len(places) <= 5 and _numbers(*places):  # noqa: PLR2004 -- two points and a duration
            start, end = (float(places[0]), float(places[1])), (float(places[2]), float(places[3]))
            await surface.draw((start, end))
        case ("keyevent", *codes) if codes:
            return await _press(call, [code for code in codes if not code.startswith("--")])
        case ("text", text):
            await surface.type_text(text.replace("%s", " "))
        case _:
            return await call.unmodelled(f"Error: Unknown command: {' '.join(words[:1])}", 255)
    return 0


def _numbers(*words: str) -> bool:
    return all(word.lstrip("-").replace(".", "", 1).isdigit() for word in words)


async def _press(call: Call, codes: list[str]) -> int:
    for word in codes:
        # KeyEvent.keyCodeFromString: a name with or without its prefix, or a number
        name = word if word.startswith("KEYCODE_") else f"KEYCODE_{word}"
        code = int(word) if word.isdigit() else keys.CODES.get(name, -1)
        if not await call.phone.press_key(code):
            return await call.unmodelled(f"Error: this phone makes no key {word}", 255)
    return 0
