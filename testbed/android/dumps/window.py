"""`dumpsys window`, `power`, `display`, `input_method` (AOSP DisplayContent.dump, PhoneWindowManager.dump).

Confirmed in sources: `mCurrentFocus` and `mFocusedApp` (services/core/java/com/android/server/wm/DisplayContent.java).
"""

from testbed.android.dumps.activity import front, record
from testbed.android.faults import Fault
from testbed.android.shell.call import Call


def _word(value: bool) -> str:  # noqa: FBT001 -- a formatter of truth values
    return "true" if value else "false"


def _focus(call: Call) -> str:
    task = front(call)
    return f"{task.name}/{task.activity}" if Fault.FOCUS_LIES in call.phone.faults else call.phone.surface.focus


async def window(call: Call) -> int:
    """All of it, or the part that a word asks for; every part that tools look at is in each."""
    phone, shown = call.phone, front(call)
    guard = phone.surface.keyguard
    width, height = phone.size
    focus = _focus(call)
    policy = (
        f"    isStatusBarKeyguard={_word(guard.locked)}\n"
        f"    mDreamingLockscreen=false mShowingLockscreen={_word(guard.locked)}\n"
        f"    mScreenOnFully={_word(guard.awake)}\n    screenState=SCREEN_STATE_{'ON' if guard.awake else 'OFF'}\n"
        f"    mInputRestricted={_word(guard.locked)}\n"
        f"    KeyguardServiceDelegate\n      showing={_word(guard.locked)}\n"
        f"      secure={_word(guard.secure)}\n    KeyguardStateMonitor\n      mIsShowing={_word(guard.locked)}\n"
    )
    rotation = phone.surface.rotation
    return await call.say(
        "WINDOW MANAGER DISPLAY CONTENTS (dumpsys window displays)\n"
        f"  Display: mDisplayId=0\n    init={width}x{height} {phone.density}dpi "
        f"cur={width}x{height} app={width}x{height}\n"
        f"    mCurrentRotation=ROTATION_{rotation * 90}\n"
        f"  mCurrentFocus=Window{{{hash(focus) & 0xFFFFFF:x} u0 {focus}}}\n"
        f"  mFocusedApp={record(shown)}\n"
        f"  mInputMethodWindow={'Window{1f u0 InputMethod}' if phone.surface.keyboard_shown else 'null'}\n"
        f"WINDOW MANAGER POLICY STATE (dumpsys window policy)\n{policy}"
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


async def input_devices(call: Call) -> int:
    """The part that names the orientation (InputReader)."""
    return await call.say(f"INPUT MANAGER (dumpsys input)\n  SurfaceOrientation: {call.phone.surface.rotation}\n")
