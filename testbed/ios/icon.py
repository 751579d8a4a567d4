import io
import zlib

from PIL import Image, ImageDraw

from testbed.screen.lettering import font

SIDE = 180
CORNER = 40
LETTER = 96


def icon(name: str) -> bytes:
    """An app's icon as PNG: its first letter on a colour made from its name."""
    colour = zlib.crc32(name.encode())
    image = Image.new("RGB", (SIDE, SIDE), "#ffffff")
    draw = ImageDraw.Draw(image)
    shade = (colour >> 16 & 127, colour >> 8 & 127, colour & 127)
    draw.rounded_rectangle((0, 0, SIDE - 1, SIDE - 1), CORNER, shade)
    draw.text((SIDE // 2, SIDE // 2), name[:1].upper(), "#ffffff", font(LETTER), anchor="mm")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
