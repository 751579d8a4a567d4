"""An app file put on the phone and taken off it, each looked at afterwards (AOSP PackageManager, INSTALL_*)."""

import re

from drivers.adb import Adb, CommandFailed
from drivers.app_file import AppFile
from faults import BenchFault, EvidenceMissing

CODE = re.compile(r"INSTALL_\w+")
REFUSALS = {
    "INSTALL_FAILED_UPDATE_INCOMPATIBLE": "another signer made the one that is installed; uninstall that by hand"
    " (its data goes with it), or give the file that the same signer made",
    "INSTALL_FAILED_VERSION_DOWNGRADE": "a newer one is installed; uninstall that by hand, or give a newer file",
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": "the phone is full; free some of its storage",
    "INSTALL_FAILED_OLDER_SDK": "the phone's Android is too old for it; take a newer phone or image",
    "INSTALL_FAILED_NO_MATCHING_ABIS": "its native code is for other processors; take an image of that kind",
    "INSTALL_FAILED_MISSING_SPLIT": "it is one part of a split app; give a universal APK (bundletool --mode=universal)",
    "INSTALL_FAILED_USER_RESTRICTED": "the phone's owner forbids it; allow installing by USB in the developer options",
    "INSTALL_FAILED_VERIFICATION_FAILURE": "Play Protect refused it; switch off verifying apps over USB",
    "INSTALL_PARSE_FAILED_NO_CERTIFICATES": "it is not signed, or was changed after it was; sign it (apksigner)",
}


def install(adb: Adb, app: AppFile) -> None:
    """Install a file over what the same signer made before.

    Raises BenchFault with what is to be done where the phone refuses it, EvidenceMissing where it took another one.
    """
    try:
        adb.install(app.path)
    except CommandFailed as refused:
        code = CODE.search(str(refused))
        hint = REFUSALS.get(code[0]) if code else None
        if hint is None:
            raise
        msg = f"{adb.serial}: {app.path.name} is refused ({code[0] if code else ''}): {hint}"
        raise BenchFault(msg) from refused
    place = place_of(adb, app.package)
    if place is None or adb.shell("sha256sum", place).split()[0] != app.sha256:
        msg = (
            f"{adb.serial}: the phone says that it installed {app.path.name}, and has {place or 'no such app'}, another"
        )
        raise EvidenceMissing(msg)


def uninstall(adb: Adb, package: str) -> None:
    """Raises EvidenceMissing where the app is still there."""
    adb.uninstall(package)
    if place_of(adb, package) is not None:
        msg = f"{adb.serial}: {package} is still there after it was uninstalled"
        raise EvidenceMissing(msg)


def place_of(adb: Adb, package: str) -> str | None:
    """Where the app's file lies, None where it is not installed (`pm path` ends with 1 then)."""
    try:
        said = adb.shell("pm", "path", package)
    except CommandFailed:
        return None
    return next((line.removeprefix("package:") for line in said.split() if line.startswith("package:")), None)
