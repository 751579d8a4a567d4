"""The app files of a run: given by --app, else by the configuration, and those of the app that this lab judges."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from drivers.app_file import apps_of, read_app_file
from faults import UsageError
from gate.config import AppEntry, Environment, configured
from gate.phones import model_of, phones_of


def apps_for(files: Sequence[Path], phones: Sequence[str]) -> Mapping[str, Path]:
    """By platform; of configured ones those that the named phones run. None at all stands for the reference app.

    Raises UsageError as `apps_of`, and for a file that holds another app than the configuration says.
    """
    apps = apps_of(files) if files else _configured(phones)
    for platform, file in apps.items():
        _refuse_another(platform, file)
    return apps


def entry_of(platform: str) -> AppEntry | None:
    """What the configuration says of the app on a platform."""
    found: AppEntry | None = getattr(configured().app, platform)
    return found


def _configured(phones: Sequence[str]) -> dict[str, Path]:
    platforms = {model_of(name).platform for name in phones_of(phones)}
    entries = {platform: entry for platform in sorted(platforms) if (entry := entry_of(platform))}
    folder = (Environment().config or Path()).resolve().parent
    return apps_of(folder / entry.file for entry in entries.values() if entry.file)


def _refuse_another(platform: str, file: Path) -> None:
    entry = entry_of(platform)
    if entry is not None and (found := read_app_file(file).package) != entry.package:
        msg = f"{file}: this is {found}, and [app.{platform}] of the configuration says package = {entry.package!r}"
        raise UsageError(f"{msg}; give a file of that app, or another --config")
