"""Small tools around the system: properties, clock, processes, identity, screen, run-as."""

import fnmatch
import re
import time
from datetime import UTC, datetime

from testbed.android.shell.call import Call, Tool
from testbed.android.shell.interpreter import run_line, run_words

SET_FORM = re.compile(
    r"(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<year>\d{4}|\d\d)?(?:\.(?P<second>\d\d))?"
)
CENTURY = 2000


async def getprop(call: Call) -> int:
    properties = call.phone.properties
    if not call.arguments:
        return await call.say("".join(f"[{name}]: [{value}]\n" for name, value in sorted(properties.values.items())))
    default = call.arguments[1] if len(call.arguments) > 1 else ""
    return await call.say(f"{properties.get(call.arguments[0]) or default}\n")


async def setprop(call: Call) -> int:
    if len(call.arguments) != 2:  # noqa: PLR2004 -- a name and a value
        return await call.fail("usage: setprop NAME VALUE")
    name, value = call.arguments
    if call.phone.properties.set(name, value, call.user):
        return 0
    return await call.fail(f"Failed to set property '{name}' to '{value}'.\nSee dmesg for error reason.")


async def date(call: Call) -> int:
    """toybox date: shows, or sets the clock, which is root's affair."""
    words = [word for word in call.arguments if word != "-u"]
    now = call.phone.clock.now()
    if not words:
        return await call.say(time.strftime("%a %b %e %H:%M:%S UTC %Y\n", time.gmtime(now)))
    if words[0].startswith("+"):
        return await call.say(_formatted(words[0][1:], now) + "\n")
    wanted = _instant(words[0], now)
    if wanted is None:
        return await call.fail(f"date: bad date '{words[0]}'")
    if not call.user.is_root:
        await call.fail("date: cannot set date: Operation not permitted")
        return 1
    call.phone.clock.set(wanted)
    return await call.say(time.strftime("%a %b %e %H:%M:%S UTC %Y\n", time.gmtime(wanted)))


def _formatted(form: str, now: float) -> str:
    """strftime in UTC, the phone's zone, with toybox's %N."""
    form = form.replace("%N", f"{int(now % 1 * 1e9):09}").replace("%s", str(int(now)))
    return time.strftime(form.replace("%z", "+0000").replace("%Z", "UTC"), time.gmtime(now))


def _instant(word: str, now: float) -> float | None:
    """`MMDDhhmm[[CC]YY][.ss]` or `@SECONDS`."""
    if word.startswith("@") and word[1:].replace(".", "", 1).isdigit():
        return float(word[1:])
    found = SET_FORM.fullmatch(word)
    if found is None:
        return None
    year = int(found["year"]) if found["year"] else time.gmtime(now).tm_year
    year += CENTURY if year < 100 else 0  # noqa: PLR2004 -- two digits
    month, day, hour, minute = (int(found[name]) for name in ("month", "day", "hour", "minute"))
    try:
        return datetime(year, month, day, hour, minute, int(found["second"] or 0), tzinfo=UTC).timestamp()
    except ValueError:
        return None


async def whoami(call: Call) -> int:
    return await call.say(f"{call.user.name}\n")


async def identity(call: Call) -> int:
    user = call.user
    if "-u" in call.arguments:
        return await call.say(f"{user.uid}\n")
    return await call.say(f"uid={user.uid}({user.name}) gid={user.uid}({user.name}) groups={user.uid}({user.name})\n")


async def ps(call: Call) -> int:
    if call.arguments == ("--help",):
        return await call.say(
            "usage: ps [-AadefLlnwZ] [-gG GROUP,] [-k FIELD,] [-o FIELD,] [-p PID,] [-t TTY,] [-uU USER,]\n\n-A\tAll\n"
        )
    if call.arguments not in (("-A",), ("-ef",), ("-e",), ()):
        return await call.unmodelled(f"ps: Unknown option '{' '.join(call.arguments)}'")
    rows = ["USER            PID   PPID        VSZ    RSS WCHAN            ADDR S NAME"]
    if call.arguments:
        rows += [
            f"{one.package.user.name:12} {one.pid:7} {1:6} {0:10} {0:6} {0:<16} {0:4} S {one.name}"
            for one in call.phone.processes.all()
        ]
    return await call.say("".join(f"{row}\n" for row in rows))


async def pidof(call: Call) -> int:
    found = [call.phone.processes.get(name) for name in call.arguments]
    pids = [str(one.pid) for one in found if one is not None]
    return await call.say(" ".join(pids) + "\n") if pids else 1


