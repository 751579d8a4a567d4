"""What Android asks a person on behalf of an app, and what a person who wants to go on presses.

The ids stand in the layouts of GrantPermissionsActivity: packages/modules/Permission (PermissionController, Android 10
and later; Google's images keep them in their own build of it), packages/apps/PackageInstaller (Android 9). Which of the
buttons there are differs with level and permission, so they are tried in this order.
"""

from drivers.adb import Adb
from drivers.controls import Control, Where
from drivers.session import Session
from faults import ControlNotFound, EvidenceMissing

CAMERA = "android.permission.CAMERA"
MESSAGE = Control("permission_message", Where.SYSTEM)
ALLOW = (
    Control("permission_allow_foreground_only_button", Where.SYSTEM),  # "While using the app", Android 10 and later
    Control("permission_allow_button", Where.SYSTEM),
)
WORD = "take pictures"
"""Of the question for the camera, in English (res/values/strings.xml, permgrouprequest_camera)."""
SETTLE = 3.0  # seconds from the answer to the permission


def answer_camera(phone: str, adb: Adb, session: Session, package: str) -> bool:
    """Allow the camera where the phone asks now; whether it asked.

    Raises ControlNotFound for another question, EvidenceMissing where the answer grants nothing.
    """
    if not session.sees(MESSAGE):
        return False
    said = session.text_of(MESSAGE)
    button = next((one for one in ALLOW if session.sees(one)), None)
    if WORD not in said or button is None:
        msg = f"{phone}: Android asks {said!r}, and nobody expected that"
        raise ControlNotFound(msg)
    session.tap(button)
    session.wait_gone(MESSAGE, SETTLE)
    if not holds(adb, package, CAMERA):
        msg = f"{phone}: {package} was allowed the camera on the screen and does not have it"
        raise EvidenceMissing(msg)
    return True


def holds(adb: Adb, package: str, permission: str) -> bool:
    """What the package manager says that an app may now (AOSP PackageManagerService.dump)."""
    return f"{permission}: granted=true" in adb.shell("dumpsys", "package", package)
