"""`python -m testbed.ios`: one virtual iPhone, until SIGTERM."""

import argparse
import asyncio
import os
import secrets
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from testbed.handset import program
from testbed.handset.listening import listener
from testbed.handset.options import OneLineParser, certificate_option, route_option
from testbed.handset.serving import server_of
from testbed.ios.cable import Cable
from testbed.ios.connectivity import MACHINE
from testbed.ios.control import Control
from testbed.ios.faults import Fault
from testbed.ios.lockdown.pairing import Trust
from testbed.ios.model import BUILDS, Model, udid_of
from testbed.ios.phone import Blueprint, Phone
from testbed.ios.wda import server

WDA_PORT = 8100
"""Of the phone; reached over the cable as well."""


def _fault(text: str) -> Fault:
    try:
        return Fault(text)
    except ValueError as error:
        known = ", ".join(fault.value for fault in Fault)
        raise argparse.ArgumentTypeError(f"no such fault: {text}; there are {known}") from error


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = OneLineParser(prog="testbed.ios")
    parser.add_argument("--home", required=True, type=Path, help="the phone's folder")
    parser.add_argument("--usbmuxd", required=True, type=Path, help="the socket of `python -m testbed.ios.usbmuxd`")
    parser.add_argument("--system-ca", action="append", default=[], type=certificate_option, metavar="PEM")
    parser.add_argument("--resolve", action="append", default=[], type=route_option, metavar="PATTERN=HOST:PORT")
    parser.add_argument("--ios", default="17.5", choices=list(BUILDS))
    parser.add_argument("--name", default="Virtual iPhone")
    parser.add_argument("--fault", action="append", default=[], type=_fault, metavar="NAME", help="deceive in this way")
    parser.add_argument(
        "--trust",
        default=Trust.GRANTED.value,
        choices=[one.value for one in Trust],
        help="how a computer is answered that pairs; asked: by a dialog on the screen",
    )
    return parser.parse_args(words)


async def run(options: argparse.Namespace) -> None:
    home = options.home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    usbmuxd = options.usbmuxd.absolute()
    os.chdir(home)  # app sockets have relative names
    model = Model(_udid(home), options.name, options.ios)
    trust = Trust(options.trust)
    blueprint = Blueprint(home, model, tuple(options.resolve), tuple(options.system_ca), tuple(options.fault), trust)
    uplinks = listener()
    phone = Phone(blueprint, uplinks.getsockname()[1])
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, phone.off.set)
    await asyncio.start_server(phone.uplink.serve, sock=uplinks)
    control = Control(phone)
    wda, hand = listener(), listener()
    agent = server_of(server(phone.surface, lambda kind, what: phone.unmodelled.note(f"wda {kind}", what)))
    serving = [
        asyncio.create_task(one.serve(sockets=[listening]))
        for one, listening in ((agent, wda), (server_of(control.app()), hand))
    ]
    phone.device.ports.forward(WDA_PORT, "127.0.0.1", wda.getsockname()[1])
    cable = Cable(usbmuxd, model.udid, phone.device.ports)
    attaching = asyncio.create_task(cable.attach())
    off = asyncio.create_task(phone.off.wait())
    await asyncio.wait({attaching, off}, return_when=asyncio.FIRST_COMPLETED)
    if not phone.off.is_set():
        _say(phone, wda.getsockname()[1], hand.getsockname()[1], control.token)
        await phone.off.wait()
    cable.detach()
    await phone.close()
    for task in serving:
        task.cancel()


def _udid(home: Path) -> str:
    """A phone that is started again in its folder is the same phone."""
    file = home / "udid"
    if not file.exists():
        file.write_text(udid_of(secrets.randbits(64)))
    return file.read_text()


def _say(phone: Phone, wda: int, control: int, token: str) -> None:
    line = {
        "udid": phone.model.udid,
        "wda": f"http://127.0.0.1:{wda}",
        "control": f"http://127.0.0.1:{control}",
        "control_token": token,
        "ios": phone.model.version,
        "unmodelled": str(phone.unmodelled.path),
        "capture": str(phone.capture.path),
        "gateway": MACHINE,
    }
    program.say(line)


def main() -> None:
    program.run(run(arguments(sys.argv[1:])))


if __name__ == "__main__":
    main()
