"""`dumpsys SERVICE`: what each service says of itself, in the words that tools look for."""

from testbed.android.dumps import activity, package, radio, resources, window
from testbed.android.shell.call import Call, Tool


async def dumpsys(call: Call) -> int:
    """The service's own answer; an unknown one is named on stderr, and the code is 0 all the same (dumpsys.cpp)."""
    words = call.arguments
    while words and words[0].startswith("-"):
        if words[0] == "-l":
            return await call.say("Currently running services:\n" + "".join(f"  {name}\n" for name in names()))
        words = words[2:] if words[0] in ("-t", "-T") else words[1:]
    if words[:1] == ("activity",) and len(words) > 1 and " ".join(words[:2]) not in SERVICES:
        said = f"Bad activity command, or no activities match: {words[1]}\nUse -h for help."
        return await call.unmodelled(said, 0)  # ActivityManagerService.dump
    service = SERVICES.get(" ".join(words[:2])) or SERVICES.get(words[0]) if words else None
    if service is None:
        return await call.unmodelled(f"Can't find service: {' '.join(words[:1])}", 0)
    return await service(call.with_words(*words))


def names() -> list[str]:
    return sorted({name.split()[0] for name in SERVICES})


SERVICES: dict[str, Tool] = {
    "SurfaceFlinger": window.surface_flinger,
    "activity": activity.activities,
    "activity activities": activity.activities,
    "activity a": activity.activities,
    "activity exit-info": activity.exit_info,
    "activity processes": activity.processes,
    "activity p": activity.processes,
    "activity recents": activity.recents,
    "activity services": activity.services,
    "activity top": activity.top,
    "alarm": radio.alarm,
    "battery": radio.battery,
    "connectivity": radio.connectivity,
    "cpuinfo": resources.cpuinfo,
    "deviceidle": radio.deviceidle,
    "display": window.display,
    "gfxinfo": resources.gfxinfo,
    "input": window.input_devices,
    "input_method": window.input_method,
    "location": radio.location,
    "meminfo": resources.meminfo,
    "notification": radio.notification,
    "package": package.package,
    "power": window.power,
    "telephony.registry": radio.telephony,
    "thermalservice": radio.thermal,
    "wifi": radio.wifi,
    "window": window.window,
}
