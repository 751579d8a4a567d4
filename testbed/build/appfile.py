import io
import zipfile
from pathlib import Path
from typing import Final

import testbed.pocket
from testbed.build.defect import Defect
from testbed.build.manifest import VERSION, binary_manifest
from testbed.build.signature import signed
from testbed.build.signer import Signer

EPOCH: Final = (1981, 1, 1, 1, 1, 2)
"""The date of every entry, as Android's own build tools write it, so that a build does not depend on the day."""


def build(defect: Defect | None, signer: Signer) -> bytes:
    """Return an app file; the same code, defect and signer give the same bytes."""
    entry = "defect.entry:main" if defect else "pocket.main:main"
    code = _app() | (defect.files() if defect else {})
    entries = {"AndroidManifest.xml": binary_manifest(entry)}
    entries |= {f"assets/{place}": source.encode() for place, source in sorted(code.items())}
    return signed(_zip(entries), signer)


def file_name(defect: Defect | None) -> str:
    return f"pocket-{VERSION}-{defect.name}.apk" if defect else f"pocket-{VERSION}.apk"


def _app() -> dict[str, str]:
    folder = Path(testbed.pocket.__file__).parent
    return {f"pocket/{file.name}": file.read_text() for file in folder.glob("*.py")}


def _zip(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for place, content in entries.items():
            archive.writestr(zipfile.ZipInfo(place, EPOCH), content)
    return buffer.getvalue()
