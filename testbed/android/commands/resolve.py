"""`cmd package resolve-activity`: who an intent would start (AOSP PackageManagerShellCommand.runResolveActivity)."""

from testbed.android import intent
from testbed.android.intent import Intent, IntentError, short
from testbed.android.packages.manifest import LAUNCHER, MAIN, VIEW
from testbed.android.shell.call import Call

FLAGS = frozenset({"--brief", "--components"})
VALUED = frozenset({"--user", "--query-flags"})
CHOOSER = "android/com.android.internal.app.ResolverActivity"
MATCHED, MATCHED_DATA = "0x108000", "0x208000"
"""IntentFilter.MATCH_CATEGORY_EMPTY and MATCH_CATEGORY_SCHEME, each with MATCH_ADJUSTMENT_NORMAL."""


async def resolve_activity(call: Call) -> int:
    """`--brief` and `--components` name the activity; the long form and intents without aim are not modelled."""
    words, flags = _split(call.arguments)
    try:
        wanted = intent.parse(words).intent
    except IntentError as error:
        return await call.fail(str(error), 255)
    if not flags or (wanted.package is None and wanted.data is None and wanted.component is None):
        return await call.unmodelled("No activity found")
    found = _resolved(call, wanted)
    if found is None:
        return await call.say("No activity found\n")
    match = MATCHED_DATA if wanted.data else MATCHED
    head = f"priority=0 preferredOrder=0 match={match} specificIndex=-1 isDefault=false\n"
    return await call.say((head if "--brief" in flags else "") + f"{short(found)}\n")


def _split(words: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    left, kept, flags = list(words), [], set()
    while left:
        word = left.pop(0)
        if word in FLAGS:
            flags.add(word)
        elif word in VALUED:
            left[:1] = []
        else:
            kept.append(word)
    return tuple(kept), frozenset(flags)


def _resolved(call: Call, wanted: Intent) -> str | None:
    """A component; a bare package means its launcher, as Intent.parseCommandArgs reads it."""
    packages = call.phone.packages
    if wanted.component is not None:
        package, _, activity = wanted.component.partition("/")
        known = packages.packages.get(package)
        return wanted.component if known is not None and known.manifest.activity(activity) else None
    if wanted.data is not None:
        takers = packages.takers(wanted.action or VIEW, wanted.data, wanted.package)
        return CHOOSER if len(takers) > 1 else f"{takers[0][0].name}/{takers[0][1]}" if takers else None
    found = packages.packages.get(wanted.package or "")
    launcher = found.manifest.launcher if found else None
    asked_otherwise = wanted.action not in (None, MAIN) or not set(wanted.categories) <= {LAUNCHER}
    return None if found is None or launcher is None or asked_otherwise else f"{found.name}/{launcher.name}"
