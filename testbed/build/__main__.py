"""`python -m testbed.build`: builds an app file, or lists the seeded defects."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NoReturn

from testbed.build.appfile import PLATFORMS, build, file_name, platform
from testbed.build.defect import Defect, defects
from testbed.build.slowness import chosen

HOME: Final = Path(__file__).parents[2] / ".build"


class OneLineParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def main() -> None:
    known = {defect.name: defect for defect in defects()}
    options = _options(sys.argv[1:], tuple(known))
    if options.list:
        print(json.dumps([each.described() for each in known.values()]))  # noqa: T201 -- the answer
        return
    print(_write(options, options.slow or known.get(options.defect)))  # noqa: T201 -- the answer


def _write(options: argparse.Namespace, defect: Defect | None) -> Path:
    target = platform(options.platform)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    file = out / file_name(target, defect)
    file.write_bytes(build(target, defect, options.home))
    return file


def _options(words: Sequence[str], names: Sequence[str]) -> argparse.Namespace:
    parser = OneLineParser(prog="testbed.build")
    parser.add_argument("--platform", choices=[one.name for one in PLATFORMS], default="android")
    parser.add_argument("--defect", choices=names, metavar="NAME")
    parser.add_argument("--slow", type=chosen, metavar="NAME:MILLISECONDS", help="make it slower, see testbed/slow")
    parser.add_argument("--home", type=Path, default=HOME, help="where the signing key is kept")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--list", action="store_true", help="print the seeded defects as JSON")
    options = parser.parse_args(words)
    if options.out is None and not options.list:
        parser.error("--out DIR is needed")
    return options


if __name__ == "__main__":
    main()
