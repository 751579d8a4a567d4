"""`pm`, which is `cmd package` (AOSP PackageManagerShellCommand)."""

import shutil

from testbed.android.commands import install
from testbed.android.commands.options import operands
from testbed.android.commands.resolve import resolve_activity
from testbed.android.dumps.package import package as describe
from testbed.android.faults import Fault
from testbed.android.intent import short
from testbed.android.packages.installed import RUNTIME_PERMISSIONS, Installed
from testbed.android.packages.system import HOME
from testbed.android.shell.call import Call, Tool

LISTING = frozenset({"-3", "-s", "-d", "-e", "-f", "-i", "-u", "-U", "-a", "--user", "--show-versioncode"})
"""What `list packages` is asked for."""


async def pm(call: Call) -> int:
    words = call.arguments
    action = ACTIONS.get(" ".join(words[:2])) or ACTIONS.get(words[0]) if words else None
    if action is None:
        return await call.unmodelled(f"Unknown command: {' '.join(words[:1])}", 255)
    return await action(call.with_words(*words))


def _operands(call: Call) -> list[str]:
    return operands(call, install.VALUED)


async def _uninstall(call: Call) -> int:
    name = (_operands(call) or [""])[-1]
    if name in call.phone.packages.packages and not call.phone.packages.packages[name].is_system:
        await call.phone.activities.force_stop(name)
    call.phone.surface.shade.cancel(name)
    keep = "-k" in call.arguments or Fault.UNINSTALL_KEEPS_DATA in call.phone.faults
    if call.phone.packages.uninstall(name, keep_data=keep):
        return await call.say("Success\n")
    await call.say("Failure [DELETE_FAILED_INTERNAL_ERROR]\n")
    return 1


async def _clear(call: Call) -> int:
    name = (_operands(call) or [""])[-1]
    if name not in call.phone.packages.packages:
        await call.say("Failed\n")
        return 1
    if "--cache-only" in call.arguments:
        _empty_cache(call, name)
        return await call.say("Success\n")
    await call.phone.activities.force_stop(name)
    call.phone.surface.shade.cancel(name)
    if Fault.CLEAR_KEEPS_DATA not in call.phone.faults:
        call.phone.packages.clear(name)
    return await call.say("Success\n")


async def _list_packages(call: Call) -> int:
    """PackageManagerShellCommand.runListPackages; nothing here is ever disabled, so `-d` lists none."""
    wanted = _operands(call.with_words(*(word for word in call.words if word != "-i")))[1:]
    flags = frozenset(word for word in call.arguments[1:] if word.startswith("-"))
    if unknown := flags - LISTING:
        return await call.unmodelled(f"Error: Unknown option: {min(unknown)}", 255)
    for package in list(call.phone.packages.packages.values()):
        is_left_out = (
            "-d" in flags or ("-3" in flags and package.is_system) or ("-s" in flags and not package.is_system)
        )
        if not is_left_out and (not wanted or wanted[0] in package.name):
            await call.say(_listed(package, flags) + "\n")
    return 0


def _listed(package: Installed, flags: frozenset[str]) -> str:
    row = f"package:{package.path}={package.name}" if "-f" in flags else f"package:{package.name}"
    if "--show-versioncode" in flags:
        row += f" versionCode:{package.manifest.version_code}"
    if "-i" in flags:
        row += "  installer=null"  # nothing here comes from a store
    return row + (f" uid:{package.uid}" if "-U" in flags else "")


async def _list_instrumentation(call: Call) -> int:
    for package in call.phone.packages.packages.values():
        for row in package.manifest.instrumentations:
            await call.say(f"instrumentation:{package.name}/{row.name} (target={row.target})\n")
    return 0


async def _path(call: Call) -> int:
    found = call.phone.packages.packages.get((_operands(call) or [""])[-1])
    return 1 if found is None else await call.say(f"package:{found.path}\n")


