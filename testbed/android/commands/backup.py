"""Backups: `bmgr` and `bu` (AOSP frameworks/base/cmds/bmgr, cmds/bu)."""

import io
import tarfile
from pathlib import Path

from testbed.android.packages.installed import Installed
from testbed.android.shell.call import Call

TRANSPORT = "com.android.localtransport/.LocalTransport"
HEAD = b"ANDROID BACKUP\n5\n0\nnone\n"
"""Version, not compressed, not encrypted (BackupManagerService.BACKUP_FILE_HEADER_MAGIC)."""
LEFT_OUT = frozenset({"cache", "code_cache", "no_backup", "lib"})
"""Folders that no backup takes (FullBackup.java)."""


async def bmgr(call: Call) -> int:  # noqa: PLR0911 -- one row of a table each
    match call.arguments:
        case ("enabled",):
            state = "enabled" if call.phone.settings.get("secure", "backup_enabled") == "1" else "disabled"
            return await call.say(f"Backup Manager currently {state}\n")
        case ("enable", "true" | "false" as word):
            call.phone.settings.put("secure", "backup_enabled", "1" if word == "true" else "0")
            return await call.say(f"Backup Manager now {'enabled' if word == 'true' else 'disabled'}\n")
        case ("list", "transports"):
            return await call.say(f"  * {TRANSPORT}\n")
        case ("transport", name) if name == TRANSPORT:
            return await call.say(f"Selected transport {name} (formerly {TRANSPORT})\n")
        case ("backupnow", *names) if names:
            return await _backup_now(call, [name for name in names if not name.startswith("-")])
        case ("wipe", name, package) if name == TRANSPORT:
            _kept(call, package).unlink(missing_ok=True)
            return await call.say(f"Wiped backup data for {package} on {name}\n")
    return await call.unmodelled(f"Unknown command: {' '.join(call.arguments[:1])}")


def _kept(call: Call, name: str) -> Path:
    """Where the local transport keeps an app's backup."""
    return call.phone.files.host("/data/data") / "com.android.localtransport" / "files" / name


async def _backup_now(call: Call, names: list[str]) -> int:
    if call.phone.settings.get("secure", "backup_enabled") != "1":
        return await call.say("Backup Manager is not activated\n")
    lines = [f"Running incremental backup for {len(names)} requested packages."]
    for name in names:
        package = call.phone.packages.packages.get(name)
        if package is None:
            lines.append(f"Package {name} with result: Package not found")
        elif not package.manifest.allow_backup:
            lines.append(f"Package {name} with result: Backup is not allowed")
        else:
            target = _kept(call, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive(call, package))
            lines += [
                f"Package {name} with progress: {target.stat().st_size}/{target.stat().st_size}",
                f"Package {name} with result: Success",
            ]
    return await call.say("".join(f"{line}\n" for line in [*lines, "Backup finished with result: Success"]))


async def bu(call: Call) -> int:
    """`bu backup [-noapk] PACKAGE…`, which is what `adb backup` runs; the user's consent is a tap on a real phone."""
    if call.arguments[:1] != ("backup",):
        return await call.unmodelled("bu: only backup is modelled")
    names = [word for word in call.arguments[1:] if not word.startswith("-")]
    found = [call.phone.packages.packages[name] for name in names if name in call.phone.packages.packages]
    if not names:
        return await call.fail("bu: no packages")
    await call.out.write(HEAD + b"".join(archive(call, one) for one in found if one.manifest.backs_up(call.phone.api)))
    return 0


def archive(call: Call, package: Installed) -> bytes:
    """apps/PACKAGE/f/… for files, db/… for databases, sp/… for preferences (FullBackup.java)."""
    home = call.phone.files.host("/data/data") / package.name
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for path in sorted(home.rglob("*")):
            inside = path.relative_to(home)
            if path.is_file() and inside.parts[0] not in LEFT_OUT:
                tar.add(path, arcname=f"apps/{package.name}/{_place(inside)}")
    return out.getvalue()


def _place(inside: Path) -> str:
    domain = {"databases": "db", "shared_prefs": "sp", "files": "f"}.get(inside.parts[0])
    return f"r/{inside}" if domain is None else f"{domain}/{'/'.join(inside.parts[1:])}"
