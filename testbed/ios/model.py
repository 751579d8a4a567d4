"""What kind of iPhone this is: the facts that do not change while it runs."""

import zlib
from dataclasses import dataclass
from typing import Final

BUILDS: Final = {
    "15.8": "19H370",
    "16.7": "20H19",
    "17.5": "21F79",
    "17.5.1": "21F90",
    "18.0": "22A3354",
    "18.5": "22F76",
    "26.0": "23A341",
}
"""Releases of iOS and their builds; a phone of another release is refused at start."""


@dataclass(frozen=True, slots=True)
class Model:
    udid: str
    name: str
    version: str
    product_type: str = "iPhone14,5"
    hardware: str = "D17AP"
    model_number: str = "MLPF3"
    chip: int = 0x8110
    board: int = 0x08

    @property
    def build(self) -> str:
        return BUILDS[self.version]

    @property
    def ecid(self) -> int:
        """The second half of the udid, which says chip and ECID since the A12."""
        return int(self.udid.partition("-")[2], 16)

    @property
    def serial(self) -> str:
        return f"VP{zlib.crc32(self.udid.encode()):08X}"

    @property
    def wifi_address(self) -> str:
        """Locally administered, made from the udid."""
        number = zlib.crc32(self.udid.encode())
        return ":".join(f"{byte:02x}" for byte in (0x02, 0x00, *number.to_bytes(4)))


def udid_of(number: int) -> str:
    """A udid in the form of the A15's, for phone number 0 to 2**64-1."""
    return f"00008110-{number:016X}"
