"""When the app may ask for a finger or a face instead of the password."""

from typing import Final

ONLINE_SINCE: Final = (11, 1, 12)
"""Release notes of Mobile CRM 11.1.12; before, onsite only (the vendor's FAQ and the security description)."""


def offered(version: str, *, online: bool) -> bool:
    """Whether an app of this version offers it."""
    return not online or tuple(int(part) for part in version.split(".")) >= ONLINE_SINCE
