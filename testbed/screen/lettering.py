"""Text measured and broken with the font it is drawn in, so that what is laid out is what is seen."""

from functools import cache, lru_cache

from PIL import ImageFont


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The scalable font that Pillow carries, so that every machine draws the same screen; size in pixels."""
    face = ImageFont.load_default(size)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise TypeError("this Pillow was built without FreeType, so text has no size that could be laid out")
    return face


@lru_cache(maxsize=8192)
def wrap(text: str, width: int, size: int) -> tuple[str, ...]:
    """Lines that fit the width in pixels: broken at spaces, within a word only where the word alone is too long."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        lines.extend(_broken(paragraph, width, size))
    return tuple(lines)


def _broken(paragraph: str, width: int, size: int) -> list[str]:
    if font(size).getlength(paragraph) <= width:
        return [paragraph]
    lines, line = [], ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if font(size).getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, width, size)
        lines.extend(full)
    return [*lines, line]


def _pieces(word: str, width: int, size: int) -> list[str]:
    pieces = [""]
    for letter in word:
        if pieces[-1] and font(size).getlength(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces


@lru_cache(maxsize=8192)
def fit(text: str, width: int, size: int) -> str:
    """One line, cut with an ellipsis where the width in pixels ends."""
    line = " ".join(text.split())
    if font(size).getlength(line) <= width:
        return line
    while line and font(size).getlength(line + "…") > width:
        line = line[:-1]
    return line + "…"
