"""`pm install` and install sessions (AOSP PackageManagerShellCommand, PackageInstallerSession)."""

import asyncio

from testbed.android.commands.options import operands
from testbed.android.faults import Fault
from testbed.android.packages import apk
from testbed.android.packages.apk import Apk, InstallError
from testbed.android.packages.manager import InstallOptions
from testbed.android.shell.call import Call

VALUED = frozenset({"--user", "-i", "--install-reason", "--install-location", "--pkg", "--abi", "-S"})


def _options(call: Call) -> InstallOptions:
    return InstallOptions(
        downgrade="-d" in call.arguments,
        grant_all="-g" in call.arguments,
        allow_test="-t" in call.arguments,
        replace="-R" not in call.arguments,
    )


async def install(call: Call) -> int:
    try:
        data = await _file(call, (operands(call, VALUED) or ["/"])[-1])
    except OSError as error:
        return await call.fail(f"Error: Unable to open file: {operands(call, VALUED)[-1]}\n{error.strerror}")
    return await _installed(call, data, _options(call))


async def create(call: Call) -> int:
    """`install-create`: sessions of several packages, and those that add to an installed app, are not modelled."""
    if {"-p", "--multi-package"} & set(call.arguments):
        return await call.unmodelled(f"Unknown command: {' '.join(call.words)}", 255)
    number = call.phone.packages.sessions.create(_options(call))
    return await call.say(f"Success: created install session [{number}]\n")


async def write(call: Call) -> int:
    """`install-write [-S SIZE] SESSION NAME [PATH|-]`."""
    number, name, path = [*operands(call, VALUED), "", "", "-"][:3]
    session = call.phone.packages.sessions.open.get(number)
    if session is None or not name:
        return await _no_session(call, number)
    try:
        session.parts[name] = await _file(call, path)
    except OSError as error:
        return await call.fail(f"Error: Unable to open file: {path}\n{error.strerror}")
    return await call.say(f"Success: streamed {len(session.parts[name])} bytes\n")


async def commit(call: Call) -> int:
    """One base file and nothing else: split configurations do not exist here, so a second part is one base too many."""
    number = (operands(call, VALUED) or [""])[0]
    session = call.phone.packages.sessions.open.get(number)
    if session is None:
        return await _no_session(call, number)
    del call.phone.packages.sessions.open[number]
    match list(session.parts.values()):
        case []:
            return await _failed(call, InstallError("INSTALL_FAILED_INVALID_APK", "No packages staged"))
        case [data]:
            return await _installed(call, data, session.options)
    message = "Split null was defined multiple times"
    return await _failed(call, InstallError("INSTALL_FAILED_INVALID_APK", message))


async def abandon(call: Call) -> int:
    number = (operands(call, VALUED) or [""])[0]
    if call.phone.packages.sessions.open.pop(number, None) is None:
        return await _no_session(call, number)
    return await call.say("Success\n")


async def _no_session(call: Call, number: str) -> int:
    """PackageInstallerService: whoever has no such session may not touch it."""
    return await call.fail(
        f"Exception occurred while executing '{call.name}':\n"
        f"java.lang.SecurityException: Caller has no access to session {number}",
        255,
    )


async def _installed(call: Call, data: bytes, options: InstallOptions) -> int:
    try:
        await _put_in_place(call, await asyncio.to_thread(apk.read, data, "base.apk"), options)
    except InstallError as error:
        return await _failed(call, error)
    return await call.say("Success\n")


async def _failed(call: Call, error: InstallError) -> int:
    await call.say(f"Failure [{error}]\n")
    return 1


async def _put_in_place(call: Call, checked: Apk, options: InstallOptions) -> None:
    """Ends what runs of the old one; raises InstallError."""
    if call.phone.files.full:
        raise InstallError("INSTALL_FAILED_INSUFFICIENT_STORAGE", "Failed to override installation location")
    name = checked.manifest.package
    old = call.phone.packages.packages.get(name)
    if old is not None:
        await call.phone.activities.force_stop(name)
    if old is None or Fault.INSTALL_KEEPS_OLD not in call.phone.faults:
        call.phone.packages.install(checked, options)


async def _file(call: Call, path: str) -> bytes:
    """A file of the phone, or SIZE bytes of stdin."""
    words = call.arguments
    if "-S" not in words:
        return call.phone.files.readable(call.path(path), call.user).read_bytes()
    wanted = int(words[words.index("-S") + 1])
    parts: list[bytes] = []
    while wanted > sum(map(len, parts)) and (data := await call.source.read()):
        parts.append(data)
    return b"".join(parts)
