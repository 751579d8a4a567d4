"""`dumpsys activity …` (AOSP ActivityManagerService.dump, ActivityTaskSupervisor)."""

from typing import TYPE_CHECKING

from testbed.android.faults import Fault
from testbed.android.intent import short
from testbed.android.played import SETTINGS_APP
from testbed.android.shell.call import Call
from testbed.android.tasks import Task

if TYPE_CHECKING:
    from testbed.android.packages.installed import Installed

TOP_RESUMED_SINCE = 30
"""Android 11 renamed mResumedActivity to topResumedActivity in the display's part of the dump."""


def record(task: Task) -> str:
    return f"ActivityRecord{{{id(task) & 0xFFFFFF:x} u0 {short(task.component)} t{task.number}}}"


def front(call: Call) -> Task:
    """The task in front; a phone whose focus lies goes on naming the first app it saw there."""
    stack = call.phone.activities.stack
    if Fault.FOCUS_LIES in call.phone.faults:
        lied = call.phone.lies.focus
        if lied is None and stack.front is not stack.home:
            lied = call.phone.lies.focus = stack.front
        return lied or stack.front
    return stack.front


async def processes(call: Call) -> int:
    wanted = call.arguments[-1] if len(call.arguments) > 1 else ""
    rows = "".join(
        f"  *APP* UID {one.package.uid} ProcessRecord"
        f"{{{id(one) & 0xFFFFFF:x} {one.pid}:{one.name}/{one.package.user.name.replace('_', '')}}}\n"
        for one in call.phone.processes.all()
        if not wanted or wanted.startswith("-") or wanted in one.name
    )
    return await call.say("ACTIVITY MANAGER RUNNING PROCESSES (dumpsys activity processes)\n" + rows)


async def services(call: Call) -> int:
    """The settings app's foreground service runs while its process does; a screen recorder never does."""
    wanted = call.arguments[-1]
    runs = wanted == SETTINGS_APP and call.phone.processes.get(SETTINGS_APP) is not None
    if not runs:
        return await call.say("ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  (nothing)\n")
    return await call.say(
        "ACTIVITY MANAGER SERVICES (dumpsys activity services)\n  User 0 active services:\n"
        f"  * ServiceRecord{{5f3a u0 {SETTINGS_APP}/.ForegroundService}}\n    isForeground=true foregroundId=1\n"
    )


async def activities(call: Call) -> int:
    """Its last part is KeyguardController's (AOSP services/core/java/com/android/server/wm/KeyguardController.java)."""
    shown = front(call)
    rows = "".join(
        f"    * Task{{{id(one) & 0xFFFFFF:x} #{one.number} A={one.package.uid}:{one.name}}}\n"
        f"      * Hist  #0: {record(one)}\n"
        for one in call.phone.activities.stack.all()
    )
    resumed = f"  topResumedActivity={record(shown)}\n" if call.phone.api >= TOP_RESUMED_SINCE else ""
    head = "ACTIVITY MANAGER ACTIVITIES (dumpsys activity activities)\nDisplay #0 (activities from top to bottom):\n"
    locked = str(call.phone.surface.keyguard.locked).lower()
    guard = (
        f"KeyguardController:\n  mKeyguardShowing={locked}\n  mAodShowing=false\n  mKeyguardGoingAway=false\n"
        "  Occluded=false DismissingKeyguardActivity=null at display=0\n  mDismissalRequested=false\n\n"
    )
    name = "ResumedActivity" if call.phone.api >= TOP_RESUMED_SINCE else "mResumedActivity"
    return await call.say(
        f"{head}{rows}{resumed}  {name}: {record(shown)}\n  mResumedActivity: {record(shown)}\n{guard}"
    )


async def recents(call: Call) -> int:
    stack = call.phone.activities.stack
    rows = [
        f"  * Recent #{n}: Task{{{id(one) & 0xFFFFFF:x} #{one.number} type=standard A={one.package.uid}:{one.name}}}\n"
        f"    realActivity={{{short(one.component)}}}\n"
        for n, one in enumerate(task for task in stack.all() if task is not stack.home)
    ]
    return await call.say("ACTIVITY MANAGER RECENT TASKS (dumpsys activity recents)\n" + "".join(rows))


async def top(call: Call) -> int:
    shown = front(call)
    process = call.phone.processes.get(shown.name)
    pid = process.pid if process else 0
    return await call.say(
        f"TASK {shown.name} id={shown.number} userId=0\n"
        f"  ACTIVITY {short(shown.component)} {id(shown) & 0xFFFFFF:x} pid={pid}\n"
    )


async def exit_info(call: Call) -> int:
    """Why processes died (Android 11+): what the log says of it."""
    wanted: Installed | None = call.phone.packages.packages.get(call.arguments[-1] if call.arguments else "")
    if wanted is None:
        return await call.unmodelled("exit-info: only of one package")
    lines = [r for r in call.phone.log.records() if r.tag == "ActivityManager" and wanted.name in r.message]
    rows = "".join(
        f"        ApplicationExitInfo #{n}:\n          description={r.message}\n"
        for n, r in enumerate(reversed(lines))
        if "Killing" in r.message or "has died" in r.message
    )
    return await call.say(
        f"ACTIVITY MANAGER PROCESS EXIT INFO (dumpsys activity exit-info)\n  package: {wanted.name}\n{rows}"
    )
