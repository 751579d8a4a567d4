import plistlib
import re
import uuid
from pathlib import Path
from typing import Final

SYSTEM: Final = "SystemConfiguration"
NAME: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


class Records:
    """Pair records: what this host needs to be trusted by a phone, one file each (usbmuxd's /var/lib/lockdown)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def buid(self) -> str:
        """The host's own identifier, made once."""
        file = self._folder / f"{SYSTEM}.plist"
        if not file.exists():
            file.write_bytes(plistlib.dumps({"SystemBUID": str(uuid.uuid4()).upper()}))
        return str(plistlib.loads(file.read_bytes())["SystemBUID"])

    def read(self, udid: str) -> bytes | None:
        file = self._file(udid)
        return file.read_bytes() if file is not None and file.exists() else None

    def save(self, udid: str, record: bytes) -> bool:
        """False where the name could not be a phone's."""
        file = self._file(udid)
        if file is None:
            return False
        file.touch(mode=0o600)
        file.write_bytes(record)
        return True

    def delete(self, udid: str) -> bool:
        """False where there was none."""
        file = self._file(udid)
        if file is None or not file.exists():
            return False
        file.unlink()
        return True

    def _file(self, udid: str) -> Path | None:
        return self._folder / f"{udid}.plist" if NAME.fullmatch(udid) and udid != SYSTEM else None
