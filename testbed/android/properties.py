"""System properties (init's property service)."""

from testbed.android.users import User

RELEASES = {29: "10", 30: "11", 31: "12", 32: "12", 33: "13", 34: "14", 35: "15", 36: "16"}
"""API level to release; a phone of another level is refused at start."""


class Properties:
    def __init__(self, api: int, model: str, serial: str) -> None:
        self.values = {
            "dev.bootcomplete": "1",
            "init.svc.bootanim": "stopped",
            "persist.sys.locale": "en-US",
            "persist.sys.timezone": "UTC",
            "ro.boot.qemu": "1",
            "ro.build.characteristics": "emulator",
            "ro.build.tags": "test-keys",
            "ro.build.type": "userdebug",
            "ro.build.version.release": RELEASES[api],
            "ro.build.version.sdk": str(api),
            "ro.debuggable": "1",
            "ro.kernel.qemu": "1",
            "ro.product.brand": "Virtual",
            "ro.product.cpu.abi": "x86_64",
            "ro.product.cpu.abilist": "x86_64",
            "ro.product.device": "virtual",
            "ro.product.locale": "en-US",
            "ro.product.manufacturer": "Virtual",
            "ro.product.model": model,
            "ro.product.name": "virtual_phone",
            "ro.secure": "1",
            "ro.serialno": serial,
            "ro.sf.lcd_density": "420",
            "service.bootanim.exit": "1",
            "sys.boot_completed": "1",
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
