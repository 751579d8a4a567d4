"""`python -m testbed.android`: one virtual phone, until SIGTERM."""

import argparse
import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from testbed.android.adbd.registration import Registration
from testbed.android.chromium import Chromium, NoChromium, find
from testbed.android.control import Control
from testbed.android.faults import WORDS, Fault
from testbed.android.image import RELEASES, SystemImage
from testbed.android.phone import HOST_ALIAS, Blueprint, Phone
from testbed.android.ports import claim_pair
from testbed.handset import program
from testbed.handset.listening import listener
from testbed.handset.options import OneLineParser, certificate_option, route_option
from testbed.handset.serving import server_of


def _fault(text: str) -> Fault:
    if text not in WORDS:
        raise argparse.ArgumentTypeError(f"no such fault: {text}; there are {', '.join(WORDS)}")
    return WORDS[text]


def _chromium(text: str) -> Chromium:
    try:
        return find(text)
    except NoChromium as error:
        raise argparse.ArgumentTypeError(str(error)) from error


class _ListFaults(argparse.Action):
    """Prints the table and ends, whatever else was given."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        sys.stdout.write(json.dumps([{"name": one.word, "what": one.what} for one in Fault]) + "\n")
        parser.exit(0)


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = OneLineParser(prog="testbed.android")
    parser.add_argument("--home", required=True, type=Path, help="the phone's folder")
    parser.add_argument("--adb-server-port", required=True, type=int)
    parser.add_argument("--system-ca", action="append", default=[], type=certificate_option, metavar="PEM")
    parser.add_argument("--resolve", action="append", default=[], type=route_option, metavar="PATTERN=HOST:PORT")
    parser.add_argument("--api", default=33, type=int, choices=sorted(RELEASES))
    parser.add_argument("--model", default="Virtual Phone")
    browsers = parser.add_mutually_exclusive_group()
    browsers.add_argument("--browser", action="store_true", help="with the system browser")
    browsers.add_argument(
        "--chromium", type=_chromium, metavar="PATH|auto", help="with this machine's Chromium as system browser"
    )
    parser.add_argument("--play-store", action="store_true", help="a production build: no `adb root`")
    parser.add_argument("--su", action="store_true", help="a lab phone on which somebody has put a `su`")
    parser.add_argument("--pin", help="locked with this PIN when it boots")
    parser.add_argument("--swipe-lock", action="store_true", help="locked without a PIN when it boots")
    parser.add_argument("--fault", action="append", default=[], type=_fault, metavar="NAME", help="a fault it has")
    parser.add_argument("--list-faults", action=_ListFaults, nargs=0, help="the faults as JSON, and nothing else")
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
        image=SystemImage(api=options.api, play_store=options.play_store, su=options.su),
        model=options.model,
        routes=tuple(options.resolve),
        system_ca=tuple(options.system_ca),
        browser=options.browser,
        chromium=options.chromium,
        pin=options.pin,
        swipe_lock=options.swipe_lock,
        faults=tuple(options.fault),
    )
    uplinks = listener()
    phone = Phone(blueprint, uplinks.getsockname()[1])
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, phone.power_off)
    await asyncio.start_server(phone.uplink.serve, sock=uplinks)
    await asyncio.start_server(phone.console.serve, sock=consoles)
    await asyncio.start_server(phone.daemon.connected, sock=adbs)
    control, controls = Control(phone), listener()
    controlling = server_of(control.app())
    serving = asyncio.create_task(controlling.serve(sockets=[controls]))
    keeper = Registration(options.adb_server_port, serial, adb_port, phone.daemon.present)
    registration = asyncio.create_task(keeper.keep())
    address = f"http://127.0.0.1:{controls.getsockname()[1]}"
    await _ready(phone, keeper, console_port, {"control": address, "control_token": control.token})
    await phone.off.wait()
    registration.cancel()
    controlling.should_exit = True
    await serving
    await phone.close()


async def _ready(phone: Phone, keeper: Registration, console_port: int, control: Mapping[str, str]) -> None:
    """One line once the adb server lists the phone as one that answers."""
    online = asyncio.create_task(keeper.listed.wait())
    off = asyncio.create_task(phone.off.wait())
    await asyncio.wait({online, off}, return_when=asyncio.FIRST_COMPLETED)
    if phone.off.is_set():
        return
    files = {"unmodelled": str(phone.unmodelled.path), "capture": str(phone.capture.path)}
    line = {
        "serial": f"emulator-{console_port}",
        "console_port": console_port,
        "adb_port": console_port + 1,
        "api": phone.api,
    }
    program.say({**line, **files, "gateway": HOST_ALIAS, **control})


def main() -> None:
    program.run(run(arguments(sys.argv[1:])))


if __name__ == "__main__":
    main()
