"""The last act of a run: read what it left, decide, and write verdict, JUnit file and report."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any

from drivers.app_file import read_app_file
from drivers.ios.provision import channel_of
from faults import SetupError, UsageError
from gate.against import comparisons
from gate.deaths import Death, read_deaths
from gate.junit import write_junit
from gate.kept_logs import leaks_of, redact_logs, secrets_of_run
from gate.ledger import LEDGER
from gate.outcomes import Kind, read_outcomes
from gate.report import write_report
from gate.rundir import RunDir, append_line, read_lines, read_object, write_object
from gate.sarif import write_run_sarif
from gate.verdict import Collected, Findings, Verdict, decide

SCHEMA = 1


def conclude(run: RunDir) -> Verdict:
    """Judge the run and write everything that people and scripts read of it.

    A secret that stands in any of it in clear is a trouble of the run, which then is no pass.
    """
    secrets = secrets_of_run(run)
    redact_logs(run, secrets)
    builds = _builds(run)
    verdict = _decided(run)
    write_object(run.verdict, _as_json(run, verdict, builds))
    history = _remembered(run, verdict, builds)
    _write(run, _as_json(run, verdict, builds) | {"history": history})
    if leaks := leaks_of(run, secrets, *(_history_files(run) if history else ())):
        for leak in leaks:
            append_line(run.troubles, {"text": leak})
        verdict = _decided(run)
        _write(run, _as_json(run, verdict, builds) | {"history": history})
    run.named.unlink(missing_ok=True)
    return verdict


def _decided(run: RunDir) -> Verdict:
    return decide(_findings(run), [claim.id for claim in LEDGER])


def _write(run: RunDir, saved: dict[str, Any]) -> None:
    write_object(run.verdict, saved)
    write_junit(saved, run.junit)
    write_run_sarif(saved, run.findings)
    write_report(saved, run)


def _history_files(run: RunDir) -> tuple[Path, ...]:
    """Where the figures of all runs are kept, if that is on this machine."""
    from gate.history.of_run import history_of  # noqa: PLC0415 -- as in _remembered

    file = history_of(run).file
    return tuple(sorted(file.parent.glob(f"{file.name}*"))) if file else ()


def _findings(run: RunDir) -> Findings:
    plan, figures = read_object(run.plan), _figures(run.benchmarks)
    return Findings(
        phones=tuple(plan.get("phones", ())),
        chosen=tuple(plan.get("claims", ())),
        collected=tuple(dict.fromkeys(map(_collected, read_lines(run.collected)))),
        outcomes=read_outcomes(run.outcomes),
        deaths=read_deaths(run.deaths),
        troubles=tuple(dict.fromkeys(row["text"] for row in read_lines(run.troubles))),
        figures=figures,
        comparisons=tuple(comparisons(run, dict(figures)).items()),
    )


def _remembered(run: RunDir, verdict: Verdict, builds: list[dict[str, str]]) -> dict[str, Any] | None:
    """What the history said to the figures of this run; its trouble changes no verdict, and loses nothing."""
    measured = {(one.name, one.phone) for one in verdict.benchmarks if one.median is not None}
    if not measured:
        return None
    from gate.history.of_run import remember  # noqa: PLC0415 -- a run without figures needs no database

    found = remember(run, read_object(run.benchmarks), measured, builds)
    return None if found is None else found.as_json()


def _collected(row: dict[str, Any]) -> Collected:
    return Collected(row["test"], Kind(row["kind"]), tuple(row["claims"]), row["phone"], row["selected"])


def _figures(path: Path) -> tuple[tuple[str, dict[str, Any]], ...]:
    """What pytest-benchmark wrote; a file that was cut off holds nothing that could be trusted."""
    try:
        rows = read_object(path).get("benchmarks", [])
    except json.JSONDecodeError:
        return ()
    return tuple((row["fullname"], row) for row in rows)


def _builds(run: RunDir) -> list[dict[str, str]]:
    """The app files that were judged; one that cannot be read any more is a trouble of the run."""
    files = read_object(run.lab).get("apps") or read_object(run.plan).get("apps", {})
    builds = []
    for platform, file in files.items():
        try:
            app = read_app_file(Path(file))
        except (UsageError, SetupError) as error:
            append_line(run.troubles, {"text": str(error)})
            continue
        builds.append(
            {
                "platform": platform,
                "file": str(app.path),
                "sha256": app.sha256,
                "package": app.package,
                "version": app.version,
            }
        )
    return builds


def _as_json(run: RunDir, verdict: Verdict, builds: list[dict[str, str]]) -> dict[str, Any]:
    plan, lab = read_object(run.plan), read_object(run.lab)
    return {
        "schema": SCHEMA,
        "run": {
            "id": run.id,
            "started": plan.get("started"),
            "ended": datetime.now(UTC).isoformat(),
            "command": plan.get("command", []),
        },
        "headline": verdict.headline,
        "builds": builds,
        "phones": [_phone(lane["phone"]) for lane in lab.get("lanes", [])],
        "claims": [_plain(asdict(one)) for one in verdict.claims],
        "benchmarks": [_plain(asdict(one)) | {"conditions": dict(one.conditions)} for one in verdict.benchmarks],
        "deaths": [_death(one) for one in verdict.deaths],
        "troubles": list(verdict.troubles),
        "unchecked": list(verdict.unchecked),
        "exit": verdict.exit,
    }


def _phone(phone: dict[str, Any]) -> dict[str, Any]:
    """An Android phone's serial or an iPhone's udid tells one from another."""
    told = {key: phone[key] for key in ("name", "platform", "capabilities")}
    channel = channel_of(phone)
    return {
        **told,
        "serial": phone.get("serial") or phone.get("udid"),
        **({"channel": channel} if channel else {}),
    }


def _death(death: Death) -> dict[str, Any]:
    return death.as_json() | {"words": death.words}


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any value of a record
    """Enums, times and tuples as JSON has them."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, datetime) else value
