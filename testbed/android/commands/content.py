"""`content`: a look into content providers (AOSP frameworks/base/cmds/content)."""

from testbed.android.shell.call import Call

PROVIDERS = ("settings", "sms")


async def content(call: Call) -> int:
    """`content query|insert|update|delete --uri content://settings/…`, `content query --uri content://sms/inbox`."""
    given = _options(call.arguments[1:])
    verb = call.arguments[0] if call.arguments else ""
    parts = given.get("uri", "").removeprefix("content://").split("/")
    match verb, parts:
        case "query", ["settings", "system" | "secure" | "global" as space, *names]:
            return await _settings(call, space, names, given)
        case "insert", ["settings", "system" | "secure" | "global" as space]:
            bound = dict(part.partition(":s:")[::2] for part in given.get("bind", "").splitlines())
            call.phone.settings.put(space, bound.get("name", ""), bound.get("value", ""))
            return 0
        case "query", ["sms", *_]:
            return await _messages(call)
        case "query", [provider, *_] if provider:
            return await call.unmodelled(f"[ERROR] Unsupported operation: no provider {provider}", 1)
    return await call.unmodelled("usage: adb shell content [subcommand] [options]", 1)


def _options(words: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in zip(words[::2], words[1::2], strict=False):
        key = name.lstrip("-")
        found[key] = f"{found[key]}\n{value}" if key in found else value
    return found


async def _settings(call: Call, space: str, name: list[str], given: dict[str, str]) -> int:
    wanted = name[0] if name else given.get("where", "").partition("name='")[2].rstrip("'")
    rows = [(key, value) for key, value in sorted(call.phone.settings.spaces[space].items()) if wanted in ("", key)]
    shown = given.get("projection", "_id:name:value").split(":")
    lines = []
    for number, (key, value) in enumerate(rows):
        cells = {"_id": str(number + 1), "name": key, "value": value}
        lines.append(f"Row: {number} " + ", ".join(f"{column}={cells.get(column, 'NULL')}" for column in shown))
    return await call.say("".join(f"{line}\n" for line in lines or ["No result found."]))


async def _messages(call: Call) -> int:
    rows = [
        f"Row: {n} _id={one.number}, address={one.address}, date={round(one.at * 1000)}, read=0, body={one.body}"
        for n, one in enumerate(reversed(call.phone.inbox.messages))
    ]
    return await call.say("".join(f"{row}\n" for row in rows or ["No result found."]))
