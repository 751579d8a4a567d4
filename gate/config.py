"""The configuration of a lab: its phones by name (TOML); by `--config FILE`, or by POCKETGATE_CONFIG.

    [[phone]]
    name = "pixel"            # for --phone
    platform = "android"
    serial = "R58M42ABCDE"    # as `adb devices` lists it; or avd = "Pixel_8_API_34"; of an iPhone: udid, wda
    pin = "1234"              # where the screen is locked
    capabilities = ["root"]   # what it can; left out: what it shows itself

An entry that cannot be used is refused with its place and what is wrong with it.
"""

import os
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from faults import UsageError


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
    pin: str | None = None
    window: bool = False
    gateway: str | None = None
    capture: Path | None = None
    capabilities: tuple[Literal["root", "settable_clock", "camera"], ...] | None = None

    @model_validator(mode="after")
    def _is_one_phone(self) -> Self:
        wanted = ("serial", "avd") if self.platform == "android" else ("udid",)
        given = [name for name in ("serial", "avd", "udid") if getattr(self, name)]
        if len(given) != 1 or given[0] not in wanted:
            msg = f"give {' or '.join(wanted)}, and nothing else of serial, avd and udid"
            raise ValueError(msg)
        return self


class LabSettings(BaseModel):
    """All that a file may hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    phone: tuple[PhoneEntry, ...] = ()


class Environment(BaseSettings):
    """POCKETGATE_CONFIG: the file that the run of which this process is a part was given."""

    model_config = SettingsConfigDict(env_prefix="POCKETGATE_")

    config: Path | None = None


def configured_phones() -> tuple[PhoneEntry, ...]:
    """Of the file that the environment names, none without one; raises UsageError."""
    file = Environment().config
    return () if file is None else read_config(file.resolve()).phone


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
        msg = f"--config {file}: {error.strerror}; give a file with [[phone]] entries"
        raise UsageError(msg) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        msg = f"--config {file}: no TOML ({error})"
        raise UsageError(msg) from error
    except ValidationError as errors:
        first = errors.errors()[0]
        place = ".".join(map(str, first["loc"]))
        msg = f"--config {file}: {place}: {first['msg']}"
        raise UsageError(msg) from errors
    names = [entry.name for entry in found.phone]
    if twice := next((name for name in names if names.count(name) > 1), None):
        msg = f"--config {file}: two phones are named {twice}; give each a name of its own"
        raise UsageError(msg)
    return found
