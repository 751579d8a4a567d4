"""The configuration of a lab: its phones by name (TOML); by `--config FILE`, or by POCKETGATE_CONFIG.

    [[phone]]
    name = "pixel"            # for --phone
    platform = "android"
    serial = "R58M42ABCDE"    # as `adb devices` lists it; or avd = "Pixel_8_API_34"
    pin = "1234"              # where the screen is locked; stands in no file of a run
    chromedriver = "/opt/chromedriver-131"   # of the phone's Chrome, for contexts of web pages; may be left out
    capabilities = ["root"]   # what it can; left out: what it shows itself

    [[phone]]
    name = "iphone"
    platform = "ios"
    udid = "00008110-000A1D2E3F40401E"
    wda = "http://127.0.0.1:8100"     # where WebDriverAgent answers
    proxy = "192.168.1.20:8080"       # set by hand in the phone's Wi-Fi settings: where the recorder shall listen
    cleared = true                    # by hand: Safari's data and the app's keychain are as on the first day

    [[phone]]
    name = "sim"
    platform = "ios"
    udid = "7B1A2E64-4B7C-4C53-9F53-6B7E0C9C2D11"
    simulator = true                  # network_service = "Ethernet", where the Mac's is not called Wi-Fi

    [app.android]                     # what is judged where no --app is given
    file = "builds/app.apk"           # from this file's folder on
    package = "com.example.crm"       # another app is refused, also one given by --app

    [controls.android]                # where the build names a control otherwise (scenarios/names.py)
    log_in = "accessibility id=Sign in"       # STRATEGY=VALUE, see drivers/locators.py

`pocketgate init` writes such a file, `pocketgate inspect` says what stands on a screen.
An entry that cannot be used is refused with its place and what is wrong with it.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from drivers.locators import find_of
from faults import UsageError
from scenarios.names import is_named

USBMUXD = Path("/var/run/usbmuxd")
"""Where usbmuxd listens on macOS and Linux (libusbmuxd, USBMUXD_SOCKET_FILE)."""
MOST_PORTS = 1 << 16
COMMON = frozenset({"name", "platform"})
OWN = {
    "android": frozenset({"serial", "avd", "pin", "window", "gateway", "capture", "chromedriver", "capabilities"}),
    "simulator": frozenset({"udid", "simulator", "wda", "network_service"}),
    "iPhone": frozenset({"udid", "simulator", "wda", "usbmuxd", "proxy", "cleared", "capture", "gateway"}),
}
"""What can be said of each kind; what an iPhone can follows from whose hands act on it."""
KIND_WORDS = {"android": "an Android phone", "simulator": "a simulator", "iPhone": "an iPhone"}
NEEDED: Mapping[str, Mapping[str, str]] = {
    "android": {},
    "simulator": {},
    "iPhone": {
        "wda": '"http://127.0.0.1:8100", where WebDriverAgent answers (or simulator = true)',
        "proxy": '"ADDRESS:PORT", what is set in its Wi-Fi settings: this machine, as the phone reaches it',
    },
}
UDIDS = {
    "simulator": r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}",
    "iPhone": r"[0-9A-F]{8}-[0-9A-F]{16}|[0-9a-f]{40}",
}
WHERE_UDIDS_STAND = {
    "simulator": "`xcrun simctl list devices` shows them; of an iPhone leave out simulator = true",
    "iPhone": "`idevice_id -l` shows them; for a simulator say simulator = true",
}


class PhoneEntry(BaseModel):
    """One phone of the lab; exactly one of serial, avd and udid says which."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z0-9][\w.-]*$")
    platform: Literal["android", "ios"]
    serial: str | None = None
    avd: str | None = None
    udid: str | None = None
    wda: str | None = None
    simulator: bool = False
    network_service: str | None = None
    usbmuxd: Path = USBMUXD
    proxy: str | None = None
    cleared: bool = False
    pin: str | None = None
    window: bool = False
    gateway: str | None = None
    capture: Path | None = None
    chromedriver: Path | None = None
    capabilities: tuple[Literal["root", "settable_clock", "camera"], ...] | None = None

    @model_validator(mode="after")
    def _is_one_phone(self) -> Self:
        wanted = ("serial", "avd") if self.platform == "android" else ("udid",)
        given = [name for name in ("serial", "avd", "udid") if getattr(self, name)]
        if len(given) != 1 or given[0] not in wanted:
            msg = f"give {' or '.join(wanted)}, and nothing else of serial, avd and udid"
            raise ValueError(msg)
        return self

    @field_validator("wda")
    @classmethod
    def _is_a_web_address(cls, text: str | None) -> str | None:
        if text is not None and not re.fullmatch(r"https?://[\w.-]+:\d{1,5}", text):
            msg = f'{text} is no address of WebDriverAgent; give one such as "http://127.0.0.1:8100"'
            raise ValueError(msg)
        return text

    @field_validator("proxy")
    @classmethod
    def _is_an_address_with_a_port(cls, text: str | None) -> str | None:
        if text is None:
            return None
        address, _, port = text.rpartition(":")
        try:
            ipaddress.IPv4Address(address)
            known = 0 < int(port) < MOST_PORTS
        except ValueError:
            known = False
        if not known:
            msg = f'{text} is no address of this machine with a port; give one such as "192.168.1.20:8080"'
            raise ValueError(msg)
        return text

    @model_validator(mode="after")
    def _says_what_such_a_phone_has(self) -> Self:
        kind = self.platform if self.platform == "android" else "simulator" if self.simulator else "iPhone"
        strange = sorted(self.model_fields_set - COMMON - OWN[kind])
        if strange:
            msg = f"{', '.join(strange)}: nothing that is said of {KIND_WORDS[kind]}; take it out"
            raise ValueError(msg)
        missing = sorted(name for name in NEEDED[kind] if getattr(self, name) is None)
        if missing:
            msg = f"{KIND_WORDS[kind]} needs {' and '.join(f'{name} = {NEEDED[kind][name]}' for name in missing)}"
            raise ValueError(msg)
        form = UDIDS.get(kind)
        if form is not None and not re.fullmatch(form, self.udid or ""):
            msg = f"udid: {self.udid} is none of {KIND_WORDS[kind]}; {WHERE_UDIDS_STAND[kind]}"
            raise ValueError(msg)
        return self


