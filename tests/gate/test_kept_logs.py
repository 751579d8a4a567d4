import base64
import json
from pathlib import Path
from urllib.parse import urlencode

import pytest

from gate.kept_logs import leaks_of, redact_logs, secrets_of_run
from gate.rundir import Plan, RunDir, append_line
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
    redact_logs(run, secrets_of_run(run))
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


def test_what_a_failed_check_kept_as_evidence_is_cleaned_too(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    run.evidence.mkdir()
    (run.evidence / "check.txt").write_text(f"assert {PASSWORD!r} in page")

    log_of(run)

    assert PASSWORD not in (run.evidence / "check.txt").read_text()


@pytest.mark.parametrize(
    "artefact",
    [
        "traffic/virtual-android/checks.har",
        "report/index.html",
        "findings.sarif",
        "junit.xml",
        "verdict.json",
        "outcomes.jsonl",
        "benchmarks.json",
        "evidence/phone-syslog.bin",
        "logs/adb.trace",
        "lab.json",
    ],
)
def test_whatever_holds_a_secret_is_named_with_its_kind_and_without_its_value(tmp_path: Path, artefact: str) -> None:
    run = a_run(tmp_path)
    path = run.path / artefact
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"text": PASSWORD}))

    (line,) = leaks_of(run, secrets_of_run(run))

    assert line.startswith(f"{artefact}: a password stands in it in clear")
    assert "k4ffe" not in line


def test_the_history_that_all_runs_share_is_searched_too(tmp_path: Path) -> None:
    run, history = a_run(tmp_path), tmp_path / "history.sqlite"
    history.write_text(PASSWORD)

    assert [str(history) in line for line in leaks_of(run, secrets_of_run(run), history)] == [True]


def test_what_only_the_tenant_named_is_known_as_well(tmp_path: Path) -> None:
    run = a_run(tmp_path)
    append_line(run.named, {"kind": "totp_seed", "value": "JBSWY3DPEHPK3PXP"})
    (run.path / "junit.xml").write_text("<a>JBSWY3DPEHPK3PXP</a>")

    (line,) = leaks_of(run, secrets_of_run(run))

    assert line.startswith("junit.xml: a totp seed")


def test_a_run_that_leaves_the_raw_capture_alone_is_clean(tmp_path: Path) -> None:
    run = a_run(tmp_path, "typing starts", PASSWORD)
    log_of(run)

    assert leaks_of(run, secrets_of_run(run)) == ()
