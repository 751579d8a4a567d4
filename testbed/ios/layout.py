from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDERS: Final = (
    "private/var/Keychains",
    "private/var/containers/Bundle/Application",
    "private/var/mobile/Containers/Data/Application",
    "private/var/mobile/Containers/Shared/AppGroup",
    "private/var/mobile/Library/Logs/CrashReporter",
    "private/var/mobile/Media/DCIM/100APPLE",
    "private/var/mobile/Media/Downloads",
    "private/var/mobile/Media/PublicStaging",
    "private/var/installd/Library/Caches/com.apple.mobile.installd.staging",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things lie on the phone; `root` is the host's folder that stands for `/`."""

    root: Path

    def make(self) -> None:
        for folder in FOLDERS:
            (self.root / folder).mkdir(parents=True, exist_ok=True)

    @property
    def bundles(self) -> Path:
        return self.root / "private/var/containers/Bundle/Application"

    @property
    def data(self) -> Path:
        return self.root / "private/var/mobile/Containers/Data/Application"

    @property
    def groups(self) -> Path:
        return self.root / "private/var/mobile/Containers/Shared/AppGroup"

    @property
    def media(self) -> Path:
        """What com.apple.afc shows: photos, downloads and the place where packages wait for installd."""
        return self.root / "private/var/mobile/Media"

    @property
    def crash_reports(self) -> Path:
        return self.root / "private/var/mobile/Library/Logs/CrashReporter"

    @property
    def staging(self) -> Path:
        return self.root / "private/var/installd/Library/Caches/com.apple.mobile.installd.staging"

    @property
    def keychains(self) -> Path:
        return self.root / "private/var/Keychains"

    def on_phone(self, host: Path) -> str:
        """The path by which the phone itself calls a file."""
        return "/" + host.relative_to(self.root).as_posix()
