"""What the phone needs of an AndroidManifest.xml."""

from dataclasses import dataclass

from testbed.android.packages.axml import Element, Value

VIEW, MAIN = "android.intent.action.VIEW", "android.intent.action.MAIN"
UNSPECIFIED = -1
FIXED = frozenset({0, 1, 5, 6, 7, 8, 9, 11, 12, 14})
"""ActivityInfo.SCREEN_ORIENTATION_*: landscape, portrait, nosensor, locked and their kin."""
ORIENTATIONS = {
    -2: "UNSET",
    UNSPECIFIED: "UNSPECIFIED",
    0: "LANDSCAPE",
    1: "PORTRAIT",
    2: "USER",
    3: "BEHIND",
    4: "SENSOR",
    5: "NOSENSOR",
    6: "SENSOR_LANDSCAPE",
    7: "SENSOR_PORTRAIT",
    8: "REVERSE_LANDSCAPE",
    9: "REVERSE_PORTRAIT",
    10: "FULL_SENSOR",
    11: "USER_LANDSCAPE",
    12: "USER_PORTRAIT",
    13: "FULL_USER",
    14: "LOCKED",
}
"""Of ActivityInfo.SCREEN_ORIENTATION_* (AOSP core/java/android/content/pm/ActivityInfo.java)."""
LAUNCHER, BROWSABLE, DEFAULT = (f"android.intent.category.{name}" for name in ("LAUNCHER", "BROWSABLE", "DEFAULT"))


@dataclass(frozen=True, slots=True)
class IntentFilter:
    actions: frozenset[str]
    categories: frozenset[str]
    schemes: frozenset[str]
    hosts: frozenset[str]

    def takes(self, action: str, scheme: str, host: str) -> bool:
        """IntentFilter.match for an action with data; a filter without hosts takes any."""
        return action in self.actions and scheme in self.schemes and (not self.hosts or host in self.hosts)


@dataclass(frozen=True, slots=True)
class Activity:
    name: str
    exported: bool
    filters: tuple[IntentFilter, ...]
    orientation: int = UNSPECIFIED
    """ActivityInfo.SCREEN_ORIENTATION_*."""

    @property
    def fixed_orientation(self) -> bool:
        return self.orientation in FIXED

    @property
    def launchable(self) -> bool:
        return any(MAIN in one.actions and LAUNCHER in one.categories for one in self.filters)


@dataclass(frozen=True, slots=True)
class Instrumentation:
    name: str
    target: str


@dataclass(frozen=True, slots=True)
class Manifest:
    package: str
    version_code: int
    version_name: str
    min_sdk: int
    target_sdk: int
    debuggable: bool
    test_only: bool
    label: str
    permissions: tuple[str, ...]
    activities: tuple[Activity, ...]
    instrumentations: tuple[Instrumentation, ...]
    entry: str | None
    has_network_config: bool
    allow_backup: bool = True

    def backs_up(self, api: int) -> bool:
        """Since Android 12, `adb backup` leaves out apps for it that are not debuggable."""
        left_out = api >= 31 and self.target_sdk >= 31 and not self.debuggable  # noqa: PLR2004 -- Android 12
        return self.allow_backup and not left_out

    def activity(self, name: str) -> Activity | None:
        return next((one for one in self.activities if one.name == name), None)

    @property
    def launcher(self) -> Activity | None:
        return next((one for one in self.activities if one.launchable), None)


def read(root: Element) -> Manifest:
    """The manifest's facts; raises ValueError where PackageParser would refuse the file."""
    package = root.text("package")
    if root.name != "manifest" or "." not in package:
        raise ValueError(f"no valid package name: {package!r}")
    application = next(iter(root.all("application")), Element("application", {}))
    sdk = next(iter(root.all("uses-sdk")), Element("uses-sdk", {}))
    target = _number(sdk.attributes.get("targetSdkVersion"), 1)
    return Manifest(
        package=package,
        version_code=_number(root.attributes.get("versionCode"), 0),
        version_name=root.text("versionName"),
        min_sdk=_number(sdk.attributes.get("minSdkVersion"), 1),
        target_sdk=target,
        debuggable=_truth(application, "debuggable", default=False),
        test_only=_truth(application, "testOnly", default=False),
        label=root.text("label") or _label(application, package),
        permissions=tuple(one.text("name") for one in root.all("uses-permission")),
        activities=tuple(_activities(application, package)),
        instrumentations=tuple(
            Instrumentation(_full(one.text("name"), package), one.text("targetPackage"))
            for one in root.all("instrumentation")
        ),
        entry=_meta(application, "runtime.entry"),
        has_network_config="networkSecurityConfig" in application.attributes,
        allow_backup=_truth(application, "allowBackup", default=True),
    )


def _label(application: Element, package: str) -> str:
    label = application.attributes.get("label")
    return label if isinstance(label, str) else package.rpartition(".")[2]


def _activities(application: Element, package: str) -> list[Activity]:
    return [
        Activity(
            _full(one.text("name"), package),
            _truth(one, "exported", default=bool(_filters(one))),
            _filters(one),
            orientation=_number(one.attributes.get("screenOrientation"), UNSPECIFIED),
        )
        for one in (*application.all("activity"), *application.all("activity-alias"))
    ]


def _filters(activity: Element) -> tuple[IntentFilter, ...]:
    return tuple(
        IntentFilter(
            actions=frozenset(one.text("name") for one in element.all("action")),
            categories=frozenset(one.text("name") for one in element.all("category")),
            schemes=frozenset(one.text("scheme") for one in element.all("data") if one.text("scheme")),
            hosts=frozenset(one.text("host") for one in element.all("data") if one.text("host")),
        )
        for element in activity.all("intent-filter")
    )


def _meta(application: Element, name: str) -> str | None:
    return next((one.text("value") for one in application.all("meta-data") if one.text("name") == name), None)


def _full(name: str, package: str) -> str:
    return package + name if name.startswith(".") else name if "." in name else f"{package}.{name}"


def _truth(element: Element, name: str, *, default: bool) -> bool:
    value = element.attributes.get(name, default)
    return value == "true" if isinstance(value, str) else bool(value)


def _number(value: Value | None, default: int) -> int:
    """A preview codename such as "S" instead of a number counts as the default."""
    return value if isinstance(value, int) else int(value) if isinstance(value, str) and value.isdigit() else default
