"""Why installd refuses: names of MobileInstallation's errors, codes of the verifier (libmis, 0xe8008xxx).

The names are those that libimobiledevice knows (src/installation_proxy.c), the texts those that phones report and
Apple's own tools pass on.
"""

from dataclasses import dataclass
from enum import Enum


class Flaw(Enum):
    """What the code-signature verifier may find."""

    INVALID_SIGNATURE = (0xE8008014, "The executable contains an invalid signature.")
    NO_PROFILE = (0xE8008015, "A valid provisioning profile for this executable was not found.")
    INVALID_ENTITLEMENTS = (0xE8008016, "The executable was signed with invalid entitlements.")
    RESOURCE_CHANGED = (0xE8008017, "A signed resource has been added, modified, or deleted.")
    IDENTITY_NO_LONGER_VALID = (0xE8008018, "The identity used to sign the executable is no longer valid.")
    NOT_SIGNED = (0xE800801C, "No code signature found.")
    PROFILE_EXPIRED = (0xE8008011, "The provisioning profile has expired.")
    OTHER_DEVICE = (0xE8008012, "This provisioning profile cannot be installed on this device.")

    @property
    def code(self) -> int:
        return int(self.value[0])

    @property
    def text(self) -> str:
        return str(self.value[1])


@dataclass(slots=True)
class UnverifiedError(Exception):
    """The code signature of a bundle does not hold."""

    flaw: Flaw
    detail: str


class InstallError(Exception):
    """installd's answer: an error's name, its number where it has one, and a sentence."""

    def __init__(self, name: str, description: str, detail: int = 0) -> None:
        super().__init__(f"{name}: {description}")
        self.name = name
        self.description = description
        self.detail = detail


def verification_failed(error: UnverifiedError, path: str) -> InstallError:
    """What installd makes of a flaw; `path` is the phone's path of the bundle."""
    code = f"0x{error.flaw.code:08x}"
    text = f"Failed to verify code signature of {path} : {code} ({error.flaw.text})"
    return InstallError("ApplicationVerificationFailed", text, error.flaw.code - (1 << 32))
