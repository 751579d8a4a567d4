"""`cmd SERVICE …` and the older tools that are only other names for it."""

from collections.abc import Awaitable, Callable

from testbed.android.commands.am import am
from testbed.android.commands.dumpsys import SERVICES as DUMPED
from testbed.android.commands.locksettings import locksettings
from testbed.android.commands.looking import statusbar, wm
from testbed.android.commands.pm import pm
from testbed.android.commands.system import set_clock
from testbed.android.faults import Fault
from testbed.android.settings import DEFAULT_IME
from testbed.android.shell.call import Call, Tool

NO_SERVICE = 20
"""frameworks/native/cmds/cmd: the service was not found."""


async def cmd(call: Call) -> int:
    words = call.arguments[1:] if call.arguments[:1] == ("-w",) else call.arguments
    if words == ("-l",):
        return await call.say("Currently running services:\n" + "".join(f"  {name}\n" for name in sorted(SERVICES)))
    service = SERVICES.get(words[0]) if words else None
    if service is None:
        return await call.unmodelled(f"cmd: Can't find service: {' '.join(words[:1])}", NO_SERVICE)
    return await service(call.with_words(*words))


def _switch(setting: str, on: str, off: str) -> Callable[[Call], Awaitable[int]]:
    """A service command whose last word switches a radio."""

    async def tool(call: Call) -> int:
        word = call.arguments[-1]
        if word not in (on, off):
            return await call.unmodelled(f"Unknown argument: {word}", 255)
        call.phone.radios.switch(setting, on=word == on)
        return 0

    return tool


async def connectivity(call: Call) -> int:
    match call.arguments:
        case ("airplane-mode",):
            is_on = call.phone.radios.is_on("airplane_mode_on")
            return await call.say("enabled\n" if is_on else "disabled\n")
        case ("airplane-mode", "enable" | "disable"):
            return await _switch("airplane_mode_on", "enable", "disable")(call)
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def wifi(call: Call) -> int:
    match call.arguments:
        case ("set-wifi-enabled", "enabled" | "disabled"):
            return await _switch("wifi_on", "enabled", "disabled")(call)
        case ("status",):
            on = call.phone.radios.is_on("wifi_on")
            link = 'Wifi is connected to "AndroidWifi"\n' if call.phone.radios.active == "WIFI" else ""
            return await call.say(
                f"Wifi is {'enabled' if on else 'disabled'}\n"
                f"Wifi scanning is only available when wifi is enabled\n{link}"
            )
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def battery(call: Call) -> int:
    return await DUMPED["battery"](call)


async def thermal(call: Call) -> int:
    """`cmd thermalservice override-status N`: nothing here throttles, so only reset is honest."""
    if call.arguments == ("reset",):
        return 0
    return await call.unmodelled(f"Unknown command: {' '.join(call.arguments[:1])}", 255)


async def uimode(call: Call) -> int:
    match call.arguments:
        case ("night",):
            return await call.say(f"Night mode: {call.phone.settings.get('secure', 'ui_night_mode') or 'no'}\n")
        case ("night", "yes" | "no" | "auto" as mode):
            call.phone.settings.put("secure", "ui_night_mode", mode)
            return await call.say(f"Night mode: {mode}\n")
    return await call.unmodelled(f"Unknown command: {' '.join(call.arguments[:1])}", 255)


async def bluetooth(call: Call) -> int:
    match call.arguments:
        case ("enable" | "disable" as verb,):
            call.phone.settings.put("global", "bluetooth_on", "1" if verb == "enable" else "0")
            return 0
    return await call.unmodelled(f"Unknown command: {' '.join(call.arguments[:1])}", 255)


async def phone(call: Call) -> int:
    if call.arguments[:1] == ("data",):
        return await _switch("mobile_data", "enable", "disable")(call)
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def svc(call: Call) -> int:  # noqa: PLR0911 -- one row of a table each
    match call.arguments:
        case ("wifi", "enable" | "disable"):
            return await _switch("wifi_on", "enable", "disable")(call)
        case ("data", "enable" | "disable"):
            return await _switch("mobile_data", "enable", "disable")(call)
        case ("power", "stayon", "true" | "false" | "usb" | "ac" as mode):
            call.phone.settings.put("global", "stay_on_while_plugged_in", "0" if mode == "false" else "7")
            return 0
        case ("power", "reboot", *_):
            await call.phone.reboot()
            return 0
        case ("power", "shutdown"):
            call.phone.power_off()
            return 0
        case ("nfc" | "bluetooth", "enable" | "disable"):
            call.phone.settings.put("global", f"{call.arguments[0]}_on", "1" if call.arguments[1] == "enable" else "0")
            return 0
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments))


