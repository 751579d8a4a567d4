"""The steps of set-up in their order; each is skipped when its stamp says that nothing it was made from has changed."""

import shutil
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from setup import stamp
from setup.command import Command
from setup.lock import installers, unlocked
from setup.project import Project
from setup.trouble import NPM, PIP, RELOCK, SetupTrouble, Sign

PIP_INSTALL = ("-m", "pip", "install", "--progress-bar=off")
COMPILE = """
import compileall, re
compileall.compile_dir(".", quiet=2, rx=re.compile(r"/(\\.\\w+|node_modules|artifacts)/"))
"""
"""What pip does for the packages that it installs; a file that does not compile is found by whoever imports it."""

NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-progress", "--no-update-notifier")


class Bootstrap:
    """Makes a project ready, or finds that it is; the caller holds the claim on it."""

    def __init__(self, project: Project, claim: int, tell: Callable[[str], None]) -> None:
        self._project, self._claim, self._tell = project, claim, tell
        self._packages = project.venv / "packages.stamp"
        self._checkout = project.venv / "checkout.stamp"
        self._appium = project.appium / "node_modules" / ".pocketgate.stamp"

    def make_ready(self) -> None:
        """Raises SetupTrouble with the line to print, OSError where nothing can be written."""
        packages, appium, checkout = (made(self._project) for made in (stamp.packages, stamp.appium, stamp.checkout))
        new_venv = not (self._project.python.exists() and stamp.matches(self._packages, packages))
        with ExitStack() as at_work:
            if new_venv:
                self._make_venv()
            npm = None if stamp.matches(self._appium, appium) else at_work.enter_context(self._npm())
            if new_venv:
                self._install_packages(packages)
            if not stamp.matches(self._checkout, checkout):
                self._install_checkout(checkout)
            if npm:
                self._finish_appium(npm, appium)

    def _make_venv(self) -> None:
        """Always anew: one that was left half made, or made for other locks, is not worth mending."""
        first = self._project.build / "installers.txt"
        first.write_text(installers(self._locked()))
        _remove(self._project.venv)
        self._run("venv", sys.executable, "-m", "venv", "--without-pip", self._project.venv)
        self._run("pip", self._project.python, "-m", "ensurepip")  # by itself, as venv would keep its complaints back
        (self._project.build / "python").write_text(sys.executable)  # for find-python.sh: no search next time
        self._tell(f"virtual environment on Python {sys.version.split()[0]} ({sys.executable})")
        self._run("installers", self._project.python, *PIP_INSTALL, "--require-hashes", "--no-deps", "-r", first)
        self._tell("pip, setuptools, Node and npm")

    def _install_packages(self, made_from: str) -> None:
        lock = self._project.requirements
        self._run("packages", self._project.python, *PIP_INSTALL, "--require-hashes", "-r", lock)
        stamp.write(self._packages, made_from)
        self._tell("Python packages")

    def _install_checkout(self, made_from: str) -> None:
        here = ("--no-deps", "--no-build-isolation", "-e", self._project.root)
        self._run("checkout", self._project.python, *PIP_INSTALL, *here)
        self._run("check", self._project.python, "-m", "pip", "check")
        self._run("compile", self._project.python, "-c", COMPILE)
        stamp.write(self._checkout, made_from)
        self._tell("this checkout")

    def _npm(self) -> Command:
        return self._start("appium", self._project.python.with_name("npm"), *NPM_CI, signs=NPM)

    def _finish_appium(self, npm: Command, made_from: str) -> None:
        npm.finish()
        self._appium.parent.mkdir(exist_ok=True)  # npm makes none where nothing is locked
        stamp.write(self._appium, made_from)
        self._tell("Appium and its drivers")

    def _locked(self) -> str:
        """The lock's text, looked at before anything is removed for its sake."""
        lock = self._project.requirements
        if not lock.exists():
            raise SetupTrouble(f"{lock.name} is missing: restore it (`git checkout {lock.name}`)")
        text = lock.read_text()
        if loose := unlocked(text):
            raise SetupTrouble(f"{lock.name} is not a complete lock ({loose[0]} has no version or no hash): {RELOCK}")
        return text

    def _run(self, step: str, *command: str | Path) -> None:
        with self._start(step, *command) as started:
            started.finish()

    def _start(self, step: str, *command: str | Path, signs: tuple[Sign, ...] = PIP) -> Command:
        where = self._project.appium if signs is NPM else self._project.root
        return Command(self._project, step, *command, claim=self._claim, cwd=where, signs=signs)


def _remove(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
