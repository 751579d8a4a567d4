"""The picture that the app switcher shows of an app: taken when it leaves the screen, kept in the app's container.

UIKit writes `Library/SplashBoard/Snapshots/sceneID:BUNDLE-default/NAME.ktx`; a texture file (Khronos KTX 1.1), here
without compression and at half size, so that whoever looks at the container sees what was on the screen.
"""

import io
import struct
import uuid
from pathlib import Path

from PIL import Image

FOLDER = "Library/SplashBoard/Snapshots"
IDENTIFIER = b"\xabKTX 11\xbb\r\n\x1a\n"
UNSIGNED_BYTE, RGB, RGB8 = 0x1401, 0x1907, 0x8051
ENDIANNESS = 0x04030201
SHRUNK = 6
"""Three pixels are a point; half a point is fine enough to read and small enough to pull."""


def ktx(png: bytes) -> bytes:
    """The picture as an uncompressed texture with one level (KTX 1.1, section 2)."""
    with Image.open(io.BytesIO(png)) as image:
        small = image.convert("RGB").resize((image.width // SHRUNK // 4 * 4, image.height // SHRUNK))
    body = small.tobytes()
    numbers = (ENDIANNESS, UNSIGNED_BYTE, 1, RGB, RGB8, RGB, small.width, small.height, 0, 0, 1, 1, 0)
    return IDENTIFIER + struct.pack("<13I", *numbers) + struct.pack("<I", len(body)) + body


def keep(png: bytes, container: Path, bundle_id: str) -> Path:
    """Put the picture in place of the last one."""
    folder = container / FOLDER / f"sceneID:{bundle_id}-default"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.ktx"):
        old.unlink()
    file = folder / f"{str(uuid.uuid4()).upper()}@3x.ktx"
    file.write_bytes(ktx(png))
    return file
