import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Project:
    """Where set-up reads and writes; `root` is absolute, because commands run in several folders."""

    root: Path

    @property
    def requirements(self) -> Path:
        return self.root / "requirements.txt"

    @property
    def description(self) -> Path:
        return self.root / "pyproject.toml"

    @property
    def appium(self) -> Path:
        return self.root / "drivers" / "appium"

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def build(self) -> Path:
        return self.root / ".build"

    @property
    def log(self) -> Path:
        return self.build / "setup.log"

    def environment(self) -> dict[str, str]:
        """The caller's own, so that mirrors, proxies and caches apply, without what would lead pip out of the venv."""
        kept = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
        mine = {"PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        path = f"{self.python.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return kept | mine | {"PATH": path}
