"""The app's sandbox kept aside and put back, so that each round finds the same disk.

Done by run-as: what root copies into a sandbox loses the app's SELinux categories, and the app could not read it.
"""

from drivers.adb import Adb
from drivers.app_file import AppFile
from faults import CapabilityMissing

KEPT = "pocketgate-kept"
CACHES = ("cache", "code_cache")  # emptied, not kept: each round begins without them


def keep(adb: Adb, app: AppFile, name: str) -> None:
    """Raises CapabilityMissing for a build that is not debuggable."""
    if not app.debuggable:
        msg = f"{adb.serial}: the sandbox of a build that is not debuggable cannot be put back between rounds"
        raise CapabilityMissing(msg)
    place, found = f"{KEPT}/{name}", [one for one in _names(adb, app, ".") if one not in (KEPT, *CACHES)]
    _inside(adb, app, f"rm -rf {place}", f"mkdir -p {place}", *([f"cp -a {' '.join(found)} {place}"] if found else []))


def restore(adb: Adb, app: AppFile, name: str) -> None:
    gone = [one for one in _names(adb, app, ".") if one != KEPT]
    kept = [f"{KEPT}/{name}/{one}" for one in _names(adb, app, f"{KEPT}/{name}")]
    _inside(
        adb,
        app,
        f"rm -rf {' '.join(gone)}",
        f"mkdir {' '.join(CACHES)}",
        *([f"cp -a {' '.join(kept)} ."] if kept else []),
    )


def forget(adb: Adb, app: AppFile) -> None:
    _inside(adb, app, f"rm -rf {KEPT}")


def _names(adb: Adb, app: AppFile, folder: str) -> list[str]:
    return adb.shell("run-as", app.package, "ls", "-A", folder).split()


def _inside(adb: Adb, app: AppFile, *commands: str) -> None:
    adb.shell("run-as", app.package, "sh", "-c", f"'{' && '.join(commands)}'")
