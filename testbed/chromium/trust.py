"""The engine's trust: an NSS database below its HOME, where Chromium on Linux looks for what was added to its roots.

The phone's stores are written into it when the browser starts; as on Android, what runs goes on with what it read.
"""

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

DATABASE: Final = ".pki/nssdb"
"""Below HOME (chromium crypto/nss_util.cc, GetInitialConfigDirectory)."""
AUTHORITY: Final = "C,,"
"""Trusted to issue for TLS servers."""


class TrustError(OSError):
    """The database could not be written; the message is certutil's."""


def fill(home: Path, certutil: str, folders: Iterable[Path]) -> None:
    """A fresh database with every certificate of the folders and nothing else; raises TrustError."""
    database = home / DATABASE
    database.mkdir(parents=True, exist_ok=True)
    for file in database.iterdir():
        file.unlink()
    certificates = [file for folder in folders if folder.is_dir() for file in sorted(folder.iterdir())]
    _run(certutil, database, ("-N", "--empty-password"))
    for number, file in enumerate(certificates):
        name = f"{number} {file.name}"
        _run(certutil, database, ("-A", "-n", name, "-t", AUTHORITY, "-a", "-i", str(file.resolve())))


def _run(certutil: str, database: Path, words: Sequence[str]) -> None:
    command = [certutil, "-d", f"sql:{database}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(database)})
    if done.returncode:
        raise TrustError(f"{words[0]}: {done.stderr.strip()}")
