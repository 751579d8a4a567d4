"""`python -m testbed.android`: one virtual phone, until SIGTERM."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from testbed.android.adbd.registration import Registration
from testbed.android.phone import Blueprint, Phone
from testbed.android.ports import claim_pair
from testbed.android.properties import RELEASES
from testbed.handset.listening import listener
from testbed.handset.uplink import Route, route


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def _route(text: str) -> Route:
    try:
        return route(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"PATTERN=HOST:PORT is expected, not {text!r}") from error


def _certificate(text: str) -> Path:
    path = Path(text).absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"no such file: {text}")
    return path


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = OneLineParser(prog="testbed.android")
    parser.add_argument("--home", required=True, type=Path, help="the phone's folder")
    parser.add_argument("--adb-server-port", required=True, type=int)
    parser.add_argument("--system-ca", action="append", default=[], type=_certificate, metavar="PEM")
    parser.add_argument("--resolve", action="append", default=[], type=_route, metavar="PATTERN=HOST:PORT")
    parser.add_argument("--api", default=33, type=int, choices=sorted(RELEASES))
    parser.add_argument("--model", default="Virtual Phone")
    parser.add_argument("--browser", action="store_true", help="with the system browser")
    return parser.parse_args(words)


async def run(options: argparse.Namespace) -> None:
    home = options.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    os.chdir(home)  # app sockets have relative names
    consoles, adbs = claim_pair()
    console_port, adb_port = consoles.getsockname()[1], adbs.getsockname()[1]
    serial = f"emulator-{console_port}"
    blueprint = Blueprint(
        home=home,
        serial=serial,
        api=options.api,
        model=options.model,
        routes=tuple(options.resolve),
        system_ca=tuple(options.system_ca),
        browser=options.browser,
    )
    uplinks = listener()
    phone = Phone(blueprint, uplinks.getsockname()[1])
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, phone.power_off)
    await asyncio.start_server(phone.uplink.serve, sock=uplinks)
    await asyncio.start_server(phone.console.serve, sock=consoles)
    await asyncio.start_server(phone.daemon.connected, sock=adbs)
    registration = asyncio.create_task(Registration(options.adb_server_port, serial, adb_port).keep())
    await _ready(phone, serial, console_port)
    await phone.off.wait()
    registration.cancel()
    await phone.close()


async def _ready(phone: Phone, serial: str, console_port: int) -> None:
    """One line once an adb server has greeted the phone."""
    online = asyncio.create_task(phone.daemon.online.wait())
    off = asyncio.create_task(phone.off.wait())
    await asyncio.wait({online, off}, return_when=asyncio.FIRST_COMPLETED)
    if phone.off.is_set():
        return
    unmodelled = str(phone.unmodelled.path)
    line = {"serial": serial, "console_port": console_port, "adb_port": console_port + 1, "api": phone.api}
    sys.stdout.write(json.dumps({**line, "unmodelled": unmodelled}) + "\n")
    sys.stdout.flush()


def main() -> None:
    options = arguments(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(run(options))
    os._exit(0)  # nothing is left to wait for but idle threads


if __name__ == "__main__":
    main()
