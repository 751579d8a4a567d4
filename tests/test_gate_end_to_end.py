"""The gate as people run it: the real command, the whole lab, and what is left afterwards."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
from junitparser import JUnitXml
from PIL import Image

from gate.roster import MARK, scratch_root
from gate.rundir import RunDir, read_lines, read_object
from tests.traffic.artefacts import leaks_in
from traffic.confidential import confidential_in
from traffic.exchanges import Recording
from traffic.policy import shipped_policy

PROGRAM = Path(sys.executable).with_name("pocketgate")
LIMIT = 150.0  # seconds that a run of a few claims may take on a busy machine
STEP = 0.05  # seconds between two looks


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over, and what the command said."""

    exit: int
    said: str
    run: RunDir
    left: list[str]

    @property
    def verdict(self) -> dict[str, Any]:
        return read_object(self.run.verdict)

    @property
    def statuses(self) -> dict[str, str]:
        return {claim["id"]: claim["status"] for claim in self.verdict["claims"]}

    @property
    def unmodelled(self) -> str:
        """What the virtual phone was asked and does not model."""
        return "".join(log.read_text() for log in self.run.logs.glob("*-unmodelled.log"))


def left_of(run: RunDir, owner: int) -> list[str]:
    """The run's scratch folder, and all processes that carry its mark or name one of its folders."""
    scratch = scratch_root() / f"{run.id}-{owner}"
    folders = [f"folder {scratch}"] if scratch.exists() else []
    signs = (scratch.name, str(run.path.parent))
    return folders + [" ".join(one.cmdline()) for one in psutil.process_iter() if _carries(one, signs)]


def _carries(process: psutil.Process, signs: tuple[str, ...]) -> bool:
    try:
        words = [*process.cmdline(), *process.environ().values()]
    except psutil.Error:  # gone, or somebody else's
        return False
    return any(sign in word for word in words for sign in signs)


