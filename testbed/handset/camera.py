"""What the camera sees: the emulator's virtual scene, with a picture on its table if the console put one there."""

import io
from pathlib import Path

from PIL import Image, UnidentifiedImageError

SIZE = (640, 480)
WALL = (196, 205, 199)


class ImageError(ValueError):
    """The file is no picture."""


class Camera:
    def __init__(self) -> None:
        self._scene = _png(Image.new("RGB", SIZE, WALL))

    def look_at(self, file: Path) -> None:
        """Raises ImageError, or OSError where the file cannot be read."""
        try:
            with Image.open(io.BytesIO(file.read_bytes())) as image:
                self._scene = _png(image.convert("RGB"))
        except UnidentifiedImageError as error:
            raise ImageError(str(file)) from error

    def capture(self) -> bytes:
        """The picture as PNG."""
        return self._scene


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
