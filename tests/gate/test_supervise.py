import os
import signal
import sys
import time
from collections.abc import Callable

import psutil
import pytest

from faults import BenchFault
from gate.deaths import read_deaths
from gate.rundir import RunDir
from gate.service import READY_FD, Program, line_with
from gate.supervise import Supervisor

type StandIn = Callable[..., Program]

READY = "print('{\"port\": 7}', flush=True); "
WAIT = "import signal; signal.pause()"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "


def test_a_process_is_ready_when_it_says_so(supervisor: Supervisor, stand_in: StandIn) -> None:
    assert supervisor.ready(supervisor.start(stand_in("cloud"))) == {"port": 7}


def test_other_output_is_logged_and_not_taken_for_readiness(supervisor: Supervisor, stand_in: StandIn) -> None:
    service = supervisor.start(stand_in("cloud", "print('warming up'); print('{not json'); " + READY + WAIT))

    assert supervisor.ready(service) == {"port": 7}
    assert service.log.read_text().startswith("warming up\n{not json\n")


def test_a_server_that_logs_a_line_is_ready_with_that_line(supervisor: Supervisor) -> None:
    code = "print('listener started on port 1', flush=True); " + WAIT
    program = Program("appium", (sys.executable, "-c", code), ready=line_with("listener started"), limit=20)

    assert supervisor.ready(supervisor.start(program)) == {}


def test_a_server_that_reports_on_a_pipe_is_ready_with_what_it_writes_there(supervisor: Supervisor) -> None:
    code = "import os, sys; print('chatter', flush=True); os.write(int(sys.argv[1]), b'OK\\n'); " + WAIT
    program = Program("adb", (sys.executable, "-c", code, READY_FD), ready=line_with("OK"), limit=20)
    service = supervisor.start(program)

    assert supervisor.ready(service) == {}
    assert service.log.read_text() == "chatter\nOK\n"


def test_one_that_never_gets_ready_is_named_with_its_limit_and_its_last_words(
    supervisor: Supervisor, stand_in: StandIn
) -> None:
    words = "import sys; print('still thinking', file=sys.stderr, flush=True); " + WAIT
    service = supervisor.start(stand_in("recorder", words, limit=0.5))

    with pytest.raises(BenchFault, match=r"(?s)recorder was not ready within 0\.5 s; .*recorder\.log"):
        supervisor.ready(service)


def test_one_that_ends_before_it_is_ready_is_named_with_its_exit_and_its_last_words(
    supervisor: Supervisor, stand_in: StandIn
) -> None:
    service = supervisor.start(stand_in("cloud", "import sys; sys.exit('no such folder')"))

    with pytest.raises(BenchFault, match=r"(?s)cloud ended before it was ready \(exit 1\).*no such folder"):
        supervisor.ready(service)


def test_a_program_that_does_not_exist_is_named(supervisor: Supervisor) -> None:
    service = supervisor.start(Program("appium", ("/nowhere/node",), limit=20))

    with pytest.raises(BenchFault, match=r"(?s)appium ended before.*/nowhere/node: No such file"):
        supervisor.ready(service)


def test_a_death_is_written_down_at_once_and_takes_all_others_down(
    supervisor: Supervisor, stand_in: StandIn, run: RunDir
) -> None:
    services = [supervisor.start(stand_in(name)) for name in ("cloud", "recorder", "phone")]
    for service in services:
        supervisor.ready(service)

    os.kill(services[1].pid, signal.SIGKILL)

    assert supervisor.died.wait(5)
    (death,) = read_deaths(run.deaths)
    assert (death.process, death.cause, death.pid) == ("recorder", "SIGKILL", services[1].pid)
    assert all(service.ended.wait(5) for service in services)


def test_a_clean_exit_that_nobody_asked_for_is_a_death_too(
    supervisor: Supervisor, stand_in: StandIn, run: RunDir
) -> None:
    supervisor.ready(supervisor.start(stand_in("phone", READY)))

    assert supervisor.died.wait(5)
    assert read_deaths(run.deaths)[0].cause == "exit 0"


def test_who_waits_for_readiness_hears_of_a_death_elsewhere(supervisor: Supervisor, stand_in: StandIn) -> None:
    slow = supervisor.start(stand_in("phone", WAIT))
    supervisor.start(stand_in("cloud", "import os; os.abort()"))

    with pytest.raises(BenchFault, match=r"^cloud died \(SIGABRT\) at "):
        supervisor.ready(slow)


def test_nothing_is_started_after_a_death(supervisor: Supervisor, stand_in: StandIn) -> None:
    supervisor.start(stand_in("cloud", ""))
    supervisor.died.wait(5)

    with pytest.raises(BenchFault, match="cloud died"):
        supervisor.start(stand_in("phone"))


def test_the_end_of_a_run_is_no_death(supervisor: Supervisor, stand_in: StandIn, run: RunDir) -> None:
    service = supervisor.start(stand_in("cloud"))
    supervisor.ready(service)

    supervisor.stop()

    assert service.code == -signal.SIGTERM
    assert read_deaths(run.deaths) == ()


def test_processes_end_in_the_reverse_order_of_their_start(
    supervisor: Supervisor, stand_in: StandIn, run: RunDir
) -> None:
    note = f"import signal, sys; p = {str(run.path / 'order')!r}; "
    handler = "signal.signal(signal.SIGTERM, lambda *_: (open(p, 'a').write('{0} '), sys.exit())); "
    for name in ("first", "second", "third"):
        supervisor.ready(supervisor.start(stand_in(name, note + handler.format(name) + READY + "signal.pause()")))

    supervisor.stop()

    assert (run.path / "order").read_text() == "third second first "


def test_one_that_refuses_to_end_is_killed(
    supervisor: Supervisor, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gate.service.GRACE", 0.2)
    service = supervisor.start(stand_in("recorder", DEAF + READY + "\nwhile True: signal.pause()"))
    supervisor.ready(service)

    supervisor.stop()

    assert service.code == -signal.SIGKILL


def test_children_of_a_process_end_with_it(supervisor: Supervisor, stand_in: StandIn) -> None:
    spawn = f"import subprocess, json; c = subprocess.Popen([{sys.executable!r}, '-c', {DEAF + WAIT!r}]); "
    ready = "print(json.dumps({'child': c.pid}), flush=True); "
    child = psutil.Process(supervisor.ready(supervisor.start(stand_in("phone", spawn + ready + WAIT)))["child"])

    supervisor.stop()

    _, left = psutil.wait_procs([child], timeout=5)
    assert left == []


def test_a_log_keeps_what_was_written_on_both_streams(supervisor: Supervisor, stand_in: StandIn) -> None:
    code = READY + "import sys; print('trouble ahead', file=sys.stderr, flush=True); " + WAIT
    service = supervisor.start(stand_in("cloud", code))
    supervisor.ready(service)

    until = time.monotonic() + 5
    while "trouble ahead" not in service.log.read_text() and time.monotonic() < until:
        time.sleep(0.01)

    assert "trouble ahead" in service.log.read_text()
    assert '{"port": 7}' in service.log.read_text()
