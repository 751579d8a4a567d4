import stat
import zipfile
from pathlib import Path, PurePosixPath

from testbed.ios.packages.refusal import InstallError


def unpack(package: Path, to: Path) -> Path:
    """Put a package (an .ipa, or a bundle's folder as Xcode sends it) into a folder; raises InstallError.

    Returns the bundle: the one `*.app` below `Payload`.
    """
    if package.is_dir():
        return _copied(package, to)
    try:
        with zipfile.ZipFile(package) as archive:
            for entry in archive.infolist():
                _extract(archive, entry, to)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError) as error:
        raise InstallError("PackageExtractionFailed", f"Could not extract archive {package.name}: {error}") from error
    found = sorted((to / "Payload").glob("*.app"))
    if len(found) != 1:
        raise InstallError("PackageInspectionFailed", f"{len(found)} app bundles in the Payload of {package.name}")
    return found[0]


def _copied(package: Path, to: Path) -> Path:
    bundle = to / "Payload" / package.name
    for file in sorted(package.rglob("*")):
        if file.is_symlink():
            raise InstallError("PackageInspectionFailed", f"{file.name} is a link")
        target = bundle / file.relative_to(package)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_file():
            target.write_bytes(file.read_bytes())
    return bundle


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path) -> None:
    place = PurePosixPath(entry.filename)
    if place.is_absolute() or ".." in place.parts or stat.S_ISLNK(entry.external_attr >> 16):
        raise InstallError("PackageExtractionFailed", f"Archive entry {entry.filename} leads out of the package")
    target = to / place
    if entry.is_dir():
        target.mkdir(parents=True, exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(archive.read(entry))
