"""Small tools around the system: properties, clock, processes, identity, screen, run-as."""

import os
import re
import time
from dataclasses import replace
from datetime import UTC, datetime

from testbed.android import labels
from testbed.android.commands import options
from testbed.android.commands.dumpsys import names
from testbed.android.faults import Fault
from testbed.android.shell.call import Call, State, Tool
from testbed.android.shell.interpreter import run_line, run_words
from testbed.android.users import groups_of

SET_FORM = re.compile(
    r"(?P<month>\d\d)(?P<day>\d\d)(?P<hour>\d\d)(?P<minute>\d\d)(?P<year>\d{4}|\d\d)?(?:\.(?P<second>\d\d))?"
)
CENTURY = 2000


async def getprop(call: Call) -> int:
    properties = call.phone.properties
    if call.arguments[:1] and call.arguments[0].startswith("-"):
        return await call.unmodelled(f"getprop: Unknown option '{call.arguments[0][1:]}' (see \"getprop --help\")")
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
    set_clock(call, wanted)
    return await call.say(time.strftime("%a %b %e %H:%M:%S UTC %Y\n", time.gmtime(wanted)))


def set_clock(call: Call, wanted: float) -> None:
    """Unless this phone has a fault about it."""
    faults = call.phone.faults
    if Fault.DATE_IGNORED not in faults:
        call.phone.clock.set(wanted, apps=Fault.APP_CLOCK_STAYS not in faults)


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


async def uptime(call: Call) -> int:
    now = call.phone.clock.now()
    minutes = int(now - call.phone.booted_at) // 60
    clock = time.strftime("%H:%M:%S", time.gmtime(now))
    load = ", ".join(f"{one:.2f}" for one in os.getloadavg())
    return await call.say(f" {clock} up {minutes} min,  0 users,  load average: {load}\n")


UNAME = {
    "s": "Linux",
    "n": "localhost",
    "r": "5.15.41-android13-8",
    "v": "#1 SMP PREEMPT",
    "m": "x86_64",
    "o": "Toybox",
}
"""Of `uname`, in its order."""


async def uname(call: Call) -> int:
    asked = options.read(call, "asnrvmo").flags or {"s"}
    return await call.say(" ".join(word for letter, word in UNAME.items() if asked & {letter, "a"}) + "\n")


async def service(call: Call) -> int:
    """`service list|check NAME`: what servicemanager knows; `call` goes by numbers that differ from level to level."""
    match call.arguments:
        case ("list",):
            known = names()
            rows = [f"{n}\t{name}: [android.os.I{name.title().replace('_', '')}]" for n, name in enumerate(known)]
            return await call.say("\n".join([f"Found {len(known)} services:", *rows]) + "\n")
        case ("check", name):
            return await call.say(f"Service {name}: {'found' if name in names() else 'not found'}\n")
    return await call.unmodelled("service: Unknown command")


async def stop_or_start(call: Call) -> int:
    """The framework goes down or up: root's affair (AOSP toolbox start.cpp)."""
    if not call.user.is_root:
        return await call.fail("must be root")
    return await call.unmodelled(f"{call.name}: without a reboot that is not modelled")


async def getenforce(call: Call) -> int:
    return await call.say("Enforcing\n")


async def enforce(call: Call) -> int:
    """`setenforce`: root's affair, and not modelled for root."""
    if not call.user.is_root:
        return await call.fail("setenforce: Couldn't set enforcing status to '0': Permission denied")
    return await call.unmodelled("setenforce: this phone keeps enforcing")


async def whoami(call: Call) -> int:
    return await call.say(f"{call.user.name}\n")


async def identity(call: Call) -> int:
    """toybox id.c."""
    flags, user, own = options.read(call, "ugGnZ").flags, call.user, groups_of(call.user)
    if "Z" in flags:
        return await call.say(f"{labels.of_user(user)}\n")
    if "G" in flags:
        return await call.say(" ".join(name if "n" in flags else str(number) for number, name in own) + "\n")
    if flags & {"u", "g"}:
        return await call.say(f"{user.name if 'n' in flags else user.uid}\n")
    shown = ",".join(f"{number}({name})" for number, name in own)
    me = f"{user.uid}({user.name})"
    return await call.say(f"uid={me} gid={me} groups={shown} context={labels.of_user(user)}\n")