async def _grant(call: Call) -> int:
    name, permission = [*_operands(call), "", ""][:2]
    found = call.phone.packages.packages.get(name)
    if found is None:
        return await call.fail(
            f"Exception occurred while executing '{call.name}':\n"
            f"java.lang.IllegalArgumentException: Unknown package: {name}",
            255,
        )
    if permission not in found.manifest.permissions:
        message = f"java.lang.SecurityException: Package {name} has not requested permission {permission}"
        return await call.fail(f"Exception occurred while executing '{call.name}':\n{message}", 255)
    if permission not in found.runtime_permissions():
        message = (
            f"java.lang.SecurityException: Permission {permission} requested by {name} "
            "is not a changeable permission type"
        )
        return await call.fail(f"Exception occurred while executing '{call.name}':\n{message}", 255)
    if Fault.GRANT_IGNORED in call.phone.faults:
        return 0
    if call.name == "grant":
        found.granted.add(permission)
        call.phone.packages.save()
    elif permission in found.granted:
        found.granted.discard(permission)
        await call.phone.activities.force_stop(name)  # Android kills an app whose permission is taken away
    return 0


async def _home(call: Call) -> int:
    return await call.say(f"{HOME}/.Launcher\n")


async def _dump(call: Call) -> int:
    return await describe(call)


async def _list_permissions(call: Call) -> int:
    wanted = "-d" in call.arguments
    known = sorted(RUNTIME_PERMISSIONS) if wanted else sorted({*RUNTIME_PERMISSIONS, "android.permission.INTERNET"})
    return await call.say("All Permissions:\n\n" + "".join(f"permission:{name}\n" for name in known))


async def _list_features(call: Call) -> int:
    names = (
        "android.hardware.camera",
        "android.hardware.fingerprint",
        "android.hardware.telephony",
        "android.hardware.wifi",
    )
    return await call.say("".join(f"feature:{name}\n" for name in names))


async def _list_users(call: Call) -> int:
    return await call.say("Users:\n\tUserInfo{0:Owner:c13} running\n")


async def _compile(call: Call) -> int:
    """`cmd package compile [-m MODE|--reset] [-f] PACKAGE`: nothing here is compiled, and the answer is the same."""
    name = (_operands(call) or [""])[-1]
    if "-a" not in call.arguments and name not in call.phone.packages.packages:
        return await call.fail(f"Error: Package not found: {name}" if name else "Error: no package name specified", 1)
    return await call.say("Success\n")


async def _bg_dexopt(call: Call) -> int:
    return await call.say("Success\n")


async def _query_activities(call: Call) -> int:
    """`query-activities --brief -a ACTION [-d URI]`: who takes an intent."""
    words = list(call.arguments)
    action = words[words.index("-a") + 1] if "-a" in words[:-1] else ""
    data = words[words.index("-d") + 1] if "-d" in words[:-1] else ""
    if not action or not data:
        return await call.unmodelled("No activities found")
    takers = call.phone.packages.takers(action, data)
    if not takers:
        return await call.say("No activities found\n")
    lines = [f"{len(takers)} activities found:"]
    for n, (package, activity) in enumerate(takers):
        lines += [
            f"  Activity #{n}:",
            "    priority=0 preferredOrder=0 match=0x208000 specificIndex=-1 isDefault=true",
            f"    {short(f'{package.name}/{activity}')}",
        ]
    return await call.say("".join(f"{line}\n" for line in lines))


async def _path_free(call: Call) -> int:
    """`trim-caches`: empties the apps' cache folders."""
    for package in call.phone.packages.packages.values():
        if call.phone.processes.get(package.name) is None:
            _empty_cache(call, package.name)
    return 0


def _empty_cache(call: Call, name: str) -> None:
    folder = call.phone.files.host("/data/data") / name / "cache"
    if folder.is_dir():
        shutil.rmtree(folder)
        folder.mkdir()


ACTIONS: dict[str, Tool] = {
    "bg-dexopt-job": _bg_dexopt,
    "clear": _clear,
    "compile": _compile,
    "dump": _dump,
    "list features": _list_features,
    "list permissions": _list_permissions,
    "list users": _list_users,
    "query-activities": _query_activities,
    "trim-caches": _path_free,
    "get-home-activity": _home,
    "grant": _grant,
    "install": install.install,
    "install-abandon": install.abandon,
    "install-commit": install.commit,
    "install-create": install.create,
    "install-write": install.write,
    "list instrumentation": _list_instrumentation,
    "list packages": _list_packages,
    "path": _path,
    "resolve-activity": resolve_activity,
    "revoke": _grant,
    "uninstall": _uninstall,
}