async def pgrep(call: Call) -> int:
    """`pgrep [-f] PATTERN` over process names."""
    words = [word for word in call.arguments if word not in ("-f", "-x")]
    if words == ["--help"]:
        return await call.say("usage: pgrep [-aclfnovx] [-d DELIM] [-L SIGNAL] [PATTERN]\n")
    if len(words) != 1 or words[0].startswith("-"):
        return await call.unmodelled("pgrep: bad option")
    pids = [str(one.pid) for one in call.phone.processes.all() if re.search(words[0], one.name)]
    return await call.say("".join(f"{pid}\n" for pid in pids)) if pids else 1


async def kill(call: Call) -> int:
    """By pid, of an app; the shell may not, root may."""
    pids = [word for word in call.arguments if word.isdigit()]
    for pid in pids:
        found = next((one for one in call.phone.processes.all() if str(one.pid) == pid), None)
        if found is None:
            return await call.fail(f"/system/bin/sh: kill: {pid}: No such process")
        if not (call.user.is_root or call.user == found.package.user):
            return await call.fail(f"/system/bin/sh: kill: {pid}: Operation not permitted")
        await call.phone.processes.kill(found.name)
    return 0 if pids else 1


async def run_as(call: Call) -> int:
    """Runs a tool as a debuggable package's own user, in its data folder (AOSP run-as.cpp)."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    if len(call.arguments) == 0:
        return await call.fail("run-as: usage: run-as <package-name> [--user <uid>] <command> [<args>]")
    name, *words = call.arguments
    found = call.phone.packages.packages.get(name)
    if found is None:
        return await call.fail(f"run-as: unknown package: {name}")
    if not found.manifest.debuggable:
        return await call.fail(f"run-as: package not debuggable: {name}")
    state = type(call.state)(cwd=f"/data/data/{name}", env=dict(call.state.env))
    inside = type(call)(call.phone, tuple(words) or ("sh",), found.user, state, call.source, call.out, call.err)
    if inside.name not in TOOLS:
        return await call.unmodelled(f"run-as: exec failed for {inside.name}: No such file or directory")
    return await run_words(inside, TOOLS)


async def sh(call: Call) -> int:
    """`sh -c LINE`, or lines from stdin."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    match call.arguments:
        case ("-c", line, *_):
            return await run_line(call, line, TOOLS)
        case ():
            return await run_line(call, (await call.input()).decode("utf-8", "surrogateescape"), TOOLS)
    return await call.unmodelled("/system/bin/sh: unknown option")


async def run(call: Call) -> int:
    """`exec TOOL …`: the shell becomes the tool."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    if not call.arguments:
        return 0
    status = await run_words(call.with_words(*call.arguments), TOOLS)
    call.state.exited = True
    return status


async def remount(call: Call) -> int:
    if not call.user.is_root:
        return await call.fail('Not running as root. Try "adb root" first.', 1)
    call.phone.files.remounted = True
    return await call.say("remount succeeded\n")


async def wm(call: Call) -> int:
    width, height = call.phone.size
    match call.arguments:
        case ("size",):
            return await call.say(f"Physical size: {width}x{height}\n")
        case ("density",):
            return await call.say(f"Physical density: {call.phone.density}\n")
        case ("dismiss-keyguard",):
            return 0
    return await call.unmodelled(f"Unknown command: {' '.join(call.arguments)}", 255)


async def screencap(call: Call) -> int:
    """PNG to stdout, or to a file."""
    names = [word for word in call.arguments if not word.startswith("-")]
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


async def which(call: Call) -> int:
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    found = [name for name in call.arguments if fnmatch.filter(TOOLS, name)]
    return await call.say("".join(f"/system/bin/{name}\n" for name in found)) if found else 1


async def reboot(call: Call) -> int:
    if not (call.user.is_root or call.user.package is None):
        return await call.fail("reboot: Operation not permitted")
    await call.phone.reboot()
    return 0


TOOLS: tuple[tuple[str, Tool], ...] = (
    ("date", date),
    ("exec", run),
    ("getprop", getprop),
    ("id", identity),
    ("kill", kill),
    ("pgrep", pgrep),
    ("pidof", pidof),
    ("ps", ps),
    ("reboot", reboot),
    ("remount", remount),
    ("run-as", run_as),
    ("screencap", screencap),
    ("setprop", setprop),
    ("sh", sh),
    ("which", which),
    ("whoami", whoami),
    ("wm", wm),
)
