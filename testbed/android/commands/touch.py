"""`input`: taps, swipes, keys and text from the shell (AOSP InputShellCommand)."""

from testbed.android.played import UNICODE_IME
from testbed.android.shell.call import Call
from testbed.android.uiautomator import keys
from testbed.android.unicode_ime import decoded

SOURCES = frozenset({"touchscreen", "keyboard", "touchpad", "mouse", "dpad", "stylus", "trackball", "gamepad"})

TAKEN = frozenset({"tap", "swipe", "draganddrop", "keyevent", "text"})


async def tap_and_type(call: Call) -> int:
    """Long, double and delayed presses of a key are not modelled."""
    words = call.arguments[1:] if call.arguments and call.arguments[0] in SOURCES else call.arguments
    surface = call.phone.surface
    match words:
        case ("tap", x, y) if _numbers(x, y):
            await surface.tap(float(x), float(y))
        case ("swipe" | "draganddrop", *places) if 4 <= len(places) <= 5 and _numbers(*places):  # noqa: PLR2004 -- two points and a duration
            start, end = (float(places[0]), float(places[1])), (float(places[2]), float(places[3]))
            await surface.draw((start, end))
        case ("keyevent", *codes) if codes and not any(code.startswith("--") for code in codes):
            return await _press(call, list(codes))
        case ("text", text):
            typed = text.replace("%s", " ")
            through_unicode = call.phone.settings.get("secure", "default_input_method") == UNICODE_IME
            await surface.type_text(decoded(typed) if through_unicode else typed)
        case (name, *_) if name in TAKEN:
            return await call.unmodelled(f"Error: Invalid arguments for command: {name}", 255)
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