class AppEntry(BaseModel):
    """The app of one platform."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    package: str = Field(pattern=r"^[A-Za-z][\w.-]*$")
    file: Path | None = None


class AppEntries(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    android: AppEntry | None = None
    ios: AppEntry | None = None


class ControlEntries(BaseModel):
    """Locators by the name of a control."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    android: Mapping[str, str] = Field(default_factory=dict)
    ios: Mapping[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _are_known_and_found(self) -> Self:
        for platform in ("android", "ios"):
            for name, locator in getattr(self, platform).items():
                _refuse_control(platform, name, locator)
        return self


def _refuse_control(platform: str, name: str, locator: str) -> None:
    if not is_named(name):
        msg = f"{platform}.{name}: no scenario uses such a control; the file that `pocketgate init` writes lists them"
        raise ValueError(msg)
    try:
        find_of(locator, platform)
    except ValueError as error:
        msg = f"{platform}.{name}: {error}"
        raise ValueError(msg) from error


class LabSettings(BaseModel):
    """All that a file may hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: tuple[PhoneEntry, ...] = ()
    app: AppEntries = AppEntries()
    controls: ControlEntries = ControlEntries()


class Environment(BaseSettings):
    """POCKETGATE_CONFIG: the file that the run of which this process is a part was given."""

    model_config = SettingsConfigDict(env_prefix="POCKETGATE_")

    config: Path | None = None


def configured() -> LabSettings:
    """What the file says that the environment names, nothing without one; raises UsageError."""
    file = Environment().config
    return LabSettings() if file is None else read_config(file.resolve())


def configured_phones() -> tuple[PhoneEntry, ...]:
    return configured().phone


def controls_of(platform: str) -> Mapping[str, str]:
    """Locators of the controls that the configured build names otherwise than the reference app."""
    found: Mapping[str, str] = getattr(configured().controls, platform)
    return found


def use_config(file: Path | None) -> None:
    """For this process and those that it starts; raises UsageError at once where the file is no good."""
    if file is not None:
        read_config(file.resolve())
        os.environ["POCKETGATE_CONFIG"] = str(file.resolve())


@lru_cache(maxsize=4)
def read_config(file: Path) -> LabSettings:
    """Raises UsageError with the place and what is wrong there."""
    try:
        found = LabSettings.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        msg = f"--config {file}: {error.strerror}; `pocketgate init` writes such a file"
        raise UsageError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"--config {file}: no TOML ({error})"
        raise UsageError(msg) from error
    except ValidationError as errors:
        first = errors.errors()[0]
        place = ".".join(map(str, first["loc"]))
        msg = f"--config {file}: {place}: {_words(first['type'], first['msg'])}"
        raise UsageError(msg) from errors
    names = [entry.name for entry in found.phone]
    if twice := next((name for name in names if names.count(name) > 1), None):
        msg = f"--config {file}: two phones are named {twice}; give each a name of its own"
        raise UsageError(msg)
    return found


def _words(kind: str, said: str) -> str:
    """pydantic's words, where they are plain."""
    if kind == "extra_forbidden":
        return "no such key; docs/real-phones.md shows what the file may hold"
    return said.removeprefix("Value error, ")
