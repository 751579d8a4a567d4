"""`mount`, `umount`, `nsenter`, `df`: what is seen where (toybox; AOSP system/core/init for what propagates)."""

import re

from testbed.android.commands import options
from testbed.android.commands.files import complain, people
from testbed.android.commands.mounts_table import IMAGE_MOUNTS
from testbed.android.mounts import CURRENT, INIT, ZYGOTE
from testbed.android.shell.call import Call
from testbed.android.shell.interpreter import run_words
from testbed.android.system_processes import SYSTEM_PROCESSES, ZYGOTE_PID

BLOCKS = 6_291_456
"""1K blocks of the data partition: 6 GB, what an emulator has by default."""


async def mount(call: Call) -> int:
    """`mount`, `mount -t tmpfs DEV DIR`, `mount --bind|-o bind FROM DIR`, `mount -o rw,remount DIR`."""
    if not call.arguments:
        rows = [*IMAGE_MOUNTS, *map(str, call.phone.files.mounts.rows())]
        return await call.say("".join(f"{row}\n" for row in rows))
    words = ["-o", "bind", *(word for word in call.arguments if word != "--bind")]
    found = options.read(
        call.with_words("mount", *(words if "--bind" in call.arguments else call.arguments)), "rw", "ot"
    )
    if not found.operands:
        return await call.unmodelled("mount: Needs 1 argument")
    if not call.user.is_root:
        return await call.fail(f"mount: '{found.operands[0]}'->'{found.operands[-1]}': Permission denied")
    return await _mounted(call, found)


async def _mounted(call: Call, found: options.Options) -> int:
    chosen = set(found.values.get("o", "").split(","))
    target = call.path(found.operands[-1])
    files = call.phone.files
    try:
        if "remount" in chosen:
            return await _remounted(call, target, writable="rw" in chosen)
        if not files.host(target).is_dir():
            return await call.fail(f"mount: '{found.operands[0]}'->'{found.operands[-1]}': No such file or directory")
        if "bind" in chosen and len(found.operands) == 2:  # noqa: PLR2004 -- from and to
            source = call.path(found.operands[0])
            files.host(source).lstat()
            files.mounts.add(files.bind(source, target))
        elif found.values.get("t") == "tmpfs":
            files.mounts.add(files.mounts.tmpfs(target))
        else:
            return await call.unmodelled("mount: this kind of mount is not modelled")
    except OSError as error:
        return await call.fail(f"mount: '{found.operands[0]}'->'{found.operands[-1]}': {error.strerror}")
    call.phone.retrust()
    return 0


async def _remounted(call: Call, target: str, *, writable: bool) -> int:
    """/ and /system are one partition; with dm-verity on (every image without `adb remount`) it stays read-only."""
    if target not in ("/", "/system"):
        return await call.unmodelled(f"mount: remounting {target} is not modelled")
    if writable and not call.phone.files.remounted:
        return await call.fail(
            f"mount: '{target}' not in /proc/mounts" if target == "/system" else "mount: '/dev/block/dm-5' is read-only"
        )
    return 0


async def umount(call: Call) -> int:
    found = options.read(call, "lfr")
    if not call.user.is_root:
        return await call.fail(f"umount: {found.operands[0] if found.operands else ''}: Operation not permitted")
    status = 0
    for name in found.operands:
        try:
            call.phone.files.mounts.remove(call.path(name))
        except OSError as error:
            status = await complain(call, name, error)
    call.phone.retrust()
    return status


async def nsenter(call: Call) -> int:
    """`nsenter --mount=/proc/PID/ns/mnt -- CMD`, `nsenter -t PID -m CMD`."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    if not call.user.is_root:
        return await call.fail("nsenter: setns: Operation not permitted")
    pid, words = _target(list(call.arguments))
    if pid is None or not words:
        return await call.unmodelled("nsenter: needs a mount namespace and a command")
    space = _space(call, pid)
    if space is None:
        return await call.fail(f"nsenter: open /proc/{pid}/ns/mnt: No such file or directory")
    token = CURRENT.set(space)
    try:
        return await run_words(call.with_words(*words), TOOLS)
    finally:
        CURRENT.reset(token)


def _target(words: list[str]) -> tuple[int | None, list[str]]:
    pid: int | None = None
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "--":
            break
        path = re.fullmatch(r"(?:--mount=|-m)/proc/(\d+)/ns/mnt", word)
        if path:
            pid = int(path[1])
        elif word == "-t" and words and words[0].isdigit():
            pid = int(words.pop(0))
        elif word not in ("-m", "--mount", "-F"):
            return None, words
    return pid, words


def _space(call: Call, pid: int) -> str | None:
    """The namespace that a process lives in."""
    app = next((one for one in call.phone.processes.all() if one.pid == pid), None)
    if app is not None:
        return app.name
    found = next((one for one in SYSTEM_PROCESSES if one.pid == pid), None)
    if found is None:
        return None
    return ZYGOTE if ZYGOTE_PID in (found.pid, found.parent) else INIT


async def df(call: Call) -> int:
    """Sizes of the partitions; what apps and people have stored is on /data."""
    found = options.read(call, "hk")
    used = sum(path.lstat().st_blocks for path in call.phone.files.host("/data").rglob("*")) // 2
    free = 0 if call.phone.files.full else BLOCKS - used
    used = BLOCKS - free
    rows = [("/dev/block/dm-5", 1_048_576, 1_040_000, 8_576, "/"), ("/dev/block/dm-38", BLOCKS, used, free, "/data")]
    rows += [(one.device, 1_000_000, 0, 1_000_000, one.target) for one in call.phone.files.mounts.rows()]
    wanted = [call.path(name) for name in found.operands]
    human = "h" in found.flags
    width = 5 if human else 9
    names = ("Size", "Used", "Avail") if human else ("1K-blocks", "Used", "Available")
    lines = [" ".join([f"{'Filesystem':<18}", *(f"{one:>{width}}" for one in names), "Use% Mounted on"])]
    for device, size, taken, left, place in rows:
        if not wanted or any(
            path == place or (place == "/data" and path.startswith(("/data", "/sdcard"))) for path in wanted
        ):
            shown = [people(one) if human else str(one) for one in (size, taken, left)]
            cells = " ".join(f"{one:>{width}}" for one in shown)
            lines.append(f"{device:<18} {cells} {100 * taken // size:>3}% {place}")
    return await call.say("".join(f"{line}\n" for line in lines))


async def chcon(call: Call) -> int:
    """SELinux labels are not kept; who may set them is."""
    if not call.user.is_root:
        return await call.fail(f"chcon: {call.arguments[-1] if call.arguments else ''}: Operation not permitted")
    status = 0
    for name in options.read(call, "hRv").operands[1:]:
        try:
            call.phone.files.readable(call.path(name), call.user)
        except OSError as error:
            status = await complain(call, name, error)
    return status
