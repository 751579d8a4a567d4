"""`am` (AOSP ActivityManagerShellCommand)."""

import time

from testbed.android import intent as intents
from testbed.android.activities import NoSuchActivity, NotResolved, Started
from testbed.android.intent import Intent, IntentError, short
from testbed.android.played import SERVER, SERVER_TEST, broadcast
from testbed.android.shell.call import Call, Tool
from testbed.android.tasks import LaunchState


async def am(call: Call) -> int:
    action = ACTIONS.get(call.arguments[0]) if call.arguments else None
    if action is None:
        return await call.unmodelled(f"Unknown command: {' '.join(call.arguments[:1])}", 255)
    return await action(call.with_words(*call.arguments))


async def _start(call: Call) -> int:
    try:
        request = intents.parse(call.arguments)
    except IntentError as error:
        return await call.unmodelled(str(error), 255)
    began = time.monotonic()
    wanted = request.intent
    if intents.HOME_CATEGORY in wanted.categories:
        call.phone.activities.go_home()
        return await call.say(f"Starting: {wanted}\n")
    if request.stop:
        await call.say(f"Stopping: {_name(call, wanted)}\n")
    await call.say(f"Starting: {wanted}\n")
    # with -W complaints go to stdout, without it to stderr
    complain = call.out if request.wait else call.err
    try:
        started = await call.phone.activities.start(wanted, stop=request.stop)
    except NoSuchActivity as error:
        await complain.write(f"Error type 3\nError: Activity class {{{error}}} does not exist.\n".encode())
        return 0
    except NotResolved as error:
        await complain.write(f"Error: Activity not started, unable to resolve {error}\n".encode())
        return 0
    if started.warning:
        await complain.write(f"{started.warning}\n".encode())
    return await _report(call, started, began) if request.wait else 0


def _name(call: Call, wanted: Intent) -> str:
    try:
        return call.phone.activities.resolve(wanted)[0].name
    except (NoSuchActivity, NotResolved):
        return (wanted.component or wanted.package or "").partition("/")[0]


async def _report(call: Call, started: Started, began: float) -> int:
    """Waits for the first frame; what was in front already has nothing to wait for."""
    launch = started.launch
    on_time = True if launch is None else await call.phone.activities.wait(launch)
    state = LaunchState.UNKNOWN if launch is None else launch.state
    total = 0 if launch is None else launch.total
    lines = [
        f"Status: {'ok' if on_time else 'timeout'}",
        f"LaunchState: {state.value}",
        f"Activity: {short(started.component)}",
    ]
    lines += [] if total is None else [f"TotalTime: {total}"]
    lines += [f"WaitTime: {round((time.monotonic() - began) * 1000)}", "Complete"]
    return await call.say("".join(f"{line}\n" for line in lines))


async def _force_stop(call: Call) -> int:
    name = _last(call)
    if name in (SERVER, SERVER_TEST):
        call.phone.instrumentation.stop()
    await call.phone.activities.force_stop(name)
    return 0


async def _kill(call: Call) -> int:
    await call.phone.activities.kill_background(_last(call))
    return 0


def _last(call: Call) -> str:
    return call.arguments[-1] if call.arguments else ""


async def _broadcast(call: Call) -> int:
    try:
        request = intents.parse(call.arguments)
    except IntentError as error:
        return await call.unmodelled(str(error), 255)
    await call.say(f"Broadcasting: {request.intent}\n")
    result = broadcast(call.phone, request.intent)
    data = "" if result.data is None else f', data="{result.data}"'
    return await call.say(f"Broadcast completed: result={result.code}{data}\n")


async def _instrument(call: Call) -> int:
    component = _last(call)
    if "-w" not in call.arguments:
        return await call.unmodelled("am instrument without -w")
    if call.phone.instrumentation.knows(component):
        return await call.phone.instrumentation.run(call)
    found = call.phone.packages.packages.get(component.partition("/")[0])
    if found is not None and found.manifest.instrumentations:
        call.phone.unmodelled.note("shell", " ".join(call.words))
    return await call.say(
        f"INSTRUMENTATION_STATUS: Error=Unable to find instrumentation info for: ComponentInfo{{{component}}}\n"
        "INSTRUMENTATION_STATUS: id=ActivityManagerService\nINSTRUMENTATION_STATUS_CODE: -1\n"
        f"android.util.AndroidException: INSTRUMENTATION_FAILED: {component}\n"
    )


ACTIONS: dict[str, Tool] = {
    "broadcast": _broadcast,
    "force-stop": _force_stop,
    "instrument": _instrument,
    "kill": _kill,
    "start": _start,
    "start-activity": _start,
}
