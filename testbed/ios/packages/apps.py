"""What is installed, and the rules by which a package may replace it (installd)."""

import shutil
import uuid
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Protocol

from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from testbed.handset.clock import Clock
from testbed.ios.layout import Layout
from testbed.ios.packages import archive, codesign, info, profile, system
from testbed.ios.packages.app import App
from testbed.ios.packages.containers import Kind, Shelf
from testbed.ios.packages.info import Info
from testbed.ios.packages.refusal import Flaw, InstallError, UnverifiedError, verification_failed

STEPS: Final = (
    (5, "CreatingStagingDirectory"),
    (15, "ExtractingPackage"),
    (20, "InspectingPackage"),
    (20, "TakingInstallLock"),
    (30, "PreflightingApplication"),
    (30, "InstallingEmbeddedProfile"),
    (40, "VerifyingApplication"),
    (50, "CreatingContainer"),
    (60, "InstallingApplication"),
    (70, "PostflightingApplication"),
    (80, "SandboxingApplication"),
    (90, "GeneratingApplicationMap"),
)
"""Percentages and names as a phone reports them (seen in github.com/appknox/isign/issues/14)."""
IPHONE: Final = 1
"""Of UIDeviceFamily."""
VERIFYING: Final = 7
"""How many of the steps are behind us when the signature is looked at."""


class Watcher(Protocol):
    def __call__(self, bundle_id: str, *, installed: bool) -> None: ...


type Progress = Callable[[int, str], Awaitable[None]]


async def _nobody(_: str) -> None:
    return


async def _silent(_: int, __: str) -> None:
    return


