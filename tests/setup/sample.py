"""A small project to set up for real: pip, npm and venv at work on tiny packages of a folder, without any network."""

import base64
import hashlib
import json
import os
import stat
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
RECIPE = 'python=$(sh setup/find-python.sh "$1") && exec "$python" -E -s -m setup "$1"'
"""What `make setup` runs."""

BACKEND = """
import zipfile
NAME = "sample-1.0"
METADATA = "Metadata-Version: 2.1\\nName: sample\\nVersion: 1.0\\n"
def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/{NAME}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{NAME}.dist-info/METADATA", METADATA + REQUIRES)
        wheel.writestr(f"{NAME}.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{NAME}.dist-info/RECORD", "")
    return f"{NAME}-py3-none-any.whl"
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a set-up ended."""

    code: int
    told: str
    complaint: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A checkout to set up, and the environment that it is set up in."""

    root: Path
    environment: dict[str, str]

    def start(self, **changed: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["/bin/sh", "-c", RECIPE, "sh", str(self.root)],
            cwd=REPOSITORY,
            env=self.environment | changed,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def set_up(self, **changed: str) -> Outcome:
        return ended(self.start(**changed))

    @property
    def packages(self) -> Path:
        return self.root / ".venv" / "packages.stamp"

    @property
    def lock(self) -> Path:
        return self.root / "requirements.txt"

    @property
    def npm_lock(self) -> Path:
        return self.root / "drivers" / "appium" / "package-lock.json"


def ended(process: subprocess.Popen[str]) -> Outcome:
    told, complaint = process.communicate(timeout=120)
    return Outcome(process.returncode, told, complaint)


def write_wheel(folder: Path, name: str, files: dict[str, str]) -> None:
    about = f"{name}-1.0.dist-info"
    described = files | {
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{about}/RECORD": "",
    }
    with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
        for path, text in described.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (stat.S_IFREG | 0o755) << 16
            wheel.writestr(entry, text)


def a_sample(folder: Path, shelf: Path) -> Sample:
    root = folder / "sample"
    (root / "drivers" / "appium").mkdir(parents=True)
    (root / "requirements.txt").write_text("".join(locked(wheel) for wheel in sorted(shelf.iterdir())))
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "sample"\nversion = "1.0"\n'
    )
    (root / "backend.py").write_text(f'REQUIRES = ""\n{BACKEND}')
    lock_npm(root, {})
    mine = {
        "PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": str(shelf),
        "PIP_NO_INDEX": "1",
        "PIP_NO_CACHE_DIR": "1",
        "npm_config_cache": str(folder / "npm"),
        "npm_config_fetch_retries": "0",
    }
    return Sample(root, {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | mine)


def locked(wheel: Path) -> str:
    name, version, _ = wheel.name.split("-", 2)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    return f"{name.replace('_', '-')}=={version} \\\n    --hash=sha256:{digest}\n"


def lock_npm(root: Path, packages: dict[str, dict[str, str]]) -> None:
    """Writes package.json and a lock that agrees with it; `packages` by name: the lock's own fields."""
    wanted = {"name": "sample", "dependencies": {name: package["version"] for name, package in packages.items()}}
    rows = {f"node_modules/{name}": package for name, package in packages.items()}
    folder = root / "drivers" / "appium"
    (folder / "package.json").write_text(json.dumps(wanted))
    (folder / "package-lock.json").write_text(
        json.dumps({"name": "sample", "lockfileVersion": 3, "requires": True, "packages": {"": wanted} | rows})
    )


def integrity(data: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
