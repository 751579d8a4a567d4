"""`make lock`: resolves pyproject.toml for every supported Python and system into the one requirements.txt.

pip-compile sees only the Python and system it runs on. So it runs on the oldest Python and on a newer one, the two
answers are joined with markers where they differ, and packages that another system wants are locked beside them.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from setup.lock import blocks

COMPILE = (
    *("-q", "--generate-hashes", "--strip-extras", "--allow-unsafe", "--build-deps-for", "editable"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header"),
)
EXTRAS = ("--extra", "testbed", "--extra", "dev")
OLD, NEW = 'python_version < "3.13"', 'python_version >= "3.13"'
BY_SYSTEM = {
    "mitmproxy-linux": 'sys_platform == "linux"',
    "mitmproxy-macos": 'sys_platform == "darwin"',
    **dict.fromkeys(("apple-compress", "ioregistry", "loguru"), 'sys_platform == "darwin"'),
}
"""Parts of mitmproxy-rs, and what pymobiledevice3 asks for on macOS; pip-compile on one system cannot see the other."""

HEADER = """\
# All packages with hashes, for Python >= 3.12 on Linux and macOS: written by `make lock`, from pyproject.toml.
"""


def join(old: str, new: str) -> str:
    """Two locks in one: what both say once, what they say differently with a marker each."""
    older, newer = dict(blocks(old)), dict(blocks(new))
    return HEADER + "".join(chain.from_iterable(_row(name, older, newer) for name in sorted(older | newer)))


def _row(name: str, older: dict[str, str], newer: dict[str, str]) -> Iterator[str]:
    in_old, in_new = older.get(name, ""), newer.get(name, "")
    if _pin(in_old) == _pin(in_new):
        yield _marked(in_new, BY_SYSTEM.get(name))
        return
    yield _marked(in_old, OLD)
    yield _marked(in_new, NEW)


def _pin(block: str) -> str:
    return block.split(" ", 1)[0]


def _marked(block: str, marker: str | None) -> str:
    """The block without its comments, which differ from run to run; `via` is what pip show tells."""
    lines = [line for line in block.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if lines and marker:
        lines[0] = lines[0].replace(" \\", f" ; {marker} \\")
    return "".join(f"{line}\n" for line in lines)


def relock(project: Path, old: Path, new: Path, work: Path) -> str:
    """Minutes of work: both resolutions download what tells them its requirements only so."""
    bound = ("-c", project / "setup" / "python3.12.txt")
    source = project / "pyproject.toml"
    locked_old = _compile(old, work / "old", source, *EXTRAS, *bound)
    locked_new = _compile(new, work / "new", source, *EXTRAS)
    macos = work / "macos.in"
    mitmproxy = _pin(dict(blocks(locked_new))["mitmproxy-linux"]).replace("linux", "macos")
    macos.write_text(f"{mitmproxy}\napple-compress\nioregistry\n")
    found = _compile(new, work / "new", macos, build=False)
    other = "".join(block for name, block in blocks(found) if name in BY_SYSTEM)
    return join(locked_old + other, locked_new + other)


def _compile(python: Path, venv: Path, source: Path, *options: str | Path, build: bool = True) -> str:
    if not venv.exists():
        _call(python, "-m", "venv", venv)
        _call(venv / "bin" / "python", "-m", "pip", "install", "-q", "pip-tools", "setuptools")
    output = venv / "requirements.txt"
    output.unlink(missing_ok=True)
    chosen = COMPILE if build else tuple(option for option in COMPILE if option not in {"--build-deps-for", "editable"})
    _call(venv / "bin" / "pip-compile", *chosen, *options, "-o", output, source)
    return output.read_text()


def _call(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, stdin=subprocess.DEVNULL)


def main() -> None:
    """Plain PyPI, whatever this machine's pip is set to: the lock is for everyone's machine."""
    project, old, new = (Path(argument).absolute() for argument in sys.argv[1:4])
    os.environ["PIP_CONFIG_FILE"] = os.devnull
    os.environ.pop("PIP_FIND_LINKS", None)
    with TemporaryDirectory() as work:
        project.joinpath("requirements.txt").write_text(relock(project, old, new, Path(work)))


if __name__ == "__main__":
    main()