async def groups(call: Call) -> int:
    return await call.say(" ".join(name for _, name in groups_of(call.user)) + "\n")


async def screenrecord(call: Call) -> int:
    """There is no encoder here; a phone without one says so (AOSP frameworks/av/cmds/screenrecord/screenrecord.cpp)."""
    return await call.unmodelled("ERROR: unable to create video/avc codec instance")


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
    if call.phone.files.host("/data/data").joinpath(name).is_dir() is False:
        return await call.fail(f"run-as: couldn't stat /data/user/0/{name}: No such file or directory")
    state = State(cwd=f"/data/data/{name}", env=dict(call.state.env))
    if words[:1] == ["--user"]:
        words = words[2:]
    inside = Call(call.phone, tuple(words) or ("sh",), found.user, state, call.source, call.out, call.err)
    if inside.name not in TOOLS:
        return await call.unmodelled(f"run-as: exec failed for {inside.name}: No such file or directory")
    return await run_words(inside, TOOLS)


async def sh(call: Call) -> int:
    """`sh -c LINE`, or lines from stdin."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    match call.arguments:
        case ("-c", line, *words):
            inside = replace(call, state=replace(call.state, parameters=tuple(words[1:])))
            return await run_line(inside, line, TOOLS)
        case (name, *words) if not name.startswith("-"):
            try:
                text = call.phone.files.readable(call.path(name), call.user).read_text()
            except OSError as error:
                return await call.fail(f"/system/bin/sh: can't open {name}: {error.strerror}", 127)
            inside = replace(call, state=replace(call.state, parameters=tuple(words)))
            return await run_line(inside, text, TOOLS)
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


async def command(call: Call) -> int:
    """`command -v NAME` and `type NAME` tell where a tool is, `command NAME …` runs it (mksh)."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    words = call.arguments
    if call.name == "command" and words and not words[0].startswith("-"):
        return await run_words(call.with_words(*words), TOOLS)
    names = words[1:] if words[:1] == ("-v",) else words if call.name == "type" else ()
    if not names or any(name.startswith("-") for name in names):
        return await call.unmodelled(f"/system/bin/sh: {call.name}: only -v is modelled")
    status = 0
    for name in names:
        place = f"/system/bin/{name}" if name in TOOLS and not call.phone.image.lacks(name) else ""
        if call.name == "type":
            await call.say(f"{name} is {place}\n" if place else f"{name} not found\n")
        elif place:
            await call.say(f"{place}\n")
        status = status if place else 1
    return status


async def which(call: Call) -> int:
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    found = [name for name in call.arguments if name in TOOLS and not call.phone.image.lacks(name)]
    return await call.say("".join(f"/system/bin/{name}\n" for name in found)) if found else 1


async def reboot(call: Call) -> int:
    if call.arguments == ("-p",):
        call.phone.power_off()
        return 0
    if not (call.user.is_root or call.user.package is None):
        return await call.fail("reboot: Operation not permitted")
    await call.phone.reboot()
    return 0


TOOLS: tuple[tuple[str, Tool], ...] = (
    ("command", command),
    ("date", date),
    ("exec", run),
    ("getenforce", getenforce),
    ("service", service),
    ("setenforce", enforce),
    ("start", stop_or_start),
    ("stop", stop_or_start),
    ("uname", uname),
    ("uptime", uptime),
    ("getprop", getprop),
    ("groups", groups),
    ("id", identity),
    ("reboot", reboot),
    ("remount", remount),
    ("run-as", run_as),
    ("screenrecord", screenrecord),
    ("setprop", setprop),
    ("sh", sh),
    ("type", command),
    ("which", which),
    ("whoami", whoami),
)
