"""`locksettings` (AOSP LockSettingsShellCommand)."""

from testbed.android.shell.call import Call

KINDS = {"set-pin": "pin", "set-password": "password", "set-pattern": "pattern"}
WORDS = {"pin": "Pin", "password": "Password", "pattern": "Pattern"}
SHORTEST = 4
HELP = """lockSettings service commands:

NOTE: when lock screen is set, all commands require the --old <CREDENTIAL> argument.

help
  Prints this help text.

get-disabled [--old <CREDENTIAL>] [--user USER_ID]
set-disabled [--old <CREDENTIAL>] [--user USER_ID] <true|false>
set-pattern [--old <CREDENTIAL>] [--user USER_ID] <PATTERN>
set-pin [--old <CREDENTIAL>] [--user USER_ID] <PIN>
set-password [--old <CREDENTIAL>] [--user USER_ID] <PASSWORD>
clear [--old <CREDENTIAL>] [--user USER_ID]
verify [--old <CREDENTIAL>] [--user USER_ID]
"""


async def locksettings(call: Call) -> int:
    words, old = list(call.arguments), ""
    if not words or words[0] == "help":
        return await call.say(HELP)
    verb, *words = words
    while words[:1] in (["--old"], ["--user"]):
        old = words[1] if words[0] == "--old" and len(words) > 1 else old
        words = words[2:]
    guard = call.phone.surface.keyguard
    if verb not in (*KINDS, "get-disabled", "set-disabled", "verify", "clear"):
        return await call.unmodelled(f"Unknown command: {verb}", 255)
    if guard.secure and not guard.check(old):
        return await call.say(f"Old password '{old}' didn't match\n" if old else "Old password not provided\n")
    return await _done(call, verb, words)


async def _done(call: Call, verb: str, words: list[str]) -> int:
    guard = call.phone.surface.keyguard
    if verb == "get-disabled":
        return await call.say("false\n" if guard.enabled else "true\n")
    if verb == "verify":
        return await call.say("Lock credential verified successfully\n")
    if verb == "set-disabled":
        guard.swipe = words[:1] == ["false"]
        return await call.say(f"Lock screen disabled set to {str(not guard.swipe).lower()}\n")
    if verb == "clear":
        guard.credential = None
        return await call.say("Lock credential cleared\n")
    value = words[0] if words else ""
    if len(value) < SHORTEST or (verb != "set-password" and not value.isdigit()):
        return await call.fail(
            f"Error while executing command: {verb}\njava.lang.IllegalArgumentException: bad credential", 255
        )
    guard.credential, guard.kind = value, KINDS[verb]
    return await call.say(f"{WORDS[guard.kind]} set to '{value}'\n")
