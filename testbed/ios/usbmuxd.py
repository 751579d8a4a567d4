"""`python -m testbed.ios.usbmuxd`: the daemon between clients and virtual iPhones, until SIGTERM."""

import argparse
import asyncio
import json
import logging
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from testbed.handset.options import OneLineParser
from testbed.handset.unmodelled import Unmodelled
from testbed.ios.usbmux.bus import SUFFIX, Bus
from testbed.ios.usbmux.client import Client, Host
from testbed.ios.usbmux.devices import Devices
from testbed.ios.usbmux.preflight import Preflight
from testbed.ios.usbmux.records import Records

LONGEST_NAME = 107
"""Bytes of a unix socket's name (sockaddr_un)."""

type Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _socket(text: str) -> Path:
    path = Path(text).absolute()
    if len(os.fsencode(f"{path}{SUFFIX}")) > LONGEST_NAME:
        raise argparse.ArgumentTypeError(f"too long for a unix socket, give a shorter path: {path}")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {path.parent}")
    return path


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = OneLineParser(prog="testbed.ios.usbmuxd")
    parser.add_argument("--socket", required=True, type=_socket, help="the unix socket for clients")
    parser.add_argument("--records", type=Path, help="where pair records are kept; without it, beside the socket")
    options = parser.parse_args(words)
    options.records = options.records or options.socket.parent / "lockdown"
    return options


async def run(path: Path, folder: Path) -> None:
    off = asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, off.set)
    records, devices = Records(folder), Devices()
    host = Host(devices, records, Unmodelled(folder / "unmodelled.log"))

    async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Client(host, reader, writer).run()

    bus_path = path.with_name(path.name + SUFFIX)
    servers = [
        await _listen(path, client),
        await _listen(bus_path, Bus(devices, Preflight(records, folder).prepare).serve),
    ]
    sys.stdout.write(json.dumps({"socket": str(path), "unmodelled": str(host.unmodelled.path)}) + "\n")
    sys.stdout.flush()
    await off.wait()
    for server in servers:
        server.close()
    _remove(path, bus_path)


async def _listen(path: Path, serve: Serve) -> asyncio.Server:
    _take_over(path)
    return await asyncio.start_unix_server(serve, path)


def _remove(*paths: Path) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _take_over(path: Path) -> None:
    """Remove the socket of a daemon that is gone; raises OSError for one that answers."""
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise OSError(f"{path}: another daemon answers there")


def main() -> None:
    options = arguments(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(run(options.socket, options.records))
    except OSError as error:
        sys.exit(f"testbed.ios.usbmuxd: {error}")
    os._exit(0)  # nothing is left to wait for but clients that stay


if __name__ == "__main__":
    main()
