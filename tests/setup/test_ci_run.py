import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def ci_run(folder: Path, test: str, gate: str, prove: str = "true") -> subprocess.CompletedProcess[str]:
    """CI's script in a checkout whose targets end as told."""
    shutil.copytree(REPOSITORY / ".ci", folder / ".ci")
    (folder / ".build").mkdir()
    (folder / "testbed" / "defects").mkdir(parents=True)
    (folder / "testbed" / "defects" / "a_defect.py").touch()
    (folder / "Makefile").write_text(f"test:\n\t@{test}\ngate:\n\t@{gate}\nprove:\n\t@{prove}\n")
    script = folder / ".ci" / "run"
    environment = {**os.environ, "CI_SAMPLE": "0"}
    return subprocess.run([script], cwd="/", env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("code", [1, 2, 3])
def test_it_ends_as_the_gate_ends(tmp_path: Path, code: int) -> None:
    done = ci_run(tmp_path, "true", f"echo {code} > .build/gate.exit; exit {code}")

    assert done.returncode == code
    assert f"== make gate: exit 2 after {seconds(done.stdout)} s" in done.stdout


def test_it_ends_well_when_both_do(tmp_path: Path) -> None:
    done = ci_run(tmp_path, "true", "echo 0 > .build/gate.exit")

    assert done.returncode == 0
    assert re.search(r"== rotating sample 1 of \d+ \(CI_SAMPLE=0 repeats it\)\n== prove a_defect\n", done.stdout)


def test_a_sample_that_fails_ends_it(tmp_path: Path) -> None:
    done = ci_run(tmp_path, "true", "echo 0 > .build/gate.exit", prove="exit 1")

    assert done.returncode == 1
    assert "make gate" not in done.stdout


def test_failed_tests_end_it_before_the_gate(tmp_path: Path) -> None:
    done = ci_run(tmp_path, "exit 1", "echo 0 > .build/gate.exit")

    assert done.returncode == 1
    assert "make gate" not in done.stdout


def test_a_gate_that_said_nothing_is_no_pass(tmp_path: Path) -> None:
    (tmp_path / "stale").mkdir()
    done = ci_run(tmp_path / "stale", "echo 0 > .build/gate.exit", "exit 1")

    assert done.returncode == 1


def seconds(told: str) -> str:
    return told.rsplit(" after ", 1)[1].split(" ", 1)[0]
