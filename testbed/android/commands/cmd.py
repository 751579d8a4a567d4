"""`cmd SERVICE …` and the older tools that are only other names for it."""

from collections.abc import Awaitable, Callable

from testbed.android.commands.am import am
from testbed.android.commands.pm import pm
from testbed.android.shell.call import Call, Tool

NO_SERVICE = 20
"""frameworks/native/cmds/cmd: the service was not found."""


async def cmd(call: Call) -> int:
    words = call.arguments[1:] if call.arguments[:1] == ("-w",) else call.arguments
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
            state = "enabled" if call.phone.radios.is_on("wifi_on") else "disabled"
            return await call.say(f"Wifi is {state}\n")
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def phone(call: Call) -> int:
    if call.arguments[:1] == ("data",):
        return await _switch("mobile_data", "enable", "disable")(call)
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def svc(call: Call) -> int:
    match call.arguments:
        case ("wifi", "enable" | "disable"):
            return await _switch("wifi_on", "enable", "disable")(call)
        case ("data", "enable" | "disable"):
            return await _switch("mobile_data", "enable", "disable")(call)
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
            call.phone.clock.set(int(millis) / 1000)
            return 0
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


async def notification(call: Call) -> int:
    match call.arguments:
        case ("allow_listener" | "disallow_listener", component) if _is_there(call, component):
            return 0
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


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


async def settings(call: Call) -> int:
    words = _without_user(call.arguments)
    store = call.phone.settings
    match words:
        case ("get", "system" | "secure" | "global" as space, name):
            value = store.get(space, name)
            return await call.say(f"{'null' if value is None else value}\n")
        case ("put", "system" | "secure" | "global" as space, name, value, *_):
            store.put(space, name, value)
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


async def locksettings(call: Call) -> int:
    """No screen lock is set on this phone."""
    match call.arguments:
        case ("help",):
            return await call.say("lockSettings service commands:\n  get-disabled\n  verify\n")
        case ("get-disabled",):
            return await call.say("true\n")
        case ("verify", *_):
            return await call.say("Lock credential verified successfully\n")
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


SERVICES: dict[str, Tool] = {
    "activity": am,
    "alarm": alarm,
    "appops": appops,
    "connectivity": connectivity,
    "location": location,
    "lock_settings": locksettings,
    "notification": notification,
    "package": pm,
    "phone": phone,
    "settings": settings,
    "wifi": wifi,
}
