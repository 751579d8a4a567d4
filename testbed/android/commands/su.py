"""`su`: of a userdebug image (AOSP system/extras/su), or of a rooted lab phone (Magisk)."""

from dataclasses import replace

from testbed.android.shell.call import Call
from testbed.android.shell.interpreter import run_line, run_words
from testbed.android.users import ROOT


async def su(call: Call) -> int:
    """`su 0 CMD…`, `su root CMD…`, and with a rooted phone's `su` also `su -c LINE`."""
    from testbed.android.shell.table import TOOLS  # noqa: PLC0415 -- the table lists this tool

    if not call.phone.image.may_su(call.user):
        return await call.fail("su: uid 10150 not allowed" if call.user.package else "Permission denied")
    words = list(call.arguments)
    inside = replace(call, user=ROOT)
    if words[:1] == ["-c"] or words[1:2] == ["-c"]:
        if not call.phone.image.su:
            return await call.fail("su: invalid uid/gid '-c'")
        line = " ".join(words[words.index("-c") + 1 :])
        return await run_line(inside, line, TOOLS)
    if words and words[0] in ("0", "root"):
        words.pop(0)
    elif words and not words[0].startswith("-"):
        return await call.fail(f"su: invalid uid/gid '{words[0]}'")
    if not words:
        return await run_line(inside, (await call.input()).decode("utf-8", "surrogateescape"), TOOLS)
    return await run_words(inside.with_words(*words), TOOLS)