async def alarm(call: Call) -> int:
    match call.arguments:
        case ("set-time", millis) if millis.isdigit():
            if not call.user.is_root:
                return await call.fail(
                    "java.lang.SecurityException: Neither user 2000 nor current process has "
                    "android.permission.SET_TIME.",
                    255,
                )
            set_clock(call, int(millis) / 1000)
            return 0
        case ("set-timezone", zone):
            if not call.user.is_root:
                return await call.fail("java.lang.SecurityException: Requires SET_TIME_ZONE permission", 255)
            call.phone.properties.values["persist.sys.timezone"] = zone
            return 0
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def notification(call: Call) -> int:
    match call.arguments:
        case ("allow_listener" | "disallow_listener", component) if _is_there(call, component):
            return 0
        case ("post", *words) if len(words) >= 2:  # noqa: PLR2004 -- a tag and a text
            return await _post(call, list(words))
        case ("list",):
            return await call.say("".join(f"{one.key}\n" for one in call.phone.surface.shade.posted))
        case ("set_dnd", "on" | "off" | "all" | "none" | "priority" | "alarms" as mode):
            call.phone.settings.put(
                "global", "zen_mode", {"off": "0", "all": "0", "none": "2", "alarms": "3"}.get(mode, "1")
            )
            return 0
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def _post(call: Call, words: list[str]) -> int:
    """`post [-t TITLE] [-S STYLE] TAG TEXT`, from the shell's own package."""
    given = {}
    while words and words[0].startswith("-"):
        name = words.pop(0)
        given[name] = words.pop(0) if words else ""
    tag, text = [*words, "", ""][:2]
    call.phone.surface.shade.post("com.android.shell", tag, given.get("-t", tag), text, call.phone.clock.now())
    return await call.say("posting:\n  Notification(channel=shell_cmd)\n")


async def appops(call: Call) -> int:
    match call.arguments:
        case ("set", package, operation, mode):
            if not _is_there(call, package):
                return await call.fail(f"Error: No UID for {package} in user 0", 255)
            call.phone.appops[package, operation] = mode
            return 0
        case ("get", package, operation):
            return await call.say(f"{operation}: {call.phone.appops.get((package, operation), 'default')}\n")
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


def _is_there(call: Call, component: str) -> bool:
    return component.partition("/")[0] in call.phone.packages.packages


def _follow(call: Call, space: str, name: str, value: str) -> None:
    """Settings that the system watches: rotation turns the screen. Radios do not follow theirs, as on a real phone."""
    if (space, name) == ("system", "user_rotation") and value.isdigit():
        call.phone.rotate(int(value))


async def settings(call: Call) -> int:
    words = _without_user(call.arguments)
    store = call.phone.settings
    match words:
        case ("get", "system" | "secure" | "global" as space, name):
            value = store.get(space, name)
            return await call.say(f"{'null' if value is None else value}\n")
        case ("put", "system" | "secure" | "global" as space, name, value, *_):
            if Fault.SETTINGS_IGNORED not in call.phone.faults:
                store.put(space, name, value)
                _follow(call, space, name, value)
            return 0
        case ("delete", "system" | "secure" | "global" as space, name):
            return await call.say(f"Deleted {1 if store.delete(space, name) else 0} rows\n")
        case ("list", "system" | "secure" | "global" as space):
            return await call.say("".join(f"{name}={value}\n" for name, value in sorted(store.spaces[space].items())))
    return await call.unmodelled(f"Invalid command: {' '.join(call.words)}", 255)


def _without_user(words: tuple[str, ...]) -> tuple[str, ...]:
    if "--user" in words:
        at = words.index("--user")
        return words[:at] + words[at + 2 :]
    return words


async def ime(call: Call) -> int:  # noqa: PLR0911 -- one row of a table each
    """`ime` (InputMethodManagerService): a keyboard must be enabled before it can be chosen."""
    store = call.phone.settings
    enabled = (store.get("secure", "enabled_input_methods") or "").split(":")
    match call.arguments:
        case ("reset",):
            store.put("secure", "enabled_input_methods", DEFAULT_IME)
            store.put("secure", "default_input_method", DEFAULT_IME)
            return await call.say(f"Reset current and enabled IMEs for user #0\n  Selected: {DEFAULT_IME}\n")
        case ("list", *flags):
            names = call.phone.input_methods() if "-a" in flags else enabled
            return await call.say(
                "".join(f"{name}\n" if "-s" in flags else f"{name}:\n  mId={name}\n" for name in names)
            )
        case ("enable" | "disable" | "set", name) if name not in call.phone.input_methods():
            return await call.fail(f"Unknown input method {name} cannot be {_done(call.arguments[0])} for user #0", 255)
        case ("enable", name):
            store.put("secure", "enabled_input_methods", ":".join([*(one for one in enabled if one != name), name]))
            return await call.say(
                f"Input method {name}: {'already' if name in enabled else 'now'} enabled for user #0\n"
            )
        case ("disable", name):
            store.put("secure", "enabled_input_methods", ":".join(one for one in enabled if one != name))
            return await call.say(f"Input method {name}: now disabled for user #0\n")
        case ("set", name) if name in enabled:
            store.put("secure", "default_input_method", name)
            return await call.say(f"Input method {name} selected for user #0\n")
        case ("set", name):
            return await call.fail(f"Unknown input method {name} cannot be selected for user #0", 255)
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


def _done(verb: str) -> str:
    return {"enable": "enabled", "disable": "disabled", "set": "selected"}[verb]


async def location(call: Call) -> int:
    store = call.phone.settings
    match call.arguments:
        case ("is-location-enabled",):
            return await call.say("false\n" if store.get("secure", "location_mode") == "0" else "true\n")
        case ("set-location-enabled", "true" | "false" as word):
            store.put("secure", "location_mode", "3" if word == "true" else "0")
            return 0
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


SERVICES: dict[str, Tool] = {
    "activity": am,
    "battery": battery,
    "bluetooth_manager": bluetooth,
    "statusbar": statusbar,
    "thermalservice": thermal,
    "uimode": uimode,
    "window": wm,
    "alarm": alarm,
    "appops": appops,
    "connectivity": connectivity,
    "deviceidle": DUMPED["deviceidle"],
    "location": location,
    "lock_settings": locksettings,
    "notification": notification,
    "package": pm,
    "phone": phone,
    "settings": settings,
    "wifi": wifi,
}
