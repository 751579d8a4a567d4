from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from testbed.ios.packages.info import Info


@dataclass(frozen=True, slots=True)
class App:
    """One app on the phone."""

    info: Info
    bundle: Path | None
    """The host's `NAME.app`; None for an app of the system image."""
    data: Path | None
    entitlements: Mapping[str, Any] = field(default_factory=dict)
    signer: str = "Apple iPhone OS Application Signing"

    @property
    def bundle_id(self) -> str:
        return self.info.bundle_id

    @property
    def is_system(self) -> bool:
        return self.bundle is None

    @property
    def code(self) -> Path | None:
        """The folder of the app's modules, as the runtime takes it."""
        return None if self.bundle is None else self.bundle / "assets"

    @property
    def is_debuggable(self) -> bool:
        """Signed for development: only then may a debugger attach and house_arrest vend the whole container."""
        return self.entitlements.get("get-task-allow") is True

    @property
    def identifier(self) -> str:
        """TEAM.BUNDLE, by which the phone knows an upgrade for one of the same app."""
        return str(self.entitlements.get("application-identifier", self.bundle_id))

    @property
    def keychain_groups(self) -> tuple[str, ...]:
        """Access groups, the first is where new items go (Apple: Sharing access to keychain items)."""
        listed = tuple(str(one) for one in self.entitlements.get("keychain-access-groups", ()))
        return (*listed, *(() if self.identifier in listed else (self.identifier,)), *self.app_groups)

    @property
    def app_groups(self) -> tuple[str, ...]:
        return tuple(str(one) for one in self.entitlements.get("com.apple.security.application-groups", ()))
