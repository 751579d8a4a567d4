"""`dumpsys SERVICE`: what each service says of itself, in the words that tools look for."""

from testbed.android.intent import short
from testbed.android.packages.installed import Installed
from testbed.android.played import SETTINGS_APP
from testbed.android.shell.call import Call, Tool


async def dumpsys(call: Call) -> int:
    words = call.arguments
    service = SERVICES.get(" ".join(words[:2])) or SERVICES.get(words[0]) if words else None
    if service is None:
        return await call.unmodelled(f"Can't find service: {' '.join(words[:1])}", 0)
    return await service(call.with_words(*words))


async def _package(call: Call) -> int:
    name = call.arguments[0] if call.arguments else ""
    found = call.phone.packages.packages.get(name)
    if found is None:
        return await call.say(f"Unable to find package: {name}\n")
    return await call.say(_described(found))


def _described(found: Installed) -> str:
    facts = found.manifest
    flags = " ".join(
        [*(["SYSTEM"] if found.is_system else []), *(["DEBUGGABLE"] if facts.debuggable else []), "HAS_CODE"]
    )
    lines = ["Activity Resolver Table:"]
    if facts.launcher is not None:
        component = short(f"{found.name}/{facts.launcher.name}")
        lines += [
            "  Non-Data Actions:",
            "      android.intent.action.MAIN:",
            f"        {id(found):x} {component} filter {id(facts):x}",
            '          Action: "android.intent.action.MAIN"',
            '          Category: "android.intent.category.LAUNCHER"',
            "",
        ]
    lines += [
        "Packages:",
        f"  Package [{found.name}] ({id(found) & 0xFFFFFF:x}):",
        f"    userId={found.uid}",
        f"    codePath={found.path.rpartition('/')[0]}",
        f"    versionCode={facts.version_code} minSdk={facts.min_sdk} targetSdk={facts.target_sdk}",
        f"    versionName={facts.version_name}",
        f"    flags=[ {flags} ]",
        f"    dataDir=/data/user/0/{found.name}",
        "    requested permissions:",
        *(f"      {permission}" for permission in facts.permissions),
        "    install permissions:",
        *(f"      {one}: granted=true" for one in facts.permissions if one not in found.runtime_permissions()),
        "    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0",
        "      runtime permissions:",
        *(f"        {one}: granted={_word(one in found.granted)}, flags=[ ]" for one in found.runtime_permissions()),
    ]
    return "\n".join(lines) + "\n"


def _word(value: bool) -> str:  # noqa: FBT001 -- a formatter of truth values
    return "true" if value else "false"


async def _window(call: Call) -> int:
    front = call.phone.activities.stack.front
    return await call.say(
        "WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n"
        f"  mCurrentFocus=Window{{{id(front) & 0xFFFFFF:x} u0 {front.name}/{front.activity}}}\n"
        f"  mFocusedApp=ActivityRecord{{{id(front) & 0xFFFFFF:x} u0 {short(front.component)} t1}}\n"
        "    mDreamingLockscreen=false mShowingLockscreen=false\n    isStatusBarKeyguard=false\n"
        "    mScreenOnFully=true\n  showing=false\n"
    )


async def _power(call: Call) -> int:
    return await call.say("  mWakefulness=Awake\n  mHoldingDisplaySuspendBlocker=true\nDisplay Power: state=ON\n")


async def _activity_processes(call: Call) -> int:
    rows = "".join(
        f"  *APP* UID {one.package.uid} ProcessRecord"
        f"{{{id(one) & 0xFFFFFF:x} {one.pid}:{one.name}/{_short_uid(one.package)}}}\n"
        for one in call.phone.processes.all()
    )
    return await call.say("ACTIVITY MANAGER RUNNING PROCESSES (dumpsys activity processes)\n" + rows)


def _short_uid(package: Installed) -> str:
    return package.user.name.replace("_", "")


async def _activity_services(call: Call) -> int:
    """The settings app's foreground service runs while its process does; a screen recorder never does."""
    wanted = call.arguments[-1]
    runs = wanted == SETTINGS_APP and call.phone.processes.get(SETTINGS_APP) is not None
    if not runs:
        return await call.say("ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  (nothing)\n")
    return await call.say(
        "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  User 0 active services:\n"
        f"  * ServiceRecord{{5f3a u0 {SETTINGS_APP}/.ForegroundService}}\n    isForeground=true foregroundId=1\n"
    )


async def _activity_activities(call: Call) -> int:
    stack = call.phone.activities.stack
    rows = "".join(
        f"  * Hist  #0: ActivityRecord{{{id(one) & 0xFFFFFF:x} u0 {short(one.component)} t1}}\n" for one in stack.all()
    )
    front = stack.front
    record = f"ActivityRecord{{{id(front) & 0xFFFFFF:x} u0 {short(front.component)} t1}}"
    head = "ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)\n"
    return await call.say(f"{head}{rows}  topResumedActivity={record}\n  mResumedActivity: {record}\n")


async def _deviceidle(call: Call) -> int:
    match call.arguments:
        case ("whitelist",):
            return await call.say("".join(f"user,{name},0\n" for name in sorted(call.phone.idle_exempt)))
        case ("whitelist", change) if change.startswith("+"):
            name = change.removeprefix("+")
            if name not in call.phone.packages.packages:
                return await call.say(f"Unknown package: {name}\n")
            call.phone.idle_exempt.add(name)
            return await call.say(f"Added: {name}\n")
    return await call.unmodelled("Unknown command", 255)


async def _input_method(call: Call) -> int:
    """No keyboard of its own is drawn on this phone's screen."""
    current = call.phone.settings.get("secure", "default_input_method")
    return await call.say(f"  mCurMethodId={current}\n  mInputShown=false\n  mIsInputViewShown=false\n")


async def _battery(call: Call) -> int:
    battery = call.phone.battery
    level = round(battery.level * 100)
    return await call.say(
        "Current Battery Service state:\n  AC powered: true\n"
        f"  status: {battery.status}\n  level: {level}\n  scale: 100\n"
    )


SERVICES: dict[str, Tool] = {
    "activity activities": _activity_activities,
    "activity processes": _activity_processes,
    "activity services": _activity_services,
    "battery": _battery,
    "deviceidle": _deviceidle,
    "input_method": _input_method,
    "package": _package,
    "power": _power,
    "window": _window,
}
