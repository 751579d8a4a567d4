import plistlib
import shutil
import uuid
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

METADATA: Final = ".com.apple.mobile_container_manager.metadata.plist"
DATA_FOLDERS: Final = ("Documents", "Library/Caches", "Library/Preferences", "Library/SplashBoard/Snapshots", "tmp")


class Kind(IntEnum):
    """MCMMetadataContentClass."""

    BUNDLE = 1
    DATA = 2
    GROUP = 7


@dataclass(frozen=True, slots=True)
class Shelf:
    """Containers of one kind: folders named by a UUID, each of which says whose it is (containermanagerd)."""

    folder: Path
    kind: Kind

    def find(self, identifier: str) -> Path | None:
        return self.all().get(identifier)

    def all(self) -> dict[str, Path]:
        """Return the containers by the identifier of their owner."""
        found: dict[str, Path] = {}
        for file in sorted(self.folder.glob(f"*/{METADATA}")):
            found[str(plistlib.loads(file.read_bytes())["MCMMetadataIdentifier"])] = file.parent
        return found

    def make(self, identifier: str) -> Path:
        container = self.folder / str(uuid.uuid4()).upper()
        container.mkdir()
        said = {"MCMMetadataIdentifier": identifier, "MCMMetadataContentClass": int(self.kind)}
        (container / METADATA).write_bytes(plistlib.dumps({**said, "MCMMetadataUUID": container.name}))
        if self.kind is Kind.DATA:
            for folder in DATA_FOLDERS:
                (container / folder).mkdir(parents=True)
        return container

    def move(self, container: Path) -> Path:
        """Give a container a fresh name, as each update of an app does: an absolute path that was kept is stale."""
        fresh = container.with_name(str(uuid.uuid4()).upper())
        container.rename(fresh)
        return fresh

    def remove(self, identifier: str) -> None:
        container = self.find(identifier)
        if container is not None:
            shutil.rmtree(container)
