import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BASE = sys._base_executable  # type: ignore[attr-defined]  # noqa: SLF001 -- the interpreter below this environment
TOOLS = ("cat", "ls", "mkdir", "sed", "sort")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """All that PATH offers: what the script itself calls, and no Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    return folder


def find(project: Path, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["/bin/sh", str(REPOSITORY / "setup" / "find-python.sh"), str(project)]
    clean = {"PATH": str(path), "HOME": str(project)} | environment
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=False)


def script(file: Path, body: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)


def test_a_python_on_the_path_is_taken(tmp_path: Path, path: Path) -> None:
    (path / "python3.12").symlink_to(BASE)

    assert find(tmp_path, path).stdout.strip() == str(path / "python3.12")


def test_a_shim_that_leads_nowhere_is_passed_over(tmp_path: Path, path: Path) -> None:
    script(path / "python3.13", "echo 'pyenv: python3.13: command not found' >&2; exit 127")
    (path / "python3").symlink_to(BASE)

    assert find(tmp_path, path).stdout.strip() == str(path / "python3")


def test_a_version_that_pyenv_has_but_does_not_offer_is_found(tmp_path: Path, path: Path) -> None:
    script(path / "python3.13", "exit 127")
    versions = tmp_path / "pyenv" / "versions"
    for version in ("3.11.7", "3.12.9", "3.12.10"):
        script(versions / version / "bin" / "python", f'exec "{BASE}" "$@"')

    found = find(tmp_path, path, PYENV_ROOT=str(tmp_path / "pyenv"))

    assert found.stdout.strip() == BASE


def test_of_several_patch_versions_the_newest_is_tried_first(tmp_path: Path, path: Path) -> None:
    for version in ("3.13.9", "3.13.10"):
        script(tmp_path / ".pyenv" / "versions" / version / "bin" / "python", f"echo {version} >&2; exit 1")

    find(tmp_path, path)

    tried = (tmp_path / ".build" / "setup.log").read_text()
    assert tried.index("3.13.10") < tried.index("3.13.9")


def test_an_environment_is_replaced_by_the_python_below_it(tmp_path: Path, path: Path) -> None:
    assert find(tmp_path, path, PYTHON=sys.executable).stdout.strip() == BASE


def test_the_last_one_is_taken_again_without_a_search(tmp_path: Path, path: Path) -> None:
    (tmp_path / ".build").mkdir()
    (tmp_path / ".build" / "python").write_text(BASE)
    script(path / "python3.13", f"touch {tmp_path}/searched; exit 1")

    assert find(tmp_path, path).stdout.strip() == BASE
    assert not (tmp_path / "searched").exists()


def test_the_last_one_may_have_vanished(tmp_path: Path, path: Path) -> None:
    (tmp_path / ".build").mkdir()
    (tmp_path / ".build" / "python").write_text(str(tmp_path / "gone"))
    (path / "python3").symlink_to(BASE)

    assert find(tmp_path, path).stdout.strip() == str(path / "python3")


def test_no_python_is_one_line_that_says_what_to_do(tmp_path: Path, path: Path) -> None:
    script(path / "python3", "echo 'is Python 3.11.7' >&2; exit 1")

    found = find(tmp_path, path)

    log = tmp_path / ".build" / "setup.log"
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == (
        "set-up: no Python >= 3.12 runs here: install one with its venv module, or name one: "
        f"make PYTHON=/path/to/python3, see {log}\n"
    )
    assert "python3: is Python 3.11.7" in log.read_text()


@pytest.mark.parametrize("named", ["/nowhere/python3.13", "/bin/sh"])
def test_a_named_python_that_does_not_serve_is_one_line(tmp_path: Path, path: Path, named: str) -> None:
    (path / "python3").symlink_to(BASE)

    found = find(tmp_path, path, PYTHON=named)

    assert (found.returncode, found.stderr.count("\n")) == (1, 1)
    assert f"PYTHON={named} does not run" in found.stderr


def test_make_prints_that_line_and_fails(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "Makefile", tmp_path)
    shutil.copytree(REPOSITORY / "setup", tmp_path / "setup")
    make = shutil.which("make") or "make"

    made = subprocess.run(
        [make, "gate", "PYTHON=/nowhere"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert made.returncode == 2
    assert made.stderr.startswith("set-up: PYTHON=/nowhere does not run as a Python >= 3.12")
    assert "setup] Error 1" in made.stderr
