"""`am` (AOSP ActivityManagerShellCommand)."""

import os
import time

from testbed.android import intent as intents
from testbed.android.activities import Ambiguous, NoSuchActivity, NotResolved, Started
from testbed.android.faults import Fault
from testbed.android.intent import Intent, IntentError, short
from testbed.android.played import PROTECTED, SERVER, SERVER_TEST, SETTINGS_APP, broadcast
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
        await call.phone.surface.recents.close()
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
    except (Ambiguous, NoSuchActivity, NotResolved):
        return (wanted.component or wanted.package or "").partition("/")[0]


async def _report(call: Call, started: Started, began: float) -> int:
    """Waits for the first frame; what was in front already has nothing to wait for."""
    launch = started.launch
    on_time = True if launch is None else await call.phone.activities.wait(launch)
    state = LaunchState.UNKNOWN if launch is None else launch.state
    total = 0 if launch is None else launch.total
    if Fault.LAUNCH_STATE_LIES in call.phone.faults:
        state = LaunchState.COLD
    if Fault.STALE_TOTAL_TIME in call.phone.faults and total is not None:
        total = call.phone.lies.total = call.phone.lies.total or total
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


async def _kill_all(call: Call) -> int:
    """Every process that is not in front."""
    front = call.phone.activities.stack.front.name
    for process in call.phone.processes.all():
        if process.child is not None and process.name != front:
            await call.phone.processes.kill(process.name)
    return 0


async def _stack(call: Call) -> int:
    rows = [
        f"Stack id={task.number} bounds=[0,0][{call.phone.size[0]},{call.phone.size[1]}] displayId=0 userId=0\n"
        f"  taskId={task.number}: {task.name}/{task.activity} "
        f"visible={str(task is call.phone.activities.stack.front).lower()}\n"
        for task in call.phone.activities.stack.all()
    ]
    return (
        await call.say("".join(rows))
        if call.arguments == ("list",)
        else await call.unmodelled("Error: unknown command")
    )


async def _current_user(call: Call) -> int:
    return await call.say("0\n")


async def _trim_memory(call: Call) -> int:
    """Only a running process can be asked to take less."""
    if len(call.arguments) != 2:  # noqa: PLR2004 -- a process and a level
        return await call.fail("Error: Process name or pid expected", 255)
    if call.phone.processes.get(call.arguments[0]) is None:
        return await call.fail(
            f"Exception occurred while executing 'send-trim-memory':\nUnknown process: {call.arguments[0]}", 255
        )
    return 0


async def _crash(call: Call) -> int:
    """The app dies of an exception that the shell throws into it."""
    name = _last(call)
    process = call.phone.processes.get(name)
    if process is None:
        return await call.fail(f"Error: no process {name}", 255)
    error = "android.app.RemoteServiceException$CrashedByAdbException: shell-induced crash"
    message = f"FATAL EXCEPTION: main\nProcess: {name}, PID: {process.pid}\n{error}"
    call.phone.log.write("E", "AndroidRuntime", message, pid=process.pid, buffer="crash")
    await call.phone.processes.kill(name)
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
    if request.intent.action in PROTECTED and not call.user.is_root:
        refusal = f"not allowed to send broadcast {request.intent.action} from pid={os.getpid()}, uid={call.user.uid}"
        return await call.fail(
            "\nException occurred while executing 'broadcast':\n"
            f"java.lang.SecurityException: Permission Denial: {refusal}",
            255,
        )
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


async def _service(call: Call) -> int:
    """No app here has services of its own; those of Appium's settings app are not modelled."""
    try:
        request = intents.parse(call.arguments)
    except IntentError as error:
        return await call.unmodelled(str(error), 255)
    if (request.intent.component or "").startswith(f"{SETTINGS_APP}/"):
        return await call.unmodelled("Error: Not found; no service started.", 255)
    if call.name.startswith("stop"):
        await call.say(f"Stopping service: {request.intent}\n")
        return await call.fail("Service not stopped: was not running.", 255)
    await call.say(f"Starting service: {request.intent}\n")
    return await call.fail("Error: Not found; no service started.", 255)


ACTIONS: dict[str, Tool] = {
    "broadcast": _broadcast,
    "crash": _crash,
    "get-current-user": _current_user,
    "kill-all": _kill_all,
    "send-trim-memory": _trim_memory,
    "stack": _stack,
    "force-stop": _force_stop,
    "instrument": _instrument,
    "kill": _kill,
    "start": _start,
    "start-activity": _start,
    "start-foreground-service": _service,
    "start-service": _service,
    "startservice": _service,
    "stop-service": _service,
    "stopservice": _service,
}
