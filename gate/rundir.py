"""Where a run keeps what it found; every other module asks here for a name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest

from faults import UsageError
from traffic.artefacts import NAMED


@dataclass(frozen=True, slots=True)
class Plan:
    """What was asked for: the command as typed, phones, apps by platform (none = reference), claims (none = all).

    `bases` are the builds to compare with, by platform; `bench_settings` says what is timed and how often.
    """

    command: tuple[str, ...]
    phones: tuple[str, ...]
    apps: Mapping[str, Path] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    bases: Mapping[str, Path] = field(default_factory=dict)
    bench_settings: Path | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "command": list(self.command),
            "phones": list(self.phones),
            "apps": {platform: str(path) for platform, path in self.apps.items()},
            "claims": list(self.claims),
            "bases": {platform: str(path) for platform, path in self.bases.items()},
            "bench_settings": None if self.bench_settings is None else str(self.bench_settings),
        }


@dataclass(frozen=True, slots=True)
class RunDir:
    """One folder under artifacts/; scripts depend on the names of verdict, report, junit and benchmarks."""

    path: Path

    @classmethod
    def create(cls, out: Path, plan: Plan) -> Self:
        """A new folder named after the time, and `latest` pointing to it; raises UsageError where none can be made."""
        made(out)
        try:
            run = cls(_new_folder(out.resolve()))
            run.logs.mkdir()
            write_object(run.plan, plan.as_json() | {"started": datetime.now(UTC).isoformat()})
        except OSError as error:
            msg = f"--out {out}: {error.strerror}; give a folder that can be written"
            raise UsageError(msg) from error
        _point_latest_to(run.path)
        return run

    @property
    def id(self) -> str:
        return self.path.name

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def lab(self) -> Path:
        return self.path / "lab.json"

    @property
    def traffic(self) -> Path:
        """One folder a phone, with all that its recorder saw."""
        return self.path / "traffic"

    @property
    def named(self) -> Path:
        """Secrets that the tenants named, in clear while the run lasts; `conclude` removes it.

        It lies with the raw capture, which is as secret, for a run that is killed leaves both behind.
        """
        return self.traffic / NAMED

    @property
    def plan(self) -> Path:
        """What was asked for."""
        return self.path / "run.json"

    @property
    def collected(self) -> Path:
        """One line per check or benchmark that was found, before any ran."""
        return self.path / "collected.jsonl"

    @property
    def troubles(self) -> Path:
        """What went wrong around the checks, so that not all could be looked at; one line each."""
        return self.path / "troubles.jsonl"

    @property
    def evidence(self) -> Path:
        return self.path / "evidence"

    @property
    def outcomes(self) -> Path:
        return self.path / "outcomes.jsonl"

    @property
    def deaths(self) -> Path:
        return self.path / "deaths.jsonl"

    @property
    def benchmarks(self) -> Path:
        return self.path / "benchmarks.json"

    @property
    def verdict(self) -> Path:
        return self.path / "verdict.json"

    @property
    def junit(self) -> Path:
        return self.path / "junit.xml"

    @property
    def findings(self) -> Path:
        """Broken claims as SARIF."""
        return self.path / "findings.sarif"

    @property
    def report(self) -> Path:
        return self.path / "report" / "index.html"


RUN = pytest.StashKey[RunDir]()
"""Where a pytest session keeps the folder of its run."""
PLAN = pytest.StashKey[Plan]()
"""Where it keeps what was asked of it."""


def append_line(path: Path, row: dict[str, Any]) -> None:
    """One JSON object, in one write, so that a reader never sees half of it."""
    with path.open("ab", buffering=0) as file:  # several pytest sessions write at the same time
        file.write(f"{json.dumps(row)}\n".encode())


def read_lines(path: Path) -> tuple[dict[str, Any], ...]:
    """The whole lines of such a file; one that was cut off by a crash is left out."""
    if not path.exists():
        return ()
    lines = path.read_text(encoding="utf-8").split("\n")[:-1]
    return tuple(json.loads(line) for line in lines)


def read_object(path: Path) -> dict[str, Any]:
    """The JSON object of a file, an empty one where there is no file."""
    if not path.exists():
        return {}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def write_object(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def made(out: Path) -> Path:
    """The folder of `--out`, which need not be there yet; raises UsageError where it cannot be made."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"--out {out}: {error.strerror}; give a folder that can be written"
        raise UsageError(msg) from error
    return out


def _new_folder(out: Path) -> Path:
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for number in range(1, 1000):
        folder = out / (name if number == 1 else f"{name}-{number}")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise FileExistsError(f"{out / name}")


def _point_latest_to(folder: Path) -> None:
    draft = folder.parent / f".latest-{folder.name}"
    draft.symlink_to(folder.name)
    draft.replace(folder.parent / "latest")
