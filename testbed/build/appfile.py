import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import testbed.pocket
from testbed.build import bundle
from testbed.build.defect import Defect
from testbed.build.developer import developer_of
from testbed.build.manifest import VERSION, binary_manifest
from testbed.build.signature import signed
from testbed.build.signer import signer_of

EPOCH: Final = (1981, 1, 1, 1, 1, 2)
"""The date of every entry, as Android's own build tools write it, so that a build does not depend on the day."""

type Code = Mapping[str, str]


def _apk(entry: str, code: Code, home: Path) -> bytes:
    entries = {"AndroidManifest.xml": binary_manifest(entry)}
    entries |= {f"assets/{place}": source.encode() for place, source in sorted(code.items())}
    return signed(_zip(entries), signer_of(home))


def _ipa(entry: str, code: Code, home: Path) -> bytes:
    files = bundle.bundle(entry, code, developer_of(home))
    return _zip({f"Payload/{bundle.NAME}.app/{place}": content for place, content in files.items()})


@dataclass(frozen=True, slots=True)
class Platform:
    """How the app's code becomes a file; `home` keeps the signing keys."""

    name: str
    suffix: str
    assemble: Callable[[str, Code, Path], bytes]


PLATFORMS: Final = (Platform("android", ".apk", _apk), Platform("ios", ".ipa", _ipa))


def platform(name: str) -> Platform:
    return next(one for one in PLATFORMS if one.name == name)


def build(target: Platform, defect: Defect | None, home: Path) -> bytes:
    """Return an app file; the same code, defect and home give the same bytes."""
    entry = "defect.entry:main" if defect else "pocket.main:main"
    return target.assemble(entry, _app() | (defect.files() if defect else {}), home)


def file_name(target: Platform, defect: Defect | None) -> str:
    return f"pocket-{VERSION}-{defect.name}{target.suffix}" if defect else f"pocket-{VERSION}{target.suffix}"


def _app() -> dict[str, str]:
    folder = Path(testbed.pocket.__file__).parent
    return {f"pocket/{file.name}": file.read_text() for file in folder.glob("*.py")}


def _zip(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for place, content in entries.items():
            archive.writestr(zipfile.ZipInfo(place, EPOCH), content)
    return buffer.getvalue()
