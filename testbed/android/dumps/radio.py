"""`dumpsys` of connectivity, wifi, location, alarm, battery, deviceidle, notification, telephony.registry."""

from testbed.android.shell.call import Call

DEEP_STATES = ("ACTIVE", "IDLE_PENDING", "SENSING", "LOCATING", "IDLE", "IDLE_MAINTENANCE")
DOCK_SINCE = 33
"""Android 13 knows chargers in docks."""


async def connectivity(call: Call) -> int:
    """The network in use, and the proxy that apps are told of (ConnectivityService.dump); no part of it alone."""
    if call.arguments:
        return await call.unmodelled(f"Unknown command: {' '.join(call.arguments)}", 0)
    phone = call.phone
    active = phone.radios.active
    proxy = phone.settings.proxy()
    said = f"[{proxy[0]}] {proxy[1]}" if proxy else "null"
    if active is None:
        return await call.say(
            f"NetworkProviders for:\n\nActive default network: none\nCurrent Networks:\nHttpProxy: {said}\n"
        )
    number, transport = (101, "WIFI") if active == "WIFI" else (100, "CELLULAR")
    kind = f"{active}[] - CONNECTED" if phone.api >= 29 else f"{active}[], state: CONNECTED/CONNECTED"  # noqa: PLR2004 -- NetworkInfo's brief form since 10
    rows = (
        f"  NetworkAgentInfo{{network{{{number}}}  handle{{{number << 32}}}  ni{{{kind}}} "
        f"nc{{[ Transports: {transport} Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&VALIDATED ]}} "
        f"lp{{{{HttpProxy: {said}}}}}  }}\n"
    )
    return await call.say(f"NetworkProviders for:\n\nActive default network: {number}\nCurrent Networks:\n{rows}")


async def wifi(call: Call) -> int:
    on = call.phone.radios.is_on("wifi_on")
    return await call.say(f"Wi-Fi is {'enabled' if on else 'disabled'}\n")


async def location(call: Call) -> int:
    return await call.say(f"Location Manager State:\n  gps provider:\n    last location={call.phone.location}\n")


async def battery(call: Call) -> int:
    """`dumpsys battery [set FIELD VALUE|unplug|reset]` (BatteryService)."""
    state = call.phone.power
    match call.arguments:
        case ("set", "level" | "status" | "temp" | "ac" | "usb" | "present" as name, value, *_) if value.isdigit():
            state.frozen = True
            field = {"temp": "temperature"}.get(name, name)
            setattr(state, field, bool(int(value)) if name in ("ac", "usb", "present") else int(value))
            return 0
        case ("unplug", *_):
            state.frozen, state.usb = True, False
            state.plug(ac=False)
            return 0
        case ("reset", *_):
            state.reset()
            return 0
        case ():
            return await call.say(_battery(call))
    return await call.unmodelled("Unknown command: " + " ".join(call.arguments), 255)


def _battery(call: Call) -> str:
    """AOSP services/core/java/com/android/server/BatteryService.java, dumpInternal."""
    state = call.phone.power
    dock = "  Dock powered: false\n" if call.phone.api >= DOCK_SINCE else ""
    stopped = "  (UPDATES STOPPED -- use 'reset' to restart)\n" if state.frozen else ""
    return (
        f"Current Battery Service state:\n{stopped}  AC powered: {str(state.ac).lower()}\n"
        f"  USB powered: {str(state.usb).lower()}\n"
        f"  Wireless powered: false\n{dock}"
        "  Max charging current: 0\n  Max charging voltage: 0\n  Charge counter: 10000\n"
        f"  status: {state.status}\n  health: {state.health}\n"
        f"  present: {str(state.present).lower()}\n  level: {state.level}\n"
        f"  scale: 100\n  voltage: 5000\n  temperature: {state.temperature}\n  technology: Li-ion\n"
    )


async def deviceidle(call: Call) -> int:  # noqa: PLR0911 -- one row of a table each
    """DeviceIdleController.Shell: the exemption list, and stepping into Doze."""
    phone = call.phone
    match call.arguments:
        case ("whitelist" | "except-idle-whitelist",):
            return await call.say("".join(f"user,{name},{_uid(call, name)}\n" for name in sorted(phone.idle_exempt)))
        case ("whitelist", *changes) if all(change[:1] in "+-" for change in changes):
            for change in changes:
                await _exempt(call, change)
            return 0
        case ("force-idle", *_):
            phone.idle_state = "IDLE"
            return await call.say("Now forced in to deep idle mode\n")
        case ("unforce",):
            phone.idle_state = "ACTIVE"
            return await call.say("Light state: ACTIVE, deep state: ACTIVE\n")
        case ("step",) | ("step", "deep"):
            at = DEEP_STATES.index(phone.idle_state)
            phone.idle_state = DEEP_STATES[(at + 1) % len(DEEP_STATES)]
            return await call.say(f"Stepped to deep: {phone.idle_state}\n")
        case ("get", "light" | "deep" | "force" | "screen" | "charging" | "network" as fact):
            return await call.say(f"{_idle_facts(call)[fact]}\n")
        case ():
            return await call.say(f"  Settings:\n  mState={phone.idle_state}\n")
    return await call.unmodelled("Unknown command", 255)


def _idle_facts(call: Call) -> dict[str, str]:
    """What `get` tells (DeviceIdleController.Shell)."""
    phone = call.phone
    truths = {
        "force": phone.idle_state == "IDLE",
        "screen": phone.surface.keyguard.awake,
        "charging": phone.power.ac or phone.power.usb,
        "network": phone.radios.active is not None,
    }
    light = "ACTIVE" if phone.idle_state == "ACTIVE" else "OVERRIDE"
    return {"deep": phone.idle_state, "light": light} | {name: str(one).lower() for name, one in truths.items()}


async def _exempt(call: Call, change: str) -> None:
    name = change[1:]
    if name not in call.phone.packages.packages:
        await call.say(f"Unknown package: {name}\n")
    elif change[0] == "+":
        call.phone.idle_exempt.add(name)
        await call.say(f"Added: {name}\n")
    else:
        call.phone.idle_exempt.discard(name)
        await call.say(f"Removed: {name}\n")


def _uid(call: Call, name: str) -> int:
    found = call.phone.packages.packages.get(name)
    return found.uid if found else 0


async def notification(call: Call) -> int:
    rows = [
        f"    NotificationRecord(0x{id(one) & 0xFFFFFFF:08x}: pkg={one.package} user=UserHandle{{0}} id={one.number} "
        f"tag={one.tag or 'null'} key={one.key})\n"
        f"      android.title=String ({one.title})\n      android.text=String ({one.text})\n"
        for one in call.phone.surface.shade.posted
    ]
    return await call.say("Current Notification Manager state:\n  Notification List:\n" + "".join(rows))


async def alarm(call: Call) -> int:
    now = round(call.phone.clock.now() * 1000)
    return await call.say(f"Current Alarm Manager state:\n  nowRTC={now}={now} nowELAPSED=0\n  Pending alarms: 0\n")


async def thermal(call: Call) -> int:
    """Nothing of this phone gets warm, as on an emulator (ThermalManagerService.dump)."""
    return await call.say("IsStatusOverride: false\nThermal Status: 0\n")


async def telephony(call: Call) -> int:
    on = call.phone.radios.active == "MOBILE"
    return await call.say(
        f"last known state:\n  Phone Id=0\n    mCallState=0\n    mDataConnectionState={2 if on else 0}\n"
    )