class Apps:
    """Installs, upgrades and removes apps, and knows where each one's data lies.

    `ending` is awaited before an app's files are touched, so that its process is gone by then; `watchers` are told
    after each change.
    """

    def __init__(self, layout: Layout, clock: Clock, udid: str, version: str) -> None:
        layout.make()
        self._layout = layout
        self._clock = clock
        self._udid = udid
        self._version = version
        self._bundles = Shelf(layout.bundles, Kind.BUNDLE)
        self._data = Shelf(layout.data, Kind.DATA)
        self._groups = Shelf(layout.groups, Kind.GROUP)
        self.ending: Callable[[str], Awaitable[None]] = _nobody
        self.watchers: list[Watcher] = []
        self.installed: dict[str, App] = {app.bundle_id: app for app in system.image(version)}
        self._find_installed()

    def get(self, bundle_id: str) -> App | None:
        return self.installed.get(bundle_id)

    def of_user(self) -> list[App]:
        return [app for app in self.installed.values() if not app.is_system]

    def taking(self, url: str) -> App | None:
        """The app that opens a link; the last one installed where several want its scheme."""
        scheme = url.partition(":")[0].lower()
        return next((app for app in reversed(self.installed.values()) if scheme in app.info.schemes()), None)

    def group(self, identifier: str) -> Path | None:
        """The container that apps of one group share; None where no installed app is of the group."""
        return self._groups.find(identifier)

    async def install(self, package: Path, progress: Progress = _silent) -> App:
        """Put a package (a host path) in place of what was there; data stays; raises InstallError.

        Install and Upgrade are one: "nearly the same" (libimobiledevice, instproxy_upgrade).
        """
        work = self._layout.staging / f"temp.{uuid.uuid4().hex[:6]}"
        try:
            for step in STEPS[:2]:
                await progress(*step)
            bundle = archive.unpack(package, work / "extracted")
            found = info.read(bundle)
            for step in STEPS[2:VERIFYING]:
                await progress(*step)
            new = self._verified(bundle, found)
            self._check_replaceable(new)
            await self.ending(found.bundle_id)
            app = self._place(new)
            self._tell(app.bundle_id, installed=True)
            for step in STEPS[VERIFYING:]:
                await progress(*step)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        return app

    async def uninstall(self, bundle_id: str) -> bool:
        """Remove an app with its data, and the groups that no other app is in; False where there is none to remove.

        What it keeps in the keychain stays, as on every iPhone.
        """
        app = self.installed.get(bundle_id)
        if app is None or app.is_system:
            return False
        await self.ending(bundle_id)
        del self.installed[bundle_id]
        self._bundles.remove(bundle_id)
        self._data.remove(bundle_id)
        kept = {group for one in self.of_user() for group in one.app_groups}
        for group in app.app_groups:
            if group not in kept:
                self._groups.remove(group)
        self._tell(bundle_id, installed=False)
        return True

    def profiles(self) -> list[bytes]:
        """Return the provisioning profiles that came with apps, as signed messages."""
        return [(app.bundle / profile.FILE).read_bytes() for app in self.of_user() if app.bundle is not None]

    def _tell(self, bundle_id: str, *, installed: bool) -> None:
        for watcher in self.watchers:
            watcher(bundle_id, installed=installed)

    def _verified(self, bundle: Path, found: Info) -> App:
        try:
            return self._trusted(bundle, found)
        except UnverifiedError as error:
            raise verification_failed(error, self._layout.on_phone(bundle)) from error

    def _trusted(self, bundle: Path, found: Info) -> App:
        signature = codesign.verify(bundle, found.executable)
        file = bundle / profile.FILE
        if not file.is_file():
            raise UnverifiedError(Flaw.NO_PROFILE, "no profile in the bundle")
        granted = profile.read(file.read_bytes())
        granted.check(signature.signer, self._udid, datetime.fromtimestamp(self._clock.now(), UTC))
        if signature.identifier != found.bundle_id or signature.team != granted.team:
            raise UnverifiedError(Flaw.INVALID_SIGNATURE, "signed as another app")
        granted.check_entitlements(signature.entitlements, found.bundle_id)
        return App(found, bundle, None, signature.entitlements, _name(signature.signer))

    def _check_replaceable(self, new: App) -> None:
        """Raises InstallError where the phone, or the app that is there, does not go with the new one."""
        minimum = new.info.minimum_os
        if not info.not_older(self._version, minimum):
            text = f"The system version is lower than the minimum OS version specified for {new.bundle_id}."
            raise InstallError("DeviceOSVersionTooLow", f"{text} Have {self._version}; need {minimum}")
        if IPHONE not in new.info.raw.get("UIDeviceFamily", [IPHONE]):
            raise InstallError("DeviceFamilyNotSupported", f"{new.bundle_id} is not built for iPhone")
        old = self.installed.get(new.bundle_id)
        if old is not None and (old.is_system or old.identifier != new.identifier):
            text = f"Upgrade's application-identifier entitlement string ({new.identifier}) does not match installed"
            text += f" application's application-identifier string ({old.identifier}); rejecting upgrade."
            raise InstallError("MismatchedApplicationIdentifierEntitlement", text)

    def _place(self, new: App) -> App:
        if new.bundle is None:
            raise ValueError("only a bundle can be put in place")
        self._bundles.remove(new.bundle_id)
        bundle = self._bundles.make(new.bundle_id) / new.bundle.name
        new.bundle.rename(bundle)
        kept = self._data.find(new.bundle_id)
        data = self._data.make(new.bundle_id) if kept is None else self._data.move(kept)
        for group in new.app_groups:
            if self._groups.find(group) is None:
                self._groups.make(group)
        app = App(new.info, bundle, data, new.entitlements, new.signer)
        self.installed.pop(new.bundle_id, None)
        self.installed[new.bundle_id] = app
        return app

    def _find_installed(self) -> None:
        """A phone that is started again has the apps it had: the containers say so."""
        for left in self._layout.staging.iterdir():
            shutil.rmtree(left)
        data = self._data.all()
        for bundle_id, container in self._bundles.all().items():
            bundle = next(container.glob("*.app"), None)
            if bundle is None:  # the phone was switched off in the middle of an install
                shutil.rmtree(container)
                continue
            found = info.read(bundle)
            signed = codesign.verify(bundle, found.executable)
            signer = _name(signed.signer)
            self.installed[bundle_id] = App(found, bundle, data.get(bundle_id), signed.entitlements, signer)


def _name(certificate: Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else ""