@contextmanager
def started(out: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`pocketgate run …` as a shell starts it, from a folder that is not the repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POCKETGATE", "PYTEST"))}
    command = [str(PROGRAM), "run", *words, "--out", str(out)]
    with (out.parent / "said.log").open("w+") as said:
        process = subprocess.Popen(command, cwd=out.parent, env=kept, stdout=said, stderr=subprocess.STDOUT, text=True)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def over(process: subprocess.Popen[str], out: Path) -> Ended:
    code = process.wait(timeout=LIMIT)
    run = RunDir((out / "latest").resolve())
    return Ended(code, (out.parent / "said.log").read_text(), run, left_of(run, process.pid))


def run_to_the_end(out: Path, *words: str) -> Ended:
    with started(out, *words) as process:
        return over(process, out)


def test_claims_that_hold_are_exit_0_with_all_papers_and_nothing_left(tmp_path: Path) -> None:
    ended = run_to_the_end(tmp_path / "out", "--claim", "C40", "--claim", "C58")

    assert (ended.exit, ended.statuses) == (0, {"C40": "held", "C58": "held"}), ended.said
    assert (ended.verdict["exit"], ended.verdict["deaths"], ended.verdict["troubles"]) == (0, [], [])
    assert "HELD - 2 claims: C40, C58" in ended.said
    papers = JUnitXml.fromfile(str(ended.run.junit))
    assert (papers.tests, papers.failures, papers.errors, papers.skipped) == (4, 0, 0, 0)
    assert {phone["name"] for phone in ended.verdict["phones"]} == {"virtual-android", "virtual-ios"}
    assert "C58" in ended.run.report.read_text()
    assert (ended.unmodelled, ended.left) == ("", [])


def test_no_artefact_but_the_raw_capture_holds_a_secret_and_each_exchange_names_its_test(tmp_path: Path) -> None:
    ended = run_to_the_end(tmp_path / "out", "--phone", "virtual-android", "--claim", "O4")

    (events,) = ended.run.traffic.rglob("events.jsonl")
    exchanges = Recording(events).exchanges()
    shown = {(one.kind, one.value) for seen in exchanges for one in confidential_in(seen, shipped_policy())}
    kinds = {"password", "access_token", "refresh_token", "code_verifier", "authorization_code", "session_cookie"}
    assert kinds <= {kind for kind, _ in shown}, ended.said
    assert (ended.verdict["troubles"], ended.run.named.exists()) == ([], False)
    assert leaks_in(ended.run.path, shown) == []
    assert leaks_in(ended.run.path, shown, raw=()) != []  # the control: there they are
    assert {seen.phone for seen in exchanges} == {"virtual-android"}
    assert all("every_sign_in_has_its_own_verifier" in (seen.test or "") for seen in exchanges)


def test_a_defect_is_exit_1_with_a_picture_of_the_screen_that_shows_it(tmp_path: Path) -> None:
    options = ("--platform", "android", "--defect", "foreign_qr_accepted", "--out", str(tmp_path / "apps"))
    build = [str(PROGRAM), "testbed", "build", *options]
    app = subprocess.run(build, capture_output=True, text=True, check=True).stdout.strip()

    ended = run_to_the_end(tmp_path / "out", "--phone", "virtual-android", "--app", app, "--claim", "C57")

    assert (ended.exit, ended.statuses) == (1, {"C57": "broken"}), ended.said
    (claim,) = ended.verdict["claims"]
    assert "login.attacker.test" in claim["reason"]
    pictures = [ended.run.path / piece for piece in claim["evidence"] if piece.endswith(".png")]
    assert pictures
    for picture in pictures:
        with Image.open(picture) as screen:
            assert (screen.format, min(screen.size) > 300) == ("PNG", True)
    assert [build["file"] for build in ended.verdict["builds"]] == [app]
    assert (ended.unmodelled, ended.left) == ("", [])


def test_a_recorder_that_is_killed_blocks_what_had_not_ended_and_nothing_is_left(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with started(out, "--phone", "virtual-android", "--claim", "C40", "--claim", "C58") as process:
        until(lambda: read_lines(out / "latest" / "outcomes.jsonl"), process)
        running = left_of(RunDir((out / "latest").resolve()), process.pid)
        killed = kill("recorder-virtual-android", process)
        ended = over(process, out)

    (death,) = ended.verdict["deaths"]
    assert (ended.exit, ended.statuses) == (3, {"C40": "blocked", "C58": "held"}), ended.said
    assert (death["process"], death["signal"]) == ("recorder-virtual-android", "SIGKILL")
    assert abs(datetime.fromisoformat(death["at"]) - killed) < timedelta(seconds=5)
    assert death["words"] in ended.run.report.read_text()
    assert death["words"] in ended.verdict["claims"][0]["reason"]
    for part in ("testbed.cloud", "traffic.recorder", "testbed.android", "appium", "fork-server"):
        assert part in "\n".join(running)  # the control: while it runs, all of it is seen
    assert ended.left == []


def until(question: Callable[[], object], process: subprocess.Popen[str]) -> None:
    """Look until the answer is true, for as long as the run lives."""
    end = time.monotonic() + LIMIT
    while not question():
        assert process.poll() is None, "the run ended before what was waited for"
        assert time.monotonic() < end, f"what was waited for did not come within {LIMIT:g} s"
        time.sleep(STEP)


def kill(name: str, process: subprocess.Popen[str]) -> datetime:
    """SIGKILL to the one process of this name in the run's own list; returns when."""
    (roster,) = (folder for folder in scratch_root().iterdir() if folder.name.endswith(f"-{process.pid}"))
    rows = [json.loads(line) for line in (roster / "processes.jsonl").read_text().splitlines()]
    (pid,) = (row["pid"] for row in rows if row["name"] == name)
    assert psutil.Process(pid).environ()[MARK] == roster.name
    os.kill(pid, signal.SIGKILL)
    return datetime.now(UTC)
