"""What is installed, and the rules by which a file may replace it (AOSP InstallPackageHelper, VerificationUtils)."""

import base64
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from testbed.android.files import FileSystem
from testbed.android.keystore import Keystore
from testbed.android.packages import registry
from testbed.android.packages.apk import Apk, InstallError
from testbed.android.packages.installed import Installed
from testbed.android.packages.manifest import IntentFilter, Manifest
from testbed.android.packages.sessions import Sessions
from testbed.android.packages.system import TRUSTING_THE_USER
from testbed.android.users import FIRST_APP_UID
from testbed.handset.clock import Clock

FIRST_USER_APP = FIRST_APP_UID + 150
SYSTEM_SIGNER = "platform"


@dataclass(frozen=True, slots=True)
class InstallOptions:
    downgrade: bool = False
    grant_all: bool = False
    allow_test: bool = False
    replace: bool = True


class PackageManager:
    def __init__(
        self, files: FileSystem, keystore: Keystore, clock: Clock, api: int, registry: Path | None = None
    ) -> None:
        """`registry` is where the list of installed packages outlives the phone's process."""
        self.sessions = Sessions()
        self._registry = registry
        self._files = files
        self._keystore = keystore
        self._clock = clock
        self._api = api
        self._next_uid = FIRST_USER_APP
        self.packages: dict[str, Installed] = {}

    def preinstall(self, manifest: Manifest) -> None:
        """Puts a package of the system image in place."""
        path = f"/system/app/{manifest.label.replace(' ', '')}/{manifest.label.replace(' ', '')}.apk"
        uid = FIRST_APP_UID + len(self.packages)
        now = self._clock.now()
        trusting = manifest.package in TRUSTING_THE_USER
        self.packages[manifest.package] = Installed(manifest, SYSTEM_SIGNER, uid, None, path, now, now, trusting)
        self._make_data(manifest.package)

    def install(self, apk: Apk, options: InstallOptions) -> Installed:
        """Puts a checked file in place, keeping data and permissions of the one it replaces; raises InstallError."""
        old = self.packages.get(apk.manifest.package)
        self._check(apk, old, options)
        path = self._store(apk)
        now = self._clock.now()
        new = Installed(
            manifest=apk.manifest,
            signer=apk.signer,
            uid=old.uid if old else self._claim_uid(),
            apk=self._files.host(path),
            path=path,
            first_install=old.first_install if old else now,
            last_update=now,
            trusts_user_store=apk.trusts_user_store,
            granted=old.granted if old else set(),
        )
        if options.grant_all:
            new.granted.update(new.runtime_permissions())
        if old:
            self._drop_file(old)
        self.packages[new.name] = new
        self._make_data(new.name)
        self.save()
        return new

    def uninstall(self, name: str, *, keep_data: bool = False) -> bool:
        """False if there is nothing that can go; data and keys go with it."""
        found = self.packages.get(name)
        if found is None or found.is_system:
            return False
        self._drop_file(found)
        del self.packages[name]
        if not keep_data:
            shutil.rmtree(self._files.host(f"/data/data/{name}"), ignore_errors=True)
            self._keystore.forget(name)
        self.save()
        return True

    def clear(self, name: str) -> None:
        """`pm clear`: data, keys and granted permissions."""
        shutil.rmtree(self._files.host(f"/data/data/{name}"), ignore_errors=True)
        self._keystore.forget(name)
        self.packages[name].granted.clear()
        self.packages[name].refusals.clear()
        self._make_data(name)
        self.save()

    def save(self) -> None:
        """Also to be called when a permission was granted or taken."""
        if self._registry is not None:
            registry.write(self._registry, [one for one in self.packages.values() if not one.is_system])

    def restore(self) -> None:
        """What was installed when the phone was last on; a file that does not verify any more stays out."""
        if self._registry is None:
            return
        for found in registry.read(self._registry, self._files):
            self.packages[found.name] = found
            self._next_uid = max(self._next_uid, found.uid)

    def takers(self, action: str, url: str, package: str | None = None) -> list[tuple[Installed, str]]:
        """Packages and activities whose exported intent filters take this link."""
        scheme, _, rest = url.partition(":")
        host = rest.removeprefix("//").split("/")[0].split("?")[0].rpartition("@")[2].partition(":")[0]
        return [
            (one, activity)
            for one, activity, wanted in self._filters(package)
            if wanted.takes(action, scheme.lower(), host)
        ]

    def _filters(self, package: str | None) -> Iterator[tuple[Installed, str, IntentFilter]]:
        for one in self.packages.values():
            if package in (None, one.name):
                for activity in one.manifest.activities:
                    for wanted in activity.filters if activity.exported else ():
                        yield one, activity.name, wanted

    def _check(self, apk: Apk, old: Installed | None, options: InstallOptions) -> None:
        new = apk.manifest
        if new.min_sdk > self._api:
            message = f"Requires newer sdk version #{new.min_sdk} (current version is #{self._api})"
            raise InstallError("INSTALL_FAILED_OLDER_SDK", message)
        if new.test_only and not options.allow_test:
            raise InstallError("INSTALL_FAILED_TEST_ONLY", f"Failed to install test-only apk {new.package}")
        if old is None:
            return
        if not options.replace:
            message = f"Attempt to re-install {new.package} without first uninstalling."
            raise InstallError("INSTALL_FAILED_ALREADY_EXISTS", message)
        if old.signer != apk.signer:
            message = f"Existing package {new.package} signatures do not match newer version; ignoring!"
            raise InstallError("INSTALL_FAILED_UPDATE_INCOMPATIBLE", message)
        older = new.version_code < old.manifest.version_code
        if older and not (options.downgrade and old.manifest.debuggable):
            codes = f"Update version code {new.version_code} is older than current {old.manifest.version_code}"
            raise InstallError("INSTALL_FAILED_VERSION_DOWNGRADE", f"Downgrade detected: {codes}")

    def _store(self, apk: Apk) -> str:
        """A fresh folder for each install, as on a real phone, so that a stale path is never read again."""
        outer, inner = (base64.urlsafe_b64encode(os.urandom(16)).decode() for _ in range(2))
        path = f"/data/app/~~{outer}/{apk.manifest.package}-{inner}/base.apk"
        host = self._files.host("/data/app") / f"~~{outer}" / f"{apk.manifest.package}-{inner}" / "base.apk"
        host.parent.mkdir(parents=True)
        host.write_bytes(apk.data)
        return path

    def _drop_file(self, old: Installed) -> None:
        if old.apk is not None:
            shutil.rmtree(old.apk.parent.parent, ignore_errors=True)

    def _make_data(self, name: str) -> None:
        for folder in ("cache", "code_cache"):
            host = self._files.host("/data/data") / name / folder
            host.mkdir(parents=True, exist_ok=True)

    def _claim_uid(self) -> int:
        self._next_uid += 1
        return self._next_uid
