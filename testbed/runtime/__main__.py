"""`python -m testbed.runtime`: one app process."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from testbed.runtime import clock, network
from testbed.runtime.binder import Binder
from testbed.runtime.crash import CrashReporter
from testbed.runtime.disk import Disk
from testbed.runtime.phone import Phone


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = OneLineParser(prog="testbed.runtime")
    parser.add_argument("--code", required=True, help="where the app's modules are: a folder, or a folder inside a zip")
    parser.add_argument("--entry", required=True, help="MODULE:FUNCTION, called with the phone")
    parser.add_argument("--package", required=True)
    parser.add_argument("--platform", default="android")
    parser.add_argument("--binder", required=True, type=Path)
    parser.add_argument("--uplink", required=True, type=int)
    parser.add_argument("--clock", required=True, type=Path)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--ca", default="", help="folders of trusted certificates, joined with ':'")
    parser.add_argument("--disk", type=Path, help="a file of one byte, not 0 while the disk is full")
    parser.add_argument("--asked-at", type=float, help="when the phone was asked to start it, by the monotonic clock")
    return parser.parse_args(words)


def load(code: str, entry: str) -> Callable[[Phone], None]:
    """Import the app's entry from its own code only; raises ImportError or AttributeError."""
    module, _, function = entry.partition(":")
    sys.path.insert(0, code)
    loaded: Callable[[Phone], None] = getattr(importlib.import_module(module), function)
    return loaded


def run(options: argparse.Namespace) -> None:
    binder = Binder(options.binder)
    binder.send({"hello": {"pid": os.getpid(), "package": options.package}})
    binder.start()
    network.install(network.Uplink(options.uplink, options.package))
    clock.install(options.clock)
    crashes = CrashReporter(binder, options.package)
    crashes.install()
    trusted = tuple(Path(folder) for folder in options.ca.split(":") if folder)
    phone = Phone(
        binder,
        platform=options.platform,
        package=options.package,
        data=options.data,
        ca=trusted,
        asked_at=options.asked_at,
    )
    disk = Disk(options.disk, options.data) if options.disk else None
    try:
        if disk is not None:
            disk.install()
        start = load(options.code, options.entry)
        if disk is not None:
            disk.guard_databases()
        start(phone)
    except Exception as error:  # noqa: BLE001 -- whatever the app raised is its crash, and the phone must hear of it
        crashes.report(error)


def main(words: Sequence[str]) -> None:
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, lambda *_: os._exit(0))
    run(arguments(words))


if __name__ == "__main__":
    main(sys.argv[1:])
