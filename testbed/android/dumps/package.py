"""`dumpsys package NAME` (AOSP Settings.dumpPackageLPr)."""

import time

from testbed.android.intent import short
from testbed.android.packages.installed import Installed
from testbed.android.packages.manifest import IntentFilter
from testbed.android.shell.call import Call

APP_ID_SINCE = 34
"""Android 14 writes appId instead of userId."""


SECTIONS = frozenset(
    {"check-permission", "dexopt", "f", "features", "k", "keysets", "l", "libraries", "p", "packages", "perm"}
    | {
        "permissions",
        "pref",
        "prov",
        "providers",
        "q",
        "queries",
        "r",
        "resolvers",
        "s",
        "shared-users",
        "v",
        "verifiers",
    }
)
"""Parts of all packages' dump (AOSP PackageManagerService.dump); of these none is modelled."""


async def package(call: Call) -> int:
    """One package by name."""
    name = call.arguments[0] if call.arguments else ""
    if name in SECTIONS or name.startswith("-"):
        return await call.unmodelled("Packages:", 0)
    found = call.phone.packages.packages.get(name)
    if found is None:
        return await call.say(f"Unable to find package: {name}\n" if name else "Packages:\n")
    return await call.say(_described(found, call.phone.api))


def _described(found: Installed, api: int) -> str:
    facts = found.manifest
    words = [
        *(["SYSTEM"] if found.is_system else []),
        *(["DEBUGGABLE"] if facts.debuggable else []),
        "HAS_CODE",
        *(["ALLOW_BACKUP"] if facts.allow_backup else []),
        *(["TEST_ONLY"] if facts.test_only else []),
    ]
    lines = [*_resolver(found), "Key Set Manager:", f"  [{found.name}]", "Packages:"]
    lines += [
        f"  Package [{found.name}] ({id(found) & 0xFFFFFF:x}):",
        f"    {'appId' if api >= APP_ID_SINCE else 'userId'}={found.uid}",
        f"    codePath={found.path.rpartition('/')[0]}",
        f"    resourcePath={found.path.rpartition('/')[0]}",
        "    primaryCpuAbi=x86_64",
        f"    versionCode={facts.version_code} minSdk={facts.min_sdk} targetSdk={facts.target_sdk}",
        f"    versionName={facts.version_name}",
        f"    flags=[ {' '.join(words)} ]",
        f"    dataDir=/data/user/0/{found.name}",
        f"    timeStamp={_when(found.last_update)}",
        f"    firstInstallTime={_when(found.first_install)}",
        f"    lastUpdateTime={_when(found.last_update)}",
        f"    signatures=PackageSignatures{{{id(found) & 0xFFFFFF:x} version:3, signatures:[{found.signer[:8]}]}}",
        "    requested permissions:",
        *(f"      {permission}" for permission in facts.permissions),
        "    install permissions:",
        *(f"      {one}: granted=true" for one in facts.permissions if one not in found.runtime_permissions()),
        "    User 0: ceDataInode=1 installed=true hidden=false suspended=false stopped=false enabled=0",
        "      gids=[3003]",
        "      runtime permissions:",
        *(
            f"        {one}: granted={str(one in found.granted).lower()}, flags=[{_flags(found, one)}]"
            for one in found.runtime_permissions()
        ),
    ]
    return "\n".join(lines) + "\n"


def _resolver(found: Installed) -> list[str]:
    lines = ["Activity Resolver Table:"]
    for scheme in sorted({scheme for one in _filters(found) for scheme in one.schemes}):
        rows = [(act, one) for act, one in _named_filters(found) if scheme in one.schemes]
        lines += ["  Schemes:", f"      {scheme}:"]
        lines += [
            f"        {id(one) & 0xFFFFFF:x} {short(f'{found.name}/{act}')} filter {id(one) & 0xFFFFFF:x}"
            for act, one in rows
        ]
    if found.manifest.launcher is not None:
        component = short(f"{found.name}/{found.manifest.launcher.name}")
        lines += [
            "  Non-Data Actions:",
            "      android.intent.action.MAIN:",
            f"        {id(found) & 0xFFFFFF:x} {component} filter {id(found.manifest) & 0xFFFFFF:x}",
            '          Action: "android.intent.action.MAIN"',
            '          Category: "android.intent.category.LAUNCHER"',
            "",
        ]
    return lines


def _filters(found: Installed) -> list[IntentFilter]:
    return [one for _, one in _named_filters(found)]


def _named_filters(found: Installed) -> list[tuple[str, IntentFilter]]:
    return [(activity.name, one) for activity in found.manifest.activities for one in activity.filters]


def _flags(found: Installed, permission: str) -> str:
    refused = found.refusals.get(permission, 0)
    words = ["USER_SET"] if refused or permission in found.granted else []
    words += ["USER_FIXED"] if refused > 1 else []
    words += ["ONE_TIME"] if permission in found.one_time else []
    return f" {'|'.join(words)} " if words else " "


def _when(at: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(at))
