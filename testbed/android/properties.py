"""System properties (init's property service)."""

from testbed.android.image import SystemImage
from testbed.android.users import User

BOOT = {
    "dev.bootcomplete": "1",
    "sys.boot_completed": "1",
    "service.bootanim.exit": "1",
    "init.svc.bootanim": "stopped",
}
"""What stands once the system is up; until then these are missing and the animation runs."""


class Properties:
    def __init__(self, image: SystemImage, model: str, serial: str) -> None:
        kind, keys = image.build_type, "release-keys" if image.play_store else "dev-keys"
        self.values = {
            "gsm.operator.alpha": "T-Mobile",
            "gsm.sim.state": "LOADED",
            "init.svc.adbd": "running",
            "persist.sys.locale": "en-US",
            "persist.sys.timezone": "UTC",
            "ro.boot.qemu": "1",
            "ro.boot.qemu.avd_name": model.replace(" ", "_"),
            "ro.build.characteristics": "emulator",
            "ro.build.fingerprint": f"Virtual/virtual_phone/virtual:{image.release}/VPX1/1:{kind}/{keys}",
            "ro.build.id": "VPX1",
            "ro.build.tags": keys,
            "ro.build.type": kind,
            "ro.build.version.codename": "REL",
            "ro.build.version.release": image.release,
            "ro.build.version.sdk": str(image.api),
            "ro.debuggable": "0" if image.play_store else "1",
            "ro.hardware": "ranchu",
            "ro.kernel.qemu": "1",
            "ro.product.brand": "Virtual",
            "ro.product.cpu.abi": "x86_64",
            "ro.product.cpu.abilist": "x86_64",
            "ro.product.device": "virtual",
            "ro.product.first_api_level": str(image.api),
            "ro.product.locale": "en-US",
            "ro.product.manufacturer": "Virtual",
            "ro.product.model": model,
            "ro.product.name": "virtual_phone",
            "ro.secure": "1",
            "ro.serialno": serial,
            "ro.sf.lcd_density": "420",
            "sys.usb.state": "adb",
            **BOOT,
        }

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def set(self, name: str, value: str, user: User) -> bool:
        """False where property_contexts would refuse: `ro.*` for all, most others for the shell."""
        allowed = user.is_root or name.startswith(("debug.", "log."))
        if name.startswith("ro.") or not allowed:
            return False
        self.values[name] = value
        return True

    def boot(self, *, done: bool) -> None:
        """What scripts that wait for a boot look at."""
        for name, value in BOOT.items():
            if done:
                self.values[name] = value
            else:
                self.values.pop(name, None)
        if not done:
            self.values["init.svc.bootanim"] = "running"
