import sys
from pathlib import Path

from gate.bars.family import Family

ORPHAN = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {code!r}], start_new_session=True)"
STAYS = "import signal; signal.pause()"
SOON = "import time; time.sleep(0.3)"


def family(tmp_path: Path, code: str) -> Family:
    return Family((sys.executable, "-I", "-S", "-c", code), tmp_path / "log", tmp_path)


def test_a_process_that_outlives_the_command_is_found_and_then_ended(tmp_path: Path) -> None:
    with family(tmp_path, ORPHAN.format(code=STAYS)) as one:
        code, left = one.end(20), one.left(0.5)

    assert (code, len(left), STAYS in left[0]) == (0, 1, True)
    assert one.living() == []


def test_one_that_ends_in_time_is_not_left(tmp_path: Path) -> None:
    with family(tmp_path, ORPHAN.format(code=SOON)) as one:
        one.end(20)

        assert one.left(10) == ()


def test_one_that_hides_its_environment_was_seen_before(tmp_path: Path) -> None:
    hidden = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STAYS!r}], env={{}}); input()"
    with family(tmp_path, f"import os; os.dup2(os.pipe()[0], 0); {hidden}") as one:
        one.wait(lambda: bool(one.child(STAYS)), 20)
        one.wait(lambda: False, 0.3)
        one.process.kill()
        one.process.wait()

        assert len(one.left(0.2)) == 1


def test_a_command_that_hangs_has_no_exit_code(tmp_path: Path) -> None:
    with family(tmp_path, STAYS) as one:
        assert one.end(0.1) is None


def test_waiting_ends_with_the_command(tmp_path: Path) -> None:
    with family(tmp_path, "") as one:
        assert not one.wait(lambda: False, 60)
