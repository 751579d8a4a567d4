"""`dumpsys window`, `power`, `display`, `input_method` (AOSP DisplayContent.dump, PhoneWindowManager.dump).

Seen in the sources: `mCurrentFocus` and, after it, `mFocusedApp` are printed for each display since Android 10
(services/core/java/com/android/server/wm/DisplayContent.java), on Android 9 with the list of windows
(WindowManagerService.java, dumpWindowsNoHeaderLocked). Until Android 10 the app in focus is an AppWindowToken.
"""

from testbed.android.dumps.activity import front, record
from testbed.android.faults import Fault
from testbed.android.image import BUILT_IN_DISPLAY
from testbed.android.shell.call import Call
from testbed.screen.theme import STATUS_BAR


def _word(value: bool) -> str:  # noqa: FBT001 -- a formatter of truth values
    return "true" if value else "false"


def _focus(call: Call) -> str:
    task = front(call)
    return f"{task.name}/{task.activity}" if Fault.FOCUS_LIES in call.phone.faults else call.phone.surface.focus


FRAMES_SINCE = 33
FOCUS_OF_DISPLAY_SINCE = 29
ACTIVITY_IN_FOCUS_SINCE = 30
PARTS = {
    "d": "displays",
    "displays": "displays",
    "w": "windows",
    "windows": "windows",
    "p": "policy",
    "policy": "policy",
}
"""What WindowManagerService.doDump knows of the words that tools ask for; without one, all of it."""


async def window(call: Call) -> int:
    """All of it, or the part that a word asks for."""
    words = [word for word in call.arguments if not word.startswith("-")]
    wanted = PARTS.get(words[0]) if words else None
    if words and wanted is None:
        return await call.unmodelled(f"Bad window command, or no windows match: {words[0]}\nUse -h for help.", 0)
    shown = (text for name, text in _described(call).items() if wanted in (None, name))
    return await call.say("\n".join(shown))


def _described(call: Call) -> dict[str, str]:
    """By part, in the order in which all of it is printed."""
    in_display = call.phone.api >= FOCUS_OF_DISPLAY_SINCE
    focus = _in_focus(call)
    return {
        "policy": f"WINDOW MANAGER POLICY STATE (dumpsys window policy)\n{_policy(call)}",
        "displays": f"WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n{_display(call)}"
        + (focus if in_display else ""),
        "windows": "WINDOW MANAGER WINDOWS (dumpsys window windows)\n"
        f"{_bars(call)}"
        f"  mInputMethodWindow={'Window{1f u0 InputMethod}' if call.phone.surface.keyboard_shown else 'null'}\n"
        + ("" if in_display else focus),
    }


def _bars(call: Call) -> str:
    """The status bar's window, the one bar that there is (WindowState.dump; the frame's line as of Android 13)."""
    width, _ = call.phone.size
    frame, whole = f"[0,0][{width},{STATUS_BAR}]", f"[0,0][{width},{call.phone.size[1]}]"
    api = call.phone.api
    line = f"Frames: parent={whole} display={whole} frame={frame}" if api >= FRAMES_SINCE else f"mFrame={frame}"
    return (
        f"  Window #0 Window{{{id(call.phone) & 0xFFFFFF:x} u0 StatusBar}}:\n    mDisplayId=0 mSession=Session\n"
        f"    mAttrs={{(0,0)(fillx{STATUS_BAR}) gr=TOP CENTER_VERTICAL ty=STATUS_BAR fmt=TRANSLUCENT}}\n"
        f"    mViewVisibility=0x0 mHaveFrame=true\n    {line}\n\n"
    )


def _in_focus(call: Call) -> str:
    focus, app = _focus(call), record(front(call))
    number = hash(focus) & 0xFFFFFF
    if call.phone.api < ACTIVITY_IN_FOCUS_SINCE:
        app = f"AppWindowToken{{{number:x} token=Token{{{number + 1:x} {app}}}}}"
    return f"  mCurrentFocus=Window{{{number:x} u0 {focus}}}\n  mFocusedApp={app}\n"


def _display(call: Call) -> str:
    phone, (width, height) = call.phone, call.phone.size
    return (
        f"  Display: mDisplayId=0\n    init={width}x{height} {phone.density}dpi "
        f"cur={width}x{height} app={width}x{height}\n"
        f"    mCurrentRotation=ROTATION_{phone.surface.rotation * 90}\n"
    )


def _policy(call: Call) -> str:
    guard = call.phone.surface.keyguard
    return (
        f"    isStatusBarKeyguard={_word(guard.locked)}\n"
        f"    mDreamingLockscreen=false mShowingLockscreen={_word(guard.locked)}\n"
        f"    mScreenOnFully={_word(guard.awake)}\n    screenState=SCREEN_STATE_{'ON' if guard.awake else 'OFF'}\n"
        f"    mInputRestricted={_word(guard.locked)}\n"
        f"    KeyguardServiceDelegate\n      showing={_word(guard.locked)}\n"
        f"      secure={_word(guard.secure)}\n    KeyguardStateMonitor\n      mIsShowing={_word(guard.locked)}\n"
    )


async def power(call: Call) -> int:
    guard, battery = call.phone.surface.keyguard, call.phone.power
    return await call.say(
        "POWER MANAGER (dumpsys power)\n\nPower Manager State:\n"
        f"  mIsPowered={_word(battery.ac or battery.usb)}\n  mPlugType={1 if battery.ac else 2 if battery.usb else 0}\n"
        f"  mBatteryLevel={battery.level}\n  mWakefulness={'Awake' if guard.awake else 'Asleep'}\n"
        f"  mHoldingDisplaySuspendBlocker={_word(guard.awake)}\n"
        f"Display Power: state={'ON' if guard.awake else 'OFF'}\n"
    )


async def display(call: Call) -> int:
    width, height = call.phone.size
    return await call.say(
        "DISPLAY MANAGER (dumpsys display)\n"
        f'  mBaseDisplayInfo=DisplayInfo{{"Built-in Screen", displayId 0, real {width} x {height}, '
        f"rotation {call.phone.surface.rotation}, density {call.phone.density}}}\n"
        f"  mScreenState={'ON' if call.phone.surface.keyguard.awake else 'OFF'}\n"
        f"    mCurrentOrientation={call.phone.surface.rotation}\n"
        f"  mViewports=[DisplayViewport{{type=INTERNAL, valid=true, isActive=true, displayId=0, "
        f"orientation={call.phone.surface.rotation}, logicalFrame=Rect(0, 0 - {width}, {height}), "
        f"deviceWidth={width}, deviceHeight={height}}}]\n"
    )


async def input_method(call: Call) -> int:
    current = call.phone.settings.get("secure", "default_input_method")
    shown = _word(call.phone.surface.keyboard_shown)
    return await call.say(
        f"Current Input Method Manager state:\n  mCurMethodId={current}\n"
        f"  mInputShown={shown}\n  mIsInputViewShown={shown}\n"
    )


async def surface_flinger(call: Call) -> int:
    """`--display-id` alone (SurfaceFlinger::dumpDisplayIdentificationData)."""
    if call.arguments != ("--display-id",):
        return await call.unmodelled("", 0)
    return await call.say(f'Display {BUILT_IN_DISPLAY} (HWC display 0): port=0 pnpId=GGL displayName="EMU_display_0"\n')


async def input_devices(call: Call) -> int:
    """The part that names the orientation (InputReader)."""
    return await call.say(f"INPUT MANAGER (dumpsys input)\n  SurfaceOrientation: {call.phone.surface.rotation}\n")
