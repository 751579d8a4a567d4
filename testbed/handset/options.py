"""What the command lines of virtual phones have in common."""

import argparse
from pathlib import Path
from typing import NoReturn

from testbed.handset.uplink import Route, route


class OneLineParser(argparse.ArgumentParser):
    """Says what is wrong in one line and ends with 2."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def route_option(text: str) -> Route:
    try:
        return route(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"PATTERN=HOST:PORT is expected, not {text!r}") from error


def certificate_option(text: str) -> Path:
    """The absolute path of a file that is there."""
    path = Path(text).absolute()
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"no such file: {text}")
    return path
