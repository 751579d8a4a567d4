import base64
import json
from pathlib import Path
from urllib.parse import urlencode

from gate.kept_logs import redact_logs
from gate.rundir import Plan, RunDir
from tests.traffic.test_exchanges import EXCHANGE, line

PASSWORD = "sm0rbr0d & k4ffe"
SIGN_IN = {
    **EXCHANGE,
    "host": "id.superoffice.test",
    "method": "POST",
    "request_body": base64.b64encode(urlencode({"email": "ada@solberg.test", "password": PASSWORD}).encode()).decode(),
}


def a_run(folder: Path, *logged: str) -> RunDir:
    run = RunDir.create(folder, Plan(("pocketgate",), ("virtual-android",)))
    (run.traffic / "virtual-android").mkdir(parents=True)
    events = run.traffic / "virtual-android" / "events.jsonl"
    events.write_text(line(0, "exchange", **SIGN_IN))
    (run.logs / "appium.log").write_text("\n".join(logged) + "\n")
    return run


def log_of(run: RunDir) -> str:
    redact_logs(run)
    return (run.logs / "appium.log").read_text()


def test_what_a_driver_was_told_to_type_is_taken_out_of_its_log(tmp_path: Path) -> None:
    encoded = base64.b64encode(PASSWORD.encode()).decode()
    run = a_run(
        tmp_path, "typing starts", json.dumps({"text": PASSWORD}), f"body {encoded}", urlencode({"p": PASSWORD})
    )

    first, second, third, fourth = log_of(run).splitlines()

    assert first == "typing starts"
    assert second == '{"text": "\u2039password #0\u203a"}'
    assert third.startswith("body \u2039password #")
    assert fourth.startswith("p=\u2039password #")


def test_a_log_without_secrets_stays_as_it_is(tmp_path: Path) -> None:
    run = a_run(tmp_path, "typing starts")
    before = (run.logs / "appium.log").stat().st_mtime_ns

    assert log_of(run) == "typing starts\n"
    assert (run.logs / "appium.log").stat().st_mtime_ns == before


def test_what_was_recorded_before_a_damage_is_still_taken_out(tmp_path: Path) -> None:
    run = a_run(tmp_path, PASSWORD)
    with (run.traffic / "virtual-android" / "events.jsonl").open("ab") as events:
        events.write(b"{not an event}\n")

    assert PASSWORD not in log_of(run)
