import json
import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from faults import SetupError
from gate import roster
from gate.roster import MARK, Entry, Roster, reap

DEAF = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('{}', flush=True)\nwhile True: signal.pause()"
)
OWNER = """
import signal, sys
from pathlib import Path
from gate.roster import Roster
from gate.service import Program
from gate.supervise import Supervisor
scratch, logs, code = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
supervisor = Supervisor(logs, logs / "deaths.jsonl", Roster.open("killed-run", scratch))
service = supervisor.start(Program("recorder", (sys.executable, "-c", code)))
supervisor.ready(service)
print(service.pid, flush=True)
signal.pause()
"""


def killed_run(scratch: Path, logs: Path, code: str) -> psutil.Process:
    """The process that a run leaves whose parent got SIGKILL."""
    command = [sys.executable, "-c", OWNER, str(scratch), str(logs), code]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        left = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    return left


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has gone")
def test_processes_end_with_a_parent_that_was_killed(scratch: Path, tmp_path: Path) -> None:
    left = killed_run(scratch, tmp_path, "import signal; print('{}', flush=True); signal.pause()")

    gone, _ = psutil.wait_procs([left], timeout=5)

    assert gone == [left]


def test_the_next_start_ends_what_a_killed_run_left(scratch: Path, tmp_path: Path) -> None:
    left = killed_run(scratch, tmp_path, DEAF)
    assert left.is_running()

    ended = reap(scratch)

    assert ended == (f"recorder (pid {left.pid})",)
    assert not left.is_running()
    assert list(scratch.iterdir()) == []


def test_a_run_whose_owner_lives_is_left_alone(scratch: Path) -> None:
    living = Roster.open("living", scratch)
    with subprocess.Popen([sys.executable, "-c", DEAF], env={**os.environ, MARK: "living"}) as process:
        living.add("cloud", process.pid)

        ended = reap(scratch)

        alive = process.poll() is None
        process.kill()
    assert (ended, alive, living.folder.exists()) == ((), True, True)


def test_a_pid_that_is_another_process_now_is_left_alone(scratch: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE) as stranger:
        assert stranger.stdout is not None
        stranger.stdout.readline()
        true = Entry.of("cloud", stranger.pid)
        for number, (created, command) in enumerate([(true.created - 60, true.command), (true.created, ("other",))]):
            leave_dead_run(scratch / f"dead-{number}", Entry("cloud", stranger.pid, created, command))

        ended = reap(scratch)

        alive = stranger.poll() is None
        stranger.kill()
    assert (ended, alive) == ((), True)


def test_a_list_that_was_cut_off_does_not_stop_the_next_start(scratch: Path) -> None:
    leave_dead_run(scratch / "dead", Entry("cloud", 1, 0.0, ()))
    with (scratch / "dead" / "processes.jsonl").open("a") as file:
        file.write('{"name": "phon')

    assert reap(scratch) == ()
    assert list(scratch.iterdir()) == []


def test_a_run_that_closes_leaves_nothing(scratch: Path) -> None:
    Roster.open("a-run", scratch).close()

    assert list(scratch.iterdir()) == []


def test_a_scratch_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / f"pocketgate-{os.getuid()}").symlink_to(elsewhere)

    with pytest.raises(SetupError, match="belongs to somebody else"):
        roster.scratch_root()


def leave_dead_run(folder: Path, entry: Entry) -> None:
    """As a run leaves it whose owner was killed; no process has the pid of this owner."""
    folder.mkdir()
    with subprocess.Popen(["/bin/true"]) as owner:
        dead = owner.pid
    row = {"name": "owner", "pid": dead, "created": 1.0, "command": []}
    (folder / "owner.json").write_text(json.dumps(row) + "\n")
    row = {"name": entry.name, "pid": entry.pid, "created": entry.created, "command": list(entry.command)}
    (folder / "processes.jsonl").write_text(json.dumps(row) + "\n")
