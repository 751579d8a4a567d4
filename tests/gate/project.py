"""A tiny project with suites of its own, run by the real pytest under the real plugin."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from gate.outcomes import Outcome, read_outcomes
from gate.rundir import Plan, RunDir
from gate.stage import PLUGINS

INI = "[pytest]\npython_files = test_*.py bench_*.py\npython_functions = test_* bench_*\n"


@dataclass(frozen=True, slots=True)
class Project:
    """`suites` and `benchmarks` are the text of one module each."""

    root: Path
    run: RunDir

    @classmethod
    def make(cls, root: Path, suites: str = "", benchmarks: str = "") -> "Project":
        for folder, name, text in (("suites", "test_all.py", suites), ("benchmarks", "bench_all.py", benchmarks)):
            (root / folder).mkdir(parents=True)
            if text:
                (root / folder / name).write_text("import os, signal\nimport pytest\n" + text)
        (root / "pytest.ini").write_text(INI)
        return cls(root, RunDir.create(root / "artifacts", Plan(("pocketgate", "run"), ("virtual-android",))))

    def pytest(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """As `pocketgate run` starts it."""
        return run_pytest(self.root, *arguments, POCKETGATE_RUN=str(self.run.path), **environment)

    def outcomes(self) -> Mapping[str, Outcome]:
        """By the name of the test."""
        return {one.test.split("::")[-1]: one for one in read_outcomes(self.run.outcomes)}


@dataclass(frozen=True, slots=True)
class Inner:
    """pytest within this process, which is faster; not for what crashes or times out."""

    pytester: pytest.Pytester
    monkeypatch: pytest.MonkeyPatch

    def run(self, project: Project, *arguments: str) -> pytest.RunResult:
        """As `pocketgate run` starts it."""
        self.monkeypatch.setenv("POCKETGATE_RUN", str(project.run.path))
        return self.plain(project, *arguments)

    def plain(self, project: Project, *arguments: str) -> pytest.RunResult:
        """As somebody types it."""
        self.monkeypatch.chdir(project.root)
        self.monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
        plugins = ("-p", "gate.plugin", "-p", "pytest_benchmark.plugin", "-p", "no:cacheprovider")
        return self.pytester.runpytest_inprocess(*plugins, *arguments)


def run_pytest(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POCKETGATE", "PYTEST"))}
    plugins = [word for one in (*PLUGINS, "gate.plugin", "no:cacheprovider") for word in ("-p", one)]
    return subprocess.run(
        (sys.executable, "-m", "pytest", *plugins, *arguments),
        cwd=root,
        env={**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
