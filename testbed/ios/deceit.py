"""The faults that lie in files and packages: what a phone of that fault has in place of the honest part."""

import shutil
from dataclasses import replace
from pathlib import Path

from testbed.ios.device import Device
from testbed.ios.faults import Fault, Faults
from testbed.ios.packages.app import App
from testbed.ios.packages.apps import Apps, Progress


async def _silent(_: int, __: str) -> None:
    return


class DeceivingApps(Apps):
    """An installer that lies as long as the phone has the fault to."""

    faults = Faults()

    async def install(self, package: Path, progress: Progress = _silent) -> App:
        installed = self.of_user()
        if Fault.INSTALL_KEEPS_OLD in self.faults and installed:
            await progress(50, "CreatingContainer")
            self._tell(installed[0].bundle_id, installed=True)
            return installed[0]
        app = await super().install(package, progress)
        attic = self._attic(app.bundle_id)
        if Fault.UNINSTALL_KEEPS_DATA in self.faults and attic.is_dir() and app.data is not None:
            shutil.copytree(attic, app.data, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".com.apple.*"))
        return app

    async def uninstall(self, bundle_id: str) -> bool:
        app = self.installed.get(bundle_id)
        if Fault.UNINSTALL_KEEPS_DATA in self.faults and app is not None and app.data is not None:
            await self.ending(bundle_id)
            shutil.copytree(app.data, self._attic(bundle_id), dirs_exist_ok=True)
        return await super().uninstall(bundle_id)

    def get(self, bundle_id: str) -> App | None:
        """What hosts see of an app; on a phone with a stale container always what they saw first."""
        app = super().get(bundle_id)
        if Fault.CONTAINER_STALE not in self.faults or app is None or app.data is None:
            return app
        copy = self._layout.staging / f"stale.{bundle_id}"
        if not copy.is_dir():
            shutil.copytree(app.data, copy)
        return replace(app, data=copy)

    def _attic(self, bundle_id: str) -> Path:
        return self._layout.staging / f"kept.{bundle_id}"


def install(device: Device, faults: Faults) -> None:
    """Put the installer that can lie in place of the honest one."""
    honest = device.apps
    deceiving = DeceivingApps(device.layout, device.clock, device.model.udid, device.model.version)
    deceiving.faults, deceiving.watchers = faults, honest.watchers
    device.apps = deceiving
