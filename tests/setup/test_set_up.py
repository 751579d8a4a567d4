"""Whole set-ups of a small project, with the real pip, venv and npm."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from time import monotonic

import psutil

from tests.setup.sample import Sample, ended
from tests.setup.silent_registry import SilentRegistry


def test_a_fresh_checkout_is_made_ready(ready: Sample) -> None:
    assert run_in(ready, "import tiny; print(tiny.ANSWER)") == "42"
    stamps = [stamp.name for stamp in sorted(ready.root.rglob("*.stamp"))]
    assert stamps == ["checkout.stamp", "packages.stamp", ".pocketgate.stamp"]


def test_a_second_call_finds_all_ready(ready: Sample) -> None:
    ready.set_up()
    made, begun = ready.packages.stat().st_mtime_ns, monotonic()

    again = ready.set_up()

    assert monotonic() - begun < 3
    assert (again.code, again.told.count("\n")) == (0, 1)
    assert ready.packages.stat().st_mtime_ns == made


def test_what_changes_is_made_anew_and_what_does_not_stays(ready: Sample) -> None:
    ready.set_up()
    made = ready.packages.stat().st_mtime_ns
    for changed, told in ((ready.npm_lock, "Appium"), (ready.root / "pyproject.toml", "this checkout")):
        changed.write_text(changed.read_text() + "\n")
        assert told in ready.set_up().told

    assert ready.packages.stat().st_mtime_ns == made


def test_an_interpreter_that_vanished_is_noticed(ready: Sample) -> None:
    python = ready.root / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python3")

    outcome = ready.set_up()

    assert (outcome.code, outcome.complaint) == (0, "")
    assert run_in(ready, "import tiny; print(tiny.ANSWER)") == "42"


def test_a_copied_checkout_is_noticed(ready: Sample, tmp_path: Path) -> None:
    copy = Sample(shutil.copytree(ready.root, tmp_path / "copy", symlinks=True), ready.environment)

    outcome = copy.set_up()

    assert (outcome.code, outcome.complaint) == (0, "")
    assert run_in(copy, "import tiny; print(tiny.__file__)").startswith(str(copy.root))


def test_an_interrupted_set_up_ends_what_it_started(sample: Sample, silent_registry: SilentRegistry) -> None:
    process = stuck(sample, silent_registry)
    process.send_signal(signal.SIGINT)
    outcome = ended(process)

    assert (outcome.code, outcome.complaint) == (130, "set-up: interrupted; the next call mends what is half made\n")
    assert pids_below(sample) == []
    assert not sample.packages.exists()


def test_a_killed_set_up_is_repaired_by_the_next(sample: Sample, silent_registry: SilentRegistry) -> None:
    process = stuck(sample, silent_registry)
    process.kill()
    ended(process)
    half_made = sample.root / ".venv" / "half-made"
    half_made.touch()
    silent_registry.hang_up()

    outcome = sample.set_up()

    assert (outcome.code, outcome.complaint) == (0, "")
    assert sample.packages.exists()
    assert not half_made.exists()


def test_of_two_at_once_the_second_waits(sample: Sample, silent_registry: SilentRegistry) -> None:
    first = stuck(sample, silent_registry)
    second = sample.start()
    assert second.stdout
    waiting = second.stdout.readline()
    assert not sample.packages.exists()
    silent_registry.hang_up()

    assert ended(first).code == 1
    assert "another set-up is at work" in waiting
    assert ended(second).code == 0
    assert sample.packages.exists()


def stuck(sample: Sample, registry: SilentRegistry) -> subprocess.Popen[str]:
    """A set-up in the middle of its work: pip has asked for a package and waits for the answer."""
    process = sample.start(PIP_NO_INDEX="0", PIP_INDEX_URL=registry.url, PIP_RETRIES="0", PIP_FIND_LINKS="")
    assert registry.asked.wait(60)
    return process


def pids_below(sample: Sample) -> list[int]:
    """Processes whose command names the sample's environment."""
    own = str(sample.root / ".venv")
    running = psutil.process_iter(["cmdline"])
    return [process.pid for process in running if own in " ".join(process.info["cmdline"] or [])]


def run_in(sample: Sample, code: str) -> str:
    python = sample.root / ".venv" / "bin" / "python"
    done = subprocess.run([python, "-I", "-c", code], env=dict(os.environ), capture_output=True, text=True, check=True)
    return done.stdout.strip()
