"""What shows the screen or starts something on it from the shell: `screencap`, `uiautomator`, `monkey`, `wm`."""

from testbed.android.activities import NoSuchActivity, NotResolved
from testbed.android.image import BUILT_IN_DISPLAY
from testbed.android.intent import Intent
from testbed.android.packages.manifest import MAIN
from testbed.android.shell.call import Call
from testbed.android.uiautomator.dump import dumped
from testbed.android.uiautomator.node import hierarchy

DUMP = "/sdcard/window_dump.xml"


async def screencap(call: Call) -> int:
    """PNG to stdout, or to a file."""
    words = list(call.arguments)
    if "-d" in words:
        at = words.index("-d")
        if words[at + 1 : at + 2] != [f"{BUILT_IN_DISPLAY}"]:
            return await call.fail(f"Invalid display id: {' '.join(words[at + 1 : at + 2])}")
        del words[at : at + 2]
    names = [word for word in words if not word.startswith("-")]
    if not names and "-p" not in call.arguments:
        return await call.unmodelled("screencap: raw pixels are not modelled")
    picture = call.phone.screenshot()
    if not names:
        await call.out.write(picture)
        return 0
    try:
        call.phone.files.writable(call.path(names[0]), call.user).write_bytes(picture)
    except OSError as error:
        return await call.fail(f"Error opening file: {names[0]} ({error.strerror})")
    return 0


async def uiautomator(call: Call) -> int:
    """`uiautomator dump [--compressed] [FILE]`; while the UiAutomator2 server runs there is no second connection."""
    if call.arguments[:1] != ("dump",):
        return await call.unmodelled("Usage: uiautomator <subcommand> [options]")
    if call.phone.instrumentation.running:
        return await call.fail("ERROR: could not get idle state.\nKilled", 137)
    shown = call.phone.shown()
    text = dumped(hierarchy(shown, call.phone.display.arrange(shown)), call.phone.rotation)
    names = [word for word in call.arguments[1:] if not word.startswith("--")]
    path = names[0] if names else DUMP
    if path == "/dev/tty":
        return await call.say(f"{text}UI hierchary dumped to: /dev/tty\n")
    try:
        call.phone.files.writable(call.path(path), call.user).write_text(text)
    except OSError as error:
        return await call.fail(f"java.io.FileNotFoundException: {path}: open failed: {error.strerror}")
    return await call.say(f"UI hierchary dumped to: {path}\n")


async def monkey(call: Call) -> int:
    """`monkey -p PACKAGE [-c CATEGORY] 1`: starts the launcher activity, which is what scripts use it for."""
    words = list(call.arguments)
    package, count = "", ""
    while words:
        word = words.pop(0)
        if word in ("-p", "-c", "-s", "--throttle") and words:
            value = words.pop(0)
            package = value if word == "-p" else package
        elif word.isdigit():
            count = word
        elif not word.startswith("-v"):
            return await call.unmodelled(f"** Error: Unknown option: {word}")
    if not package or count != "1":
        return await call.unmodelled("** Error: only one event for one package is modelled")
    try:
        await call.phone.activities.start(Intent(action=MAIN, package=package))
    except (NoSuchActivity, NotResolved):
        await call.say("** No activities found to run, monkey aborted.\n")
        return 252
    head = f"  bash arg: -p\n  bash arg: {package}\n  bash arg: 1\n"
    return await call.say(
        f"{head}Events injected: 1\n## Network stats: elapsed time=5ms (0ms mobile, 0ms wifi, 5ms not connected)\n"
    )


async def wm(call: Call) -> int:  # noqa: PLR0911 -- one row of a table each
    phone = call.phone
    width, height = phone.surface.natural
    match call.arguments:
        case ("size",):
            return await call.say(f"Physical size: {width}x{height}\n")
        case ("density",):
            return await call.say(f"Physical density: {phone.density}\n")
        case ("size" | "density", "reset"):
            return 0
        case ("dismiss-keyguard",):
            phone.surface.keyguard.wake()
            phone.surface.keyguard.dismiss()
            return 0
        case ("user-rotation",) | ("user-rotation", "free"):
            return await call.say("free\n" if len(call.arguments) == 1 else "")
        case ("user-rotation", "lock", quarter) | ("set-user-rotation", "lock", quarter) if quarter.isdigit():
            phone.rotate(int(quarter))
            return 0
    return await call.unmodelled(f"Unknown command: {' '.join(call.arguments)}", 255)


async def statusbar(call: Call) -> int:
    """`cmd statusbar` (AOSP StatusBarShellCommand)."""
    match call.arguments:
        case ("expand-notifications",):
            call.phone.surface.shade.expand()
        case ("collapse",):
            call.phone.surface.shade.collapse()
        case _:
            return await call.unmodelled(f"Unknown command: {' '.join(call.arguments[:1])}", 255)
    return 0
