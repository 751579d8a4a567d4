"""Android's binary XML, read into a tree (AOSP androidfw/ResourceTypes.h)."""

import struct
from dataclasses import dataclass, field

XML_TREE, STRING_POOL, RESOURCE_MAP = 0x0003, 0x0001, 0x0180
START_ELEMENT, END_ELEMENT = 0x0102, 0x0103
UTF8_FLAG = 1 << 8
NONE = 0xFFFFFFFF
TYPE_REFERENCE, TYPE_STRING, TYPE_BOOLEAN = 0x01, 0x03, 0x12

ATTRIBUTES = {
    0x01010001: "label",
    0x01010003: "name",
    0x0101000F: "debuggable",
    0x01010010: "exported",
    0x0101001D: "launchMode",
    0x01010020: "mimeType",
    0x01010021: "targetPackage",
    0x01010024: "value",
    0x01010027: "scheme",
    0x01010028: "host",
    0x0101020C: "minSdkVersion",
    0x0101021B: "versionCode",
    0x0101021C: "versionName",
    0x01010270: "targetSdkVersion",
    0x01010272: "testOnly",
    0x01010527: "networkSecurityConfig",
}
"""The attributes the phone reads, by resource id: a shrunk manifest may carry no names (AOSP public-final.xml)."""

type Value = str | int | bool


class BinaryXmlError(ValueError):
    """The bytes are no binary XML document."""


@dataclass(slots=True)
class Element:
    name: str
    attributes: dict[str, Value]
    children: list["Element"] = field(default_factory=list)

    def all(self, name: str) -> list["Element"]:
        return [child for child in self.children if child.name == name]

    def text(self, attribute: str) -> str:
        return str(self.attributes.get(attribute, ""))


def parse(data: bytes) -> Element:
    """The root element; raises BinaryXmlError."""
    try:
        return _tree(data)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BinaryXmlError(str(error)) from error


def _tree(data: bytes) -> Element:
    kind, header, size = struct.unpack_from("<HHI", data)
    if kind != XML_TREE:
        raise BinaryXmlError("no binary XML header")
    strings: list[str] = []
    names: tuple[int, ...] = ()
    top = Element("", {})
    open_elements = [top]
    at = header
    while at < min(size, len(data)):
        kind, header, length = struct.unpack_from("<HHI", data, at)
        chunk = data[at : at + length]
        if kind == STRING_POOL:
            strings = _strings(chunk, header)
        elif kind == RESOURCE_MAP:
            names = struct.unpack_from(f"<{(length - header) // 4}I", chunk, header)
        elif kind == START_ELEMENT:
            element = _element(chunk, header, strings, names)
            open_elements[-1].children.append(element)
            open_elements.append(element)
        elif kind == END_ELEMENT:
            open_elements.pop()
        if length <= 0:
            raise BinaryXmlError("a chunk without length")
        at += length
    return top.children[0]


def _element(chunk: bytes, header: int, strings: list[str], names: tuple[int, ...]) -> Element:
    _, name, start, size, count = struct.unpack_from("<IIHHH", chunk, header)
    attributes: dict[str, Value] = {}
    for index in range(count):
        _, key, raw, _, _, kind, value = struct.unpack_from("<IIIHBBI", chunk, header + start + size * index)
        known = ATTRIBUTES.get(names[key]) if key < len(names) else None
        attributes[known or strings[key]] = _value(kind, value, raw, strings)
    return Element(strings[name], attributes)


def _value(kind: int, value: int, raw: int, strings: list[str]) -> Value:
    if kind == TYPE_STRING:
        return strings[value]
    if raw != NONE and kind not in (TYPE_BOOLEAN, TYPE_REFERENCE):
        return strings[raw]
    return value != 0 if kind == TYPE_BOOLEAN else value


def _strings(chunk: bytes, header: int) -> list[str]:
    count, _, flags, start, _ = struct.unpack_from("<5I", chunk, 8)
    offsets = struct.unpack_from(f"<{count}I", chunk, header)
    read = _utf8 if flags & UTF8_FLAG else _utf16
    return [read(chunk, start + offset) for offset in offsets]


def _utf8(chunk: bytes, at: int) -> str:
    at += 2 if chunk[at] & 0x80 else 1  # the length in characters, not needed
    length = chunk[at]
    at += 1
    if length & 0x80:
        length = (length & 0x7F) << 8 | chunk[at]
        at += 1
    return chunk[at : at + length].decode("utf-8", "replace")


def _utf16(chunk: bytes, at: int) -> str:
    (length,) = struct.unpack_from("<H", chunk, at)
    at += 2
    if length & 0x8000:
        (low,) = struct.unpack_from("<H", chunk, at)
        length = (length & 0x7FFF) << 16 | low
        at += 2
    return chunk[at : at + 2 * length].decode("utf-16-le", "replace")
