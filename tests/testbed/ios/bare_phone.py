"""`python -m tests.testbed.ios.bare_phone`: the phone's daemons in a process of their own, with a still screen.

Lines on stdin set what a person would: `lock`, `unlock`, `trust granted|asked|denied`, `tap yes|no`, `log TEXT`,
`protect BUNDLE PATH CLASS`, `mount`, `unmount`, `forward PORT TO`,
`deeds`; each is answered by one line.
"""

import argparse
import asyncio
import io
import json
import logging
import os
import sys
from pathlib import Path

from PIL import Image

from testbed.handset.clock import Clock
from testbed.handset.unmodelled import Unmodelled
from testbed.ios import protection
from testbed.ios.body import Battery
from testbed.ios.cable import Cable
from testbed.ios.device import Device
from testbed.ios.lockdown import daemon
from testbed.ios.lockdown.pairing import Trust
from testbed.ios.model import Model
from testbed.ios.protection import Protection

SIZE = (390, 844)


class StillBody:
    battery = Battery(0.8, charging=True)
    orientation = 1

    def __init__(self) -> None:
        self.locked = False
        self.deeds: list[str] = []

    def screenshot(self) -> bytes:
        return _png("navy")

    def icon(self, bundle_id: str) -> bytes:
        return _png("white" if bundle_id.startswith("com.apple.") else "green")

    async def restart(self) -> None:
        self.deeds.append("restart")

    async def shut_down(self) -> None:
        self.deeds.append("shut down")

    async def sleep(self) -> None:
        self.locked = True


def _png(colour: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIZE, colour).save(out, "PNG")
    return out.getvalue()


class Hand:
    """Does what stdin asks."""

    def __init__(self, device: Device, body: StillBody) -> None:
        self._device = device
        self._body = body

    def do(self, deed: str, *words: str) -> str:
        match deed, words:
            case (("lock" | "unlock"), ()):
                self._body.locked = deed == "lock"
            case "trust", (how,):
                self._device.pairing.trust = Trust(how)
            case "tap", (answer,):
                self._device.pairing.tap(trusted=answer == "yes")
            case "log", texts:
                self._device.syslog.write("Sample", " ".join(texts), pid=4711)
            case "protect", (bundle_id, path, kind):
                app = self._device.apps.get(bundle_id)
                assert app is not None
                assert app.data is not None
                protection.set_class(app.data / path, Protection(kind))
            case "deeds", ():
                return " ".join(self._body.deeds)
            case "forward", (port, to):
                self._device.ports.forward(int(port), "127.0.0.1", int(to))
            case (("mount" | "unmount"), ()):
                self._device.image_mounted = deed == "mount"
            case _:
                return f"no such deed: {deed}"
        return "ok"


async def run(options: argparse.Namespace) -> None:
    home: Path = options.home
    body = StillBody()
    clock, unmodelled = Clock(home / "clock"), Unmodelled(home / "unmodelled.log")
    device = Device(home, Model(options.udid, options.name, options.ios), clock, unmodelled, body)
    device.pairing.trust = Trust(options.trust)
    daemon.install(device)
    cable = Cable(options.usbmuxd, options.udid, device.ports)
    await cable.attach()
    hand = Hand(device, body)
    print(json.dumps({"udid": options.udid, "unmodelled": str(unmodelled.path)}), flush=True)  # noqa: T201 -- the answer
    while line := await asyncio.to_thread(sys.stdin.readline):
        print(hand.do(*line.split()), flush=True)  # noqa: T201 -- the answer
    cable.detach()


def _folder(text: str) -> Path:
    path = Path(text).absolute()
    path.mkdir(parents=True, exist_ok=True)
    return path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", required=True, type=_folder)
    parser.add_argument("--usbmuxd", required=True, type=Path)
    parser.add_argument("--udid", required=True)
    parser.add_argument("--name", default="Virtual iPhone")
    parser.add_argument("--ios", default="17.5")
    parser.add_argument("--trust", default="granted")
    logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(run(parser.parse_args()))
    os._exit(0)


if __name__ == "__main__":
    main()
