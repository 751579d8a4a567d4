"""Intents as `am` takes them and prints them (AOSP Intent.parseCommandArgs, Intent.toShortString)."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from testbed.android.packages.manifest import MAIN, VIEW

HOME_CATEGORY = "android.intent.category.HOME"


class IntentError(ValueError):
    """The words make no intent."""


@dataclass(frozen=True, slots=True)
class Intent:
    action: str | None = None
    data: str | None = None
    categories: tuple[str, ...] = ()
    component: str | None = None
    """PACKAGE/ACTIVITY, the activity in full."""
    package: str | None = None
    flags: int = 0
    extras: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """`Intent { act=… }` as `am` shows it; of the data no more than a log may hold."""
        return f"Intent {{ {self.brief()} }}"

    def brief(self) -> str:
        parts = [f"act={self.action}"] if self.action else []
        parts += [f"cat=[{','.join(self.categories)}]"] if self.categories else []
        parts += [f"dat={safe(self.data)}"] if self.data else []
        parts += [f"flg=0x{self.flags:x}"] if self.flags else []
        parts += [f"pkg={self.package}"] if self.package else []
        parts += [f"cmp={short(self.component)}"] if self.component else []
        parts += ["(has extras)"] if self.extras else []
        return " ".join(parts)

    def wire(self) -> dict[str, str | None]:
        """As the app process gets it."""
        return {"action": self.action or MAIN, "data": self.data}


def safe(uri: str) -> str:
    """Scheme, host and port only: paths and queries hold codes and tokens (Uri.toSafeString)."""
    try:
        parts = urlsplit(uri)
        place = f"//{parts.hostname}" if parts.netloc else ""
        place += f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return uri.partition(":")[0] + ":"
    is_hierarchical = bool(parts.netloc) or parts.path.startswith("/")
    return f"{parts.scheme}:{place}" + ("/..." if is_hierarchical else "")


def short(component: str | None) -> str:
    """`pkg/.Activity` where the activity lies in the package (ComponentName.flattenToShortString)."""
    package, _, activity = (component or "").partition("/")
    return (
        f"{package}/{activity.removeprefix(package)}" if activity.startswith(package + ".") else f"{package}/{activity}"
    )


def full(component: str) -> str:
    package, _, activity = component.partition("/")
    return f"{package}/{package}{activity}" if activity.startswith(".") else component


VALUED = {
    "-a": "action",
    "-d": "data",
    "-n": "component",
    "-p": "package",
    "-f": "flags",
    "-c": "categories",
    "-t": "type",
}
EXTRAS = {"--es": 2, "-e": 2, "--ez": 2, "--ei": 2, "--el": 2, "--esn": 1}
IGNORED = {"--user": 1, "--display": 1, "--windowingMode": 1, "--activityType": 1}
FLAG_WORDS = {
    "--activity-clear-top": 0x04000000,
    "--activity-clear-task": 0x00008000,
    "--activity-single-top": 0x20000000,
    "--activity-no-animation": 0x00010000,
    "--include-stopped-packages": 0x00000020,
}


@dataclass(frozen=True, slots=True)
class Request:
    """An intent and the switches of `am start` around it."""

    intent: Intent
    wait: bool = False
    stop: bool = False


def parse(words: tuple[str, ...]) -> Request:
    """Raises IntentError for a word that `am` does not know."""
    left = list(words)
    values: dict[str, str] = {}
    categories: list[str] = []
    extras: dict[str, str] = {}
    flags = 0
    wait = stop = False
    while left:
        word = left.pop(0)
        if word == "-W":
            wait = True
        elif word == "-S":
            stop = True
        elif word in FLAG_WORDS:
            flags |= FLAG_WORDS[word]
        elif word in EXTRAS:
            taken = _take(left, word, EXTRAS[word])
            extras[taken[0]] = taken[-1]
        elif word in IGNORED:
            _take(left, word, 1)
        elif word == "-c":
            categories += _take(left, word, 1)
        elif word in VALUED:
            values[VALUED[word]] = _take(left, word, 1)[0]
        elif word.startswith("-"):
            raise IntentError(f"Error: Unknown option: {word}")
        else:
            values.update(_target(word))
    intent = Intent(
        action=values.get("action", VIEW if "data" in values and "component" not in values else None),
        data=values.get("data"),
        categories=tuple(categories),
        component=full(values["component"]) if "component" in values else None,
        package=values.get("package"),
        flags=flags | int(values.get("flags", "0"), 0),
        extras=extras,
    )
    return Request(intent, wait, stop)


def _take(left: list[str], word: str, count: int) -> list[str]:
    if len(left) < count:
        raise IntentError(f'Error: Argument expected after "{word}"')
    return [left.pop(0) for _ in range(count)]


def _target(word: str) -> dict[str, str]:
    """A bare last word is a URI, a component or a package."""
    if ":" in word:
        return {"data": word}
    return {"component": word} if "/" in word else {"package": word}
